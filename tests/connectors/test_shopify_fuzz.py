"""Whatever arrives, the only answers are: understood, Untrusted, Malformed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from shopify_desk import ANNA, BEANS, GRINDER, NOON, SECRET, sender, shop_with
from test_shopify_topics import READ_TOPICS

from chalicelib.connectors import shopify
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import DataAsked, ErasureAsked, Noted, OrderTold
from chalicelib.services.ports import Delivery
from ops.laptop.shopify_sender import Signed


def genuine() -> list[Signed]:
    shop = sender(prices_include_tax=False)
    order = shop.order(ANNA, [BEANS, GRINDER], shipping=490)
    paid = shop.paid(order)
    refund = shop.refunded(order, {order.lines[0].id: 1}, amount=1000)
    return [paid, refund, shop.cancelled(order), shop.erasure_asked(ANNA, [order]), shop.data_asked(ANNA)]


GENUINE = genuine()
TEXT = some.text(max_size=60) | some.sampled_from(["", "null", "0", "=", "\r\nSet-Cookie: a=b", "A" * 5000])
NAMES = some.sampled_from([name.lower() for name in GENUINE[0].headers] + ["shopify-hmac-sha256", "shopify-topic"])


def spoken(headers: dict[str, str], body: bytes) -> Delivery:
    return Delivery("bean-street", "shop", NOON, {name.lower(): value for name, value in headers.items()}, body)


def is_trusted(delivery: Delivery) -> bool:
    try:
        shopify.authenticate(delivery, shop_with((SECRET,)))
    except Untrusted:
        return False
    return True


def is_understood(delivery: Delivery) -> bool:
    try:
        said = shopify.translate(delivery)
    except Malformed:
        return False
    assert all(isinstance(event, OrderTold | ErasureAsked | DataAsked | Noted) for event in said)
    return True


@settings(deadline=None)
@given(some.dictionaries(NAMES, TEXT), some.binary(max_size=400))
def test_random_bytes_are_never_trusted_and_never_an_accident(headers, body):
    delivery = spoken(headers, body)
    assert not is_trusted(delivery)
    is_understood(delivery)


@settings(deadline=None)
@given(some.sampled_from(GENUINE), some.data())
def test_mutated_body_is_never_trusted(signed, data):
    place = data.draw(some.integers(0, len(signed.body) - 1))
    length = data.draw(some.integers(0, 5))
    mutant = signed.body[:place] + data.draw(some.binary(max_size=5)) + signed.body[place + length :]
    assert is_trusted(spoken(signed.headers, mutant)) is (mutant == signed.body)


@settings(deadline=None)
@given(some.sampled_from(GENUINE), some.dictionaries(NAMES, TEXT, min_size=1))
def test_mutated_headers_never_cause_an_accident(signed, headers):
    delivery = spoken(signed.headers | headers, signed.body)
    is_trusted(delivery)
    is_understood(delivery)


VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=10)
    | some.sampled_from(
        ["-1.00", "1e9", "NaN", "0.001", "9" * 30, "2025-11-22T12:00:00Z", "0001-01-01T00:00:00+14:00"]
    ),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(content: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON document."""
    match content:
        case dict():
            pairs = list(content.items())
        case list():
            pairs = list(enumerate(content))
        case _:
            return []
    return [(content, key) for key, _ in pairs] + [place for _, value in pairs for place in places(value)]


@settings(max_examples=400, deadline=None)
@given(some.sampled_from(GENUINE), some.data())
def test_genuine_sender_with_strange_content_is_understood_or_malformed(signed, data):
    content = json.loads(signed.body)
    for _ in range(data.draw(some.integers(1, 3))):
        container, key = data.draw(some.sampled_from(places(content)))
        container[key] = data.draw(VALUES)
    topic = signed.headers["X-Shopify-Topic"]
    changed = sender().sign(topic, json.dumps(content).encode())
    delivery = spoken(changed.headers, changed.body)
    assert is_trusted(delivery)
    is_understood(delivery)


@pytest.mark.parametrize("topic", READ_TOPICS)
def test_fuzzed_topics_are_understood_when_nothing_is_spoiled(topic):
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    signed = {
        "refunds/create": shop.refunded(order, amount=100),
        "customers/redact": shop.erasure_asked(ANNA),
        "customers/data_request": shop.data_asked(ANNA),
        "shop/redact": shop.shop_left(),
    }.get(topic) or shop.told(order, topic)
    assert is_trusted(spoken(signed.headers, signed.body))
    assert is_understood(spoken(signed.headers, signed.body))
