"""Days and numbers as fields of a pass."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.passes.apple.content import Field

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def number(key: str, label: str, value: int) -> Field:
    """Whole points, grouped as the phone's owner groups them."""
    return Field(key=key, label=label, value=value, number_style="PKNumberStyleDecimal")


def day(key: str, label: str, instant: Instant, time_zone: str) -> Field:
    """A day as the shop reads it, wherever the phone is."""
    return Field(
        key=key,
        label=label,
        value=iso_minutes(instant, time_zone),
        date_style="PKDateStyleMedium",
        time_style="PKDateStyleNone",
        ignores_time_zone=True,
    )


def iso_minutes(instant: Instant, time_zone: str) -> str:
    """`instant` as Apple reads dates: "2027-11-30T23:59+01:00" in the zone named. Raises Broken without that zone."""
    return local(instant, time_zone).isoformat(timespec="minutes")


def local(instant: Instant, time_zone: str) -> datetime:
    """Wall time of an instant. Raises Broken for a zone that nobody knows."""
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError) as err:  # unknown, malformed, or a folder of the zone database
        raise Broken("time_zone_unknown", given=time_zone[:40]) from err
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone)
