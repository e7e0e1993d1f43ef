"""What was counted, hop by hop: kept in a file, so that a change of it is seen in a review."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ops.cost.meter import Tally

FILE = Path(__file__).parent / "recorded.yaml"
_OPENING = """\
# Counted by `pointpass cost` over the real engine: never edited by hand, written by `pointpass cost --markdown`.
# Everything is for one event. reads, writes: DynamoDB's capacity units. calls: requests of AWS, by service.
"""

PICTURES = "pictures"
"""The hop that is a part of a few fetches, and no invocation of its own."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One stretch of an event's way: one invocation of a function, and all that it used.

    function: its name in .chalice/config.json     requests: those that the gateway meters
    came, went: bytes through the gateway      pushes: to Apple     lines, line_bytes: the house's own log
    """

    function: str
    reads: float
    writes: float
    lines: int
    line_bytes: int
    requests: int = 0
    came: int = 0
    went: int = 0
    pushes: int = 0
    calls: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, function: str, tally: Tally, **more: int) -> "Hop":
        return cls(
            function,
            reads=float(tally.reads),
            writes=float(tally.writes),
            lines=tally.lines,
            line_bytes=tally.line_bytes,
            calls=dict(sorted(tally.calls.items())),
            **more,
        )

    def asked(self, service: str) -> int:
        """How many requests a service got."""
        return sum(count for call, count in self.calls.items() if call.startswith(f"{service}."))


Record = Mapping[str, Hop]


def write(record: Record) -> None:
    told = {name: _plain(hop) for name, hop in record.items()}
    FILE.write_text(_OPENING + yaml.safe_dump(told, sort_keys=False, width=120, default_flow_style=None))


def read() -> Record:
    told: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text())
    return {name: Hop(**hop) for name, hop in told.items()}


def _plain(hop: Hop) -> dict[str, Any]:
    return {name: value for name, value in asdict(hop).items() if value not in (0, {})} | {
        "reads": hop.reads,
        "writes": hop.writes,
        "lines": hop.lines,
        "line_bytes": hop.line_bytes,
    }
