"""Points used, and points given back: earliest expiry first out, the last drawn first in again."""

import json
from collections.abc import Sequence

import msgspec

from chalicelib.errors import Malformed, Refused
from chalicelib.events import Instant, Reference
from chalicelib.ledger.documents import Drawn, RedemptionDocument
from chalicelib.ledger.journal import Cell, Leg, Purse, Snapshot
from chalicelib.ledger.moves import arriving
from chalicelib.ledger.offer_documents import CountDocument, VoucherDocument
from chalicelib.ledger.posting import after

LONGEST_REFERENCE = 128
"""Characters of a redemption's name as the journal writes it: each open hold carries its own in every entry."""


class Spending(msgspec.Struct, frozen=True):
    """What a redemption, a hold, their end or their return does. `more`: documents that are written with it."""

    document: RedemptionDocument
    legs: tuple[Leg, ...]
    more: tuple[CountDocument | VoucherDocument, ...] = ()


def redeem(document: RedemptionDocument, snap: Snapshot, points: int | None = None) -> Spending:
    """Use points of a settled snapshot: the document's, or fewer of them.

    Raises: Malformed; Refused("not_enough_points") with what there is and what is owed: nothing is used in debt.
    """
    used = document.points if points is None else points
    check_name(document.reference)
    drawn = drawn_from(snap.purse(document.currency), used)
    legs = [Leg("cell", document.currency, -part.points, ends=part.ends) for part in drawn]
    legs.append(Leg("redeemed", document.currency, used))
    return Spending(msgspec.structs.replace(document, state="used", used=used, drawn=drawn), tuple(legs))


def give_back(
    document: RedemptionDocument,
    snap: Snapshot,
    points: int,
    *,
    at: Instant,
    grace_until: Instant,
    alive_until: Instant = 0,
) -> Spending:
    """Return `points` of a redemption to the lots they were drawn from, the longest-lived first.

    They can be used until `grace_until` at least; without a grace, those that have ended expire in the same posting.
    alive_until: where points live as long as their owner is active, the end that all of them share
    Raises: Malformed, Refused("more_than_was_redeemed").
    """
    left = document.used - document.returned
    if whole_number(points) > left or points <= 0:
        raise Refused("more_than_was_redeemed", asked=points, left=left)
    purse = snap.purse(document.currency)
    legs = [Leg("redeemed", document.currency, -points)]
    for part in _to_return(document, points):
        ends = max(part.ends, grace_until, alive_until)
        moved = arriving(purse, document.currency, ends, part.points, at)
        purse = after(purse, document.currency, moved)
        legs += moved
    return Spending(msgspec.structs.replace(document, returned=document.returned + points), tuple(legs))


def check_name(reference: Reference) -> None:
    """Raises Malformed when a redemption's name is too long to be carried along."""
    length = len(json.dumps(reference)) - 2
    if length > LONGEST_REFERENCE:
        raise Malformed("reference_too_long", characters=length, most=LONGEST_REFERENCE)


def whole_number(points: object) -> int:
    """The number, if it is a whole one. What comes from outside has not always been checked: half a point is not."""
    if type(points) is not int:
        raise Malformed("not_a_whole_number_of_points")
    return points


def drawn_from(purse: Purse, points: int) -> tuple[Drawn, ...]:
    """The lots that `points` are taken from, those that end first first. Raises Malformed, Refused."""
    if whole_number(points) <= 0:
        raise Refused("not_a_number_of_points", points=points)
    if purse.spendable < points:
        raise Refused("not_enough_points", asked=points, there=purse.balance, owed=purse.debt)
    return earliest(purse.cells, points)


def earliest(cells: Sequence[Cell], points: int) -> tuple[Drawn, ...]:
    """The first `points` of cells in the order of their ends."""
    left, drawn = points, []
    for cell in cells:
        if taken := min(left, cell.points):
            drawn.append(Drawn(cell.ends, taken))
            left -= taken
    return tuple(drawn)


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
