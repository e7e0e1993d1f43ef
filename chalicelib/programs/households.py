"""Members who use their points together."""

import msgspec

MOST_MEMBERS = 8
"""Of one household: each is an entry in one transaction."""


class Households(msgspec.Struct, frozen=True):
    """Households are allowed, of at most `members`."""

    members: int = MOST_MEMBERS
