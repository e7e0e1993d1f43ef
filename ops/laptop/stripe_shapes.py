"""Stripe's objects in the shape its API gives them, with the fields that matter to whoever listens.

Source: docs.stripe.com/api, version 2026-10-28.endive.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Refund:
    id: str
    amount: int
    status: str
    created: int


@dataclass
class Payment:
    """A card payment. Amounts in Stripe's units of the currency; times in seconds since 1970 UTC."""

    id: str
    charge: str
    session: str
    amount: int
    currency: str
    email: str
    metadata: Mapping[str, str]
    created: int
    captured: int = 0
    refunds: list[Refund] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        return sum(refund.amount for refund in self.refunds if refund.status not in {"failed", "canceled"})


@dataclass
class Dispute:
    id: str
    payment: Payment
    amount: int
    created: int
    status: str = "needs_response"


def intent_body(payment: Payment, *, is_live: bool) -> dict[str, object]:
    return {
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.amount,
        "amount_capturable": 0 if payment.captured else payment.amount,
        "amount_received": payment.captured,
        "capture_method": "automatic_async",
        "created": payment.created,
        "currency": payment.currency.lower(),
        "customer": None,
        "latest_charge": payment.charge,
        "livemode": is_live,
        "metadata": dict(payment.metadata),
        "receipt_email": payment.email,
        "status": "succeeded" if payment.captured else "requires_capture",
    }


def charge_body(payment: Payment, *, is_live: bool) -> dict[str, object]:
    return {
        "id": payment.charge,
        "object": "charge",
        "amount": payment.amount,
        "amount_captured": payment.captured,
        "amount_refunded": payment.refunded,
        "billing_details": {"address": {"country": "LV"}, "email": payment.email, "name": None, "phone": None},
        "captured": payment.captured > 0,
        "created": payment.created,
        "currency": payment.currency.lower(),
        "customer": None,
        "disputed": False,
        "livemode": is_live,
        "metadata": dict(payment.metadata),
        "paid": True,
        "payment_intent": payment.id,
        "receipt_email": None,
        "refunded": 0 < payment.captured == payment.refunded,
        "status": "succeeded",
    }


def session_body(payment: Payment, *, is_live: bool) -> dict[str, object]:
    return {
        "id": payment.session,
        "object": "checkout.session",
        "amount_subtotal": payment.amount,
        "amount_total": payment.amount,
        "created": payment.created,
        "currency": payment.currency.lower(),
        "customer": None,
        "customer_details": {"email": payment.email, "name": None, "phone": None},
        "customer_email": None,
        "livemode": is_live,
        "metadata": dict(payment.metadata),
        "mode": "payment",
        "payment_intent": payment.id,
        "payment_status": "paid" if payment.captured else "unpaid",
        "status": "complete",
    }


def refund_body(payment: Payment, refund: Refund) -> dict[str, object]:
    return {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "charge": payment.charge,
        "created": refund.created,
        "currency": payment.currency.lower(),
        "metadata": {},
        "payment_intent": payment.id,
        "reason": "requested_by_customer",
        "status": refund.status,
    }


def dispute_body(dispute: Dispute, *, is_live: bool) -> dict[str, object]:
    return {
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "charge": dispute.payment.charge,
        "created": dispute.created,
        "currency": dispute.payment.currency.lower(),
        "livemode": is_live,
        "metadata": {},
        "payment_intent": dispute.payment.id,
        "reason": "product_not_received",
        "status": dispute.status,
    }
