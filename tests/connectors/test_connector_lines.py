"""What each sender says of an order's lines, and of where and how it was bought."""

import msgspec
import pytest
import shopify_desk
import stripe_desk
import woocommerce_desk
import yookassa_desk
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.events import Amounts, LineBack, LineFacts, OrderFacts, OrderTold, Reference
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.orders import absorbed
from ops.laptop.shopify_books import Item

BEANS, GRINDER = shopify_desk.BEANS, shopify_desk.GRINDER
GIFT = Item("Gift card", 5000, is_gift_card=True)


# --- Shopify ----------------------------------------------------------------------------------------------------------


def test_shopify_tells_each_line_with_its_sku_its_vendor_and_its_tax():
    shop = shopify_desk.sender()
    order = shop.order(shopify_desk.ANNA, [BEANS, GRINDER])
    signed = shop.paid(order)
    first, second = order.lines
    assert shopify_desk.facts(signed).lines == (
        LineFacts(str(first.id), sku="KEN-250", brand="Bean Street", quantity=2, goods=2900, tax=483),
        LineFacts(str(second.id), sku="GRIND-1", brand="Bean Street", goods=8900, tax=1483),
    )


def test_shopify_lines_add_up_to_the_goods_with_tax_on_top_and_discounts_off():
    shop = shopify_desk.sender(prices_include_tax=False)
    order = shop.order(shopify_desk.ANNA, [Item("Cup", 2000, quantity=2, discount=500), GRINDER], shipping=490)
    facts = shopify_desk.facts(shop.paid(order))
    assert sum(line.goods for line in facts.lines) == facts.amounts.goods
    assert [line.discount for line in facts.lines] == [500, 0]


def test_shopify_gift_cards_are_no_lines():
    shop = shopify_desk.sender()
    signed = shop.paid(shop.order(shopify_desk.ANNA, [GIFT, BEANS]))
    assert [line.sku for line in shopify_desk.facts(signed).lines] == ["KEN-250"]


@pytest.mark.parametrize(
    ("selection", "expected"), [("explicit", True), ("entitled", True), ("all", False), (None, False)]
)
def test_shopify_line_is_a_promo_when_a_discount_was_meant_for_it_alone(selection, expected):
    shop = shopify_desk.sender()
    signed = shop.paid(shop.order(shopify_desk.ANNA, [Item("Cup", 2000, discount=500)]))
    signed = shopify_desk.changed(signed, {"discount_applications.0.target_selection": selection})
    assert [line.is_promo for line in shopify_desk.facts(signed).lines] == [expected]


def test_shopify_tells_the_till_the_place_the_channel_and_how_it_was_paid():
    shop = shopify_desk.sender()
    signed = shop.paid(shop.order(shopify_desk.ANNA, [BEANS]))
    places = {
        "source_name": "pos",
        "location_id": 655_441_491,
        "device_id": 77,
        "payment_gateway_names": ["gift_card", "shopify_payments"],
    }
    facts = shopify_desk.facts(shopify_desk.changed(signed, places))
    assert facts.places == ("655441491", "77", "pos", "shopify_payments", "")


def test_shopify_order_of_an_older_version_says_nothing_of_places():
    shop = shopify_desk.sender()
    signed = shop.paid(shop.order(shopify_desk.ANNA, [BEANS]))
    names = ("source_name", "payment_gateway_names")
    assert shopify_desk.facts(shopify_desk.changed(signed, {}, remove=names)).places == ("", "", "", "", "")


def test_shopify_refund_tells_its_lines_alone_and_inside_its_order():
    shop = shopify_desk.sender()
    order = shop.order(shopify_desk.ANNA, [BEANS, GRINDER])
    shop.paid(order)
    line = order.lines[0]
    alone = shopify_desk.refund(shop.refunded(order, {line.id: 1}))
    inside = shopify_desk.refund(shop.updated(order))
    assert alone.lines == inside.lines == {str(line.id): LineBack(1, 1450)}


def test_shopify_refund_tells_its_lines_with_the_tax_on_top_of_them():
    shop = shopify_desk.sender(prices_include_tax=False)
    order = shop.order(shopify_desk.ANNA, [BEANS, GRINDER])
    whole = shopify_desk.facts(shop.paid(order)).lines[0]
    refund = shopify_desk.refund(shop.refunded(order, {order.lines[0].id: 2}))
    assert refund.lines == {whole.id: LineBack(2, whole.goods)}
    assert refund.amounts.goods == whole.goods


def test_shopify_restock_without_money_gives_nothing_of_any_line_back():
    shop = shopify_desk.sender()
    order = shop.order(shopify_desk.ANNA, [BEANS, GRINDER])
    shop.paid(order)
    edited = shop.edited(order, remove={order.lines[1].id: 1})
    assert shopify_desk.refund(edited).lines == {}
    assert len(shopify_desk.facts(edited).lines) == 2


def test_shopify_pieces_removed_before_they_were_paid_are_in_no_line():
    shop = shopify_desk.sender()
    order = shop.order(shopify_desk.ANNA, [BEANS, GRINDER])
    shop.edited(order, remove={order.lines[0].id: 1, order.lines[1].id: 1})
    facts = shopify_desk.facts(shop.paid(order))
    assert [(line.sku, line.quantity, line.goods) for line in facts.lines] == [("KEN-250", 1, 1450)]
    assert facts.amounts.goods == 1450


