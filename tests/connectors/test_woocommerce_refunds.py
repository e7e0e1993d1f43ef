"""What has gone back: a sum in each version of an order, and the versions fold to one end in any order of arrival."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from woocommerce_desk import ANNA, BEANS, GRINDER, changed, facts, gone_back, sender, told

from chalicelib.connectors.woocommerce.messages import minor
from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Reference
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.orders import absorbed, returned
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Signed
from ops.laptop.woocommerce_books import Order
from ops.laptop.woocommerce_sender import Sender


def paid(shop: Sender, *items: Item, **settings) -> Order:
    order = shop.order(ANNA, items or (BEANS, GRINDER), **settings)
    shop.paid(order)
    return order


def folded(deliveries: list[Signed]) -> OrderDocument:
    document = OrderDocument(Reference("order/woocommerce/shop.example/1"))
    for one in deliveries:
        document = absorbed(document, told(one))
    return document


def test_order_without_refunds_says_that_nothing_went_back():
    shop = sender()
    order = paid(shop)
    refunds = told(shop.updated(order)).refunds
    assert {key: (refund.status, refund.amounts) for key, refund in refunds.items()} == {
        "cumulative": ("succeeded", Amounts())
    }


def test_refund_is_of_the_goods_first_with_their_share_of_the_tax():
    shop = sender()
    order = paid(shop, shipping=490)
    assert gone_back(shop.refunded(order, 1450)) == Amounts(goods=1450, tax=1966 * 1450 // 11800)


def test_refund_beyond_the_goods_is_of_the_shipping():
    shop = sender()
    order = paid(shop, shipping=490)
    assert gone_back(shop.refunded(order, 12_000)) == Amounts(goods=11800, tax=1966, shipping=200, shipping_tax=33)


def test_several_refunds_are_one_sum():
    shop = sender()
    order = paid(shop)
    shop.refunded(order, 1000)
    assert gone_back(shop.refunded(order, 500)).goods == 1500


def test_whole_refund_gives_everything_back():
    shop = sender()
    order = paid(shop, Item("Cups", 3000, discount=500), shipping=490, fee=100)
    signed = shop.refunded(order)
    assert json.loads(signed.body)["status"] == "refunded"
    assert gone_back(signed) == facts(signed).amounts
    assert facts(signed).is_paid


def test_status_refunded_without_refunds_gives_everything_back():
    shop = sender()
    order = paid(shop, shipping=490)
    assert gone_back(shop.changed(order, "refunded")) == Amounts(goods=11800, tax=1966, shipping=490, shipping_tax=82)


def test_money_for_fees_takes_nothing_of_the_order():
    shop = sender()
    order = paid(shop, BEANS, fee=1000)
    assert gone_back(shop.refunded(order, 3500)).goods == 2900


def test_goods_that_went_back_take_their_discount_with_them():
    shop = sender()
    order = paid(shop, Item("Cups", 4000, discount=1000))
    assert gone_back(shop.refunded(order, 1500)) == Amounts(goods=1500, tax=250, discount=500)


def test_refund_that_would_take_money_from_the_customer_is_malformed():
    shop = sender()
    order = paid(shop)
    signed = changed(shop.refunded(order, 100), {"refunds.0.total": "1.00"})
    with pytest.raises(Malformed, match="refund_that_takes_money"):
        told(signed)


def test_deleted_refund_is_undone_in_any_order_of_arrival():
    shop = sender()
    order = paid(shop)
    steps = [shop.updated(order), shop.refunded(order, 1000)]
    gone, kept = order.refunds[0], shop.refunded(order, 700)
    steps += [kept, shop.refund_deleted(order, gone)]
    assert facts(steps[-1]).changed_at == facts(steps[-2]).changed_at  # the shop does not move the time
    for arrival in itertools.permutations(steps):
        assert returned(folded(list(arrival))).goods == 700


def test_last_refund_that_is_deleted_leaves_nothing_gone_back():
    shop = sender()
    order = paid(shop)
    back = shop.refunded(order, 1000)
    again = shop.refund_deleted(order, order.refunds[0])
    for arrival in itertools.permutations([back, again, back]):
        assert returned(folded(list(arrival))) == Amounts()


def test_refund_made_after_one_was_deleted_counts():
    shop = sender()
    order = paid(shop)
    steps = [shop.refunded(order, 1000), shop.refund_deleted(order, order.refunds[0]), shop.refunded(order, 300)]
    for arrival in itertools.permutations(steps):
        assert returned(folded(list(arrival))).goods == 300


STEPS = some.lists(
    some.sampled_from(["part", "part", "rest", "delete", "complete", "cancel", "fail", "pay", "edit"]), max_size=8
)


def step(shop: Sender, order: Order, what: str, data: some.DataObject) -> Signed:
    """Something happens to the order, as far as it can."""
    signed = shop.updated(order)
    match what:
        case "part" if order.left > 0:
            signed = shop.refunded(order, data.draw(some.integers(1, order.left)))
        case "rest" if order.left > 0:
            signed = shop.refunded(order)
        case "delete" if order.refunds:
            signed = shop.refund_deleted(order, data.draw(some.sampled_from(order.refunds)))
        case "complete":
            signed = shop.completed(order)
        case "cancel":
            signed = shop.cancelled(order)
        case "fail":
            signed = shop.changed(order, "failed")
        case "pay":
            signed = shop.paid(order)
        case "edit" if not order.refunds:
            signed = shop.edited(order, data.draw(some.sampled_from([[BEANS], [GRINDER], [BEANS, GRINDER]])))
    return signed


@settings(max_examples=300, deadline=None)
@given(some.booleans(), STEPS, some.data())
def test_any_arrival_of_any_history_ends_as_the_shop_stands(prices_include_tax, steps, data):
    shop = sender(prices_include_tax=prices_include_tax)
    order = shop.order(ANNA, [BEANS, GRINDER], shipping=490)
    history = [shop.created(order), shop.paid(order)] + [step(shop, order, what, data) for what in steps]
    final = told(history[-1])
    arrival = data.draw(some.permutations(history + data.draw(some.lists(some.sampled_from(history), max_size=3))))
    document = folded(arrival)
    assert document.facts == final.order
    assert returned(document) == final.refunds["cumulative"].amounts
    assert document.facts.amounts.goods == order.goods
    if order.status != "refunded":
        back = returned(document)
        assert back.goods + back.shipping == sum(refund.amount for refund in order.refunds)


def test_shops_that_keep_more_digits_add_up_before_they_round():
    assert minor(["0.004", "0.004"], "EUR") == 1
    assert minor(["-0.5", "0.25"], "JPY") == 0
    assert minor([], "EUR") == minor([""], "EUR") == 0
