"""An order as facts: what was paid of everything ever ordered, before anything went back."""

import itertools
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from shopify_desk import ANNA, BEANS, GRINDER, NOON, changed, events, facts, sender, told

from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Customer
from ops.laptop.shopify_books import Buyer, Item, ShownIn

GIFT_CARD = Item("Gift card", 5000, is_gift_card=True)


def test_paid_order_tells_its_goods_with_their_tax():
    shop = sender()
    order = facts(shop.paid(shop.order(ANNA, [BEANS, GRINDER])))
    assert order.amounts == Amounts(goods=11800, tax=483 + 1483)
    assert (order.is_paid, order.is_cancelled, order.currency) == (True, False, "EUR")


def test_order_is_named_and_referred_to_by_its_exact_64_bit_id():
    shop = sender()
    placed = shop.order(ANNA, [BEANS])
    event = told(shop.paid(placed))
    assert placed.id > 2**53
    assert event.reference == f"order/shopify/{placed.id}"
    assert event.name == "#1001"


def test_delivery_is_the_webhook_id():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS]))
    assert told(signed).delivery == signed.headers["X-Shopify-Webhook-Id"]


def test_instants_are_read_with_their_zone():
    shop = sender()
    signed = changed(
        shop.paid(shop.order(ANNA, [BEANS])),
        {"updated_at": "2025-11-22T07:00:05-05:00", "processed_at": "2025-11-22T13:00:00+01:00"},
    )
    assert facts(signed).changed_at == NOON + 5000
    assert facts(signed).occurred_at == NOON


def test_order_without_a_processing_time_occurred_when_it_was_created():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    signed = changed(shop.paid(order), {"processed_at": None})
    assert facts(signed).occurred_at == order.created_at


@pytest.mark.parametrize(
    ("status", "is_paid"),
    [
        ("paid", True),
        ("partially_paid", True),
        ("partially_refunded", True),
        ("refunded", True),
        ("pending", False),
        ("authorized", False),
        ("voided", False),
        ("expired", False),
        (None, False),
    ],
)
def test_order_counts_as_paid_once_money_has_arrived(status, is_paid):
    shop = sender()
    signed = changed(shop.paid(shop.order(ANNA, [BEANS])), {"financial_status": status})
    assert facts(signed).is_paid is is_paid


def test_unpaid_order_has_no_paid_goods():
    shop = sender()
    order = facts(shop.created(shop.order(ANNA, [BEANS], shipping=490)))
    assert (order.is_paid, order.amounts) == (False, Amounts())


def test_only_the_paid_part_of_a_partly_paid_order_counts_and_goods_wait_longest():
    shop = sender()
    placed = shop.order(ANNA, [GRINDER], shipping=490)
    order = facts(shop.paid(placed, 5490))
    assert order.amounts == Amounts(goods=5000, tax=1483 * 5000 // 8900, shipping=490, shipping_tax=82)


def test_discounts_of_lines_and_of_the_order_are_what_was_taken_off_the_goods():
    shop = sender()
    cheaper = Item("Hand grinder", 8900, discount=1000)
    order = facts(shop.paid(shop.order(ANNA, [cheaper, BEANS])))
    assert (order.amounts.goods, order.amounts.discount) == (7900 + 2900, 1000)


def test_tax_on_top_of_prices_is_part_of_the_goods_and_of_the_shipping():
    shop = sender(prices_include_tax=False, tax_percent=19)
    order = facts(shop.paid(shop.order(ANNA, [GRINDER], shipping=500)))
    assert order.amounts == Amounts(goods=8900 + 1691, tax=1691, shipping=500 + 95, shipping_tax=95)


def test_gift_cards_that_are_bought_are_not_goods():
    shop = sender()
    order = facts(shop.paid(shop.order(ANNA, [GIFT_CARD, BEANS])))
    assert order.amounts == Amounts(goods=2900, tax=483, gift_cards=5000)


def test_shipping_that_was_taken_off_the_order_does_not_count():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS], shipping=490))
    assert facts(changed(signed, {"shipping_lines.0.is_removed": True})).amounts.shipping == 0


def test_discounted_shipping_is_what_was_paid_for_it():
    shop = sender()
    signed = shop.paid(shop.order(ANNA, [BEANS], shipping=490))
    assert facts(changed(signed, {"shipping_lines.0.discounted_price": "1.00"})).amounts.shipping == 100


def test_amounts_are_in_the_shops_currency_when_the_customer_paid_in_another():
    shop = sender()
    order = facts(shop.paid(shop.order(ANNA, [BEANS], shown_in=ShownIn("USD", Fraction("1.0837")))))
    assert (order.currency, order.amounts.goods) == ("EUR", 2900)


