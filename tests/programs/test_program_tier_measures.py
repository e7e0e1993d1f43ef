"""What levels can count, alone and together: orders, visits, nights, categories, friends, money or points."""

from typing import Any

import pytest
from program_factory import at, roubles
from tier_shopper import Shopper

from chalicelib.events import Amounts, LineBack, LineFacts
from chalicelib.ledger.documents import Pricing, Rolling
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.levels import given, nearest
from chalicelib.programs.definition import Definition
from chalicelib.programs.measuring import by_referral
from chalicelib.programs.metrics import EFFECTIVE_REFERRALS

BASE = {"name": "Base", "from": 0}
YEAR = {"rolling": "12 months"}


def program(*levels: dict[str, object], window: object = YEAR, **keys: object) -> Definition:
    return roubles(tiers={"window": window, "levels": [BASE, *levels], **keys})


def line(key: str, category: str, quantity: int = 1, goods: int = 100) -> LineFacts:
    return LineFacts(key, categories=(category,), quantity=quantity, goods=goods * 100)


def test_levels_by_orders_count_those_of_which_something_is_kept() -> None:
    member = Shopper(program({"name": "Regular", "from": 3}, measure="orders"))
    for day in (1, 1, 2):
        member.buys(10, f"2026-03-0{day} 1{len(member.entries)}:00", f"o{len(member.entries)}")
    assert member.level("2026-03-03 00:00") == "Regular"
    member.sends_back(5, "2026-03-03 10:00", "o1")
    assert member.level("2026-03-03 11:00") == "Regular"
    member.sends_back(5, "2026-03-04 10:00", "o1")
    assert (member.level("2026-03-04 11:00"), member.wrong()) == ("Base", [])


def test_levels_by_visits_count_days_with_a_purchase() -> None:
    member = Shopper(program({"name": "Regular", "from": "2 visits"}))
    member.buys(10, "2026-03-01 00:10", "early")
    member.buys(10, "2026-03-01 23:50", "late")
    assert (member.snap("2026-03-02 00:00").metric("visits"), member.level("2026-03-02 00:00")) == (1, "Base")
    member.buys(10, "2026-03-02 00:10", "next")
    assert member.level("2026-03-02 01:00") == "Regular"
    member.sends_back(10, "2026-03-02 10:00", "early")
    assert member.level("2026-03-02 11:00") == "Regular", "the other order of that day is a visit, too"
    member.sends_back(10, "2026-03-02 12:00", "late")
    assert (member.level("2026-03-02 13:00"), member.wrong()) == ("Base", [])


def test_levels_by_nights_count_the_pieces_of_a_category_that_were_kept() -> None:
    member = Shopper(program({"name": "Silver", "from": "10 units of nights"}, window={"calendar": "year"}))
    stay = (line("1", "Nights", quantity=10, goods=900), line("2", "breakfast", quantity=20))
    member.buys(1_000, "2026-03-01 12:00", "stay", lines=stay)
    assert member.level("2026-03-01 13:00") == "Silver"
    member.sends_back(90, "2026-03-02 12:00", "stay", **{"1": LineBack(quantity=1, goods=9_000)})
    assert member.snap("2026-03-02 13:00").metric("units of nights") == 9
    assert (member.level("2026-03-02 13:00"), member.wrong()) == ("Base", [])


def test_levels_by_nights_count_free_nights_and_those_that_points_paid_for() -> None:
    member = Shopper(program({"name": "Silver", "from": "10 units of nights"}, window={"calendar": "year"}))
    stay = (line("1", "nights", quantity=3, goods=300), line("2", "nights", quantity=1, goods=0))
    member.buys(300, "2026-03-01 12:00", "stay", lines=stay)
    assert member.snap("2026-03-01 13:00").metric("units of nights") == 4
    member.buys(0, "2026-03-02 12:00", "won", lines=(line("1", "nights", quantity=2, goods=0),))
    assert member.snap("2026-03-02 13:00").metric("units of nights") == 6
    used = Amounts(goods=40_000, points_paid=40_000)
    member.buys(400, "2026-03-03 12:00", "used", lines=(line("1", "nights", quantity=4, goods=400),), amounts=used)
    assert (member.level("2026-03-03 13:00"), member.wrong()) == ("Silver", [])
    member.sends_back(0, "2026-03-04 12:00", "won", **{"1": LineBack(quantity=1)})
    assert member.snap("2026-03-04 13:00").metric("units of nights") == 9
    member.sends_back(300, "2026-03-05 12:00", "stay")
    assert (member.snap("2026-03-05 13:00").metric("units of nights"), member.wrong()) == (5, [])


