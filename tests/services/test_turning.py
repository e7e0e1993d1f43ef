"""Points that become vouchers by themselves: as soon as there are enough of them, or each quarter."""

from datetime import UTC, datetime

import pytest
from stand_ins import DAY, HandClock
from whole_house import ANNA, BORIS, DEFINITION, Town, town, town_on

from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.offer_documents import VoucherDocument
from ops.laptop.engine import Engine


def with_voucher(by_itself: str, worth: str = "5 EUR", **more: str) -> str:
    keys = "".join(f"\n    {key}: {value}" for key, value in more.items())
    block = f"""vouchers:
  reward:
    name: {{en: A voucher, ru: Купон}}
    worth: {worth}
    lives: 2 years
    by_itself: {by_itself}{keys}
card:
"""
    return DEFINITION.replace("card:\n", block)


EVERY_200 = with_voucher("{every: 200 beans}")
QUARTERLY = with_voucher(
    "{every: 50 beans, from: 150 beans, in: [February, May, August, November], together: yes}", "0.50 EUR"
)


def at(clock: HandClock, day: str) -> None:
    clock.instant = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1_000)


def vouchers(here: Town) -> list[int]:
    """The worth of each voucher that anybody was given."""
    documents = here.own.audit.documents(here.program.slug)
    return sorted(each.worth for each in documents if isinstance(each, VoucherDocument))


def settle(here: Town) -> None:
    """Follow the journal until nothing new comes of it."""
    while here.follow():
        pass


def test_every_200_points_become_a_voucher_by_themselves() -> None:
    """As at H&M; and worked number 3.5 e: of 650 points in steps of 200 three vouchers, and 50 are carried."""
    here = town(EVERY_200)
    here.member(ANNA)
    here.buys(ANNA, 19_900)
    settle(here)
    assert (vouchers(here), here.stored_balance(ANNA)) == ([], 199)
    here.buys(ANNA, 45_100)
    settle(here)
    assert (vouchers(here), here.stored_balance(ANNA)) == ([500, 500, 500], 50)
    settle(here)
    assert here.violations() == []


def test_points_of_somebody_who_has_not_joined_wait_for_them() -> None:
    here = town(EVERY_200)
    here.buys(ANNA, 30_000)
    settle(here)
    assert vouchers(here) == []
    here.member(ANNA)
    settle(here)
    assert (vouchers(here), here.stored_balance(ANNA)) == ([500], 100)


def test_an_entry_that_is_followed_twice_turns_points_once() -> None:
    here = town(EVERY_200)
    here.member(ANNA)
    here.buys(ANNA, 30_000)
    entry = here.newest(here.account(ANNA))
    for _ in range(3):
        here.house.turning.follow(here.program.slug, entry)
    assert (vouchers(here), here.stored_balance(ANNA)) == ([500], 100)


@pytest.mark.parametrize(
    ("points", "worth", "left"), [(149, [], 149), (150, [150], 0), (199, [150], 49), (210, [200], 10)]
)
def test_each_quarter_points_from_150_become_one_voucher_in_steps(points: int, worth: list[int], left: int) -> None:
    """As at Tesco: issued in February, May, August and November from 150 points on, in steps of 50 for 50 pence."""
    here = town(QUARTERLY)
    here.member(ANNA)
    here.buys(ANNA, points * 100)
    settle(here)
    assert vouchers(here) == []
    at(here.clock, "2026-07-31T22:30")  # already August in Berlin
    assert here.house.turning.monthly(here.program, until=here.clock.now() + 1) == len(worth)
    assert (vouchers(here), here.stored_balance(ANNA)) == (worth, left)
    assert here.house.turning.monthly(here.program, until=here.clock.now() + 1) == 0
    settle(here)
    assert here.violations() == []


def test_a_month_of_no_vouchers_and_a_late_day_turn_nothing() -> None:
    here = town(QUARTERLY)
    here.member(ANNA)
    here.buys(ANNA, 20_000)
    for day in ("2026-07-15T10:00", "2026-08-08T10:00"):
        at(here.clock, day)
        assert here.house.turning.monthly(here.program, until=here.clock.now() + 1) == 0
    at(here.clock, "2026-08-07T10:00")
    assert here.house.turning.monthly(here.program, until=here.clock.now()) == 0, "no time is left"
    assert here.house.turning.monthly(here.program, until=here.clock.now() + 1) == 1


def test_the_night_gives_the_vouchers_of_the_month() -> None:
    here = town(QUARTERLY)
    for buyer in (ANNA, BORIS):
        here.member(buyer)
        here.buys(buyer, 20_000)
    settle(here)
    at(here.clock, "2026-08-01T01:00")
    here.house.night(seconds=60)
    assert vouchers(here) == [200, 200]
    here.clock.forward(DAY)
    here.house.night(seconds=60)
    assert vouchers(here) == [200, 200]
    settle(here)
    assert here.violations() == []


def test_more_vouchers_than_one_transaction_holds_come_one_after_the_other() -> None:
    here = town(EVERY_200)
    here.member(ANNA)
    here.buys(ANNA, 25 * 20_000)
    settle(here)
    assert len(vouchers(here)) >= 25
    assert here.stored_balance(ANNA) < 200


def test_vouchers_out_of_a_pool_stop_with_its_last_code() -> None:
    here = town(with_voucher("{every: 100 beans}", codes="imported"))
    here.house.vouchers.bring(here.program, "reward", ["CODE-1", "CODE-2", "CODE-3"])
    here.member(ANNA)
    here.buys(ANNA, 20_000)
    settle(here)
    assert here.stored_balance(ANNA) == 0
    here.buys(ANNA, 20_000)
    settle(here)
    assert here.stored_balance(ANNA) > 0, "two codes are wanted, one is left"
    documents = here.own.audit.documents(here.program.slug)
    given = [each for each in documents if isinstance(each, RedemptionDocument)]
    assert [len(each.vouchers) for each in given] == [2]
    assert here.violations() == []


def test_vouchers_come_by_themselves_on_the_engine(engine: Engine) -> None:
    here = town_on(engine, EVERY_200)
    here.member(ANNA)
    here.buys(ANNA, 45_000)
    settle(here)
    assert here.stored_balance(ANNA) == 50
    assert here.violations() == []
