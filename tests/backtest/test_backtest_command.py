"""`pointpass backtest`, as it is typed."""

import json
import re
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from history_desk import BEAN_STREET, NEVER_USED, PROJECT, file_of, program

from chalicelib.programs.backtest.replay import Replay
from ops.backtest.importing import Source, read_orders
from ops.backtest.spool import Spool
from ops.command import main

BEANS = str(PROJECT / "programs" / "bean-street.yaml")
ROWS = (
    "order,date,customer,amount,refund_of",
    "1001,2026-01-05,anna@customers.example,1000,",
    "1002,2026-01-06,boris@customers.example,10,",
    "1003,2026-02-05,boris@customers.example,110,",
    "r1,2026-02-06,boris@customers.example,10,1003",
    "1004,2026-02-07,,99,",
    "1005,2026-02-07,anna@customers.example,0,",
)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return file_of(tmp_path)(*ROWS)


@pytest.fixture
def other(tmp_path: Path) -> str:
    path = tmp_path / "two-beans.yaml"
    path.write_text(BEAN_STREET.replace("1 bean per 1 EUR", "2 beans per 1 EUR"))
    return str(path)


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["backtest", *map(str, words)])


def said(*words: str | Path) -> str:
    """What the screen shows, on one line."""
    result = typed(*words)
    assert result.exit_code == 0, result.output
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", result.output).split())


def refused(*words: str | Path) -> str:
    result = typed(*words)
    assert result.exit_code != 0
    assert not isinstance(result.exception, AssertionError | KeyError | ValueError)
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", result.output).split())


def test_help_says_what_owners_say() -> None:
    assert "Try it on last year's orders" in typed("--help").output


def test_the_verdict_comes_first_in_plain_words(orders: Path) -> None:
    screen = said(BEANS, "--orders", orders, "--margin", "10%", "--redeem", "never")
    assert (
        "The program stays out of the red. When every point is paid for, €55.50 of the margin of €111 is left."
        in screen
    )
    assert "Points cost 5% of what members paid." in screen
    assert "1 row: nothing was paid" in screen
    bad = said(BEANS, "--orders", orders, "--margin", "4%", "--redeem", "never")
    assert "The program loses money. Its points cost €55.50, and the margin is €44.40: €11.10 are missing." in bad


def test_without_a_margin_the_least_one_is_told(orders: Path) -> None:
    assert "pays for itself with a margin of 5% or more" in said(BEANS, "--orders", orders, "--redeem", "never")


def test_a_point_whose_worth_nobody_said_has_no_cost(orders: Path, tmp_path: Path) -> None:
    path = tmp_path / "worthless.yaml"
    path.write_text(BEAN_STREET.replace("    worth: 0.05 EUR\n", "").replace(", at_most: 50% of goods", ""))
    assert "What the points cost is unknown" in said(path, "--orders", orders, "--margin", "10%")


def test_the_same_figures_come_as_json(orders: Path, tmp_path: Path) -> None:
    said(BEANS, "--orders", orders, "--margin", "10%", "--redeem", "never", "--json", tmp_path / "told.json")
    told = json.loads((tmp_path / "told.json").read_text())
    (only,) = told["programs"]
    assert only["points"]["beans"] == {
        "issued": 1_120,
        "redeemed": 0,
        "expired": 0,
        "taken_back": 10,
        "outstanding": 1_110,
        "owed_by_members": 0,
    }
    assert (only["sales"], only["returned"], only["cost"], only["left_of_margin"]) == (112_000, 1_000, 5_550, 5_550)
    assert (only["members"], only["reached_a_reward"], only["guest_sales"]) == (2, 2, 9_900)
    assert (told["left_out"], told["books"]["orders"]) == ({"nothing_paid": 1}, 4)
    assert [month["levels"] for month in only["months"]] == [{"Gold": 1, "Bean": 1}, {"Gold": 1, "Bean": 1}]


def test_two_definitions_show_who_gains_and_who_loses(orders: Path, other: str, tmp_path: Path) -> None:
    screen = said(BEANS, "--against", other, "--orders", orders, "--redeem", "never", "--json", tmp_path / "told.json")
    assert "Who gains and who loses with two-beans.yaml" in screen
    assert "The most that one member gains is €50; the most that one loses is €0." in screen
    told = json.loads((tmp_path / "told.json").read_text())["comparison"]
    assert told["points"] == [1_110, 2_220]
    assert sum(group["gain"] for group in told["groups"]) == 2


def test_definitions_in_different_money_are_not_compared(orders: Path, tmp_path: Path) -> None:
    path = tmp_path / "pounds.yaml"
    path.write_text(BEAN_STREET.replace("EUR", "GBP"))
    assert "different money: EUR, GBP" in refused(BEANS, "--against", path, "--orders", orders)


