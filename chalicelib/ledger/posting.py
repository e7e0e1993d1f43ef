"""How points come, go back, and stay within bounds: legs for one currency of a settled snapshot.

earn        points into their lot: on the way, spendable, or (told too late) expired at once
take_back   the order's own points first: on the way, its own cell, other cells earliest first, then debt
reschedule  points on the way get another day (goods were delivered)
bounded     merges cells when there are too many, always to a later end
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from chalicelib.events import Instant
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import NEVER, Cell, Leg, Maturing, Purse, Snapshot
from chalicelib.ledger.moves import applied, inflow
from chalicelib.ledger.timeline import Calendar, Grid

MOST_CELLS = 24
MOST_MATURING = 16
_GRIDS: tuple[Grid, ...] = ("week", "month", "quarter")


def earn(purse: Purse, currency: str, lot: Lot, points: int, at: Instant) -> list[Leg]:
    """Legs that issue `points` into `lot`."""
    issued = Leg("issued", currency, -points)
    if lot.at is not None and lot.at > at:
        return [issued, Leg("maturing", currency, points, ends=lot.ends, at=lot.at)]
    if lot.ends <= at:
        return [issued, Leg("expired", currency, points)]
    return [issued, *inflow(purse, currency, lot.ends, points)]


def take_back(purse: Purse, currency: str, lot: Lot, points: int, *, at: Instant, calendar: Calendar) -> list[Leg]:
    """Legs that take `points` of the document whose lot this is.

    When the lot has expired, what expired is forgiven: the balance stays, since its owner has already lost the points.
    """
    legs = [Leg("taken_back", currency, points)]
    left = points
    if lot.at is not None and lot.at > at and (own := _own_maturing(purse, lot, calendar)):
        left -= (taken := min(left, own.points))
        legs.append(Leg("maturing", currency, -taken, ends=own.ends, at=own.at))
    if lot.ends <= at:
        left -= (forgiven := min(left, purse.expired))
        legs.append(Leg("expired", currency, -forgiven))
    for cell in _own_cell_first(purse, lot, calendar):
        left -= (taken := min(left, cell.points))
        legs.append(Leg("cell", currency, -taken, ends=cell.ends))
    legs.append(Leg("debt", currency, -left))
    return [leg for leg in legs if leg.points]


def reschedule(
    purse: Purse, currency: str, points: int, *, old: Lot, new: Lot, at: Instant, calendar: Calendar
) -> list[Leg]:
    """Legs that move up to `points` that are still on the way in `old` to the day of `new`."""
    own = _own_maturing(purse, old, calendar)
    if own is None:
        return []
    moved = min(points, own.points)
    leaving = Leg("maturing", currency, -moved, ends=own.ends, at=own.at)
    if new.at is not None and new.at > at:
        return [leaving, Leg("maturing", currency, moved, ends=own.ends, at=new.at)]
    if own.ends <= at:
        return [leaving, Leg("expired", currency, moved)]
    return [leaving, *inflow(purse, currency, own.ends, moved)]


def prolong(purse: Purse, currency: str, ends: Instant) -> list[Leg]:
    """Legs that let all points, also those on the way, live until `ends` (expiry by inactivity); never less."""
    cells = [
        leg
        for cell in purse.cells
        if cell.ends < ends
        for leg in (
            Leg("cell", currency, -cell.points, ends=cell.ends),
            Leg("cell", currency, cell.points, ends=ends),
        )
    ]
    return cells + [
        leg
        for part in purse.maturing
        if part.ends < ends
        for leg in (
            Leg("maturing", currency, -part.points, ends=part.ends, at=part.at),
            Leg("maturing", currency, part.points, ends=ends, at=part.at),
        )
    ]


def bounded(snap: Snapshot, currency: str, calendar: Calendar) -> list[Leg]:
    """Legs that bring the cells and maturity days of a purse within bounds.

    Lots snap to the end of their own week, then month, then quarter: always later, in the member's favour. Points on
    the way snap likewise, their day and their end: longer windows mature on a weekly day.
    """
    legs: list[Leg] = []
    for grid in _GRIDS:
        purse = applied(snap, legs).purse(currency)
        if len(purse.cells) > MOST_CELLS:
            legs += _snapped_cells(purse, currency, partial(calendar.end_of, grid=grid))
        if len(purse.maturing) > MOST_MATURING:
            legs += _snapped_maturing(purse, currency, partial(calendar.end_of, grid=grid))
    return legs


def _snapped_cells(purse: Purse, currency: str, snap: Callable[[Instant], Instant]) -> list[Leg]:
    return [
        leg
        for cell in purse.cells
        if cell.ends != NEVER and snap(cell.ends) != cell.ends
        for leg in (
            Leg("cell", currency, -cell.points, ends=cell.ends),
            Leg("cell", currency, cell.points, ends=snap(cell.ends)),
        )
    ]


def _snapped_maturing(purse: Purse, currency: str, snap: Callable[[Instant], Instant]) -> list[Leg]:
    legs = []
    for part in purse.maturing:
        at, ends = (instant if instant == NEVER else snap(instant) for instant in (part.at, part.ends))
        if (at, ends) != (part.at, part.ends):
            legs += [
                Leg("maturing", currency, -part.points, ends=part.ends, at=part.at),
                Leg("maturing", currency, part.points, ends=ends, at=at),
            ]
    return legs


def _snaps(instant: Instant, calendar: Calendar) -> list[Instant]:
    """Where a lot's cell may be found: where it began, or where it was snapped to."""
    return [instant] if instant == NEVER else [instant, *(calendar.end_of(instant, grid) for grid in _GRIDS)]


def _own_maturing(purse: Purse, lot: Lot, calendar: Calendar) -> Maturing | None:
    if lot.at is None:
        return None
    days = _snaps(lot.at, calendar)
    parts = (part for day in days for part in purse.maturing if part.at == day and part.ends >= lot.ends)
    return next(parts, None)


def _own_cell_first(purse: Purse, lot: Lot, calendar: Calendar) -> list[Cell]:
    """The first cell that ends no earlier than the lot is the lot's own if the lot can have been snapped to it.

    A cell further on is another lot's, and this one's has been spent: a snap would have taken the first one along.
    """
    first = next((cell for cell in purse.cells if cell.ends >= lot.ends), None)
    if first is None or first.ends not in _snaps(lot.ends, calendar):
        return list(purse.cells)
    return [first, *(cell for cell in purse.cells if cell != first)]


def after(purse: Purse, currency: str, legs: list[Leg]) -> Purse:
    """The purse after legs of its currency: for decisions in several steps."""
    return applied(replace(Snapshot(opened=0), purses={currency: purse}), legs).purse(currency)
