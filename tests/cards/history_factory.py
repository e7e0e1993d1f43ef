"""One account's journal, written movement by movement, in a program with levels."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from stand_ins import DAY, NOON
from whole_house import DEFINITION

from chalicelib.cards.history import HistoryRow, history
from chalicelib.cards.reasons import reason
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.journal import Entry, Leg
from chalicelib.ledger.settle import Settled, settle
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reading import read
from chalicelib.services.journaling import Line, Standing, next_entry, opened

ACCOUNT = AccountId("Qx3vB1mS8kTz5nWc7yRf2a")
END = NOON + 300 * DAY
BEAN_STREET = read(DEFINITION, file="bean-street.yaml")


def program(**changes: Any) -> Program:
    definition = msgspec.structs.replace(BEAN_STREET, **changes)
    return Program("bean-street", (Version("5f" * 32, definition, NOON - DAY, NOON - DAY),))


@dataclass
class Book:
    """A journal that grows. Each line is posted at `now`."""

    program: Program = field(default_factory=program)
    now: int = NOON
    entries: list[Entry] = field(default_factory=list)

    def post(self, kind: Any, *legs: Leg, **line: Any) -> Entry:
        told: dict[str, Any] = {
            "document": Reference(f"order/shopify/{len(self.entries) + 1}"),
            "occurred_at": self.now,
            "actor": "shop",
            "version": "5f" * 8,
            "name": "#1001",
            **line,
        }
        entry = next_entry(self.standing(), self.program, Line(kind=kind, legs=legs, **told))
        self.entries.append(entry)
        return entry

    def earns(self, points: int = 100, **line: Any) -> Entry:
        return self.post("earned", Leg("issued", "beans", -points), Leg("cell", "beans", points, ends=END), **line)

    def standing(self) -> Standing:
        if not self.entries:
            return opened(ACCOUNT, self.now)
        before = self.entries[-1]
        settled: Settled = settle(before.snap, self.program.timeline, since=before.at, at=self.now)
        return Standing(ACCOUNT, before, settled, self.now)

    def rows(self) -> list[HistoryRow]:
        return history(self.entries, self.program, "beans", now=self.now)

    def says(self, language: str = "en") -> list[str]:
        """The rows' sentences, oldest first."""
        return [reason(row, self.program, "beans", language).sentence for row in self.rows()]
