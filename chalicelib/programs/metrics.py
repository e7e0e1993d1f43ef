"""Tier measures: their names in a member's account, and when something of them leaves the window.

metric_names(...)   under which names a measure is counted      leaves_at(...)   when something no longer counts
    valid_until(...)    when a level of limited time is judged
cells_of(...)       how many cells a window needs at most
"""

from datetime import date

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.programs.calendar import ZoneCalendar, add_months
from chalicelib.programs.definition import Moment
from chalicelib.programs.tiers import (
    CalendarWindow,
    CategoriesUsed,
    FromEntry,
    Lifetime,
    Measure,
    MembershipWindow,
    MoneySpent,
    Orders,
    Period,
    PointsEarned,
    PreviousWindow,
    Referrals,
    RollingWindow,
    Units,
    Visits,
    Window,
)

_CELL_END = {"day": Moment.START_OF_DAY, "week": Moment.END_OF_WEEK, "month": Moment.END_OF_MONTH}
_PERIOD_END = {
    "month": Moment.END_OF_MONTH,
    "quarter": Moment.END_OF_QUARTER,
    "half-year": Moment.END_OF_HALF_YEAR,
    "year": Moment.END_OF_YEAR,
}
PERIOD_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

EFFECTIVE_REFERRALS = "effective referrals"
"""The metric that a kept referral adds 1 to, in the referrer's account."""

_NAMES = {MoneySpent: "money spent", Orders: "orders kept", Visits: "visits", Referrals: EFFECTIVE_REFERRALS}


def metric_names(measure: Measure, window: Window | None = None) -> tuple[str, ...]:
    """The names under which a measure is counted: one, or one for each category.

    window: its own, where it is not that of the tiers
    """
    own = "" if window is None else f" {_own(window)}"
    if isinstance(measure, CategoriesUsed):
        return tuple(f"used {name}{own}" for name in measure.names)
    return (f"{_name(measure)}{own}",)


def metric_name(measure: Measure) -> str:
    """The measure's name in the member's account: "beans earned", "money spent". Of several, the first."""
    return metric_names(measure)[0]


def _name(measure: Measure) -> str:
    match measure:
        case PointsEarned(currency):
            return f"{currency} earned"
        case Units(of):
            return f"units of {of}"
        case CategoriesUsed(names):
            return f"used {names[0]}"
        case MoneySpent() | Orders() | Visits() | Referrals():
            return _NAMES[type(measure)]


def _own(window: Window) -> str:
    match window:
        case Lifetime():
            return "ever"
        case RollingWindow(length) | FromEntry(length):
            return f"in {length.count} {length.unit}"
        case PreviousWindow(period, count):
            return f"by {period} of {count}"
        case CalendarWindow(period, valid):
            return f"in the {period} {valid}"
        case MembershipWindow(is_next_too):
            return f"in the own year {int(is_next_too)}"


def leaves_at(window: Window, earned_at: Instant, calendar: ZoneCalendar, *, member_since: Instant = 0) -> Instant:
    """When something of `earned_at` no longer counts.

    By day: at the start of the day on which the window's length has passed, or with its end where a level is kept for
    so long. By week or month: with the end of that day's week or month, in the member's favour. Calendar periods, and
    years of the membership, leave as a whole, when what they brought is no longer valid.
    """
    match window:
        case Lifetime():
            return NEVER
        case FromEntry(length, "day"):
            return calendar.moved(calendar.shifted(earned_at, length), Moment.END_OF_DAY)
        case RollingWindow(length, grain) | FromEntry(length, grain):
            return calendar.moved(calendar.shifted(earned_at, length), _CELL_END[grain])
        case CalendarWindow():
            return _calendar_end(window, earned_at, calendar)
        case PreviousWindow(period, count):
            return _ends_after(period, earned_at, calendar, more=count)
        case MembershipWindow(is_next_too):
            ends = calendar.anniversary_after(member_since, earned_at)
            return calendar.anniversary_after(member_since, ends) if is_next_too else ends


def valid_until(
    window: RollingWindow | FromEntry | PreviousWindow, reached_at: Instant, calendar: ZoneCalendar
) -> Instant:
    """When a level is judged that was reached, or found to be held, at an instant: with the end of a cell.

    What is judged is then what came in since, on the window's grid. A day of judgement that is such an end already is
    followed by one exactly so much later.
    """
    match window:
        case PreviousWindow(period, count):
            return _ends_after(period, reached_at - 1, calendar, more=count)
        case RollingWindow(length, "day") | FromEntry(length, "day"):
            return calendar.moved(calendar.shifted(reached_at, length) - 1, Moment.END_OF_DAY)
        case RollingWindow(length, grain) | FromEntry(length, grain):
            return calendar.end_of(calendar.shifted(reached_at, length), "week" if grain == "week" else "month")


def period_of(period: Period, ends: Instant, calendar: ZoneCalendar) -> Instant:
    """The end of the calendar period in which a cell ends: its name, where every period stands alone."""
    return ends if ends >= NEVER else _end(period, ends - 1, calendar)


def counts_from(window: PreviousWindow, ends: Instant, calendar: ZoneCalendar) -> Instant:
    """From when a cell counts that ends at `ends`: when its own period is over."""
    last = calendar.day(period_of(window.period, ends, calendar))
    return calendar.start(add_months(last, -PERIOD_MONTHS[window.period] * window.count))


def cells_of(window: Window) -> int:
    """How many cells a metric has at most in a window."""
    match window:
        case Lifetime() | CalendarWindow(_, "itself") | MembershipWindow(False):
            return 1
        case RollingWindow(length, grain) | FromEntry(length, grain):
            return length.count * _DAYS[length.unit] // _DAYS[grain] + 1
        case PreviousWindow(_, count):
            return count + 1
        case CalendarWindow(_, valid):
            return 2 if valid == "next" else 3
        case MembershipWindow():
            return 2


def _end(period: Period, instant: Instant, calendar: ZoneCalendar) -> Instant:
    return calendar.moved(instant, _PERIOD_END[period])


def _calendar_end(window: CalendarWindow, earned_at: Instant, calendar: ZoneCalendar) -> Instant:
    match window.valid:
        case int(month):
            return calendar.start(add_months(date(calendar.day(earned_at).year + 2, 1, 1), month))
        case valid:
            return _ends_after(window.period, earned_at, calendar, more=int(valid == "next"))


def _ends_after(period: Period, instant: Instant, calendar: ZoneCalendar, *, more: int) -> Instant:
    """The end of the `more`-th period after that of `instant`."""
    end = _end(period, instant, calendar)
    return calendar.start(add_months(calendar.day(end), PERIOD_MONTHS[period] * more))
