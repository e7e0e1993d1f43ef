"""A payment as Stripe tells it, by its intent, its charge and its checkout session."""

import json

import pytest
from stripe_desk import ANNA, NOON, changed, delivery, events, paid_event, sender, told

from chalicelib.connectors import stripe
from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Customer, Noted, OrderFacts, PaymentTold, Reference
from ops.laptop.stripe_sender import StripeSender
from ops.laptop.stripe_shapes import Payment

PAID = OrderFacts(NOON, NOON, "EUR", Amounts(goods=4520), is_paid=True)


def account_and_payment(**metadata: str) -> tuple[StripeSender, Payment]:
    account = sender()
    return account, account.payment(4520, "EUR", ANNA, metadata)


def test_succeeded_intent_is_a_payment():
    account, payment = account_and_payment()
    signed = account.paid(payment)
    assert events(signed) == [
        PaymentTold(
            reference=Reference(f"payment/stripe/{payment.id}"),
            delivery=json.loads(signed.body)["id"],
            aliases=(f"stripe/{payment.id}", f"stripe/{payment.charge}"),
            payment=PAID,
            customer=Customer(email=ANNA),
        )
    ]


def test_intent_charge_and_session_tell_the_same_payment():
    account, payment = account_and_payment()
    messages = [account.paid(payment), account.charged(payment), account.checked_out(payment)]
    assert {told(signed).reference for signed in messages} == {f"payment/stripe/{payment.id}"}
    assert [told(signed).payment for signed in messages] == [PAID] * 3
    assert [told(signed).customer for signed in messages] == [Customer(email=ANNA)] * 3


def test_charge_without_an_intent_names_its_payment_itself():
    account, payment = account_and_payment()
    signed = changed(account.charged(payment), {"payment_intent": None})
    assert told(signed).reference == f"payment/stripe/{payment.charge}"
    assert told(signed).aliases == (f"stripe/{payment.charge}",)


def test_later_news_of_a_charge_keeps_the_day_it_was_made():
    account = sender(tick=86_400_000)
    payment = account.payment(4520, "EUR", ANNA)
    later = told(account.charged(payment, "charge.updated")).payment
    assert later is not None
    assert (later.occurred_at, later.changed_at > NOON) == (NOON, True)


def test_reserved_money_is_not_paid():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA, captured=False)
    for signed in (account.charged(payment), account.checked_out(payment)):
        assert told(signed).payment is None
        assert told(signed).customer == Customer(email=ANNA)


def test_captured_part_is_what_was_paid():
    account = sender()
    payment = account.payment(4520, "EUR", ANNA, captured=False)
    payment.captured = 4000
    messages = [account.charged(payment, "charge.captured"), account.paid(payment)]
    assert [told(signed).payment.amounts for signed in messages] == [Amounts(goods=4000)] * 2


def test_charge_of_an_api_version_without_captured_amounts_was_captured_whole():
    account, payment = account_and_payment()
    assert told(changed(account.charged(payment), {}, remove=("amount_captured",))).payment == PAID


def test_reserved_money_is_not_paid_where_captured_amounts_are_not_told():
    account, payment = account_and_payment()
    assert told(changed(account.charged(payment), {"captured": False}, remove=("amount_captured",))).payment is None


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_charge_whose_money_has_not_come_is_not_paid(status):
    account, payment = account_and_payment()
    assert told(changed(account.charged(payment, "charge.updated"), {"status": status})).payment is None


def test_session_that_waits_for_its_money_is_paid_when_it_comes():
    account, payment = account_and_payment()
    done = account.checked_out(payment)
    assert told(changed(done, {"payment_status": "unpaid"})).payment is None
    assert told(changed(done, {"/type": "checkout.session.async_payment_succeeded"})).payment == PAID


@pytest.mark.parametrize("change", [{"payment_intent": None}, {"payment_intent": None, "mode": "subscription"}])
def test_session_without_a_payment_of_its_own_is_noted(change):
    account, payment = account_and_payment()
    (event,) = events(changed(account.checked_out(payment), change))
    assert isinstance(event, Noted)
    assert event.topic == "checkout.session.completed"


@pytest.mark.parametrize(("is_live", "is_test"), [(True, False), (False, True)])
def test_sandbox_is_a_test(is_live, is_test):
    account = sender(is_live=is_live)
    payment = account.payment(100, "EUR", ANNA)
    assert told(account.paid(payment)).is_test is is_test
    assert told(account.refunded(payment)).is_test is is_test


