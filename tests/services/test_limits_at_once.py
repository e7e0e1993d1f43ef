"""Limits under parallel orders, on the engine: never a point above them, and nothing lost."""

import threading
from collections.abc import Callable, Sequence

import pytest
from limit_till import Till, with_limit
from whole_house import ANNA, BORIS, town_on

from chalicelib.errors import TryAgain
from chalicelib.events import OrderTold
from ops.laptop.engine import Engine
from ops.laptop.shopify_books import Buyer


def at_once(calls: Sequence[Callable[[], object]]) -> None:
    """All started together on threads of their own. The first error is raised."""
    ready, errors = threading.Barrier(len(calls)), list[BaseException]()

    def run(call: Callable[[], object]) -> None:
        ready.wait()
        try:
            call()
        except BaseException as err:
            errors.append(err)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def recorded(shop: Till, message: OrderTold) -> None:
    """As the queue does it: a message that lost too many races comes again."""
    recorder = shop.here.house.hooks.reception.recorder
    for _ in range(50):
        try:
            recorder.record(shop.here.program, message, actor="shop", deadline=None)
        except TryAgain:
            continue
        return
    raise AssertionError("never recorded")


def wrong(shop: Till) -> list[str]:
    shop.here.follow()
    return shop.here.violations()


@pytest.mark.parametrize(("when_short", "given"), [("partial", [0, 50]), ("all or nothing", [0, 0])])
def test_9950_of_10000_and_two_awards_of_100_at_once(engine: Engine, when_short: str, given: list[int]) -> None:
    shop = Till(town_on(engine, with_limit(f"budget: {{of: 10000 beans, when_short: {when_short}}}")))
    shop.tell("before", 9_950)
    two = [shop.message("1", 100, by=BORIS), shop.message("2", 100)]
    at_once([lambda told=told: recorded(shop, told) for told in two])
    assert sorted(shop.order(name).posted[0].points for name in ("1", "2")) == given
    assert shop.caps() == {"budget/every euro/beans": (10_150, 9_950 + sum(given))}
    assert wrong(shop) == []


def test_twenty_members_at_once_share_a_budget_to_the_last_point(engine: Engine) -> None:
    shop = Till(town_on(engine, with_limit("budget: {of: 150 beans, when_short: partial}")))
    buyers = [Buyer(10_000 + n, f"buyer{n}@example.com", None, "Buyer", str(n)) for n in range(20)]
    messages = [shop.message(str(n), 10, by=buyer) for n, buyer in enumerate(buyers)]
    at_once([lambda told=told: recorded(shop, told) for told in messages])
    assert sum(shop.beans(buyer) for buyer in buyers) == 150
    assert shop.caps() == {"budget/every euro/beans": (200, 150)}
    assert wrong(shop) == []


def test_shopper_510_a_budget_is_not_silently_exceeded_when_everybody_comes_at_once(engine: Engine) -> None:
    """shopperlabs/shopper#510: the order was written before the counter was asked, so a limit of N gave more than N."""
    shop = Till(town_on(engine, with_limit("budget: {of: 30 beans, when_short: all or nothing}")))
    buyers = [Buyer(20_000 + n, f"rush{n}@example.com", None, "Rush", str(n)) for n in range(10)]
    messages = [shop.message(f"rush{n}", 20, by=buyer) for n, buyer in enumerate(buyers)]
    at_once([lambda told=told: recorded(shop, told) for told in messages])
    posted = [sum(worth.points for worth in shop.order(f"rush{n}").posted) for n in range(10)]
    assert sorted(posted) == [0] * 9 + [20]
    assert wrong(shop) == []


def test_orders_and_refunds_of_one_member_at_once_stay_within_the_months_limit(engine: Engine) -> None:
    shop = Till(town_on(engine, with_limit("at_most: 50 beans per month")))
    messages = [shop.message(str(n), 10) for n in range(12)]
    messages += [shop.message(str(n), back={"r1": 10}) for n in range(6)]
    at_once([lambda told=told: recorded(shop, told) for told in messages])
    assert shop.beans(ANNA) == 50
    assert shop.caps() == {"cap/every euro/beans/*/2026-06": (60, 50)}
    assert wrong(shop) == []
