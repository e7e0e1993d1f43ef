"""Points are used: nobody spends more than they have, and each redemption happens once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import DAY
from whole_house import ANNA, BORIS, DEFINITION, Town, town, town_on

from chalicelib.errors import Refused
from chalicelib.events import Reference
from ops.laptop.engine import Engine

PENDING = DEFINITION.replace("available: at once", "available: {after: 14 days}")


def redeem(here: Town, number: int, points: int, buyer: Any = ANNA) -> Any:
    reference = Reference(f"redemption/{number}")
    return here.house.redemptions.redeem(here.program, reference, here.account(buyer), points, actor="till")


@pytest.fixture
def rich() -> Town:
    here = town()
    here.buys(ANNA, 10_000)
    return here


def test_redemption_takes_its_points(rich: Town) -> None:
    redeem(rich, 1, 60)
    assert rich.stored_balance(ANNA) == 40
    assert rich.violations() == []


def test_more_than_there_is_is_refused_and_changes_nothing(rich: Town) -> None:
    before = rich.newest(rich.account(ANNA))
    with pytest.raises(Refused, match="not_enough_points"):
        redeem(rich, 1, 101)
    assert rich.newest(rich.account(ANNA)) == before


@pytest.mark.parametrize("points", [0, -5])
def test_no_points_cannot_be_redeemed(rich: Town, points: int) -> None:
    with pytest.raises(Refused):
        redeem(rich, 1, points)


def test_repeated_redemption_is_answered_as_the_first_was(rich: Town) -> None:
    assert redeem(rich, 1, 60) == redeem(rich, 1, 60)
    assert rich.stored_balance(ANNA) == 40


def test_a_reference_is_good_for_one_redemption(rich: Town) -> None:
    redeem(rich, 1, 60)
    with pytest.raises(Refused, match="another_redemption"):
        redeem(rich, 1, 20)
    rich.buys(BORIS, 10_000)
    with pytest.raises(Refused, match="another_redemption"):
        redeem(rich, 1, 60, BORIS)


def test_returned_points_come_back_to_their_own_day(rich: Town) -> None:
    (cell,) = rich.newest(rich.account(ANNA)).snap.purse("beans").cells
    redeem(rich, 1, 60)
    rich.clock.forward(40 * DAY)
    rich.house.redemptions.give_back(rich.program, Reference("redemption/1"), 60, actor="till", grace_until=0)
    assert rich.newest(rich.account(ANNA)).snap.purse("beans").cells == (cell,)
    assert rich.violations() == []


def test_more_than_was_redeemed_is_not_given_back(rich: Town) -> None:
    redeem(rich, 1, 60)
    with pytest.raises(Refused, match="more_than_was_redeemed"):
        rich.house.redemptions.give_back(rich.program, Reference("redemption/1"), 61, actor="till", grace_until=0)
    with pytest.raises(Refused, match="redemption_unknown"):
        rich.house.redemptions.give_back(rich.program, Reference("redemption/2"), 1, actor="till", grace_until=0)


def test_nothing_is_redeemed_in_debt() -> None:
    here = town()
    order = here.buys(ANNA, 10_000)
    redeem(here, 1, 80)
    here.deliver(here.shop.refunded(order))
    assert here.stored_balance(ANNA) == -80
    with pytest.raises(Refused):
        redeem(here, 2, 1)
    here.buys(ANNA, 10_000)
    assert here.stored_balance(ANNA) == 20  # what comes in pays the debt first
    assert here.violations() == []


def test_expired_points_are_never_spendable_however_late_the_sweep_is(rich: Town) -> None:
    rich.clock.forward(400 * DAY)
    assert rich.stored_balance(ANNA) == 100  # nothing was written since
    with pytest.raises(Refused, match="not_enough_points"):
        redeem(rich, 1, 1)


def test_pending_points_are_not_spendable_before_their_day() -> None:
    here = town(PENDING)
    here.buys(ANNA, 10_000)
    with pytest.raises(Refused, match="not_enough_points"):
        redeem(here, 1, 1)
    here.clock.forward(16 * DAY)
    redeem(here, 1, 100)
    assert here.stored_balance(ANNA) == 0
    assert here.violations() == []


def _fifty_redemptions(here: Town, price: int) -> int:
    """How many of fifty redemptions at once succeed."""
    succeeded, ready = [], threading.Barrier(50)

    def run(number: int) -> None:
        ready.wait()
        try:
            succeeded.append(redeem(here, number, price))
        except Refused as err:
            assert err.reason == "not_enough_points"  # noqa: PT017

    threads = [threading.Thread(target=run, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(succeeded)


@pytest.mark.parametrize(("price", "most"), [(20, 5), (30, 3), (100, 1), (101, 0)])
def test_fifty_redemptions_at_once_succeed_as_often_as_the_balance_allows(price: int, most: int, rich: Town) -> None:
    assert _fifty_redemptions(rich, price) == most
    assert rich.stored_balance(ANNA) == 100 - most * price
    assert rich.violations() == []


def test_fifty_redemptions_at_once_on_the_engine(engine: Engine) -> None:
    here = town_on(engine)
    here.buys(ANNA, 10_000)
    assert _fifty_redemptions(here, 30) == 3
    assert here.stored_balance(ANNA) == 10
    here.follow()
    assert here.violations() == []


def test_two_redemptions_of_eighty_out_of_a_hundred_cannot_both_succeed(rich: Town) -> None:
    done: list[Callable[[], Any]] = []
    for number in (1, 2):
        try:
            done.append(redeem(rich, number, 80))
        except Refused:
            continue
    assert len(done) == 1
    assert rich.stored_balance(ANNA) == 20
