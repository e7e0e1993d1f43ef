"""A statement adds up: the opening figures and all rows are the closing ones, and these are the purse."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
import pytest
from click.testing import CliRunner, Result
from history_factory import END, Book
from hypothesis import given, settings
from hypothesis import strategies as some
from rich.console import Console
from stand_ins import DAY, NOON
from whole_house import ANNA, DEFINITION, PROGRAM, Town, town

from chalicelib.cards.history import history
from chalicelib.cards.movements import Figures
from chalicelib.cards.statement import statement
from chalicelib.errors import Broken, LoyaltyError
from chalicelib.events import Reference
from chalicelib.ledger.journal import Entry, Leg
from chalicelib.services.journaling import Line, next_entry, standing
from chalicelib.services.ports import Commit
from ops.command import main

WAITING = DEFINITION.replace("available: at once", "available: {after: 14 days}").replace(
    "expires: {after: 12 months, at: end of month}", "expires: {after: 2 months, at: end of day}"
)
Run = Callable[..., Result]


@pytest.fixture
def here() -> Town:
    return town()


@pytest.fixture
def run(here: Town, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("ops.statement.house_of", lambda stage: here.house)

    def typed(*words: str) -> Result:
        monkeypatch.setattr("ops.statement._screen", Console(width=200, force_terminal=False))
        return CliRunner().invoke(main, ["statement", *words], catch_exceptions=False)

    return typed


STEPS = some.lists(
    some.one_of(
        some.tuples(some.just("buys"), some.integers(1, 60_000)),
        some.tuples(some.just("refund"), some.integers(1, 60_000)),
        some.tuples(some.just("uses"), some.integers(1, 300)),
        some.tuples(some.just("waits"), some.integers(1, 40)),
    ),
    max_size=14,
)


def live(here: Town, steps: Sequence[tuple[str, int]]) -> None:
    """Do what can be done; what the rules refuse is no news."""
    orders = []
    for number, (what, size) in enumerate(steps):
        match what:
            case "buys":
                orders.append(here.buys(ANNA, size))
            case "refund" if orders:
                here.deliver(here.shop.refunded(orders[-1], amount=size))
            case "uses" if orders:
                reference = Reference(f"redemption/{number}")
                try:
                    here.house.redemptions.redeem(here.program, reference, here.account(ANNA), size, actor="till")
                except LoyaltyError:
                    continue
            case "waits":
                here.clock.forward(size * DAY)


def purse(entries: Sequence[Entry], here: Town) -> Figures:
    shown = here.house.showing.face(here.card(here.member(ANNA))).face
    owed = max(0, -shown.points)
    return Figures(max(0, shown.points), sum(part.points for part in shown.arriving), 0, owed)


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("definition", [DEFINITION, WAITING], ids=["at once", "waiting and expiring"])
def test_rows_add_up_to_the_card_and_every_stretch_joins_the_next(
    definition: str, steps: list[tuple[str, int]]
) -> None:
    here = town(definition)
    live(here, [("buys", 4_500), *steps])
    entries = here.entries(here.account(ANNA))
    now = here.clock.now()
    whole = statement(entries, here.program, "beans", now=now)
    assert whole.closing == purse(entries, here)
    assert sum(line.row.points for line in whole.lines) == whole.closing.worth
    assert [line.row.posted_at for line in whole.lines] == sorted(line.row.posted_at for line in whole.lines)
    middle = (NOON + now) // 2
    before = statement(entries, here.program, "beans", now=now, until=middle)
    after = statement(entries, here.program, "beans", now=now, since=middle)
    assert before.closing == after.opening
    assert (*before.lines, *after.lines) == whole.lines
    tail = history(entries[-3:], here.program, "beans", now=now)
    if len(entries) > 3:
        assert [(row.what, row.points, row.figures, row.posted_at) for row in tail] == [
            (row.what, row.points, row.figures, row.posted_at)
            for row in history(entries, here.program, "beans", now=now)[-len(tail) :]
        ]


def test_a_journal_whose_beginning_reached_its_end_opens_with_what_stood_there() -> None:
    book = Book()
    book.earns(100)
    book.post("claimed", name="")
    book.earns(10)
    told = statement(book.entries[1:], book.program, "beans", now=book.now)
    assert (told.opening, told.closing) == (Figures(usable=100), Figures(usable=110))
    assert [line.row.what for line in told.lines] == ["earned"]


def test_a_journal_that_does_not_add_up_is_no_statement() -> None:
    book = Book()
    book.earns(100)
    spoiled = msgspec.structs.replace(
        book.entries[0], legs=(Leg("issued", "beans", -90), Leg("cell", "beans", 90, ends=END))
    )
    with pytest.raises(Broken):
        statement([spoiled], book.program, "beans", now=book.now)


# --- the command --------------------------------------------------------------------------------------------------


def _a_year(here: Town) -> str:
    link = here.member(ANNA)
    order = here.buys(ANNA, 45_000)
    here.clock.forward(DAY)
    here.deliver(here.shop.refunded(order, amount=1_000))
    here.house.redemptions.redeem(here.program, Reference("redemption/1"), here.account(ANNA), 100, actor="till")
    return link


def test_a_member_is_found_by_address_card_link_or_account(here: Town, run: Run) -> None:
    link = _a_year(here)
    told = {run(name).output for name in (ANNA.email, link, f"https://cards.example/c/{link}", here.account(ANNA))}
    assert len(told) == 1
    said = " ".join(told.pop().split())
    assert "Earned for order #1001: 450 beans" in said
    assert "10 of the 450 it had given" in said
    assert "Level Silver" in said
    assert said.endswith("After 340 Silver")
    assert here.account(ANNA) not in said


def test_a_phone_number_finds_its_member(here: Town, run: Run) -> None:
    by_phone = replace(ANNA, email=None)
    here.buys(by_phone, 1_000)
    assert "10 beans" in run("+371 2000 0001").output


def test_russian_is_spoken_on_request(here: Town, run: Run) -> None:
    _a_year(here)
    said = " ".join(run(str(ANNA.email), "--language", "ru").output.split())
    assert "Начислено за заказ #1001: 450 зёрен" in said
    assert said.endswith("После этого 340 Silver")


def test_days_limit_what_is_told_and_the_figures_join(here: Town, run: Run) -> None:
    _a_year(here)
    first = json.loads(run(str(ANNA.email), "--to", "2026-06-23", "--json").output)[0]
    rest = json.loads(run(str(ANNA.email), "--from", "2026-06-24", "--json").output)[0]
    assert first["closing"] == rest["opening"] == {"usable": 450, "coming": 0, "held": 0, "owed": 0}
    assert [row["points"] for row in first["rows"]] == [450, 0]
    assert [(row["points"], row["after"]["usable"]) for row in rest["rows"]] == [(-10, 440), (-100, 340)]
    assert rest["level"] == "Silver"


def test_a_spreadsheet_gets_numbers_and_no_formula(here: Town, run: Run) -> None:
    here.buys(ANNA, 4_500)
    account = here.account(ANNA)
    stand = standing(here.own.ledger, here.program, account, here.clock.now())
    typed = '=HYPERLINK("https://evil.example")'
    line = Line("adjusted", Reference("adjustment/1"), NOON, "owner", "", typed, legs=(Leg("taken_back", "beans", 5),))
    drawn = msgspec.structs.replace(
        line, legs=(*line.legs, Leg("cell", "beans", -5, ends=stand.snap.purse("beans").cells[0].ends))
    )
    here.own.ledger.commit(Commit(PROGRAM, entries=(next_entry(stand, here.program, drawn),)))
    rows = list(csv.DictReader(io.StringIO(run(account, "--csv").output)))
    assert [(row["what happened"], row["why"], row["points"], row["to use"]) for row in rows] == [
        ("Before", "", "", "0"),
        ("Earned for order #1001: 45 beans", "1 bean per €1", "45", "45"),
        ("Changed by the shop: −5 beans", f"'{typed}", "-5", "40"),
        ("After", "", "", "40"),
    ]


def test_nobody_is_told_of_somebody_else(here: Town, run: Run) -> None:
    _a_year(here)
    for stranger in ("nobody@example.com", "+37120009999", "https://cards.example/c/AAAAAAAAAAAAAAAAAAAAAA", "x"):
        result = run(stranger)
        assert result.exit_code == 1
        assert "Nobody is known by that name" in result.output


def test_the_program_is_asked_for_by_name(here: Town, run: Run) -> None:
    _a_year(here)
    assert run(str(ANNA.email), "--program", PROGRAM).exit_code == 0
