"""Blocks of a definition that say which levels there are, how they are reached and held, and what they give."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import Tier
from chalicelib.programs.durations import Duration

# --- what is counted ----------------------------------------------------------------------------------------------


class PointsEarned(msgspec.Struct, frozen=True):
    """Tiers by points of one currency, as they were given."""

    currency: str


class MoneySpent(msgspec.Struct, frozen=True):
    """Tiers by the money that earns, in minor units."""


class Orders(msgspec.Struct, frozen=True):
    """Tiers by the number of orders of which something that earns is kept."""


class Visits(msgspec.Struct, frozen=True):
    """Tiers by the number of days with such an order."""


class Units(msgspec.Struct, frozen=True):
    """Tiers by the pieces of one category that were kept, free ones too: nights, treatments, rides."""

    of: str


class CategoriesUsed(msgspec.Struct, frozen=True):
    """Tiers by how many of these categories something was bought of and kept."""

    names: tuple[str, ...]


class Referrals(msgspec.Struct, frozen=True):
    """Tiers by friends who came and kept an order."""


Measure = PointsEarned | MoneySpent | Orders | Visits | Units | CategoriesUsed | Referrals

# --- over which time ----------------------------------------------------------------------------------------------

Grain = Literal["day", "week", "month"]
Period = Literal["month", "quarter", "half-year", "year"]


class RollingWindow(msgspec.Struct, frozen=True):
    """What counts: the last `length`, forgotten day by day, week by week or month by month."""

    length: Duration
    grain: Grain


class FromEntry(msgspec.Struct, frozen=True):
    """What counts: the last `length`; a level that is reached is kept as long, and judged again then."""

    length: Duration
    grain: Grain


class Lifetime(msgspec.Struct, frozen=True):
    """What counts: everything, for ever."""


class CalendarWindow(msgspec.Struct, frozen=True):
    """What counts: a calendar period, each by itself. What it brought is valid to its own end.

    valid: or through the whole next period; a number, for years: or through that month of the year after the next
    """

    period: Period
    valid: Literal["itself", "next"] | int = "itself"


class PreviousWindow(msgspec.Struct, frozen=True):
    """What counts: the last `count` full calendar periods; the running one counts from its end on."""

    period: Period
    count: int = 1


class MembershipWindow(msgspec.Struct, frozen=True):
    """What counts: the year that began on the day of the account's first entry or an anniversary of it, each by itself.

    is_next_too: what it brought is valid through the whole next one
    """

    is_next_too: bool = False


Window = RollingWindow | FromEntry | Lifetime | CalendarWindow | PreviousWindow | MembershipWindow

# --- levels -------------------------------------------------------------------------------------------------------


class Threshold(msgspec.Struct, frozen=True):
    """`least` (>=) of a measure, in the tiers' window or in one of its own.

    of_each: at least so much in each of `least` periods
    """

    measure: Measure
    least: int
    window: Window | None = None
    of_each: int = 0


Way = tuple[Threshold, ...]
"""Thresholds that must all be reached."""


class TierLevel(msgspec.Struct, frozen=True):
    """A tier: reached at `threshold` (>=) of the tiers' measure, or by any of `ways`. `perks` are names of `PERKS`.

    is_given_only: nothing but the shop's own hand gives it      keep: what holds it beside what reaches it
    limits: points that bound what a rule gives in its length of time, in place of the rule's own, by the rule's name
    is_unending: points that are earned on this level do not expire; where points end by inactivity, none do as long as
        it is held
    """

    name: str
    threshold: int = 0
    multiply: Fraction = Fraction(1)
    perks: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    is_given_only: bool = False
    keep: Threshold | None = None
    limits: Mapping[str, int] = msgspec.field(default_factory=dict)
    is_unending: bool = False


class Tiers(msgspec.Struct, frozen=True):
    """The program's levels, lowest first.

    measure: what plain numbers of levels count; None where every level says it by itself
    grace: how long a lost level is kept; None loses it at once
    lost_with: or to the end of which period ("month") after that; None for no longer
    one_level_every: how long after a level was lost the next one may be; None loses all that is not deserved at once
    is_kept: no level is lost by time      is_lost_by_refund: a refund takes what it no longer leaves at once
    is_for_same_order: the order that reaches a level is priced with it; else the next one is the first
    """

    measure: Measure | None
    window: Window
    levels: tuple[TierLevel, ...]
    grace: Duration | None = None
    lost_with: Period | None = None
    one_level_every: Duration | None = None
    is_kept: bool = False
    is_lost_by_refund: bool = False
    is_for_same_order: bool = False

    def level(self, name: str) -> TierLevel | None:
        """The level called `name`; None when there is no such one."""
        return next((level for level in self.levels if level.name == name), None)

    def ways(self, level: TierLevel) -> tuple[Way, ...]:
        """How a level is reached; () for one that is only given, and for everybody's first one."""
        if level.ways or level.is_given_only or self.measure is None:
            return level.ways
        return ((Threshold(self.measure, level.threshold),),) if level.threshold else ()

    @property
    def counted(self) -> tuple[tuple[Measure, Window | None], ...]:
        """All that is counted, each once: a measure, and its own window where it has one."""
        main: list[tuple[Measure, Window | None]] = [(self.measure, None)] if self.measure is not None else []
        for level in self.levels:
            kept = () if level.keep is None else ((level.keep,),)
            main += [(need.measure, need.window) for way in (*self.ways(level), *kept) for need in way]
        return tuple(dict.fromkeys(main))


def level_held(tiers: Tiers | None, tier: Tier, at: Instant) -> str:
    """The level that counts for something of an instant: before an account's first entry it is the first one.

    Empty in a program without levels, and before a first level that is only given.
    """
    return _or_first(tiers, tier.at(at))


def level_now(tiers: Tiers | None, tier: Tier) -> str:
    """The same for what is asked now, of a snapshot that is settled to now."""
    return _or_first(tiers, tier.level)


def _or_first(tiers: Tiers | None, known: str) -> str:
    if known or tiers is None or tiers.levels[0].is_given_only:
        return known
    return tiers.levels[0].name


PERKS = ("free_delivery", "free_returns", "early_access", "priority_service")
