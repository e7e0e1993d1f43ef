"""What each topic becomes, and that no body passes for another topic: the topic itself is not signed."""

import json

import pytest
from shopify_desk import ANNA, BEANS, SHOP, delivery, events, sender

from chalicelib.connectors import shopify
from chalicelib.errors import Malformed
from chalicelib.events import Customer, DataAsked, ErasureAsked, Noted, OrderTold
from ops.laptop.shopify_sender import Signed

ORDER_TOPICS = [
    "orders/create",
    "orders/paid",
    "orders/updated",
    "orders/cancelled",
    "orders/fulfilled",
    "orders/partially_fulfilled",
]
COMPLIANCE_TOPICS = ["customers/data_request", "customers/redact", "shop/redact"]
READ_TOPICS = [*ORDER_TOPICS, "refunds/create", *COMPLIANCE_TOPICS]


@pytest.mark.parametrize("topic", ORDER_TOPICS)
def test_order_topics_tell_the_same_order(topic):
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    (event,) = events(shop.told(order, topic))
    assert isinstance(event, OrderTold)
    assert event.order is not None


@pytest.mark.parametrize(
    "topic",
    [
        "orders/edited",
        "orders/delete",
        "order_transactions/create",
        "customers/create",
        "customers/update",
        "app/uninstalled",
        "products/update",
        "Orders/Paid",
        "?",
    ],
)
def test_topics_of_no_consequence_are_noted_whatever_they_say(topic):
    shop = sender()
    signed = shop.sign(topic, b"anything")
    assert events(signed) == [Noted(signed.headers["X-Shopify-Webhook-Id"], topic)]


def test_only_the_beginning_of_an_endless_topic_is_noted():
    (event,) = events(sender().sign("t" * 5000, b"{}"))
    assert event.topic == "t" * 64


def test_wish_to_be_forgotten_names_the_customer():
    signed = sender().erasure_asked(ANNA)
    expected = Customer(f"shopify/{ANNA.id}", ANNA.email, ANNA.phone)
    assert events(signed) == [ErasureAsked(signed.headers["X-Shopify-Webhook-Id"], expected)]


def test_wish_to_be_forgotten_may_name_an_address_only():
    shop = sender()
    body = {"shop_id": 1, "shop_domain": SHOP, "customer": {"email": "a@example.com"}, "orders_to_redact": [299938]}
    signed = shop.sign("customers/redact", body)
    assert events(signed) == [ErasureAsked(signed.headers["X-Shopify-Webhook-Id"], Customer(email="a@example.com"))]


def test_wish_to_see_the_data_names_the_customer():
    signed = sender().data_asked(ANNA)
    expected = Customer(f"shopify/{ANNA.id}", ANNA.email, ANNA.phone)
    assert events(signed) == [DataAsked(signed.headers["X-Shopify-Webhook-Id"], expected)]


def test_shop_that_left_asks_to_forget_everyone():
    signed = sender().shop_left()
    assert events(signed) == [ErasureAsked(signed.headers["X-Shopify-Webhook-Id"], everyone=True)]


def test_no_genuine_body_passes_for_another_topic():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    bodies = {
        "order": shop.paid(order),
        "refund": shop.refunded(order),
        "customers/redact": shop.erasure_asked(ANNA, [order]),
        "customers/data_request": shop.data_asked(ANNA, [order]),
        "shop/redact": shop.shop_left(),
    }
    understood = set()
    for kind, signed in bodies.items():
        for topic in READ_TOPICS:
            arrived = delivery(signed, **{"X-Shopify-Topic": topic})
            try:
                shopify.translate(arrived)
            except Malformed:
                continue
            understood.add((kind, topic))
    own = {("order", topic) for topic in ORDER_TOPICS} | {(topic, topic) for topic in COMPLIANCE_TOPICS}
    assert understood == own | {("refund", "refunds/create")}


def test_replay_says_the_same():
    shop = sender()
    order = shop.order(ANNA, [BEANS], shipping=490)
    for signed in (shop.paid(order), shop.refunded(order), shop.cancelled(order), shop.erasure_asked(ANNA)):
        assert events(signed) == events(signed)


@pytest.mark.parametrize("name", ["Topic", "Shop-Domain", "API-Version", "Webhook-Id"])
@pytest.mark.parametrize("value", ["", None])
def test_delivery_without_a_header_that_shopify_always_sends_is_malformed(name, value):
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    headers = signed.headers | {f"X-Shopify-{name}": value}
    headers = {name: value for name, value in headers.items() if value is not None}
    with pytest.raises(Malformed) as refusal:
        events(Signed(headers, signed.body))
    assert (refusal.value.reason, refusal.value.facts) == ("header_missing", {"header": name.lower()})


def test_new_family_needs_its_event_id_too():
    shop = sender(family="Shopify-")
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    assert isinstance(events(signed)[0], OrderTold)
    with pytest.raises(Malformed, match="event-id"):
        events(Signed({k: v for k, v in signed.headers.items() if k != "Shopify-Event-Id"}, signed.body))


@pytest.mark.parametrize("topic", READ_TOPICS)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b"{", b"\xff\xfe", b'{"id":1}', b'{"a":' + b"[" * 100_000, b"1" * 5000, b'"\\ud800"'],
)
def test_body_that_is_not_what_the_topic_promises_is_malformed(topic, body):
    with pytest.raises(Malformed) as refusal:
        events(sender().sign(topic, body))
    assert refusal.value.reason in {"not_what_the_topic_promises", "not_json"}


def test_request_about_one_customer_never_passes_for_the_whole_shop():
    shop = sender()
    asked = json.loads(shop.erasure_asked(ANNA).body)
    for kept in ("customer", "orders_to_redact"):
        body = {key: value for key, value in asked.items() if key in {"shop_id", "shop_domain", kept}}
        with pytest.raises(Malformed):
            events(shop.sign("shop/redact", body))
