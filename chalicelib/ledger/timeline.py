"""What a program tells the ledger about its rules over time, as numbers.

The ledger knows no calendar, no zone and no definition: `programs` computes every instant and hands it down here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from chalicelib.events import Instant

Grid = Literal["week", "month", "quarter", "half-year", "year"]


class Calendar(Protocol):
    """Local calendar of a program."""

    def end_of(self, instant: Instant, grid: Grid) -> Instant:
        """The end of the local week, month or longer in which a cell that ends at `instant` is last usable.

        An instant that already is such an end stays as it is.
        """


@dataclass(frozen=True, slots=True)
class Level:
    """A tier and what its metric must reach (>=)."""

    name: str
    threshold: int


@dataclass(frozen=True, slots=True)
class TierRules:
    """How a version names tiers. `levels` ascend and the first starts at 0.

    grace_until: the end of the grace period that starts at an instant; the instant itself when there is none.
    """

    metric: str
    levels: tuple[Level, ...]
    grace_until: Callable[[Instant], Instant]


def unwarned(_currency: str, _ends: Instant) -> Instant | None:
    """Nobody is told before points end."""
    return None


@dataclass(frozen=True, slots=True)
class Reign:
    """One published version in force from `since` until the next one.

    warned_from: when the owner of points of a currency that end at an instant is told so; None for never
    """

    since: Instant
    version: str
    tiers: TierRules | None
    warned_from: Callable[[str, Instant], Instant | None] = unwarned


@dataclass(frozen=True, slots=True)
class Timeline:
    """All published versions of a program, oldest first; at least one."""

    reigns: tuple[Reign, ...]
    calendar: Calendar

    def at(self, instant: Instant) -> Reign:
        """The version in force at `instant`; before the first publication, the first one."""
        chosen = self.reigns[0]
        for reign in self.reigns:
            if reign.since <= instant:
                chosen = reign
        return chosen
