"""A choice of goods: lines of an order by what they are."""

from functools import lru_cache
from typing import Literal

import msgspec

from chalicelib.events import LineFacts

Price = Literal["any", "promo", "regular"]
"""Goods at whatever price, only those sold below their usual price, only the others."""

MOST_WORDS = 100
"""Of one list of categories, brands or SKUs."""


class Goods(msgspec.Struct, frozen=True):
    """Words by which lines are found, whatever their case; a SKU that ends with "*" stands for all that begin so."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    price: Price = "any"

    def are_all(self, line: LineFacts) -> bool:
        """Does every kind of word that there is find the line?"""
        return all(self._found(line))

    def are_any(self, line: LineFacts) -> bool:
        """Does any word find the line?"""
        return any(self._found(line))

    def _found(self, line: LineFacts) -> list[bool]:
        found = []
        if self.categories:
            found.append(any(is_named(category, self.categories) for category in line.categories))
        if self.brands:
            found.append(is_named(line.brand, self.brands))
        if self.skus:
            found.append(is_sku(line.sku, self.skus))
        if self.price != "any":
            found.append(line.is_promo == (self.price == "promo"))
        return found


def is_named(word: str, words: tuple[str, ...]) -> bool:
    """Is `word` one of `words`, whatever their case?"""
    return word.casefold() in _folded(words)


def is_sku(sku: str, patterns: tuple[str, ...]) -> bool:
    """Is a SKU one of those, or does it begin as one of those that end with "*"?"""
    told, (whole, beginnings) = sku.casefold(), _patterns(patterns)
    return bool(told) and (told in whole or told.startswith(beginnings))


@lru_cache(maxsize=512)
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


@lru_cache(maxsize=512)
def _patterns(patterns: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole SKUs, and how others begin."""
    folded = _folded(patterns)
    beginnings = tuple(sorted(pattern.removesuffix("*") for pattern in folded if pattern.endswith("*")))
    return folded, beginnings
