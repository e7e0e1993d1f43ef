"""The one way in which legs change a snapshot. Whatever decides, decides in legs; this applies them.

applied(snap, legs, rolled)   the snapshot after the movements
inflow(...)                   points that become spendable: debt is paid first
arriving(...)                 the same for points that may come after their end: what is left of them expires
released(...)                 held points that go back to their lots: an inflow of their own
expired(...)                  spendable points that have ended
renewed(...)                  the same, where they live on
"""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import Instant, Reference
from chalicelib.ledger.journal import Cell, Hold, Leg, Maturing, Purse, Rolled, Snapshot


def applied(snap: Snapshot, legs: Iterable[Leg], rolled: Iterable[Rolled] = ()) -> Snapshot:
    """The snapshot after the movements. Raises Broken when a part would fall below zero."""
    purses = dict(snap.purses)
    for currency, own in _by_currency(legs).items():
        purses[currency] = _purse_after(purses.get(currency, Purse()), own)
    metrics = dict(snap.metrics)
    for move in rolled:
        cells = {cell.ends: cell.points for cell in metrics.get(move.metric, ())}
        cells[move.leaves] = cells.get(move.leaves, 0) + move.points
        metrics[move.metric] = _sorted_cells(cells)
    return msgspec.structs.replace(
        snap, purses=purses, metrics={name: cells for name, cells in metrics.items() if cells}
    )


def inflow(purse: Purse, currency: str, ends: Instant, points: int) -> list[Leg]:
    """Legs of `points` that become spendable in the cell that ends at `ends`; debt is paid first."""
    paid = min(points, purse.debt)
    legs = [Leg("debt", currency, paid)] if paid else []
    if points > paid:
        legs.append(Leg("cell", currency, points - paid, ends=ends))
    return legs


def arriving(purse: Purse, currency: str, ends: Instant, points: int, at: Instant) -> list[Leg]:
    """Legs of `points` that come to a purse settled to `at`: debt is paid first, also by points that come too late.

    Whether they would have paid it while they lived is not known any more, and being late is not their owner's doing:
    so they do. What is left of them after their end expires at once.
    """
    legs = inflow(purse, currency, ends, points)
    if ends > at or legs[-1].place != "cell":
        return legs
    return [*legs[:-1], Leg("expired", currency, legs[-1].points)]


def released(purse: Purse, currency: str, hold: Hold) -> list[Leg]:
    """Legs that let held points go back to the lots they came from; debt is paid first."""
    legs = [
        Leg("held", currency, -cell.points, ends=cell.ends, at=hold.until, document=hold.document)
        for cell in hold.cells
    ]
    left = purse.debt
    for cell in hold.cells:
        paid = min(left, cell.points)
        left -= paid
        if cell.points > paid:
            legs.append(Leg("cell", currency, cell.points - paid, ends=cell.ends))
    return [*legs, Leg("debt", currency, purse.debt - left)] if purse.debt > left else legs


def expired(purse: Purse, currency: str, instant: Instant) -> list[Leg]:
    """Legs of all spendable points that have ended by `instant`."""
    return [
        leg
        for cell in purse.cells
        if cell.ends <= instant
        for leg in (Leg("cell", currency, -cell.points, ends=cell.ends), Leg("expired", currency, cell.points))
    ]


def renewed(purse: Purse, currency: str, instant: Instant, until: Instant) -> list[Leg]:
    """Legs by which spendable points that have ended by `instant` live on `until` then."""
    return [
        leg
        for cell in purse.cells
        if cell.ends <= instant
        for leg in (
            Leg("cell", currency, -cell.points, ends=cell.ends),
            Leg("cell", currency, cell.points, ends=until),
        )
    ]


def _by_currency(legs: Iterable[Leg]) -> dict[str, list[Leg]]:
    sorted_legs: dict[str, list[Leg]] = {}
    for leg in legs:
        sorted_legs.setdefault(leg.currency, []).append(leg)
    return sorted_legs


def _purse_after(purse: Purse, legs: Iterable[Leg]) -> Purse:
    cells = {cell.ends: cell.points for cell in purse.cells}
    maturing = {(part.at, part.ends): part.points for part in purse.maturing}
    held = {(hold.until, hold.document, cell.ends): cell.points for hold in purse.holds for cell in hold.cells}
    totals = {"debt": 0, "issued": 0, "redeemed": 0, "expired": 0, "taken_back": 0, "transferred": 0}
    for leg in legs:
        match leg.place:
            case "cell":
                assert leg.ends is not None
                cells[leg.ends] = cells.get(leg.ends, 0) + leg.points
            case "maturing":
                assert leg.ends is not None
                assert leg.at is not None
                maturing[leg.at, leg.ends] = maturing.get((leg.at, leg.ends), 0) + leg.points
            case "held":
                assert leg.ends is not None
                assert leg.at is not None
                assert leg.document is not None
                lot = (leg.at, leg.document, leg.ends)
                held[lot] = held.get(lot, 0) + leg.points
            case place:
                totals[place] += leg.points
    return Purse(
        cells=_sorted_cells(cells),
        maturing=_sorted_maturing(maturing),
        holds=_sorted_holds(held),
        debt=_not_negative(purse.debt - totals["debt"]),
        issued=_not_negative(purse.issued - totals["issued"]),
        redeemed=_not_negative(purse.redeemed + totals["redeemed"]),
        expired=_not_negative(purse.expired + totals["expired"]),
        taken_back=_not_negative(purse.taken_back + totals["taken_back"]),
        transferred=purse.transferred - totals["transferred"],
    )


def _sorted_cells(cells: Mapping[Instant, int]) -> tuple[Cell, ...]:
    return tuple(Cell(ends, _not_negative(points)) for ends, points in sorted(cells.items()) if points)


def _sorted_maturing(parts: Mapping[tuple[Instant, Instant], int]) -> tuple[Maturing, ...]:
    return tuple(Maturing(at, ends, _not_negative(points)) for (at, ends), points in sorted(parts.items()) if points)


def _sorted_holds(held: Mapping[tuple[Instant, Reference, Instant], int]) -> tuple[Hold, ...]:
    by_hold: dict[tuple[Instant, Reference], dict[Instant, int]] = {}
    for (until, document, ends), points in held.items():
        by_hold.setdefault((until, document), {})[ends] = points
    found = ((until, document, _sorted_cells(cells)) for (until, document), cells in sorted(by_hold.items()))
    return tuple(Hold(until, document, cells) for until, document, cells in found if cells)


def _not_negative(points: int) -> int:
    if points < 0:
        raise Broken("negative_part", points=points)
    return points
