"""A refund as facts: the money says how much went back, the lines say what for."""

from fractions import Fraction

import pytest
from shopify_desk import ANNA, BEANS, GRINDER, NOON, changed, events, refund, sender, told

from chalicelib.errors import Malformed
from chalicelib.events import Amounts, RefundFacts
from ops.laptop.shopify_books import Item, Order, ShownIn
from ops.laptop.shopify_sender import Sender, Signed

GIFT_CARD = Item("Gift card", 5000, is_gift_card=True)


def paid(shop: Sender, *items: Item, **settings) -> Order:
    order = shop.order(ANNA, items or (BEANS, GRINDER), **settings)
    shop.paid(order)
    return order


def without_sets(signed: Signed) -> Signed:
    """As API versions before 2019 told it: plain amounts only."""
    change = {"refund_line_items.0.subtotal_set": None, "refund_line_items.0.total_tax_set": None}
    return changed(signed, change | {"total_duties_set": None})


def test_refund_of_pieces_gives_their_price_and_tax_back():
    shop = sender()
    order = paid(shop)
    assert refund(shop.refunded(order, {order.lines[0].id: 1})).amounts == Amounts(goods=1450, tax=241)


def test_refund_is_known_by_its_own_id_and_names_its_order():
    shop = sender()
    order = paid(shop)
    event = told(shop.refunded(order, {order.lines[0].id: 1}))
    assert event.reference == f"order/shopify/{order.id}"
    assert list(event.refunds) == [str(order.refunds[0].id)]
    assert (event.name, event.order, event.customer.key) == ("", None, None)


def test_refunds_in_parts_add_up_to_the_whole():
    shop = sender()
    order = paid(shop, Item("Cups", 333, quantity=3, discount=100), shipping=490)
    parts = [refund(shop.refunded(order, {order.lines[0].id: 1})) for _ in range(3)]
    assert sum(part.amounts.goods for part in parts) == 899
    assert sum(part.amounts.tax for part in parts) == order.line_tax(order.lines[0])


def test_refund_tells_the_same_alone_and_inside_its_order():
    shop = sender(prices_include_tax=False)
    order = paid(shop, BEANS, GIFT_CARD, shipping=490)
    alone = refund(shop.refunded(order))
    (inside,) = told(shop.updated(order)).refunds.values()
    assert (alone.status, alone.amounts) == (inside.status, inside.amounts)


def test_refund_inside_an_order_has_the_orders_version_and_alone_its_own():
    shop = sender()
    order = paid(shop)
    alone = refund(shop.refunded(order, {order.lines[0].id: 1}))
    inside = told(shop.edited(order, add=[BEANS]))
    assert alone.changed_at == order.refunds[0].at
    assert inside.refunds[str(order.refunds[0].id)].changed_at == inside.order.changed_at


def test_version_of_a_refund_is_its_newest_instant():
    shop = sender()
    order = paid(shop)
    signed = shop.refunded(order, {order.lines[0].id: 1})
    later = changed(signed, {"transactions.0.processed_at": "2025-11-22T18:00:00+01:00"})
    assert refund(later).changed_at == NOON + 5 * 3_600_000


def test_shipping_that_went_back_is_not_goods():
    shop = sender()
    order = paid(shop, BEANS, shipping=490)
    assert refund(shop.refunded(order)).amounts == Amounts(goods=2900, tax=483, shipping=490)


def test_refund_of_nothing_but_shipping_takes_no_goods_back():
    shop = sender()
    order = paid(shop, BEANS, shipping=490)
    assert refund(shop.refunded(order, shipping=490)).amounts == Amounts(shipping=490)


def test_shipping_is_read_alike_from_adjustments_and_from_shipping_lines_and_counted_once():
    shop = sender(prices_include_tax=False, tax_percent=19)
    order = paid(shop, GRINDER, shipping=500)
    both = shop.refunded(order)
    only_lines = changed(both, {"order_adjustments": []})
    only_adjustments = changed(both, {}, remove=("refund_shipping_lines",))
    expected = Amounts(goods=8900 + 1691, tax=1691, shipping=500 + 95)
    assert [refund(one).amounts for one in (both, only_lines, only_adjustments)] == [expected] * 3


def test_shipping_beside_goodwill_is_told_with_its_tax_by_the_adjustment():
    shop = sender(prices_include_tax=False, tax_percent=19)
    order = paid(shop, GRINDER, shipping=500)
    assert refund(shop.refunded(order, shipping=500, amount=1595)).amounts == Amounts(goods=1000, shipping=595)


