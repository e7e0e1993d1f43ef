"""Groups of rules for orders: what becomes of several rules that could count for one order."""

from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.programs.limits import Budget, Limit

Take = Literal["add up", "largest", "multiply", "first"]
"""What the rules of a group give together.

add up: all of them      largest: the one that gives most, of equals the first      first: the first that gives anything
multiply: the group's first rule, as many times as the others say
"""


class Group(msgspec.Struct, frozen=True):
    """Rules that name this group give points of one currency, together within its bounds.

    at_most: the most points of one order      share: the same as a share of what counts of the order
    limit: what bounds the points of several orders together
    """

    name: str
    take: Take = "add up"
    at_most: int | None = None
    share: Fraction | None = None
    limit: Limit | Budget | None = None
