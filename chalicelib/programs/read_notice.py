"""Reads `notice: 30 days`: how long before it counts a change for the worse is published."""

from chalicelib.programs.shape import Spot
from chalicelib.programs.values import Unclear, days

_LONGEST = 365


def read_notice(spot: Spot) -> int:
    """The promise in days. Raises Unclear."""
    count = spot.read(days)
    if not 1 <= count <= _LONGEST:
        raise Unclear(f"1 to {_LONGEST} days")
    return count
