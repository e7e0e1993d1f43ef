"""What a store tells of a member's activity, as an event."""

from datetime import UTC, datetime, timedelta

from chalicelib.errors import Malformed
from chalicelib.events import ActivityTold, Customer, Instant
from chalicelib.web.api import shapes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SKEW = 300_000
"""Milliseconds by which a store's clock may be ahead."""


def deed_told(sent: shapes.Deed, customer: Customer, *, now: Instant) -> ActivityTold:
    """The event. Raises Malformed for a moment that has not come, or before 1970."""
    at = now if sent.at is None else (sent.at - _EPOCH) // timedelta(milliseconds=1)
    if not 0 < at <= now + _SKEW:
        raise Malformed("moment_not_possible")
    if bool(sent.amount) != (sent.currency is not None):
        raise Malformed("amount_and_currency")
    return ActivityTold(
        "",
        sent.type,
        sent.object,
        at,
        customer,
        undone_at=max(at, now) if sent.undone else None,
        length=sent.length,
        amount=sent.amount,
        money=sent.currency or "",
        score=sent.score,
    )
