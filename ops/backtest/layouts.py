"""How the rows of each kind of file become sales and returns. A kind is known by its columns.

own              order, date, customer, amount; see `pointpass backtest --help`
invoices         one row an invoice, cancellations named C...: the year of invoices that comes with the project
shopify          Admin > Orders > Export
woocommerce      Analytics > Orders > Download, and the order exports of the official extensions
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from chalicelib.events import Amounts
from chalicelib.money import exponent
from chalicelib.programs.backtest.history import Event, Return, Sale
from ops.backtest.table import Reading, Row

_DAY = 86_400_000
UNKNOWN_REFUND_DAYS = 14
"""After how many days a refund is taken to have happened where the file does not say when."""
_UNPAID = {"pending", "authorized", "voided", "expired", "partially_paid", "unpaid"}
_PAID = {"completed", "processing"}


@dataclass(frozen=True, slots=True)
class Place:
    """What a file leaves unsaid: the zone of its times and the money of its amounts.

    is_forced: all amounts are in this money, whatever the file says
    """

    zone: ZoneInfo
    currency: str
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of file.

    needs: columns that it has      order: the column that names the order, the same on each row of one order; "" where
    every row stands alone      has_lines: an order may have more rows, of which only the first one counts
    currency: its money where it does not say; "" for the program's
    events: what a row tells, or nothing, noted with its reason. Raises BrokenLine
    notes: what the file leaves open and how it was read
    """

    name: str
    needs: frozenset[str]
    events: Callable[[Row, Reading, Place], Sequence[Event]]
    order: str = ""
    has_lines: bool = False
    currency: str = ""
    notes: tuple[str, ...] = ()


def layout_of(columns: Sequence[str]) -> Layout | None:
    """The first kind whose columns are all there."""
    return next((layout for layout in LAYOUTS if layout.needs <= set(columns)), None)


def _own(row: Row, reading: Reading, place: Place) -> Sequence[Event]:
    order = row.needed("order", "the order's number")
    currency = _currency(row, "currency", place)
    at = row.moment("date", ("iso",), place.zone, "2026-03-31 14:05")
    customer = row.text("customer") or None
    row.needed("amount", f"an amount in {currency} such as 45.20")
    amount = row.money("amount", currency)
    if of := row.text("refund_of"):
        return _told(Return(at, customer, currency, abs(amount), of), reading)
    if amount < 0:
        reading.left_out["negative_without_order"] += 1
        return ()
    parts = {part: row.money(part, currency) for part in ("tax", "discount", "shipping", "gift_cards")}
    for part, money in parts.items():
        if money < 0:
            raise row.broken(part, "an amount that is not negative")
    return _told(Sale(at, order, customer, currency, Amounts(goods=amount, **parts)), reading)


def _invoice(row: Row, reading: Reading, place: Place) -> Sequence[Event]:
    number = row.needed("InvoiceNo", "an invoice number")
    at = row.moment("InvoiceDate", ("%m/%d/%Y %H:%M", "iso"), place.zone, "12/1/2010 8:26")
    named = row.text("CustomerID")
    customer = named if named not in ("", "(blank)") else None
    quantity, price = row.decimal("Quantity"), row.decimal("UnitPrice")
    amount = int((abs(quantity * price) * Decimal(10) ** exponent(place.currency)).to_integral_value())
    if number.startswith("C"):
        return _told(Return(at, customer, place.currency, amount), reading)
    if not number[0].isdigit() or price < 0:
        reading.left_out["adjustment"] += 1
        return ()
    if quantity < 0:
        reading.left_out["negative_without_cancellation"] += 1
        return ()
    return _told(Sale(at, number, customer, place.currency, Amounts(goods=amount)), reading)


def _shopify(row: Row, reading: Reading, place: Place) -> Sequence[Event]:
    order = row.needed("Name", "the order's name such as #1001")
    forms = ("%Y-%m-%d %H:%M:%S %z", "iso")
    currency = _currency(row, "Currency", place)
    if row.text("Financial Status").lower() in _UNPAID:
        reading.left_out["not_paid"] += 1
        return ()
    paid_at = "Paid at" if row.text("Paid at") else "Created at"
    at = row.moment(paid_at, forms, place.zone, "2026-03-31 14:05:00 +0200")
    customer = row.text("Email", "Phone", "Billing Phone").lower() or None
    row.needed("Total", f"an amount in {currency} such as 45.20")
    total, shipping = row.money("Total", currency), row.money("Shipping", currency)
    goods = max(0, total - shipping)  # `Total` holds the taxes, whether prices do or not
    tax, discount = min(goods, row.money("Taxes", currency)), row.money("Discount Amount", currency)
    sale = Sale(at, order, customer, currency, Amounts(goods=goods, tax=tax, discount=discount, shipping=shipping))
    cancelled = bool(row.text("Cancelled at"))
    back = total if cancelled else row.money("Refunded Amount", currency)
    when = row.moment("Cancelled at", forms, place.zone, "2026-03-31 14:05:00 +0200") if cancelled else _later(at)
    return _both(sale, back, max(at, when), reading)


