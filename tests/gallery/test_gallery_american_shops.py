"""Programs of shops in the United States, by their published rules: Starbucks, Sephora, H&M."""

from fractions import Fraction
from functools import partial

from scenes import Shop, definition_of, open_shop, refusal
from shares import at_level, of_reward, of_voucher

from chalicelib.events import Reference
from chalicelib.programs.learning import Born

# --- Starbucks Rewards, from 2026-03-10 ---------------------------------------------------------------------------


def test_starbucks_gives_green_1_gold_1_2_and_reserve_1_7_stars_for_a_dollar_from_500_and_2500_stars_on() -> None:
    shop = open_shop("starbucks-us")
    anna = shop.member("anna")
    anna.buys("499")
    assert (anna.balance(), anna.level()) == (499, "Green")
    anna.buys("1")
    assert (anna.balance(), anna.level()) == (500, "Gold")
    anna.buys("100")
    assert anna.balance() == 620
    anna.buys("1600")
    assert (anna.balance(), anna.level()) == (2540, "Reserve")
    anna.buys("100")
    assert anna.balance() == 2710
    shop.is_sound()


def test_starbucks_stars_of_green_die_after_six_months_without_activity_and_a_reload_keeps_them() -> None:
    shop = open_shop("starbucks-us", at="2026-06-23 12:00")
    anna, boris = shop.member("anna"), shop.member("boris")
    anna.buys("80")
    boris.buys("80")
    shop.goes_to("2026-12-01 10:00")
    boris.does("card.reloaded", amount=3_000, money="USD")
    shop.goes_to("2026-12-23 23:59")
    assert (anna.balance(), boris.balance()) == (80, 90)
    shop.goes_to("2026-12-24 00:00")
    assert (anna.balance(), boris.balance()) == (0, 90)
    shop.goes_to("2027-06-02 00:00")
    assert boris.balance() == 0
    shop.is_sound()


