"""Blocks of a definition that say how points become money: at a till, paid out, or off a past order."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.programs.durations import Duration


class Rate(msgspec.Struct, frozen=True):
    """`points` are `money` minor units. Only full steps of so many points count; the rest stays."""

    points: int
    money: int

    def worth(self, points: int) -> int:
        """Minor units that so many points pay."""
        return points // self.points * self.money


class Rates(msgspec.Struct, frozen=True):
    """A rate that depends on something known of the member: `attribute`, a whole number or money.

    steps: from which value on which rate counts, lowest first; below the first nothing can be used
    is_money: the values are minor units of the program's money
    """

    attribute: str
    steps: tuple[tuple[int, Rate], ...]
    is_money: bool = False


class Confirm(msgspec.Struct, frozen=True):
    """Who has to confirm, when points pay for more than `above` minor units: their owner by PIN, or an employee."""

    how: Literal["pin", "employee"]
    above: int = 0


class Pay(msgspec.Struct, frozen=True):
    """Paying with points: at least `min_points` of `currency`, for at most `at_most` of the goods.

    at_most: also by level, where `by_level` names the member's
    rate: what they pay; None for the worth of the points      step: only multiples of so many points
    min_order: the least order, in minor units      leave: so much of the goods is left to be paid in money
    not_for: categories of goods that points do not pay for      confirm: what has to be confirmed
    """

    currency: str
    min_points: int = 1
    at_most: Fraction = Fraction(1)
    by_level: Mapping[str, Fraction] = msgspec.field(default_factory=dict)
    rate: Rate | Rates | None = None
    step: int = 1
    min_order: int = 0
    leave: int = 0
    not_for: tuple[str, ...] = ()
    confirm: tuple[Confirm, ...] = ()

    def share(self, level: str) -> Fraction:
        """The largest share of the goods for a member of `level`."""
        return self.by_level.get(level, self.at_most)


class PayOut(msgspec.Struct, frozen=True):
    """Points that are exchanged for money: at least `min_points`, in the rate's steps."""

    currency: str
    rate: Rate | Rates
    min_points: int = 1


class PayOff(msgspec.Struct, frozen=True):
    """Points that pay for a past order: of at least `min_order` minor units, placed within `within`."""

    currency: str
    rate: Rate | Rates
    within: Duration
    min_points: int = 1
    min_order: int = 0


class Purchase(msgspec.Struct, frozen=True):
    """What a till knows of a purchase that points shall pay for. Money in minor units of the program's money.

    goods: what is bought      by_category: of the goods, how much in which category; None when it was not told
    discount: what the members' discount took off these goods
    level: the member's      attributes: what is known of the member, by name
    confirmed: ways in which it was confirmed
    """

    goods: int
    by_category: Mapping[str, int] | None = None
    discount: int = 0
    level: str = ""
    attributes: Mapping[str, int] = msgspec.field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
