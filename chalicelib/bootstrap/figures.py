"""What the dashboard draws: figures of the log's lines, added up in the container and told about once a minute.

A figure told with every line would cost more than the line. So each container keeps them, and writes one line in
CloudWatch's embedded metric format for each group when a request ends and a minute is over. A container that ends
takes what it kept since with it, a minute at most: figures are for looking, what must be right is in the journal.
Source: docs.aws.amazon.com, "Specification: Embedded metric format" (a hundred values of one metric in a line).
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from chalicelib import trace
from chalicelib.bootstrap.lines import timestamp
from chalicelib.events import Instant

NAMESPACE = "Pointpass"
MOST_VALUES = 100
MOST_GROUPS = 50
_EVERY: Instant = 60_000

_TOLD = frozenset({"order_told", "payment_told", "activity_told", "delivery_noted"})

_ALONE = {"fetched": ("fetched_ms", "changed_to_fetched"), "certificates_end": ("certificate_days", "days")}
"""Events that count for all together: the number's name, and the fact that it is."""

Facts = Mapping[str, str | int]
Group = tuple[tuple[str, str], ...]


class Figure(msgspec.Struct, frozen=True):
    """Numbers of one line. `group`: the metric's dimensions, few and of few values"""

    group: Group
    numbers: Mapping[str, int]


def figure_of(event: str, facts: Facts, known: trace.Trace | None, now: Instant) -> Figure | None:
    """What a line of the log adds to the figures; None for nothing. Times in milliseconds.

    webhook_ms: from the front door to the record     deferred_ms: the same by way of the queue
    push_ms: from what caused it to the wallet's answer; how many there are is how many pushes
    fetched_ms: from the card's change to the phone that has it; how many there are is how many fetches
    points_given, points_taken: as entries moved them     certificate_days: until the first one ends, told by the night
    pause_hours: for so long a program's oldest pause has stood, told by the night where there is one
    """
    took = now - known.since if known is not None else 0
    match event:
        case _ if event in _TOLD and known is not None and known.provider:
            name = "deferred_ms" if known.waited else "webhook_ms"
            return Figure((("provider", known.provider),), {name: took})
        case "pushed" | "google_told" if known is not None:
            wallet = "apple" if event == "pushed" else "google"
            return Figure((("wallet", wallet), ("outcome", str(facts["outcome"]))), {"push_ms": took})
        case "fetched" | "certificates_end":
            name, fact = _ALONE[event]
            return Figure((), {name: int(facts[fact])})
        case "pause_stands":
            return Figure((("program", str(facts["program"])),), {"pause_hours": int(facts["hours"])})
        case "points_moved":
            moved = {"points_given": int(facts["given"]), "points_taken": int(facts["taken"])}
            return Figure((("program", str(facts["program"])),), moved)
    return None


class Figures(logging.Handler):
    """Listens to the house's log. `write`: takes a finished line"""

    def __init__(self, stage: str, write: Callable[[str], object]) -> None:
        super().__init__(logging.DEBUG)
        self._stage = stage
        self._write = write
        self._kept: dict[Group, dict[str, list[int]]] = {}
        self._since: Instant = 0
        self._told: Instant = 0

    def emit(self, record: logging.LogRecord) -> None:
        now = int(record.created * 1_000)
        figure = figure_of(str(record.msg), getattr(record, "facts", {}), trace.current(), now)
        if figure is None:
            return
        if not self._kept:
            self._since = now
        kept = self._kept.setdefault(figure.group, {})
        for name, number in figure.numbers.items():
            kept.setdefault(name, []).append(number)
        if len(self._kept) == MOST_GROUPS or any(len(values) == MOST_VALUES for values in kept.values()):
            self.tell(now)

    def request_ends(self, now: Instant) -> None:
        """Tell what is kept, unless it was told less than a minute ago."""
        if self._kept and now - self._told >= _EVERY:
            self.tell(now)

    def tell(self, now: Instant) -> None:
        """One line for each group. A figure counts for the minute of the first one kept."""
        self.acquire()
        try:
            kept, self._kept, self._told = self._kept, {}, now
        finally:
            self.release()
        for group, metrics in kept.items():
            self._write(embedded(self._stage, self._since, group, metrics))


def embedded(stage: str, at: Instant, group: Group, metrics: Mapping[str, Sequence[int]]) -> str:
    """A line that CloudWatch makes numbers of."""
    dimensions = ["stage", *(name for name, _ in group)]
    directive = {"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": [{"Name": name} for name in metrics]}
    line: dict[str, Any] = {"timestamp": timestamp(at), "level": "INFO", "event": "figures", "stage": stage}
    line |= {**dict(group), **metrics}
    line["_aws"] = {"Timestamp": at, "CloudWatchMetrics": [directive]}
    return json.dumps(line, separators=(",", ":"))