def test_markdown_folds_all_but_the_verdict_and_names_no_customer(orders: Path, other: str, tmp_path: Path) -> None:
    said(
        BEANS, "--against", other, "--orders", orders, "--markdown", tmp_path / "told.md", "--html", tmp_path / "p.html"
    )
    told = (tmp_path / "told.md").read_text()
    assert told.startswith("## bean-street.yaml and two-beans.yaml on the same orders\n")
    assert told.count("<details>") == told.count("</details>") >= 5
    assert "customers.example" not in told + (tmp_path / "p.html").read_text()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_is_one_file_that_fetches_nothing(orders: Path, tmp_path: Path, language: str) -> None:
    path = tmp_path / "page.html"
    words: Sequence[Any] = (BEANS, "--orders", orders, "--margin", "10%", "--html", path, "--language", language)
    said(*words)
    page = path.read_text()
    assert page.count("<svg") == 5
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=|url\(|@import", page)
    assert f'<html lang="{language}">' in page
    before = page
    said(*words)
    assert path.read_text() == before


def test_names_in_a_definition_are_text_on_the_page(orders: Path, tmp_path: Path) -> None:
    path = tmp_path / "evil.yaml"
    text = BEAN_STREET.replace("  name: Bean Street Coffee\n", '  name: "<script>alert(1)</script>"\n')
    path.write_text(text.replace("name: Gold", 'name: "<b>Gold"'))
    said(path, "--orders", orders, "--html", tmp_path / "page.html", "--markdown", tmp_path / "told.md")
    page = (tmp_path / "page.html").read_text()
    assert "<script>" not in page
    assert "<b>Gold" not in page
    assert "&lt;script&gt;alert(1)" in page
    markdown = (tmp_path / "told.md").read_text()
    assert "<script>" not in markdown
    assert "<b>Gold" not in markdown


def test_what_a_file_says_is_no_markup_on_the_screen(tmp_path: Path) -> None:
    path = file_of(tmp_path)(*ROWS, "1006,[/bold] [red]now,anna,5,")
    assert "found '[/bold] [red]now'" in said(BEANS, "--orders", path, "--skip-broken")


def test_other_money_needs_a_rate_or_a_word(orders: Path, tmp_path: Path) -> None:
    heading = "InvoiceNo,InvoiceDate,CustomerID,Quantity,UnitPrice"
    path = file_of(tmp_path)(heading, "1,12/1/2010 8:26,17850,100,1", name="uk.csv")
    assert "--money GBP=1.17" in refused(BEANS, "--orders", path)
    rated, own = (tmp_path / name for name in ("rated.json", "own.json"))
    assert "One GBP counts as 1.17 EUR" in said(BEANS, "--orders", path, "--money", "GBP=1.17", "--json", rated)
    assert "All amounts are taken for EUR" in said(BEANS, "--orders", path, "--as-program-money", "--json", own)
    sales = [json.loads(each.read_text())["programs"][0]["sales"] for each in (rated, own)]
    assert sales == [11_700, 10_000]


def test_yen_are_counted_in_whole_units(tmp_path: Path) -> None:
    path = file_of(tmp_path)("order,date,customer,amount,currency", "1,2026-01-05,anna,10000,JPY")
    said(BEANS, "--orders", path, "--money", "JPY=0.006", "--json", tmp_path / "told.json")
    assert json.loads((tmp_path / "told.json").read_text())["programs"][0]["sales"] == 6_000


def test_a_broken_line_stops_everything_unless_it_may_be_skipped(tmp_path: Path) -> None:
    path = file_of(tmp_path)(*ROWS, "1006,soon,anna,5,", "1007,2026-03-01,anna,five,")
    told = refused(BEANS, "--orders", path, "--json", tmp_path / "told.json")
    assert "line 8, column date: expected a date such as 2026-03-31 14:05, found 'soon'" in told
    assert not (tmp_path / "told.json").exists()
    screen = said(BEANS, "--orders", path, "--skip-broken")
    assert "line 8, column date" in screen
    assert "line 9, column amount" in screen
    assert "2 rows: could not be understood" in screen


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--redeem", "sometimes"), '"50% from 100"'),
        (("--redeem", "101%"), '"50% from 100"'),
        (("--margin", "60"), "60%"),
        (("--margin", "0%"), "60%"),
        (("--money", "GBP"), "GBP=1.17"),
        (("--money", "GBP=1e9"), "GBP=1.17"),
        (("--money", "GBP=0"), "GBP=1.17"),
    ],
)
def test_what_cannot_be_meant_says_what_can(orders: Path, words: tuple[str, str], hint: str) -> None:
    assert hint in refused(BEANS, "--orders", orders, *words)


def test_a_file_without_paid_orders_says_so(tmp_path: Path) -> None:
    path = file_of(tmp_path)(ROWS[0])
    assert "There is no paid order in this file." in refused(BEANS, "--orders", path)


def test_a_broken_definition_says_where(orders: Path, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(BEAN_STREET.replace("worth:", "wurth:"))
    assert "wrong.yaml:18" in refused(path, "--orders", orders).replace(" ", "")


def test_memory_does_not_grow_with_the_number_of_orders(tmp_path: Path) -> None:
    once, twice = (_peak(file_of(tmp_path), orders) for orders in (20, 40))
    assert twice < 1.15 * once


def _peak(write: Callable[..., Path], orders: int) -> int:
    """Bytes at most while 60 customers make so many orders each, and return some."""
    rows = []
    for number in range(orders):
        for customer in range(60):
            day = f"2026-01-{1 + number % 28:02d}"
            rows.append(f"{number}-{customer},{day},c{customer},{10 + customer},")
            if number % 5 == 4:
                rows.append(f"r{number}-{customer},{day},c{customer},5,{number}-{customer}")
    path = write("order,date,customer,amount,refund_of", *rows)
    rules = program()
    tracemalloc.start()
    with Spool() as spool:
        read_orders(Source(path, ZoneInfo("Europe/Berlin"), "EUR"), spool)
        replay = Replay(rules, NEVER_USED, spool.shelf())
        for event in spool.events():
            replay.take(event)
        replay.finish()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert replay.books.orders == 60 * orders
    return peak
