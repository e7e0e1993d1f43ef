"""The demo shop's orders in the full shape of WooCommerce's REST API v3."""

from datetime import UTC, datetime, timedelta, timezone

from chalicelib.money import decimal_text
from ops.laptop.shopify_books import Item
from ops.laptop.woocommerce_books import Order

Json = dict[str, object]

_SHOP_ZONE = timezone(timedelta(hours=2))


def order_body(order: Order, site: str) -> Json:
    """An order as every topic but order.deleted tells it. `site`: the shop's address."""
    discount, discount_tax = _discount(order)
    shipping, shipping_tax = order.split(order.shipping)
    return {
        "id": order.id,
        "parent_id": 0,
        "status": order.status,
        "currency": order.currency,
        "version": "11.2.0",
        "prices_include_tax": order.prices_include_tax,
        "date_created": _time(order.created_at, local=True),
        "date_modified": _time(order.modified_at, local=True),
        "discount_total": _text(order, discount),
        "discount_tax": _text(order, discount_tax),
        "shipping_total": _text(order, shipping),
        "shipping_tax": _text(order, shipping_tax),
        "cart_tax": _text(order, order.tax - shipping_tax),
        "total": _text(order, order.total),
        "total_tax": _text(order, order.tax),
        "customer_id": order.buyer.id or 0,
        "order_key": f"wc_order_{order.id:013x}",
        "billing": _address(order) | {"email": order.buyer.email or "", "phone": order.buyer.phone or ""},
        "shipping": _address(order) | {"phone": ""},
        "payment_method": order.payment_method,
        "payment_method_title": "Card",
        "transaction_id": order.transaction,
        "customer_ip_address": "192.0.2.10",
        "customer_user_agent": "Mozilla/5.0",
        "created_via": "checkout",
        "customer_note": "",
        "date_completed": _time(order.completed_at, local=True),
        "date_paid": _time(order.paid_at, local=True),
        "cart_hash": "0cc175b9c0f1b6a831c399e269772661",
        "number": str(order.id),
        "meta_data": [{"id": order.id + 90, "key": "is_vat_exempt", "value": "no"}],
        "line_items": [_line(order, item, order.id + place) for place, item in enumerate(order.items, 1)],
        "tax_lines": _tax_lines(order),
        "shipping_lines": _shipping_lines(order),
        "fee_lines": _fee_lines(order),
        "coupon_lines": _coupons(order),
        "refunds": [
            {"id": refund.id, "reason": refund.reason, "total": f"-{_text(order, refund.amount)}"}
            for refund in reversed(order.refunds)
        ],
        "payment_url": f"{site}/checkout/order-pay/{order.id}/?pay_for_order=true&key=wc_order_{order.id:013x}",
        "is_editable": order.status in ("pending", "on-hold"),
        "needs_payment": order.status in ("pending", "failed"),
        "needs_processing": True,
        "date_created_gmt": _time(order.created_at),
        "date_modified_gmt": _time(order.modified_at),
        "date_completed_gmt": _time(order.completed_at),
        "date_paid_gmt": _time(order.paid_at),
        "currency_symbol": "€" if order.currency == "EUR" else order.currency,
        "_links": {
            "self": [{"href": f"{site}/wp-json/wc/v3/orders/{order.id}", "targetHints": {"allow": ["GET"]}}],
            "collection": [{"href": f"{site}/wp-json/wc/v3/orders"}],
        },
    }


def _address(order: Order) -> Json:
    return {
        "first_name": order.buyer.first_name,
        "last_name": order.buyer.last_name,
        "company": "",
        "address_1": "1 Long Street",
        "address_2": "",
        "city": "Riga",
        "state": "",
        "postcode": "LV-1001",
        "country": "LV",
    }


def _line(order: Order, item: Item, line_id: int) -> Json:
    total, tax = order.line(item)
    before, tax_before = order.split(item.price * item.quantity)
    return {
        "id": line_id,
        "name": item.title,
        "product_id": 4000 + line_id % 1000,
        "variation_id": 0,
        "quantity": item.quantity,
        "tax_class": "",
        "subtotal": _text(order, before),
        "subtotal_tax": _text(order, tax_before),
        "total": _text(order, total),
        "total_tax": _text(order, tax),
        "taxes": [{"id": 1, "total": _text(order, tax), "subtotal": _text(order, tax_before)}] if tax_before else [],
        "meta_data": [],
        "sku": item.sku,
        "global_unique_id": "",
        "price": float(_text(order, total)) / item.quantity,  # a JSON number, as WooCommerce has it
        "image": {"id": 0, "src": ""},
        "parent_name": None,
    }


def _tax_lines(order: Order) -> list[Json]:
    if not order.tax:
        return []
    shipping_tax = order.split(order.shipping)[1]
    totals = {"tax_total": _text(order, order.tax - shipping_tax), "shipping_tax_total": _text(order, shipping_tax)}
    names = {"rate_code": "LV-VAT-1", "rate_id": 1, "label": "VAT", "compound": False}
    return [{"id": order.id + 50, **names, **totals, "rate_percent": order.tax_percent, "meta_data": []}]


def _shipping_lines(order: Order) -> list[Json]:
    if not order.shipping:
        return []
    names = {"method_title": "Post", "method_id": "flat_rate", "instance_id": "1"}
    return [{"id": order.id + 60, **names, **_both(order, order.shipping), "taxes": [], "meta_data": []}]


def _fee_lines(order: Order) -> list[Json]:
    if not order.fee:
        return []
    names = {"name": "Fee", "tax_class": "", "tax_status": "taxable", "amount": _text(order, order.fee)}
    return [{"id": order.id + 70, **names, **_both(order, order.fee), "taxes": [], "meta_data": []}]


def _coupons(order: Order) -> list[Json]:
    discount, tax = _discount(order)
    if not discount:
        return []
    amounts = {"discount": _text(order, discount), "discount_tax": _text(order, tax)}
    return [{"id": order.id + 80, "code": "welcome", **amounts, "meta_data": [], "discount_type": "fixed_cart"}]


def _discount(order: Order) -> tuple[int, int]:
    """What coupons took off all lines, and the tax of it."""
    discount = tax = 0
    for item in order.items:
        (before, tax_before), (after, tax_after) = order.split(item.price * item.quantity), order.line(item)
        discount += before - after
        tax += tax_before - tax_after
    return discount, tax


def _both(order: Order, amount: int) -> Json:
    total, tax = order.split(amount)
    return {"total": _text(order, total), "total_tax": _text(order, tax)}


def _time(instant: int | None, *, local: bool = False) -> str | None:
    """Neither the shop's time nor UTC carries its zone."""
    if instant is None:
        return None
    moment = datetime.fromtimestamp(instant // 1000, UTC)
    return (moment.astimezone(_SHOP_ZONE) if local else moment).replace(tzinfo=None).isoformat()


def _text(order: Order, amount: int) -> str:
    return decimal_text(amount, order.currency)
