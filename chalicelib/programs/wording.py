"""Numbers in words: points, money, shares and lengths of time, as each language counts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_name, get_currency_symbol

from chalicelib.money import exponent
from chalicelib.programs.durations import Duration

Forms = Mapping[str, Mapping[str, str]]
"""Plural forms by language, named as CLDR names them: {"en": {"one": "bean", "other": "beans"}}."""

_LENGTHS: Forms = {
    "en day": {"one": "day", "other": "days"},
    "en week": {"one": "week", "other": "weeks"},
    "en month": {"one": "month", "other": "months"},
    "en year": {"one": "year", "other": "years"},
    "ru day": {"one": "день", "few": "дня", "other": "дней"},
    "ru week": {"one": "неделю", "few": "недели", "other": "недель"},
    "ru month": {"one": "месяц", "few": "месяца", "other": "месяцев"},
    "ru year": {"one": "год", "few": "года", "other": "лет"},
}


_MOST_DECIMALS = 12
"""Of money in words: as many as the rate of other money may have."""


def points(forms: Forms, count: int, language: str) -> str:
    """ "5 зёрен", "1,000 beans": the number and the form that goes with it.

    A language that `forms` lacks is served in the first one there is; a missing form by "other".
    """
    spoken = language if language in forms else next(iter(forms))
    return f"{number(count, spoken)} {form(forms[spoken], count, spoken)}"


def form(forms: Mapping[str, str], count: int, language: str) -> str:
    """The plural form for `count`, without the number."""
    return forms.get(plural(count, language), forms["other"])


def plural(count: int, language: str) -> str:
    """CLDR's plural category of a number: "one", "few", "many", "other"."""
    return str(_locale(language).plural_form(abs(count)))


def number(count: int | Fraction, language: str) -> str:
    """A number with the language's own separators."""
    return str(format_decimal(_decimal(count), "#,##0.######", _locale(language)))


def length(time: Duration, language: str) -> str:
    """ "12 months", "21 день", as in "for 12 months" and "через 1 неделю"."""
    return f"{number(time.count, language)} {form(_LENGTHS[f'{language} {time.unit}'], time.count, language)}"


def period(time: Duration, language: str) -> str:
    """The same where it stands alone: "1 неделя"."""
    return length(time, language).replace("неделю", "неделя")


def money(minor_units: int | Fraction, currency: str, language: str) -> str:
    """ "€2.50", "20 ₽": whole amounts without decimals, fractions of a minor unit exactly."""
    amount = Fraction(minor_units) / 10 ** exponent(currency)
    pattern = _locale(language).currency_formats["standard"].pattern
    if get_currency_symbol(currency, _locale(language)).isalpha():
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    digits = exponent(currency)
    decimals = "" if amount.denominator == 1 else "." + "0" * digits + "#" * (_MOST_DECIMALS - digits)
    return str(
        format_currency(
            _decimal(amount), currency, pattern.replace(".00", decimals), _locale(language), currency_digits=False
        )
    )


def money_name(currency: str, language: str) -> str:
    """ "Euro", "российский рубль"."""
    return str(get_currency_name(currency, locale=_locale(language)))


def day(local: date, language: str) -> str:
    """ "January 1, 2026", "1 января 2026 г."."""
    return str(format_date(local, "long", locale=_locale(language)))


def weekday(number: int, language: str) -> str:
    """ "Monday", "понедельник"; 0 is Monday."""
    return str(_locale(language).days["stand-alone"]["wide"][number])


def share(part: Fraction, language: str) -> str:
    """ "5%", "2,5 %"."""
    pattern = _locale(language).percent_formats[None].pattern.replace("#,##0", "#,##0.######")
    return str(format_percent(_decimal(part), pattern, locale=_locale(language)))


def city(time_zone: str, language: str) -> str:
    """The place whose clock counts: "Berlin", "Берлин"."""
    return str(get_timezone_location(time_zone, _locale(language), return_city=True))


def language_name(code: str, language: str) -> str:
    """ "English", "английский"."""
    return str(_locale(code).get_display_name(_locale(language)))


def _decimal(value: int | Fraction) -> Decimal:
    exact = Fraction(value)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
