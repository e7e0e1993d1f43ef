"""The reader's language: which one, and how it says texts, numbers, days and points."""

import functools
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal

from chalicelib.cards.face import CurrencyNames
from chalicelib.events import Instant
from chalicelib.programs.texts import perk
from chalicelib.web.texts import TEXTS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEIGHT = r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?"
_RANGE = re.compile(rf"(?P<tag>[A-Za-z]{{1,8}}|\*)(?:-[A-Za-z0-9-]{{1,60}})?\s*(?:;\s*q=(?P<weight>{_WEIGHT}))?")
_HEADER_LIMIT = 1_000
_MINUS = "−"


def choose(accept_language: str, languages: Sequence[str], *, asked: str = "") -> str:
    """The language of a page, among those of the program (default first) that have texts.

    asked: an explicit choice (?lang=ru, or the member's own language); it wins when it can be had.
    Source: RFC 9110, 12.5.4 (ranges with q-values; q=0 is "not this one").
    """
    offered = [language for language in languages if language in TEXTS] or ["en"]
    if asked in offered:
        return asked
    weights: dict[str, float] = {}
    for part in accept_language[:_HEADER_LIMIT].split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is not None:
            tag = match["tag"].lower()
            weights[tag] = max(weights.get(tag, 0.0), float(match["weight"] or 1))
    order = {tag: place for place, tag in enumerate(weights)}

    def wish(language: str) -> tuple[float, int]:
        named = language in weights
        return weights.get(language, weights.get("*", 0.0)), -order[language] if named else -len(order)

    best = max(offered, key=wish)  # the first of equals: the program's own order
    return best if wish(best)[0] > 0 else offered[0]


class Speech(msgspec.Struct, frozen=True):
    """One language as it is spoken to the reader. `time_zone`: where the program's days begin."""

    language: str
    time_zone: str = "UTC"

    def say(self, key: str, **values: str | int) -> str:
        """A text by its key. An unknown key is a KeyError: our own mistake."""
        return TEXTS[self.language][key].format(**values)

    def number(self, value: int) -> str:
        """1234 as "1,234" or "1 234"."""
        return format_decimal(value, locale=self._locale).replace("-", _MINUS)

    def signed(self, value: int) -> str:
        """With its sign, as a change is written."""
        return f"+{self.number(value)}" if value > 0 else self.number(value)

    def unit(self, value: int, names: CurrencyNames) -> str:
        """The points' name as it goes with `value`: "bean", "зёрен"."""
        forms = names.forms.get(self.language) or next(iter(names.forms.values()))
        return forms.get(self._locale.plural_form(abs(value)), forms["other"])

    def points(self, value: int, names: CurrencyNames) -> str:
        """ "25 beans", kept on one line."""
        return f"{self.number(value)}\u00a0{self.unit(value, names)}"

    def local_date(self, at: Instant) -> date:
        """The local day of an instant."""
        return (_EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(self.time_zone)).date()

    def day(self, day: date, *, today: date) -> str:
        """ "31 March", with the year when it is another one."""
        if day.year == today.year:
            return format_skeleton("MMMMd", day, locale=self._locale)
        return format_date(day, "long", locale=self._locale)

    def moment(self, at: Instant) -> str:
        """ "25 November 2026, 10:46", as it is there."""
        local = (_EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(self.time_zone))
        day = format_date(local.date(), "long", locale=self._locale)
        return f"{day}, {format_time(local.time(), 'short', locale=self._locale)}"

    def iso(self, at: Instant) -> str:
        """For programs that read the page: "2026-11-25T09:46:40Z"."""
        return f"{_EPOCH + timedelta(seconds=at // 1000):%Y-%m-%dT%H:%M:%SZ}"

    def perk(self, name: str) -> str:
        """A perk in words, as a line of its own."""
        words = perk(name, self.language)
        return words[:1].upper() + words[1:]

    @property
    def _locale(self) -> Locale:
        return _locale(self.language)


def language_names(languages: Sequence[str]) -> dict[str, str]:
    """What the languages call themselves, those that have texts: {"en": "English", "ru": "Русский"}."""
    return {language: TEXTS[language]["language.name"] for language in languages if language in TEXTS}


@functools.cache
def _locale(language: str) -> Locale:
    # "English" days as most of the world writes them ("31 March"), not the American order.
    return Locale.parse("en_GB" if language == "en" else language)
