"""Programs of shops in Russia, by their published rules."""

from fractions import Fraction

import pytest
from scenes import Shop, Shopper, back, goods, open_shop, refusal, text_of

from chalicelib.programs.learning import Born
from chalicelib.programs.paying import Purchase


def customer(shop: Shop, name: str = "anna") -> Shopper:
    """A member who has bought a trifle before, which is worth no point."""
    shopper = shop.member(name)
    shopper.buys(goods("10", "bread"))
    assert shopper.balance() + shopper.on_the_way() == 0
    return shopper


# --- Magnit, 2019 -------------------------------------------------------------------------------------------------


def test_magnit_adds_up_base_newcomer_birthday_and_the_chosen_category_to_38() -> None:
    shop = open_shop("magnit-2019")
    anna = shop.member("anna", born="1990-06-25")
    anna.picks("favourite", "dairy")
    anna.buys(goods("400", "dairy"), goods("600", "bread"))
    assert anna.balance() == 5 + 5 + 20 + 8
    anna.buys(goods("400", "dairy"), goods("600", "bread"))
    assert anna.balance() == 38 + 18, "the birthday counts once"
    shop.is_sound()


def test_magnits_newcomers_earn_twice_as_much_for_30_days() -> None:
    shop = open_shop("magnit-2019")
    anna = customer(shop)
    shop.waits(days=29)
    anna.buys("1000")
    assert anna.balance() == 10
    shop.waits(days=2)
    anna.buys("1000")
    assert anna.balance() == 15
    shop.is_sound()


def test_magnits_category_holds_for_30_days_and_a_birthday_is_changed_once_a_year() -> None:
    shop = open_shop("magnit-2019")
    anna = customer(shop)
    anna.knows(Born("1990-01-01"))
    anna.picks("favourite", "dairy")
    assert refusal(anna.picks, "favourite", "sweets") == "choice_locked"
    anna.knows(Born("1990-01-02"))
    assert refusal(anna.knows, Born("1990-01-03")) == "birthday_changed_already"
    shop.waits(days=31)
    anna.picks("favourite", "sweets")
    anna.buys(goods("1000", "sweets"))
    assert anna.balance() == 5 + 20
    shop.is_sound()


# --- Pyaterochka --------------------------------------------------------------------------------------------------


def test_pyaterochka_gives_27_points_below_555_roubles_and_55_from_there() -> None:
    shop = open_shop("pyaterochka-vyruchai")
    anna, boris = shop.member("anna"), shop.member("boris")
    anna.buys("554.99")
    receipt = boris.buys("555")
    assert (anna.balance(), boris.balance()) == (27, 55)
    boris.returns(receipt, "0.01")
    assert boris.balance() == 27
    shop.is_sound()


def test_pyaterochka_takes_ten_points_for_a_rouble_so_657_points_pay_65_and_7_stay() -> None:
    shop = open_shop("pyaterochka-vyruchai")
    anna = shop.member("anna")
    anna.buys("6570")
    assert anna.balance() == 657
    bread = Purchase(100_00, by_category={"bread": 100_00})
    assert refusal(anna.pays, 657, bread) == "not_in_steps"
    _, money = anna.pays(650, bread)
    assert (money, anna.balance()) == (65_00, 7)
    shop.is_sound()


def test_pyaterochka_gives_nothing_for_tobacco_and_its_money_does_not_make_a_receipt_large() -> None:
    shop = open_shop("pyaterochka-vyruchai")
    anna = shop.member("anna")
    anna.buys(goods("200", "tobacco"), goods("400", "bread"))
    assert anna.balance() == 20
    shop.is_sound()


# --- momo-salon ---------------------------------------------------------------------------------------------------


def test_momos_status_is_reached_by_spending_more_than_its_sum() -> None:
    shop = open_shop("momo-salon")
    anna = shop.member("anna")
    anna.buys("10000")
    assert (anna.level(), anna.balance()) == ("New", 0)
    anna.buys("0.01")
    assert anna.level() == "Guest"
    anna.buys("40000")
    assert (anna.level(), anna.balance()) == ("Regular", 1200)
    anna.buys("199999.99")
    assert (anna.level(), anna.balance()) == ("Honoured", 1200 + 9999)
    anna.buys("0.01")
    assert anna.level() == "VIP"
    shop.is_sound()


