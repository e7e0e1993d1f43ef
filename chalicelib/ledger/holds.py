"""Points set aside for a checkout: captured (all or part), released, or back by themselves when time is up.

A hold is a redemption whose document says "held". One that has run out needs no write to be seen: the purse, settled
to now, no longer has it, while its document still says "held".

The second resolution of a hold is refused with the first one's name; the same one again is answered as the first was.
"""

import msgspec

from chalicelib.errors import Malformed, Refused
from chalicelib.events import Instant
from chalicelib.ledger.bounds import MOST_CELLS
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import Cell, Hold, Leg, Purse, Snapshot
from chalicelib.ledger.moves import expired, released
from chalicelib.ledger.posting import after
from chalicelib.ledger.redemptions import Spending, check_name, drawn_from, earliest, redeem, whole_number

MOST_HOLDS = 4
MOST_HELD_LOTS = MOST_CELLS + MOST_HOLDS
"""All lots of a purse can be on hold, and each hold can split one."""
LONGEST_HOLD = 30 * 60_000
"""Milliseconds."""


def hold(document: RedemptionDocument, snap: Snapshot, *, at: Instant, until: Instant) -> Spending:
    """Set the document's points aside until `until`, from the lots that end first.

    Raises: Malformed (no time, or too much of it); Refused("too_many_open_holds", "not_enough_points").
    """
    if not at < until <= at + LONGEST_HOLD:
        raise Malformed("not_a_time_to_hold", milliseconds=until - at, most=LONGEST_HOLD)
    check_name(document.reference)
    purse = snap.purse(document.currency)
    drawn = drawn_from(purse, document.points)
    is_open = sum(len(each.holds) for each in snap.purses.values())
    if is_open >= MOST_HOLDS or sum(len(each.cells) for each in purse.holds) + len(drawn) > MOST_HELD_LOTS:
        raise Refused("too_many_open_holds", open=is_open, most=MOST_HOLDS)
    legs = [
        leg
        for part in drawn
        for leg in (
            Leg("cell", document.currency, -part.points, ends=part.ends),
            Leg("held", document.currency, part.points, ends=part.ends, at=until, document=document.reference),
        )
    ]
    held = msgspec.structs.replace(document, state="held", until=until, drawn=drawn)
    return Spending(held, tuple(legs))


def is_captured(document: RedemptionDocument, points: int | None) -> bool:
    """Was the hold captured in just this way? False while it can be. Raises Malformed, Refused."""
    wanted = document.points if points is None else whole_number(points)
    if document.state == "released":
        raise Refused("already_released", document=document.reference)
    if document.state == "used" and document.used != wanted:
        raise Refused("already_captured", document=document.reference, used=document.used, asked=wanted)
    if not 0 < wanted <= document.points:
        raise Refused("more_than_was_held", asked=wanted, held=document.points)
    return document.state == "used"


def capture(document: RedemptionDocument, snap: Snapshot, points: int | None, *, at: Instant) -> Spending:
    """Use the points of an open hold, or `points` of them; the rest goes back to its own lots, debt first.

    What has ended while it was held can still be used, and is used first. A hold that has run out is a new redemption
    under the same document, if there are still enough points.
    Raises: Refused("not_enough_points").
    """
    purse = snap.purse(document.currency)
    found = _open_hold(purse, document)
    wanted = document.points if points is None else points
    if found is None:
        return redeem(document, snap, wanted)
    used = earliest(found.cells, wanted)
    legs = [Leg("held", document.currency, -part.points, ends=part.ends, at=found.until, document=found.document)
            for part in used]  # fmt: skip
    legs.append(Leg("redeemed", document.currency, wanted))
    rest = msgspec.structs.replace(found, cells=_without(found.cells, wanted))
    legs += _back(after(purse, document.currency, legs), document.currency, rest, at)
    return Spending(msgspec.structs.replace(document, state="used", used=wanted, drawn=used), tuple(legs))


def is_released(document: RedemptionDocument) -> bool:
    """Was the hold released before? False while it can be. Raises Refused("already_captured")."""
    if document.state == "used":
        raise Refused("already_captured", document=document.reference, used=document.used)
    return document.state == "released"


def release(document: RedemptionDocument, snap: Snapshot, *, at: Instant) -> Spending:
    """Let all points of an open hold go back to their own lots, debt first; those that have ended expire.

    Raises: Refused("expired") when the hold has run out: its points are back already.
    """
    purse = snap.purse(document.currency)
    found = _open_hold(purse, document)
    if found is None:
        raise Refused("expired", document=document.reference, until=document.until or 0)
    legs = _back(purse, document.currency, found, at)
    return Spending(msgspec.structs.replace(document, state="released", drawn=()), tuple(legs))


def _open_hold(purse: Purse, document: RedemptionDocument) -> Hold | None:
    return next((each for each in purse.holds if each.document == document.reference), None)


def _back(purse: Purse, currency: str, found: Hold, at: Instant) -> list[Leg]:
    legs = released(purse, currency, found)
    return [*legs, *expired(after(purse, currency, legs), currency, at)]


def _without(cells: tuple[Cell, ...], points: int) -> tuple[Cell, ...]:
    """What is left of cells when the first `points` are gone."""
    gone = {part.ends: part.points for part in earliest(cells, points)}
    rest = (Cell(cell.ends, cell.points - gone.get(cell.ends, 0)) for cell in cells)
    return tuple(cell for cell in rest if cell.points)
