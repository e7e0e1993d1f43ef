"""Which passes a phone must fetch: update tags and Last-Modified.

Change instants are stamped by many containers whose clocks differ by up to ALLOWANCE together. Nothing here may
lose an update because of that; asking once too often is cheap.
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from chalicelib.events import Instant

ALLOWANCE: Instant = 15_000
"""Also for what is stamped now and written a little later."""

_TAG = re.compile(r"\d{15}", re.ASCII)


def tag_of(now: Instant, after: Instant) -> str:
    """The update tag of a list made at `now` for a phone that asked for what changed after `after`.

    All that is stamped up to the tag is in the list: what others may still stamp or write is newer. It never goes
    back, and it moves on with time, not with the newest change: a phone complains about a tag that remains the same.
    Opaque to phones, a string of fixed width, safe in a query.
    """
    return f"{max(after, now - ALLOWANCE - 1):015d}"


def since_tag(tag: str | None, now: Instant) -> Instant:
    """What changed after the answer is new to the phone; everything for a tag that is missing, odd or of the future."""
    if tag is None or not _TAG.fullmatch(tag) or int(tag) > now:
        return -1
    return int(tag)


def last_modified(changed_at: Instant) -> str:
    """The header for a pass that last changed at `changed_at`: no other change of its card has the same second."""
    return format_datetime(datetime.fromtimestamp(changed_at // 1_000, UTC), usegmt=True)


def is_unmodified(changed_at: Instant, if_modified_since: str | None) -> bool:
    """True when the phone's copy includes the change."""
    if not if_modified_since:
        return False
    try:
        moment = parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    if moment.tzinfo is None:
        return False
    return changed_at // 1_000 <= int(moment.timestamp())
