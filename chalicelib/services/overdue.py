"""The twelfth promise: nothing waits longer than it may."""

from collections.abc import Iterator

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.check import Violation
from chalicelib.ledger.documents import Document, OrderDocument
from chalicelib.ledger.journal import Entry, Purse

_HOUR = 3_600_000
_DAY = 24 * _HOUR
PARKED = 7 * _DAY
"""A refund may be this much older than the news of its order: providers repeat for days, and their books are read."""
UNSWEPT = 2 * _DAY
"""Points whose day has come are swept within a night; balances are right before that, too."""
UNFREED = 12 * _HOUR
"""Points of a hold whose time is over are free at once; the journal says so at the account's next entry or sweep."""


def parked_too_long(document: Document, now: Instant) -> Iterator[Violation]:
    """A refund whose order nobody has told us about."""
    if not isinstance(document, OrderDocument) or document.facts is not None or document.state != "parked":
        return
    since = min((refund.changed_at for refund in document.refunds.values()), default=now)
    if since + PARKED < now:
        days = (now - since) // _DAY
        yield Violation(
            AccountId("nobody"), 0, 12, f"a refund of {document.reference} waits for its order: {days} days"
        )


def overdue(newest: Entry, now: Instant) -> Iterator[Violation]:
    """What time should have done to a member's account long ago, and no entry says.

    Points that nobody has claimed are settled with the account's next event: no sweep looks at them.
    """
    if newest.snap.status != "active":
        return
    for currency, purse in newest.snap.purses.items():
        yield from (Violation(newest.account, newest.seq, 12, says) for says in _overdue(currency, purse, now))


def _overdue(currency: str, purse: Purse, now: Instant) -> Iterator[str]:
    if any(cell.ends + UNSWEPT < now for cell in purse.cells):
        yield f"{currency} that have ended were not swept"
    if any(part.at + UNSWEPT < now for part in purse.maturing):
        yield f"{currency} that have become usable were not swept"
    if any(hold.until + UNFREED < now for hold in purse.holds):
        yield f"{currency} of a hold whose time is over were not freed"
