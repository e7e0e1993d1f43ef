"""Points used, and points given back: earliest expiry first out, the last drawn first in again."""

from dataclasses import dataclass

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.ledger.documents import Drawn, RedemptionDocument
from chalicelib.ledger.journal import Leg, Snapshot
from chalicelib.ledger.moves import inflow
from chalicelib.ledger.posting import after


@dataclass(frozen=True, slots=True)
class Spending:
    """What a redemption or its return does."""

    document: RedemptionDocument
    legs: tuple[Leg, ...]


def redeem(document: RedemptionDocument, snap: Snapshot) -> Spending:
    """Draw the document's points from a settled snapshot.

    Raises: Refused("not_enough_points") with what there is; also while points are owed, since then nothing is there.
    """
    purse = snap.purse(document.currency)
    if document.points <= 0:
        raise Refused("not_a_number_of_points", points=document.points)
    if purse.spendable < document.points:
        raise Refused("not_enough_points", asked=document.points, there=purse.balance)
    left, drawn = document.points, []
    for cell in purse.cells:
        if taken := min(left, cell.points):
            drawn.append(Drawn(cell.ends, taken))
            left -= taken
    legs = [Leg("cell", document.currency, -part.points, ends=part.ends) for part in drawn]
    legs.append(Leg("redeemed", document.currency, document.points))
    return Spending(msgspec.structs.replace(document, drawn=tuple(drawn)), tuple(legs))


def give_back(
    document: RedemptionDocument, snap: Snapshot, points: int, *, at: Instant, grace_until: Instant
) -> Spending:
    """Return `points` of a redemption to the lots they were drawn from, the longest-lived first.

    A lot that has expired meanwhile comes back until `grace_until`; with no grace it expires in the same posting.
    Raises: Refused("more_than_was_redeemed").
    """
    if not 0 < points <= document.points - document.returned:
        raise Refused("more_than_was_redeemed", asked=points, left=document.points - document.returned)
    purse = snap.purse(document.currency)
    legs = [Leg("redeemed", document.currency, -points)]
    for part in _to_return(document, points):
        ends = part.ends if part.ends > at else grace_until
        if ends > at:
            moved = inflow(purse, document.currency, ends, part.points)
            purse = after(purse, document.currency, moved)
            legs += moved
        else:
            legs.append(Leg("expired", document.currency, part.points))
    return Spending(msgspec.structs.replace(document, returned=document.returned + points), tuple(legs))


def _to_return(document: RedemptionDocument, points: int) -> list[Drawn]:
    """The parts of the draw that come back now: what was returned before is skipped from the end."""
    skip, left, parts = document.returned, points, []
    for part in reversed(document.drawn):
        free = max(0, part.points - skip)
        skip = max(0, skip - part.points)
        if taken := min(left, free):
            parts.append(Drawn(part.ends, taken))
            left -= taken
    return parts
