"""Programs of banks in Russia and a service in Uzbekistan, by their published rules."""

from datetime import timedelta
from fractions import Fraction

import pytest
from scenes import Shopper, back, goods, open_shop, refusal, text_of

from chalicelib.programs.reading import DefinitionError

# --- T-Bank Black -------------------------------------------------------------------------------------------------


def test_t_bank_gives_1_percent_of_any_purchase_from_100_roubles_without_a_choice() -> None:
    shop = open_shop("t-bank-black")
    anna = shop.member("anna")
    anna.buys("99.99")
    assert anna.balance() == 0
    anna.buys("100")
    assert anna.balance() == 1
    anna.buys(goods("5000", "utilities"), name="bill")
    assert anna.balance() == 1
    assert anna.cashes(1).worth == 100
    shop.is_sound()


def test_t_bank_gives_15_percent_in_three_chosen_categories_beside_the_1_percent_that_is_always_there() -> None:
    shop = open_shop("t-bank-black")
    anna = shop.member("anna")
    assert refusal(anna.picks, "categories", "fuel", "books", "restaurants", "pharmacies") == "too_many_options"
    anna.picks("categories", "fuel", "books", "restaurants")
    anna.buys(goods("1000", "fuel"))
    assert anna.balance() == 150
    anna.buys(goods("1000", "pharmacies"))
    assert anna.balance() == 160
    assert refusal(anna.picks, "categories", "pharmacies") == "choice_locked"
    shop.goes_to("2026-07-01 10:00")
    anna.picks("categories", "pharmacies")
    anna.buys(goods("1000", "pharmacies"))
    assert anna.balance() == 310
    shop.is_sound()


def test_t_bank_gives_at_most_3000_in_categories_in_a_billing_period_and_a_refund_within_the_rest_takes_nothing() -> (
    None
):
    shop = open_shop("t-bank-black")
    anna = shop.member("anna")
    anna.picks("categories", "fuel")
    anna.buys(goods("19000", "fuel"))
    assert anna.balance() == 2850
    surplus = anna.buys(goods("2000", "fuel"))
    assert anna.balance() == 3000, "150 of 300: the surplus is lost"
    anna.returns(surplus, lines={1: 1})
    assert anna.balance() == 2850
    shop.goes_to("2026-07-24 10:00")  # her next billing period
    anna.buys(goods("1000", "fuel"))
    assert anna.balance() == 2860, "the choice of June is over, 1 % is always there"
    shop.is_sound()


def test_t_bank_gives_30_percent_at_partners_up_to_6000_and_up_to_30000_with_premium() -> None:
    shop = open_shop("t-bank-black")
    anna, boris = shop.member("anna"), shop.member("boris")
    boris.is_on_list("premium")
    for member in (anna, boris):
        member.buys("40000", partner="lamoda")
    assert (anna.balance(), boris.balance()) == (6_000 + 400, 12_000 + 400)
    boris.buys("80000", partner="lamoda")
    assert boris.balance() == 30_000 + 1_200
    shop.is_sound()


def test_t_bank_gives_5_percent_of_tickets_and_15_percent_with_pro() -> None:
    shop = open_shop("t-bank-black")
    anna = shop.member("anna")
    anna.buys(goods("1000", "tickets"))
    assert anna.balance() == 10 + 50
    anna.subscribes("pro")
    anna.buys(goods("1000", "tickets"))
    assert anna.balance() == 60 + 10 + 150
    shop.is_sound()


def test_t_banks_service_is_free_from_exactly_50000_roubles_or_until_the_18th_birthday() -> None:
    shop = open_shop("t-bank-black")
    anna, boris = shop.member("anna", money_kept=5_000_000), shop.member("boris", born="2008-06-24")
    assert (anna.benefits(), boris.benefits()) == (("Бесплатное обслуживание",),) * 2
    anna.is_known_for(money_kept=4_999_999)
    shop.goes_to("2026-06-24 00:00")
    assert (anna.benefits(), boris.benefits()) == ((), ())
    shop.is_sound()


# --- Gazprombank, "Умный кешбэк" ----------------------------------------------------------------------------------


