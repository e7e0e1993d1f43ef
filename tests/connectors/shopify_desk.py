"""What the tests of the Shopify connector share: one shop, its customers, and deliveries to spoil."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

from chalicelib.connectors import shopify
from chalicelib.events import Event, OrderFacts, OrderTold, RefundFacts
from chalicelib.services.ports import Connection, Delivery
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender, Signed, signature

SECRET = "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"
STORE_SECRET = "0b1d5b8f7c2e4a6d9f0e1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f"
SHOP = "bean-street.myshopify.com"
NOON = 1_763_812_800_000  # 22 November 2025, 12:00 UTC

ANNA = Buyer(6_940_095_564_018_872, "anna.ozola@example.com", "+37120000001", "Anna", "Ozola")
BEANS = Item("Kenya AA, 250 g", 1450, quantity=2, sku="KEN-250")
GRINDER = Item("Hand grinder", 8900, sku="GRIND-1")


def shop_with(secrets: tuple[str, ...]) -> Connection:
    """The shop's connection with these secrets."""
    return Connection("bean-street", "shop", "shopify", "earns", secrets)


def sender(**settings: Any) -> Sender:
    """A shop whose clock moves on by a second at each look and whose ids need more than 53 bits."""
    clock = itertools.count(NOON, 1000)
    ids = itertools.count(820_982_911_946_154_508, 1_000_003)
    return Sender(SECRET, SHOP, clock=lambda: next(clock), new_id=lambda: next(ids), **settings)


def delivery(signed: Signed, **headers: str) -> Delivery:
    """The delivery as it arrives; `headers` are put over the signed ones."""
    low = {name.lower(): value for name, value in {**signed.headers, **headers}.items()}
    return Delivery("bean-street", "shop", NOON, low, signed.body)


def events(signed: Signed) -> list[Event]:
    return list(shopify.translate(delivery(signed)))


def told(signed: Signed) -> OrderTold:
    (event,) = events(signed)
    assert isinstance(event, OrderTold)
    return event


def facts(signed: Signed) -> OrderFacts:
    order = told(signed).order
    assert order is not None
    return order


def refund(signed: Signed) -> RefundFacts:
    """The one refund of a message."""
    (only,) = told(signed).refunds.values()
    return only


def changed(signed: Signed, change: Mapping[str, Any], *, remove: tuple[str, ...] = ()) -> Signed:
    """The same message with other content, signed again. Keys may be paths: "line_items.0.gift_card"."""
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
    return Signed(signed.headers | {"X-Shopify-Hmac-Sha256": signature(SECRET, content)}, content)
