"""Shopify: orders, refunds and privacy requests, as webhooks in the shape of the REST Admin API.

    admin.py       its Admin API
    listing.py     its own list of orders, and the webhooks it keeps for us
    messages.py    the parts of Shopify's messages that we read
    orders.py      an order as facts
    refunds.py     a refund as facts

A delivery is signed with base64(HMAC-SHA256(secret, raw body)) in `X-Shopify-Hmac-Sha256`; the secret is the app's
client secret, or the store's own for webhooks made in the store's admin. Newer deliveries carry the same headers
without the `X-`. Neither topic nor shop is signed and there is no time: a body must look like its topic, and saying
it again changes nothing. (shopify.dev, "Verify webhook deliveries" and "Webhook delivery structure")
"""

import base64
import hmac
from collections.abc import Sequence

from chalicelib.connectors.shopify.admin import TOKEN_PREFIX
from chalicelib.connectors.shopify.messages import (
    CustomerRedact,
    DataRequest,
    Order,
    Person,
    Refund,
    ShopRedact,
    read,
)
from chalicelib.connectors.shopify.orders import order_told
from chalicelib.connectors.shopify.refunds import refund_told
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import Customer, DataAsked, ErasureAsked, Event, Noted
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection, Delivery

SUCCESS = Answer(200)


def authenticate(delivery: Delivery, connection: Connection) -> None:
    """Return if any of the connection's secrets signed the body. Raises Untrusted.

    Every secret is tried in full, so that the time taken does not tell which one it was. A token for the Admin API
    signs nothing.
    """
    given = _header(delivery, "hmac-sha256")
    if not given or not delivery.body:
        raise Untrusted("signature_missing", connection=delivery.connection)
    signed = False
    for secret in connection.secrets:
        digest = hmac.digest(secret.encode(), delivery.body, "sha256")
        # Text is compared, not decoded bytes: base64 has several spellings of one value and Shopify sends one.
        equal = hmac.compare_digest(base64.b64encode(digest), given.encode(errors="replace"))
        signed |= equal and secret != "" and not secret.startswith(TOKEN_PREFIX)
    if not signed:
        raise Untrusted("signature_wrong", connection=delivery.connection)


def translate(delivery: Delivery) -> Sequence[Event]:
    """The events of one delivery, by its topic."""
    topic, said = _required(delivery, "topic"), _required(delivery, "webhook-id")
    _required(delivery, "shop-domain")
    _required(delivery, "api-version")
    if _is_new_family(delivery):
        _required(delivery, "event-id")
    match topic:
        case (
            "orders/create"
            | "orders/paid"
            | "orders/updated"
            | "orders/cancelled"
            | "orders/fulfilled"
            | "orders/partially_fulfilled"
        ):
            return (order_told(read(Order, delivery.body, topic), said),)
        case "refunds/create":
            return (refund_told(read(Refund, delivery.body, topic), said),)
        case "customers/data_request":
            return (DataAsked(said, _customer(read(DataRequest, delivery.body, topic).customer)),)
        case "customers/redact":
            return (ErasureAsked(said, _customer(read(CustomerRedact, delivery.body, topic).customer)),)
        case "shop/redact":
            read(ShopRedact, delivery.body, topic)
            return (ErasureAsked(said, everyone=True),)
    # orders/edited says only which lines changed, and orders/updated follows it. order_transactions/create does not say
    # which refund it belongs to, and orders/updated lists that refund with its money. orders/delete tells an id and no
    # money: an order that leaves the shop's list takes nothing back, and a cancelled one was told so before.
    return (Noted(said, topic[:64]),)


def _customer(person: Person) -> Customer:
    return Customer(
        key=f"shopify/{person.id}" if person.id is not None else None,
        email=person.email or None,
        phone=person.phone or None,
    )


def _is_new_family(delivery: Delivery) -> bool:
    return bool(delivery.headers.get("shopify-hmac-sha256"))


def _header(delivery: Delivery, name: str) -> str:
    family = "shopify-" if _is_new_family(delivery) else "x-shopify-"
    return delivery.headers.get(family + name, "")


def _required(delivery: Delivery, name: str) -> str:
    value = _header(delivery, name)
    if not value:
        raise Malformed("header_missing", header=name)
    return value