def test_gazprombank_gives_a_point_for_every_full_hundred_roubles_where_10000_are_kept_on_average() -> None:
    shop = open_shop("gazprombank-smart-2025")
    anna, boris = shop.member("anna", average_balance=1_000_000), shop.member("boris", average_balance=999_999)
    for member in (anna, boris):
        member.buys("1999")
    assert (anna.on_the_way(), boris.on_the_way()) == (19, 0), "rounded down to 1 900"
    shop.is_sound()


def test_gazprombank_credits_the_points_of_a_month_as_one_sum_that_is_shown_before() -> None:
    shop = open_shop("gazprombank-smart-2025", at="2026-06-23 12:00")
    anna = shop.member("anna", average_balance=1_000_000)
    anna.buys("1000")
    shop.goes_to("2026-06-30 12:00")
    anna.buys("1000")
    assert (anna.balance(), anna.on_the_way()) == (0, 20)
    shop.goes_to("2026-07-01 00:00")
    assert (anna.balance(), anna.on_the_way()) == (20, 0)
    shop.is_sound()


def test_gazprombank_converts_from_1500_points_at_50_or_80_kopecks_by_the_average_balance() -> None:
    shop = open_shop("gazprombank-smart-2025", at="2026-06-23 12:00")
    anna = shop.member("anna", average_balance=1_000_000)
    anna.buys("450000")
    shop.goes_to("2026-07-01 00:00")
    assert refusal(anna.cashes, 1490) == "below_minimum"
    assert anna.cashes(1500).worth == 1_200_00
    anna.is_known_for(average_balance=999_999)
    assert anna.cashes(1500).worth == 750_00
    assert anna.balance() == 1500
    shop.is_sound()


# --- Спасибо от Сбербанка -----------------------------------------------------------------------------------------


def test_spasibo_gives_30_percent_at_partners_at_once_and_the_banks_half_percent_from_the_second_level_on() -> None:
    shop = open_shop("sber-spasibo-classic")
    anna = shop.member("anna")
    anna.buys("1000")
    assert (anna.level(), anna.balance()) == ("Thanks", 0)
    anna.buys("1000", partner="partner")
    assert anna.balance() == 300
    anna.is_given_level("Great", days=30)
    anna.buys("1000", partner="partner")
    assert anna.balance() == 300 + 300 + 5
    shop.waits(days=31)
    assert anna.level() == "Thanks", "the tasks were not done this month"
    shop.is_sound()


def test_spasibo_gives_10_percent_on_childrens_goods_to_those_of_the_upper_levels_who_chose_it() -> None:
    shop = open_shop("sber-spasibo-classic")
    anna = shop.member("anna")
    anna.picks("raised", "childhood")
    anna.buys(goods("1000", "children"))
    assert anna.balance() == 0
    anna.is_given_level("Huge", days=30)
    anna.buys(goods("1000", "children"), goods("1000", "fuel"))
    assert anna.balance() == 100 + 10
    shop.is_sound()


# --- VTB Multibonus -----------------------------------------------------------------------------------------------


def one_to_one() -> str:
    """Before the rate fell, as the program's own roubles were: one for one."""
    text = text_of("vtb-multibonus")
    for before, after in (("1 multibonus = 0.85 RUB", "1 multibonus = 1 RUB"), ("worth: 0.85 RUB", "worth: 1 RUB")):
        assert before in text
        text = text.replace(before, after)
    return text


def test_multibonus_is_credited_at_the_end_of_the_next_month_and_lives_a_year_to_the_end_of_the_month() -> None:
    shop = open_shop("vtb-multibonus", at="2026-06-10 12:00")
    anna = shop.member("anna")
    anna.buys("5000")
    shop.goes_to("2026-07-31 23:59")
    assert (anna.balance(), anna.on_the_way()) == (0, 100)
    shop.goes_to("2026-08-01 00:00")
    assert (anna.balance(), anna.on_the_way()) == (100, 0)
    shop.goes_to("2027-06-30 23:59")
    assert anna.balance() == 100
    shop.goes_to("2027-07-01 00:00")
    assert anna.balance() == 0
    shop.is_sound()