def test_momos_status_is_reached_by_more_than_two_friends_who_came_and_stayed() -> None:
    shop = open_shop("momo-salon")
    anna = shop.member("anna")
    anna.buys("100")
    bought = {}
    for number in range(3):
        friend = anna.brings(f"friend{number}")
        bought[friend.account] = (friend, friend.buys("1000"))
        shop.follows()
        assert anna.level() == ("Guest" if number == 2 else "New")
    anna.buys("1000")
    assert anna.balance() == 30
    friend, order = next(iter(bought.values()))
    friend.returns(order)
    shop.follows()
    assert anna.level() == "New", "two are not more than two"
    shop.is_sound()


def test_momos_points_pay_10_percent_of_a_visit_and_15_percent_for_regular_guests() -> None:
    shop = open_shop("momo-salon")
    anna, boris = shop.member("anna"), shop.member("boris")
    for member, spent in ((anna, "10000.01"), (boris, "50000.01")):
        member.buys(spent)
        member.buys("10000")
        member.buys("10000")
    assert (anna.level(), boris.level()) == ("Guest", "Regular")
    assert refusal(anna.pays, 101, "1000") == "more_than_the_share"
    anna.pays(100, "1000")
    assert refusal(boris.pays, 151, "1000") == "more_than_the_share"
    boris.pays(150, "1000")
    shop.is_sound()


# --- Koza Club ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "points"),
    [("1000", 10), ("1001", 20), ("2000", 40), ("2001", 60), ("3000", 90), ("3001", 150)],
)
def test_koza_gives_1_2_3_or_5_percent_by_the_size_of_a_purchase(spent: str, points: int) -> None:
    shop = open_shop("koza-club")
    anna = shop.member("anna")
    anna.buys(spent)
    assert anna.balance() == points + 200
    shop.is_sound()


def test_kozas_welcome_of_200_points_comes_once_and_pays_a_whole_purchase() -> None:
    shop = open_shop("koza-club")
    anna = shop.member("anna")
    anna.buys("100")
    anna.buys("201", points=201)
    assert (anna.balance(), anna.debt()) == (0, 0)
    shop.is_sound()


def test_kozas_birthday_is_500_points_for_seven_days_where_the_day_was_known_for_a_week() -> None:
    shop = open_shop("koza-club", at="2026-06-23 12:00")
    anna, boris, clara = (shop.member(name, born="1990-07-05") for name in ("anna", "boris", "clara"))
    late = shop.member("late")
    shop.goes_to("2026-07-01 23:59")
    clara.buys("100")
    late.knows(Born("1990-07-05"))
    shop.goes_to("2026-07-02 00:00")
    for member in (anna, anna, late):
        member.buys("100")
    shop.goes_to("2026-07-08 23:59")
    boris.buys("100")
    assert (anna.balance(), boris.balance(), clara.balance(), late.balance()) == (702, 701, 201, 201)
    shop.is_sound()


