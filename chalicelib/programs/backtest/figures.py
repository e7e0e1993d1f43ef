"""What a replay counted: points by month and currency, sales, members, levels.

Money is in minor units of the program's money; what points are worth is an exact fraction of them.
"""

from collections import Counter
from fractions import Fraction

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import Purse


class Points(msgspec.Struct):
    """Points of one currency that moved in some time. `redeemed` and `taken_back` are net of what was given back."""

    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    taken_back: int = 0
    debt: int = 0

    @property
    def outstanding(self) -> int:
        """What members hold more than before; what they owe is not taken off."""
        return self.issued - self.redeemed - self.expired - self.taken_back + self.debt

    def add(self, before: Purse, after: Purse) -> None:
        """Count what happened to a purse."""
        self.issued += after.issued - before.issued
        self.redeemed += after.redeemed - before.redeemed
        self.expired += after.expired - before.expired
        self.taken_back += after.taken_back - before.taken_back
        self.debt += after.debt - before.debt


class Month(msgspec.Struct):
    """One local month, or the part of it that the history reaches.

    ends: its end      sales: of members, less what went back      levels: members by level when it ended
    held: points that members hold when it ends, by currency
    """

    name: str
    ends: Instant
    points: dict[str, Points] = msgspec.field(default_factory=dict)
    sales: Fraction = Fraction(0)
    members: int = 0
    levels: Counter[str] = msgspec.field(default_factory=Counter)
    held: dict[str, int] = msgspec.field(default_factory=dict)


class Books(msgspec.Struct):
    """What the history itself says, whatever the program.

    sales: paid by members      returns: of that, what went back      guests: of both, the share without a name
    unmatched: what went back beyond anything that was bought, and how often
    other_money: orders in money that the program does not take, by currency
    """

    orders: int = 0
    sales: Fraction = Fraction(0)
    returns: Fraction = Fraction(0)
    returned: int = 0
    guest_orders: int = 0
    guest_sales: Fraction = Fraction(0)
    unmatched: int = 0
    unmatched_money: Fraction = Fraction(0)
    other_money: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def kept(self) -> Fraction:
        """What members paid and did not get back."""
        return self.sales - self.returns


class Outcome(msgspec.Struct, frozen=True):
    """What the program meant to one member.

    points: of the main currency, earned and not taken back      worth: what was used and what is held, in minor units
    waited: milliseconds from the first order to the first reward within reach, and `after` how many orders
    """

    orders: int
    level: str
    points: int
    worth: Fraction
    waited: int | None
    after: int
