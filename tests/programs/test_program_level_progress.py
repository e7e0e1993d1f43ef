"""The way to the next level on a card, and why a level is there, whatever levels count."""

from typing import Any

import pytest
from program_factory import at, roubles
from tier_shopper import Shopper

from chalicelib.cards.face import Progress, ProgressWords
from chalicelib.cards.facing import Holder, face_of
from chalicelib.cards.history import history
from chalicelib.cards.reasons import reason
from chalicelib.events import Amounts
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.levels import given
from chalicelib.programs.metrics import EFFECTIVE_REFERRALS

BASE: dict[str, Any] = {"name": "Base", "from": 0}
EITHER = {"name": "Gold", "from": {"any": ["10000 RUB spent", "3 effective referrals"]}}


def member(*levels: dict[str, Any], window: object = "lifetime", **keys: Any) -> Shopper:
    return Shopper(roubles(tiers={"window": window, "levels": [BASE, *levels], **keys}))


def progress(shopper: Shopper, when: str) -> Progress | None:
    holder = Holder("code", "https://cards.example/c", "en", is_void=False)
    return face_of(shopper.definition, shopper.snap(when), holder, at(when)).progress


def why(shopper: Shopper, when: str, language: str = "en") -> list[str]:
    """The reasons of all changes of level."""
    rows = history(shopper.entries, shopper.program, "points", now=at(when))
    return [reason(row, shopper.program, "points", language).sentence for row in rows if row.what == "level"]


def test_money_is_told_as_money_in_each_language() -> None:
    shopper = member(EITHER)
    shopper.buys(4_000, "2026-03-01 12:00")
    way = progress(shopper, "2026-03-02 00:00")
    assert way is not None
    assert (way.next_tier, way.reached, way.needed) == ("Gold", 400_000, 1_000_000)
    assert way.told("ru") == ProgressWords("4\xa0000\xa0₽", "10\xa0000\xa0₽", "6\xa0000\xa0₽")
    assert way.told("de") == way.told("en")


def test_the_shortest_way_is_told_when_friends_are_nearer_than_money() -> None:
    shopper = member(EITHER)
    shopper.buys(4_000, "2026-03-01 12:00")
    shopper.counts(EFFECTIVE_REFERRALS, 2, "2026-03-02 12:00", NEVER)
    way = progress(shopper, "2026-03-03 00:00")
    assert way is not None
    assert way.told("ru") == ProgressWords("2", "3 друга по приглашению", "1 друг по приглашению")


@pytest.mark.parametrize(
    ("spent", "russian", "english"),
    [
        (
            400_000,
            ("4\xa0000\xa0₽", ">10\xa0000\xa0₽", ">6\xa0000\xa0₽"),
            ("RUB\xa04,000", ">RUB\xa010,000", ">RUB\xa06,000"),
        ),
        (
            400_050,
            ("4\xa0000,50\xa0₽", ">10\xa0000\xa0₽", "5\xa0999,51\xa0₽"),
            ("RUB\xa04,000.50", ">RUB\xa010,000", "RUB\xa05,999.51"),
        ),
        (
            1_000_000,
            ("10\xa0000\xa0₽", ">10\xa0000\xa0₽", "0,01\xa0₽"),
            ("RUB\xa010,000", ">RUB\xa010,000", "RUB\xa00.01"),
        ),
    ],
)
def test_more_than_an_amount_reads_as_such(
    spent: int, russian: tuple[str, str, str], english: tuple[str, str, str]
) -> None:
    shopper = member({"name": "Gold", "from": "10000.01 RUB spent"})
    shopper.buys(0, "2026-03-01 12:00", amounts=Amounts(goods=spent))
    way = progress(shopper, "2026-03-02 00:00")
    assert way is not None
    assert (way.told("ru"), way.told("en")) == (ProgressWords(*russian), ProgressWords(*english))


def test_units_are_named_once() -> None:
    shopper = member({"name": "Gold", "from": "50 units of nights"})
    shopper.buys(4_000, "2026-03-01 12:00")
    way = progress(shopper, "2026-03-02 00:00")
    assert way is not None
    assert way.told("en") == ProgressWords("0", "50 nights", "50 nights")
    assert way.told("ru") == ProgressWords("0", "50 (nights)", "50 (nights)")


def test_points_that_the_card_shows_are_told_by_whoever_draws_it() -> None:
    shopper = member({"name": "Gold", "from": "300 points earned"})
    shopper.buys(2_000, "2026-03-01 12:00")
    assert progress(shopper, "2026-03-02 00:00") == Progress("Gold", 100, 300)


def test_a_level_that_is_only_given_is_no_way_to_go() -> None:
    shopper = member({"name": "Inner", "from": "by invitation"})
    shopper.buys(2_000, "2026-03-01 12:00")
    assert progress(shopper, "2026-03-02 00:00") is None


def test_in_a_month_that_decides_on_the_next_one_the_way_is_that_of_the_running_month() -> None:
    shopper = member({"name": "Gold", "from": "10000 RUB spent"}, window={"previous": "month"})
    shopper.buys(4_000, "2026-03-01 12:00")
    way = progress(shopper, "2026-03-31 00:00")
    assert way is not None
    assert way.reached == 400_000
    later = progress(shopper, "2026-04-01 00:00")
    assert later is not None
    assert later.reached == 0


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"calendar": "year"}, "Level Gold (RUB\xa010,000 spent in one calendar year; Gold needs RUB\xa010,000)"),
        ({"previous": "month"}, "Level Gold (RUB\xa010,000 spent in one calendar month; Gold needs RUB\xa010,000)"),
        ({"membership": "year"}, "Level Gold (RUB\xa010,000 spent in one year of yours; Gold needs RUB\xa010,000)"),
        ({"from_entry": "1 year"}, "Level Gold (RUB\xa010,000 spent in 1 year; Gold needs RUB\xa010,000)"),
    ],
)
def test_the_history_says_which_time_brought_a_level(window: object, expected: str) -> None:
    shopper = member({"name": "Gold", "from": "10000 RUB spent"}, window=window)
    shopper.buys(10_000, "2026-03-10 12:00")
    assert why(shopper, "2026-04-15 00:00") == [expected]


def test_the_history_says_why_a_level_of_several_ways_is_there() -> None:
    shopper = member(EITHER)
    shopper.buys(100, "2026-03-01 12:00")
    shopper.counts(EFFECTIVE_REFERRALS, 3, "2026-03-02 12:00", NEVER)
    assert why(shopper, "2026-03-03 00:00", "ru") == [
        "Уровень Gold (3 друга по приглашению за всё время; для Gold нужно 3 друга по приглашению)"
    ]


def test_the_history_says_that_the_shop_gave_a_level() -> None:
    shopper = member(EITHER)
    shopper.buys(100, "2026-03-01 12:00")
    shopper.counts(given("Gold"), 1, "2026-03-02 12:00", at("2026-04-01 00:00"))
    told = why(shopper, "2026-03-03 00:00")
    assert told == ["Level Gold (the shop decided so)"]