@pytest.mark.parametrize(("currency", "price", "text"), [("JPY", 1450, "2900"), ("KWD", 1450, "2.900")])
def test_currencies_have_their_own_minor_units(currency, price, text):
    shop = sender(currency=currency)
    signed = shop.paid(shop.order(ANNA, [Item("Beans", price, quantity=2)]))
    assert f'"subtotal_price":"{text}"'.encode() in signed.body
    assert facts(signed).amounts.goods == 2900


def test_order_of_an_api_version_without_current_amounts_is_read_from_its_first_ones():
    shop = sender()
    signed = changed(shop.paid(shop.order(ANNA, [BEANS])), {}, remove=("current_subtotal_price", "total_outstanding"))
    assert facts(signed).amounts == Amounts(goods=2900, tax=483)


# --- what happens to an order later --------------------------------------------------------------------------------


def test_refund_leaves_what_was_ordered_as_it_was():
    shop = sender()
    order = shop.order(ANNA, [BEANS, GRINDER], shipping=490)
    before = facts(shop.paid(order)).amounts
    shop.refunded(order, {order.lines[0].id: 1})
    assert facts(shop.updated(order)).amounts == before
    shop.refunded(order)
    assert facts(shop.updated(order)).amounts == before


def test_goodwill_refund_leaves_what_was_ordered_as_it_was():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    before = facts(shop.paid(order)).amounts
    shop.refunded(order, amount=500)
    assert facts(shop.updated(order)).amounts == before


@pytest.mark.parametrize("status", ["pending", "failure"])
def test_refund_whose_money_has_not_arrived_leaves_what_was_ordered_as_it_was(status):
    shop = sender()
    order = shop.order(ANNA, [BEANS, GRINDER])
    before = facts(shop.paid(order)).amounts
    shop.refunded(order, {order.lines[1].id: 1}, status=status)
    signed = shop.updated(order)
    assert facts(signed).amounts == before
    # Some versions show no adjustment meanwhile, and either that the shop owes the money or that nobody owes any.
    assert facts(changed(signed, {"refunds.0.order_adjustments": []})).amounts == before
    owing = {"refunds.0.order_adjustments": [], "total_outstanding": "-89.00"}
    assert facts(changed(signed, owing)).amounts == before


def test_restock_whose_price_the_shop_keeps_changes_nothing():
    shop = sender()
    order = shop.order(ANNA, [BEANS, GRINDER])
    before = facts(shop.paid(order)).amounts
    shop.refunded(order, {order.lines[1].id: 1}, amount=0)
    assert facts(shop.updated(order)).amounts == before


def test_pieces_added_by_an_edit_count_once_they_are_paid():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    assert facts(shop.edited(order, add=[GRINDER])).amounts.goods == 2900
    assert facts(shop.paid(order)).amounts.goods == 11800


def test_paid_pieces_removed_by_an_edit_count_until_their_money_goes_back():
    shop = sender()
    order = shop.order(ANNA, [BEANS, GRINDER])
    shop.paid(order)
    edited = told(shop.edited(order, remove={order.lines[1].id: 1}))
    assert edited.order.amounts.goods == 11800
    assert [refund.amounts for refund in edited.refunds.values()] == [Amounts()]
    shop.refunded(order, {})
    settled = told(shop.updated(order))
    assert settled.order.amounts.goods == 11800
    assert [refund.amounts.goods for refund in settled.refunds.values()] == [0, 8900]


