"""Shopify's own list of orders, and the webhooks it keeps for us.

An order of the list has the shape of a webhook's body and goes through the same translation. Shopify forgets a
webhook after eight failures in a row, and says so to nobody.
(shopify.dev, REST Admin API: "Order", "Webhook", "Make paginated requests"; "Troubleshooting webhooks")
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import msgspec

from chalicelib.connectors import shopify
from chalicelib.connectors.answers import checked, listed, read, smaller
from chalicelib.connectors.api import Api, Reply
from chalicelib.connectors.shopify.admin import API_VERSION, Admin, admin, shop_of, wait_seconds
from chalicelib.connectors.shopify.messages import Moment, Order, instant
from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.services.ports import Connection, Delivery, Listed, Page

TOPICS = ("orders/paid", "orders/updated", "orders/cancelled", "orders/fulfilled", "refunds/create")
"""What a shop must tell us. The privacy topics are named in the app's own settings; no API makes them."""

_PAGES = (100, 20, 1)
"""Orders a page: an order may have hundreds of lines, so a page that is too large is asked for in smaller ones."""

_FIELDS = ",".join(Order.__struct_fields__)
_NEXT = re.compile(r'<([^<>]{1,4000})>;\s*rel="?next"?')


class _Orders(msgspec.Struct, frozen=True):
    orders: tuple[msgspec.Raw, ...]


class _Stamp(msgspec.Struct, frozen=True):
    """What is read even of an order that is not understood."""

    id: int
    updated_at: Moment


class _Webhook(msgspec.Struct, frozen=True):
    topic: str
    address: str = ""


class _Webhooks(msgspec.Struct, frozen=True):
    webhooks: tuple[_Webhook, ...]


def recent(connection: Connection, api: Api, *, since: Instant, cursor: str) -> Page:
    """Orders that changed since then, refunds inside; `cursor` is Shopify's `page_info`. See ports.Books."""
    shop = admin(connection, api)
    reply = _page(shop, since, cursor)
    orders = read(_Orders, reply).orders
    following = _next_page(reply)
    told = [_listed(connection, bytes(order), since) for order in orders]
    return Page(told, following, is_last=not following, wait_seconds=wait_seconds(reply))


def subscribe(connection: Connection, api: Api, url: str) -> Sequence[str]:
    """Make the webhooks to `url` that are missing; their topics. See ports.Books."""
    if not url.startswith("https://"):
        raise Refused("address_not_public")  # Shopify sends to nothing else
    shop = admin(connection, api)
    reply = checked(shop.get("webhooks.json", {"address": url, "limit": "250"}), 200)
    kept = read(_Webhooks, reply).webhooks
    missing = [topic for topic in TOPICS if topic not in {webhook.topic for webhook in kept if webhook.address == url}]
    return [topic for topic in missing if _made(shop, topic, url)]


def _made(shop: Admin, topic: str, url: str) -> bool:
    """False when it was there all the same: two who made it at once. Raises Refused."""
    reply = shop.post("webhooks.json", {"webhook": {"topic": topic, "address": url, "format": "json"}})
    if reply.status == 422:
        if b"already been taken" in reply.body:
            return False
        raise Refused("subscription_refused", topic=topic)
    checked(reply, 201)
    return True


def _page(shop: Admin, since: Instant, cursor: str) -> Reply:
    first = {"status": "any", "updated_at_min": datetime.fromtimestamp(since // 1_000, UTC).isoformat()}
    # Whatever the first page asked for is in the cursor; asking for it again is an error.
    query = {"fields": _FIELDS, **({"page_info": cursor} if cursor else first)}
    reply, _ = smaller(_PAGES, lambda size: shop.get("orders.json", {"limit": str(size), **query}))
    if cursor and reply.status in (400, 422):
        raise Refused("cursor_unknown", status=reply.status)
    return checked(reply, 200)


def _next_page(reply: Reply) -> str:
    """Only the cursor is taken from the link: where to ask is not Shopify's answer to say."""
    link = _NEXT.search(reply.headers.get("link", ""))
    return parse_qs(urlsplit(link[1]).query).get("page_info", [""])[0] if link else ""


def _listed(connection: Connection, body: bytes, since: Instant) -> Listed:
    """The order as the webhook that would have told it, always the same for one version of the order."""
    try:
        stamp = msgspec.json.decode(body, type=_Stamp)
        changed_at, name = instant(stamp.updated_at), str(stamp.id)
    except (msgspec.DecodeError, UnicodeDecodeError):
        changed_at, name = since, "unreadable"
    headers = {
        "x-shopify-topic": "orders/updated",
        "x-shopify-webhook-id": f"listed-{name}-{changed_at}",
        "x-shopify-shop-domain": connection.options.get("shop", "") or shop_of(connection),
        "x-shopify-api-version": API_VERSION,
    }
    delivery = Delivery(connection.program, connection.name, changed_at, headers, body)
    return listed(delivery, shopify.translate)
