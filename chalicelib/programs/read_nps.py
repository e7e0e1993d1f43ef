"""Reads `nps: {replace_within: 90 days}`."""

from chalicelib.programs.nps import Nps
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, days

_MOST_DAYS = 365


def read_nps(spot: Spot) -> Nps:
    """Whether members would recommend the program is asked, and the answers are kept."""
    block = Block(spot, ("replace_within",))
    return Nps(block.required("replace_within", lambda within: within.read(_days), 90, "such as 90 days"))


def _days(text: str) -> int:
    count = days(text)
    if not 1 <= count <= _MOST_DAYS:
        raise Unclear(f"1 to {_MOST_DAYS} days")
    return count
