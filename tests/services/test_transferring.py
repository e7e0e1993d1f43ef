"""Points given to another member: once, with their own ends, in one transaction."""

import threading
from typing import Any

import pytest
from stand_ins import DAY
from whole_house import ANNA, BORIS, DEFINITION, Town, town, town_on

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId, Reference
from ops.laptop.engine import Engine

OPEN = DEFINITION.replace("card:\n", "transfers: {allowed: yes, min: 20 beans, at_most: 500 beans per day}\ncard:\n")


def friends(made: Town) -> Town:
    """Anna has a hundred beans, Boris none."""
    made.member(ANNA)
    made.member(BORIS)
    made.buys(ANNA, 10_000)
    return made


@pytest.fixture
def here() -> Town:
    return friends(town(OPEN))


def give(here: Town, points: Any, *, number: int = 1, to: AccountId | None = None, **more: Any) -> Any:
    account = more.pop("account", None) or here.account(ANNA)
    told = {"currency": "beans", "actor": "member", **more}
    reference = Reference(f"transfer/{number}")
    return here.house.transfers.transfer(here.program, reference, account, to or here.account(BORIS), points, **told)


def purse(here: Town, buyer: Any) -> Any:
    return here.newest(here.account(buyer)).snap.purse("beans")


def test_given_points_keep_their_end_and_count_for_no_level(here: Town) -> None:
    (cell,) = purse(here, ANNA).cells
    here.clock.forward(50 * DAY)
    give(here, 40)
    (arrived,) = purse(here, BORIS).cells
    assert (arrived.ends, arrived.points) == (cell.ends, 40)
    assert (purse(here, ANNA).balance, purse(here, ANNA).transferred, purse(here, BORIS).transferred) == (60, -40, 40)
    assert here.newest(here.account(BORIS)).snap.metrics == {}
    assert here.newest(here.account(BORIS)).kind == here.newest(here.account(ANNA)).kind == "transferred"
    assert here.violations() == []


def test_points_do_not_live_longer_by_going_to_and_fro(here: Town) -> None:
    before = purse(here, ANNA).cells
    for number in range(6):
        here.clock.forward(20 * DAY)
        giver, receiver = (ANNA, BORIS) if number % 2 == 0 else (BORIS, ANNA)
        give(here, 100, number=number, account=here.account(giver), to=here.account(receiver))
    assert purse(here, ANNA).cells == before
    assert here.violations() == []


def test_given_points_pay_what_the_other_owes_first(here: Town) -> None:
    order = here.buys(BORIS, 5_000)
    here.house.redemptions.redeem(here.program, Reference("r"), here.account(BORIS), 30, actor="till")
    here.deliver(here.shop.cancelled(order))
    give(here, 50)
    assert (purse(here, BORIS).debt, purse(here, BORIS).spendable) == (0, 20)
    assert here.violations() == []


def test_only_points_that_are_there_are_given(here: Town) -> None:
    before = here.newest(here.account(ANNA))
    with pytest.raises(Refused, match="not_enough_points"):
        give(here, 101)
    assert here.newest(here.account(ANNA)) == before


def test_held_points_and_points_on_the_way_are_not_given() -> None:
    slow = friends(town(OPEN.replace("available: at once", "available: {after: 14 days}")))
    with pytest.raises(Refused, match="not_enough_points"):
        give(slow, 20)
    quick = friends(town(OPEN))
    until = quick.clock.now() + 600_000
    account = quick.account(ANNA)
    quick.house.redemptions.hold(quick.program, Reference("hold/1"), account, 90, until=until, actor="till")
    with pytest.raises(Refused, match="not_enough_points"):
        give(quick, 20)


def test_repeated_transfer_is_answered_as_the_first_was(here: Town) -> None:
    assert give(here, 40) == give(here, 40)
    assert purse(here, ANNA).balance == 60
    for spoiled in ({"points": 41}, {"points": 40, "to": AccountId("nobody-else")}):
        with pytest.raises(Refused, match="another_transfer"):
            give(here, **spoiled)


def test_transfers_have_to_be_allowed() -> None:
    with pytest.raises(Refused, match="transfers_not_allowed"):
        give(friends(town()), 40)


def test_nobody_gives_to_themselves_or_to_somebody_who_has_not_joined(here: Town) -> None:
    with pytest.raises(Refused, match="transfer_to_oneself"):
        give(here, 40, to=here.account(ANNA))
    with pytest.raises(Refused, match="not_a_member"):
        give(here, 40, to=AccountId("nobody"))
    guest = town(OPEN)
    guest.buys(ANNA, 10_000)
    guest.member(BORIS)
    with pytest.raises(Refused, match="not_a_member"):
        give(guest, 40)


def test_too_few_too_many_and_what_is_no_number(here: Town) -> None:
    with pytest.raises(Refused, match="below_the_least"):
        give(here, 19)
    for points in (0, -5):
        with pytest.raises(Malformed, match="not_a_number_of_points"):
            give(here, points)
    with pytest.raises(Refused, match="unknown_currency"):
        give(here, 20, currency="stars")


def test_the_limit_of_the_day_holds_for_the_giver(here: Town) -> None:
    here.buys(ANNA, 100_000)
    give(here, 480)
    with pytest.raises(Refused, match="limit_of_the_day"):
        give(here, 21, number=2)
    here.clock.forward(DAY)
    give(here, 21, number=2)
    assert here.violations() == []


def test_a_merged_account_leads_to_the_one_that_carries_it(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    here.house.merges.merge(here.program, anna, boris, reason="one person", actor="owner")
    with pytest.raises(Refused, match="transfer_to_oneself"):
        give(here, 40, account=anna, to=boris)


def test_of_many_transfers_at_once_only_what_there_is_goes(engine: Engine) -> None:
    here = friends(town_on(engine, OPEN))
    done: list[int] = []

    def try_one(number: int) -> None:
        try:
            give(here, 30, number=number)
        except Refused:
            return
        done.append(number)

    threads = [threading.Thread(target=try_one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 3
    assert (purse(here, ANNA).balance, purse(here, BORIS).balance) == (10, 90)
    assert here.violations() == []
