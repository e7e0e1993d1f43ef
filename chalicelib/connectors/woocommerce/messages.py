"""The parts of WooCommerce's order that we read, named as WooCommerce names them; everything else is skipped.

Amounts are decimals as text, with as many digits as the shop keeps, which need not be those of its currency. Instants
named `_gmt` are in UTC and carry no zone. (woocommerce/woocommerce, REST API v3, "Order properties")
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from chalicelib.errors import Malformed
from chalicelib.events import Instant
from chalicelib.money import Rounding, exponent

Amount = Annotated[str, msgspec.Meta(pattern=r"^(-?[0-9]{1,15}(\.[0-9]{1,9})?)?$")]
Id = Annotated[int, msgspec.Meta(ge=1)]

_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Line(msgspec.Struct, frozen=True):
    """A line of pieces or a fee: its price after discounts and without tax, and the tax.

    subtotal: before discounts      quantity: of what is weighed it may be a fraction
    """

    total: Amount
    total_tax: Amount = "0"
    subtotal: Amount = ""
    subtotal_tax: Amount = ""
    id: int = 0
    quantity: Decimal = Decimal(1)
    sku: str | None = None


class Refund(msgspec.Struct, frozen=True):
    """`total` is negative. What it was for is not told with the order."""

    id: Id
    total: Amount


class Billing(msgspec.Struct, frozen=True):
    email: str | None = None
    phone: str | None = None


class Link(msgspec.Struct, frozen=True):
    href: str


class Links(msgspec.Struct, frozen=True):
    """`own`: the address of the order itself in the shop's REST API."""

    own: tuple[Link, ...] = msgspec.field(name="self", default=())


class Order(msgspec.Struct, frozen=True):
    id: Id
    number: str
    status: str
    currency: str
    total: Amount
    date_created_gmt: datetime
    date_modified_gmt: datetime
    date_paid_gmt: datetime | None
    line_items: tuple[Line, ...]
    date_completed_gmt: datetime | None = None
    discount_total: Amount = "0"
    discount_tax: Amount = "0"
    shipping_total: Amount = "0"
    shipping_tax: Amount = "0"
    fee_lines: tuple[Line, ...] = ()
    refunds: tuple[Refund, ...] = ()
    customer_id: int = 0
    billing: Billing = Billing()
    payment_method: str = ""
    created_via: str = ""
    transaction_id: str = ""
    links: Links = msgspec.field(name="_links", default=Links())


_ORDER = msgspec.json.Decoder(Order)


def read_order(body: bytes, topic: str) -> Order:
    """The body as an order. Raises Malformed, which names a place and nothing of the content."""
    try:
        return _ORDER.decode(body)
    except msgspec.ValidationError as mismatch:
        raise Malformed("not_what_the_topic_promises", topic=topic[:64], why=str(mismatch)[:120]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("not_json", topic=topic[:64]) from None


def instant(moment: datetime) -> Instant:
    """A stamp without a zone is in UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def minor(amounts: Iterable[str], currency: str) -> int:
    """All amounts together in whole minor units, rounded once, half up. Raises Malformed."""
    exact = sum((Fraction(amount) for amount in amounts if amount), Fraction())
    return Rounding.HALF_UP.whole(exact * 10 ** exponent(currency))


def host_of(url: str) -> str:
    """The host of an address, as it stands in a reference: "shop.example", "127.0.0.1:8080". Raises Malformed."""
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        raise Malformed("not_an_address") from None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(name):
        raise Malformed("not_an_address")
    return name + port
