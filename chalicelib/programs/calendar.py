"""Local time of a program: days, months and their ends, with daylight saving.

An end is the first instant that no longer belongs to the period: the end of 25 February is 26 February, 00:00 local.
"""

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.timeline import Grid
from chalicelib.programs.definition import Moment
from chalicelib.programs.durations import Duration

_GRID: Mapping[Grid, Moment] = {
    "week": Moment.END_OF_WEEK,
    "month": Moment.END_OF_MONTH,
    "quarter": Moment.END_OF_QUARTER,
    "half-year": Moment.END_OF_HALF_YEAR,
    "year": Moment.END_OF_YEAR,
}
_MONTHS = {
    Moment.END_OF_MONTH: 1,
    Moment.END_OF_QUARTER: 3,
    Moment.END_OF_HALF_YEAR: 6,
    Moment.END_OF_YEAR: 12,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST = NEVER - 200 * 366 * 86_400_000  # two hundred years of room: the longest duration a definition may name is one


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the month's last day where it has no such day (31 Jan + 1 = 28 or 29 Feb)."""
    years, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, index + 1, min(day.day, calendar.monthrange(years, index + 1)[1]))


def add(day: date, length: Duration) -> date:
    """`day` so much later."""
    match length.unit:
        case "day":
            return day + timedelta(days=length.count)
        case "week":
            return day + timedelta(weeks=length.count)
        case "month":
            return add_months(day, length.count)
        case "year":
            return add_months(day, 12 * length.count)


def first_day_after(day: date, moment: Moment) -> date:
    """The day after the period of `moment` that contains `day`: the first of next month for END_OF_MONTH."""
    match moment:
        case Moment.SAME_TIME | Moment.START_OF_DAY:
            return day
        case Moment.END_OF_DAY:
            return day + timedelta(days=1)
        case Moment.END_OF_WEEK:
            return day + timedelta(days=7 - day.weekday())
        case _:
            months = _MONTHS[moment]
            first = date(day.year, (day.month - 1) // months * months + 1, 1)
            return add_months(first, months)


class ZoneCalendar(msgspec.Struct, frozen=True):
    """The calendar of an IANA zone; weeks end on Sunday (ISO 8601).

    A wall time that is skipped by a clock change is read as if the clock had not changed yet; one that happens twice
    is its first occurrence (PEP 495, fold 0).
    """

    zone_name: str

    def local(self, instant: Instant) -> datetime:
        """Wall time of an instant."""
        return (_EPOCH + instant * _MILLISECOND).astimezone(ZoneInfo(self.zone_name))

    def day(self, instant: Instant) -> date:
        """Local date of an instant."""
        return self.local(instant).date()

    def start(self, day: date) -> Instant:
        """The first instant of a local day."""
        return self._instant(datetime.combine(day, time(0)))

    def shifted(self, instant: Instant, length: Duration) -> Instant:
        """So much later by the calendar, at the same wall time; NEVER when that is beyond the calendar."""
        if instant >= _LAST:
            return NEVER
        local = self.local(instant)
        return self._instant(datetime.combine(add(local.date(), length), local.time()))

    def moved(self, instant: Instant, moment: Moment) -> Instant:
        """The moment of the instant's own day: its start, or the end of its day, week, month and so on."""
        if moment is Moment.SAME_TIME or instant >= _LAST:
            return instant
        return self.start(first_day_after(self.day(instant), moment))

    def at_hour(self, day: date, hour: int) -> Instant:
        """A full hour of a local day."""
        return self._instant(datetime.combine(day, time(hour)))

    def end_of(self, instant: Instant, grid: Grid) -> Instant:
        """The end of the local week, month or longer in which a cell that ends at `instant` is last usable."""
        return instant if instant >= _LAST else self.moved(instant - 1, _GRID[grid])

    def anniversary_after(self, since: Instant, instant: Instant) -> Instant:
        """The start of the first yearly anniversary of `since`'s day that is later than `instant`."""
        born, day = self.day(since), self.day(instant)
        years = max(1, day.year - born.year)
        if add_months(born, 12 * years) <= day:
            years += 1
        return self.start(add_months(born, 12 * years))

    def _instant(self, wall: datetime) -> Instant:
        return (wall.replace(tzinfo=ZoneInfo(self.zone_name)) - _EPOCH) // _MILLISECOND
