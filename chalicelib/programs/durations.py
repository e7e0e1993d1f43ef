"""Lengths of calendar time."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of calendar time: "14 days", "12 months"."""

    count: int
    unit: Unit
