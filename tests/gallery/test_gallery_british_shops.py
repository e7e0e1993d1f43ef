"""Programs of shops in the United Kingdom, by their published rules: Tesco, IKEA, Boots."""

from fractions import Fraction
from functools import partial

import pytest
from scenes import Shop, goods, open_shop, refusal
from shares import of_reward, of_voucher, of_worth

# --- Tesco Clubcard, until 14 June 2023 ---------------------------------------------------------------------------


def _month(shop: Shop) -> list[int]:
    """The vouchers of the month are given out, as each night; what every voucher so far is worth."""
    shop.follows()
    shop.here.house.turning.monthly(shop.here.program, until=shop.here.clock.now() + 1)
    shop.follows()
    return [voucher.worth for voucher in shop.vouchers()]


def test_tesco_gives_a_point_for_a_pound_of_groceries_and_for_2_pounds_of_fuel_and_none_for_tobacco() -> None:
    shop = open_shop("tesco-clubcard")
    anna = shop.member("anna")
    anna.buys(goods("20.50", "groceries"), goods("41.99", "fuel"), goods("12", "tobacco"), gift_cards="50")
    assert anna.balance() == 20 + 20
    shop.is_sound()


@pytest.mark.parametrize(("points", "worth", "left"), [(149, [], 149), (150, [150], 0), (265, [250], 15)])
def test_tesco_turns_points_from_150_on_into_one_voucher_in_steps_of_50(
    points: int, worth: list[int], left: int
) -> None:
    shop = open_shop("tesco-clubcard", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys(points)
    shop.goes_to("2026-08-01 00:30")
    assert (_month(shop), anna.balance()) == (worth, left)
    shop.is_sound()


def test_tesco_gives_vouchers_in_february_may_august_and_november_alone() -> None:
    shop = open_shop("tesco-clubcard", at="2026-06-23 12:00")
    anna = shop.member("anna")
    given: dict[str, int] = {}
    for month in ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-05"):
        anna.buys("150")
        before = sum(voucher.worth for voucher in shop.vouchers())
        shop.goes_to(f"{month}-01 06:00")
        given[month] = sum(_month(shop)) - before
    assert {month: worth for month, worth in given.items() if worth} == {
        "2026-08": 300,
        "2026-11": 450,
        "2027-02": 450,
        "2027-05": 150,
    }
    shop.is_sound()


def test_tesco_vouchers_live_two_years() -> None:
    shop = open_shop("tesco-clubcard", at="2026-07-23 12:00")
    anna = shop.member("anna")
    anna.buys("150")
    shop.goes_to("2026-08-01 06:00")
    assert _month(shop) == [150]
    (voucher,) = shop.vouchers()
    assert voucher.ends == shop.instant("2028-08-02 00:00")
    shop.is_sound()


def test_tesco_points_are_worth_three_times_as_much_at_a_partner() -> None:
    shop = open_shop("tesco-clubcard")
    anna = shop.member("anna")
    anna.buys("50")
    assert (anna.takes("pizza").worth, anna.balance()) == (150, 0)
    assert of_reward("tesco-clubcard", "pizza") == 3 * of_voucher("tesco-clubcard", "clubcard")
    shop.is_sound()


def test_tesco_returns_1_percent_in_the_shop() -> None:
    assert of_voucher("tesco-clubcard", "clubcard") == of_worth("tesco-clubcard") == Fraction(1, 100)


# --- IKEA Family --------------------------------------------------------------------------------------------------


def test_ikea_gives_a_point_for_every_full_5_pounds_within_48_hours() -> None:
    shop = open_shop("ikea-family-uk", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("624.99")
    assert (anna.balance(), anna.on_the_way()) == (0, 124)
    shop.goes_to("2026-06-25 12:01")
    assert (anna.balance(), anna.on_the_way()) == (124, 0)
    shop.is_sound()


def test_ikea_counts_an_action_at_most_once_a_week_each() -> None:
    shop = open_shop("ikea-family-uk", at="2026-06-22 09:00")  # a Monday
    anna = shop.member("anna")
    for day in ("2026-06-22 10:00", "2026-06-22 11:00", "2026-06-28 23:00", "2026-06-29 08:00"):
        shop.goes_to(day)
        for action in ("login.done", "wishlist.saved", "event.attended", "planning.attended"):
            anna.does(action)
    shop.goes_to("2026-07-02 12:00")
    assert anna.balance() == 2 * (1 + 2 + 20 + 25)
    shop.is_sound()


def test_ikea_gives_5_points_for_a_profile_once() -> None:
    shop = open_shop("ikea-family-uk")
    anna = shop.member("anna")
    for _ in range(3):
        anna.does("profile.filled")
        shop.waits(days=30)
    assert anna.balance() == 5
    shop.is_sound()


def test_ikea_rewards_of_10_pounds_are_for_orders_from_11_pounds_on_and_live_30_days() -> None:
    shop = open_shop("ikea-family-uk", at="2026-06-01 12:00")
    anna, own = shop.member("anna"), shop.here
    anna.buys("625")
    shop.waits(days=3)
    (code,) = own.house.catalogue.codes(own.program, anna.takes("ten-off"))
    (voucher,) = shop.vouchers()
    assert voucher.ends == shop.instant("2026-07-05 00:00")
    use = partial(own.house.vouchers.use, own.program, code)
    assert refusal(use, "checkout/1", 1_000, goods=1_099) == "voucher_order_too_small"
    assert refusal(use, "checkout/2", 1_000, goods=1_100) == ""
    shop.is_sound()


def test_ikea_points_are_10_pounds_for_125_and_live_18_months_from_the_purchase() -> None:
    shop = open_shop("ikea-family-uk", at="2026-01-10 12:00")
    anna = shop.member("anna")
    anna.buys("1250")
    shop.waits(days=3)
    anna.takes("ten-off")
    (voucher,) = shop.vouchers()
    assert (voucher.worth, anna.balance()) == (1_000, 125)
    shop.goes_to("2027-07-10 23:59")
    assert anna.balance() == 125
    shop.goes_to("2027-07-11 00:00")
    assert anna.balance() == 0
    shop.is_sound()


def test_ikea_makes_no_claim_for_points_that_were_used_before_a_return() -> None:
    shop = open_shop("ikea-family-uk")
    anna = shop.member("anna")
    bought = anna.buys("625")
    shop.waits(days=3)
    anna.takes("ten-off")
    anna.returns(bought)
    assert (anna.balance(), anna.debt()) == (0, 0)
    shop.is_sound()


def test_ikea_returns_1_6_percent() -> None:
    assert of_reward("ikea-family-uk", "ten-off") == Fraction(16, 1000)


# --- Boots Advantage Card -----------------------------------------------------------------------------------------


def test_boots_gives_3_points_for_a_pound_and_8_for_own_brands_from_60_on() -> None:
    shop = open_shop("boots-advantage", at="2026-06-23 12:00")
    young, older = shop.member("young", born="1966-06-24"), shop.member("older", born="1966-06-23")
    for shopper in (young, older):
        shopper.buys(goods("10", brand="Boots"), goods("10", brand="Another"))
    assert (young.balance(), older.balance()) == (60, 60 + 50)
    shop.is_sound()


def test_boots_points_are_a_penny_each_and_die_after_a_year_without_use_of_the_card() -> None:
    shop = open_shop("boots-advantage", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("100")
    assert anna.pays(200, "2.00")[1] == 200
    assert refusal(anna.pays, 100, "0.99") == "more_than_the_share"
    shop.goes_to("2027-06-23 23:59")
    assert anna.balance() == 100
    shop.goes_to("2027-06-24 00:00")
    assert anna.balance() == 0
    shop.is_sound()


def test_boots_returns_3_percent_and_8_percent_of_own_brands_from_60_on() -> None:
    assert of_worth("boots-advantage") == Fraction(3, 100)
    assert of_worth("boots-advantage", "every pound", "own brands from 60 on") == Fraction(8, 100)