def test_multibonus_fell_to_85_kopecks_by_a_version_that_members_are_told_of_in_time() -> None:
    shop = open_shop("vtb-multibonus", at="2026-06-10 12:00", text=one_to_one())
    anna = shop.member("anna")
    anna.buys("10000")
    shop.goes_to("2026-09-01 12:00")
    with pytest.raises(DefinitionError, match="30 days"):
        shop.changes(text_of("vtb-multibonus"), since="2026-09-15 00:00")
    since = shop.now() + timedelta(days=31)
    assert shop.changes(text_of("vtb-multibonus"), since=f"{since:%Y-%m-%d} 00:00") == "2026-10-02 00:00"
    assert anna.cashes(100).worth == 100_00
    shop.goes_to("2026-10-02 00:00")
    assert anna.cashes(100).worth == 85_00
    shop.is_sound()


def test_multibonus_lets_up_to_half_of_a_certificates_price_be_paid_in_money() -> None:
    shop = open_shop("vtb-multibonus", at="2026-06-10 12:00")
    anna = shop.member("anna")
    anna.buys("25000")
    shop.goes_to("2026-08-01 12:00")
    assert refusal(anna.takes, "certificate", 499) == "too_much_in_money"
    taken = anna.takes("certificate", 500)
    assert (taken.points, taken.topped_up, anna.balance()) == (500, 425_00, 0)
    shop.is_sound()


# --- Yandex Plus --------------------------------------------------------------------------------------------------


def test_plus_gives_points_only_with_an_active_plan_and_without_cash() -> None:
    shop = open_shop("yandex-plus-uz")
    anna = shop.member("anna")
    anna.buys(goods("30000", "comfort"), payment_method="card")
    assert anna.balance() == 0
    anna.is_on_list("active")
    anna.buys(goods("30000", "comfort"), payment_method="cash")
    assert anna.balance() == 0
    anna.buys(goods("30000", "comfort"), payment_method="card")
    assert anna.balance() == 3000
    anna.buys(goods("20000", "coffee"), payment_method="card", channel="lavka")
    assert anna.balance() == 7000
    shop.is_sound()


def test_plus_gives_no_points_on_an_order_that_was_partly_paid_with_points() -> None:
    shop = open_shop("yandex-plus-uz")
    anna = shop.member("anna")
    anna.is_on_list("active")
    anna.buys(goods("30000", "comfort"), payment_method="card")
    anna.buys(goods("30000", "comfort"), payment_method="card", points=1)
    assert anna.balance() == 2999
    shop.is_sound()


# --- what comes back ----------------------------------------------------------------------------------------------


def ready(name: str) -> Shopper:
    """A member who has done what the program asks for before it gives anything."""
    shopper = open_shop(name).member("anna")
    match name:
        case "t-bank-black":
            shopper.picks("categories", "fuel")
        case "gazprombank-smart-2025":
            shopper.is_known_for(average_balance=1_000_000)
        case "sber-spasibo-classic":
            shopper.is_given_level("Great", days=30)
        case "yandex-plus-uz":
            shopper.is_on_list("active")
    return shopper


@pytest.mark.parametrize(
    ("name", "category", "shares"),
    [
        ("t-bank-black", "books", "1 %"),
        ("t-bank-black", "fuel", "15 %"),
        ("gazprombank-smart-2025", "", "0.8 %"),
        ("sber-spasibo-classic", "", "0.5 %"),
        ("vtb-multibonus", "", "1.7 %"),
        ("yandex-plus-uz", "comfort", "10 %"),
    ],
)
def test_the_share_that_goes_back_is_what_the_file_says_in_its_head(name: str, category: str, shares: str) -> None:
    shopper = ready(name)
    shopper.buys(goods("10000", category), payment_method="card")
    points = shopper.balance() + shopper.on_the_way()
    assert back(name, "10000", points) * 100 == Fraction(shares.removesuffix(" %"))
    (line,) = [each for each in text_of(name).splitlines() if each.startswith("# Goes back to the member: ")]
    assert shares in line
