"""The lines of an order, and what a refund gave back of them. Gift cards are no lines.

A line says its SKU and its vendor, which is the brand; its categories, and whether it was on sale, an order does not
say. It counts as a promo where a discount was meant for some lines and not for all.
(shopify.dev, REST Admin API, "Order": line_items, discount_applications; "Refund": refund_line_items)
"""

from collections.abc import Mapping

from chalicelib.connectors.shopify.messages import LineItem, Order, Refund, minor
from chalicelib.events import LineBack, LineFacts

_LONGEST = 200


def discount(line: LineItem, currency: str) -> int:
    """What discounts took off the line."""
    return sum(minor(allocated.amount, currency) for allocated in line.discount_allocations)


def lines(order: Order, removed: Mapping[str, LineBack]) -> tuple[LineFacts, ...]:
    """Everything ever ordered, less what was `removed` and never paid for."""
    found = (_line(line, order, removed) for line in order.line_items if not line.gift_card)
    return tuple(line for line in found if line is not None)


def lines_back(refund: Refund, currency: str, *, tax_is_on_top: bool) -> dict[str, LineBack]:
    """What a refund gave back of each line."""
    back: dict[str, LineBack] = {}
    for part in refund.refund_line_items:
        if part.line_item_id is None or part.line_item.gift_card:
            continue
        told, taxed = part.subtotal_set, part.total_tax_set
        goods = minor(told.shop_money.amount if told else part.subtotal, currency)
        if tax_is_on_top:
            goods += minor(taxed.shop_money.amount if taxed else part.total_tax, currency)
        before = back.get(str(part.line_item_id), LineBack())
        back[str(part.line_item_id)] = LineBack(before.quantity + part.quantity, before.goods + max(0, goods))
    return back


def _line(line: LineItem, order: Order, removed: Mapping[str, LineBack]) -> LineFacts | None:
    currency, off = order.currency, discount(line, order.currency)
    tax = sum(minor(taxed.price, currency) for taxed in line.tax_lines)
    goods = minor(line.price, currency) * line.quantity - off + (0 if order.taxes_included else tax)
    gone = removed.get(str(line.id), LineBack())
    left, pieces = max(0, goods - gone.goods), line.quantity - gone.quantity
    if pieces <= 0:
        return None
    return LineFacts(
        id=str(line.id),
        sku=(line.sku or "")[:_LONGEST],
        brand=(line.vendor or "")[:_LONGEST],
        quantity=pieces,
        goods=left,
        tax=tax * left // goods if goods > 0 else 0,
        discount=off * left // goods if goods > 0 else off,
        is_promo=_is_promo(line, order),
    )


def _is_promo(line: LineItem, order: Order) -> bool:
    for allocated in line.discount_allocations:
        index = allocated.discount_application_index
        if 0 <= index < len(order.discount_applications) and allocated.amount > 0:
            chosen = order.discount_applications[index].target_selection
            if chosen not in (None, "all"):
                return True
    return False
