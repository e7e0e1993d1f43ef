"""A member's statement: every row of the history with what stood after it, from one day to another.

It ties to the journal: the opening figures plus all rows are the closing ones, and these are the purse as it is now.
"""

from collections.abc import Sequence

import msgspec

from chalicelib.cards.history import HistoryRow, history
from chalicelib.cards.movements import NOTHING, Figures
from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.ledger.check import opening
from chalicelib.ledger.journal import Entry, Purse
from chalicelib.ledger.settle import settle
from chalicelib.programs.program import Program


class StatementLine(msgspec.Struct, frozen=True):
    """A row, what stood after it, and the level held then; "" in a program without levels."""

    row: HistoryRow
    after: Figures
    level: str


class Statement(msgspec.Struct, frozen=True):
    """One currency of one account: what stood before the first line and after the last one, oldest first."""

    currency: str
    opening: Figures
    lines: tuple[StatementLine, ...]
    closing: Figures
    level: str


def statement(
    entries: Sequence[Entry],
    program: Program,
    currency: str,
    *,
    now: Instant,
    since: Instant = 0,
    until: Instant | None = None,
) -> Statement:
    """What happened from `since` on and before `until` (None: to now). `entries`: the whole journal, oldest first.

    Raises: Broken when the rows do not add up to the purse. It is never shown then.
    """
    first = entries[0]
    after = NOTHING if first.seq == 1 else _figures(first.snap.purse(currency))
    level = first.snap.tier.level if first.seq > 1 else _first_level(program, first)
    begins, lines = (after, level), []
    for row in history(entries, program, currency, now=now):
        after = after.plus(row.figures)
        level = row.level.level if row.level else level
        if row.posted_at < since:
            begins = (after, level)
        elif until is None or row.posted_at < until:
            lines.append(StatementLine(row, after, level))
    newest = entries[-1]
    snap = settle(newest.snap, program.timeline, since=newest.at, at=max(now, newest.at)).snap
    if after != _figures(snap.purse(currency)):
        raise Broken("statement_does_not_add_up", account=first.account, currency=currency)
    closing = (lines[-1].after, lines[-1].level) if lines else begins
    return Statement(currency, begins[0], tuple(lines), *closing)


def _figures(purse: Purse) -> Figures:
    return Figures(purse.spendable, purse.pending, purse.held, purse.debt)


def _first_level(program: Program, first: Entry) -> str:
    """The level that everybody begins with."""
    rules = program.timeline.at(opening(first.at).opened).tiers
    return rules.levels[0].name if rules else ""
