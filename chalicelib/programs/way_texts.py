"""The way to a level in as few words as the front of a card has room for."""

from chalicelib.money import exponent
from chalicelib.programs import wording
from chalicelib.programs.definition import Definition
from chalicelib.programs.tier_phrases import TIER_PHRASES
from chalicelib.programs.tier_texts import amount_words
from chalicelib.programs.tiers import Measure, MoneySpent, Units

WRITTEN = tuple(TIER_PHRASES)
"""The languages in which a way can be told."""


def way_words(
    definition: Definition, measure: Measure, reached: int, needed: int, language: str
) -> tuple[str, str, str]:
    """How much is reached of how much, and what is missing: "2", "5 orders", "3 orders"; "€40", "€100", "€60".

    reached, needed: of the measure; money in minor units
    """
    missing = max(0, needed - reached)
    match measure:
        case MoneySpent():
            return _money_words(definition.money, reached, needed, language)
        case Units(of):
            told = TIER_PHRASES[language]["way_units"]
            most, rest = (told.format(count=wording.number(count, language), of=of) for count in (needed, missing))
        case _:
            most, rest = (amount_words(definition, measure, count, language) for count in (needed, missing))
    return wording.number(reached, language), most, rest


def _money_words(currency: str, reached: int, needed: int, language: str) -> tuple[str, str, str]:
    """One minor unit over a whole amount is how a program says "more than": ">€80" for €80.01."""
    whole = 10 ** exponent(currency)
    missing = max(0, needed - reached)
    is_more_than = 1 < whole < needed and needed % whole == 1
    is_rest_more_than = is_more_than and missing > whole and missing % whole == 1
    return (
        wording.money(reached, currency, language),
        _money(needed, currency, language, is_more_than=is_more_than),
        _money(missing, currency, language, is_more_than=is_rest_more_than),
    )


def _money(amount: int, currency: str, language: str, *, is_more_than: bool) -> str:
    if not is_more_than:
        return wording.money(amount, currency, language)
    return f">{wording.money(amount - 1, currency, language)}"
