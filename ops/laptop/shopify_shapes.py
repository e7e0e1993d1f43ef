"""The demo shop's orders and refunds in the full shape of Shopify's webhooks (REST Admin API 2026-10)."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

from chalicelib.money import Rounding, decimal_text, exponent
from ops.laptop.shopify_books import Line, Order, Refund, Returned

Json = dict[str, object]

_SHOP_ZONE = timezone(timedelta(hours=1))


def order_body(order: Order) -> Json:
    """An order as every orders/* topic tells it."""
    return {
        "id": order.id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order.id}",
        "app_id": 580111,
        "browser_ip": None,
        "buyer_accepts_marketing": False,
        "cancel_reason": "customer" if order.cancelled_at else None,
        "cancelled_at": _time(order.cancelled_at),
        "cart_token": None,
        "checkout_id": None,
        "client_details": None,
        "closed_at": None,
        "confirmed": True,
        "contact_email": order.buyer.email,
        "created_at": _time(order.created_at),
        "currency": order.currency,
        "customer_locale": "en",
        "discount_codes": [],
        "email": order.buyer.email or "",
        "financial_status": order.financial_status,
        "fulfillment_status": "fulfilled" if order.shipped_at else None,
        "name": f"#{order.number}",
        "note": None,
        "note_attributes": [],
        "number": order.number - 1000,
        "order_number": order.number,
        "payment_gateway_names": ["bogus"],
        "phone": order.buyer.phone,
        "presentment_currency": order.shown_in.currency if order.shown_in else order.currency,
        "processed_at": _time(order.created_at),
        "source_name": "web" if order.buyer.id else "pos",
        "tags": "",
        "tax_exempt": False,
        "taxes_included": order.prices_include_tax,
        "test": order.is_test,
        "total_tip_received": "0.00",
        "total_weight": 0,
        "updated_at": _time(order.updated_at),
        "user_id": None,
        **_totals(order),
        **_people(order),
        "discount_applications": _discounts(order),
        "fulfillments": _fulfillments(order),
        "line_items": [_line(order, line) for line in order.lines],
        "payment_terms": None,
        "refunds": [refund_body(order, refund) for refund in order.refunds],
        "shipping_lines": _shipping_lines(order),
        "returns": [],
    }


def refund_body(order: Order, refund: Refund) -> Json:
    """A refund as refunds/create tells it, and as it stands inside its order."""
    return {
        "id": refund.id,
        "order_id": order.id,
        "created_at": _time(refund.at),
        "note": None,
        "user_id": 548380009,
        "processed_at": _time(refund.at),
        "duties": [],
        "total_duties_set": _both(order, 0),
        "return": None,
        "restock": bool(refund.returned),
        "refund_shipping_lines": _refunded_shipping(order, refund),
        "admin_graphql_api_id": f"gid://shopify/Refund/{refund.id}",
        "order_adjustments": _adjustments(order, refund),
        "refund_line_items": [_refunded_line(order, refund, part) for part in refund.returned],
        "transactions": _transactions(order, refund),
    }


def _totals(order: Order) -> Json:
    amounts = {
        "current_subtotal_price": order.current_subtotal,
        "current_total_discounts": sum(line.item.discount for line in order.lines),
        "current_total_price": order.current_total,
        "current_total_tax": order.current_tax,
        "subtotal_price": order.subtotal,
        "total_discounts": sum(line.item.discount for line in order.lines),
        "total_line_items_price": sum(line.item.price * line.item.quantity for line in order.lines),
        "total_price": order.total,
        "total_tax": order.total_tax,
    }
    totals: Json = {}
    for name, amount in amounts.items():
        totals |= {name: _text(order, amount), f"{name}_set": _both(order, amount)}
    totals["total_shipping_price_set"] = _both(order, order.shipping)
    totals["total_outstanding"] = _text(order, order.outstanding)
    return totals


def _people(order: Order) -> Json:
    buyer = order.buyer
    name = {"first_name": buyer.first_name, "last_name": buyer.last_name}
    address = {**name, "address1": "1 Long Street", "city": "Riga", "zip": "LV-1001", "country_code": "LV"}
    customer = {
        "id": buyer.id,
        "admin_graphql_api_id": f"gid://shopify/Customer/{buyer.id}",
        "created_at": _time(order.created_at),
        "currency": order.currency,
        "email": buyer.email,
        "phone": buyer.phone,
        "state": "disabled",
        "verified_email": True,
        **name,
    }
    return {
        "billing_address": address if buyer.id else None,
        "shipping_address": address if order.shipping else None,
        "customer": customer if buyer.id else None,
    }


def _line(order: Order, line: Line) -> Json:
    item = line.item
    allocated = {"amount": _text(order, item.discount), "amount_set": _both(order, item.discount)}
    return {
        "id": line.id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line.id}",
        "current_quantity": line.quantity,
        "fulfillable_quantity": 0 if order.shipped_at else line.quantity,
        "fulfillment_service": "manual",
        "fulfillment_status": "fulfilled" if order.shipped_at else None,
        "gift_card": item.is_gift_card,
        "grams": 250,
        "name": item.title,
        "price": _text(order, item.price),
        "price_set": _both(order, item.price),
        "product_exists": True,
        "product_id": None,
        "properties": [],
        "quantity": item.quantity,
        "requires_shipping": not item.is_gift_card,
        "sku": item.sku,
        "taxable": not item.is_gift_card,
        "title": item.title,
        "total_discount": _text(order, 0),
        "total_discount_set": _both(order, 0),
        "variant_id": None,
        "variant_title": None,
        "vendor": "Bean Street",
        "tax_lines": _tax_lines(order, order.line_tax(line)),
        "duties": [],
        "discount_allocations": [{**allocated, "discount_application_index": 0}] if item.discount else [],
    }


def _tax_lines(order: Order, tax: int) -> list[Json]:
    if not tax:
        return []
    rate = float(Fraction(order.tax_percent, 100))
    return [{"title": "VAT", "price": _text(order, tax), "price_set": _both(order, tax), "rate": rate}]


def _discounts(order: Order) -> list[Json]:
    total = sum(line.item.discount for line in order.lines)
    if not total:
        return []
    value = {"value": _text(order, total), "value_type": "fixed_amount"}
    return [{"type": "manual", "target_type": "line_item", "allocation_method": "across", **value}]


def _shipping_lines(order: Order) -> list[Json]:
    if not order.shipping:
        return []
    amount, amounts = _text(order, order.shipping), _both(order, order.shipping)
    line = {"id": order.id + 1, "title": "Post", "source": "shopify", "is_removed": False, "discount_allocations": []}
    prices = {"price": amount, "price_set": amounts, "discounted_price": amount, "discounted_price_set": amounts}
    return [{**line, **prices, "tax_lines": _tax_lines(order, order.tax(order.shipping))}]


def _fulfillments(order: Order) -> list[Json]:
    if not order.shipped_at:
        return []
    state = "delivered" if order.delivered_at else "in_transit"
    times = {"created_at": _time(order.shipped_at), "updated_at": _time(order.delivered_at or order.shipped_at)}
    return [{"id": order.id + 2, "order_id": order.id, "status": "success", "shipment_status": state, **times}]


def _refunded_line(order: Order, refund: Refund, part: Returned) -> Json:
    return {
        "id": refund.id + part.line.id,
        "quantity": part.quantity,
        "line_item_id": part.line.id,
        "location_id": None,
        "restock_type": "return" if order.shipped_at else "cancel",
        "subtotal": float(_text(order, part.subtotal)),  # a JSON number, as Shopify has it
        "total_tax": float(_text(order, part.tax)),
        "subtotal_set": _both(order, part.subtotal),
        "total_tax_set": _both(order, part.tax),
        "line_item": _line(order, part.line),
    }


def _refunded_shipping(order: Order, refund: Refund) -> list[Json]:
    if not refund.shipping:
        return []
    names = {"id": refund.id + 1, "shipping_line_id": order.id + 1, "shipping_line": _shipping_lines(order)[0]}
    return [{**names, "subtotal_amount_set": _both(order, refund.shipping)}]


def _adjustments(order: Order, refund: Refund) -> list[Json]:
    entries = [
        ("shipping_refund", "Shipping refund", -refund.shipping, -refund.shipping_tax),
        ("refund_discrepancy", "Refund discrepancy", refund.discrepancy, 0),
    ]
    return [
        {
            "id": refund.id + 2,
            "order_id": order.id,
            "refund_id": refund.id,
            "amount": _text(order, amount),
            "tax_amount": _text(order, 0 if order.prices_include_tax else tax),
            "kind": kind,
            "reason": reason,
            "amount_set": _both(order, amount),
            "tax_amount_set": _both(order, 0 if order.prices_include_tax else tax),
        }
        for kind, reason, amount, tax in entries
        if amount
    ]


def _transactions(order: Order, refund: Refund) -> list[Json]:
    if refund.transaction is None:
        return []
    currency = order.shown_in.currency if order.shown_in else order.currency
    money = {"amount": decimal_text(_shown(order, refund.amount), currency), "currency": currency}
    return [
        {
            "id": refund.transaction,
            "admin_graphql_api_id": f"gid://shopify/OrderTransaction/{refund.transaction}",
            "order_id": order.id,
            "parent_id": None,
            "kind": "refund",
            "gateway": "bogus",
            "status": refund.status,
            "message": None,
            "created_at": _time(refund.at),
            "processed_at": _time(refund.at),
            "test": order.is_test,
            "error_code": None,
            "source_name": "web",
            **money,
        }
    ]


def _time(instant: int | None) -> str | None:
    if instant is None:
        return None
    return datetime.fromtimestamp(instant // 1000, UTC).astimezone(_SHOP_ZONE).isoformat()


def _text(order: Order, amount: int) -> str:
    return decimal_text(amount, order.currency)


def _shown(order: Order, amount: int) -> int:
    """The amount in minor units of the currency the customer sees."""
    if order.shown_in is None:
        return amount
    digits = exponent(order.shown_in.currency) - exponent(order.currency)
    return Rounding.HALF_UP.whole(amount * order.shown_in.rate * Fraction(10) ** digits)


def _both(order: Order, amount: int) -> Json:
    currency = order.shown_in.currency if order.shown_in else order.currency
    return {
        "shop_money": {"amount": _text(order, amount), "currency_code": order.currency},
        "presentment_money": {"amount": decimal_text(_shown(order, amount), currency), "currency_code": currency},
    }