def test_what_is_free_opens_no_category() -> None:
    member = Shopper(program({"name": "Explorer", "from": "1 categories used"}, categories=["coffee"]))
    member.buys(0, "2026-03-01 12:00", lines=(line("1", "coffee", goods=0),))
    member.buys(10, "2026-03-01 13:00", lines=(line("1", "tea", goods=10), line("2", "coffee", goods=0)))
    assert member.snap("2026-03-01 14:00").metric("used coffee") == 0


def test_levels_by_categories_count_different_ones() -> None:
    definition = program({"name": "Explorer", "from": "2 categories used"}, categories=["coffee", "cakes", "books"])
    member = Shopper(definition)
    member.buys(200, "2026-03-01 12:00", "one", lines=(line("1", "coffee"), line("2", "coffee")))
    assert member.level("2026-03-01 13:00") == "Base"
    member.buys(100, "2026-03-02 12:00", "two", lines=(line("1", "cakes"),))
    assert member.level("2026-03-02 13:00") == "Explorer"
    member.buys(100, "2026-04-02 12:00", "three", lines=(line("1", "tea"),))
    assert member.level("2027-03-31 23:59") == "Explorer"
    assert member.level("2027-04-01 00:00") == "Base"
    member.sends_back(100, "2026-04-03 12:00", "two")
    assert (member.level("2026-04-03 13:00"), member.wrong()) == ("Base", [])


def test_levels_by_effective_referrals_read_what_kept_referrals_add() -> None:
    definition = program({"name": "Friend", "from": "3 effective referrals"})
    member = Shopper(definition)
    context = Pricing("v1", "", at("2026-03-01 12:00"), 0)
    (rolling,) = by_referral(definition, context, 1)
    assert rolling == Rolling(EFFECTIVE_REFERRALS, 1, at("2027-04-01 00:00"))
    for day in (1, 2, 3):
        member.counts(rolling.metric, rolling.points, f"2026-03-0{day} 12:00", rolling.leaves)
    assert (member.level("2026-03-02 13:00"), member.level("2026-03-03 13:00")) == ("Friend", "Friend")
    assert member.entries[1].snap.tier.level == "Base"


# --- several at once ------------------------------------------------------------------------------------------------

MOMO = (
    {"name": "5%", "from": {"any": ["10000.01 RUB spent", "3 effective referrals"]}},
    {"name": "7%", "from": {"any": ["50000.01 RUB spent", "4 effective referrals"]}},
    {"name": "10%", "from": {"any": ["80000.01 RUB spent", "6 effective referrals"]}},
)


@pytest.mark.parametrize(
    ("spent", "friends", "expected"),
    [(10_000, 2, "Base"), (10_001, 0, "5%"), (0, 3, "5%"), (10_001, 4, "7%"), (50_001, 3, "7%"), (0, 6, "10%")],
)
def test_spend_or_friends_reach_a_level_as_at_momo_salon(spent: int, friends: int, expected: str) -> None:
    member = Shopper(program(*MOMO, window="lifetime"))
    member.buys(spent, "2026-03-01 12:00")
    member.counts(EFFECTIVE_REFERRALS, friends, "2026-03-02 12:00", NEVER)
    assert member.level("2026-03-03 00:00") == expected


OWN_CIRCLE: dict[str, Any] = {
    "window": YEAR,
    "categories": ["food", "beauty", "sport", "auto", "pets"],
}
CIRCLE = (
    {"name": "VIP", "from": {"all": ["30000 RUB spent", "3 categories used"]}},
    {"name": "Elite", "from": {"all": ["100000 RUB spent", "5 categories used"]}},
    {"name": "Inner", "from": {"any": ["200000 RUB spent"]}},
)


