"""Points are exchanged for gifts, goods, services and money, each time once, and with a plain reason to say no."""

from functools import partial
from typing import Any

import pytest
from offers_town import PAYING, PLENTY, rich
from stand_ins import DAY, fifty_at_once, refusal
from whole_house import ANNA, BORIS, Town, town_on

from chalicelib.events import Reference
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.offer_documents import CountDocument
from chalicelib.programs.learning import Attribute
from chalicelib.services.knowing import Knowing
from ops.laptop.engine import Engine


def buy(here: Town, reward: str, number: int = 1, *, buyer: Any = ANNA, **more: Any) -> RedemptionDocument:
    reference = Reference(f"redemption/{number}")
    account = here.account(buyer)
    return here.house.catalogue.redeem(here.program, reference, account, reward, actor="till", **more)


def beans(here: Town, buyer: Any = ANNA) -> int:
    return here.stored_balance(buyer)


def count(here: Town, reference: str) -> int:
    known = here.own.ledger.document(here.program.slug, Reference(reference))
    return known.used if isinstance(known, CountDocument) else 0


def test_points_are_exchanged_for_a_gift_at_the_price_of_its_version() -> None:
    here = rich()
    document = buy(here, "mug")
    sha = here.program.latest.sha
    assert (document.reward, document.version, document.points, document.worth) == ("mug", sha, 60, 600)
    assert (beans(here), here.newest(here.account(ANNA)).rules) == (40, ("mug",))
    assert buy(here, "mug") == document
    assert refusal(lambda: buy(here, "cake")) == "another_redemption"
    plain = here.house.redemptions.redeem
    same = (here.program, Reference("redemption/1"), here.account(ANNA), 60)
    assert refusal(lambda: plain(*same, actor="till")) == "another_redemption"
    assert refusal(lambda: buy(here, "mug", 2)) == "not_enough_points"
    assert here.violations() == []


@pytest.mark.parametrize(
    ("reward", "why"),
    [
        ("teapot", "reward_unknown"),
        ("tasting", "reward_not_for_level"),
        ("spring", "reward_over"),
        ("autumn", "reward_not_yet"),
    ],
)
def test_a_reward_that_one_cannot_have_is_refused_with_a_reason_and_changes_nothing(reward: str, why: str) -> None:
    here = rich()
    assert refusal(lambda: buy(here, reward)) == why
    assert (beans(here), here.violations()) == (100, [])


def test_a_member_has_a_reward_so_often_in_a_month_and_again_in_the_next_one() -> None:
    here = rich()
    assert [refusal(lambda number=number: buy(here, "cake", number)) for number in (1, 2, 3)] == [
        "",
        "",
        "reward_had_before",
    ]
    here.clock.forward(31 * DAY)
    assert refusal(lambda: buy(here, "cake", 4)) == ""


def test_a_reward_that_could_not_be_delivered_gives_points_and_stock_back() -> None:
    here = rich()
    buy(here, "mug")
    document = here.house.catalogue.undo(here.program, Reference("redemption/1"), actor="till")
    assert (document.returned, beans(here), count(here, "count/reward/mug")) == (60, 100, 0)
    assert here.house.catalogue.undo(here.program, Reference("redemption/1"), actor="till") == document
    assert count(here, "count/reward/mug") == 0
    assert here.violations() == []


def test_half_of_a_rewards_price_is_paid_in_money() -> None:
    """101 beans: at least 51 of them, the other 50 at 5 cents are 2.50 EUR."""
    here = rich()
    assert refusal(lambda: buy(here, "pot")) == "not_enough_points"
    assert refusal(lambda: buy(here, "pot", points=50)) == "too_much_in_money"
    assert refusal(lambda: buy(here, "pot", points=102)) == "more_than_the_price"
    assert refusal(lambda: buy(here, "cake", points=9)) == "no_money_for_this"
    document = buy(here, "pot", points=51)
    assert (document.points, document.topped_up, beans(here)) == (51, 250, 49)
    assert here.violations() == []


@pytest.mark.parametrize(("reward", "worth"), [("shelter", 100), ("coins", 100), ("courier", 0)])
def test_points_become_a_donation_or_money_or_free_delivery_as_the_member_chooses(reward: str, worth: int) -> None:
    here = rich()
    assert buy(here, reward).worth == worth
    assert here.violations() == []


