"""A WooCommerce shop's own list of orders, and the webhooks it keeps for us.

An order of the list has the shape of a webhook's body and goes through the same translation. WooCommerce switches a
webhook off after several failures and tells nobody; it is switched on again here.
(woocommerce/woocommerce, REST API v3, "List all orders", "Webhooks")
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from chalicelib.connectors import woocommerce
from chalicelib.connectors.answers import checked, listed, read, smaller, stamped
from chalicelib.connectors.api import Api, Reply
from chalicelib.connectors.woocommerce.messages import instant
from chalicelib.connectors.woocommerce.rest import SECRET_PREFIX, Rest, rest
from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.services.ports import Connection, Delivery, Listed, Page

TOPICS = ("order.created", "order.updated", "order.restored")
_PAGES = (50, 10, 1)


class _Stamp(msgspec.Struct, frozen=True):
    """What is read even of an order that is not understood."""

    id: int
    date_modified_gmt: datetime


class _Webhook(msgspec.Struct, frozen=True):
    id: int
    topic: str
    delivery_url: str
    status: str


def recent(connection: Connection, api: Api, *, since: Instant, cursor: str) -> Page:
    """Orders that changed since then, the oldest change first. See ports.Books.

    A page begins at the second in which the one before it ended: numbered pages would shift when an order that was
    listed changes meanwhile. Only orders of one and the same second are paged by number. `cursor`: "<second>/<number>".
    """
    shop = rest(connection, api)
    second, _, number = cursor.partition("/")
    begins, page = (int(second), int(number)) if cursor else (since // 1_000, 1)

    def ask(size: int) -> Reply:
        # `modified_after` leaves out the second itself.
        after = datetime.fromtimestamp(begins - 1, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        query = {"modified_after": after, "dates_are_gmt": "true", "orderby": "modified", "order": "asc"}
        return shop.get("orders", {**query, "status": "any", "per_page": str(size), "page": str(page)})

    sizes = _PAGES if page == 1 else _PAGES[-1:]  # a number means another place when pages have another size
    reply, size = smaller(sizes, ask)
    orders = read(tuple[msgspec.Raw, ...], checked(reply, 200))
    stamps = [stamped(_Stamp, bytes(order)) for order in orders]
    told = [_listed(connection, stamp, bytes(order)) for stamp, order in zip(stamps, orders, strict=True)]
    if len(orders) < size:
        return Page(told, "", is_last=True)
    ended = instant(stamps[-1].date_modified_gmt) // 1_000
    if ended > begins:
        return Page(told, f"{ended}/1", is_last=False)
    return Page(told, f"{begins}/{page + 1 if size == 1 else 1 + size}", is_last=False)


def subscribe(connection: Connection, api: Api, url: str) -> Sequence[str]:
    """Make the webhooks to `url` that are missing, and switch on those that are off; their topics."""
    if not url.startswith("https://"):
        raise Refused("address_not_public")  # what a shop sends is somebody's address and orders
    shop = rest(connection, api)
    secret = next((secret for secret in connection.secrets if not secret.startswith(SECRET_PREFIX)), "")
    kept = read(tuple[_Webhook, ...], checked(shop.get("webhooks", {"per_page": "100"}), 200))
    ours = {webhook.topic: webhook for webhook in kept if webhook.delivery_url == url}
    return [topic for topic in TOPICS if _made(shop, topic, url, secret, ours.get(topic))]


def _made(shop: Rest, topic: str, url: str, secret: str, kept: _Webhook | None) -> bool:
    """False when it was there and on."""
    if kept is None:
        wanted = {"name": "Pointpass", "topic": topic, "delivery_url": url, "secret": secret, "status": "active"}
        checked(shop.post("webhooks", wanted), 201)
        return True
    if kept.status == "active":
        return False
    checked(shop.post(f"webhooks/{kept.id}", {"status": "active"}), 200)
    return True


def _listed(connection: Connection, stamp: _Stamp, body: bytes) -> Listed:
    """The order as the webhook that would have told it, always the same for one version of the order."""
    changed_at = instant(stamp.date_modified_gmt)
    headers = {
        "x-wc-webhook-topic": "order.updated",
        "x-wc-webhook-delivery-id": f"listed-{stamp.id}-{changed_at}",
        "x-wc-webhook-source": connection.options.get("shop", ""),
    }
    return listed(Delivery(connection.program, connection.name, changed_at, headers, body), woocommerce.translate)
