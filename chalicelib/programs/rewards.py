"""Blocks of a definition that say what points are exchanged for: the catalogue of rewards, and stamp cards."""

from datetime import date
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.programs.limits import Span
from chalicelib.programs.titles import Titles

What = Literal["item", "discount", "voucher", "delivery", "donation", "money"]
"""What a reward is: a thing or a service, money off a purchase, a code, a delivery, a gift to others, money itself."""

MOST_REWARDS = 100

PAID_OUT = "money"
PAID_OFF = "past-order"
"""What an exchange is called that is for no reward of the catalogue: no reward can have these names."""


class Times(msgspec.Struct, frozen=True):
    """So many times in each span of time, by the program's clock."""

    count: int
    span: Span


class Reward(msgspec.Struct, frozen=True):
    """Something that points are exchanged for.

    key: its short name in requests, for ever      names: what members read
    worth: in minor units: what a discount, a donation or money comes to; of other rewards the most that it may be
        worth; None when nothing says so
    stock: how many there are for all members together, for ever; None for enough      per_member: for each of them
    levels: of members who may have it; () for all      since, until: first and last local day
    top_up: the largest share of the price that is paid in money, at the worth of the points
    voucher: the kind of voucher it is      takes_all: all points go, also those beyond the price
    """

    key: str
    names: Titles
    what: What
    currency: str
    price: int
    worth: int | None = None
    stock: int | None = None
    per_member: Times | None = None
    levels: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    top_up: Fraction = Fraction(0)
    voucher: str = ""
    takes_all: bool = False


class StampCard(msgspec.Struct, frozen=True):
    """A card of `size` stamps, which are the points of `currency`; when it is full it is the reward `reward`.

    may_combine: members may give each other stamps
    """

    currency: str
    size: int
    reward: str
    may_combine: bool = False

    def shown(self, stamps: int) -> tuple[int, int]:
        """Stamps on the card that is being filled, and full cards beside it: of 13 on cards of 10, 3 and 1."""
        stamps = max(0, stamps)
        full, rest = divmod(stamps, self.size)
        return rest, full
