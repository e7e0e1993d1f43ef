"""Day totals as the services see them: counted as entries come, and replaced every night by exact ones."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.ledger.totals import DayTotal, Flow


class Totals(Protocol):
    """Days are local dates of the program, "2026-06-23". Raise TryAgain."""

    def count(self, program: str, day: str, currency: str, flow: Flow, *, shard: int) -> None:
        """Add to a day that is not closed. shard: 0 to SHARDS - 1, any; it spreads a busy day."""

    def counted(self, program: str, currency: str, since: str, until: str) -> Sequence[tuple[str, Flow]]:
        """What was counted on days from `since` to `until`, both included, in order."""

    def close(self, program: str, total: DayTotal) -> None:
        """Write the exact total of a day that is over."""

    def closed(self, program: str, currency: str, since: str, until: str) -> Sequence[DayTotal]:
        """Exact totals of days from `since` to `until`, both included, in order."""

    def last_closed(self, program: str, currency: str) -> DayTotal | None:
        """The newest exact total."""


SHARDS = 8
