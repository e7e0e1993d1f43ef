"""Day totals as the services see them: exact ones, one for each day that is over."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.ledger.totals import DayTotal


class Totals(Protocol):
    """Days are local dates of the program, "2026-06-23". Raise TryAgain."""

    def close(self, program: str, total: DayTotal) -> None:
        """Write the exact total of a day that is over."""

    def closed(self, program: str, currency: str, since: str, until: str) -> Sequence[DayTotal]:
        """Exact totals of days from `since` to `until`, both included, in order."""

    def last_closed(self, program: str, currency: str) -> DayTotal | None:
        """The newest exact total."""
