"""Members who use their points together."""

from dataclasses import dataclass

MOST_MEMBERS = 8
"""Of one household: each is an entry in one transaction."""


@dataclass(frozen=True, slots=True)
class Households:
    """Households are allowed, of at most `members`."""

    members: int = MOST_MEMBERS
