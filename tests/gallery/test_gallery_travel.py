"""Travel programs by their published rules: a hotel year and an airline year."""

import pytest
from scenes import Shopper, goods, open_shop

# --- Marriott Bonvoy ----------------------------------------------------------------------------------------------


def _stays(guest: Shopper, nights: int, price: str | int, brand: str = "Sheraton") -> None:
    guest.buys(goods(price, "nights", brand=brand, pieces=nights))


@pytest.mark.parametrize(
    ("nights", "level", "points"),
    [
        (9, "Member", 1_000),
        (10, "Silver Elite", 1_100),
        (24, "Silver Elite", 1_100),
        (25, "Gold Elite", 1_250),
        (50, "Platinum Elite", 1_500),
        (75, "Titanium Elite", 1_750),
        (100, "Titanium Elite", 1_750),
    ],
)
def test_marriott_levels_by_nights_bring_a_bonus_of_10_25_50_and_75_percent(
    nights: int, level: str, points: int
) -> None:
    shop = open_shop("marriott-bonvoy")
    anna = shop.member("anna")
    _stays(anna, nights, 100 * nights)
    assert (anna.level(), anna.balance()) == (level, 1_000 * nights)
    anna.buys(goods("100", "dinner", brand="Sheraton"))
    assert anna.balance() == 1_000 * nights + points
    shop.is_sound()


def test_marriott_ambassadors_have_100_nights_and_23000_dollars_in_one_year() -> None:
    shop = open_shop("marriott-bonvoy")
    anna, boris = shop.member("anna"), shop.member("boris")
    _stays(anna, 100, "22999.99")
    _stays(boris, 99, "23000")
    assert (anna.level(), boris.level()) == ("Titanium Elite", "Titanium Elite")
    anna.buys("0.01")
    _stays(boris, 1, "0.01")
    assert (anna.level(), boris.level()) == ("Ambassador Elite", "Ambassador Elite")
    before = anna.balance()
    anna.buys("100")
    assert anna.balance() - before == 1_750
    shop.is_sound()


def test_marriott_levels_of_a_year_last_through_february_of_the_year_after_the_next() -> None:
    shop = open_shop("marriott-bonvoy", at="2026-11-10 12:00")
    anna = shop.member("anna")
    _stays(anna, 25, "2500")
    shop.goes_to("2028-02-29 23:59")
    assert anna.level() == "Gold Elite"
    shop.goes_to("2028-03-01 00:00")
    assert anna.level() == "Member"
    shop.is_sound()


def test_marriott_nights_of_two_years_are_not_added_up() -> None:
    shop = open_shop("marriott-bonvoy", at="2026-12-30 12:00")
    anna = shop.member("anna")
    _stays(anna, 5, "500")
    shop.goes_to("2027-01-02 12:00")
    _stays(anna, 5, "500")
    assert anna.level() == "Member"
    shop.is_sound()


def test_marriott_gives_10_points_for_a_dollar_5_at_long_stays_and_2_5_at_apartments() -> None:
    shop = open_shop("marriott-bonvoy")
    anna = shop.member("anna")
    for brand, points in (("Sheraton", 1_000), ("Residence Inn", 500), ("Marriott Executive Apartments", 250)):
        before = anna.balance()
        _stays(anna, 1, "100", brand)
        assert anna.balance() - before == points
    shop.is_sound()


def test_marriott_points_die_after_24_months_without_activity() -> None:
    shop = open_shop("marriott-bonvoy", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("100")
    shop.goes_to("2028-06-23 23:59")
    assert anna.balance() == 1_000
    shop.goes_to("2028-06-24 00:00")
    assert anna.balance() == 0
    shop.is_sound()


# --- Delta SkyMiles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dollars", "level", "miles"),
    [
        ("4999.99", "General", 500),
        ("5000", "Silver Medallion", 700),
        ("10000", "Gold Medallion", 800),
        ("15000", "Platinum Medallion", 900),
        ("28000", "Diamond Medallion", 1_100),
    ],
)
def test_delta_levels_by_dollars_bring_5_7_8_9_and_11_miles_for_a_dollar(dollars: str, level: str, miles: int) -> None:
    shop = open_shop("delta-medallion")
    anna = shop.member("anna")
    anna.buys(dollars)
    assert anna.level() == level
    before = anna.balance()
    anna.buys("100")
    assert anna.balance() - before == miles
    shop.is_sound()


def test_delta_counts_the_fare_without_taxes() -> None:
    shop = open_shop("delta-medallion")
    anna = shop.member("anna")
    anna.buys("5600", tax="600.01")
    assert (anna.level(), anna.balance()) == ("General", 24_995)
    anna.buys("1.12", tax="0.12")
    assert (anna.level(), anna.balance()) == ("Silver Medallion", 25_000)
    shop.is_sound()


@pytest.mark.parametrize("reached", ["2025-01-05 12:00", "2025-12-30 12:00"])
def test_delta_levels_of_2025_last_through_january_2027(reached: str) -> None:
    shop = open_shop("delta-medallion", at=reached)
    anna = shop.member("anna")
    anna.buys("10000")
    shop.goes_to("2027-01-31 23:59")
    assert anna.level() == "Gold Medallion"
    shop.goes_to("2027-02-01 00:00")
    assert anna.level() == "General"
    shop.is_sound()


def test_delta_miles_do_not_expire() -> None:
    shop = open_shop("delta-medallion", at="2026-06-23 12:00")
    anna = shop.member("anna")
    anna.buys("100")
    shop.goes_to("2046-06-23 12:00")
    assert anna.balance() == 500
    shop.is_sound()
