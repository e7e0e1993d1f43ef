"""Reads which goods a rule means: `of: {categories: [coffee], price: promo}`."""

from collections.abc import Mapping

from chalicelib.programs.goods import MOST_WORDS, Goods, Price
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear

_EXPECTED = "goods such as {categories: [coffee]}"
_PRICES: Mapping[str, Price] = {"promo": "promo", "regular": "regular"}


def read_goods(spot: Spot) -> Goods:
    """At least one of categories, brands, SKUs and the kind of price."""
    block = Block(spot, ("categories", "brands", "skus", "price"), _EXPECTED)
    if not block.fields:
        raise Unclear(_EXPECTED)
    return Goods(
        categories=block.optional("categories", lambda words: read_words(words, "categories"), ()),
        brands=block.optional("brands", lambda words: read_words(words, "brands"), ()),
        skus=block.optional("skus", lambda words: read_words(words, "SKUs"), ()),
        price=block.optional("price", lambda price: price.choice(_PRICES), "any"),
    )


def read_words(spot: Spot, what: str) -> tuple[str, ...]:
    """A list of the sender's own words."""
    words = spot.items(Spot.text, f"a list of {what}")
    if len(words) > MOST_WORDS:
        raise Unclear(f"at most {MOST_WORDS} {what}")
    return words