# --- WooCommerce ------------------------------------------------------------------------------------------------------


def test_woocommerce_tells_each_line_with_its_sku_and_its_tax_and_where_it_was_made():
    shop = woocommerce_desk.sender()
    order = shop.order(woocommerce_desk.ANNA, [woocommerce_desk.BEANS, woocommerce_desk.GRINDER])
    facts = woocommerce_desk.facts(shop.paid(order))
    assert [(line.sku, line.quantity, line.goods) for line in facts.lines] == [
        ("KEN-250", 2, 2900),
        ("GRIND-1", 1, 8900),
    ]
    assert sum(line.tax for line in facts.lines) == facts.amounts.tax
    assert (facts.store, facts.channel) == ("shop.example", "checkout")
    assert facts.payment_method == order.payment_method


def test_woocommerce_line_tells_what_a_coupon_took_off_it():
    shop = woocommerce_desk.sender()
    facts = woocommerce_desk.facts(shop.paid(shop.order(woocommerce_desk.ANNA, [Item("Cup", 2000, discount=500)])))
    assert [(line.goods, line.discount) for line in facts.lines] == [(1500, 500)]


@pytest.mark.parametrize(("quantity", "pieces"), [(3, 3), (0.35, 1), (1.5, 1), (0, 1)])
def test_woocommerce_goods_that_are_weighed_are_one_piece(quantity, pieces):
    shop = woocommerce_desk.sender()
    signed = shop.paid(shop.order(woocommerce_desk.ANNA, [woocommerce_desk.GRINDER]))
    changed = woocommerce_desk.changed(signed, {"line_items.0.quantity": quantity, "line_items.0.sku": None})
    assert [(line.quantity, line.sku) for line in woocommerce_desk.facts(changed).lines] == [(pieces, "")]


# --- Stripe and YooKassa ----------------------------------------------------------------------------------------------

PLACES = {"store": "Arbat", "terminal": "T-7", "channel": "kiosk", "partner": "cinema"}


def test_stripe_tells_the_places_that_the_shops_server_wrote_and_how_it_was_paid():
    account = stripe_desk.sender()
    payment = account.payment(4520, "EUR", stripe_desk.ANNA, PLACES)
    charged = stripe_desk.changed(account.charged(payment), {"payment_method_details": {"type": "card_present"}})
    told = [stripe_desk.told(signed).payment for signed in (account.paid(payment), charged)]
    assert [facts.places for facts in told if facts] == [
        ("Arbat", "T-7", "kiosk", "", "cinema"),
        ("Arbat", "T-7", "kiosk", "card_present", "cinema"),
    ]
    assert not any(facts.lines for facts in told if facts)


def test_yookassa_tells_the_places_that_the_shops_server_wrote_and_how_it_was_paid():
    at = yookassa_desk.shop()
    payment = yookassa_desk.told(at.paid(145_000, PLACES), at).payment
    assert payment.places == ("Arbat", "T-7", "kiosk", "bank_card", "cinema")
    assert payment.lines == ()


def test_words_of_a_payment_are_cut_to_a_readable_length():
    at = yookassa_desk.shop()
    payment = yookassa_desk.told(at.paid(145_000, {"store": " " + "s" * 500}), at).payment
    assert payment.store == "s" * 100


# --- what one message says and another does not -----------------------------------------------------------------------


def version(changed_at: int, **places: str) -> OrderTold:
    facts = OrderFacts(changed_at, 1, "EUR", Amounts(goods=4520), is_paid=True, **places)
    return OrderTold(Reference("order/shop/1"), "d", order=facts)


VERSIONS = [
    version(1, payment_method="card", store="Arbat"),
    version(2, payment_method="card_present"),
    version(3),
    version(3, channel="web"),
    version(4),
]


@given(some.permutations(VERSIONS), some.lists(some.sampled_from(VERSIONS)))
def test_where_it_was_bought_is_as_it_was_last_said_whatever_arrives_first(arrival, again):
    document = OrderDocument(Reference("order/shop/1"))
    for told in (*arrival, *again):
        document = absorbed(document, told)
    expected = OrderFacts(4, 1, "EUR", Amounts(goods=4520), is_paid=True, channel="web", places_at=3)
    assert document.facts == expected


def test_a_message_told_again_changes_nothing():
    document = OrderDocument(Reference("order/shop/1"))
    for told in VERSIONS:
        document = absorbed(document, told)
    assert all(absorbed(document, told) == document for told in VERSIONS)


def test_of_two_versions_of_one_age_the_one_with_lines_counts():
    silent = version(1)
    assert silent.order is not None
    talks = msgspec.structs.replace(silent.order, lines=(LineFacts("1", goods=4520),))
    told = [silent, OrderTold(silent.reference, "d", order=talks)]
    for arrival in (told, told[::-1]):
        document = OrderDocument(Reference("order/shop/1"))
        for each in arrival:
            document = absorbed(document, each)
        assert document.facts == talks
        assert not document.contested
