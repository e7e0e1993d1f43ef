"""Two accounts of one person become one: lots keep their own ends, debts are paid, tiers count both histories.

Open holds come along: for their half hour an account may then have more of them than it could open itself.
"""

import msgspec

from chalicelib.ledger.bounds import bounded
from chalicelib.ledger.journal import Leg, Purse, Rolled, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.timeline import Calendar


class Merged(msgspec.Struct, frozen=True):
    """Movements out of the one account and into the other; lifetime totals move along."""

    out_legs: tuple[Leg, ...]
    out_rolled: tuple[Rolled, ...]
    in_legs: tuple[Leg, ...]
    in_rolled: tuple[Rolled, ...]


def merge(source: Snapshot, into: Snapshot, calendar: Calendar) -> Merged:
    """Move everything of `source` into `into`; both settled to the same instant."""
    out_legs: list[Leg] = []
    in_legs: list[Leg] = []
    for currency, purse in source.purses.items():
        held = _held(currency, purse)
        out_legs += [_negated(leg) for leg in held]
        arrived = [*held, *_debt_paid(currency, purse, into.purse(currency))]
        in_legs += [*arrived, *bounded(applied(into, arrived), currency, calendar)]
    rolled = [Rolled(name, cell.ends, cell.points) for name, cells in source.metrics.items() for cell in cells]
    return Merged(
        out_legs=tuple(out_legs),
        out_rolled=tuple(Rolled(move.metric, move.leaves, -move.points) for move in rolled),
        in_legs=tuple(in_legs),
        in_rolled=tuple(rolled),
    )


def _held(currency: str, purse: Purse) -> list[Leg]:
    legs = [Leg("cell", currency, cell.points, ends=cell.ends) for cell in purse.cells]
    legs += [Leg("maturing", currency, part.points, ends=part.ends, at=part.at) for part in purse.maturing]
    legs += [
        Leg("held", currency, cell.points, ends=cell.ends, at=hold.until, document=hold.document)
        for hold in purse.holds
        for cell in hold.cells
    ]
    legs += [
        Leg("debt", currency, -purse.debt),
        Leg("issued", currency, -purse.issued),
        Leg("redeemed", currency, purse.redeemed),
        Leg("expired", currency, purse.expired),
        Leg("taken_back", currency, purse.taken_back),
        Leg("transferred", currency, -purse.transferred),
    ]
    return [leg for leg in legs if leg.points]


def _debt_paid(currency: str, one: Purse, other: Purse) -> list[Leg]:
    """Where one account owed and the other had: the debt is paid from the earliest cells."""
    left = min(one.debt + other.debt, one.spendable + other.spendable)
    legs = [Leg("debt", currency, left)] if left else []
    for cell in sorted((*one.cells, *other.cells)):
        if taken := min(left, cell.points):
            legs.append(Leg("cell", currency, -taken, ends=cell.ends))
            left -= taken
    return legs


def _negated(leg: Leg) -> Leg:
    return msgspec.structs.replace(leg, points=-leg.points)
