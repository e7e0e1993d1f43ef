"""What an activity's body says."""

from typing import Any

import pytest
from standard_desk import NOON, delivery, review, sender, told

from chalicelib.connectors import standard
from chalicelib.errors import Malformed
from chalicelib.events import ActivityTold, Customer

ANNA = "anna.ozola@example.com"


def body(**changes: Any) -> dict[str, Any]:
    """A review; None takes a part of its data away."""
    data: dict[str, Any] = {"id": "r-17", "customer": {"email": ANNA}, "object": "kenya-aa"}
    top = {"type": "review.created", "timestamp": "2025-11-22T12:00:00Z"}
    top |= {name: value for name, value in changes.items() if name in top}
    data |= {name: value for name, value in changes.items() if name not in top}
    return top | {"data": {name: value for name, value in data.items() if value is not None}}


def test_review_of_the_demo_is_an_activity():
    signed = review()
    expected = ActivityTold(signed.headers["webhook-id"], "review.created", "kenya-aa", NOON, Customer(email=ANNA))
    assert list(standard.translate(delivery(signed))) == [expected]


def test_same_delivery_says_the_same_and_a_repeat_keeps_its_id():
    first, again = sender().sign(body(), id_="msg_7"), sender(now=NOON + 60_000).sign(body(), id_="msg_7")
    assert standard.translate(delivery(first)) == standard.translate(delivery(again))


@pytest.mark.parametrize(
    ("timestamp", "occurred_at"),
    [
        ("2025-11-22T12:00:00Z", NOON),
        ("2025-11-22T15:00:00+03:00", NOON),
        ("2025-11-22T12:00:00.344522Z", NOON + 344),
        ("1969-12-31T23:59:59Z", -1000),
    ],
)
def test_time_is_read_with_its_zone(timestamp, occurred_at):
    assert told(body(timestamp=timestamp)).occurred_at == occurred_at


@pytest.mark.parametrize(
    ("changes", "thing"),
    [
        ({}, "kenya-aa"),
        ({"object": None}, "r-17"),
        ({"object": 12}, "12"),
        ({"object": None, "id": 2**60 + 1}, "1152921504606846977"),
        ({"id": None}, "kenya-aa"),
    ],
)
def test_object_is_what_the_deed_was_done_to_or_the_deed_itself(changes, thing):
    assert told(body(**changes)).object == thing


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        ({"email": ANNA}, Customer(email=ANNA)),
        ({"phone": "+37120000001"}, Customer(phone="+37120000001")),
        ({"email": ANNA, "phone": "+37120000001", "name": "Anna"}, Customer(email=ANNA, phone="+37120000001")),
        ({"email": "", "phone": "+37120000001"}, Customer(phone="+37120000001")),
    ],
)
def test_customer_is_known_by_mail_or_phone(customer, expected):
    assert told(body(customer=customer)).customer == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": ""}, "not_an_activity"),
        ({"type": "review created"}, "not_an_activity"),
        ({"type": "review.created\n"}, "not_an_activity"),
        ({"type": "a" * 65}, "not_an_activity"),
        ({"type": 5}, "not_an_activity"),
        ({"timestamp": "2025-11-22T12:00:00"}, "not_an_activity"),
        ({"timestamp": "yesterday"}, "not_an_activity"),
        ({"timestamp": 1763812800}, "not_an_activity"),
        ({"object": {"id": 1}}, "not_an_activity"),
        ({"object": ""}, "not_an_activity"),
        ({"object": 1.0}, "not_an_activity"),
        ({"object": "k" * 201}, "not_an_activity"),
        ({"customer": None}, "not_an_activity"),
        ({"customer": ANNA}, "not_an_activity"),
        ({"customer": {}}, "activity_without_customer"),
        ({"customer": {"email": "", "phone": None}}, "activity_without_customer"),
        ({"object": None, "id": None}, "activity_without_object"),
    ],
)
def test_body_of_another_shape_is_malformed(changes, reason):
    with pytest.raises(Malformed) as refusal:
        told(body(**changes))
    assert refusal.value.reason == reason
    assert ANNA not in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b'"\\ud800"'])
def test_body_that_is_no_json_is_malformed(content):
    with pytest.raises(Malformed):
        told(content)


@pytest.mark.parametrize("content", [b"null", b"[]", b"{}", b"5", b'{"type":"a","timestamp":"2025-11-22T12:00:00Z"}'])
def test_json_that_is_no_activity_is_malformed(content):
    with pytest.raises(Malformed, match="not_an_activity"):
        told(content)
