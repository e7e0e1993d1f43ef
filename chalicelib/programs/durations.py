"""Lengths of calendar time."""

from typing import Literal

import msgspec

Unit = Literal["day", "week", "month", "year"]


class Duration(msgspec.Struct, frozen=True):
    """A length of calendar time: "14 days", "12 months"."""

    count: int
    unit: Unit
