"""Points that a member gives to another one: they keep their ends, pay what the other owes, and count for no level."""

import msgspec

from chalicelib.errors import Refused
from chalicelib.ledger.bounds import bounded
from chalicelib.ledger.documents import Drawn, TransferDocument
from chalicelib.ledger.journal import Leg, Snapshot
from chalicelib.ledger.moves import applied, inflow
from chalicelib.ledger.posting import after
from chalicelib.ledger.timeline import Calendar


class Transferred(msgspec.Struct, frozen=True):
    """What a transfer does: legs of the giver and of the receiver."""

    document: TransferDocument
    out_legs: tuple[Leg, ...]
    in_legs: tuple[Leg, ...]


def transfer(document: TransferDocument, giver: Snapshot, receiver: Snapshot, calendar: Calendar) -> Transferred:
    """Move the document's points, earliest expiry first; both snapshots settled to the same instant.

    Held points and points on the way cannot be given.
    Raises: Refused("not_enough_points") with what there is.
    """
    currency, purse = document.currency, giver.purse(document.currency)
    if purse.spendable < document.points:
        raise Refused("not_enough_points", asked=document.points, there=purse.balance)
    left, drawn = document.points, []
    for cell in purse.cells:
        if taken := min(left, cell.points):
            drawn.append(Drawn(cell.ends, taken))
            left -= taken
    out = [Leg("cell", currency, -part.points, ends=part.ends) for part in drawn]
    out.append(Leg("transferred", currency, document.points))
    given = msgspec.structs.replace(document, drawn=tuple(drawn))
    return Transferred(given, tuple(out), received(given, receiver, calendar))


def received(document: TransferDocument, receiver: Snapshot, calendar: Calendar) -> tuple[Leg, ...]:
    """Legs by which what was drawn from the giver arrives."""
    currency, theirs = document.currency, receiver.purse(document.currency)
    arrived = [Leg("transferred", currency, -document.points)]
    for part in document.drawn:
        moved = inflow(theirs, currency, part.ends, part.points)
        theirs = after(theirs, currency, moved)
        arrived += moved
    return (*arrived, *bounded(applied(receiver, arrived), currency, calendar))
