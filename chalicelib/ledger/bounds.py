"""How long points live beside each other: all ends of a purse together, so that an account stays small.

bounded      fewer different ends, fewer days on the way: always later, in the member's favour
prolong      all points live longer where they live as long as their owner is active; `shared_end`: how long they do

Spendable points, held ones and those on the way are counted together: what ripens, or comes back from a hold, brings no
end that was not counted.
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER, Leg, Maturing, Purse, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.timeline import Calendar, Grid

MOST_CELLS = 24
"""Different ends of one purse."""
MOST_MATURING = 16
GRIDS: tuple[Grid, ...] = ("week", "month", "quarter", "half-year", "year")


def bounded(snap: Snapshot, currency: str, calendar: Calendar) -> list[Leg]:
    """Legs that bring the ends and maturity days of a purse within bounds.

    Lots snap to the end of their own week, then month, quarter, half-year and year. Points on the way snap likewise,
    their day and their end: longer windows mature on a weekly day. Where lives are so long that even years are too
    many, those that are closest together join, at the later end.
    """
    legs: list[Leg] = []
    if _fits(snap.purse(currency)):
        return legs
    for grid in GRIDS:
        snapped = partial(_snapped, calendar, grid)
        purse = applied(snap, legs).purse(currency)
        if len(ends_of(purse)) > MOST_CELLS:
            legs += _with_ends(purse, currency, snapped)
            purse = applied(snap, legs).purse(currency)
        if len(purse.maturing) > MOST_MATURING:
            legs += [leg for part in purse.maturing for leg in _ripening(part, currency, snapped)]
    while len(ends := ends_of(purse := applied(snap, legs).purse(currency))) > MOST_CELLS:
        legs += _with_ends(purse, currency, partial(_joined, *min(pairwise(ends), key=lambda pair: pair[1] - pair[0])))
    while len((purse := applied(snap, legs).purse(currency)).maturing) > MOST_MATURING:
        legs += _closest_maturing(purse, currency)
    return _netted(legs)


def _fits(purse: Purse) -> bool:
    return len(ends_of(purse)) <= MOST_CELLS and len(purse.maturing) <= MOST_MATURING


def _netted(legs: list[Leg]) -> list[Leg]:
    """The same movements without the stops between."""
    sums: dict[Leg, int] = {}
    for leg in legs:
        lot = msgspec.structs.replace(leg, points=0)
        sums[lot] = sums.get(lot, 0) + leg.points
    return [msgspec.structs.replace(lot, points=points) for lot, points in sums.items() if points]


def prolong(purse: Purse, currency: str, ends: Instant) -> list[Leg]:
    """Legs that let all points, also those on the way and held, live until `ends` (expiry by inactivity) at least."""
    return _with_ends(purse, currency, lambda end: max(end, ends))


def shared_end(purse: Purse) -> Instant:
    """Until when the points of a purse live whose owner is active: the latest end there is; 0 when none ends.

    Lives that depend on activity end together, so what comes late joins the rest. Nothing is remembered of a purse
    that is empty: a late order's points then live as long as that order lets them.
    """
    return max((end for end in ends_of(purse) if end != NEVER), default=0)


def ends_of(purse: Purse) -> list[Instant]:
    """All different ends of what can be used or will be, ascending."""
    ends = {cell.ends for cell in purse.cells} | {part.ends for part in purse.maturing if not part.never_usable}
    return sorted(ends | {cell.ends for hold in purse.holds for cell in hold.cells})


def snaps(instant: Instant, calendar: Calendar) -> list[Instant]:
    """Where a lot's cell may be found: where it began, or where it was snapped to."""
    return [instant, *(_snapped(calendar, grid, instant) for grid in GRIDS)]


def _snapped(calendar: Calendar, grid: Grid, instant: Instant) -> Instant:
    return instant if instant == NEVER else calendar.end_of(instant, grid)


def _joined(sooner: Instant, later: Instant, instant: Instant) -> Instant:
    return later if instant == sooner else instant


def _with_ends(purse: Purse, currency: str, new_end: Callable[[Instant], Instant]) -> list[Leg]:
    """All points of a purse with another end."""
    legs: list[Leg] = []
    for cell in purse.cells:
        if (ends := new_end(cell.ends)) != cell.ends:
            legs.append(Leg("cell", currency, -cell.points, ends=cell.ends))
            legs.append(Leg("cell", currency, cell.points, ends=ends))
    for hold in purse.holds:
        held = partial(Leg, "held", currency, at=hold.until, document=hold.document)
        for cell in hold.cells:
            if (ends := new_end(cell.ends)) != cell.ends:
                legs += [held(-cell.points, ends=cell.ends), held(cell.points, ends=ends)]
    for part in purse.maturing:
        legs += _moved(part, currency, part.at, part.ends if part.never_usable else new_end(part.ends))
    return legs


def _ripening(part: Maturing, currency: str, snapped: Callable[[Instant], Instant]) -> list[Leg]:
    """Another day on which points ripen. They end later, too, if they would end on the very day."""
    at = snapped(part.at)
    ends = snapped(part.ends)
    if ends == at and not part.never_usable and ends != NEVER:
        ends = snapped(ends + 1)
    return _moved(part, currency, at, ends)


def _moved(part: Maturing, currency: str, at: Instant, ends: Instant) -> list[Leg]:
    if (at, ends) == (part.at, part.ends):
        return []
    return [
        Leg("maturing", currency, -part.points, ends=part.ends, at=part.at),
        Leg("maturing", currency, part.points, ends=ends, at=at),
    ]


def _closest_maturing(purse: Purse, currency: str) -> list[Leg]:
    """The two parts that ripen closest together become one, at the later day and the later end.

    What ends on the way stays apart from what will be usable.
    """
    kinds = [[part for part in purse.maturing if part.never_usable is ends_there] for ends_there in (False, True)]
    pairs = [pair for parts in kinds for pair in pairwise(parts)]
    one, other = min(pairs, key=lambda pair: pair[1].at - pair[0].at)
    ends = max(one.ends, other.ends)
    return [*_moved(one, currency, other.at, ends), *_moved(other, currency, other.at, ends)]