def test_points_are_exchanged_for_money_at_a_rate_that_depends_on_the_members_balance() -> None:
    """The rate is visible: below 10 000 EUR there is none, from there on ten beans are 50 cents."""
    here = rich(PAYING)
    account, own = here.account(ANNA), here.house.catalogue

    def out(number: int, points: int) -> RedemptionDocument:
        return own.pay_out(here.program, Reference(f"redemption/{number}"), account, points, actor="till")

    def knows(balance: int, revision: int) -> None:
        fact = Attribute("average_balance", balance, here.clock.now())
        Knowing(here.own.ledger, here.clock).tell(here.program, account, [fact], revision=revision)

    assert refusal(lambda: out(1, 50)) == "rate_not_known"
    knows(999_999, 0)
    assert refusal(lambda: out(1, 50)) == "rate_not_known"
    here.clock.forward(1)
    knows(1_000_000, 1)
    assert [refusal(lambda points=points: out(1, points)) for points in (30, 45)] == ["below_minimum", "not_in_steps"]
    assert (out(1, 50).worth, beans(here)) == (250, 50)
    assert out(1, 50).worth == 250, "a repeat is answered as the first time was"
    here.follow()
    assert here.violations() == []


def test_a_program_that_exchanges_nothing_for_money_says_so() -> None:
    here = rich()
    own, account = here.house.catalogue, here.account(ANNA)
    assert (
        refusal(lambda: own.pay_out(here.program, Reference("r/1"), account, 50, actor="till"))
        == "not_exchanged_for_money"
    )
    order = Reference("order/shopify/1")
    assert refusal(lambda: own.pay_off(here.program, Reference("r/1"), account, 50, order, actor="till")) == (
        "orders_not_paid_off"
    )


def test_points_pay_down_a_past_order_and_never_more_than_it_cost() -> None:
    here = rich(PAYING)
    here.buys(BORIS, 10_000)
    order, account, own = here.buys(ANNA, 400), here.account(ANNA), here.house.catalogue
    reference = Reference(f"order/shopify/{order.id}")

    def off(number: int, points: int, what: Reference = reference) -> RedemptionDocument:
        return own.pay_off(here.program, Reference(f"redemption/{number}"), account, points, what, actor="till")

    assert (off(1, 60).worth, off(1, 60).order) == (300, reference)
    assert refusal(lambda: off(2, 21)) == "more_than_the_order"
    assert refusal(lambda: off(2, 20)) == ""
    assert refusal(lambda: off(3, 10, Reference("order/shopify/1"))) == "order_unknown"
    assert refusal(lambda: off(1, 60, Reference("order/shopify/1"))) == "another_redemption"
    here.house.catalogue.undo(here.program, Reference("redemption/1"), actor="till")
    assert count(here, f"count/order/{reference}") == 100
    here.clock.forward(91 * DAY)
    assert refusal(lambda: off(4, 10)) == "order_too_old"
    here.follow()
    assert here.violations() == []


def test_an_order_of_somebody_else_or_too_small_is_not_paid_off() -> None:
    here = rich(PAYING)
    theirs, small = here.buys(BORIS, 10_000), here.buys(ANNA, 199)
    for order, why in ((theirs, "order_unknown"), (small, "order_too_small")):
        reference = Reference(f"order/shopify/{order.id}")
        pay_off = partial(
            here.house.catalogue.pay_off, here.program, Reference("r/1"), here.account(ANNA), 10, reference
        )
        assert refusal(partial(pay_off, actor="till")) == why


def _three_mugs(here: Town) -> None:
    here.buys(ANNA, 500_000)
    assert fifty_at_once(lambda number: buy(here, "mug", number)) == {"": 3, "reward_gone": 47}
    assert count(here, "count/reward/mug") == 3
    assert here.stored_balance(ANNA) % 60 == (here.stored_balance(ANNA) + 3 * 60) % 60
    here.follow()
    assert here.violations() == []


def test_of_a_stock_of_three_fifty_at_once_get_three() -> None:
    _three_mugs(rich())


def test_of_a_stock_of_three_fifty_at_once_get_three_on_the_engine(engine: Engine) -> None:
    here = town_on(engine, PLENTY)
    here.member(ANNA)
    _three_mugs(here)
