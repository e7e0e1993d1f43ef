"""Block of a definition that says what other money counts as."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class DayRate:
    """What one minor unit of another money is in minor units of the program's, from a local day on."""

    since: date
    rate: Fraction
