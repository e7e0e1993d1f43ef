"""YooKassa: payments and refunds, told by notifications that nobody signs.

    networks.py    where its notifications come from
    asking.py      its API: the object that a notification names
    objects.py     the parts of its objects that we read
    payments.py    a payment and a refund as facts
    listing.py     its own lists of payments and refunds

A notification may only come from YooKassa's own networks, and even then it is a hint: of its body the event and the
object's id are read, and what counts is the object as YooKassa's API shows it to this shop's key. So a forged
notification can make us ask, and nothing else.
(yookassa.ru/developers/using-api/webhooks, "Checking the authenticity of notifications")

Connection: `secrets` are keys of the shop; options: "shop_id"; "addresses", further networks, comma-separated; "api",
another address of the API.
"""

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from chalicelib.connectors.api import Api
from chalicelib.connectors.yookassa.asking import Shop
from chalicelib.connectors.yookassa.networks import is_from_yookassa
from chalicelib.connectors.yookassa.objects import ID, Payment, Refund
from chalicelib.connectors.yookassa.payments import payment_told
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import Event, Noted
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection, Delivery

SUCCESS = Answer(200)

_MOST_BYTES = 256 * 1024
"""A notification has a few thousand bytes."""

_EVENT = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")


class _Named(msgspec.Struct, frozen=True):
    id: str


class _Notification(msgspec.Struct, frozen=True):
    """All that is read of a notification."""

    type: Literal["notification"]
    event: str
    object: _Named


_NOTIFICATION = msgspec.json.Decoder(_Notification)


def authenticate(delivery: Delivery, connection: Connection) -> None:
    """Return if the delivery came from where YooKassa sends from. Raises Untrusted."""
    if not is_from_yookassa(delivery.source, connection.options.get("addresses", "")):
        raise Untrusted("address_unknown", connection=delivery.connection)
    if not 0 < len(delivery.body) <= _MOST_BYTES:
        raise Untrusted("size_unlikely", connection=delivery.connection)


def fetch(delivery: Delivery, connection: Connection, api: Api) -> Sequence[Event]:
    """What YooKassa's API says about the object that the notification names. Raises Malformed, TryAgain, Broken."""
    notification = _read(delivery.body)
    event, named = notification.event, notification.object.id
    said = _said(notification)
    shop = Shop(connection, api)
    match event.partition(".")[0]:
        case "payment":
            return (payment_told(shop.ask(Payment, named), said),)
        case "refund":
            refund = shop.ask(Refund, named)
            return (payment_told(shop.ask(Payment, refund.payment_id), said, refund),)
    return (Noted(said, event),)  # payouts, deals and saved cards earn nothing


def called(delivery: Delivery) -> str:
    """YooKassa numbers no deliveries: what happened to which object is the same each time it is told."""
    try:
        return _said(_read(delivery.body))
    except Malformed:
        return ""


def _said(notification: _Notification) -> str:
    return f"{notification.event}:{notification.object.id}"


def _read(body: bytes) -> _Notification:
    try:
        notification = _NOTIFICATION.decode(body)
    except msgspec.ValidationError as mismatch:
        raise Malformed("not_a_notification", why=str(mismatch)[:120]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("not_json") from None
    if not _EVENT.fullmatch(notification.event) or not ID.fullmatch(notification.object.id):
        raise Malformed("not_a_notification")
    return notification
