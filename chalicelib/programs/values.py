"""Values as people write them: "14 days", "5%", "1.25", "2.50 EUR"."""

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from functools import cache

from babel.core import get_global

from chalicelib.errors import Malformed
from chalicelib.programs.durations import Duration, Unit

_DURATION = re.compile(r"([0-9]{1,5}) (day|week|month|year)s?")
_UNITS: dict[str, tuple[Unit, int]] = {
    "day": ("day", 36_500),
    "week": ("week", 5_200),
    "month": ("month", 1_200),
    "year": ("year", 100),
}
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_MONEY = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ([A-Z]{3})")
_WHOLE = re.compile(r"[0-9]{1,9}")


class Unclear(Malformed):
    """A value that cannot be understood: what was expected instead, and the nearest known word, if any.

    found: what stands there, where that is not the value itself but the key before it; empty for the value
    """

    def __init__(self, expected: str, nearest: str = "", *, found: str = "") -> None:
        super().__init__("unclear_value")
        self.expected = expected
        self.nearest = nearest
        self.found = found


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that `word` was probably meant to be; empty when none is near."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=5, cutoff=0.6)
    found.sort(key=lambda name: name[:1] != word[:1].lower())  # people rarely mistype the first letter
    return by_lower[found[0]] if found else ""


def duration(text: str) -> Duration:
    """ "14 days" as a Duration of at most 100 years."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise Unclear("a length of time such as 14 days or 12 months")
    unit, most = _UNITS[match[2]]
    if int(match[1]) > most:
        raise Unclear("a length of time of at most 100 years")
    return Duration(int(match[1]), unit)


def before(text: str) -> Duration:
    """ "14 days before" as a Duration."""
    if not text.endswith(" before"):
        raise Unclear("how long before the last day, such as 14 days before")
    return duration(text.removesuffix(" before"))


def days(text: str) -> int:
    """ "90 days" or "2 weeks" as a number of days."""
    length = duration(text)
    match length.unit:
        case "day":
            return length.count
        case "week":
            return 7 * length.count
        case _:
            raise Unclear("a number of days such as 90 days")


def decimal(text: str) -> Fraction:
    """ "1.25" as an exact number, not negative."""
    if _DECIMAL.fullmatch(text) is None:
        raise Unclear("a number such as 1.25")
    return Fraction(text)


def percent(text: str) -> Fraction:
    """ "5%" as an exact share."""
    if not text.endswith("%") or _DECIMAL.fullmatch(text[:-1].rstrip()) is None:
        raise Unclear("a share such as 5%")
    return Fraction(text[:-1].rstrip()) / 100


def whole(text: str) -> int:
    """ "300" as a whole number, not negative."""
    if _WHOLE.fullmatch(text) is None:
        raise Unclear("a whole number such as 300")
    return int(text)


def money(text: str) -> tuple[str, str]:
    """ "2.50 EUR" as the amount's text and the currency's code."""
    match = _MONEY.fullmatch(text)
    if match is None:
        raise Unclear("money such as 2.50 EUR")
    return match[1], money_code(match[2])


def money_code(text: str) -> str:
    """ "EUR", a code of ISO 4217."""
    if text not in _codes():
        raise Unclear("a code of money such as EUR", nearest(text, _codes()))
    return text


@cache
def _codes() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))


def calendar_day(text: str, such_as: str = "2026-01-01") -> date:
    """A day as "2026-01-01", and in no other way of writing it. Raises Unclear."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Unclear(f"a day such as {such_as}") from error
    if day.isoformat() != text:
        raise Unclear(f"a day such as {such_as}")
    return day
