"""Reads `households: {members: 6}`."""

from chalicelib.programs.households import MOST_MEMBERS, Households
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, whole


def read_households(spot: Spot) -> Households:
    """Members may use their points together, so many of them."""
    block = Block(spot, ("members",))
    most = f"how many at most, 2 to {MOST_MEMBERS}"
    return Households(block.required("members", lambda members: members.read(_members), MOST_MEMBERS, most))


def _members(text: str) -> int:
    count = whole(text)
    if not 2 <= count <= MOST_MEMBERS:
        raise Unclear(f"2 to {MOST_MEMBERS}")
    return count
