"""When members are told that points end soon."""

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER
from chalicelib.programs.calendar import ZoneCalendar, add
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration

_HOUR = 10
"""Of the local day: a phone that speaks at midnight is a nuisance."""


def warned_from(definition: Definition, currency: str, ends: Instant) -> Instant | None:
    """From when the owner of points that end at `ends` is told so; None when nobody is told.

    Counted from the last day on which they can be used: points that end with 30 November, "14 days before", are spoken
    of from 16 November, 10:00 local time. A currency that a definition does not name is not spoken of.
    """
    warn = next((each.warn for each in definition.currencies if each.key == currency), None)
    if warn is None or ends >= NEVER:
        return None
    calendar = ZoneCalendar(definition.time_zone)
    told_on = add(calendar.day(ends - 1), Duration(-warn.count, warn.unit))
    return calendar.at_hour(told_on, _HOUR)
