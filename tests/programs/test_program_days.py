"""Days and times as people read them, on the clocks of the program's place."""

from datetime import timedelta

import pytest
from program_factory import at

from chalicelib.programs.days import day, local, time_of_day

NEW_YEAR = at("2026-12-31 23:05", "Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Europe/Berlin", "en", "31 December 2026"),
        ("Europe/Berlin", "ru", "31 декабря 2026\N{NARROW NO-BREAK SPACE}г."),
        ("Europe/Moscow", "en", "1 January 2027"),
        ("Europe/Berlin", "de", "31. Dezember 2026"),
    ],
)
def test_a_day_is_that_of_the_programs_place_in_the_readers_language(zone: str, language: str, expected: str) -> None:
    assert day(NEW_YEAR, zone, language) == expected


@pytest.mark.parametrize(
    ("zone", "expected"), [("Europe/Berlin", "23:05"), ("Europe/Moscow", "01:05"), ("Asia/Kathmandu", "03:50")]
)
def test_a_time_has_two_digits_of_24_hours_in_every_language(zone: str, expected: str) -> None:
    assert [time_of_day(NEW_YEAR, zone, language) for language in ("en", "ru", "de")] == [expected] * 3


def test_an_instant_is_told_to_the_millisecond_with_the_places_own_offset() -> None:
    told = local(NEW_YEAR + 59_999, "Asia/Kathmandu")
    assert told.isoformat() == "2027-01-01T03:50:59.999000+05:45"
    assert told.utcoffset() == timedelta(hours=5, minutes=45)
