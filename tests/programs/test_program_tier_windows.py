"""Levels over every kind of time: 6,000 spent on 20 November 2025, 5,000 on 10 February 2026, threshold 10,000.

Each journal is posted through the real entries and checked by the checker.
"""

import pytest
from program_factory import at, roubles
from tier_shopper import Shopper

from chalicelib.ledger.settle import settle
from chalicelib.programs.definition import Definition

BASE, GOLD = {"name": "Base", "from": 0}, {"name": "Gold", "from": "10000 RUB"}


def spending(window: object, *levels: dict[str, object], **keys: object) -> Definition:
    tiers = {"measure": "money spent", "window": window, "levels": [BASE, *(levels or (GOLD,))], **keys}
    return roubles(tiers={key: value for key, value in tiers.items() if value is not None})


def shopper(definition: Definition) -> Shopper:
    """Somebody who joined on 1 November 2025 and bought twice."""
    member = Shopper(definition)
    member.buys(6_000, "2025-11-20 18:00", "first")
    member.buys(5_000, "2026-02-10 11:00", "second")
    assert not member.wrong()
    return member


def levels(member: Shopper, *days: str) -> list[str]:
    """The level at each time; and it is the same however often somebody looked in between."""
    found = [member.level(day) for day in days]
    before = member.entries[-1]
    snap, since = before.snap, before.at
    for day in days:
        snap, since = settle(snap, member.program.timeline, since=since, at=at(day)).snap, at(day)
    assert snap == member.snap(days[-1])
    return found


# --- the rows of the table -----------------------------------------------------------------------------------------


def test_a_calendar_year_that_begins_anew_has_only_the_second_purchase() -> None:
    member = shopper(spending({"calendar": "year"}))
    assert member.snap("2026-02-10 12:00").metric("money spent") == 500_000
    assert member.level("2026-02-10 12:00") == "Base"


def test_a_calendar_year_is_lost_with_its_end() -> None:
    member = Shopper(spending({"calendar": "year"}))
    member.buys(10_000, "2026-02-10 11:00")
    assert levels(member, "2026-02-10 12:00", "2026-12-31 23:59", "2027-01-01 00:00") == ["Gold", "Gold", "Base"]


@pytest.mark.parametrize("period", ["month", "quarter", "half-year", "year"])
def test_a_calendar_period_counts_what_was_bought_inside_it(period: str) -> None:
    ends = {"month": "2026-03-01", "quarter": "2026-04-01", "half-year": "2026-07-01", "year": "2027-01-01"}[period]
    member = Shopper(spending({"calendar": period}))
    member.buys(9_999, "2026-02-10 11:00")
    assert member.level("2026-02-10 12:00") == "Base"
    member.buys(1, "2026-02-28 23:59")
    last = member.snap("2026-02-28 23:59")
    assert (last.tier.level, member.level(f"{ends} 00:00")) == ("Gold", "Base")
    assert last.metrics["money spent"][0].ends == at(f"{ends} 00:00")


def test_from_entry_gold_is_kept_for_twelve_months_and_then_what_was_earned_in_them_decides() -> None:
    member = shopper(spending({"from_entry": "12 months", "grain": "day"}))
    days = ("2026-02-10 12:00", "2026-11-21 00:00", "2027-02-10 23:59", "2027-02-11 00:00")
    assert levels(member, *days) == ["Gold", "Gold", "Gold", "Base"]


def test_from_entry_what_was_earned_the_day_after_gold_still_decides_when_its_year_is_over() -> None:
    member = Shopper(spending({"from_entry": "12 months", "grain": "day"}))
    member.buys(10_000, "2026-06-10 12:00")
    member.buys(10_000, "2026-06-11 12:00")
    assert levels(member, "2027-06-11 00:00", "2028-06-10 23:59", "2028-06-11 00:00") == ["Gold", "Gold", "Base"]
    assert not member.wrong()


def test_from_entry_gold_is_kept_for_another_year_by_what_was_earned_inside_the_first() -> None:
    member = shopper(spending({"from_entry": "12 months", "grain": "day"}))
    member.buys(10_000, "2026-12-01 12:00")
    assert levels(member, "2027-02-11 00:00", "2028-02-10 23:59", "2028-02-11 00:00") == ["Gold", "Gold", "Base"]
    assert not member.wrong()


def test_a_calendar_year_and_the_next_one_as_sephora_has_it() -> None:
    member = Shopper(spending({"calendar": "year", "valid": "through the next year"}))
    member.buys(10_000, "2026-11-20 18:00")
    assert levels(member, "2026-11-20 19:00", "2027-12-31 23:59", "2028-01-01 00:00") == ["Gold", "Gold", "Base"]
    assert not member.wrong()


def test_a_year_reached_again_is_valid_through_the_year_after_it_again() -> None:
    member = Shopper(spending({"calendar": "year", "valid": "through the next year"}))
    member.buys(10_000, "2026-11-20 18:00")
    member.buys(10_000, "2027-03-01 18:00", "again")
    assert levels(member, "2028-12-31 23:59", "2029-01-01 00:00") == ["Gold", "Base"]
    member.sends_back(1, "2027-06-01 10:00", "again")
    assert levels(member, "2027-12-31 23:59", "2028-01-01 00:00") == ["Gold", "Base"]
    assert not member.wrong()