def test_pieces_removed_before_they_were_paid_never_count():
    shop = sender()
    order = shop.order(ANNA, [BEANS, GRINDER])
    shop.edited(order, remove={order.lines[1].id: 1})
    signed = shop.paid(order)
    assert facts(signed).amounts == Amounts(goods=2900, tax=(483 + 1483) * 2900 // 11800)
    assert order.paid == 2900


def test_cancelled_order_says_so_and_tells_its_refund():
    shop = sender()
    order = shop.order(ANNA, [BEANS, GRINDER], shipping=490)
    shop.paid(order)
    event = told(shop.cancelled(order))
    assert event.order.is_cancelled
    assert event.order.amounts.goods == 11800
    assert [refund.amounts.goods for refund in event.refunds.values()] == [11800]


def test_later_versions_of_an_order_have_later_instants():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    steps = [shop.created(order), shop.paid(order), shop.edited(order, add=[GRINDER]), shop.cancelled(order)]
    instants = [facts(step).changed_at for step in steps]
    assert all(earlier < later for earlier, later in itertools.pairwise(instants))


def test_order_is_delivered_when_its_last_parcel_is():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    assert facts(shop.fulfilled(order)).delivered_at is None
    assert facts(shop.fulfilled(order, is_delivered=True)).delivered_at == order.delivered_at


def test_order_with_a_parcel_under_way_is_not_delivered():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    when = datetime.fromtimestamp(NOON / 1000, UTC).isoformat()
    parcels = [{"status": "success", "shipment_status": how, "updated_at": when} for how in ("delivered", "in_transit")]
    signed = changed(shop.fulfilled(order, is_delivered=True), {"fulfillments": parcels})
    assert facts(signed).delivered_at is None
    parcels[1]["status"] = "cancelled"
    assert facts(changed(signed, {"fulfillments": parcels})).delivered_at == NOON


def test_order_is_delivered_when_the_latest_of_its_parcels_arrived():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    arrived = {"status": "success", "shipment_status": "delivered"}
    times = ("2025-11-22T12:00:00Z", "2025-11-23T12:00:00Z", "2025-11-21T12:00:00Z")
    parcels = [arrived | {"updated_at": time} for time in times]
    signed = changed(shop.fulfilled(order, is_delivered=True), {"fulfillments": parcels})
    assert facts(signed).delivered_at == NOON + 86_400_000


def test_order_of_which_a_part_was_not_even_shipped_is_not_delivered():
    shop = sender()
    order = shop.order(ANNA, [BEANS])
    shop.paid(order)
    signed = shop.fulfilled(order, is_delivered=True)
    assert facts(changed(signed, {"fulfillment_status": "partial"})).delivered_at is None
    assert facts(changed(signed, {"fulfillments": []})).delivered_at is None


# --- who it was -----------------------------------------------------------------------------------------------------


def test_customer_is_known_by_key_address_and_phone():
    shop = sender()
    event = told(shop.paid(shop.order(ANNA, [BEANS])))
    assert event.customer == Customer(f"shopify/{ANNA.id}", "anna.ozola@example.com", "+37120000001")


def test_sale_at_the_counter_has_no_customer():
    shop = sender()
    assert told(shop.paid(shop.order(Buyer(), [BEANS]))).customer == Customer()


def test_customer_without_contact_has_only_a_key():
    shop = sender()
    assert told(shop.paid(shop.order(Buyer(id=77), [BEANS]))).customer == Customer(key="shopify/77")


def test_guest_has_an_address_and_no_key():
    shop = sender()
    event = told(shop.paid(shop.order(Buyer(email="guest@example.com"), [BEANS])))
    assert event.customer == Customer(email="guest@example.com")


@pytest.mark.parametrize(
    ("email", "contact_email", "expected"),
    [
        ("a@example.com", "b@example.com", "a@example.com"),
        ("", "b@example.com", "b@example.com"),
        (None, None, "anna.ozola@example.com"),
    ],
)
def test_address_given_with_the_order_comes_before_the_profiles(email, contact_email, expected):
    shop = sender()
    signed = changed(shop.paid(shop.order(ANNA, [BEANS])), {"email": email, "contact_email": contact_email})
    assert told(signed).customer.email == expected


def test_test_orders_are_marked():
    shop = sender()
    assert told(shop.paid(shop.order(ANNA, [BEANS], is_test=True))).is_test
    assert not told(shop.paid(shop.order(ANNA, [BEANS]))).is_test


# --- what cannot be understood --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "missing",
    ["id", "name", "currency", "financial_status", "updated_at", "created_at", "subtotal_price", "line_items"],
)
def test_order_without_what_every_order_has_is_malformed(missing):
    shop = sender()
    with pytest.raises(Malformed, match="not_what_the_topic_promises"):
        events(changed(shop.paid(shop.order(ANNA, [BEANS])), {}, remove=(missing,)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", 8.2e17),
        ("id", "820982911946154508"),
        ("updated_at", "2025-11-22T12:00:00"),
        ("updated_at", 1763812800),
        ("currency", "euro"),
        ("current_subtotal_price", "NaN"),
        ("current_subtotal_price", "1e3"),
        ("current_subtotal_price", "1,450.00"),
        ("current_subtotal_price", "14.505"),
        ("current_subtotal_price", "9" * 40),
        ("line_items.0.quantity", -1),
        ("line_items", {}),
        ("test", "yes"),
        ("customer", "anna"),
    ],
)
def test_order_with_a_wrong_value_is_malformed_and_the_error_repeats_nothing_of_it(path, value):
    shop = sender()
    with pytest.raises(Malformed) as refusal:
        events(changed(shop.paid(shop.order(ANNA, [BEANS])), {path: value}))
    assert "anna" not in str(refusal.value)
