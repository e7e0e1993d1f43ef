"""Which passes a phone must fetch: update tags and Last-Modified.

Change instants are stamped by many containers whose clocks differ by up to ALLOWANCE together. Nothing here may
lose an update because of that; asking once too often is cheap.
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from chalicelib.events import Instant

ALLOWANCE: Instant = 15_000
_TAG = re.compile(r"\d{15}", re.ASCII)


def tag_of(instant: Instant) -> str:
    """The update tag: opaque to phones, a string of fixed width, safe in a query."""
    return f"{instant:015d}"


def since_tag(tag: str | None, now: Instant) -> Instant:
    """What changed after the answer is new to the phone; everything for a tag that is missing, odd or of the future."""
    if tag is None or not _TAG.fullmatch(tag) or int(tag) > now:
        return -1
    return int(tag) - ALLOWANCE


def last_modified(changed_at: Instant, now: Instant) -> str:
    """The header for a pass that last changed at `changed_at`.

    HTTP dates have whole seconds. While another change could still be stamped with the same second, that second
    itself is told, which `is_unmodified` does not accept as new enough; later the end of the second is told.
    """
    second = changed_at // 1000
    is_settled = (second + 1) * 1000 + ALLOWANCE <= now
    moment = datetime.fromtimestamp(second + 1 if is_settled else second, UTC)
    return format_datetime(moment, usegmt=True)


def is_unmodified(changed_at: Instant, if_modified_since: str | None) -> bool:
    """True when the phone's copy includes the change: the second of the change is strictly older than the header's."""
    if not if_modified_since:
        return False
    try:
        moment = parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    if moment.tzinfo is None:
        return False
    return changed_at // 1000 < int(moment.timestamp())
