"""EventBridge's schedules on a laptop: each handler is called at the rate, or at the hour, that app.py says."""

import threading
import traceback
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalice.app import Chalice, Cron, Rate, ScheduledEventConfig, ScheduleExpression

from ops.laptop.stream import Handler


@dataclass(slots=True)
class Schedule:
    """Calls one handler on a thread of its own until `stop`, never two at once.

    wait_seconds: from a moment (UTC) to the next call
    is_called_first: also at the start. A laptop sleeps: what fell due meanwhile is not left until the next time.
    """

    name: str
    handler: Handler
    region: str
    wait_seconds: Callable[[datetime], float]
    is_called_first: bool
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._serve, name=self.name, daemon=True)
        self._thread.start()

    def halt(self) -> None:
        """Call no more."""
        self._stop.set()

    def stop(self) -> None:
        """Returns when the call in hand is finished."""
        self.halt()
        if self._thread is not None:
            self._thread.join(10)

    def _serve(self) -> None:
        if self.is_called_first:
            self._call()
        while not self._stop.wait(self.wait_seconds(datetime.now(UTC))):
            self._call()

    def _call(self) -> None:
        try:
            self.handler(self._event(datetime.now(UTC)), None)
        except Exception:  # the outermost caller: the next time comes anyway
            traceback.print_exc()

    def _event(self, now: datetime) -> dict[str, Any]:
        """Source: docs.aws.amazon.com/eventbridge, "Events"."""
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "123456789012",
            "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "region": self.region,
            "resources": [f"arn:aws:events:{self.region}:123456789012:rule/pointpass-laptop-{self.name}"],
            "detail": {},
        }


def schedules(app: Chalice, handler: Callable[[str], Handler], region: str) -> Sequence[Schedule]:
    """Every schedule of app.py. `handler`: the function of a name there."""
    found = [source for source in app.event_sources if isinstance(source, ScheduledEventConfig)]
    return [
        Schedule(each.name, handler(each.name), region, wait, isinstance(each.schedule_expression, Rate))
        for each in found
        for wait in [waiting(each.schedule_expression)]
    ]


def waiting(expression: str | ScheduleExpression) -> Callable[[datetime], float]:
    """How long to wait for the next call: the rate itself, or the time left until the hour and minute of every day."""
    match expression:
        case Rate(value=value, unit=unit):
            return lambda _now: timedelta(**{unit.lower(): value}).total_seconds()
        case Cron(minutes=int(minutes), hours=int(hours), day_of_month="*", month="*", year="*"):
            return lambda now: _until(now, hours, minutes)
    raise ValueError(f"a laptop knows no such schedule: {expression}")


def _until(now: datetime, hours: int, minutes: int) -> float:
    today = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    return (today - now if today > now else today + timedelta(days=1) - now).total_seconds()
