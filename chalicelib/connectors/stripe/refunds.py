"""What went back, as facts: refunds one by one, their sum where Stripe tells only that, and disputes.

A refund that is told alone carries its status, and one that failed after all is told again. A charge tells the sum of
its refunds, those under way included. When a refund fails, the sum told before it holds no longer.
"""

from chalicelib.connectors.stripe.amounts import minor
from chalicelib.connectors.stripe.messages import Charge, Dispute, Notice, Refund
from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Instant, RefundFacts, RefundStatus
from chalicelib.ledger.orders import CUMULATIVE

_STATUS: dict[str, RefundStatus] = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}
_OUTCOME: dict[str, RefundStatus] = {
    "lost": "succeeded",
    "won": "failed",
    "warning_closed": "failed",
    "prevented": "failed",
}
"""What a closed dispute means for the money: it succeeded for the customer, or it failed."""

_RELEASE_IS_NO_REFUND = "2025-03-31"
"""Since this API version what was authorised and never taken is not counted as refunded any more.

Source: docs.stripe.com/changelog, 2025-03-31.basil, "Partially capturing or canceling payments no longer creates a
Refund".
"""


def refunds_in(notice: Notice, charge: Charge, captured: int) -> dict[str, RefundFacts]:
    """The refunds a charge tells of: one by one where it lists all of them, else their sum."""
    released = 0
    if (notice.api_version or "") < _RELEASE_IS_NO_REFUND:
        released = charge.amount - captured
    refunded = charge.amount_refunded - released
    if refunded <= 0:
        return {}
    if charge.refunds is not None and charge.refunds.data and not charge.refunds.has_more and not released:
        return {refund.id: _refund_facts(notice, refund) for refund in charge.refunds.data}
    return {CUMULATIVE: _facts(notice.created * 1_000, "succeeded", refunded, charge.currency)}


def refund_facts(notice: Notice, refund: Refund) -> dict[str, RefundFacts]:
    facts = _refund_facts(notice, refund)
    return {refund.id: facts, CUMULATIVE: facts} if facts.status == "failed" else {refund.id: facts}


def dispute_facts(notice: Notice, dispute: Dispute) -> dict[str, RefundFacts]:
    """A dispute is a refund that nobody asked the shop for.

    It is pending until the money is taken, which mostly happens in the same second. So the opening counts from the
    dispute's own time, which is never later than what follows.
    """
    changed_at = notice.created * 1_000
    match notice.type:
        case "charge.dispute.created":
            changed_at, status = min(notice.created, dispute.created) * 1_000, _opened(dispute)
        case "charge.dispute.funds_withdrawn":
            status = "succeeded"
        case "charge.dispute.funds_reinstated":  # also a part of the money, of a dispute that was lost
            status = "succeeded" if dispute.status == "lost" else "failed"
        case _:
            status = _closed(dispute)
    return {f"dispute/{dispute.id}": _facts(changed_at, status, dispute.amount, dispute.currency)}


def _opened(dispute: Dispute) -> RefundStatus:
    return _OUTCOME.get(dispute.status, "pending")


def _closed(dispute: Dispute) -> RefundStatus:
    if dispute.status not in _OUTCOME:
        raise Malformed("dispute_closed_without_outcome")
    return _OUTCOME[dispute.status]


def _refund_facts(notice: Notice, refund: Refund) -> RefundFacts:
    return _facts(notice.created * 1_000, _STATUS[refund.status], refund.amount, refund.currency)


def _facts(changed_at: Instant, status: RefundStatus, amount: int, currency: str) -> RefundFacts:
    return RefundFacts(changed_at, status, Amounts(goods=minor(amount, currency)))
