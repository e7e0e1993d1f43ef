"""A payment as facts: what was taken, from whom, and for which order.

One payment is told by its payment intent, by its charge and by its checkout session. The intent names it; all three
say the same amounts. What is only authorised is not paid.
"""

import re
from collections.abc import Mapping

import msgspec

from chalicelib.connectors.places import places_in
from chalicelib.connectors.stripe.amounts import minor
from chalicelib.connectors.stripe.messages import Charge, Contact, Metadata, Notice, PaymentIntent, Session
from chalicelib.connectors.stripe.refunds import refunds_in
from chalicelib.events import Amounts, Customer, OrderFacts, PaymentTold, Reference, RefundFacts

_SHOPIFY_ID = re.compile(r"(?:gid://shopify/Order/)?([0-9]{1,20})")
_SHOPIFY_GID = re.compile(r"gid://shopify/Order/([0-9]{1,20})")
_REFERENCE = re.compile(r"order/[a-z]+/[!-~]{1,200}")


def payment_told(
    notice: Notice,
    *,
    intent: str | None,
    charge: str | None,
    payment: OrderFacts | None = None,
    refunds: Mapping[str, RefundFacts] | None = None,
    customer: Customer | None = None,
    metadata: Mapping[str, str] | None = None,
) -> PaymentTold:
    """News of the payment that `intent` names, or else its `charge`: one of them is given."""
    return PaymentTold(
        reference=Reference(f"payment/stripe/{intent or charge}"),
        delivery=notice.id,
        aliases=tuple(f"stripe/{name}" for name in (intent, charge) if name),
        orders=_orders(metadata or {}),
        payment=payment,
        refunds=refunds or {},
        customer=customer or Customer(),
        is_test=not notice.livemode,
    )


def intent_told(notice: Notice, intent: PaymentIntent) -> PaymentTold:
    return payment_told(
        notice,
        intent=intent.id,
        charge=intent.latest_charge,
        payment=_facts(notice, intent.amount_received, intent.currency, notice.created, intent.metadata),
        customer=_customer(intent.customer, intent.receipt_email),
        metadata=intent.metadata,
    )


def charge_told(notice: Notice, charge: Charge) -> PaymentTold:
    """A charge tells its payment at every later change, too: it was made when the charge was created."""
    captured = _captured(charge)
    paid = _facts(notice, captured, charge.currency, charge.created, charge.metadata)
    if paid is not None and charge.payment_method_details is not None:
        paid = msgspec.structs.replace(paid, payment_method=charge.payment_method_details.type)
    return payment_told(
        notice,
        intent=charge.payment_intent,
        charge=charge.id,
        payment=paid,
        refunds=refunds_in(notice, charge, captured),
        customer=_customer(charge.customer, charge.receipt_email, charge.billing_details),
        metadata=charge.metadata,
    )


def session_told(notice: Notice, session: Session) -> PaymentTold:
    """A session that is complete may still wait for its money: some ways to pay take days."""
    paid = session.amount_total or 0 if session.payment_status == "paid" else 0
    return payment_told(
        notice,
        intent=session.payment_intent,
        charge=None,
        payment=_facts(notice, paid, session.currency or "", notice.created, session.metadata),
        customer=_customer(session.customer, session.customer_email, session.customer_details),
        metadata=session.metadata,
    )


def _facts(notice: Notice, amount: int, currency: str, paid_at: int, metadata: Metadata) -> OrderFacts | None:
    """What was bought is not said; where, only if the shop's server wrote it beside the payment."""
    if amount == 0:
        return None
    return OrderFacts(
        changed_at=notice.created * 1_000,
        occurred_at=paid_at * 1_000,
        currency=currency.upper(),
        amounts=Amounts(goods=minor(amount, currency)),
        is_paid=True,
        **places_in(metadata),
    )


def _captured(charge: Charge) -> int:
    if charge.status != "succeeded" or not charge.captured:
        return 0
    return charge.amount if charge.amount_captured is None else charge.amount_captured


def _customer(key: str | None, email: str | None, contact: Contact | None = None) -> Customer:
    """The address for the receipt comes before the one that belongs to the card."""
    contact = contact or Contact()
    return Customer(
        key=f"stripe/{key}" if key else None,
        email=email or contact.email or None,
        phone=contact.phone or None,
    )


def _orders(metadata: Mapping[str, str]) -> tuple[Reference, ...]:
    """The shop's order, where the shop's software wrote which one it is. A bare number does not say whose it is."""
    named = []
    if found := _REFERENCE.fullmatch(metadata.get("order_reference", "")):
        named.append(found[0])
    if found := _SHOPIFY_ID.fullmatch(metadata.get("shopify_order_id", "")):
        named.append(f"order/shopify/{found[1]}")
    if found := _SHOPIFY_GID.fullmatch(metadata.get("order_id", "")):
        named.append(f"order/shopify/{found[1]}")
    return tuple(Reference(name) for name in dict.fromkeys(named))
