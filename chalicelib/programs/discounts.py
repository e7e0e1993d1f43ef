"""A discount for members: fixed, or larger at higher levels; and what it means for points and promotions."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec


class Discount(msgspec.Struct, frozen=True):
    """What members pay less for goods.

    share: of every member; `by_level` names that of a level      with_points: may points pay beside it
    with_promotions: goods that are reduced already are reduced by both, or by the larger one of them
    """

    share: Fraction = Fraction(0)
    by_level: Mapping[str, Fraction] = msgspec.field(default_factory=dict)
    with_points: bool = True
    with_promotions: Literal["both", "the larger one"] = "both"

    def share_of(self, level: str) -> Fraction:
        """The share of the goods for a member of `level`."""
        return self.by_level.get(level, self.share)


def discount_on(discount: Discount | None, level: str, goods: int, reduced: int = 0) -> int:
    """What a member of `level` pays less for `goods` before any discount, in minor units; a fraction is not given.

    reduced: what promotions have taken off these goods already
    """
    if discount is None:
        return 0
    share = discount.share_of(level)
    match discount.with_promotions:
        case "both":
            return int(share * max(0, goods - reduced))
        case "the larger one":
            return max(0, int(share * goods) - reduced)