@pytest.mark.parametrize(
    ("spent", "categories", "expected"),
    [
        (30_000, 2, "Base"),
        (29_999, 3, "Base"),
        (30_000, 3, "VIP"),
        (199_999, 4, "VIP"),
        (100_000, 5, "Elite"),
        (200_000, 1, "Inner"),
    ],
)
def test_spend_and_categories_together_reach_a_level(spent: int, categories: int, expected: str) -> None:
    member = Shopper(program(*CIRCLE, **OWN_CIRCLE))
    names = OWN_CIRCLE["categories"][:categories]
    lines = tuple(line(name, name, goods=1) for name in names)
    member.buys(spent, "2026-03-01 12:00", lines=lines)
    assert (member.level("2026-03-01 13:00"), member.wrong()) == (expected, [])


def test_needs_of_one_way_are_met_within_one_year_where_years_stand_alone() -> None:
    window = {"calendar": "year", "valid": "through the next year"}
    member = Shopper(program({"name": "Gold", "from": {"all": ["1000 RUB spent", "2 orders"]}}, window=window))
    member.buys(1_000, "2025-12-01 12:00")
    member.buys(1, "2026-01-10 12:00")
    assert member.level("2026-01-11 00:00") == "Base"
    member.buys(1, "2025-12-02 12:00", "late")
    assert (member.level("2027-01-01 00:00"), member.level("2026-12-31 23:59")) == ("Base", "Gold")
    assert not member.wrong()


def test_a_lifetime_status_is_reached_beside_the_window() -> None:
    gold = {"name": "Gold", "from": {"any": ["10000 RUB spent", "25000 RUB spent ever"]}}
    member = Shopper(program(gold, window={"calendar": "year"}))
    for year in (2026, 2027, 2028):
        member.buys(8_400, f"{year}-03-01 12:00")
        assert member.level(f"{year}-03-02 00:00") == ("Gold" if year == 2028 else "Base")
    assert member.level("2090-01-01 00:00") == "Gold"
    assert not member.wrong()


def test_a_limit_that_takes_points_takes_them_from_every_window_of_the_measure() -> None:
    gold = {"name": "Gold", "from": {"any": ["1000 points earned", "3000 points earned ever"]}}
    definition = roubles(
        earn={"rules": [{"name": "shopping", "give": "5% as points", "at_most": "50 points per month"}]},
        tiers={"window": {"calendar": "month"}, "levels": [BASE, gold]},
    )
    member = Shopper(definition)
    member.buys(1_000, "2026-03-01 12:00")
    member.buys(1_000, "2026-03-02 12:00")
    snap = member.snap("2026-03-03 00:00")
    assert (snap.metric("points earned"), snap.metric("points earned ever")) == (50, 50)


# --- the order that reaches it --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("invoice", "expected"), [(196_000, 196), (20_000, 0), (450_000, 500)])
def test_erpnext_33550_an_invoice_earns_at_the_level_that_it_reaches(invoice: int, expected: int) -> None:
    """1 point per 1,000 from 100,000 on, 1 per 900 from 300,000 on, none below."""
    definition = roubles(
        earn={
            "rules": [
                {"name": "silver", "give": "1 point per 1000 RUB", "when": {"level": "Silver"}},
                {"name": "gold", "give": "1 point per 900 RUB", "when": {"level": "Gold"}},
            ]
        },
        tiers={
            "measure": "money spent",
            "window": "lifetime",
            "levels": [BASE, {"name": "Silver", "from": "100000 RUB"}, {"name": "Gold", "from": "300000 RUB"}],
            "new_level_from": "the order that reaches it",
        },
    )
    member = Shopper(definition)
    member.buys(invoice, "2026-03-01 12:00")
    assert (member.snap("2026-03-02 00:00").purse("points").issued, member.wrong()) == (expected, [])


MULTIPLIED = (
    {"name": "Silver", "from": "100000 RUB", "multiply": 2},
    {"name": "Gold", "from": "300000 RUB", "multiply": 3},
)


@pytest.mark.parametrize(
    ("new_level_from", "expected"), [("the next order", 5_000), ("the order that reaches it", 10_000)]
)
def test_the_order_that_reaches_a_level_is_priced_with_it_or_before_it(new_level_from: str, expected: int) -> None:
    member = Shopper(program(*MULTIPLIED, window="lifetime", measure="money spent", new_level_from=new_level_from))
    member.buys(100_000, "2026-03-01 12:00", "big")
    assert member.snap("2026-03-02 00:00").purse("points").issued == expected
    member.sends_back(50_000, "2026-03-03 12:00", "big")
    assert member.snap("2026-03-04 00:00").purse("points").spendable == expected // 2
    assert not member.wrong()


