"""What each topic becomes. The topic is not signed: no body passes for another one. Whatever arrives, no accident."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from woocommerce_desk import ANNA, BEANS, GRINDER, SECRET, delivery, events, sender, shop_with, told

from chalicelib.connectors import woocommerce
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import Noted, OrderTold
from ops.laptop.shopify_sender import Signed

ORDER_TOPICS = ["order.created", "order.updated", "order.restored"]


@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_order_topics_tell_the_same_order(topic):
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    assert told(shop.told(order, topic)).order == told(shop.updated(order)).order


@pytest.mark.parametrize(
    "topic",
    ["customer.created", "customer.deleted", "coupon.updated", "product.updated", "action.wc_x", "Order.Created", "?"],
)
def test_topics_of_no_consequence_are_noted_whatever_they_say(topic):
    signed = sender().sign(topic, b"anything")
    assert events(signed) == [Noted(signed.headers["X-WC-Webhook-Delivery-ID"], topic)]


def test_order_that_is_binned_is_noted_and_changes_nothing():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    (event,) = events(shop.deleted(order))
    assert isinstance(event, Noted)


def test_order_that_comes_back_from_the_bin_is_what_it_was():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    binned = [shop.deleted(order), shop.updated(order)]
    restored = told(shop.restored(order))
    assert told(binned[1]).order.is_cancelled
    assert (restored.order.is_paid, restored.order.is_cancelled) == (True, False)
    assert restored.order.changed_at > told(binned[1]).order.changed_at


def test_only_the_beginning_of_an_endless_topic_is_noted():
    (event,) = events(sender().sign("t" * 5000, b"{}"))
    assert event.topic == "t" * 64


def test_deliveries_of_one_second_share_their_id_and_tell_two_orders():
    shop = sender()
    first, second = shop.order(ANNA, [BEANS]), shop.order(ANNA, [GRINDER])
    one, other = shop.paid(first), shop.paid(second)
    same = {"X-WC-Webhook-Delivery-ID": one.headers["X-WC-Webhook-Delivery-ID"]}
    assert told(one, **same).delivery == told(other, **same).delivery
    assert told(one, **same).reference != told(other, **same).reference


def test_delivery_without_an_id_is_known_by_its_content():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    bare = told(signed, **{"X-WC-Webhook-Delivery-ID": ""})
    assert len(bare.delivery) == 32
    assert bare == told(signed, **{"X-WC-Webhook-Delivery-ID": ""})


def test_delivery_without_a_topic_is_malformed():
    shop = sender()
    with pytest.raises(Malformed, match="header_missing"):
        events(shop.paid(shop.order(ANNA, [BEANS])), **{"X-WC-Webhook-Topic": ""})


@pytest.mark.parametrize("topic", ORDER_TOPICS)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"{", b"\xff\xfe", b'{"id":1}', b'{"a":' + b"[" * 100_000, b"1" * 5000, b'"\\ud800"'],
)
def test_body_that_is_not_what_the_topic_promises_is_malformed(topic, body):
    with pytest.raises(Malformed) as refusal:
        events(sender().sign(topic, body))
    assert refusal.value.reason in {"not_what_the_topic_promises", "not_json"}


@pytest.mark.parametrize("name", ["id", "date_modified_gmt", "date_paid_gmt", "line_items", "total", "currency"])
def test_order_without_what_every_version_of_the_api_has_is_malformed(name):
    shop = sender()
    content = json.loads(shop.paid(shop.order(ANNA, [BEANS])).body)
    del content[name]
    with pytest.raises(Malformed, match="not_what_the_topic_promises"):
        events(shop.sign("order.updated", content))


def test_refusal_names_a_place_and_nothing_of_the_content():
    shop = sender()
    content = json.loads(shop.paid(shop.order(ANNA, [BEANS])).body)
    content["line_items"][0]["total"] = ANNA.email
    with pytest.raises(Malformed) as refusal:
        events(shop.sign("order.updated", content))
    assert "example.com" not in str(refusal.value)


def genuine() -> list[Signed]:
    shop = sender(prices_include_tax=False)
    order = shop.order(ANNA, [BEANS, GRINDER], shipping=490, fee=100)
    paid = shop.paid(order, "pi_3NirD82eZvKYlo2CIvbtLWuY")
    return [paid, shop.refunded(order, 1000), shop.completed(order), shop.cancelled(order), shop.deleted(order)]


GENUINE = genuine()
TEXT = some.text(max_size=60) | some.sampled_from(["", "null", "0", "=", "\r\nSet-Cookie: a=b", "A" * 5000])
NAMES = some.sampled_from([name.lower() for name in GENUINE[0].headers])
VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=10)
    | some.sampled_from(["-1.00", "1e9", "NaN", "0.001", "9" * 30, "2025-11-22T12:00:00", "0001-01-01T00:00:00+14:00"]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def is_trusted(signed: Signed) -> bool:
    try:
        woocommerce.authenticate(delivery(signed), shop_with(SECRET))
    except Untrusted:
        return False
    return True


def is_understood(signed: Signed) -> bool:
    try:
        said = events(signed)
    except Malformed:
        return False
    assert all(isinstance(event, OrderTold | Noted) for event in said)
    return True


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


@settings(deadline=None)
@given(some.sampled_from(GENUINE), some.data())
def test_mutated_body_is_never_trusted(signed, data):
    place = data.draw(some.integers(0, len(signed.body) - 1))
    length = data.draw(some.integers(0, 5))
    mutant = signed.body[:place] + data.draw(some.binary(max_size=5)) + signed.body[place + length :]
    assert is_trusted(Signed(signed.headers, mutant)) is (mutant == signed.body)


@settings(deadline=None)
@given(some.sampled_from(GENUINE), some.dictionaries(NAMES, TEXT, min_size=1))
def test_mutated_headers_never_cause_an_accident(signed, headers):
    low = {name.lower(): value for name, value in signed.headers.items()} | headers
    is_trusted(Signed(low, signed.body))
    is_understood(Signed(low, signed.body))


@settings(max_examples=400, deadline=None)
@given(some.sampled_from(GENUINE), some.data())
def test_genuine_sender_with_strange_content_is_understood_or_malformed(signed, data):
    content = json.loads(signed.body)
    for _ in range(data.draw(some.integers(1, 3))):
        container, key = data.draw(some.sampled_from(places(content)))
        container[key] = data.draw(VALUES)
    strange = sender().sign(signed.headers["X-WC-Webhook-Topic"], json.dumps(content).encode())
    assert is_trusted(strange)
    is_understood(strange)


def test_fuzzed_deliveries_are_understood_when_nothing_is_spoiled():
    assert all(is_trusted(signed) and is_understood(signed) for signed in GENUINE)
