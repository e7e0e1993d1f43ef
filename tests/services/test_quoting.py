"""A shop asks what a refund costs in points, and what was agreed on holds whatever was told first."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import DAY, MINUTE
from whole_house import ANNA, DEFINITION, PROGRAM, Town, town, town_on

from chalicelib.errors import Refused
from chalicelib.events import Amounts, Reference
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.services.quoting import RefundQuote
from ops.laptop.engine import Engine

EVEN = DEFINITION.replace("multiply: 1.25", "multiply: 1").replace("multiply: 1.5", "multiply: 1")
NETTING = EVEN.replace("when_spent: negative balance", "when_spent: net against refund")
REVERSING = EVEN.replace("when_spent: negative balance", "when_spent: reverse reward")
LETTING_GO = EVEN.replace("when_spent: negative balance", "when_spent: write off")
REWARD = Reference("redemption/b")
ALL = Amounts(goods=50_000)


def after_using_400(definition: str, here: Town | None = None) -> tuple[Town, Any]:
    """A member earned 500 with one order and used 400."""
    here = here or town(definition)
    here.member(ANNA)
    order = here.buys(ANNA, 50_000)
    here.house.redemptions.redeem(here.program, REWARD, here.account(ANNA), 400, actor="till")
    return here, order


def asked(here: Town, order: Any, amounts: Amounts = ALL) -> RefundQuote:
    reference = Reference(f"order/shopify/{order.id}")
    return here.house.quotes.quote_refund(here.program, reference, amounts)


def accept(here: Town, quote: RefundQuote) -> None:
    here.house.quotes.accept(here.program, quote.id, actor="till")


def reason(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.reason


@pytest.mark.parametrize(
    ("definition", "rule"), [(EVEN, "points_are_owed"), (LETTING_GO, "points_are_let_go")], ids=["owed", "let go"]
)
def test_a_quote_says_what_is_missing_and_what_becomes_of_it(definition: str, rule: str) -> None:
    here, order = after_using_400(definition)
    document = here.document(order)
    quote = asked(here, order)
    (points,) = quote.points
    assert (points.to_take_back, points.there, points.missing) == (500, 100, 400)
    assert (quote.rule, quote.withhold, quote.id) == (rule, 0, "")
    assert here.document(order) == document


def test_a_quote_is_what_the_refund_then_does() -> None:
    here, order = after_using_400(EVEN)
    for goods in (10_000, 25_050, 14_950):
        before = here.newest(here.account(ANNA)).snap.purse("beans")
        (points,) = asked(here, order, Amounts(goods=goods)).points
        here.deliver(here.shop.refunded(order, amount=goods))
        after = here.newest(here.account(ANNA)).snap.purse("beans")
        assert (points.to_take_back, points.missing) == (
            after.taken_back - before.taken_back,
            after.debt - before.debt,
        )


def test_nothing_has_to_be_accepted_where_nothing_is_missing() -> None:
    here, order = after_using_400(NETTING)
    quote = asked(here, order, Amounts(goods=10_000))
    assert (quote.rule, quote.id, quote.withhold) == ("nothing_is_missing", "", 0)


def test_3_7_what_is_missing_is_kept_of_the_refund() -> None:
    here, order = after_using_400(NETTING)
    quote = asked(here, order)
    assert (quote.rule, quote.withhold, quote.money) == ("money_is_withheld", 2_000, "EUR")
    accept(here, quote)
    assert here.stored_balance(ANNA) == 100
    here.deliver(here.shop.refunded(order))
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (0, {"beans": 400})
    here.buys(ANNA, 25_000)
    assert here.stored_balance(ANNA) == 250
    assert here.violations() == []


def test_a_refund_keeps_no_more_money_than_goes_back() -> None:
    """Points lost by a threshold can be worth more than the refund itself."""
    steep = NETTING.replace("1 bean per 1 EUR, rounding", "1 bean per 1 EUR, min_order: 500 EUR, rounding")
    here, order = after_using_400(steep)
    quote = asked(here, order, Amounts(goods=1_001))
    (points,) = quote.points
    assert (points.to_take_back, points.missing, points.made_up, quote.withhold) == (500, 400, 200, 1_000)


@pytest.mark.parametrize("definition", [NETTING, REVERSING], ids=["netted", "reversed"])
def test_3_7_without_an_agreement_the_points_are_owed(definition: str) -> None:
    here, order = after_using_400(definition)
    asked(here, order)
    here.deliver(here.shop.refunded(order))
    assert here.stored_balance(ANNA) == -400
    here.buys(ANNA, 25_000)
    assert here.stored_balance(ANNA) == -150
    assert here.violations() == []


@pytest.mark.parametrize("definition", [NETTING, REVERSING], ids=["netted", "reversed"])
def test_agreement_refund_and_the_next_order_end_alike_in_every_order(definition: str) -> None:
    ends = set()
    for steps in itertools.permutations(["accept", "accept", "refund", "buy"]):
        here, order = after_using_400(definition)
        quote, refund = asked(here, order), here.shop.refunded(order)
        for step in steps:
            match step:
                case "accept":
                    accept(here, quote)
                case "refund":
                    assert here.deliver(refund).status == 200
                    here.deliver(refund)
                case _:
                    here.buys(ANNA, 25_000)
        own = here.newest(here.account(ANNA)).snap.purse("beans")
        written_off = here.document(order).written_off.get("beans", 0)
        ends.add((own.balance, own.debt, own.redeemed, written_off))
        assert here.violations() == []
    assert ends == {(250, 0, 400, 400) if definition is NETTING else (250, 0, 0, 0)}


def test_3_7_an_unused_reward_goes_back_first() -> None:
    here, order = after_using_400(REVERSING)
    quote = asked(here, order)
    (points,) = quote.points
    assert (quote.rule, points.redemption, quote.withhold) == ("reward_goes_back", REWARD, 0)
    accept(here, quote)
    here.deliver(here.shop.refunded(order))
    reward = here.own.ledger.document(PROGRAM, REWARD)
    assert isinstance(reward, RedemptionDocument)
    assert (here.stored_balance(ANNA), reward.returned) == (0, 400)
    assert here.violations() == []


def test_a_reward_too_small_for_what_is_missing_stays_and_the_points_are_owed() -> None:
    here, order = after_using_400(REVERSING)
    account = here.account(ANNA)
    here.house.redemptions.give_back(here.program, REWARD, 400, actor="till")
    for number in range(2):
        here.house.redemptions.redeem(here.program, Reference(f"redemption/{number}"), account, 200, actor="till")
    quote = asked(here, order)
    assert (quote.rule, quote.id) == ("points_are_owed", "")


def test_a_part_of_what_was_agreed_is_paid_for_when_a_part_goes_back() -> None:
    here, order = after_using_400(NETTING)
    accept(here, asked(here, order))
    here.deliver(here.shop.refunded(order, amount=30_000))
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (100, {"beans": 300})
    here.deliver(here.shop.refunded(order, amount=20_000))
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (0, {"beans": 400})
    assert here.violations() == []


def test_two_refunds_of_one_order_are_agreed_on_one_after_the_other() -> None:
    here, order = after_using_400(NETTING)
    for goods in (30_000, 20_000):
        accept(here, asked(here, order, Amounts(goods=goods)))
        here.deliver(here.shop.refunded(order, amount=goods))
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (0, {"beans": 400})
    assert [each.withheld for each in here.document(order).agreed] == [1_000, 1_000]
    assert here.violations() == []


def test_a_refund_that_fails_at_the_bank_gives_the_points_back_whatever_was_agreed() -> None:
    here, order = after_using_400(NETTING)
    accept(here, asked(here, order))
    here.deliver(here.shop.refunded(order, status="pending"))
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (100, {})


def test_a_newer_offer_takes_the_place_of_an_older_one() -> None:
    here, order = after_using_400(NETTING)
    older, newer = asked(here, order), asked(here, order)
    assert reason(lambda: accept(here, older)) == "quote_unknown"
    accept(here, newer)
    assert [each.quote for each in here.document(order).agreed] == [newer.id]


def test_an_offer_cannot_be_accepted_after_its_time_but_a_repeat_can() -> None:
    here, order = after_using_400(NETTING)
    quote = asked(here, order)
    here.clock.forward(31 * MINUTE)
    assert reason(lambda: accept(here, quote)) == "quote_too_old"
    fresh = asked(here, order)
    accept(here, fresh)
    document = here.document(order)
    here.clock.forward(DAY)
    accept(here, fresh)
    assert here.document(order) == document


@pytest.mark.parametrize("quote", ["", "quote/", "quote/order/shopify/1/x", "nonsense", "quote/" + "x" * 5_000])
def test_an_unknown_offer_is_refused_and_nothing_is_written(quote: str) -> None:
    here, order = after_using_400(NETTING)
    before = here.entries(here.account(ANNA)), here.document(order)
    assert reason(lambda: here.house.quotes.accept(here.program, quote, actor="till")) == "quote_unknown"
    assert (here.entries(here.account(ANNA)), here.document(order)) == before


def test_a_refund_of_an_order_that_nobody_told_us_of_has_no_quote() -> None:
    here = town(NETTING)
    order = Reference("order/shopify/1")
    assert reason(lambda: here.house.quotes.quote_refund(here.program, order, ALL)) == "order_unknown"


def test_an_agreement_holds_on_the_engine_also_when_it_comes_last(engine: Engine) -> None:
    here, order = after_using_400(NETTING, town_on(engine, NETTING))
    quote = asked(here, order)
    here.deliver(here.shop.refunded(order))
    assert here.stored_balance(ANNA) == -400
    accept(here, quote)
    accept(here, quote)
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (0, {"beans": 400})
    assert here.violations() == []
