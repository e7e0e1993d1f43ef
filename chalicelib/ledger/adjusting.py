"""Points that somebody of the shop gives or takes by hand."""

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.ledger.bounds import bounded, prolong
from chalicelib.ledger.documents import AdjustmentDocument
from chalicelib.ledger.journal import Leg, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.posting import after, earn
from chalicelib.ledger.timeline import Calendar


def adjust(
    document: AdjustmentDocument, snap: Snapshot, *, at: Instant, calendar: Calendar, alive: Instant | None = None
) -> tuple[Leg, ...]:
    """Legs that give the document's points into its lot, or take them: earliest expiry first, and never into debt.

    snap: settled to `at`      alive: until when all points live after this, where they expire by inactivity
    Raises: Refused("not_enough_points") with what there is.
    """
    currency, purse = document.currency, snap.purse(document.currency)
    if document.points < 0:
        return tuple(_take(document, snap))
    legs = earn(purse, currency, document.lot, document.points, at)
    if alive is not None:
        legs += prolong(after(purse, currency, legs), currency, alive)
    return (*legs, *bounded(applied(snap, legs), currency, calendar))


def _take(document: AdjustmentDocument, snap: Snapshot) -> list[Leg]:
    purse, left = snap.purse(document.currency), -document.points
    if purse.spendable < left:
        raise Refused("not_enough_points", asked=left, there=purse.balance)
    legs = [Leg("taken_back", document.currency, left)]
    for cell in purse.cells:
        if taken := min(left, cell.points):
            legs.append(Leg("cell", document.currency, -taken, ends=cell.ends))
            left -= taken
    return legs
