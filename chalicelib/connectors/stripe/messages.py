"""The parts of Stripe's events that we read, named as Stripe names them; everything else is skipped.

Amounts are integers in Stripe's units of the currency (amounts.py); times are whole seconds since 1970 UTC. Fields with
a default are missing in older API versions, or null.
Source: docs.stripe.com/api, "Event", "PaymentIntent", "Charge", "Refund", "Dispute" and "Checkout Session".
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

import msgspec

from chalicelib.errors import Malformed

Id = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_]{1,255}\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, lt=10**15)]
Seconds = Annotated[int, msgspec.Meta(ge=0, lt=10**11)]
Metadata = Mapping[str, str] | None
"""What the shop's own software attached to the object."""


class Contact(msgspec.Struct, frozen=True):
    email: str | None = None
    phone: str | None = None


class PaymentIntent(msgspec.Struct, frozen=True, tag_field="object", tag="payment_intent"):
    id: Id
    amount_received: Count
    currency: str
    customer: Id | None = None
    latest_charge: Id | None = None
    receipt_email: str | None = None
    metadata: Metadata = None


class Refund(msgspec.Struct, frozen=True, tag_field="object", tag="refund"):
    id: Id
    amount: Count
    currency: str
    status: Literal["pending", "requires_action", "succeeded", "failed", "canceled"]
    charge: Id | None = None
    payment_intent: Id | None = None


class RefundList(msgspec.Struct, frozen=True):
    """At most the ten newest; `has_more` when there are others."""

    data: tuple[Refund, ...] = ()
    has_more: bool = False


class MethodDetails(msgspec.Struct, frozen=True):
    """`type`: how it was paid: "card", "card_present", "sepa_debit"."""

    type: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Charge(msgspec.Struct, frozen=True, tag_field="object", tag="charge"):
    """`amount` was authorised, `amount_captured` of it was taken."""

    id: Id
    amount: Count
    currency: str
    created: Seconds
    status: str
    captured: bool
    amount_captured: Count | None = None
    amount_refunded: Count = 0
    payment_intent: Id | None = None
    customer: Id | None = None
    receipt_email: str | None = None
    billing_details: Contact | None = None
    metadata: Metadata = None
    refunds: RefundList | None = None
    payment_method_details: MethodDetails | None = None


class Dispute(msgspec.Struct, frozen=True, tag_field="object", tag="dispute"):
    id: Id
    amount: Count
    currency: str
    status: str
    created: Seconds
    charge: Id
    payment_intent: Id | None = None


class Session(msgspec.Struct, frozen=True, tag_field="object", tag="checkout.session"):
    """`payment_intent` is null where the session sells a subscription, saves a card, or costs nothing."""

    id: Id
    payment_status: str
    payment_intent: Id | None = None
    amount_total: Count | None = None
    currency: str | None = None
    customer: Id | None = None
    customer_details: Contact | None = None
    customer_email: str | None = None
    metadata: Metadata = None


Subject = PaymentIntent | Charge | Refund | Dispute | Session


class Data(msgspec.Struct, frozen=True):
    object: msgspec.Raw


class Notice(msgspec.Struct, frozen=True):
    """An event. Only those with their object inside: "thin" ones (`object` "v2.core.event") name it and tell nothing.

    created: when it happened; events of one second are common    api_version: which shape `data` has
    """

    id: Id
    object: Literal["event"]
    type: Annotated[str, msgspec.Meta(max_length=200)]
    created: Seconds
    livemode: bool
    data: Data
    api_version: str | None = None


_NOTICE: msgspec.json.Decoder[Notice] = msgspec.json.Decoder(Notice)
_SUBJECT: msgspec.json.Decoder[Subject] = msgspec.json.Decoder(Subject)

Read = TypeVar("Read")


def notice_in(body: bytes) -> Notice:
    """The event of a body. Raises Malformed."""
    return _read(_NOTICE, body, "event")


def subject_of(notice: Notice) -> Subject:
    """What the event is about. Raises Malformed."""
    return _read(_SUBJECT, notice.data.object, notice.type)


def _read(decoder: msgspec.json.Decoder[Read], content: bytes | msgspec.Raw, topic: str) -> Read:
    """Raises Malformed, which names a place and nothing of the content."""
    try:
        return decoder.decode(content)
    except msgspec.ValidationError as mismatch:
        place = str(mismatch).rpartition(" - at ")[2][:80]
        raise Malformed("not_what_the_topic_promises", topic=topic[:64], at=place) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("not_json", topic=topic[:64]) from None