def test_kozas_points_end_twelve_months_after_they_came() -> None:
    shop = open_shop("koza-club", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("1000")
    shop.goes_to("2027-06-23 23:59")
    assert anna.balance() == 210
    shop.goes_to("2027-06-24 00:00")
    assert anna.balance() == 0
    shop.is_sound()


# --- Свой круг ----------------------------------------------------------------------------------------------------


def test_svoy_krugs_vip_needs_30000_roubles_and_three_categories() -> None:
    shop = open_shop("svoy-krug")
    anna, boris = customer(shop), customer(shop, "boris")
    anna.buys(goods("30000", "beauty"))
    assert (anna.level(), anna.balance()) == ("Insider", 1500)
    for category in ("cafe", "wear"):
        for member in (anna, boris):
            member.buys(goods("100", category))
    boris.buys(goods("100", "kids"))
    assert (anna.level(), boris.level()) == ("VIP", "Insider")
    before = anna.balance()
    anna.buys(goods("1000", "cafe"))
    assert anna.balance() - before == 70
    shop.is_sound()


def test_svoy_krugs_inner_circle_is_reached_by_money_alone_or_given_by_hand() -> None:
    shop = open_shop("svoy-krug")
    anna, boris = shop.member("anna"), shop.member("boris")
    anna.buys(goods("200000", "beauty"))
    boris.is_given_level("Inner Circle")
    assert (anna.level(), boris.level()) == ("Inner Circle",) * 2
    boris.buys(goods("1000", "cafe"))
    assert boris.balance() == 120
    shop.waits(days=400)
    assert (anna.level(), boris.level()) == ("Insider", "Inner Circle"), "twelve months, and for good"
    shop.is_sound()


def test_svoy_krugs_elite_needs_five_categories_beside_100000_roubles() -> None:
    shop = open_shop("svoy-krug")
    anna = shop.member("anna")
    for category in ("beauty", "cafe", "gifts", "wear"):
        anna.buys(goods("25000", category))
    assert anna.level() == "VIP"
    anna.buys(goods("1", "kids"))
    assert anna.level() == "Elite"
    shop.is_sound()


def test_svoy_krugs_points_are_used_from_100_on_and_end_with_the_month_after_90_days() -> None:
    shop = open_shop("svoy-krug", at="2026-06-23 12:00")
    anna = customer(shop)
    anna.buys(goods("4000", "cafe"))
    assert refusal(anna.pays, 99, "1000") == "below_minimum"
    anna.pays(100, "1000")
    shop.goes_to("2026-09-30 23:59")
    assert anna.balance() == 100
    shop.goes_to("2026-10-01 00:00")
    assert anna.balance() == 0
    shop.is_sound()


# --- a shop as RetailCRM describes it -----------------------------------------------------------------------------


def test_a_level_that_converts_gives_a_bonus_for_so_much_money_and_fewer_on_promotion() -> None:
    shop = open_shop("retailcrm-shop")
    anna = customer(shop)
    anna.buys(goods("1000"), goods("1000", is_promo=True))
    assert (anna.level(), anna.on_the_way()) == ("Basic", 10 + 5)
    shop.waits(days=8)
    assert anna.balance() == 15
    shop.is_sound()


def test_a_level_by_percent_gives_5_percent_and_2_percent_on_promotion() -> None:
    shop = open_shop("retailcrm-shop")
    anna = shop.member("anna")
    anna.buys(goods("15000"))
    before = anna.on_the_way()
    anna.buys(goods("1000"), goods("1000", is_promo=True))
    assert (anna.level(), anna.on_the_way() - before) == ("Regular", 50 + 20)
    shop.is_sound()


def test_a_level_with_a_discount_gives_no_bonuses_and_takes_10_percent_off() -> None:
    shop = open_shop("retailcrm-shop")
    anna = shop.member("anna")
    anna.buys(goods("30000"))
    before = anna.on_the_way()
    anna.buys(goods("900"), discount="100")
    discount = shop.definition.offers.discount
    assert discount is not None
    assert (anna.level(), anna.on_the_way() - before, discount.by_level["Gold"]) == ("Gold", 0, Fraction(1, 10))
    shop.waits(days=8)
    assert refusal(anna.pays, 10, "1000") == "confirmation_needed"
    shop.is_sound()


# --- what comes back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "spent", "points", "shares"),
    [
        ("magnit-2019", 1000, 5, "0.5 %"),
        ("pyaterochka-vyruchai", 400, 20, "0.5 %"),
        ("pyaterochka-vyruchai", 600, 60, "1 %"),
        ("koza-club", 1000, 10, "1 to 5 %"),
        ("koza-club", 4000, 200, "1 to 5 %"),
        ("svoy-krug", 1000, 50, "5 to 12 %"),
        ("retailcrm-shop", 1000, 10, "1 %"),
    ],
)
def test_the_share_that_goes_back_is_what_the_file_says_in_its_head(
    name: str, spent: int, points: int, shares: str
) -> None:
    shop = open_shop(name)
    anna = shop.member("anna")
    anna.buys(goods("10", "bread"))
    shop.waits(days=60)
    before = anna.balance() + anna.on_the_way()
    anna.buys(goods(spent))
    assert anna.balance() + anna.on_the_way() == before + points
    (line,) = [each for each in text_of(name).splitlines() if each.startswith("# Goes back to the member: ")]
    assert shares in line
    low, _, high = shares.removesuffix(" %").partition(" to ")
    assert back(name, spent, points) * 100 in (Fraction(low), Fraction(high or low))
