"""Points given and taken by hand: with a reason, within a limit of the day, and never into debt."""

from typing import Any

import pytest
from stand_ins import DAY, HOUR
from whole_house import ANNA, DEFINITION, Town, town

from chalicelib.errors import Malformed, Refused
from chalicelib.events import Reference
from chalicelib.ledger.documents import ByHandDocument

LIMITED = DEFINITION.replace("card:\n", "adjustments: {at_most: 500 beans per day}\ncard:\n")
PATIENT = DEFINITION.replace(
    "{after: 12 months, at: end of month}", "{after: 12 months, at: end of month, without: activity}"
)


@pytest.fixture
def here() -> Town:
    """Anna has a hundred beans."""
    made = town(LIMITED)
    made.member(ANNA)
    made.buys(ANNA, 10_000)
    return made


def adjust(here: Town, points: Any, *, number: int = 1, **more: Any) -> Any:
    told = {"currency": "beans", "reason": "Sorry for the cold coffee", "actor": "till/mia", **more}
    reference = Reference(f"adjustment/{number}")
    return here.house.adjustments.adjust(here.program, reference, here.account(ANNA), points, **told)


def test_points_that_are_given_can_be_used_at_once_and_live_as_if_earned_now(here: Town) -> None:
    (earned,) = here.newest(here.account(ANNA)).snap.purse("beans").cells
    here.clock.forward(40 * DAY)
    adjust(here, 30)
    entry = here.newest(here.account(ANNA))
    first, given = entry.snap.purse("beans").cells
    assert first == earned
    assert (given.points, given.ends > earned.ends) == (30, True)
    assert (entry.kind, entry.actor, entry.name) == ("adjusted", "till/mia", "Sorry for the cold coffee")
    assert here.violations() == []


def test_points_are_taken_from_what_ends_first(here: Town) -> None:
    here.clock.forward(40 * DAY)
    adjust(here, 30)
    adjust(here, -110, number=2)
    (left,) = here.newest(here.account(ANNA)).snap.purse("beans").cells
    assert left.points == 20
    assert here.violations() == []


def test_nobody_is_adjusted_into_debt(here: Town) -> None:
    before = here.newest(here.account(ANNA))
    with pytest.raises(Refused, match="not_enough_points") as refused:
        adjust(here, -101)
    assert (refused.value.facts["asked"], refused.value.facts["there"]) == (101, 100)
    assert here.newest(here.account(ANNA)) == before


def test_given_points_pay_what_is_owed_first() -> None:
    here = town()
    here.member(ANNA)
    order = here.buys(ANNA, 10_000)
    here.house.redemptions.redeem(here.program, Reference("r"), here.account(ANNA), 80, actor="till")
    here.deliver(here.shop.cancelled(order))
    adjust(here, 100)
    purse = here.newest(here.account(ANNA)).snap.purse("beans")
    assert (purse.debt, purse.spendable) == (0, 20)
    assert here.violations() == []


def test_repeated_adjustment_is_answered_as_the_first_was(here: Town) -> None:
    assert adjust(here, 30) == adjust(here, 30)
    assert here.stored_balance(ANNA) == 130
    with pytest.raises(Refused, match="another_adjustment"):
        adjust(here, 31)
    with pytest.raises(Refused, match="another_adjustment"):
        adjust(here, 30, reason="Another reason")


@pytest.mark.parametrize("points", [0, 2**40, -(2**40), True])
def test_what_is_no_number_of_points_is_not_understood(here: Town, points: Any) -> None:
    with pytest.raises(Malformed, match="not_a_number_of_points"):
        adjust(here, points)


@pytest.mark.parametrize(
    ("reason", "why"), [("", "reason_missing"), (" \n", "reason_missing"), ("x" * 141, "reason_too_long")]
)
def test_the_member_reads_a_reason(here: Town, reason: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        adjust(here, 5, reason=reason)
    assert adjust(here, 5, reason="x" * 140).reason == "x" * 140


def test_unknown_points_are_refused(here: Town) -> None:
    with pytest.raises(Refused, match="unknown_currency"):
        adjust(here, 5, currency="stars")


def test_one_person_gives_and_takes_no_more_than_the_limit_of_the_day(here: Town) -> None:
    adjust(here, 400)
    adjust(here, -60, number=2)
    with pytest.raises(Refused, match="limit_of_the_day") as refused:
        adjust(here, 41, number=3)
    assert (refused.value.facts["limit"], refused.value.facts["left"]) == (500, 40)
    assert adjust(here, 40, number=3).points == 40
    assert adjust(here, 500, number=4, actor="till/leo").points == 500


def test_the_day_is_the_programs_own(here: Town) -> None:
    """Noon in UTC is two in the afternoon in Berlin, so the day there ends ten hours later."""
    adjust(here, 500)
    here.clock.forward(10 * HOUR - 1)
    with pytest.raises(Refused, match="limit_of_the_day"):
        adjust(here, 1, number=2)
    here.clock.forward(1)
    adjust(here, 1, number=2)
    counts = [each for each in here.own.audit.documents(here.program.slug) if isinstance(each, ByHandDocument)]
    assert sorted(each.points for each in counts) == [1, 500]


def test_given_points_live_with_the_others_where_all_live_while_their_owner_is_active() -> None:
    here = town(PATIENT)
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    here.clock.forward(60 * DAY)
    adjust(here, 5)
    (only,) = here.newest(here.account(ANNA)).snap.purse("beans").cells
    assert only.points == 105
    assert here.violations() == []
