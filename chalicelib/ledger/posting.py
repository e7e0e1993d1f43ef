"""How points come and go back: legs for one currency of a settled snapshot.

earn        points into their lot: on the way, spendable, or (told too late) expired when they have paid the debt
take_back   the order's own points first: on the way, its own cell, other cells earliest first, then debt
reschedule  points get another day or another end (goods were delivered, a lot was corrected)
"""

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.bounds import snaps
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import Cell, Leg, Maturing, Purse, Snapshot
from chalicelib.ledger.moves import applied, arriving
from chalicelib.ledger.timeline import Calendar


def earn(purse: Purse, currency: str, lot: Lot, points: int, at: Instant) -> list[Leg]:
    """Legs that issue `points` into `lot`."""
    issued = Leg("issued", currency, -points)
    if lot.at is not None and lot.at > at:
        return [issued, Leg("maturing", currency, points, ends=lot.ends, at=lot.at)]
    if lot.never_usable:
        return [issued, Leg("expired", currency, points)]
    return [issued, *arriving(purse, currency, lot.ends, points, at)]


class Ways(msgspec.Struct, frozen=True):
    """What happens to points that should go back and are not there.

    is_owed: points that were used become debt; otherwise they are let go. Points held for a checkout count as used
    is_forgiven: a lot that has expired is not asked for; otherwise what is there makes up for it, and never a debt
    """

    is_owed: bool = True
    is_forgiven: bool = True


OWED = Ways()
"""As long as nothing else was said."""


def take_back(
    purse: Purse, currency: str, lot: Lot, points: int, *, at: Instant, calendar: Calendar, ways: Ways = OWED
) -> list[Leg]:
    """Legs that take `points` of the document whose lot this is; less than that where the rest is let go.

    When the lot has expired, what expired is forgiven: the balance stays, since its owner has already lost the points.
    Points that ended before anybody could use them are never asked for again.
    """
    legs: list[Leg] = []
    left = points
    has_ended = lot.ends <= at
    if lot.at is not None and lot.at > at and (own := _own_maturing(purse, lot, calendar)):
        left -= (taken := min(left, own.points))
        legs.append(Leg("maturing", currency, -taken, ends=own.ends, at=own.at))
    is_forgiven = ways.is_forgiven or lot.never_usable
    if has_ended and is_forgiven:
        left -= (forgiven := min(left, purse.expired))
        legs.append(Leg("expired", currency, -forgiven))
    for cell in _own_cell_first(purse, lot, calendar):
        left -= (taken := min(left, cell.points))
        legs.append(Leg("cell", currency, -taken, ends=cell.ends))
    if has_ended and not is_forgiven:
        left -= (forgiven := min(left, purse.expired))
        legs.append(Leg("expired", currency, -forgiven))
    elif ways.is_owed:
        legs.append(Leg("debt", currency, -left))
        left = 0
    return [leg for leg in (Leg("taken_back", currency, points - left), *legs) if leg.points]


def reschedule(
    purse: Purse, currency: str, points: int, *, old: Lot, new: Lot, at: Instant, calendar: Calendar
) -> list[Leg]:
    """Legs that move up to `points` of a document from its `old` lot to its `new` one.

    Points on the way get their new day and end; if they ended there, they come back. Usable ones stay usable and get
    the new end as far as they are still in their own cell. What expired after it was usable stays expired: nobody can
    tell which part of it had been used.
    """
    if old.is_usable(at):
        return _other_end(purse, currency, points, old=old, new=new, at=at, calendar=calendar)
    ends = new.ends
    if own := _own_maturing(purse, old, calendar):
        moved = min(points, own.points)
        leaving = Leg("maturing", currency, -moved, ends=own.ends, at=own.at)
        ends = own.ends if new.ends == old.ends else new.ends
    elif old.never_usable and (moved := min(points, purse.expired)):
        leaving = Leg("expired", currency, -moved)
    else:
        return []
    if new.at is not None and new.at > at:
        return [leaving, Leg("maturing", currency, moved, ends=ends, at=new.at)]
    return [leaving, *arriving(purse, currency, ends, moved, at)]


def _other_end(
    purse: Purse, currency: str, points: int, *, old: Lot, new: Lot, at: Instant, calendar: Calendar
) -> list[Leg]:
    own = _own_cell(purse, old, calendar)
    if old.ends <= at or own is None or new.ends in (old.ends, own.ends):
        return []
    moved = min(points, own.points)
    return [Leg("cell", currency, -moved, ends=own.ends), *arriving(purse, currency, new.ends, moved, at)]


def _own_maturing(purse: Purse, lot: Lot, calendar: Calendar) -> Maturing | None:
    if lot.at is None:
        return None
    days = snaps(lot.at, calendar)
    parts = (part for day in days for part in purse.maturing if part.at == day and part.ends >= lot.ends)
    return next((part for part in parts if part.never_usable == lot.never_usable), None)


def _own_cell(purse: Purse, lot: Lot, calendar: Calendar) -> Cell | None:
    """The first cell that ends no earlier than the lot is the lot's own if the lot can have been snapped to it.

    A cell further on is another lot's, and this one's has been spent: a snap would have taken the first one along.
    """
    first = next((cell for cell in purse.cells if cell.ends >= lot.ends), None)
    return first if first is not None and first.ends in snaps(lot.ends, calendar) else None


def _own_cell_first(purse: Purse, lot: Lot, calendar: Calendar) -> list[Cell]:
    own = _own_cell(purse, lot, calendar)
    return list(purse.cells) if own is None else [own, *(cell for cell in purse.cells if cell != own)]


def after(purse: Purse, currency: str, legs: list[Leg]) -> Purse:
    """The purse after legs of its currency: for decisions in several steps."""
    return applied(msgspec.structs.replace(Snapshot(opened=0), purses={currency: purse}), legs).purse(currency)
