"""When points may be used and until when: the published expiry and activation rules of real programs."""

import pytest
from program_factory import MOSCOW, at, paid, points, pricing, roubles

from chalicelib.events import Amounts
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import NEVER
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.lots import available_at, expires_at, keep_alive
from chalicelib.programs.pricing import price

CALENDAR = ZoneCalendar(MOSCOW)


def ends(expires: object, earned: str, *, joined: str = "2020-01-01 00:00") -> int:
    currency = roubles(currencies={"points": points(expires=expires)}).main
    return expires_at(currency.expires, CALENDAR, earned_at=at(earned), member_since=at(joined))


@pytest.mark.parametrize(
    ("expires", "earned", "usable_through"),
    [
        ({"after": "1 month"}, "2026-01-25 15:00", "2026-02-25"),
        ({"after": "1 month"}, "2026-01-31 15:00", "2026-02-28"),
        ({"after": "1 month"}, "2028-01-31 15:00", "2028-02-29"),
        ({"after": "0 months"}, "2026-01-01 15:00", "2026-01-01"),
        ({"after": "1 month", "at": "end of quarter"}, "2026-02-10 15:00", "2026-03-31"),
        ({"after": "1 month", "at": "end of half-year"}, "2026-02-10 15:00", "2026-06-30"),
        ({"after": "12 months", "at": "end of month"}, "2022-08-01 00:00", "2023-08-31"),
        ({"after": "12 months", "at": "end of month"}, "2022-08-31 23:59", "2023-08-31"),
        ({"after": "6 months", "at": "end of month"}, "2026-01-03 15:00", "2026-07-31"),
        ({"after": "12 months"}, "2020-05-03 15:00", "2021-05-03"),
        ({"after": "12 months", "without": "activity"}, "2026-01-10 15:00", "2027-01-10"),
        ({"after": "1 year", "at": "end of year"}, "2026-01-10 15:00", "2027-12-31"),
        ({"after": "1 day", "at": "end of week"}, "2026-01-10 15:00", "2026-01-11"),
    ],
)
def test_points_are_usable_through_the_whole_last_day(expires: object, earned: str, usable_through: str) -> None:
    last_moment = at(f"{usable_through} 23:59:59") + 999
    assert last_moment + 1 == ends(expires, earned)


def test_points_that_never_expire_have_no_end() -> None:
    assert ends("never", "2026-01-10 15:00") == NEVER


@pytest.mark.parametrize("earned", ["2026-03-15 00:00", "2026-08-01 12:00", "2027-03-14 23:59"])
def test_a_membership_year_ends_all_its_points_on_the_day_before_the_anniversary(earned: str) -> None:
    assert at("2027-03-15 00:00") == ends({"at": "end of membership year"}, earned, joined="2025-03-15 18:00")


def available(available: object, earned: str, zone: str = MOSCOW, delivered: str | None = None) -> int | None:
    currency = roubles(currencies={"points": points(available=available)}).main
    delivered_at = None if delivered is None else at(delivered, zone)
    return available_at(currency.available, ZoneCalendar(zone), earned_at=at(earned, zone), delivered_at=delivered_at)


@pytest.mark.parametrize(
    ("after", "moment", "expected"),
    [
        ("1 day", "same time", "2024-10-13 07:20:50"),
        ("1 day", "start of day", "2024-10-13 00:00:00"),
        ("1 day", "end of day", "2024-10-13 23:59:59"),
        ("1 week", "same time", "2024-10-19 07:20:50"),
        ("1 week", "end of week", "2024-10-20 23:59:59"),
        ("1 month", "same time", "2024-11-12 07:20:50"),
        ("1 month", "end of month", "2024-11-30 23:59:59"),
    ],
)
def test_activation_dates_are_those_talon_one_documents(after: str, moment: str, expected: str) -> None:
    assert at(expected) == available({"after": after, "at": moment}, "2024-10-12 07:20:50")


def test_points_available_at_once_have_no_date() -> None:
    assert available("at once", "2026-03-01 12:00") is None


def test_waiting_days_end_at_the_start_of_the_day_unless_said_otherwise() -> None:
    assert at("2026-03-15 00:00") == available({"after": "14 days"}, "2026-03-01 12:00")


def test_a_day_later_at_the_same_time_over_a_clock_change_keeps_the_wall_time() -> None:
    ripe = available({"after": "1 day", "at": "same time"}, "2026-03-28 12:00", "Europe/Berlin")
    assert at("2026-03-29 12:00", "Europe/Berlin") == ripe


FROM_DELIVERY = {"after": "14 days", "from": "delivery"}


def test_points_wait_without_a_date_until_the_delivery_is_known() -> None:
    definition = roubles(currencies={"points": points(available=FROM_DELIVERY)})
    (worth,) = price(definition, pricing(), paid(210_000), Amounts()).worths
    assert (105, Lot(ends=NEVER, at=NEVER)) == (worth.points, worth.lot)


def test_points_become_usable_when_the_return_window_after_delivery_has_passed() -> None:
    definition = roubles(currencies={"points": points(available=FROM_DELIVERY)})
    delivered = paid(210_000, delivered_at=at("2026-03-05 16:00"))
    (worth,) = price(definition, pricing(), delivered, Amounts()).worths
    assert (105, Lot(ends=NEVER, at=at("2026-03-19 00:00"))) == (worth.points, worth.lot)


def test_a_full_refund_on_the_way_leaves_nothing_in_the_same_lot() -> None:
    definition = roubles(currencies={"points": points(available=FROM_DELIVERY)})
    delivered = paid(210_000, delivered_at=at("2026-03-05 16:00"))
    (worth,) = price(definition, pricing(), delivered, Amounts(goods=210_000)).worths
    assert (0, Lot(ends=NEVER, at=at("2026-03-19 00:00"))) == (worth.points, worth.lot)


def test_an_order_keeps_all_points_alive_where_they_expire_by_inactivity() -> None:
    definition = roubles(currencies={"points": points(expires={"after": "12 months", "without": "activity"})})
    alive = price(definition, pricing(), paid(210_000), Amounts()).keep_alive
    assert {"points": at("2027-03-02 00:00")} == alive == keep_alive(definition, at("2026-03-01 12:00"))


def test_what_became_of_an_order_does_not_change_how_long_it_keeps_points_alive() -> None:
    definition = roubles(currencies={"points": points(expires={"after": "12 months", "without": "activity"})})
    whole = price(definition, pricing(), paid(210_000), Amounts())
    refunded = price(definition, pricing(), paid(210_000), Amounts(goods=210_000))
    assert whole.keep_alive == refunded.keep_alive


def test_points_with_their_own_life_are_not_kept_alive_by_activity() -> None:
    assert price(roubles(), pricing(), paid(210_000), Amounts()).keep_alive == {}
