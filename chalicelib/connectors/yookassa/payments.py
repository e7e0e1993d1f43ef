"""A payment as facts: what was captured, and what of it has gone back.

A payment is paid once it has "succeeded": "waiting_for_capture" is a hold. Then neither its amount nor its state
changes any more; refunds are objects of their own. A refund is "succeeded" or "canceled" for good, and cannot itself be
taken back, so `refunded_amount` only grows: between two sums of one age the larger is the later one.
"""

import re
from collections.abc import Mapping

from chalicelib.connectors.places import places_in
from chalicelib.connectors.yookassa.objects import Payment, Refund, instant
from chalicelib.errors import Malformed
from chalicelib.events import (
    Amounts,
    Customer,
    Noted,
    OrderFacts,
    PaymentTold,
    Reference,
    RefundFacts,
    RefundStatus,
)
from chalicelib.ledger.orders import CUMULATIVE
from chalicelib.money import minor_units

_REFERENCE = re.compile(r"order/[a-z]{2,40}(?:/[\w.:-]{1,120}){1,3}", re.ASCII)
_NUMBER = re.compile(r"[\w.#-]{1,40}")
_SHOPIFY_ID = re.compile(r"[0-9]{1,20}")
_STATUS: Mapping[str, RefundStatus] = {"pending": "pending", "succeeded": "succeeded", "canceled": "failed"}


def payment_told(payment: Payment, delivery: str, refund: Refund | None = None) -> PaymentTold | Noted:
    """What the payment says, and the one refund of it that is known by itself.

    Noted while no money has moved: a payment that has not succeeded has no refunds either.
    """
    if payment.status != "succeeded":
        return Noted(delivery, f"payment.{payment.status}")
    metadata = payment.metadata or {}
    number = metadata.get("order_number") or metadata.get("order_id") or ""
    return PaymentTold(
        reference=Reference(f"payment/yookassa/{payment.id}"),
        delivery=delivery,
        name=f"#{number.removeprefix('#')}" if _NUMBER.fullmatch(number) else "",
        aliases=(f"yookassa/{payment.id}",),
        orders=_orders(metadata),
        payment=_facts(payment),
        refunds=_refunds(payment, refund),
        customer=Customer(email=metadata.get("email") or _receipt_email(payment)),
        is_test=payment.test,
    )


def _facts(payment: Payment) -> OrderFacts:
    """Nothing is said of what was bought: the whole payment is goods, and no line of them is known."""
    captured_at = instant(payment.captured_at or payment.created_at)
    currency = payment.amount.currency
    amount = _positive(minor_units(payment.amount.value, currency))
    return OrderFacts(
        changed_at=captured_at,
        occurred_at=captured_at,
        currency=currency,
        amounts=Amounts(goods=amount),
        is_paid=True,
        payment_method=payment.payment_method.type if payment.payment_method else "",
        **places_in(payment.metadata),
    )


def _refunds(payment: Payment, refund: Refund | None) -> Mapping[str, RefundFacts]:
    refunds = {}
    if refund is not None:
        if refund.amount.currency != payment.amount.currency:
            raise Malformed("refund_in_another_currency")
        amount = _positive(minor_units(refund.amount.value, refund.amount.currency))
        told = RefundFacts(instant(refund.created_at), _STATUS[refund.status], Amounts(goods=amount))
        refunds[refund.id] = told
    back = payment.refunded_amount
    if back is not None and back.currency == payment.amount.currency:
        amount = _positive(minor_units(back.value, back.currency))
        if amount:
            changed_at = instant(payment.captured_at or payment.created_at)
            refunds[CUMULATIVE] = RefundFacts(changed_at, "succeeded", Amounts(goods=amount))
    return refunds


def _positive(amount: int) -> int:
    if amount < 0:
        raise Malformed("negative_amount")
    return amount


def _orders(metadata: Mapping[str, str]) -> tuple[Reference, ...]:
    """The shop's orders, as the shop's own server wrote them beside the payment."""
    named = metadata.get("order_reference", "")
    told = [Reference(named)] if _REFERENCE.fullmatch(named) else []
    shopify = metadata.get("shopify_order_id", "")
    if _SHOPIFY_ID.fullmatch(shopify):
        told.append(Reference(f"order/shopify/{shopify}"))
    return tuple(dict.fromkeys(told))


def _receipt_email(payment: Payment) -> str | None:
    customer = payment.receipt.customer if payment.receipt else None
    return (customer.email or None) if customer else None
