"""Block of a definition that says what other money counts as."""

from datetime import date
from fractions import Fraction

import msgspec


class DayRate(msgspec.Struct, frozen=True):
    """What one minor unit of another money is in minor units of the program's, from a local day on."""

    since: date
    rate: Fraction
