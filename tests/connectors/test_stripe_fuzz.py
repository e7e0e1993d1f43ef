"""Whatever arrives as Stripe, the only answers are: understood, Untrusted, Malformed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from stripe_desk import ANNA, NOON, OTHER_SECRET, SECRET, account_with, sender

from chalicelib.connectors import stripe
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import Noted, PaymentTold
from chalicelib.services.ports import Delivery
from ops.laptop.shopify_sender import Signed


def genuine() -> list[Signed]:
    account = sender()
    payment = account.payment(4520, "EUR", ANNA, {"shopify_order_id": "7"})
    dispute = account.dispute(payment)
    told = [account.paid(payment), account.charged(payment), account.checked_out(payment)]
    told += [account.refunded(payment, 1000), account.charged(payment, "charge.refunded")]
    return [*told, account.disputed(dispute), account.dispute_closed(dispute, "lost")]


GENUINE = genuine()
GOOD = GENUINE[0].headers["Stripe-Signature"]
SECONDS = str(NOON // 1000)
HEADERS = some.text(max_size=80) | some.lists(
    some.sampled_from([f"t={SECONDS}", "t=", "v1=", "v0=", "v1=" + "0" * 64, GOOD.split(",")[1], "t=-1", "é", "="]),
    max_size=6,
).map(",".join)


def spoken(header: str, body: bytes) -> Delivery:
    return Delivery("bean-street", "till", NOON, {"stripe-signature": header}, body)


def is_trusted(delivery: Delivery) -> bool:
    try:
        stripe.authenticate(delivery, account_with(OTHER_SECRET, SECRET))
    except Untrusted:
        return False
    return True


def is_understood(delivery: Delivery) -> bool:
    try:
        (event,) = stripe.translate(delivery)
    except Malformed:
        return False
    assert isinstance(event, PaymentTold | Noted)
    return True


@settings(deadline=None)
@given(some.text(max_size=80), some.binary(max_size=400))
def test_random_bytes_are_never_trusted_and_never_an_accident(header, body):
    assert not is_trusted(spoken(header, body))
    is_understood(spoken(header, body))


@settings(deadline=None)
@given(some.sampled_from(GENUINE), some.data())
def test_mutated_body_is_never_trusted(signed, data):
    place = data.draw(some.integers(0, len(signed.body) - 1))
    length = data.draw(some.integers(0, 5))
    mutant = signed.body[:place] + data.draw(some.binary(max_size=5)) + signed.body[place + length :]
    assert is_trusted(spoken(signed.headers["Stripe-Signature"], mutant)) is (mutant == signed.body)


@settings(max_examples=300, deadline=None)
@given(HEADERS)
def test_mutated_header_is_trusted_only_with_the_signed_time_and_signature(header):
    if is_trusted(spoken(header, GENUINE[0].body)):
        items = header.split(",")
        assert GOOD.split(",")[1] in items
        assert next(item for item in items if item.startswith("t=")) == f"t={SECONDS}"


VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=10)
    | some.sampled_from(["isk", "kwd", "succeeded", "lost", "re_1", "charge", "refund", "1e9", 10**14, "A" * 300]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(content: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON document."""
    pairs = list(content.items()) if isinstance(content, dict) else []
    return [(content, key) for key, _ in pairs] + [place for _, value in pairs for place in places(value)]


@settings(max_examples=400, deadline=None)
@given(some.sampled_from(GENUINE), some.sampled_from([None, *sorted(stripe.READ)]), some.data())
def test_genuine_sender_with_strange_content_is_understood_or_malformed(signed, type_, data):
    content = json.loads(signed.body)
    for _ in range(data.draw(some.integers(1, 3))):
        container, key = data.draw(some.sampled_from(places(content)))
        container[key] = data.draw(VALUES)
    content["type"] = type_ or content.get("type")
    changed = sender().sign(json.dumps(content).encode())
    delivery = spoken(changed.headers["Stripe-Signature"], changed.body)
    assert is_trusted(delivery)
    is_understood(delivery)


@pytest.mark.parametrize("signed", GENUINE)
def test_fuzzed_events_are_trusted_and_understood_when_nothing_is_spoiled(signed):
    delivery = spoken(signed.headers["Stripe-Signature"], signed.body)
    assert is_trusted(delivery)
    assert is_understood(delivery)
