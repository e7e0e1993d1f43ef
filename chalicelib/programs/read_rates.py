"""Reads other money that orders may be in: `takes: {SEK: [{from: 2026-01-01, rate: 0.0871 EUR}]}`."""

import re
from datetime import date
from fractions import Fraction

from chalicelib.money import exponent
from chalicelib.programs.rates import DayRate
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, calendar_day, money_code
from chalicelib.programs.vocabulary import Vocabulary

_MOST_MONEYS = 20
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,12})?) ([A-Z]{3})")


def read_takes(spot: Spot, words: Vocabulary) -> dict[str, tuple[DayRate, ...]]:
    """The rates of each other money, in the file's order."""
    block = Block(spot, None, "money and its rates, such as {SEK: [{from: 2026-01-01, rate: 0.0871 EUR}]}")
    if not 1 <= len(block.fields) <= _MOST_MONEYS:
        raise Unclear(f"1 to {_MOST_MONEYS} kinds of money")
    found = {}
    for code, value in block.fields.items():
        try:
            found[code] = _rates(value, money_code(code), words)
        except Unclear as unclear:
            value.note(unclear)
    return found


def _rates(spot: Spot, code: str, words: Vocabulary) -> tuple[DayRate, ...]:
    if code == words.money:
        raise Unclear(f"money other than {code}, in which the program counts")
    return spot.items(
        lambda rate: _rate(rate, code, words), "a list of rates such as [{from: 2026-01-01, rate: 0.0871 EUR}]"
    )


def _rate(spot: Spot, code: str, words: Vocabulary) -> DayRate:
    block = Block(spot, ("from", "rate"), "a rate such as {from: 2026-01-01, rate: 0.0871 EUR}")
    return DayRate(
        since=block.required("from", lambda day: day.read(calendar_day), date.min, "the first day, such as 2026-01-01"),
        rate=block.required(
            "rate", lambda rate: _worth(rate.text(), code, words), Fraction(1), f"what 1 {code} is worth"
        ),
    )


def _worth(text: str, code: str, words: Vocabulary) -> Fraction:
    """ "0.0871 EUR" for one whole unit of `code`, as minor units for one minor unit."""
    match = _RATE.fullmatch(text)
    if match is None or not Fraction(match[1]):
        raise Unclear(f"money above zero such as 0.0871 {words.money or 'EUR'}")
    own = words.take_money(match[2])
    return Fraction(match[1]) * Fraction(10 ** exponent(own), 10 ** exponent(code))
