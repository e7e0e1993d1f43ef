"""A refund as facts: what went back, split into goods, gift cards and shipping.

The money says how much went back, the lines say what for. A refund without money (a restock, or pieces removed from
an order by an edit) gives nothing back. Everything is counted in the shop's currency. The same refund makes the same
facts whether it is told alone or inside its order: nothing here depends on the order.

How Shopify keeps the books of a refund (shopify.dev, REST Admin API, "Refund"):
    refund_line_items[].subtotal       the pieces, after discounts; with their tax if the shop's prices include it
    refund_line_items[].total_tax      the tax of these pieces, inside the subtotal or on top of it
    refund_shipping_lines              shipping; before 2024-10 an adjustment "shipping_refund", negative; some
                                       versions send both
    other order_adjustments            calculated less actual refund: positive when less money went back than the
                                       pieces cost, negative when more did (a goodwill refund has no lines at all)
    transactions                       the money, in the currency the customer paid in
"""

from fractions import Fraction

import msgspec

from chalicelib.connectors.shopify.lines import lines_back
from chalicelib.connectors.shopify.messages import PriceSet, Refund, Transaction, instant, minor
from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Instant, OrderTold, Reference, RefundFacts, RefundStatus
from chalicelib.money import Rounding, share

_FAILED = frozenset({"failure", "error"})


class Books(msgspec.Struct, frozen=True):
    """A refund in the shop's minor units; the names are explained above. `tax` is that of the goods."""

    goods: int
    gift_cards: int
    tax: int
    shipping: int
    discrepancy: int

    @property
    def pieces(self) -> int:
        return self.goods + self.gift_cards


def refund_told(refund: Refund, delivery: str) -> OrderTold:
    """A refund told by itself. It may come before its order, and says neither the order's name nor its customer."""
    money = _money(refund)
    told = [refund.created_at, refund.processed_at]
    told += [moment for moved in money for moment in (moved.created_at, moved.processed_at)]
    changed_at = max(instant(moment) for moment in told if moment is not None)
    return OrderTold(
        reference=Reference(f"order/shopify/{refund.order_id}"),
        delivery=delivery,
        refunds={str(refund.id): refund_facts(refund, _shop_currency(refund), changed_at)},
        is_test=any(moved.test for moved in money),
    )


def refund_facts(refund: Refund, currency: str, changed_at: Instant) -> RefundFacts:
    """Pending while no part of the money has arrived, failed when no part can any more."""
    money = _money(refund)
    status: RefundStatus = "succeeded"
    counted = [moved for moved in money if moved.status == "success"]
    if money and not counted:
        counted = [moved for moved in money if moved.status not in _FAILED]
        status = "pending" if counted else "failed"
    amount = _in_shop_currency(counted or money, refund, currency)
    told = books(refund, currency)
    back = lines_back(refund, currency, tax_is_on_top=_tax_is_on_top(amount, told)) if amount else {}
    return RefundFacts(changed_at, status, _split(amount, told), back)


def books(refund: Refund, currency: str) -> Books:
    goods = gift_cards = tax = 0
    for line in refund.refund_line_items:
        subtotal = _shop(line.subtotal_set, currency, minor(line.subtotal, currency))
        if line.line_item.gift_card:
            gift_cards += subtotal
        else:
            goods += subtotal
            tax += _shop(line.total_tax_set, currency, minor(line.total_tax, currency))
    shipping, discrepancy = 0, 0
    for entry in refund.order_adjustments:
        amount = _shop(entry.amount_set, currency, minor(entry.amount, currency))
        amount += _shop(entry.tax_amount_set, currency, minor(entry.tax_amount, currency))
        if entry.kind == "shipping_refund":
            shipping -= amount
        else:
            discrepancy += amount
    if shipping == 0:
        shipping = sum(_shop(line.subtotal_amount_set, currency, 0) for line in refund.refund_shipping_lines)
    return Books(goods, gift_cards, tax, shipping, discrepancy)


def gone_back(refund: Refund, currency: str) -> int:
    """The money that has gone back for certain."""
    return _in_shop_currency([moved for moved in _money(refund) if moved.status == "success"], refund, currency)


def not_arrived(refund: Refund, currency: str) -> int:
    """The money that was sent and has not arrived, or never will."""
    return _in_shop_currency([moved for moved in _money(refund) if moved.status != "success"], refund, currency)


def _split(money: int, told: Books) -> Amounts:
    """`money` by what it was for. What no line explains is goods: a discount given afterwards."""
    pieces = told.pieces
    if _tax_is_on_top(money, told):
        pieces += told.tax
    shipping = min(told.shipping, money)
    if told.shipping and not told.discrepancy:  # what the pieces do not explain is shipping and its tax
        shipping = max(0, money - pieces)
    gift_cards = min(told.gift_cards, money - shipping)
    goods = money - shipping - gift_cards
    return Amounts(
        goods=goods,
        tax=share(told.tax, goods, pieces - told.gift_cards),
        shipping=shipping,
        gift_cards=gift_cards,
    )


def _tax_is_on_top(money: int, told: Books) -> bool:
    """More money went back than the subtotals say: their tax is not inside them."""
    return money >= told.pieces + told.tax + told.shipping


def _money(refund: Refund) -> list[Transaction]:
    return [moved for moved in refund.transactions if moved.kind == "refund"]


def _shop_currency(refund: Refund) -> str:
    """Any amount that is told in both currencies names the shop's; without one the refund is in the shop's own."""
    for both in (refund.total_duties_set, *_prices(refund), *_adjustments(refund)):
        if both is not None:
            return both.shop_money.currency_code
    for moved in refund.transactions:
        if moved.currency is not None:
            return moved.currency
    raise Malformed("refund_without_currency")


def _prices(refund: Refund) -> list[PriceSet | None]:
    lines = [line.subtotal_set for line in refund.refund_line_items]
    return lines + [line.subtotal_amount_set for line in refund.refund_shipping_lines]


def _adjustments(refund: Refund) -> list[PriceSet | None]:
    return [entry.amount_set for entry in refund.order_adjustments]


def _shop(both: PriceSet | None, currency: str, plain: int) -> int:
    if both is None:
        return plain
    if both.shop_money.currency_code != currency:
        raise Malformed("shop_has_two_currencies", currency=currency)
    return minor(both.shop_money.amount, currency)


def _in_shop_currency(moved: list[Transaction], refund: Refund, currency: str) -> int:
    """The sum of transactions, at the rate of the refund's own amounts when the customer paid in another currency."""
    paid_in = {one.currency or currency for one in moved}
    if paid_in <= {currency}:
        return sum(minor(one.amount, currency) for one in moved)
    if len(paid_in) > 1:
        raise Malformed("refund_in_several_currencies")
    other = paid_in.pop()
    amount = sum(minor(one.amount, other) for one in moved)
    return Rounding.HALF_UP.whole(amount * _rate(refund, currency, other)) if amount else 0


def _rate(refund: Refund, currency: str, other: str) -> Fraction:
    """Minor units of `currency` for one of `other`, as told by the prices of the refund, else by its adjustments."""
    for told in (_prices(refund), _adjustments(refund)):
        here, there = 0, 0
        for both in told:
            if both is not None and both.presentment_money and both.presentment_money.currency_code == other:
                here += abs(minor(both.shop_money.amount, currency))
                there += abs(minor(both.presentment_money.amount, other))
        if there:
            return Fraction(here, there)
    raise Malformed("refund_without_rate", currency=other)
