"""Reads the members' discount: `discount: {card: 5%}` or `discount: {levels: {Silver: 3%, Gold: 7%}}`."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from chalicelib.programs.discounts import Discount
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, percent

_YES: Mapping[str, bool] = {"yes": True, "no": False}
_PROMOTIONS: Mapping[str, Literal["both", "the larger one"]] = {"both": "both", "the larger one": "the larger one"}
_MOST_LEVELS = 12


def read_discount(spot: Spot) -> Discount:
    """A share for every member, one for each level, or both."""
    block = Block(spot, ("card", "levels", "with_points", "with_promotions"), "a discount such as {card: 5%}")
    if not {"card", "levels"} & block.fields.keys():
        raise Unclear("a discount such as {card: 5%} or {levels: {Gold: 7%}}")
    return Discount(
        share=block.optional("card", lambda card: card.read(_share), Fraction(0)),
        by_level=block.optional("levels", _levels, {}),
        with_points=block.optional("with_points", lambda word: word.choice(_YES), True),
        with_promotions=block.optional("with_promotions", lambda way: way.choice(_PROMOTIONS), "both"),
    )


def _levels(spot: Spot) -> Mapping[str, Fraction]:
    block = Block(spot, None, "a share for each level such as {Silver: 3%, Gold: 7%}")
    if not 1 <= len(block.fields) <= _MOST_LEVELS:
        raise Unclear(f"1 to {_MOST_LEVELS} levels")
    return {level: block.optional(level, lambda share: share.read(_share), Fraction(0)) for level in block.fields}


def _share(text: str) -> Fraction:
    share = percent(text)
    if not 0 < share <= 1:
        raise Unclear("a share such as 5%")
    return share
