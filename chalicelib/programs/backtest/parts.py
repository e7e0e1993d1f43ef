"""What an order's money consists of when some of it goes back."""

from collections.abc import Iterable

from chalicelib.events import Amounts, RefundFacts
from chalicelib.money import share


def money(amounts: Amounts) -> int:
    """All that was paid or went back, in minor units."""
    return amounts.goods + amounts.shipping + amounts.gift_cards


def sum_of(refunds: Iterable[RefundFacts]) -> Amounts:
    """What refunds come to."""
    total = Amounts()
    for refund in refunds:
        total = total.plus(refund.amounts)
    return total


def part_of(whole: Amounts, gone: Amounts, most: int) -> Amounts:
    """What `most` minor units give back: goods first, then gift cards, then shipping; paid points in proportion."""
    left = whole.less(gone)
    goods = min(most, left.goods)
    cards = min(most - goods, left.gift_cards)
    shipping = min(most - goods - cards, left.shipping)
    paid = share(whole.points_paid, gone.goods + goods, whole.goods) - gone.points_paid if whole.goods else 0
    return Amounts(goods=goods, gift_cards=cards, shipping=shipping, points_paid=paid)
