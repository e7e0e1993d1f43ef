"""Any history of an order: what the facts say was paid and went back is the money that the shop counted."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as some
from shopify_desk import ANNA, sender, told

from chalicelib.events import Amounts
from ops.laptop.shopify_books import Item, Order, ShownIn
from ops.laptop.shopify_sender import Sender

ITEMS = some.builds(
    lambda price, quantity, off, gift: Item("Thing", price, quantity, price * off // 100, is_gift_card=gift),
    price=some.integers(1, 50_000),
    quantity=some.integers(1, 4),
    off=some.integers(0, 90),
    gift=some.booleans(),
)
SHOPS = some.fixed_dictionaries(
    {
        "prices_include_tax": some.booleans(),
        "tax_percent": some.sampled_from([0, 5, 19, 20]),
        "currency": some.just("EUR"),
    }
)


def money(amounts: Amounts) -> int:
    return amounts.goods + amounts.shipping + amounts.gift_cards


def some_pieces(order: Order, data: some.DataObject) -> dict[int, int]:
    left = {line.id: data.draw(some.integers(0, line.quantity)) for line in order.lines}
    return {line: count for line, count in left.items() if count}


def step(shop: Sender, order: Order, data: some.DataObject) -> None:
    """Something happens to the order, as far as it can."""
    match data.draw(some.sampled_from(["pay", "part", "back", "goodwill", "restock", "remove", "add", "ship"])):
        case "pay":
            shop.paid(order, max(0, order.outstanding))
        case "part":
            shop.paid(order, data.draw(some.integers(0, max(0, order.outstanding))))
        case "back" if order.kept:
            shipping = data.draw(some.sampled_from([0, order.shipping_left]))
            shop.refunded(order, some_pieces(order, data), shipping=shipping)
        case "goodwill" if order.kept:
            shop.refunded(order, amount=data.draw(some.integers(1, order.kept)))
        case "restock":
            shop.refunded(order, some_pieces(order, data), amount=0)
        case "remove":
            shop.edited(order, remove=some_pieces(order, data))
        case "add":
            shop.edited(order, add=[data.draw(ITEMS)])
        case "ship":
            shop.fulfilled(order, is_delivered=data.draw(some.booleans()))


@settings(max_examples=300, deadline=None)
@given(SHOPS, some.lists(ITEMS, min_size=1, max_size=3), some.sampled_from([0, 490]), some.data())
def test_paid_and_returned_amounts_are_the_money_that_moved(settings_of_shop, items, shipping, data):
    shop = sender(**settings_of_shop)
    order = shop.order(ANNA, items, shipping=shipping)
    for _ in range(data.draw(some.integers(1, 6))):
        step(shop, order, data)
        now = told(shop.updated(order))
        assert money(now.order.amounts) == order.paid
        assert sum(money(refund.amounts) for refund in now.refunds.values()) == order.paid - order.kept


@settings(max_examples=100, deadline=None)
@given(
    some.lists(some.builds(Item, some.just("Thing"), some.integers(500, 50_000)), min_size=1, max_size=3),
    some.fractions(Fraction(1, 4), Fraction(200), max_denominator=97),
)
def test_whole_refund_in_another_currency_gives_everything_back_but_for_rounding(items, rate):
    shop = sender()
    order = shop.order(ANNA, items, shown_in=ShownIn("USD", rate))
    before = money(told(shop.paid(order)).order.amounts)
    (back,) = told(shop.refunded(order)).refunds.values()
    roundings = len(items) + 1  # of each line's price and of the money, half a cent of the customer's each
    assert abs(before - money(back.amounts)) <= Fraction(roundings, 2) / rate + 1
