"""3.12: a welcome bonus above the smallest redemption would let people live on joining."""

import pytest
from program_factory import roubles

from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint


def with_gift(points: int, on: str = "app.installed", **redeem: object) -> Definition:
    rules = [
        {"name": "shopping", "give": "5% as points"},
        {"name": "hello", "on": on, "give": f"{points} points", "once_per": "member"},
    ]
    return roubles(earn={"rules": rules}, redeem={"pay": {"min": "100 points", **redeem}})


def told(definition: Definition) -> list[str]:
    return [note.message for note in lint(definition, file="x") if "nobody has to buy" in note.message]


def test_a_gift_above_the_fewest_points_that_pay_for_everything_is_found() -> None:
    assert told(with_gift(101)) == ["101 points for no purchase, and 100 are enough to use: nobody has to buy"]


def test_a_gift_of_just_so_many_points_is_none() -> None:
    assert told(with_gift(100)) == []


@pytest.mark.parametrize("redeem", [{"at_most": "50% of goods"}, {"leave": "1 RUB"}, {"min_order": "500 RUB"}])
def test_where_points_pay_a_part_only_somebody_buys(redeem: dict[str, object]) -> None:
    assert told(with_gift(500, **redeem)) == []


def test_a_review_is_written_by_a_buyer() -> None:
    assert told(with_gift(500, "review.created")) == []


def own(once_per: str, points: int = 500) -> Definition:
    declared = {"says": {"en": "for joining", "ru": "за вступление"}, "each": {"en": "each", "ru": "каждый"}}
    rules = [
        {"name": "shopping", "give": "5% as points"},
        {"name": "hello", "on": "club.joined", "give": f"{points} points", "once_per": once_per},
    ]
    redeem = {"pay": {"min": "100 points"}}
    return roubles(activities={"club.joined": declared}, earn={"rules": rules}, redeem=redeem)


def test_what_the_program_itself_declares_and_counts_once_can_be_done_on_the_first_day() -> None:
    assert told(own("member")) == ["500 points for no purchase, and 100 are enough to use: nobody has to buy"]
    assert told(own("member", points=100)) == []


@pytest.mark.parametrize("once_per", ["object", "day", "month"])
def test_what_is_done_again_and_again_is_no_gift_at_the_door(once_per: str) -> None:
    assert told(own(once_per)) == []


def test_a_reward_that_costs_less_than_the_gift_is_found() -> None:
    rules = [
        {"name": "shopping", "give": "5% as points"},
        {"name": "hello", "on": "profile.filled", "give": "50 points", "once_per": "member"},
    ]
    reward = {"reward": "tea", "name": {"en": "Tea", "ru": "Чай"}, "what": "item", "price": "40 points"}
    found = told(roubles(earn={"rules": rules}, rewards=[reward]))
    assert found == ["50 points for no purchase, and 40 are enough to use: nobody has to buy"]
