"""The parts of Shopify's webhook bodies that we read, named as Shopify names them; everything else is skipped.

Amounts are decimals, as text ("199.00") in most places and as JSON numbers in a refund's lines: both are read without
a float. Ids have 64 bits. Instants carry their zone. Fields with a default may be missing in older API versions, on
orders of other channels, or for apps without access to protected customer data.
Source: shopify.dev, REST Admin API 2026-10, "Order", "Refund" and "Transaction"; "Privacy law compliance".
"""

import functools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec

from chalicelib.errors import Malformed
from chalicelib.events import Instant
from chalicelib.money import minor_units

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0)]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Price(msgspec.Struct, frozen=True):
    amount: Decimal
    currency_code: str


class PriceSet(msgspec.Struct, frozen=True):
    """One amount in the shop's currency and in the one the customer was shown."""

    shop_money: Price
    presentment_money: Price | None = None


class TaxLine(msgspec.Struct, frozen=True):
    price: Decimal


class DiscountAllocation(msgspec.Struct, frozen=True):
    """The share of a discount that fell on one line, whether it was given on the line or on the whole order.

    discount_application_index: its place in the order's list of discounts
    """

    amount: Decimal
    discount_application_index: int = 0


class DiscountApplication(msgspec.Struct, frozen=True):
    """A discount of an order. `target_selection`: "all" lines, or those that are "entitled" to it or "explicit"."""

    target_selection: str | None = None


class LineItem(msgspec.Struct, frozen=True):
    """`quantity` is what was ever ordered; returned and removed pieces stay counted."""

    id: int
    price: Decimal
    quantity: Count
    gift_card: bool = False
    sku: str | None = None
    vendor: str | None = None
    tax_lines: tuple[TaxLine, ...] = ()
    discount_allocations: tuple[DiscountAllocation, ...] = ()


class ShippingLine(msgspec.Struct, frozen=True):
    price: Decimal
    discounted_price: Decimal | None = None
    is_removed: bool = False
    tax_lines: tuple[TaxLine, ...] = ()


class Fulfillment(msgspec.Struct, frozen=True):
    updated_at: Moment
    status: str | None = None
    shipment_status: str | None = None


class RefundedItem(msgspec.Struct, frozen=True):
    gift_card: bool = False


class RefundLine(msgspec.Struct, frozen=True):
    subtotal: Decimal | None = None
    subtotal_set: PriceSet | None = None
    total_tax: Decimal | None = None
    total_tax_set: PriceSet | None = None
    line_item: RefundedItem = RefundedItem()
    line_item_id: int | None = None
    quantity: Count = 0


class RefundShippingLine(msgspec.Struct, frozen=True):
    subtotal_amount_set: PriceSet


class OrderAdjustment(msgspec.Struct, frozen=True):
    """`kind` "shipping_refund": shipping that went back, negative. Otherwise: calculated less actual refund."""

    kind: str | None = None
    amount: Decimal | None = None
    amount_set: PriceSet | None = None
    tax_amount: Decimal | None = None
    tax_amount_set: PriceSet | None = None


class Transaction(msgspec.Struct, frozen=True):
    kind: str
    status: str
    amount: Decimal
    created_at: Moment | None = None
    processed_at: Moment | None = None
    currency: str | None = None
    test: bool = False


class Refund(msgspec.Struct, frozen=True):
    id: int
    order_id: int
    created_at: Moment
    refund_line_items: tuple[RefundLine, ...]
    transactions: tuple[Transaction, ...]
    processed_at: Moment | None = None
    refund_shipping_lines: tuple[RefundShippingLine, ...] = ()
    order_adjustments: tuple[OrderAdjustment, ...] = ()
    total_duties_set: PriceSet | None = None


class Person(msgspec.Struct, frozen=True):
    id: int | None = None
    email: str | None = None
    phone: str | None = None


class Order(msgspec.Struct, frozen=True):
    id: int
    name: str
    currency: str
    financial_status: str | None
    created_at: Moment
    updated_at: Moment
    subtotal_price: Decimal
    line_items: tuple[LineItem, ...]
    current_subtotal_price: Decimal | None = None
    total_outstanding: Decimal | None = None
    taxes_included: bool = False
    processed_at: Moment | None = None
    cancelled_at: Moment | None = None
    fulfillment_status: str | None = None
    fulfillments: tuple[Fulfillment, ...] = ()
    shipping_lines: tuple[ShippingLine, ...] = ()
    refunds: tuple[Refund, ...] = ()
    customer: Person | None = None
    email: str | None = None
    contact_email: str | None = None
    phone: str | None = None
    discount_applications: tuple[DiscountApplication, ...] = ()
    source_name: str | None = None
    location_id: int | None = None
    device_id: int | None = None
    payment_gateway_names: tuple[str, ...] = ()
    test: bool = False


class DataRequest(msgspec.Struct, frozen=True):
    shop_id: int
    shop_domain: str
    customer: Person
    orders_requested: tuple[int, ...]


class CustomerRedact(msgspec.Struct, frozen=True):
    shop_id: int
    shop_domain: str
    customer: Person
    orders_to_redact: tuple[int, ...]


class ShopRedact(msgspec.Struct, frozen=True):
    """The topic is not signed: a request about one customer must never be taken for one about the whole shop."""

    shop_id: int
    shop_domain: str
    customer: None = None
    orders_to_redact: None = None
    orders_requested: None = None


Message = TypeVar("Message", Order, Refund, DataRequest, CustomerRedact, ShopRedact)


def read(kind: type[Message], body: bytes, topic: str) -> Message:
    """The body as the message its topic promises. Raises Malformed, which names a place and nothing of the content."""
    try:
        message: Message = _decoder(kind).decode(body)
    except msgspec.ValidationError as mismatch:
        raise Malformed("not_what_the_topic_promises", topic=topic[:64], why=str(mismatch)[:120]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("not_json", topic=topic[:64]) from None
    return message


@functools.cache
def _decoder(kind: type[Message]) -> msgspec.json.Decoder[Message]:
    return msgspec.json.Decoder(kind)


def instant(moment: datetime) -> Instant:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def minor(amount: Decimal | None, currency: str) -> int:
    """Minor units of an amount that may be missing. Raises Malformed."""
    return 0 if amount is None else minor_units(str(amount), currency)
