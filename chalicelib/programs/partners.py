"""Partners of a program: who pays for which points, what they are paid, and the rules that are their own."""

from collections.abc import Mapping
from fractions import Fraction

import msgspec

MOST_PARTNERS = 50


class Partner(msgspec.Struct, frozen=True):
    """One partner, or a creator with codes. Money is in minor units of the program's money, exact.

    pays: the share of a rule's points that it pays for, by the rule's name
    price, paid: by currency, what it pays for such a point, and what it is paid for a point used with it
    codes: by which friends name it      per_friend: what it is paid for a friend who came with one and stayed
    own: names of the rules in its own section      digest: of that section      approved: the digest the host agreed to
    """

    key: str
    name: str
    pays: Mapping[str, Fraction] = msgspec.field(default_factory=dict)
    price: Mapping[str, Fraction] = msgspec.field(default_factory=dict)
    paid: Mapping[str, Fraction] = msgspec.field(default_factory=dict)
    codes: tuple[str, ...] = ()
    per_friend: int = 0
    own: tuple[str, ...] = ()
    digest: str = ""
    approved: str = ""
