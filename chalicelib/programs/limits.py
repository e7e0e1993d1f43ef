"""Blocks of a definition that bound what a rule gives beyond one order."""

from typing import Literal

import msgspec

Span = Literal["day", "week", "month", "year", "billing period", "lifetime"]
"""How long a limit counts before it starts anew. A billing period is a month from the member's own first day."""

MOST_LIMITS = 8
"""Of one definition: each is a document more in the transaction of an order."""


class Limit(msgspec.Struct, frozen=True):
    """At most so many points for one member in each span; what is beyond is not given and not kept for later."""

    most: int
    span: Span


class Budget(msgspec.Struct, frozen=True):
    """Points for all members together, for ever under one rule's name.

    when_short: what an order gets when less is left than it asks for: the rest, or nothing
    """

    of: int
    when_short: Literal["partial", "all or nothing"]
