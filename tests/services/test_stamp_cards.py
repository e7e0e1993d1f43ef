"""Stamp cards: a token for each visit that is exchanged at a later one, as full as the card in the wallet says."""

import pytest
from stand_ins import DAY, refusal
from whole_house import ANNA, BORIS, DEFINITION, Town, town

from chalicelib.cards.facing import Holder, face_of
from chalicelib.cards.offers_shown import StampsShown
from chalicelib.events import Reference

KINDS = """currencies:
  stamps:
    names:
      en: {one: stamp, other: stamps}
      ru: {one: штамп, few: штампа, many: штампов, other: штампа}
    available: at once
    expires: never"""
CARDS = """stamps:
  stamps:
    size: 12
    gives: {reward: free-drink, name: {en: A drink or a pastry, ru: Напиток или выпечка}, worth: at most 6 EUR}
    OVER
transfers: {allowed: yes}
card:
"""


def coffee(give: str = "1 stamp", over: str = "over: carry over") -> Town:
    """A coffee shop with one stamp for each order of at least a euro; twelve are a drink."""
    text = DEFINITION.replace("currencies:", KINDS).replace("card:\n", CARDS.replace("OVER", over))
    rule = f"  rules:\n    - {{name: a stamp, give: {give}, min_order: 1 EUR}}"
    return town(text.replace("  rules:", rule))


def stamps(here: Town, buyer: object = ANNA) -> int:
    return here.newest(here.account(buyer)).snap.purse("stamps").balance  # type: ignore[arg-type]


def visits(here: Town, count: int, price: int = 350) -> None:
    for _ in range(count):
        here.buys(ANNA, price)
        here.clock.forward(DAY)


def full_card(here: Town, number: int = 1) -> int:
    reference = Reference(f"redemption/{number}")
    own, account = here.house.catalogue, here.account(ANNA)
    return own.redeem(here.program, reference, account, "free-drink", actor="till").points


def shown(here: Town) -> StampsShown:
    definition, entry = here.program.latest.definition, here.newest(here.account(ANNA))
    (card,) = face_of(definition, entry.snap, Holder("b", "u", "en", is_void=False), entry.at).stamps
    return card


def test_twelve_stamps_one_for_each_transaction_are_a_drink_in_a_coffee_shop() -> None:
    """As at Hometown Cafe: the copper token that is exchanged at the next visit."""
    here = coffee()
    here.member(ANNA)
    visits(here, 11)
    assert refusal(lambda: full_card(here)) == "not_enough_points"
    visits(here, 1)
    assert (full_card(here), stamps(here)) == (12, 0)
    assert here.own.ledger.document(here.program.slug, Reference("redemption/1")).worth == 600  # type: ignore[union-attr]
    here.follow()
    assert here.violations() == []


def test_the_card_says_how_full_it_is() -> None:
    here = coffee()
    here.member(ANNA)
    visits(here, 7)
    assert (shown(here).told("en"), shown(here).told("ru")) == (
        "A drink or a pastry: 7 of 12",
        "Напиток или выпечка: 7 из 12",
    )
    visits(here, 6)
    assert shown(here).told("en") == "A drink or a pastry: 1 of 12, full cards: 1"
    assert (shown(here).filled, shown(here).full) == (1, 1)


@pytest.mark.parametrize(("over", "left"), [("over: carry over", 2), ("over: reset", 0)])
def test_stamps_beyond_a_full_card_are_carried_over_or_reset(over: str, left: int) -> None:
    here = coffee(over=over)
    here.member(ANNA)
    visits(here, 14)
    full_card(here)
    assert stamps(here) == left
    assert refusal(lambda: full_card(here, 2)) == "not_enough_points"
    assert here.house.catalogue.undo(here.program, Reference("redemption/1"), actor="till").returned == 14 - left
    assert stamps(here) == 14


def test_several_cards_fill_one_after_the_other_and_each_is_a_drink() -> None:
    here = coffee("6 stamps")
    here.member(ANNA)
    visits(here, 5)
    assert [full_card(here, number) for number in (1, 2)] == [12, 12]
    assert stamps(here) == 6


def test_buying_a_voucher_or_paying_with_one_does_not_stamp() -> None:
    here = coffee()
    here.member(ANNA)
    visits(here, 1)
    here.buys(ANNA, 0)
    assert stamps(here) == 1


def test_cards_of_two_members_are_not_combined() -> None:
    here = coffee()
    for buyer in (ANNA, BORIS):
        here.member(buyer)
        here.buys(buyer, 350)
    act, accounts = here.house.transfers.transfer, [here.account(buyer) for buyer in (ANNA, BORIS)]
    give = lambda: act(here.program, Reference("t/1"), *accounts, 1, currency="stamps", actor="till")  # noqa: E731
    assert refusal(give) == "cards_not_combined"
    combining = coffee(over="combine: yes")
    for buyer in (ANNA, BORIS):
        combining.member(buyer)
        combining.buys(buyer, 350)
    accounts = [combining.account(buyer) for buyer in (ANNA, BORIS)]
    combining.house.transfers.transfer(
        combining.program, Reference("t/1"), *accounts, 1, currency="stamps", actor="till"
    )
    assert stamps(combining, BORIS) == 2


def test_a_refund_takes_the_stamp_back() -> None:
    here = coffee()
    here.member(ANNA)
    order = here.buys(ANNA, 350)
    here.buys(ANNA, 350)
    here.deliver(here.shop.cancelled(order))
    assert stamps(here) == 1


def test_the_history_says_what_the_points_were_for() -> None:
    here = coffee()
    link = here.member(ANNA)
    visits(here, 12)
    full_card(here)
    here.house.catalogue.undo(here.program, Reference("redemption/1"), actor="till")
    lines = [line["reason"] for line in here.facts(link)["history"]]
    assert "For: A drink or a pastry" in lines
    assert "Undone — for: A drink or a pastry" in lines