def test_each_calendar_year_stands_alone_though_the_one_before_is_still_valid() -> None:
    member = shopper(spending({"calendar": "year", "valid": "through the next year"}))
    assert member.snap("2026-02-10 12:00").metric("money spent") == 1_100_000
    assert member.level("2026-02-10 12:00") == "Base"


@pytest.mark.parametrize("day", ["2023-01-15", "2023-11-15"])
def test_a_hotel_year_is_valid_through_february_of_the_year_after_next(day: str) -> None:
    member = Shopper(spending({"calendar": "year", "valid": "through February after the next year"}))
    member.now = at("2023-01-01 00:00")
    member.buys(10_000, f"{day} 12:00")
    assert levels(member, "2025-02-28 23:59", "2025-03-01 00:00") == ["Gold", "Base"]


def test_an_airline_year_is_valid_through_january_of_the_year_after_next() -> None:
    member = Shopper(spending({"calendar": "year", "valid": "through January after the next year"}))
    member.buys(10_000, "2025-12-31 23:59")
    assert levels(member, "2027-01-31 23:59", "2027-02-01 00:00") == ["Gold", "Base"]


def test_a_leap_year_s_february_is_whole() -> None:
    member = Shopper(spending({"calendar": "year", "valid": "through February after the next year"}))
    member.now = at("2022-01-01 00:00")
    member.buys(10_000, "2022-05-01 12:00")
    assert levels(member, "2024-02-29 23:59", "2024-03-01 00:00") == ["Gold", "Base"]


def test_lifetime_never_loses() -> None:
    assert levels(shopper(spending("lifetime")), "2026-02-10 12:00", "2090-01-01 00:00") == ["Gold", "Gold"]


def test_a_membership_year_begins_on_the_day_of_joining() -> None:
    member = Shopper(spending({"membership": "year"}))  # joins with the first purchase
    member.buys(6_000, "2025-11-20 18:00")
    member.buys(4_000, "2026-11-19 23:59")
    assert levels(member, "2026-11-19 23:59", "2026-11-20 00:00") == ["Gold", "Base"]
    member.buys(6_000, "2026-11-20 08:00")
    assert member.level("2026-11-20 09:00") == "Base"
    assert not member.wrong()


def test_a_membership_year_can_be_valid_through_the_next_one() -> None:
    member = Shopper(spending({"membership": "year", "valid": "through the next year"}))
    member.buys(10_000, "2025-11-20 18:00")
    assert levels(member, "2027-11-19 23:59", "2027-11-20 00:00") == ["Gold", "Base"]


def test_the_previous_month_decides_on_the_whole_of_this_one() -> None:
    member = Shopper(spending({"previous": "month"}))
    member.buys(10_000, "2026-02-10 11:00")
    days = ("2026-02-28 23:59", "2026-03-01 00:00", "2026-03-31 23:59", "2026-04-01 00:00")
    assert levels(member, *days) == ["Base", "Gold", "Gold", "Base"]
    assert not member.wrong()


def test_the_previous_quarter_decides_on_the_whole_of_this_one() -> None:
    member = Shopper(spending({"previous": "quarter"}))
    member.buys(6_000, "2026-01-02 11:00")
    member.buys(4_000, "2026-03-31 23:00")
    days = ("2026-03-31 23:59", "2026-04-01 00:00", "2026-06-30 23:59", "2026-07-01 00:00")
    assert levels(member, *days) == ["Base", "Gold", "Gold", "Base"]


def test_an_order_told_late_counts_in_the_month_in_which_it_was_placed() -> None:
    member = Shopper(spending({"previous": "month"}))
    member.buys(1_000, "2026-02-01 11:00")
    member.now = at("2026-03-02 10:00")
    member.buys(9_000, "2026-02-28 23:50", "late")
    assert member.entries[-1].snap.tier.level == "Gold"
    assert not member.wrong()


# --- the renewal moves on an upgrade --------------------------------------------------------------------------------


def test_the_day_on_which_a_level_is_judged_moves_when_a_higher_one_is_reached() -> None:
    silver = {"name": "Silver", "from": "1000 RUB"}
    member = Shopper(spending({"from_entry": "12 months", "grain": "day"}, silver, GOLD))
    member.now = at("2024-04-01 00:00")
    member.buys(1_000, "2024-04-15 12:00")
    assert member.snap("2024-04-16 00:00").tier.lapses == at("2025-04-16 00:00")
    member.buys(9_000, "2024-10-25 12:00")
    assert member.snap("2024-10-26 00:00").tier.lapses == at("2025-10-26 00:00")
    assert levels(member, "2025-10-25 23:59", "2025-10-26 00:00") == ["Gold", "Base"]


# --- how a level is lost --------------------------------------------------------------------------------------------

