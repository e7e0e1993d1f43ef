"""Limits of a day on what people move by hand: a counting document, written in the same transaction."""

import msgspec

from chalicelib.errors import Broken, Malformed, Refused
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import ByHandDocument
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.services.journaling import Line, Standing
from chalicelib.services.ports import Ledger

_MOST_POINTS = 1_000_000_000


def counted(
    ledger: Ledger, program: Program, stand: Standing, *, what: str, by: str, currency: str, points: int, most: int
) -> ByHandDocument:
    """The count of this local day with `points` more.

    what: "adjusted" or "transferred"      by: whose count it is      most: the limit
    Raises: Refused("limit_of_the_day") with the limit and what is left of it.
    """
    reference = count_reference(program, stand.at, what=what, by=by, currency=currency)
    known = ledger.document(program.slug, reference)
    if known is None:
        known = ByHandDocument(reference, by, currency)
    if not isinstance(known, ByHandDocument):
        raise Broken("not_a_count", document=reference)
    if known.points + points > most:
        raise Refused("limit_of_the_day", limit=most, left=max(0, most - known.points), asked=points)
    return msgspec.structs.replace(known, points=known.points + points, revision=known.revision + 1)


def count_reference(program: Program, at: Instant, *, what: str, by: str, currency: str) -> Reference:
    """The name of the count of the local day of `at`."""
    day = ZoneCalendar(program.in_force(at).definition.time_zone).day(at).isoformat()
    return Reference(f"by-hand/{what}/{currency}/{day}/{by}")


def is_currency(program: Program, stand: Standing, currency: str) -> None:
    """Raises Refused("unknown_currency") when the program has no such points now."""
    if currency not in {known.key for known in program.in_force(stand.at).definition.currencies}:
        raise Refused("unknown_currency", currency=currency[:24])


def is_whole(points: int, *, least: int) -> None:
    """Raises Malformed for what is no number of points that anybody moves."""
    if isinstance(points, bool) or not least <= points <= _MOST_POINTS or points == 0:
        raise Malformed("not_a_number_of_points", points=points)


def is_open(account: AccountId, stand: Standing) -> None:
    """Raises Refused("account_closed")."""
    if stand.snap.status == "closed":
        raise Refused("account_closed", account=account)


def awake(stand: Standing, line: Line) -> Line:
    """The line, when it is the first of a member's account: with it the account is in use."""
    return msgspec.structs.replace(line, status="active") if stand.before is None else line
