"""Stripe: payments, refunds and disputes, from "snapshot" events.

    messages.py    the parts of Stripe's events that we read
    amounts.py     Stripe's units of a currency
    payments.py    a payment as facts
    refunds.py     refunds and disputes as facts
    listing.py     Stripe's own list of events

`Stripe-Signature` is "t=<seconds>,v1=<hex>[,v1=<hex>...]", each v1 an HMAC-SHA256 of "<t>.<raw body>" under one of the
endpoint's signing secrets: two while a secret is being rolled. The secret is used as text, its "whsec_" included.
Other schemes (v0) are of test tools and prove nothing. (docs.stripe.com/webhooks, "Verify webhook signatures manually")

Events come in any order, more than once, and many in one second; three kinds of them tell one payment.
"""

import hmac
from collections.abc import Sequence

from chalicelib.connectors.freshness import check_fresh
from chalicelib.connectors.stripe.messages import (
    Charge,
    Dispute,
    Notice,
    PaymentIntent,
    Refund,
    Session,
    Subject,
    notice_in,
    subject_of,
)
from chalicelib.connectors.stripe.payments import charge_told, intent_told, payment_told, session_told
from chalicelib.connectors.stripe.refunds import dispute_facts, refund_facts
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import Event, Noted
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection, Delivery

SUCCESS = Answer(200)

KEY_PREFIXES = ("rk_", "sk_")
"""Keys of Stripe's API, which may stand among the secrets for the listing. They sign nothing."""

READ: dict[str, type[Subject]] = {
    "payment_intent.succeeded": PaymentIntent,
    "charge.succeeded": Charge,
    "charge.captured": Charge,
    "charge.updated": Charge,
    "charge.refunded": Charge,
    "charge.refund.updated": Refund,
    "refund.created": Refund,
    "refund.updated": Refund,
    "refund.failed": Refund,
    "charge.dispute.created": Dispute,
    "charge.dispute.funds_withdrawn": Dispute,
    "charge.dispute.funds_reinstated": Dispute,
    "charge.dispute.closed": Dispute,
    "checkout.session.completed": Session,
    "checkout.session.async_payment_succeeded": Session,
}
"""The types of events that an endpoint must be subscribed to, and what each is about."""


def authenticate(delivery: Delivery, connection: Connection) -> None:
    """Return if any of the connection's secrets signed the body a short while ago. Raises Untrusted.

    Every secret is tried on every signature, so that the time taken does not tell which one it was.
    """
    items = [item.partition("=") for item in delivery.headers.get("stripe-signature", "").split(",")]
    times = [value for name, _, value in items if name == "t"]
    signatures = [value.encode(errors="replace") for name, _, value in items if name == "v1"]
    if not times or not signatures or not delivery.body:
        raise Untrusted("signature_missing", connection=delivery.connection)
    check_fresh(delivery, times[0])
    signed = f"{times[0]}.".encode() + delivery.body
    is_genuine = False
    for secret in connection.secrets:
        expected = hmac.digest(secret.encode(), signed, "sha256").hex().encode()
        for signature in signatures:
            is_genuine |= (
                hmac.compare_digest(expected, signature)
                and secret.strip() != ""
                and not secret.startswith(KEY_PREFIXES)
            )
    if not is_genuine:
        raise Untrusted("signature_wrong", connection=delivery.connection)


def translate(delivery: Delivery) -> Sequence[Event]:
    """The one event of a delivery, by its type."""
    notice = notice_in(delivery.body)
    if notice.type not in READ:
        return (Noted(notice.id, notice.type[:64]),)
    subject = subject_of(notice)
    if not isinstance(subject, READ[notice.type]):
        raise Malformed("not_what_the_topic_promises", topic=notice.type, at="$.data.object.object")
    return (_told(notice, subject),)


def _told(notice: Notice, subject: Subject) -> Event:
    match subject:
        case PaymentIntent():
            return intent_told(notice, subject)
        case Charge():
            return charge_told(notice, subject)
        case Session(payment_intent=str()):
            return session_told(notice, subject)
        case Dispute(payment_intent=intent, charge=charge):
            return payment_told(notice, intent=intent, charge=charge, refunds=dispute_facts(notice, subject))
        case Refund(payment_intent=intent, charge=charge) if intent or charge:
            return payment_told(notice, intent=intent, charge=charge, refunds=refund_facts(notice, subject))
        case _:  # a session without a payment of its own, or a refund of a balance: there is no payment to tell of
            return Noted(notice.id, notice.type)
