"""Figures in a report's language: rounded as people read them."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from babel.dates import format_date, format_skeleton

from chalicelib.money import exponent
from chalicelib.programs import wording
from chalicelib.programs.wording import Forms
from ops.backtest.words import WORDS

Language = Literal["en", "ru"]
_WHOLE_FROM = 100
"""From so many units of money on, cents only distract."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language."""

    language: Language

    def say(self, key: str, **filled: str) -> str:
        """A sentence or a label, with its figures."""
        return WORDS[self.language][key].format(**filled)

    def number(self, value: int | Fraction) -> str:
        """A count, or a measured value with one decimal at most."""
        return wording.number(value if isinstance(value, int) else _rounded(value, 10), self.language)

    def money(self, minor_units: Fraction | int, currency: str) -> str:
        """An amount: in whole units when it is large."""
        unit = 10 ** exponent(currency)
        amount = Fraction(minor_units)
        is_large = abs(amount) >= _WHOLE_FROM * unit
        whole = round(amount / unit) * unit if is_large else round(amount)
        return wording.money(whole, currency, self.language)

    def share(self, part: Fraction) -> str:
        """A percentage with one decimal at most."""
        return wording.share(_rounded(part, 1_000), self.language)

    def count(self, forms: Forms, count: int) -> str:
        """ "5 members"."""
        return wording.points(forms, count, self.language)

    def month(self, name: str, *, short: bool = False) -> str:
        """ "2010-12" as "Dec 2010", or as "Dec" only."""
        first = date.fromisoformat(f"{name}-01")
        locale = "en_GB" if self.language == "en" else self.language
        return str(format_date(first, "LLL", locale=locale) if short else format_skeleton("yMMM", first, locale=locale))


def _rounded(value: Fraction, steps: int) -> Fraction:
    return Fraction(round(value * steps), steps)
