"""What happened to a member's points, newest first: one row for each thing a person would tell apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.events import Instant
from chalicelib.ledger.journal import Entry

What = Literal["earned", "reviewed", "taken_back", "redeemed", "restored", "expired", "merged"]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row: when, what, how many points (signed), and the order's name where there is one ("#1001")."""

    at: Instant
    what: What
    points: int
    name: str


def history(entries: Iterable[Entry], currency: str) -> Sequence[HistoryRow]:
    """Rows of one currency, in the order of the entries. Movements between a member's own days are no news."""
    return [row for entry in entries for row in _rows(entry, currency)]


def _rows(entry: Entry, currency: str) -> Iterable[HistoryRow]:
    totals = dict.fromkeys(("issued", "redeemed", "expired", "taken_back"), 0)
    for leg in entry.legs:
        if leg.currency == currency and leg.place in totals:
            totals[leg.place] += leg.points
    if entry.kind == "merged":
        total = -sum(totals.values())
        if total:
            yield HistoryRow(entry.at, "merged", total, "")
        return
    if totals["taken_back"]:
        yield HistoryRow(entry.at, "taken_back", -totals["taken_back"], entry.name)
    if totals["issued"]:
        what: What = "reviewed" if entry.document.startswith("activity/review.created/") else "earned"
        yield HistoryRow(entry.occurred_at, what, -totals["issued"], entry.name)
    if totals["redeemed"]:
        what = "redeemed" if totals["redeemed"] > 0 else "restored"
        yield HistoryRow(entry.at, what, -totals["redeemed"], entry.name)
    if totals["expired"]:
        yield HistoryRow(entry.at, "expired", -totals["expired"], "")