def _woocommerce_analytics(row: Row, reading: Reading, place: Place) -> Sequence[Event]:
    order = row.needed("Order #", "the order's number")
    at = row.moment("Date", ("iso",), place.zone, "2026-03-31 14:05:00")
    if row.text("Status").lower().removeprefix("wc-") not in _PAID:
        reading.left_out["not_paid"] += 1
        return ()
    amount = row.money("Net Sales", place.currency)
    if amount < 0:
        reading.left_out["negative_without_order"] += 1
        return ()
    customer = " ".join(row.text("Customer").lower().split()) or None
    return _told(Sale(at, order, customer, place.currency, Amounts(goods=amount)), reading)


def _woocommerce(row: Row, reading: Reading, place: Place) -> Sequence[Event]:
    order = row.needed("order_id", "the order's number")
    currency = _currency(row, "order_currency", place)
    column = "order_date" if row.text("order_date") else "date"
    at = row.moment(column, ("iso", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M"), place.zone, "2026-03-31 14:05:00")
    status = row.text("status").lower().removeprefix("wc-")
    if status not in {*_PAID, "refunded"}:
        reading.left_out["not_paid"] += 1
        return ()
    numbered = row.text("customer_id")
    customer = row.text("billing_email", "customer_email").lower() or (numbered if numbered != "0" else "") or None
    row.needed("order_total", f"an amount in {currency} such as 45.20")
    total, shipping = row.money("order_total", currency), row.money("shipping_total", currency)
    goods = max(0, total - shipping)
    tax, discount = min(goods, row.money("tax_total", currency)), row.money("discount_total", currency)
    sale = Sale(at, order, customer, currency, Amounts(goods=goods, tax=tax, discount=discount, shipping=shipping))
    back = total if status == "refunded" else abs(row.money("refunded_total", currency))
    return _both(sale, back, _later(at), reading)


def _currency(row: Row, column: str, place: Place) -> str:
    return place.currency if place.is_forced else row.currency(column, place.currency)


def _later(at: int) -> int:
    return at + UNKNOWN_REFUND_DAYS * _DAY


def _both(sale: Sale, back: int, when: int, reading: Reading) -> Sequence[Event]:
    """A sale and, when something went back of it, its return."""
    told = _told(sale, reading)
    if not told or back <= 0:
        return told
    return (*told, Return(when, sale.customer, sale.currency, back, sale.order))


def _told(event: Event, reading: Reading) -> Sequence[Event]:
    """The event, unless no money moved."""
    money = event.amount if isinstance(event, Return) else event.amounts.goods + event.amounts.gift_cards
    if money:
        return (event,)
    reading.left_out["nothing_paid"] += 1
    return ()


_UNKNOWN_DAY = ("refund_day_unknown",)

LAYOUTS = (
    Layout("own", frozenset({"order", "date", "customer", "amount"}), _own, order="order"),
    Layout(
        "invoices",
        frozenset({"InvoiceNo", "InvoiceDate", "CustomerID", "Quantity", "UnitPrice"}),
        _invoice,
        currency="GBP",
        notes=("returns_newest_first", "synthetic_amounts"),
    ),
    Layout(
        "shopify",
        frozenset({"Name", "Email", "Financial Status", "Created at", "Total"}),
        _shopify,
        order="Name",
        has_lines=True,
        notes=_UNKNOWN_DAY,
    ),
    Layout(
        "woocommerce",
        frozenset({"Order #", "Date", "Status", "Customer", "Net Sales"}),
        _woocommerce_analytics,
        order="Order #",
        notes=("customers_by_name", "net_of_refunds"),
    ),
    Layout(
        "woocommerce",
        frozenset({"order_id", "status", "order_total"}),
        _woocommerce,
        order="order_id",
        has_lines=True,
        notes=_UNKNOWN_DAY,
    ),
)
