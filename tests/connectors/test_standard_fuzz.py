"""Whatever arrives by Standard Webhooks, the only answers are: understood, Untrusted, Malformed."""

import json

from hypothesis import given, settings
from hypothesis import strategies as some
from standard_desk import NOON, PRIVATE_KEY, PUBLIC_KEY, SECRET, review, sender, site_with

from chalicelib.connectors import standard
from chalicelib.errors import Malformed, Untrusted
from chalicelib.events import ActivityTold
from chalicelib.services.ports import Delivery

GENUINE = [review(), review(PRIVATE_KEY), review(SECRET, PRIVATE_KEY)]
NAMES = some.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "content-type"])
TEXT = some.text(max_size=60) | some.sampled_from(
    [
        "v1,",
        "v1a,AAAA",
        "v1," + "A" * 43 + "=",
        str(NOON // 1000),
        "1e9",
        "NaN",
        "-1",
        "A" * 5000,
        "v1a," + "A" * 86 + "==",
    ]
)
SITE = site_with(PUBLIC_KEY, SECRET)


def spoken(headers: dict[str, str], body: bytes) -> Delivery:
    return Delivery("bean-street", "reviews", NOON, {name.lower(): value for name, value in headers.items()}, body)


def is_trusted(delivery: Delivery) -> bool:
    try:
        standard.authenticate(delivery, SITE)
    except Untrusted:
        return False
    return True


def is_understood(delivery: Delivery) -> bool:
    try:
        (event,) = standard.translate(delivery)
    except Malformed:
        return False
    assert isinstance(event, ActivityTold)
    return True


@settings(deadline=None)
@given(some.dictionaries(NAMES, TEXT), some.binary(max_size=200))
def test_random_bytes_are_never_trusted_and_never_an_accident(headers, body):
    assert not is_trusted(spoken(headers, body))


@settings(deadline=None)
@given(some.sampled_from(GENUINE), some.data())
def test_mutated_body_is_never_trusted(signed, data):
    place = data.draw(some.integers(0, len(signed.body) - 1))
    length = data.draw(some.integers(0, 5))
    mutant = signed.body[:place] + data.draw(some.binary(max_size=5)) + signed.body[place + length :]
    assert is_trusted(spoken(signed.headers, mutant)) is (mutant == signed.body)


@settings(deadline=None)
@given(some.sampled_from(GENUINE), some.dictionaries(NAMES, TEXT, min_size=1))
def test_mutated_headers_never_make_another_message_genuine(signed, headers):
    mutant = spoken(signed.headers | headers, signed.body)
    if is_trusted(mutant):
        for part in ("webhook-id", "webhook-timestamp"):
            assert mutant.headers[part] == signed.headers[part]
        assert is_understood(mutant)


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=10)
    | some.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2025-11-22T12:00:60Z", "\ud800"]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(some.sampled_from(["type", "timestamp", "data", "id", "customer", "object", "email"]), VALUES)
def test_genuine_sender_with_strange_content_is_understood_or_malformed(name, value):
    content = json.loads(review().body)
    data = content["data"]
    place = {"id": data, "customer": data, "object": data, "email": data["customer"]}.get(name, content)
    place[name] = value
    signed = sender().sign(json.dumps(content).encode())
    delivery = spoken(signed.headers, signed.body)
    assert is_trusted(delivery)
    is_understood(delivery)


def test_fuzzed_deliveries_are_trusted_and_understood_when_nothing_is_spoiled():
    for signed in GENUINE:
        assert is_trusted(spoken(signed.headers, signed.body))
        assert is_understood(spoken(signed.headers, signed.body))
