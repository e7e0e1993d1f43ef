"""A journal as its table holds it: what is still there, and what may be missing without any wrong.

The items of an account that nobody claimed have an end. Once it has passed the database removes them, each when it
gets to it: for a while some are gone and older ones are not. Ends grow with the numbers, so that those that have
passed are always the first entries of an account.
"""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.events import Instant


class Stored(NamedTuple):
    """One item: the number in its key, the entry's text, its hash, and the instant after which it may be gone."""

    seq: int
    line: str
    hash: str
    ends_at: Instant | None = None

    def has_ended(self, now: Instant) -> bool:
        """Whether it may be gone by now."""
        return self.ends_at is not None and self.ends_at <= now


def lasting(journal: Sequence[Stored], now: Instant) -> Sequence[Stored]:
    """The entries that have no end, or have not reached it."""
    return [row for row in journal if not row.has_ended(now)]


def checkable(journal: Sequence[Stored], now: Instant) -> Sequence[Stored]:
    """What must hold together: the whole journal while nothing is missing, else the entries that have not ended."""
    is_whole = all(row.seq == number for number, row in enumerate(journal, start=1))
    return journal if is_whole else lasting(journal, now)
