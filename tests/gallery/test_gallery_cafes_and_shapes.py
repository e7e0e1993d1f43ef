"""Stamp cards by their published rules, rules for paying with points, and a program that gives no money back."""

from fractions import Fraction
from functools import partial

import pytest
from scenes import Shop, Shopper, definition_of, goods, open_shop, refusal
from shares import of_worth

from chalicelib.events import Reference
from chalicelib.programs.paying import Purchase

# --- Hometown Cafe ------------------------------------------------------------------------------------------------


def test_hometown_gives_a_drink_or_a_pastry_for_twelve_stamps() -> None:
    shop = open_shop("hometown-cafe")
    anna = shop.member("anna")
    anna.buys(goods("1650", "drinks", pieces=11), goods("90", "pastry"))
    assert anna.balance() == 11
    assert refusal(anna.takes, "drink-or-pastry") == "not_enough_points"
    anna.buys(goods("250", "meals"))
    anna.takes("drink-or-pastry")
    assert anna.balance() == 0
    shop.is_sound()


def test_hometown_cards_of_two_people_cannot_be_combined() -> None:
    shop = open_shop("hometown-cafe")
    anna, boris = shop.member("anna"), shop.member("boris")
    anna.buys(goods("1050", "drinks", pieces=7))
    boris.buys(goods("750", "drinks", pieces=5))
    own = shop.here
    give = partial(own.house.transfers.transfer, own.program, Reference("transfer/1"), boris.account, anna.account)
    assert refusal(give, 5, currency="stamps", actor="till") == "transfers_not_allowed"
    assert refusal(anna.takes, "drink-or-pastry") == "not_enough_points"
    shop.is_sound()


@pytest.mark.parametrize("how", ["voucher", "complimentary"])
def test_hometown_purchases_with_vouchers_do_not_stamp(how: str) -> None:
    shop = open_shop("hometown-cafe")
    anna = shop.member("anna")
    anna.buys(goods("150", "drinks"), payment_method=how)
    assert anna.balance() == 0
    anna.buys(goods("150", "drinks", is_promo=True), goods("150", "drinks"), payment_method="cash")
    assert anna.balance() == 1
    shop.is_sound()


# --- Caffe Nero ---------------------------------------------------------------------------------------------------


def test_nero_gives_the_tenth_handmade_drink_after_nine() -> None:
    shop = open_shop("caffe-nero")
    anna = shop.member("anna")
    for _ in range(8):
        anna.buys(goods("3.60", "handmade drinks"), goods("1.50", "water"))
    assert (anna.balance(), refusal(anna.takes, "handmade-drink")) == (8, "not_enough_points")
    anna.buys(goods("7.20", "handmade drinks", pieces=2))
    anna.takes("handmade-drink")
    assert anna.balance() == 1, "a stamp beyond nine is carried over"
    shop.is_sound()


def test_nero_takes_the_stamp_of_a_drink_that_was_sent_back() -> None:
    shop = open_shop("caffe-nero")
    anna = shop.member("anna")
    bought = anna.buys(goods("10.80", "handmade drinks", pieces=3))
    anna.returns(bought, lines={1: 1})
    assert anna.balance() == 2
    shop.is_sound()


# --- the redemption rules of Kangaroo Rewards ---------------------------------------------------------------------


def _pays(anna: Shopper, points: int, price: str, *confirmed: str) -> int:
    purchase = Purchase(anna.shop.money(price), confirmed=frozenset(confirmed))
    return anna.pays(points, purchase)[1]


def _rich() -> tuple[Shop, Shopper]:
    shop = open_shop("pay-rules")
    anna = shop.member("anna")
    anna.buys("1000")
    return shop, anna


@pytest.mark.parametrize(
    ("points", "price", "confirmed", "why"),
    [
        (100, "49.99", ("pin",), "order_too_small"),
        (99, "50", ("pin",), "below_minimum"),
        (501, "50", ("pin",), "more_than_the_share"),
        (500, "50", (), "confirmation_needed"),
        (500, "50", ("employee",), "confirmation_needed"),
        (500, "50", ("pin",), ""),
        (100, "50", ("pin",), ""),
    ],
)
def test_points_pay_from_50_dollars_and_100_points_on_for_half_of_a_purchase_with_a_pin(
    points: int, price: str, confirmed: tuple[str, ...], why: str
) -> None:
    shop, anna = _rich()
    assert refusal(_pays, anna, points, price, *confirmed) == why
    assert anna.balance() == 1_000 - (0 if why else points)
    shop.is_sound()


def test_half_of_50_dollars_is_paid_with_500_points_of_5_cents() -> None:
    shop, anna = _rich()
    assert _pays(anna, 500, "50", "pin") == 2_500
    assert of_worth("pay-rules") == Fraction(5, 100)
    shop.is_sound()


# --- access and early drops alone ---------------------------------------------------------------------------------


def _uses(anna: Shopper, perk: str) -> str:
    own = anna.shop.here
    return refusal(own.house.perks.use, own.program, Reference(f"perk/{anna.shop.name()}"), anna.account, perk)


def test_early_access_is_for_regulars_and_a_visit_to_the_studio_once_a_year_for_insiders() -> None:
    shop = open_shop("early-drops")
    anna = shop.member("anna")
    anna.buys("200")
    assert [_uses(anna, perk) for perk in ("members_draws", "early_access")] == ["", "perk_not_yours"]
    for _ in range(2):
        anna.buys("20")
    assert (anna.level(), _uses(anna, "early_access"), _uses(anna, "studio_visit")) == ("Regular", "", "perk_not_yours")
    for _ in range(5):
        anna.buys("20")
    assert [_uses(anna, "studio_visit") for _ in range(2)] == ["", "perk_used_up"]
    shop.is_sound()


def test_access_is_lost_with_the_orders_that_brought_it() -> None:
    shop = open_shop("early-drops", at="2026-06-23 12:00")
    anna = shop.member("anna")
    orders = [anna.buys("20") for _ in range(3)]
    assert anna.level() == "Regular"
    anna.returns(orders[0])
    assert (anna.level(), _uses(anna, "early_access")) == ("Member", "perk_not_yours")
    shop.is_sound()


def test_nothing_can_be_bought_with_the_steps_of_a_program_without_material_rewards() -> None:
    definition = definition_of("early-drops")
    assert (definition.pay, definition.pay_out, definition.pay_off, definition.offers.rewards) == (None, None, None, ())
    assert [currency.worth for currency in definition.currencies] == [None]
