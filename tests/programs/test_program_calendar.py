"""Local time: month arithmetic against dateutil, ends of periods, daylight saving."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as some
from program_factory import at

from chalicelib.ledger.journal import NEVER
from chalicelib.programs.calendar import ZoneCalendar, add_months
from chalicelib.programs.definition import Moment
from chalicelib.programs.durations import Duration

BERLIN = ZoneCalendar("Europe/Berlin")
ZONES = some.sampled_from(["Europe/Berlin", "Europe/Moscow", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"])
INSTANTS = some.integers(min_value=1_600_000_000_000, max_value=2_200_000_000_000)


@given(some.dates(date(2000, 1, 1), date(2100, 1, 1)), some.integers(0, 1200))
def test_months_are_added_as_dateutil_adds_them(day: date, months: int) -> None:
    assert day + relativedelta(months=months) == add_months(day, months)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 1, 25), date(2026, 2, 25)),
    ],
)
def test_a_month_after_a_day_that_does_not_exist_is_the_last_day(day: date, expected: date) -> None:
    assert expected == add_months(day, 1)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (Moment.START_OF_DAY, "2026-02-10 00:00"),
        (Moment.END_OF_DAY, "2026-02-11 00:00"),
        (Moment.END_OF_WEEK, "2026-02-16 00:00"),
        (Moment.END_OF_MONTH, "2026-03-01 00:00"),
        (Moment.END_OF_QUARTER, "2026-04-01 00:00"),
        (Moment.END_OF_HALF_YEAR, "2026-07-01 00:00"),
        (Moment.END_OF_YEAR, "2027-01-01 00:00"),
        (Moment.SAME_TIME, "2026-02-10 17:30"),
    ],
)
def test_a_moment_of_the_calendar_is_local(moment: Moment, expected: str) -> None:
    tuesday = at("2026-02-10 17:30", "Europe/Berlin")
    assert at(expected, "Europe/Berlin") == BERLIN.moved(tuesday, moment)


@pytest.mark.parametrize("day", ["2026-03-28 07:20:50", "2026-10-24 07:20:50"])
def test_a_day_later_at_the_same_time_keeps_the_wall_time_when_the_clock_changes(day: str) -> None:
    later = BERLIN.shifted(at(day, "Europe/Berlin"), Duration(1, "day"))
    assert BERLIN.local(later).time() == BERLIN.local(at(day, "Europe/Berlin")).time()
    assert later - at(day, "Europe/Berlin") in (23 * 3_600_000, 25 * 3_600_000)


def test_a_wall_time_that_the_clock_skips_is_read_by_the_old_clock() -> None:
    skipped = BERLIN.shifted(at("2026-03-28 02:30", "Europe/Berlin"), Duration(1, "day"))
    assert at("2026-03-29 03:30", "Europe/Berlin") == skipped


def test_half_past_one_in_moscow_on_the_first_belongs_to_the_new_month() -> None:
    told = int(datetime(2026, 1, 31, 22, 30, tzinfo=UTC).timestamp() * 1000)
    assert date(2026, 2, 1) == ZoneCalendar("Europe/Moscow").day(told)


@given(INSTANTS, ZONES, some.sampled_from(["week", "month", "quarter", "half-year", "year"]))
def test_the_end_of_a_grid_cell_is_later_and_stays_itself(instant: int, zone: str, grid: str) -> None:
    calendar = ZoneCalendar(zone)
    end = calendar.end_of(instant, grid)
    assert instant <= end <= instant + 367 * 86_400_000
    assert end == calendar.end_of(end, grid)
    local = datetime.fromtimestamp(end / 1000, ZoneInfo(zone))
    assert local.replace(tzinfo=None).time() == datetime.min.time()


@pytest.mark.parametrize(
    ("instant", "expected"),
    [(0, "2026-03-01 00:00"), (-1, "2026-03-01 00:00"), (1, "2026-04-01 00:00"), (2, "2026-04-01 00:00")],
)
def test_an_end_is_the_first_instant_that_no_longer_belongs_to_its_cell(instant: int, expected: str) -> None:
    end = at("2026-03-01 00:00", "Europe/Berlin")
    assert BERLIN.end_of(end + instant, "month") == at(expected, "Europe/Berlin")


def test_cells_that_never_end_stay_so() -> None:
    assert BERLIN.end_of(NEVER, "month") == NEVER
    assert BERLIN.shifted(NEVER, Duration(100, "year")) == NEVER


@given(INSTANTS, INSTANTS)
def test_an_anniversary_is_the_first_one_after_the_instant(since: int, instant: int) -> None:
    born, found = BERLIN.day(since), BERLIN.day(BERLIN.anniversary_after(since, instant))
    assert found > max(BERLIN.day(instant), born)
    years = found.year - born.year
    assert found == born + relativedelta(years=years)
    assert years == 1 or born + relativedelta(years=years - 1) <= BERLIN.day(instant)


def test_the_anniversary_of_a_leap_day_is_the_last_of_february() -> None:
    joined = at("2028-02-29 10:00", "Europe/Berlin")
    first = BERLIN.anniversary_after(joined, joined)
    assert date(2029, 2, 28) == BERLIN.day(first)
    assert date(2032, 2, 29) == BERLIN.day(
        BERLIN.anniversary_after(joined, first + timedelta(days=2 * 365 + 300) // timedelta(milliseconds=1))
    )
