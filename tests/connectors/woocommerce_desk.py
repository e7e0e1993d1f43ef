"""What the tests of the WooCommerce connector share: one shop, its customers, and deliveries to spoil."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

from chalicelib.connectors import woocommerce
from chalicelib.events import Amounts, Event, OrderFacts, OrderTold
from chalicelib.services.ports import Connection, Delivery
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Signed, signature
from ops.laptop.woocommerce_sender import Sender

SECRET = "k9$Tq!wXz7)Lr2^mV5(nB8@cF4%hJ1"
SITE = "https://shop.example"
NOON = 1_763_812_800_000  # 22 November 2025, 12:00 UTC

ANNA = Buyer(81, "anna.ozola@example.com", "+37120000001", "Anna", "Ozola")
GUEST = Buyer(None, "boris.kalnins@example.com", None, "Boris", "Kalnins")
BEANS = Item("Kenya AA, 250 g", 1450, quantity=2, sku="KEN-250")
GRINDER = Item("Hand grinder", 8900, sku="GRIND-1")


def shop_with(*secrets: str) -> Connection:
    return Connection("bean-street", "woo", "woocommerce", "earns", secrets)


def sender(secret: str = SECRET, site: str = SITE, **settings: Any) -> Sender:
    """A shop whose clock moves on by a second at each look."""
    clock, ids = itertools.count(NOON, 1000), itertools.count(7301, 17)
    return Sender(secret, site, clock=lambda: next(clock), new_id=lambda: next(ids), **settings)


def delivery(signed: Signed, **headers: str) -> Delivery:
    """The delivery as it arrives; `headers` are put over the signed ones."""
    low = {name.lower(): value for name, value in {**signed.headers, **headers}.items()}
    return Delivery("bean-street", "woo", NOON, low, signed.body, "192.0.2.80")


def events(signed: Signed, **headers: str) -> list[Event]:
    return list(woocommerce.translate(delivery(signed, **headers)))


def told(signed: Signed, **headers: str) -> OrderTold:
    (event,) = events(signed, **headers)
    assert isinstance(event, OrderTold)
    return event


def facts(signed: Signed) -> OrderFacts:
    order = told(signed).order
    assert order is not None
    return order


def gone_back(signed: Signed) -> Amounts:
    (only,) = told(signed).refunds.values()
    return only.amounts


def changed(signed: Signed, change: Mapping[str, Any], *, remove: tuple[str, ...] = ()) -> Signed:
    """The same message with other content, signed again. Keys may be paths: "line_items.0.total"."""
    body = json.loads(signed.body)
    for path, value in change.items():
        place, _, name = path.rpartition(".")
        target = body
        for step in place.split(".") if place else ():
            target = target[int(step)] if isinstance(target, list) else target[step]
        target[name] = value
    for name in remove:
        del body[name]
    content = json.dumps(body).encode()
    return Signed(signed.headers | {"X-WC-Webhook-Signature": signature(SECRET, content)}, content)
