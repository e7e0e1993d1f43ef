"""A laptop's clock calls each schedule of app.py as EventBridge does."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice.app import CloudWatchEvent, Cron, Rate

import app as front
from ops.laptop.clockwork import Schedule, schedules, waiting

NOW = datetime(2026, 6, 23, 12, 0, tzinfo=UTC)


class Called:
    """A handler that notes what it is given and lets a test wait for it. `breaks`: it always fails."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.again = threading.Semaphore(0)
        self.breaks = breaks

    def __call__(self, event: Mapping[str, Any], _context: object) -> dict[str, Any]:
        self.events.append(event)
        self.again.release()
        if self.breaks:
            raise RuntimeError("out of order")
        return {}


def running(handler: Called, *, seconds: float, is_called_first: bool = False) -> Schedule:
    schedule = Schedule("on_sweep", handler, "eu-central-1", lambda _now: seconds, is_called_first)
    schedule.start()
    return schedule


def test_every_schedule_of_the_app_is_called_and_those_with_a_rate_at_the_start() -> None:
    found = {each.name: each for each in schedules(front.app, lambda _name: Called(), "eu-central-1")}
    assert {name: each.is_called_first for name, each in found.items()} == {
        "on_schedule": True,
        "on_sweep": True,
        "on_night": False,
    }
    assert (found["on_schedule"].wait_seconds(NOW), found["on_sweep"].wait_seconds(NOW)) == (600, 300)


@pytest.mark.parametrize(
    ("hours", "minutes", "seconds"), [(12, 1, 60), (12, 0, 86_400), (11, 59, 86_340), (1, 20, 48_000)]
)
def test_daily_schedule_waits_for_its_hour(hours: int, minutes: int, seconds: int) -> None:
    assert waiting(Cron(minutes, hours, "*", "*", "?", "*"))(NOW) == seconds


def test_schedule_that_a_laptop_cannot_keep_is_refused() -> None:
    with pytest.raises(ValueError, match="no such schedule"):
        waiting(Cron("0/5", "*", "*", "*", "?", "*"))
    assert waiting(Rate(1, Rate.HOURS))(NOW) == 3_600


def test_handler_gets_an_event_that_the_app_understands() -> None:
    handler = Called()
    schedule = running(handler, seconds=60, is_called_first=True)
    assert handler.again.acquire(timeout=20)
    schedule.stop()
    event = CloudWatchEvent(dict(handler.events[0]), None)
    assert (event.source, event.detail_type, event.resources[0].rpartition("/")[2]) == (
        "aws.events",
        "Scheduled Event",
        "pointpass-laptop-on_sweep",
    )


def test_handler_that_fails_is_called_again(capsys: pytest.CaptureFixture[str]) -> None:
    handler = Called(breaks=True)
    schedule = running(handler, seconds=0.01)
    assert handler.again.acquire(timeout=20)
    assert handler.again.acquire(timeout=20)
    schedule.stop()
    assert "out of order" in capsys.readouterr().err


def test_stopping_does_not_wait_for_the_next_time() -> None:
    handler = Called()
    schedule = running(handler, seconds=3_600)
    schedule.stop()
    assert schedule._thread is not None
    assert not schedule._thread.is_alive()
    assert handler.events == []
