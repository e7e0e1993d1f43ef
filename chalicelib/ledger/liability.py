"""What points will cost, and how a sale that gives points is split: exact fractions, rounded once by who shows them.

The likelihood that a point is used falls with its age. It is learned from the journal: for every month of age, of the
points that reached it, how many were used in that month and how many left otherwise.
Source: IFRS 15, B39 to B43 and example 52.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

NONE = Fraction(0)
ALL = Fraction(1)


class Lot(msgspec.Struct, frozen=True):
    """Points that members hold: how many months ago they were issued, and whether they are on the way."""

    age: int
    is_pending: bool
    points: int


class Owed(msgspec.Struct, frozen=True):
    """What the points outstanding will cost, in minor units of the program's money.

    points: outstanding      expected: of them, those that will be used      cost: what those cost
    """

    points: int
    expected: Fraction
    cost: Fraction


class Vintages(msgspec.Struct):
    """What became of points, by age in months.

    reached: points that became so old and whose month of that age is over, or that left in it
    used: of them, used in that month of age      gone: of them, expired or taken back in it
    arrived, failed: points on the way that became usable, or were taken back before
    """

    reached: defaultdict[int, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    used: defaultdict[int, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    gone: defaultdict[int, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    arrived: int = 0
    failed: int = 0

    def likelihood(self, age: int, *, unknown: Fraction = ALL) -> Fraction:
        """How likely a point of this age is to be used one day.

        unknown: of a point older than any that was seen; also without any history
        """
        oldest = max((month for month, points in self.reached.items() if points), default=-1)
        chance = unknown if self._stays(oldest) else NONE
        for month in range(oldest, age - 1, -1):
            reached = self.reached[month]
            if reached:
                left = reached - self.used[month] - self.gone[month]
                chance = Fraction(self.used[month], reached) + Fraction(left, reached) * chance
        return chance if age <= oldest else unknown

    def activation(self) -> Fraction:
        """How likely a point on the way is to become usable."""
        known = self.arrived + self.failed
        return Fraction(self.arrived, known) if known else ALL

    def _stays(self, month: int) -> bool:
        return self.reached[month] > self.used[month] + self.gone[month]


def owed(lots: Iterable[Lot], *, likelihood: Mapping[int, Fraction], activation: Fraction, unit_cost: Fraction) -> Owed:
    """The sum over lots of remaining points x likely to become usable x likely to be used x what one costs.

    likelihood: by age in months, of every age among the lots
    """
    points, expected = 0, NONE
    for lot in lots:
        points += lot.points
        expected += lot.points * likelihood[lot.age] * (activation if lot.is_pending else ALL)
    return Owed(points, expected, expected * unit_cost)


class Allocation(msgspec.Struct, frozen=True):
    """A price split between the goods and the points that came with them, by what each costs alone."""

    goods: Fraction
    points: Fraction


def allocation(price: Fraction, goods_alone: Fraction, points_alone: Fraction) -> Allocation:
    """Split `price`. points_alone: what the points are worth, counting only those that will be used."""
    whole = goods_alone + points_alone
    return Allocation(price * goods_alone / whole, price * points_alone / whole)


def recognised(allocated: Fraction, used: int, expected: int) -> Fraction:
    """Of the part of sales that belongs to points, what has been earned when so many of all `expected` were used.

    Cumulative: a later estimate of `expected` corrects what was said before. Never more than everything.
    """
    return allocated * min(ALL, Fraction(used, expected)) if expected else NONE