FOUR = (
    {"name": "Bronze", "from": "1000 RUB"},
    {"name": "Silver", "from": "5000 RUB"},
    GOLD,
)
YEARLY = {"calendar": "year"}


def fourth(**keys: object) -> Shopper:
    """Somebody on the fourth level whose next year is worth the first only."""
    member = Shopper(spending(YEARLY, *FOUR, **keys))
    member.buys(10_000, "2026-05-01 12:00")
    return member


def test_to_what_is_deserved_the_fourth_level_falls_to_the_first() -> None:
    assert levels(fourth(), "2026-12-31 23:59", "2027-01-01 00:00") == ["Gold", "Base"]


def test_one_level_at_a_time_the_fourth_level_falls_to_the_third() -> None:
    member = fourth(downgrade={"one_level_every": "12 months"})
    days = ("2027-01-01 00:00", "2027-12-31 23:59", "2028-01-01 00:00", "2029-01-01 00:00")
    assert levels(member, *days) == ["Silver", "Silver", "Bronze", "Base"]


def test_a_soft_landing_ends_where_enough_was_bought_again() -> None:
    member = fourth(downgrade={"one_level_every": "3 months"})
    member.buys(5_000, "2027-02-01 12:00")
    assert levels(member, "2027-02-01 13:00", "2027-12-31 23:59") == ["Silver", "Silver"]
    assert not member.wrong()


def test_a_level_can_be_lost_only_with_the_end_of_a_period() -> None:
    window = {"rolling": "30 days", "grain": "day"}
    member = Shopper(spending(window, downgrade={"at": "end of quarter"}))
    member.buys(10_000, "2026-02-10 11:00")
    days = ("2026-03-12 00:00", "2026-03-31 23:59", "2026-04-01 00:00")
    assert levels(member, *days) == ["Gold", "Gold", "Base"]
    member.sends_back(10_000, "2026-02-20 10:00", "2026-02-10 11:00")
    assert levels(member, "2026-03-31 23:59", "2026-04-01 00:00") == ["Gold", "Base"]


def test_a_level_that_is_never_lost_outlives_its_window() -> None:
    member = Shopper(spending({"rolling": "30 days", "grain": "day"}, downgrade="never"))
    member.buys(10_000, "2026-02-10 11:00")
    member.sends_back(10_000, "2026-02-20 10:00", "2026-02-10 11:00")
    assert levels(member, "2026-02-21 00:00", "2036-01-01 00:00") == ["Gold", "Gold"]
    assert not member.wrong()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, "Gold"),
        ({"after_refund": "as downgrade"}, "Gold"),
        ({"after_refund": "at once"}, "Base"),
    ],
)
def test_a_refund_of_the_order_that_reached_a_lasting_level_takes_it_as_the_program_says(
    keys: dict[str, object], expected: str
) -> None:
    member = Shopper(spending({"from_entry": "12 months"}, **keys))
    member.buys(10_000, "2026-02-10 11:00", "big")
    member.sends_back(1, "2026-02-20 10:00", "big")
    assert (member.level("2026-02-20 11:00"), member.wrong()) == (expected, [])


def test_a_refund_takes_nothing_from_a_level_that_had_outlived_its_purchases_anyway() -> None:
    window = {"rolling": "30 days", "grain": "day"}
    member = Shopper(spending(window, downgrade="never", after_refund="at once"))
    member.buys(10_000, "2026-02-10 11:00", "big")
    member.buys(10, "2026-05-01 11:00", "small")
    member.sends_back(10, "2026-05-02 10:00", "small")
    assert member.level("2026-05-03 00:00") == "Gold"
    assert not member.wrong()


def test_a_level_is_held_by_other_terms_than_it_was_reached_by() -> None:
    gold = {**GOLD, "keep": {"from": "5000 RUB", "in_each_of": "3 months"}}
    member = Shopper(spending({"calendar": "month"}, gold))
    member.buys(10_000, "2026-01-10 12:00")
    assert levels(member, "2026-01-11 00:00", "2026-04-30 23:59", "2026-05-01 00:00") == ["Gold", "Gold", "Base"]
    for day in ("2026-02-03", "2026-03-03", "2026-04-03"):
        member.buys(5_000, f"{day} 12:00")
    assert levels(member, "2026-05-01 00:00", "2026-07-31 23:59", "2026-08-01 00:00") == ["Gold", "Gold", "Base"]
    member.sends_back(1, "2026-04-20 12:00", "2026-03-03 12:00")
    assert levels(member, "2026-04-30 23:59", "2026-05-01 00:00") == ["Gold", "Base"]
    assert not member.wrong()


def test_a_level_can_be_held_by_less_than_reaches_it() -> None:
    gold = {**GOLD, "keep": {"from": "5000 RUB", "in": "12 months"}}
    member = shopper(spending({"rolling": "12 months"}, gold))
    member.buys(5_000, "2026-12-20 12:00")
    assert levels(member, "2027-03-01 00:00", "2028-02-29 23:59", "2028-03-01 00:00") == ["Gold", "Gold", "Base"]
    assert not member.wrong()