def test_shipping_refund_under_way_is_not_goods_though_its_money_counts_as_discrepancy():
    # The shape of a real refund of nothing but shipping whose transaction is pending, with other numbers.
    shop = sender()
    order = paid(shop, BEANS, shipping=490)
    signed = shop.refunded(order, shipping=490, status="pending")
    assert b'"kind":"refund_discrepancy"' in signed.body
    assert refund(signed) == RefundFacts(order.refunds[0].at, "pending", Amounts(shipping=490))


def test_gift_cards_that_went_back_are_not_goods():
    shop = sender()
    order = paid(shop, GIFT_CARD, BEANS)
    gift, beans = order.lines
    assert refund(shop.refunded(order, {gift.id: 1, beans.id: 1})).amounts == Amounts(
        goods=1450, tax=241, gift_cards=5000
    )


def test_goodwill_refund_without_lines_is_a_discount_on_goods():
    shop = sender()
    assert refund(shop.refunded(paid(shop), amount=500)).amounts == Amounts(goods=500)


def test_refund_of_less_than_the_pieces_cost_gives_back_the_money_and_its_share_of_tax():
    shop = sender()
    order = paid(shop)
    told_money = refund(shop.refunded(order, {order.lines[1].id: 1}, amount=4450))
    assert told_money.amounts == Amounts(goods=4450, tax=1483 * 4450 // 8900)


def test_refund_of_more_than_the_pieces_cost_gives_back_the_money():
    shop = sender()
    order = paid(shop)
    assert refund(shop.refunded(order, {order.lines[0].id: 1}, amount=2000)).amounts.goods == 2000


def test_restock_gives_nothing_back():
    shop = sender()
    order = paid(shop)
    signed = shop.refunded(order, {order.lines[1].id: 1}, amount=0)
    assert refund(signed) == RefundFacts(order.refunds[0].at, "succeeded", Amounts())


def test_voided_authorisation_gives_nothing_back():
    shop = sender()
    order = paid(shop)
    signed = changed(shop.refunded(order, {order.lines[0].id: 1}), {"transactions.0.kind": "void"})
    assert (refund(signed).status, refund(signed).amounts) == ("succeeded", Amounts())


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("success", "succeeded"),
        ("pending", "pending"),
        ("awaiting_response", "pending"),
        ("unknown", "pending"),
        ("failure", "failed"),
        ("error", "failed"),
    ],
)
def test_status_of_a_refund_is_that_of_its_money(status, expected):
    shop = sender()
    order = paid(shop)
    told_money = refund(shop.refunded(order, {order.lines[0].id: 1}, status=status))
    assert (told_money.status, told_money.amounts.goods) == (expected, 1450)


def test_pending_refund_can_fail_later():
    shop = sender()
    order = paid(shop)
    pending = refund(shop.refunded(order, {order.lines[0].id: 1}, status="pending"))
    failed = refund(shop.refund_settled(order, order.refunds[0], "failure"))
    assert (pending.status, failed.status) == ("pending", "failed")
    assert pending.changed_at < failed.changed_at


def test_of_a_refund_to_two_cards_only_the_money_that_arrived_counts():
    shop = sender()
    order = paid(shop)
    signed = shop.refunded(order, {order.lines[1].id: 1})
    moved = {"kind": "refund", "created_at": "2025-11-22T13:00:00+01:00", "currency": "EUR"}
    shares = [moved | {"status": "success", "amount": "50.00"}, moved | {"status": "pending", "amount": "39.00"}]
    halfway = refund(changed(signed, {"transactions": shares}))
    assert (halfway.status, halfway.amounts.goods) == ("succeeded", 5000)


def test_tried_again_after_a_failure_the_refund_counts_once():
    shop = sender()
    order = paid(shop)
    signed = shop.refunded(order, {order.lines[1].id: 1})
    moved = {"kind": "refund", "created_at": "2025-11-22T13:00:00+01:00", "currency": "EUR", "amount": "89.00"}
    tries = [moved | {"status": "failure"}, moved | {"status": "success"}]
    again = refund(changed(signed, {"transactions": tries}))
    assert (again.status, again.amounts.goods) == ("succeeded", 8900)


