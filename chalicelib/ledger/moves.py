"""The one way in which legs change a snapshot. Whatever decides, decides in legs; this applies them.

applied(snap, legs, rolled)   the snapshot after the movements
inflow(...)                   points that become spendable: debt is paid first
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.ledger.journal import Cell, Leg, Maturing, Purse, Rolled, Snapshot


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
    return replace(snap, purses=purses, metrics={name: cells for name, cells in metrics.items() if cells})


def inflow(purse: Purse, currency: str, ends: Instant, points: int) -> list[Leg]:
    """Legs of `points` that become spendable in the cell that ends at `ends`; debt is paid first."""
    paid = min(points, purse.debt)
    legs = [Leg("debt", currency, paid)] if paid else []
    if points > paid:
        legs.append(Leg("cell", currency, points - paid, ends=ends))
    return legs


def _by_currency(legs: Iterable[Leg]) -> dict[str, list[Leg]]:
    sorted_legs: dict[str, list[Leg]] = {}
    for leg in legs:
        sorted_legs.setdefault(leg.currency, []).append(leg)
    return sorted_legs


def _purse_after(purse: Purse, legs: Iterable[Leg]) -> Purse:
    cells = {cell.ends: cell.points for cell in purse.cells}
    maturing = {(part.at, part.ends): part.points for part in purse.maturing}
    totals = {"debt": 0, "issued": 0, "redeemed": 0, "expired": 0, "taken_back": 0}
    for leg in legs:
        match leg.place:
            case "cell":
                assert leg.ends is not None
                cells[leg.ends] = cells.get(leg.ends, 0) + leg.points
            case "maturing":
                assert leg.ends is not None
                assert leg.at is not None
                maturing[leg.at, leg.ends] = maturing.get((leg.at, leg.ends), 0) + leg.points
            case place:
                totals[place] += leg.points
    return Purse(
        cells=_sorted_cells(cells),
        maturing=_sorted_maturing(maturing),
        debt=_not_negative(purse.debt - totals["debt"]),
        issued=_not_negative(purse.issued - totals["issued"]),
        redeemed=_not_negative(purse.redeemed + totals["redeemed"]),
        expired=_not_negative(purse.expired + totals["expired"]),
        taken_back=_not_negative(purse.taken_back + totals["taken_back"]),
    )


def _sorted_cells(cells: Mapping[Instant, int]) -> tuple[Cell, ...]:
    return tuple(Cell(ends, _not_negative(points)) for ends, points in sorted(cells.items()) if points)


def _sorted_maturing(parts: Mapping[tuple[Instant, Instant], int]) -> tuple[Maturing, ...]:
    return tuple(Maturing(at, ends, _not_negative(points)) for (at, ends), points in sorted(parts.items()) if points)


def _not_negative(points: int) -> int:
    if points < 0:
        raise Broken("negative_part", points=points)
    return points
