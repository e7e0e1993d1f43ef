"""Which accounts must be looked at although nobody told us anything about them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from chalicelib.events import AccountId, Instant


class Due(NamedTuple):
    """An account that is to be swept at an instant."""

    program: str
    account: AccountId
    at: Instant


class DuePage(NamedTuple):
    """Accounts of a program and when they are due, None for never. `cursor` opens the next page; "" ends the list."""

    accounts: Sequence[tuple[AccountId, Instant | None]]
    cursor: str


class Dues(Protocol):
    """The due index. What it tells may be a moment old; every account is read strongly before anything is done."""

    def due(self, *, since: Instant, until: Instant, limit: int) -> Sequence[Due]:
        """At most so many accounts that were due between the two, day by day (UTC), oldest first within each day."""

    def move_due(self, program: str, account: AccountId, *, seq: int, due: Instant | None) -> bool:
        """Note another due instant, if the account's view still shows entry `seq`; False when it does not."""

    def dues(self, program: str, *, cursor: str, limit: int) -> DuePage:
        """All accounts of a program, a page at a time; `cursor` "" for the first. A page may be empty."""

    def swept_until(self) -> Instant | None:
        """Everything that was due before has been swept; None before the first time."""

    def put_swept_until(self, instant: Instant) -> None: ...
