"""An order as facts: what was ever ordered and paid, before anything went back.

Shopify tells the state of now (shopify.dev, REST Admin API, "Order"):
    current_subtotal_price    the pieces after discounts, less those that were returned or removed
    refunds                   what was returned or removed; an edit that removes pieces is a refund without money
    line_items[].quantity     what was ever ordered; gift cards are lines like others
    taxes_included            whether prices, subtotals and shipping contain their tax
    total_outstanding         what the customer still owes; negative when the shop owes the customer
Before refunds, then, the pieces cost current_subtotal_price + what the refunds took out of it.
"""

from collections.abc import Iterable

from chalicelib.connectors.shopify.lines import discount, lines, lines_back
from chalicelib.connectors.shopify.messages import Order, Refund, instant, minor
from chalicelib.connectors.shopify.refunds import books, gone_back, not_arrived, refund_facts
from chalicelib.events import Amounts, Customer, Instant, LineBack, OrderFacts, OrderTold, Reference
from chalicelib.money import share

_LONGEST = 200
_PAID = frozenset({"paid", "partially_paid", "partially_refunded", "refunded"})
"""`financial_status` once money has arrived. "authorized" is a promise, "voided" a broken one."""


def order_told(order: Order, delivery: str) -> OrderTold:
    changed_at = instant(order.updated_at)
    return OrderTold(
        reference=Reference(f"order/shopify/{order.id}"),
        delivery=delivery,
        name=order.name,
        order=OrderFacts(
            changed_at=changed_at,
            occurred_at=instant(order.processed_at or order.created_at),
            currency=order.currency,
            amounts=_paid_amounts(order),
            is_paid=order.financial_status in _PAID,
            is_cancelled=order.cancelled_at is not None,
            delivered_at=_delivered_at(order),
            lines=lines(order, _removed_unpaid(order)),
            store="" if order.location_id is None else str(order.location_id),
            terminal="" if order.device_id is None else str(order.device_id),
            channel=(order.source_name or "")[:_LONGEST],
            payment_method=_gateway(order),
        ),
        refunds={str(refund.id): refund_facts(refund, order.currency, changed_at) for refund in order.refunds},
        customer=_customer(order),
        is_test=order.test,
    )


def _paid_amounts(order: Order) -> Amounts:
    """What was paid of everything ever ordered. What was not paid is taken from the goods first."""
    whole = _ever_ordered(order)
    unpaid = max(0, _never_paid(order))
    goods = max(0, whole.goods - unpaid)
    unpaid -= whole.goods - goods
    shipping = max(0, whole.shipping - unpaid)
    unpaid -= whole.shipping - shipping
    return Amounts(
        goods=goods,
        tax=share(whole.tax, goods, whole.goods),
        discount=share(whole.discount, goods, whole.goods),
        shipping=shipping,
        shipping_tax=share(whole.shipping_tax, shipping, whole.shipping),
        gift_cards=max(0, whole.gift_cards - unpaid),
    )


def _ever_ordered(order: Order) -> Amounts:
    currency = order.currency
    goods_lines = [line for line in order.line_items if not line.gift_card]
    gift_lines = [line for line in order.line_items if line.gift_card]
    pieces = minor(order.subtotal_price, currency)
    if order.current_subtotal_price is not None:
        pieces = minor(order.current_subtotal_price, currency)
        pieces += sum(books(refund, currency).pieces for refund in order.refunds)
    gift_cards = sum(minor(line.price, currency) * line.quantity - discount(line, currency) for line in gift_lines)
    tax = sum(minor(taxed.price, currency) for line in goods_lines for taxed in line.tax_lines)
    shipping = shipping_tax = 0
    for carried in order.shipping_lines:
        if not carried.is_removed:
            shipping += minor(carried.price if carried.discounted_price is None else carried.discounted_price, currency)
            shipping_tax += sum(minor(taxed.price, currency) for taxed in carried.tax_lines)
    on_top = 0 if order.taxes_included else 1
    return Amounts(
        goods=max(0, pieces - gift_cards) + tax * on_top,
        tax=tax,
        discount=sum(discount(line, currency) for line in goods_lines),
        shipping=shipping + shipping_tax * on_top,
        shipping_tax=shipping_tax,
        gift_cards=max(0, gift_cards),
    )


def _never_paid(order: Order) -> int:
    """What was ordered and never paid for; not positive when everything was.

    What is owed now is what was ordered, less what refunds are worth, less the money the shop still holds. So what was
    never paid is what is owed now and, for each refund, what it is worth beyond the money that went back. That is
    nothing for a refund with money, or for a restock whose price the shop keeps: an adjustment says so. It is their
    price for pieces that were removed: either the shop owes it (`total_outstanding` is negative) or it was never paid.
    """
    unpaid = minor(order.total_outstanding, order.currency)
    return unpaid + sum(_worth_beyond_money(refund, order) for refund in order.refunds)


def _worth_beyond_money(refund: Refund, order: Order) -> int:
    told = books(refund, order.currency)
    tax = 0 if order.taxes_included else told.tax
    beyond = told.pieces + tax + told.shipping - told.discrepancy - gone_back(refund, order.currency)
    # Money that has not arrived was paid once all the same, whether or not the books count it as owed meanwhile.
    return min(beyond, max(0, beyond - not_arrived(refund, order.currency)))


def _removed_unpaid(order: Order) -> dict[str, LineBack]:
    """Pieces that an edit took out of the order before anybody paid for them."""
    removed: dict[str, LineBack] = {}
    if _never_paid(order) <= 0:
        return removed
    for refund in order.refunds:
        if _worth_beyond_money(refund, order) > 0:
            for line, back in lines_back(refund, order.currency, tax_is_on_top=not order.taxes_included).items():
                before = removed.get(line, LineBack())
                removed[line] = LineBack(before.quantity + back.quantity, before.goods + back.goods)
    return removed


def _gateway(order: Order) -> str:
    """How it was paid; what a gift card left to pay, if both were used."""
    names = [name for name in order.payment_gateway_names if name != "gift_card"] or list(order.payment_gateway_names)
    return names[0][:_LONGEST] if names else ""


def _delivered_at(order: Order) -> Instant | None:
    """When the last parcel of a completely shipped order arrived, as far as the carrier told Shopify."""
    parcels = [parcel for parcel in order.fulfillments if parcel.status == "success"]
    if order.fulfillment_status != "fulfilled" or not parcels:
        return None
    if any(parcel.shipment_status != "delivered" for parcel in parcels):
        return None
    return max(instant(parcel.updated_at) for parcel in parcels)


def _customer(order: Order) -> Customer:
    """The contact given with this order comes before the one in the customer's profile."""
    person = order.customer
    return Customer(
        key=f"shopify/{person.id}" if person is not None and person.id is not None else None,
        email=_first((order.email, order.contact_email, person.email if person else None)),
        phone=_first((order.phone, person.phone if person else None)),
    )


def _first(candidates: Iterable[str | None]) -> str | None:
    return next((text for text in candidates if text), None)
