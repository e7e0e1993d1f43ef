"""Files of orders as they come, and what is said of lines that nobody can understand."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from history_desk import YEAR, at, file_of, imported

from chalicelib.events import Amounts
from chalicelib.programs.backtest.history import Return, Sale
from ops.backtest.table import BrokenLine

Write = Callable[..., Path]
HEADING = "order,date,customer,amount"
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Cancelled at,Refunded Amount,Notes"
)
ANALYTICS = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales"
)
EXTENSION = (
    "order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,order_total,order_currency,"
    "customer_id,billing_email,refunded_total,item_name"
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return file_of(tmp_path)


def broken(path: Path) -> str:
    with pytest.raises(BrokenLine) as said:
        imported(path)
    return str(said.value).removeprefix(f"{path}, ")


# our own


def test_a_plain_file_needs_four_columns(write: Write) -> None:
    events, layout, _ = imported(write(HEADING, "1001,2026-03-31 14:05,anna,45.20"))
    # 14:05 in Berlin, the program's place
    assert events == [Sale(at("2026-03-31 12:05"), "1001", "anna", "EUR", Amounts(goods=4_520))]
    assert layout.name == "own"


def test_a_row_may_say_more(write: Write) -> None:
    heading = f"{HEADING},currency,tax,discount,shipping,gift_cards"
    ((order),), *_ = imported(write(heading, "1001,2026-03-31T14:05:00Z,,45.20,USD,7.22,5.00,3.90,20"))
    parts = Amounts(goods=4_520, tax=722, discount=500, shipping=390, gift_cards=2_000)
    assert order == Sale(at("2026-03-31 14:05"), "1001", None, "USD", parts)


def test_a_refund_names_its_order(write: Write) -> None:
    heading = f"{HEADING},refund_of"
    rows = ("1001,2026-03-31,anna,45.20,", "r1,2026-04-02,anna,-5.20,1001")
    _, refund = imported(write(heading, *rows))[0]
    assert refund == Return(at("2026-04-01 22:00"), "anna", "EUR", 520, "1001")


@pytest.mark.parametrize("named", ["", "boris"])
def test_a_refund_is_that_of_its_orders_customer_whatever_its_own_row_says(write: Write, named: str) -> None:
    heading = f"{HEADING},refund_of"
    events, *_ = imported(write(heading, "1001,2026-03-31,anna,45.20,", f"r1,2026-04-02,{named},5.20,1001"))
    assert [event.customer for event in events] == ["anna", "anna"]


def test_events_come_in_the_order_of_time_whatever_the_order_of_the_file(write: Write) -> None:
    events, *_ = imported(write(HEADING, "2,2026-03-31,anna,2", "1,2026-03-30,anna,1", "3,2026-03-31,anna,3"))
    assert [event.order for event in events] == ["1", "2", "3"]


def test_rows_that_are_no_sale_are_counted_with_their_reason(write: Write) -> None:
    events, _, reading = imported(write(HEADING, "1,2026-03-31,anna,0", "2,2026-03-31,anna,-3", "3,2026-03-31,b,1"))
    assert len(events) == 1
    assert reading.left_out == {"nothing_paid": 1, "negative_without_order": 1}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_are_read_too(write: Write, delimiter: str) -> None:
    lines = (HEADING, '1001,2026-03-31,"anna",45.20')
    events, *_ = imported(write(*(line.replace(",", delimiter) for line in lines)))
    assert [event.customer for event in events] == ["anna"]


def test_gzip_is_read_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(gzip.compress(f"\ufeff{HEADING}\n1001,2026-03-31,anna,45.20\n".encode()))
    assert len(imported(path)[0]) == 1


# lines that nobody can understand


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1,2026-03-31,a,12.345", ", column amount: expected an amount in EUR such as 45.20, found '12.345'"),
        ("1,2026-03-31,a,12 EUR", ", column amount: expected an amount in EUR such as 45.20, found '12 EUR'"),
        ('1,2026-03-31,a,"12,50"', ", column amount: expected an amount in EUR such as 45.20, found '12,50'"),
        ("1,2026-03-31,a,", ", column amount: expected an amount in EUR such as 45.20, found ''"),
        ("1,31.03.2026,a,1", ", column date: expected a date such as 2026-03-31 14:05, found '31.03.2026'"),
        ("1,1066-10-14,a,1", ", column date: expected a date such as 2026-03-31 14:05, found '1066-10-14'"),
        (",2026-03-31,a,1", ", column order: expected the order's number, found ''"),
        ("1,2026-03-31,a", ": expected 4 values, found 3"),
        ("1,2026-03-31,a,1,2", ": expected 4 values, found 5"),
    ],
)
def test_a_broken_line_says_where_what_and_what_was_expected(write: Write, line: str, said: str) -> None:
    good = [f"o{number},2026-03-31,anna,1" for number in range(17_310)]
    path = write(HEADING, *good, line)
    with pytest.raises(BrokenLine) as told:
        imported(path)
    assert str(told.value) == f"{path}, line 17,312{said}"


def test_a_line_counts_as_it_stands_in_the_file_also_after_a_value_of_several_lines(write: Write) -> None:
    assert broken(write(HEADING, '"10\n01",2026-03-31,anna,1', "2,never,anna,1")).startswith("line 4, column date")


def test_an_order_that_is_told_twice_names_both_lines(write: Write) -> None:
    path = write(HEADING, "1,2026-03-31,anna,1", "2,2026-03-31,anna,1", "1,2026-03-31,anna,1")
    assert (
        broken(path) == "line 4, column order: expected an order that no other line tells of (line 2 does), found '1'"
    )


def test_text_that_is_not_utf_8_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(f"{HEADING}\n1,2026-03-31,anna,1\n2,2026-03-31,Zo\xeb,1\n".encode("latin-1"))
    assert broken(path) == "line 3: expected text in UTF-8"


def test_a_packed_file_that_was_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADING}\n1,2026-03-31,anna,1\n".encode())[:-12])
    assert "ends too early or is damaged" in broken(path)


def test_unknown_columns_say_which_are_known(write: Write) -> None:
    assert "no known kind of file has these columns" in broken(write("id,when,who", "1,2,3"))
    assert "the file is empty" in broken(write(""))


def test_skipping_goes_on_and_lists_every_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    lines = [HEADING, "1,never,a,1", "2,2026-03-31,Zo\xeb,1", "3,2026-03-31,a", "4,2026-03-31,a,1", "4,2026-03-31,a,1"]
    path.write_bytes("\n".join(lines).encode("latin-1"))
    events, _, reading = imported(path, skip=True)
    assert len(events) == 1
    assert [line.removeprefix(f"{path}, ").split(":")[0] for line in reading.broken] == [
        "line 2, column date",
        "line 3",
        "line 4",
        "line 6, column order",
    ]


def test_a_long_value_is_cut_in_the_message(write: Write) -> None:
    assert len(broken(write(HEADING, f"1,{'x' * 5_000},anna,1"))) < 150


# the year of invoices


def test_a_cancellation_is_a_return_of_the_customers_latest_orders(write: Write) -> None:
    heading = "InvoiceNo,InvoiceDate,CustomerID,Country,Quantity,UnitPrice"
    rows = ("536365,12/1/2010 8:26,17850,UK,40,3.91", "C536379,12/1/2010 9:41,17850,UK,-1,27.5")
    events, *_ = imported(write(heading, *rows))
    told = [(event.customer, event.currency) for event in events]
    assert told == [("17850", "GBP"), ("17850", "GBP")]
    assert [type(event) for event in events] == [Sale, Return]
    assert (events[0].amounts.goods, events[1].amount) == (15_640, 2_750)  # type: ignore[union-attr]


def test_every_row_of_the_year_is_replayed_or_counted() -> None:
    events, _, reading = imported(YEAR)
    assert reading.left_out == {"negative_without_cancellation": 1_336, "nothing_paid": 766, "adjustment": 3}
    assert len(events) + reading.left_out.total() == reading.rows == 25_943
    assert sum(event.customer is None for event in events) == 1_439 + 182
    assert "(blank)" not in {event.customer for event in events}
    assert [event.at for event in events] == sorted(event.at for event in events)


# shops' exports


def test_a_shopify_order_is_one_sale_however_many_lines_it_has(write: Write) -> None:
    first = (
        "#1001,Anna@Example.com,paid,2026-03-31 14:05:00 +0200,fulfilled,"
        "EUR,45.20,3.90,7.22,49.10,5.00,,1,Beans,45.20,,0.00,"
    )
    second = "#1001,Anna@Example.com,,,,,,,,,,,2,Filter,1.00,,,"
    events, layout, _ = imported(write(SHOPIFY, first, second))
    parts = Amounts(goods=4_520, tax=722, discount=500, shipping=390)
    assert events == [Sale(at("2026-03-31 12:05"), "#1001", "anna@example.com", "EUR", parts)]
    assert layout.name == "shopify"


def test_a_shopify_refund_and_a_cancellation_go_back(write: Write) -> None:
    refunded = "#1,a@b.example,partially_refunded,2026-03-01 12:00:00 +0000,,EUR,,0,0,40.00,0,,1,x,1,,10.00,"
    cancelled = (
        "#2,a@b.example,refunded,2026-03-02 12:00:00 +0000,,EUR,,0,0,30.00,0,,1,x,1,2026-03-05 12:00:00 +0000,0,"
    )
    events, *_ = imported(write(SHOPIFY, refunded, cancelled))
    assert {event for event in events if isinstance(event, Return)} == {
        Return(at("2026-03-15"), "a@b.example", "EUR", 1_000, "#1"),
        Return(at("2026-03-05"), "a@b.example", "EUR", 3_000, "#2"),
    }


def test_shopify_orders_that_were_never_paid_are_counted(write: Write) -> None:
    rest = ",,,EUR,,0,0,40.00,0,2026-03-01 12:00:00 +0000,1,x,1,,,"
    rows = [f"#{n},a@b.example,{status}{rest}" for n, status in enumerate(["pending", "voided"])]
    events, _, reading = imported(write(SHOPIFY, *rows))
    assert (events, reading.left_out) == ([], {"not_paid": 2})


def test_the_analytics_download_of_woocommerce_counts_net_sales(write: Write) -> None:
    rows = (
        '2026-03-31 14:05:00,1001,"€1,234.50",completed,Anna Ozola,returning,1× Beans,1,,1200.50',
        "2026-04-01 14:05:00,1002,€20.00,cancelled,Anna  Ozola,new,1× Beans,1,,20",
    )
    events, _, reading = imported(write(ANALYTICS, *rows))
    assert events == [Sale(at("2026-03-31 12:05"), "1001", "anna ozola", "EUR", Amounts(goods=120_050))]
    assert reading.left_out == {"not_paid": 1}


def test_the_order_export_of_woocommerce_tells_refunds(write: Write) -> None:
    rows = (
        "7,1007,3/31/2026 14:05:00,wc-completed,3.90,7.22,5,49.10,EUR,12,Anna@Example.com,-10.00,Beans",
        "7,1007,3/31/2026 14:05:00,wc-completed,3.90,7.22,5,49.10,EUR,12,Anna@Example.com,-10.00,Filter",
        "8,1008,2026-04-01 10:00:00,refunded,0,0,0,20,EUR,0,,,Beans",
    )
    events, *_ = imported(write(EXTENSION, *rows))
    parts = Amounts(goods=4_520, tax=722, discount=500, shipping=390)
    assert events[0] == Sale(at("2026-03-31 12:05"), "7", "anna@example.com", "EUR", parts)
    assert events[2:] == [
        Return(at("2026-04-14 12:05"), "anna@example.com", "EUR", 1_000, "7"),
        Return(at("2026-04-15 08:00"), None, "EUR", 2_000, "8"),
    ]
