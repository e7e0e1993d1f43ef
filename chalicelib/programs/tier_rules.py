"""A definition's levels as the ledger knows them: metrics, numbers and instants."""

from collections.abc import Callable
from functools import partial
from typing import Literal

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.timeline import Level, Need, TierRules, Way
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition, Moment
from chalicelib.programs.lots import lives_on
from chalicelib.programs.metrics import counts_from, leaves_at, metric_name, metric_names, period_of, valid_until
from chalicelib.programs.tiers import (
    CalendarWindow,
    CategoriesUsed,
    FromEntry,
    Lifetime,
    MembershipWindow,
    PreviousWindow,
    RollingWindow,
    Threshold,
    TierLevel,
    Tiers,
    Window,
)

_LOST_WITH = {
    "month": Moment.END_OF_MONTH,
    "quarter": Moment.END_OF_QUARTER,
    "half-year": Moment.END_OF_HALF_YEAR,
    "year": Moment.END_OF_YEAR,
}


def tier_rules(definition: Definition) -> TierRules | None:
    """The rules of a version; None where it has no levels."""
    tiers = definition.tiers
    if tiers is None:
        return None
    calendar = ZoneCalendar(definition.time_zone)
    step = tiers.one_level_every
    return TierRules(
        metric=metric_name(tiers.measure) if tiers.measure is not None else "",
        levels=tuple(_level(definition, tiers, level, calendar) for level in tiers.levels),
        grace_until=partial(_grace_until, tiers, calendar),
        steps=None if step is None else lambda lost_at: calendar.shifted(lost_at, step),
        is_kept=tiers.is_kept,
        is_lost_by_refund=tiers.is_lost_by_refund,
    )


def need_of(tiers: Tiers, threshold: Threshold, calendar: ZoneCalendar) -> Need:
    """A threshold as the ledger measures it."""
    window = threshold.window or tiers.window
    names = metric_names(threshold.measure, threshold.window)
    periods, running = _periods(window, calendar), _running(window, calendar)
    starts = None
    if isinstance(window, PreviousWindow):
        starts = partial(_starts, window, calendar)
    if threshold.of_each:
        return Need(names, threshold.least, "each", threshold.of_each, counts_from=starts)
    counts: Literal["sum", "kinds"] = "kinds" if isinstance(threshold.measure, CategoriesUsed) else "sum"
    return Need(names, threshold.least, counts, period_of=periods, running=running, counts_from=starts)


def _level(definition: Definition, tiers: Tiers, level: TierLevel, calendar: ZoneCalendar) -> Level:
    ways: tuple[Way, ...] = ()
    if level.ways or not _is_plain(tiers):
        ways = tuple(tuple(need_of(tiers, each, calendar) for each in way) for way in tiers.ways(level))
    keeps: tuple[Way, ...] = () if level.keep is None else ((need_of(tiers, level.keep, calendar),),)
    is_first = level == tiers.levels[0]
    return Level(
        name=level.name,
        threshold=level.threshold,
        ways=ways,
        is_given_only=level.is_given_only,
        keeps=keeps,
        valid_until=None if is_first else _judged_at(tiers, level, calendar),
        renewed=partial(lives_on, definition, level.name),
    )


def _is_plain(tiers: Tiers) -> bool:
    """Do plain numbers of levels stand for the sum of one metric? The ledger compares those faster."""
    is_sum = isinstance(tiers.window, RollingWindow | FromEntry | Lifetime)
    return is_sum and not isinstance(tiers.measure, CategoriesUsed)


def _judged_at(tiers: Tiers, level: TierLevel, calendar: ZoneCalendar) -> Callable[[Instant], Instant] | None:
    """A level of limited time is kept for the window's length; one with terms of its own for the length of those."""
    window = tiers.window if isinstance(tiers.window, FromEntry) else level.keep.window if level.keep else None
    match window:
        case FromEntry() | RollingWindow() | PreviousWindow():
            return lambda reached_at: valid_until(window, reached_at, calendar)
        case _:
            return None


def _grace_until(tiers: Tiers, calendar: ZoneCalendar, lost_at: Instant) -> Instant:
    """The grace, and then to the end of a period; the instant itself when there is neither."""
    until = lost_at if tiers.grace is None else calendar.shifted(lost_at, tiers.grace)
    return until if tiers.lost_with is None else calendar.moved(until, _LOST_WITH[tiers.lost_with])


def _periods(window: Window, calendar: ZoneCalendar) -> Callable[[Instant], Instant] | None:
    match window:
        case CalendarWindow(period) | PreviousWindow(period):
            return lambda ends: period_of(period, ends, calendar)
        case MembershipWindow():
            return lambda ends: period_of("year", ends, calendar)
        case _:
            return None


def _running(window: Window, calendar: ZoneCalendar) -> Callable[[Instant, Instant], Instant] | None:
    periods = _periods(window, calendar)
    if periods is None:
        return None
    return lambda at, opened: periods(leaves_at(window, at, calendar, member_since=opened))


def _starts(window: PreviousWindow, calendar: ZoneCalendar, ends: Instant) -> Instant:
    """What never leaves, from a version that counted for ever, belongs to no period."""
    return NEVER if ends >= NEVER else counts_from(window, ends, calendar)
