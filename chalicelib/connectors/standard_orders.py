"""Orders from anybody who can sign them, as a whole version each: a till, a kiosk, a shop of one's own.

    {"type": "order.updated", "timestamp": "2026-11-22T12:00:00Z",
     "data": {"id": "A-1001", "name": "#1001", "at": "2026-11-22T11:59:30Z", "status": "paid", "currency": "EUR",
              "customer": {"email": "anna@example.com"}, "goods": 4520, "tax": 722,
              "store": "Main Street", "terminal": "T-7", "channel": "till", "payment_method": "card",
              "lines": [{"id": "1", "sku": "KE-250", "categories": ["coffee"], "quantity": 2, "goods": 4520}],
              "refunds": [{"id": "R-1", "goods": 2260, "lines": [{"line": "1", "quantity": 1, "goods": 2260}]}]}}

`timestamp` is the version: a later one replaces an earlier one, in whatever order they arrive. Amounts are minor units
and of the whole order before any refund; goods are after discounts and with their tax, and without gift cards.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.events import (
    Amounts,
    Customer,
    Instant,
    LineBack,
    LineFacts,
    OrderFacts,
    OrderTold,
    Reference,
    RefundFacts,
)

ORDER_UPDATED = "order.updated"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_LINES, _MOST_REFUNDS = 1_000, 200

Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,80}\Z")]
Word = Annotated[str, Meta(max_length=200)]
Money = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Pieces = Annotated[int, Meta(ge=0, le=1_000_000)]
Moment = Annotated[datetime, Meta(tz=True)]


class Buyer(msgspec.Struct, frozen=True):
    """`id`: the sender's own customer id."""

    id: Id | None = None
    email: str | None = None
    phone: str | None = None


class Line(msgspec.Struct, frozen=True):
    """`is_promo`: sold below its usual price."""

    id: Id
    goods: Money
    sku: Word = ""
    categories: Annotated[tuple[Word, ...], Meta(max_length=20)] = ()
    brand: Word = ""
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    tax: Money = 0
    discount: Money = 0
    is_promo: bool = False


class LineReturned(msgspec.Struct, frozen=True):
    line: Id
    quantity: Pieces = 0
    goods: Money = 0


class Refund(msgspec.Struct, frozen=True):
    id: Id
    goods: Money = 0
    tax: Money = 0
    shipping: Money = 0
    gift_cards: Money = 0
    points_paid: Money = 0
    status: Literal["pending", "succeeded", "failed"] = "succeeded"
    lines: Annotated[tuple[LineReturned, ...], Meta(max_length=_MOST_LINES)] = ()


class Order(msgspec.Struct, frozen=True):
    """`at`: when it was placed; the version's time where it is left out."""

    id: Id
    status: Literal["open", "paid", "cancelled"]
    currency: Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]
    goods: Money
    customer: Buyer = Buyer()
    name: Annotated[str, Meta(max_length=64)] = ""
    at: Moment | None = None
    delivered_at: Moment | None = None
    tax: Money = 0
    discount: Money = 0
    shipping: Money = 0
    shipping_tax: Money = 0
    gift_cards: Money = 0
    points_paid: Money = 0
    lines: Annotated[tuple[Line, ...], Meta(max_length=_MOST_LINES)] = ()
    refunds: Annotated[tuple[Refund, ...], Meta(max_length=_MOST_REFUNDS)] = ()
    store: Word = ""
    terminal: Word = ""
    channel: Word = ""
    payment_method: Word = ""
    partner: Word = ""
    is_test: bool = False


class OrderVersion(msgspec.Struct, frozen=True):
    timestamp: Moment
    data: Order


def order_told(version: OrderVersion, delivery: str, connection: str) -> OrderTold:
    """The facts of a version. Orders of two connections are never the same one."""
    order, changed_at = version.data, _instant(version.timestamp)
    buyer = order.customer
    return OrderTold(
        reference=Reference(f"order/standard/{connection}/{order.id}"),
        delivery=delivery,
        name=order.name,
        order=_facts(order, changed_at),
        refunds={refund.id: _refund(refund, changed_at) for refund in order.refunds},
        customer=Customer(
            key=f"standard/{connection}/{buyer.id}" if buyer.id else None,
            email=buyer.email or None,
            phone=buyer.phone or None,
        ),
        is_test=order.is_test,
    )


def _facts(order: Order, changed_at: Instant) -> OrderFacts:
    return OrderFacts(
        changed_at=changed_at,
        occurred_at=changed_at if order.at is None else _instant(order.at),
        currency=order.currency,
        amounts=Amounts(
            goods=order.goods,
            tax=min(order.tax, order.goods),
            discount=order.discount,
            shipping=order.shipping,
            shipping_tax=min(order.shipping_tax, order.shipping),
            gift_cards=order.gift_cards,
            points_paid=order.points_paid,
        ),
        is_paid=order.status == "paid",
        is_cancelled=order.status == "cancelled",
        delivered_at=None if order.delivered_at is None else _instant(order.delivered_at),
        lines=tuple(
            LineFacts(
                id=line.id,
                sku=line.sku,
                categories=line.categories,
                brand=line.brand,
                quantity=line.quantity,
                goods=line.goods,
                tax=min(line.tax, line.goods),
                discount=line.discount,
                is_promo=line.is_promo,
            )
            for line in order.lines
        ),
        store=order.store,
        terminal=order.terminal,
        channel=order.channel,
        payment_method=order.payment_method,
        partner=order.partner,
    )


def _refund(refund: Refund, changed_at: Instant) -> RefundFacts:
    amounts = Amounts(
        goods=refund.goods,
        tax=min(refund.tax, refund.goods),
        shipping=refund.shipping,
        gift_cards=refund.gift_cards,
        points_paid=refund.points_paid,
    )
    back: dict[str, LineBack] = {}
    for part in refund.lines:
        before = back.get(part.line, LineBack())
        back[part.line] = LineBack(before.quantity + part.quantity, before.goods + part.goods)
    return RefundFacts(changed_at, refund.status, amounts, back)


def _instant(moment: datetime) -> Instant:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