@pytest.mark.parametrize(
    ("metadata", "orders"),
    [
        ({}, ()),
        ({"shopify_order_id": "820982911946154508"}, ("order/shopify/820982911946154508",)),
        ({"shopify_order_id": "gid://shopify/Order/820982911946154508"}, ("order/shopify/820982911946154508",)),
        ({"order_id": "gid://shopify/Order/7"}, ("order/shopify/7",)),
        ({"order_reference": "order/shopify/7", "shopify_order_id": "7"}, ("order/shopify/7",)),
        ({"order_reference": "order/woocommerce/shop.example/7"}, ("order/woocommerce/shop.example/7",)),
        ({"order_id": "1001", "woocommerce_order_id": "1001"}, ()),
        ({"order_reference": "#1001"}, ()),
        ({"order_reference": "order/shopify/7\n"}, ()),
        ({"shopify_order_id": "7/../8"}, ()),
        ({"shopify_order_id": "٧"}, ()),
        ({"shopify_order_id": ""}, ()),
    ],
)
def test_shops_order_is_named_by_metadata_that_says_whose_it_is(metadata, orders):
    account, payment = account_and_payment(**metadata)
    for signed in (account.paid(payment), account.charged(payment), account.checked_out(payment)):
        assert told(signed).orders == orders


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"customer": "cus_9s6XKzkNRiz8i3"}, Customer("stripe/cus_9s6XKzkNRiz8i3", ANNA)),
        ({"receipt_email": "receipts@example.com"}, Customer(email="receipts@example.com")),
        ({"billing_details": None}, Customer()),
        ({"billing_details": {"email": "", "phone": "+37120000001"}}, Customer(phone="+37120000001")),
    ],
)
def test_customer_of_a_charge(change, expected):
    account, payment = account_and_payment()
    assert told(changed(account.charged(payment), change)).customer == expected


def test_replay_says_the_same():
    signed = paid_event()
    again = sender(now=NOON + 3_600_000).sign(signed.body)
    assert events(signed) == events(again)


@pytest.mark.parametrize(
    "type_",
    ["customer.created", "payment_intent.created", "charge.failed", "charge.dispute.updated", "invoice.paid", "?"],
)
def test_types_of_no_consequence_are_noted_whatever_they_are_about(type_):
    signed = sender().told(type_, {"object": "whatever", "id": 5})
    assert events(signed) == [Noted(json.loads(signed.body)["id"], type_)]


@pytest.mark.parametrize("type_", sorted(stripe.READ))
def test_no_object_passes_for_another_kind(type_):
    account, payment = account_and_payment()
    dispute = account.dispute(payment)
    told_of = [account.paid(payment), account.charged(payment), account.refunded(payment), account.checked_out(payment)]
    told_of.append(account.dispute_closed(dispute, "won"))
    outcomes = []
    for signed in told_of:
        try:
            outcomes.append(type(events(changed(signed, {"/type": type_}))[0]).__name__)
        except Malformed as refusal:
            outcomes.append(refusal.reason)
    assert sorted(outcomes) == ["PaymentTold", *["not_what_the_topic_promises"] * 4]


@pytest.mark.parametrize(
    "change",
    [
        {"amount_received": -1},
        {"amount_received": 45.2},
        {"amount_received": "4520"},
        {"amount_received": 10**15},
        {"amount_received": None},
        {"currency": "euro"},
        {"currency": ""},
        {"currency": None},
        {"id": 5},
        {"id": ""},
        {"id": "pi/../x"},
        {"id": "pi_1\n"},
        {"object": "charge"},
        {"object": None},
        {"metadata": {"order_id": 5}},
        {"/created": 1.5},
        {"/livemode": "true"},
        {"/id": None},
        {"/object": "v2.core.event"},
        {"/data": None},
        {"/data": {}},
    ],
)
def test_event_of_another_shape_is_malformed(change):
    with pytest.raises(Malformed) as refusal:
        events(changed(paid_event(), change))
    assert refusal.value.reason in {"not_what_the_topic_promises", "not_a_currency"}
    assert ANNA not in str(refusal.value)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b'"\\ud800"', b"5"]
)
def test_body_that_is_no_event_is_malformed(body):
    with pytest.raises(Malformed):
        stripe.translate(delivery(sender().sign(body)))
