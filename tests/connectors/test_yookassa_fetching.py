"""Nothing of a notification is believed: it names an object, and YooKassa's API says what the object is."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from yookassa.domain.notification import WebhookNotificationFactory
from yookassa_desk import API, NOON, SECRET, SHOP_ID, FakeApi, connection, delivery, events, shop, told

from chalicelib.connectors import yookassa
from chalicelib.errors import Broken, LoyaltyError, Malformed, TryAgain
from chalicelib.events import Amounts, Noted

SOME_ID = "2e8dd95a-000f-5000-a000-1e3515f51c18"


def named(event: str, object_id: str) -> dict:
    return {"type": "notification", "event": event, "object": {"id": object_id}}


def fetched(content, api, **options):
    secrets = options.pop("secrets", (SECRET,))
    return yookassa.fetch(delivery(content), connection(*secrets, **options), api)


def test_payment_is_asked_for_with_the_shops_own_key():
    at = shop()
    api = FakeApi(at)
    content = at.paid(145_000)
    fetched(content, api)
    key = "Basic " + base64.b64encode(f"{SHOP_ID}:{SECRET}".encode()).decode()
    assert api.calls == [(f"{API}/v3/payments/{content['object']['id']}", key)]


def test_refund_is_asked_for_and_then_its_payment():
    at = shop()
    paid = at.paid(145_000)["object"]["id"]
    content = at.refunded(paid, 45_000)
    api = FakeApi(at)
    fetched(content, api)
    places = [url for url, _ in api.calls]
    assert places == [f"{API}/v3/refunds/{content['object']['id']}", f"{API}/v3/payments/{paid}"]


def test_forged_amount_in_a_notification_changes_nothing():
    at = shop()
    content = at.paid(145_000, {"email": "anna@example.com"})
    before = told(content, at)
    forged = json.loads(json.dumps(content))
    forged["object"] |= {
        "amount": {"value": "999999.00", "currency": "EUR"},
        "metadata": {"email": "thief@example.com", "order_reference": "order/shopify/1"},
        "refunded_amount": {"value": "1.00", "currency": "RUB"},
        "test": False,
        "status": "canceled",
        "captured_at": "2001-01-01T00:00:00.000Z",
        "recipient": {"account_id": "1"},
    }
    assert told(forged, at) == before


def test_forged_event_makes_no_payment_of_a_hold():
    at = shop()
    content = at.held(at.opened(145_000))
    assert events(content | {"event": "payment.succeeded"}, at) == [
        Noted(f"payment.succeeded:{content['object']['id']}", "payment.waiting_for_capture")
    ]


def test_forged_refund_of_a_payment_is_not_found():
    at = shop()
    content = at.paid(145_000)
    with pytest.raises(Malformed, match="provider_knows_no_such_object"):
        events(named("refund.succeeded", content["object"]["id"]), at)


def test_notification_about_another_shops_payment_is_not_found():
    theirs = shop()
    content = theirs.paid(145_000)
    with pytest.raises(Malformed, match="provider_knows_no_such_object"):
        events(content, shop())


def test_payment_that_belongs_to_another_shop_is_refused_even_if_the_api_shows_it():
    at = shop()
    content = at.paid(145_000)
    at.objects["payments"][content["object"]["id"]]["recipient"]["account_id"] = "100500"
    with pytest.raises(Malformed, match="another_object_than_asked_for"):
        events(content, at)


def test_answer_about_another_object_is_refused():
    at = shop()
    content, other = at.paid(145_000), at.paid(1_000)
    api = FakeApi(at, changes=[lambda _: other["object"]])
    with pytest.raises(Malformed, match="another_object_than_asked_for"):
        fetched(content, api)


@pytest.mark.parametrize(
    "object_id",
    ["", "..", "../me", "2E8DD95A-000F-5000-A000-1E3515F51C18", SOME_ID + "\n", f"{SOME_ID}?x=1", "a" * 37, "я" * 36],
)
def test_id_that_is_none_is_never_asked_for(object_id):
    at = shop()
    api = FakeApi(at)
    with pytest.raises(Malformed, match="not_a_notification"):
        fetched(named("payment.succeeded", object_id), api)
    assert api.calls == []


def test_refund_that_names_no_payment_leads_nowhere():
    at = shop()
    content = at.refunded(at.paid(145_000)["object"]["id"])
    api = FakeApi(at, changes=[lambda refund: refund | {"payment_id": "../../v3/me"}])
    with pytest.raises(Malformed, match="not_an_id"):
        fetched(content, api)
    assert len(api.calls) == 1


@pytest.mark.parametrize("event", ["payout.succeeded", "deal.closed", "payment_method.active", "invoice.paid"])
def test_other_events_are_noted_without_asking(event):
    api = FakeApi(shop())
    assert list(fetched(named(event, SOME_ID), api)) == [Noted(f"{event}:{SOME_ID}", event)]
    assert api.calls == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"type":"notification","event":"payment.succeeded"}',
        b'{"type":"other","event":"payment.succeeded","object":{"id":"x"}}',
        json.dumps(named("Payment.Succeeded", SOME_ID)).encode(),
        json.dumps(named("payment", SOME_ID)).encode(),
    ],
)
def test_body_that_is_no_notification_is_malformed(body):
    api = FakeApi(shop())
    with pytest.raises(Malformed):
        fetched(body, api)
    assert api.calls == []


# --- keys and trouble ---------------------------------------------------------------------------------------------


def test_second_key_is_tried_while_keys_are_changed():
    at = shop(secrets=("the new key",))
    content = at.paid(145_000)
    api = FakeApi(at)
    (event,) = fetched(content, api, secrets=(SECRET, "the new key"))
    assert event.payment.amounts.goods == 145_000
    assert len(api.calls) == 2


def test_refused_key_is_tried_again_later_and_said_so():
    at = shop(secrets=("another",))
    with pytest.raises(TryAgain) as refusal:
        fetched(at.paid(145_000), FakeApi(at))
    assert refusal.value.reason == "provider_refuses_our_key"
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_provider_is_tried_again(status):
    at = shop()
    content = at.paid(145_000)
    at.refusals.append(status)
    with pytest.raises(TryAgain):
        fetched(content, FakeApi(at))
    assert told(content, at).payment is not None


@pytest.mark.parametrize("status", [301, 400, 403])
def test_answer_that_helps_nobody_is_tried_again(status):
    at = shop()
    content = at.paid(145_000)
    at.refusals.append(status)
    with pytest.raises(TryAgain, match="provider_refuses"):
        fetched(content, FakeApi(at))


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"id":1}', b"\xff"])
def test_answer_that_is_no_payment_is_malformed(body):
    at = shop()
    with pytest.raises(Malformed):
        fetched(at.paid(145_000), FakeApi(at, changes=[lambda _: body]))


@pytest.mark.parametrize(
    "options",
    [{"shop_id": ""}, {"shop_id": "1:2"}, {"shop_id": "５４４０１"}],
)
def test_incomplete_connection_is_our_own_fault_and_sends_no_key(options):
    at = shop()
    api = FakeApi(at)
    with pytest.raises(Broken):
        fetched(at.paid(145_000), api, **options)
    assert api.calls == []


def test_connection_without_a_key_is_our_own_fault():
    at = shop()
    with pytest.raises(Broken, match="no_secret"):
        fetched(at.paid(145_000), FakeApi(at), secrets=("",))


# --- fuzz and the SDK ---------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(some.binary(max_size=300))
def test_random_bytes_are_understood_or_one_of_our_errors(body):
    api = FakeApi(shop())
    with pytest.raises(Malformed):
        fetched(body, api)


VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=10)
    # what a field may look like
    | some.sampled_from(["-1.00", "1e9", "NaN", "0.001", "9" * 30, "2025-11-22T12:00:00Z", "succeeded", SOME_ID]),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(some.booleans(), some.data())
def test_strange_answers_of_the_api_are_understood_or_one_of_our_errors(is_refund, data):
    at = shop()
    content = at.paid(145_000, {"order_id": "17", "email": "anna@example.com"})
    if is_refund:
        content = at.refunded(content["object"]["id"], 45_000)

    def strange(thing: dict) -> dict:
        for key in data.draw(some.lists(some.sampled_from(sorted(thing)), min_size=1, max_size=2)):
            thing[key] = data.draw(VALUES)
        return thing

    try:
        (event,) = fetched(content, FakeApi(at, changes=[strange, strange]))
    except LoyaltyError as err:
        assert isinstance(err, Malformed)  # noqa: PT017  # any other error fails the test as it should
    else:
        assert event.delivery == f"{content['event']}:{content['object']['id']}"


def test_yookassas_sdk_understands_what_the_stand_in_sends():
    at = shop()
    held = at.held(at.opened(200_000, {"order_id": "17"}))
    kept = at.captured(held["object"]["id"], 150_000)
    gone = at.canceled(at.opened(1_000))
    back = at.refunded(kept["object"]["id"], 50_000)
    read = [WebhookNotificationFactory().create(json.loads(json.dumps(one))) for one in (held, kept, gone, back)]
    assert [one.object.status for one in read] == ["waiting_for_capture", "succeeded", "canceled", "succeeded"]
    assert [str(one.object.amount.value) for one in read] == ["2000.00", "1500.00", "10.00", "500.00"]
    assert [one.event for one in read][-1] == "refund.succeeded"
    assert read[3].object.payment_id == read[1].object.id
    assert (read[1].object.test, read[1].object.recipient.account_id) == (True, SHOP_ID)


def test_we_read_the_same_as_yookassas_sdk():
    at = shop()
    content = at.paid(145_055, {"order_id": "17"})
    ours, theirs = told(content, at), WebhookNotificationFactory().create(content).object
    assert ours.reference == f"payment/yookassa/{theirs.id}"
    assert ours.payment.amounts == Amounts(goods=int(theirs.amount.value * 100))
    assert (ours.payment.currency, ours.is_test) == (theirs.amount.currency, theirs.test)
    assert ours.payment.changed_at >= NOON