def test_money_in_the_customers_currency_is_counted_in_the_shops():
    shop = sender()
    order = paid(shop, shown_in=ShownIn("USD", Fraction("1.0837")))
    signed = shop.refunded(order, {order.lines[1].id: 1})
    assert b'"amount":"96.45","currency":"USD"' in signed.body
    assert refund(signed).amounts == Amounts(goods=8900, tax=1483)


def test_goodwill_in_the_customers_currency_is_counted_in_the_shops():
    shop = sender()
    order = paid(shop, shown_in=ShownIn("JPY", Fraction("180.5")))
    assert refund(shop.refunded(order, amount=1000)).amounts == Amounts(goods=1000)


def test_amounts_told_only_as_json_numbers_are_exact():
    shop = sender()
    order = paid(shop, Item("Odd price", 1329))
    signed = without_sets(shop.refunded(order))
    assert b'"subtotal": 13.29' in signed.body
    assert refund(signed).amounts == Amounts(goods=1329, tax=222)


def test_example_of_the_reference_is_understood():
    # shopify.dev, REST Admin API, "Refund": ids and amounts of its example, whole lines left out.
    shop = sender()
    body = {
        "id": 92738740, "order_id": 450789469, "created_at": "2008-01-10T11:00:00-05:00",
        "processed_at": "2007-01-10T11:00:00-05:00", "note": "Item was damaged during shipping", "restock": True,
        "order_adjustments": [],
        "refund_line_items": [
            {
                "id": 209341123, "line_item": {}, "line_item_id": 128323456, "quantity": 2, "subtotal": 10.99,
                "total_tax": 2.67, "restock_type": "return",
                "subtotal_set": {"shop_money": {"amount": 10.99, "currency_code": "CAD"}},
                "total_tax_set": {"shop_money": {"amount": 1.67, "currency_code": "CAD"}},
            }
        ],
        "refund_shipping_lines": [
            {"id": 712736824, "subtotal_amount_set": {"shop_money": {"amount": 5, "currency_code": "CAD"}}}
        ],
        "transactions": [
            {
                "id": 179259969, "order_id": 450789469, "amount": "15.99", "kind": "refund", "status": "success",
                "created_at": "2005-08-05T12:59:12-04:00", "currency": "CAD", "test": False,
            }
        ],
    }  # fmt: skip
    event = told(shop.sign("refunds/create", body))
    assert event.reference == "order/shopify/450789469"
    assert event.refunds["92738740"].amounts == Amounts(goods=1099, tax=167, shipping=500)


def test_refund_of_a_test_order_is_marked():
    shop = sender()
    assert told(shop.refunded(paid(shop, BEANS, is_test=True))).is_test


@pytest.mark.parametrize("missing", ["id", "order_id", "created_at", "transactions", "refund_line_items"])
def test_refund_without_what_every_refund_has_is_malformed(missing):
    shop = sender()
    with pytest.raises(Malformed, match="not_what_the_topic_promises"):
        events(changed(shop.refunded(paid(shop)), {}, remove=(missing,)))


def test_refund_whose_currency_cannot_be_known_is_malformed():
    shop = sender()
    signed = without_sets(shop.refunded(paid(shop, BEANS)))
    with pytest.raises(Malformed, match="refund_without_currency"):
        events(changed(signed, {"transactions": []}))


def test_refund_in_another_currency_without_a_rate_is_malformed():
    shop = sender()
    order = paid(shop, BEANS)
    shop.refunded(order)
    path = "refunds.0"
    change = {f"{path}.transactions.0.currency": "USD", f"{path}.total_duties_set": None}
    change |= {f"{path}.refund_line_items.0.{name}": None for name in ("subtotal_set", "total_tax_set")}
    with pytest.raises(Malformed, match="refund_without_rate"):
        events(changed(shop.updated(order), change))


def test_refund_in_several_currencies_is_malformed():
    shop = sender()
    order = paid(shop, BEANS)
    signed = shop.refunded(order)
    moved = {"kind": "refund", "status": "success", "created_at": "2025-11-22T13:00:00+01:00", "amount": "1.00"}
    both = [moved | {"currency": currency} for currency in ("EUR", "USD")]
    with pytest.raises(Malformed, match="refund_in_several_currencies"):
        events(changed(signed, {"transactions": both}))


def test_refund_that_calls_two_currencies_the_shops_is_malformed():
    shop = sender()
    signed = shop.refunded(paid(shop, BEANS))
    with pytest.raises(Malformed, match="shop_has_two_currencies"):
        events(changed(signed, {"refund_line_items.0.subtotal_set.shop_money.currency_code": "USD"}))
