"""Tier measures: what an order adds to them and when that leaves the window."""

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Lifetime, Measure, Moment, MoneySpent, PointsEarned, RollingWindow

_CELL_END = {"day": Moment.START_OF_DAY, "week": Moment.END_OF_WEEK, "month": Moment.END_OF_MONTH}


def metric_name(measure: Measure) -> str:
    """The measure's name in the member's account: "beans earned", "money spent"."""
    match measure:
        case PointsEarned(currency):
            return f"{currency} earned"
        case MoneySpent():
            return "money spent"


def leaves_at(window: RollingWindow | Lifetime, earned_at: Instant, calendar: ZoneCalendar) -> Instant:
    """When something of `earned_at` no longer counts.

    By day: at the start of the day on which the window's length has passed. By week or month: with the end of that
    day's week or month, in the member's favour.
    """
    match window:
        case Lifetime():
            return NEVER
        case RollingWindow(length, grain):
            return calendar.moved(calendar.shifted(earned_at, length), _CELL_END[grain])
