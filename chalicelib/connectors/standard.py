"""Standard Webhooks: activities, and orders, from anybody who can sign them.

`webhook-signature` holds one or more signatures of "{webhook-id}.{webhook-timestamp}.{raw body}", parted by blanks:

    v1,<base64>     HMAC-SHA256; the secret is "whsec_" and 24 to 64 bytes in base64
    v1a,<base64>    Ed25519; our "secret" is the sender's public key, "whpk_" and 32 bytes in base64

A sender that changes its key signs with both; we accept any of the connection's secrets. The body says what was done:

    {"type": "review.created", "timestamp": "2026-11-22T12:00:00Z",
     "data": {"id": "r-17", "customer": {"email": "anna@example.com"}, "object": "kenya-aa"}}

What was taken back since says when, beside the time at which it was done: "undone_at". "length" is how many letters
were written, "amount" (minor units) and "currency" what was paid, "score" the answer from 0 to 10.

A version of an order has the type "order.updated", see `standard_orders`.

Source: standard-webhooks/standard-webhooks, spec/standard-webhooks.md 1.0.0.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.connectors.freshness import check_fresh
from chalicelib.connectors.standard_orders import ORDER_UPDATED, OrderVersion, order_told
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import ActivityTold, Customer, Event, Instant
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection, Delivery

SUCCESS = Answer(204)

_SIGNATURES_AT_MOST = 8
_PUBLIC_KEY_PREFIX = "whpk_"
_SECRET_PREFIX = "whsec_"  # noqa: S105  # a prefix and no secret
_SECRET_BYTES = range(24, 65)
# The three signed parts are joined by full stops, so the id may hold none: the time could be moved into it.
_ID = re.compile(r"[!-\-/-~]{1,255}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Person(msgspec.Struct, frozen=True):
    email: str | None = None
    phone: str | None = None


class Deed(msgspec.Struct, frozen=True):
    """`object`: what it was done to, by which it counts once; without one each deed is its own object."""

    customer: Person
    id: Name | int | None = None
    object: Name | int | None = None
    undone_at: Moment | None = None
    length: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    amount: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000_000)] = 0
    currency: Annotated[str, msgspec.Meta(pattern=r"\A([A-Z]{3})?\Z")] = ""
    score: Annotated[int, msgspec.Meta(ge=0, le=10)] | None = None


class Activity(msgspec.Struct, frozen=True):
    type: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*\Z", max_length=64)]
    timestamp: Moment
    data: Deed


class _Typed(msgspec.Struct, frozen=True):
    type: str


_TYPED = msgspec.json.Decoder(_Typed)
_ACTIVITY = msgspec.json.Decoder(Activity)
_ORDER = msgspec.json.Decoder(OrderVersion)


def authenticate(delivery: Delivery, connection: Connection) -> None:
    """Return if any of the connection's secrets made any of the signatures. Raises Untrusted.

    Every secret is tried on every signature, so that the time taken does not tell which one it was.
    """
    said, seconds, given = (delivery.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
    if not (said and seconds and given):
        raise Untrusted("signature_missing", connection=delivery.connection)
    if not _ID.fullmatch(said):
        raise Untrusted("delivery_id_unusable", connection=delivery.connection)
    check_fresh(delivery, seconds)
    signatures = given.split(" ")
    if len(signatures) > _SIGNATURES_AT_MOST:
        raise Untrusted("too_many_signatures", connection=delivery.connection)
    signed = f"{said}.{seconds}.".encode("ascii") + delivery.body
    is_genuine = False
    for secret in connection.secrets:
        is_genuine |= _made_one(secret, signatures, signed)
    if not is_genuine:
        raise Untrusted("signature_wrong", connection=delivery.connection)


def translate(delivery: Delivery) -> Sequence[Event]:
    """The one activity of a delivery, or the one version of an order."""
    if _read(_TYPED, delivery, "not_an_activity").type == ORDER_UPDATED:
        version = _read(_ORDER, delivery, "not_an_order_version")
        return (order_told(version, delivery.headers["webhook-id"], delivery.connection),)
    return (_activity_told(_read(_ACTIVITY, delivery, "not_an_activity"), delivery),)


_Read = TypeVar("_Read")


def _read(decoder: msgspec.json.Decoder[_Read], delivery: Delivery, otherwise: str) -> _Read:
    """Raises Malformed, which names a place and nothing of the content."""
    try:
        return decoder.decode(delivery.body)
    except msgspec.ValidationError as mismatch:
        raise Malformed(otherwise, at=str(mismatch).rpartition(" - at ")[2][:80]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("not_json") from None


def _activity_told(activity: Activity, delivery: Delivery) -> ActivityTold:
    deed = activity.data
    thing = deed.id if deed.object is None else deed.object
    if thing is None:
        raise Malformed("activity_without_object", type=activity.type)
    if not deed.customer.email and not deed.customer.phone:
        raise Malformed("activity_without_customer", type=activity.type)
    return ActivityTold(
        delivery=delivery.headers["webhook-id"],
        type=activity.type,
        object=str(thing),
        occurred_at=_instant(activity.timestamp),
        customer=Customer(email=deed.customer.email or None, phone=deed.customer.phone or None),
        undone_at=None if deed.undone_at is None else _instant(deed.undone_at),
        length=deed.length,
        amount=deed.amount,
        money=deed.currency,
        score=deed.score,
    )


def _instant(moment: datetime) -> Instant:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _made_one(secret: str, signatures: Sequence[str], signed: bytes) -> bool:
    """Did the holder of `secret` make one of the signatures? A secret that is none made nothing."""
    if secret.startswith(_PUBLIC_KEY_PREFIX):
        return _made_one_asymmetric(secret.removeprefix(_PUBLIC_KEY_PREFIX), signatures, signed)
    key = _bytes(secret.removeprefix(_SECRET_PREFIX))
    if key is None or len(key) not in _SECRET_BYTES:
        return False
    # Text is compared, not decoded bytes: base64 has several spellings of one value and senders use one.
    expected = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    found = False
    for signature in signatures:
        found |= hmac.compare_digest(expected, signature.encode(errors="replace"))
    return found


def _made_one_asymmetric(public_key: str, signatures: Sequence[str], signed: bytes) -> bool:
    raw = _bytes(public_key)
    if raw is None or len(raw) != 32:
        return False
    key = Ed25519PublicKey.from_public_bytes(raw)
    found = False
    for signature in signatures:
        version, _, text = signature.partition(",")
        content = _bytes(text)
        if version != "v1a" or content is None or base64.b64encode(content).decode() != text:
            continue
        try:
            key.verify(content, signed)
        except InvalidSignature:
            continue
        found = True
    return found


def _bytes(text: str) -> bytes | None:
    """base64, with or without its padding; None for anything else."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
