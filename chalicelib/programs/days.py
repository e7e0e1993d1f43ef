"""Days and times as people read them, in the program's place."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

from chalicelib.events import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(at: Instant, zone: str) -> datetime:
    """The instant on the clocks of `zone` (an IANA name)."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(ZoneInfo(zone))


def day(at: Instant, zone: str, language: str) -> str:
    """ "31 March 2026", "31 марта 2026 г."."""
    return str(format_date(local(at, zone).date(), "long", locale=_locale(language)))


def time_of_day(at: Instant, zone: str, language: str) -> str:
    """ "14:05"."""
    return str(format_time(local(at, zone).time(), "HH:mm", locale=_locale(language)))


@cache
def _locale(language: str) -> Locale:
    # "English" days as most of the world writes them ("31 March"), not the American order.
    return Locale.parse("en_GB" if language == "en" else language)
