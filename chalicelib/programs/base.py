"""Which part of an order earns."""

from fractions import Fraction

from chalicelib.events import Amounts
from chalicelib.programs.definition import Base


def earning_amount(base: Base, whole: Amounts, returned: Amounts) -> Fraction:
    """The part of the order that earns after `returned` went back: minor units, an exact fraction, never negative.

    The shares of tax and discount are the whole order's, before and after a refund: senders rarely split those.
    """
    if base.paid_with_points == "no points at all" and whole.points_paid > 0:
        return Fraction(0)
    left = whole.less(returned)
    goods = Fraction(left.goods)
    if base.discounts == "ignored":
        goods += whole.discount * Fraction(left.goods, whole.goods) if whole.goods else left.discount
    if base.paid_with_points != "included":
        goods = max(Fraction(0), goods - left.points_paid)
    amount = goods * _net_share(base, whole.goods, whole.tax)
    if base.shipping == "included":
        amount += left.shipping * _net_share(base, whole.shipping, whole.shipping_tax)
    if base.gift_cards == "included":
        amount += left.gift_cards
    return amount


def _net_share(base: Base, gross: int, tax: int) -> Fraction:
    """The part of `gross` that counts: all of it, or what is left of it without its tax."""
    if base.tax == "included" or gross <= 0:
        return Fraction(1)
    return Fraction(max(0, gross - tax), gross)
