"""What may be done with points by hand: by the shop's people, between members, and when two accounts become one."""

from collections.abc import Mapping

import msgspec


class Adjustments(msgspec.Struct, frozen=True):
    """What one person of the shop may give and take together in one local day.

    at_most: points by currency; a currency that is not named has no limit
    """

    at_most: Mapping[str, int] = msgspec.field(default_factory=dict)


class Transfers(msgspec.Struct, frozen=True):
    """May members give points to each other.

    least: the fewest points at once, by currency      at_most: the most one member gives in a local day, by currency
    """

    allowed: bool = False
    least: Mapping[str, int] = msgspec.field(default_factory=dict)
    at_most: Mapping[str, int] = msgspec.field(default_factory=dict)


class Merges(msgspec.Struct, frozen=True):
    """For how many days a merge of two accounts can be undone."""

    undo_days: int = 30
