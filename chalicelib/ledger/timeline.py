"""What a program tells the ledger about its rules over time, as numbers.

The ledger knows no calendar, no zone and no definition: `programs` computes every instant and hands it down here.
"""

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from chalicelib.events import Instant

Grid = Literal["week", "month", "quarter", "half-year", "year"]


class Calendar(Protocol):
    """Local calendar of a program."""

    def end_of(self, instant: Instant, grid: Grid) -> Instant:
        """The end of the local week, month or longer in which a cell that ends at `instant` is last usable.

        An instant that already is such an end stays as it is.
        """


class Need(msgspec.Struct, frozen=True):
    """One thing that a level asks for: `least` (>=) of what the rolling metrics hold.

    counts: "sum" adds the metrics up, "kinds" counts those that hold anything, "each" counts the cells that hold at
        least `each`, of which `least` are needed
    period_of: the period to which a cell belongs, by its end, where every period stands alone; None adds all cells
    running: the period that is added to at an instant, for an account that was opened at another one
    counts_from: from when a cell counts, by its end, where it does not at once
    """

    metrics: tuple[str, ...]
    least: int
    counts: Literal["sum", "kinds", "each"] = "sum"
    each: int = 1
    period_of: Callable[[Instant], Instant] | None = None
    running: Callable[[Instant, Instant], Instant] | None = None
    counts_from: Callable[[Instant], Instant] | None = None


Way = tuple[Need, ...]
"""Needs that must all be met, within one period where periods stand alone."""


def unrenewed(_currency: str, _ends: Instant) -> Instant | None:
    """Points that end do so, whatever level their owner holds."""
    return None


class Level(msgspec.Struct, frozen=True):
    """A tier and how it is reached: at `threshold` (>=) of the rules' metric, or by any of `ways` where there are any.

    is_given_only: no measure leads there      keeps: ways to hold it that are not enough to reach it
    valid_until: until when it is held, whatever is measured, once it is reached at an instant; None for no such time
    renewed: until when points of a currency live on that would end at an instant while the level is held; None for
        points that end
    """

    name: str
    threshold: int = 0
    ways: tuple[Way, ...] = ()
    is_given_only: bool = False
    keeps: tuple[Way, ...] = ()
    valid_until: Callable[[Instant], Instant] | None = None
    renewed: Callable[[str, Instant], Instant | None] = unrenewed


class TierRules(msgspec.Struct, frozen=True):
    """How a version names tiers. `levels` ascend and the first is everybody's.

    grace_until: the end of the grace period that starts at an instant; the instant itself when there is none.
    steps: when the next level may be lost after one was; None loses all that is no longer deserved together
    is_kept: time takes no level      is_lost_by_refund: a refund takes a level at once, whatever else would keep it
    """

    metric: str
    levels: tuple[Level, ...]
    grace_until: Callable[[Instant], Instant]
    steps: Callable[[Instant], Instant] | None = None
    is_kept: bool = False
    is_lost_by_refund: bool = False

    def renewed(self, level: str, currency: str, ends: Instant) -> Instant | None:
        """Until when points live on that would end at `ends` while `level` is held; None where they end."""
        held = next((each for each in self.levels if each.name == level), None)
        return None if held is None else held.renewed(currency, ends)

    def ways(self, level: Level) -> tuple[Way, ...]:
        """How a level is reached; () for one that can only be given."""
        if level.ways or level.is_given_only:
            return level.ways
        return ((Need((self.metric,), level.threshold),),)


def unwarned(_currency: str, _ends: Instant) -> Instant | None:
    """Nobody is told before points end."""
    return None


class Reign(msgspec.Struct, frozen=True):
    """One published version in force from `since` until the next one.

    warned_from: when the owner of points of a currency that end at an instant is told so; None for never
    """

    since: Instant
    version: str
    tiers: TierRules | None
    warned_from: Callable[[str, Instant], Instant | None] = unwarned


class Timeline(msgspec.Struct, frozen=True):
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
