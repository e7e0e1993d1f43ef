"""What a campaign brought: members who had it against members who were held out, with how sure that is.

Figures are exact fractions of the unit they come in; only the bounds of the interval are rounded to whole units.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

import msgspec

_Z95 = Fraction(196, 100)
"""Of the normal distribution: 95 of 100 such intervals hold the true difference."""
_FINE = 1 << 32


class Group(msgspec.Struct, frozen=True):
    """Members and what they spent: how many, the mean, and the variance of one member's amount."""

    members: int
    mean: Fraction
    variance: Fraction


class Lift(msgspec.Struct, frozen=True):
    """The difference that the campaign made to each member's mean.

    share: of the mean without the campaign; None where that is 0      low, high: bounds of the difference, at 95%
    margin: what it brought in all, at the margin that was named, before what the points cost
    """

    difference: Fraction
    share: Fraction | None
    low: int
    high: int
    margin: Fraction


def group(amounts: Sequence[int]) -> Group:
    """The figures of one group; at least one member. The variance is the sample's (n - 1)."""
    count = len(amounts)
    mean = Fraction(sum(amounts), count)
    spread = sum(((amount - mean) ** 2 for amount in amounts), Fraction(0))
    return Group(count, mean, spread / (count - 1) if count > 1 else Fraction(0))


def lift(treated: Group, control: Group, *, margin: Fraction) -> Lift:
    """Treated members against those held out; `margin`: what the shop keeps of each unit that is spent."""
    difference = treated.mean - control.mean
    around = _Z95 * _root(treated.variance / treated.members + control.variance / control.members)
    return Lift(
        difference,
        difference / control.mean if control.mean else None,
        low=round(difference - around),
        high=round(difference + around),
        margin=difference * treated.members * margin,
    )


def inactive_share(members: int, active: int) -> Fraction | None:
    """The share of members who neither earned nor used points in the window; None where there are no members."""
    return Fraction(members - active, members) if members else None


def _root(value: Fraction) -> Fraction:
    """The square root, to one part in 2^32."""
    return Fraction(isqrt(value.numerator * _FINE * _FINE // value.denominator), _FINE)
