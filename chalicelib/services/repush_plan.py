"""When to tell a phone once more that was told and has not come: a slow schedule, and then never again."""

import zlib

from chalicelib.events import Instant

_HOUR: Instant = 3_600_000
LOOKS = (_HOUR, 6 * _HOUR, 24 * _HOUR, 72 * _HOUR)
"""After a change: a phone that was off for the night, for a day, for a weekend. Who is away longer asks by itself."""

FIRST_LOOK = LOOKS[0] + LOOKS[0] // 10
"""By then there has been the first look, at the latest."""


def first_look(serial: str, changed_at: Instant) -> Instant:
    """When to look first after a change."""
    return changed_at + _spread(serial, LOOKS[0])


def next_look(serial: str, changed_at: Instant, now: Instant) -> Instant | None:
    """The next look after `now`; None when there are no more."""
    looks = (changed_at + _spread(serial, after) for after in LOOKS)
    return next((at for at in looks if at > now), None)


def _spread(serial: str, after: Instant) -> Instant:
    """A tenth later for some than for others, so that what changed at once is not pushed at once again."""
    return after + after // 10 * (zlib.crc32(serial.encode()) % 1_000) // 1_000