def test_starbucks_stars_of_gold_and_reserve_never_die() -> None:
    shop = open_shop("starbucks-us", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("500")
    assert anna.level() == "Gold"
    shop.goes_to("2027-01-23 12:00")
    assert (anna.level(), anna.balance()) == ("Gold", 500)
    shop.goes_to("2027-06-23 12:00")
    assert (anna.level(), anna.balance()) == ("Gold", 500)
    shop.is_sound()


def test_starbucks_stars_die_again_by_inactivity_once_gold_is_lost() -> None:
    shop = open_shop("starbucks-us", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("500")
    anna.buys("1")
    shop.goes_to("2027-07-01 00:00")
    assert (anna.level(), anna.balance()) == ("Green", 501)
    shop.goes_to("2028-01-01 00:00")
    assert (anna.level(), anna.balance()) == ("Green", 0)
    shop.is_sound()


def test_starbucks_keeps_gold_for_12_months_and_longer_only_with_500_stars_of_that_time() -> None:
    shop = open_shop("starbucks-us", at="2026-06-10 12:00")
    people = {name: shop.member(name) for name in ("idle", "short", "loyal")}
    for shopper in people.values():
        shopper.buys("500")
    shop.goes_to("2027-03-01 12:00")
    people["short"].buys("415")  # 498 stars
    people["loyal"].buys("417")  # 500 stars
    shop.goes_to("2027-06-30 23:59")  # a year is over with the month in which it ends
    assert [shopper.level() for shopper in people.values()] == ["Gold", "Gold", "Gold"]
    shop.goes_to("2027-07-01 00:00")
    assert [shopper.level() for shopper in people.values()] == ["Green", "Green", "Gold"]
    shop.is_sound()


def test_starbucks_reloads_of_30_dollars_bring_10_stars_and_of_50_dollars_25() -> None:
    shop = open_shop("starbucks-us")
    anna = shop.member("anna")
    for amount, stars in ((2_999, 0), (3_000, 10), (4_999, 20), (5_000, 45)):
        anna.does("card.reloaded", amount=amount, money="USD")
        assert anna.balance() == stars
    shop.is_sound()


def test_starbucks_rewards_have_caps_on_what_they_may_be_worth() -> None:
    rewards = {reward.price: reward.worth for reward in definition_of("starbucks-us").offers.rewards}
    assert rewards == {25: 100, 60: 200, 100: 600, 200: 1_000, 300: 1_600, 400: 2_000}
    shop = open_shop("starbucks-us")
    anna = shop.member("anna")
    anna.buys("100")
    assert refusal(anna.takes, "handcrafted") == "not_enough_points"
    anna.takes("brewed")
    assert anna.balance() == 0
    shop.is_sound()


def test_starbucks_gives_a_birthday_reward_of_the_day_7_days_or_30_days_by_level() -> None:
    shop = open_shop("starbucks-us", at="2026-06-01 12:00")
    people = {level: shop.member(level.lower()) for level in ("Green", "Gold", "Reserve")}
    for shopper in people.values():
        shopper.knows(Born("1990-06-10"))
    people["Gold"].buys("500")
    people["Reserve"].buys("2500")
    days: dict[str, list[str]] = {"2026-06-09": [], "2026-06-10": ["Green", "Gold", "Reserve"]}
    days |= {"2026-06-11": ["Gold", "Reserve"], "2026-06-16": ["Gold", "Reserve"], "2026-06-17": ["Reserve"]}
    days |= {"2026-07-09": ["Reserve"], "2026-07-10": []}
    for day, expected in days.items():
        shop.goes_to(f"{day} 12:00")
        assert [level for level, shopper in people.items() if shopper.benefits()] == expected, day


def test_starbucks_gives_everybody_a_free_customization_once_a_month() -> None:
    shop = open_shop("starbucks-us", at="2026-06-15 12:00")
    anna, own = shop.member("anna"), shop.here
    use = partial(own.house.perks.use, own.program)
    assert refusal(use, Reference("perk/1"), anna.account, "free_mod") == ""
    assert refusal(use, Reference("perk/2"), anna.account, "free_mod") == "perk_used_up"
    shop.goes_to("2026-07-01 00:00")
    assert refusal(use, Reference("perk/3"), anna.account, "free_mod") == ""
    assert refusal(use, Reference("perk/4"), anna.account, "exclusive_merchandise") == "perk_not_yours"
    shop.is_sound()


def test_starbucks_returns_3_3_percent_to_green_4_to_gold_and_5_7_to_reserve() -> None:
    back = of_reward("starbucks-us", "two-off")
    assert back == Fraction(1, 30)
    assert [at_level("starbucks-us", back, level) for level in ("Gold", "Reserve")] == [
        Fraction(4, 100),
        Fraction(17, 300),
    ]


# --- Sephora Beauty Insider ---------------------------------------------------------------------------------------


def test_sephora_levels_begin_at_350_and_1000_dollars_of_a_year_and_give_1_25_and_1_5_points() -> None:
    shop = open_shop("sephora-us")
    anna = shop.member("anna")
    anna.buys("349.99")
    assert (anna.level(), anna.balance()) == ("Insider", 349)
    anna.buys("0.01")
    assert anna.level() == "VIB"
    anna.buys("100")
    assert anna.balance() == 349 + 125
    anna.buys("550")
    assert (anna.level(), anna.balance()) == ("Rouge", 349 + 125 + 687)
    anna.buys("100")
    assert anna.balance() == 349 + 125 + 687 + 150
    shop.is_sound()


def test_sephora_levels_last_for_the_rest_of_the_year_and_the_next_one() -> None:
    shop = open_shop("sephora-us", at="2026-01-15 12:00")
    anna = shop.member("anna")
    anna.buys("1000")
    shop.goes_to("2027-12-31 23:59")
    assert anna.level() == "Rouge"
    shop.goes_to("2028-01-01 00:00")
    assert anna.level() == "Insider"
    shop.is_sound()


def test_sephora_points_are_10_dollars_for_500_and_die_after_12_months_without_activity() -> None:
    shop = open_shop("sephora-us", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("700")
    shop.goes_to("2027-06-01 12:00")
    assert anna.takes("cash-10").worth == 1_000
    assert anna.balance() == 200
    shop.goes_to("2028-06-01 23:59")
    assert anna.balance() == 200, "using points was activity"
    shop.goes_to("2028-06-02 00:00")
    assert anna.balance() == 0
    shop.is_sound()


def test_sephora_keeps_the_100_dollar_reward_of_2500_points_for_rouge_and_it_lives_90_days() -> None:
    shop = open_shop("sephora-us", at="2026-06-01 12:00")
    anna = shop.member("anna")
    anna.buys("999")
    anna.buys("0.99")
    assert (anna.level(), refusal(anna.takes, "rouge-reward")) == ("VIB", "reward_not_for_level")
    anna.buys("0.01")
    anna.buys("1002")
    assert (anna.level(), anna.balance()) == ("Rouge", 999 + 1_503)
    anna.takes("rouge-reward")
    assert anna.balance() == 2
    (voucher,) = shop.vouchers()
    assert (voucher.worth, voucher.ends) == (10_000, shop.instant("2026-08-31 00:00"))
    shop.is_sound()


def test_sephora_returns_2_percent_at_a_point_for_a_dollar() -> None:
    back = of_reward("sephora-us", "cash-10")
    assert back == Fraction(2, 100)
    assert at_level("sephora-us", back, "Rouge") == Fraction(3, 100)


# --- H&M Membership -----------------------------------------------------------------------------------------------


def _vouchers(shop: Shop) -> list[int]:
    shop.follows()
    return [voucher.worth for voucher in shop.vouchers()]


def test_hm_turns_every_200_points_into_a_voucher_of_5_dollars_by_itself() -> None:
    shop = open_shop("hm-us")
    anna = shop.member("anna")
    anna.buys("199")
    assert (_vouchers(shop), anna.balance()) == ([], 199)
    anna.buys("1")
    assert (_vouchers(shop), anna.balance()) == ([500], 0)
    anna.buys("450")
    assert (_vouchers(shop), anna.balance()) == ([500, 500, 500], 50)
    shop.is_sound()


def test_hm_lets_199_points_die_with_the_membership_year() -> None:
    shop = open_shop("hm-us", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("9")
    shop.goes_to("2027-06-01 12:00")
    anna.buys("190")
    shop.goes_to("2027-06-22 23:59")
    assert anna.balance() == 199
    shop.goes_to("2027-06-23 00:00")
    assert anna.balance() == 0
    anna.buys("1")
    assert (_vouchers(shop), anna.balance()) == ([], 1)
    shop.is_sound()


def test_hm_plus_begins_at_500_points_of_the_membership_year_whatever_became_vouchers() -> None:
    shop = open_shop("hm-us", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("300")
    shop.follows()
    assert (anna.level(), anna.balance()) == ("Core", 100)
    anna.buys("200")
    shop.follows()
    assert (anna.level(), anna.balance()) == ("Plus", 100)
    free = shop.here.house.perks.use(shop.here.program, Reference("perk/1"), anna.account, "free_delivery")
    assert free.perk == "free_delivery"
    shop.is_sound()


def test_hm_returns_2_5_percent() -> None:
    assert of_voucher("hm-us", "bonus") == Fraction(25, 1000)