def test_a_level_s_own_limit_takes_the_place_of_the_rule_s() -> None:
    definition = roubles(
        earn={"rules": [{"name": "shopping", "give": "5% as points", "at_most": "100 points per month"}]},
        tiers={
            "measure": "money spent",
            "window": "lifetime",
            "levels": [BASE, {"name": "Gold", "from": "1000 RUB", "limits": {"shopping": "300 points"}}],
        },
    )
    member = Shopper(definition)
    member.buys(10_000, "2026-03-01 12:00")
    assert member.snap("2026-03-02 00:00").purse("points").spendable == 100
    member.buys(10_000, "2026-04-01 12:00")
    assert member.snap("2026-04-02 00:00").purse("points").spendable == 400


# --- given by hand --------------------------------------------------------------------------------------------------


def test_a_level_that_was_given_is_held_until_its_day() -> None:
    member = Shopper(program({"name": "Inner", "from": "by invitation"}))
    member.buys(1, "2026-03-01 12:00")
    member.counts(given("Inner"), 1, "2026-03-02 12:00", at("2026-06-01 00:00"))
    assert (member.level("2026-05-31 23:59"), member.level("2026-06-01 00:00")) == ("Inner", "Base")
    assert not member.wrong()


def test_a_level_above_the_given_one_is_reached_as_ever() -> None:
    levels = ({"name": "Silver", "from": "100 RUB spent"}, {"name": "Gold", "from": "1000 RUB spent"})
    member = Shopper(program(*levels))
    member.counts(given("Silver"), 1, "2026-03-02 12:00", at("2026-06-01 00:00"))
    assert member.level("2026-03-02 13:00") == "Silver"
    member.buys(1_000, "2026-03-03 12:00")
    assert member.level("2026-03-03 13:00") == "Gold"


# --- the shortest way -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "friends", "expected"),
    [
        (4_000, 1, ("money spent", 400_000, 1_000_001)),
        (1_000, 2, ("effective referrals", 2, 3)),
        (0, 0, ("money spent", 0, 1_000_001)),
    ],
)
def test_the_nearest_way_to_the_next_level_is_the_one_of_which_most_is_done(
    spent: int, friends: int, expected: tuple[str, int, int]
) -> None:
    member = Shopper(program(*MOMO, window="lifetime"))
    member.buys(spent or 1, "2026-03-01 12:00")
    member.sends_back(1 - spent if spent < 1 else 0, "2026-03-01 13:00", "2026-03-01 12:00")
    member.counts(EFFECTIVE_REFERRALS, friends, "2026-03-02 12:00", NEVER)
    rules = member.program.timeline.reigns[0].tiers
    assert rules is not None
    found = nearest(rules, rules.levels[1], member.snap("2026-03-03 00:00"), at("2026-03-03 00:00"))
    assert found is not None
    assert (found[0].metrics[0], found[1], found[0].least) == expected


def test_of_needs_that_belong_together_the_one_of_which_least_is_there_is_told() -> None:
    member = Shopper(program(*CIRCLE, **OWN_CIRCLE))
    member.buys(30_000, "2026-03-01 12:00", lines=(line("1", "food"),))
    rules = member.program.timeline.reigns[0].tiers
    assert rules is not None
    found = nearest(rules, rules.levels[1], member.snap("2026-03-03 00:00"), at("2026-03-03 00:00"))
    assert found is not None
    assert (found[0].counts, found[1], found[0].least) == ("kinds", 1, 3)


def test_the_way_to_a_level_of_a_calendar_year_is_that_of_the_running_one() -> None:
    window = {"calendar": "year", "valid": "through the next year"}
    member = Shopper(program({"name": "Gold", "from": "10000 RUB"}, window=window, measure="money spent"))
    member.buys(9_000, "2025-12-01 12:00")
    member.buys(1_000, "2026-01-10 12:00")
    rules = member.program.timeline.reigns[0].tiers
    assert rules is not None
    found = nearest(rules, rules.levels[1], member.snap("2026-01-11 00:00"), at("2026-01-11 00:00"))
    assert found is not None
    assert found[1] == 100_000
