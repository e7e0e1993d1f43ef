"""An order as facts: what was paid, and what of it has gone back by now.

WooCommerce tells the state of now, as it is when the delivery is sent:
    line_items[].total      the pieces after discounts, never with their tax, however the shop writes its prices
    fee_lines               what is paid beside the goods; a negative one is a discount by another name
    total                   all that the customer pays, rounded once; lines are rounded each on its own
    status                  "processing" and "completed" are paid, "refunded" was; "failed" and "on-hold" are not paid,
                            even if the order was before: the money did not arrive after all, or somebody disputes it
    date_completed_gmt      when the shop was done with the order, which is as near to its arrival as it knows
    refunds                 those that exist; one that was deleted is no longer listed

What went back is told as a sum, not refund by refund: nobody tells that a refund was deleted, it is only missing from
the next version of the order. The sum of each version, nothing included, replaces that of every earlier one.
"""

import re

from chalicelib.connectors.woocommerce.messages import Line, Order, host_of, instant, minor
from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Customer, Instant, LineFacts, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.orders import CUMULATIVE
from chalicelib.money import exponent, share

_PAID = frozenset({"processing", "completed", "refunded"})
_CANCELLED = frozenset({"cancelled", "trash"})
_DONE = frozenset({"completed", "refunded"})

_LONGEST = 200
_MOST_PIECES = 1_000_000
_STRIPE_ID = re.compile(r"(?:pi|ch|py)_[A-Za-z0-9_]{1,200}")
_YOOKASSA_ID = re.compile(r"[0-9a-z-]{36}")


def order_told(order: Order, delivery: str, *, source: str) -> OrderTold:
    """`source`: the shop's address as the delivery's headers say it; the one inside the signed body comes first."""
    host = host_of(order.links.own[0].href if order.links.own else source)
    whole = _whole(order)
    paid_at = order.date_paid_gmt
    return OrderTold(
        reference=Reference(f"order/woocommerce/{host}/{order.id}"),
        delivery=delivery,
        name=f"#{order.number[:64]}",
        order=OrderFacts(
            changed_at=instant(order.date_modified_gmt),
            occurred_at=instant(paid_at or order.date_created_gmt),
            currency=order.currency,
            amounts=whole if paid_at is not None else Amounts(),
            is_paid=paid_at is not None and order.status in _PAID,
            is_cancelled=order.status in _CANCELLED,
            delivered_at=_done_at(order),
            lines=tuple(_line(line, order.currency) for line in order.line_items),
            store=host,
            channel=order.created_via[:_LONGEST],
            payment_method=order.payment_method[:_LONGEST],
        ),
        refunds={CUMULATIVE: RefundFacts(_version(order), "succeeded", _gone_back(order, whole))},
        customer=Customer(
            key=f"woocommerce/{host}/{order.customer_id}" if order.customer_id > 0 else None,
            email=order.billing.email or None,
            phone=order.billing.phone or None,
        ),
        payments=_payments(order),
    )


def _line(line: Line, currency: str) -> LineFacts:
    """A line with its tax. What it is beside its SKU, and whether it was on sale, an order does not say."""
    goods = max(0, minor((line.total, line.total_tax), currency))
    before = minor((line.subtotal, line.subtotal_tax), currency)
    is_counted = line.quantity == line.quantity.to_integral_value() and 1 <= line.quantity <= _MOST_PIECES
    return LineFacts(
        id=str(line.id),
        sku=(line.sku or "")[:_LONGEST],
        quantity=int(line.quantity) if is_counted else 1,
        goods=goods,
        tax=min(goods, max(0, minor((line.total_tax,), currency))),
        discount=max(0, before - goods),
    )


def _done_at(order: Order) -> Instant | None:
    if order.status not in _DONE or order.date_completed_gmt is None:
        return None
    return instant(order.date_completed_gmt)


def _whole(order: Order) -> Amounts:
    """The whole order before anything went back. Fees that are paid beside the goods are in no part."""
    currency = order.currency
    discounts = [fee for fee in order.fee_lines if fee.total.startswith("-")]
    pieces = [*order.line_items, *discounts]
    off = minor((text for fee in discounts for text in (fee.total, fee.total_tax)), currency)
    fees = minor((text for fee in order.fee_lines for text in (fee.total, fee.total_tax)), currency)
    shipping = minor((order.shipping_total, order.shipping_tax), currency)
    goods = minor((text for piece in pieces for text in (piece.total, piece.total_tax)), currency)
    by_total = minor((order.total,), currency) - shipping - (fees - off)
    # Each line may be off by a rounding of its price and of its tax; the total says what was paid. Where they differ
    # by more, something else was paid with (a gift card, a wallet), and the lines say what was bought.
    if abs(by_total - goods) <= (len(pieces) + 1) * _smallest(order):
        goods = by_total
    goods = max(0, goods)
    return Amounts(
        goods=goods,
        tax=min(goods, max(0, minor((piece.total_tax for piece in pieces), currency))),
        discount=max(0, minor((order.discount_total, order.discount_tax), currency) - off),
        shipping=max(0, shipping),
        shipping_tax=max(0, minor((order.shipping_tax,), currency)),
    )


def _smallest(order: Order) -> int:
    """The smallest amount the shop writes, in minor units: a shop may keep fewer digits than its currency has."""
    digits = len(order.total.partition(".")[2])
    return int(10 ** max(0, exponent(order.currency) - digits))


def _gone_back(order: Order, whole: Amounts) -> Amounts:
    """Of the goods first, then of the shipping: the order does not say what a refund was for."""
    money = -minor((refund.total for refund in order.refunds), order.currency)
    if money < 0:
        raise Malformed("refund_that_takes_money")
    if order.status == "refunded":
        return whole
    if money == 0:
        return Amounts()
    goods = min(money, whole.goods)
    shipping = min(money - goods, whole.shipping)
    return Amounts(
        goods=goods,
        tax=share(whole.tax, goods, whole.goods),
        discount=share(whole.discount, goods, whole.goods),
        shipping=shipping,
        shipping_tax=share(whole.shipping_tax, shipping, whole.shipping),
    )


def _version(order: Order) -> Instant:
    """When what went back was so.

    A refund that is made moves the order's time, one that is deleted does not. So of two versions with one time, that
    with fewer refunds is the later one: they are a millisecond apart, and times are told in whole seconds.
    """
    return instant(order.date_modified_gmt) - min(len(order.refunds), 999)


def _payments(order: Order) -> tuple[str, ...]:
    """The name under which the payment's provider knows it, for gateways whose provider tells us, too."""
    method, payment = order.payment_method, order.transaction_id
    if method.startswith("stripe") and _STRIPE_ID.fullmatch(payment):
        return (f"stripe/{payment}",)
    if method.startswith(("yookassa", "yoo_")) and _YOOKASSA_ID.fullmatch(payment):
        return (f"yookassa/{payment}",)
    return ()
