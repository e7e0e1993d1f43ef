"""What the checker remembers while it reads the whole ledger: sums on both sides, and where every account stands."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.seals import Leaf
from chalicelib.ledger.sums import Moved
from chalicelib.services.ports.ledger import Viewed


class Head(NamedTuple):
    """Where a journal stands: its newest entry.

    at: of the newest entry      ends_at: when that may be removed
    is_cut: its first entries have reached their end      into: the account it was merged into
    """

    account: AccountId
    seq: int
    hash: str
    at: Instant
    ends_at: Instant | None
    is_cut: bool
    into: AccountId | None


class Told(NamedTuple):
    """A document that was read: its owners, and what may be given only once to a person ("" for nothing)."""

    reference: Reference
    owners: Sequence[AccountId]
    once: str


class Tally(Protocol):
    """Grows on disk and not in memory. Nothing outlives the tally."""

    def journal(self, head: Head, moved: Iterable[Moved]) -> None:
        """A journal was read, and its entries moved this."""

    def document(self, told: Told, said: Iterable[Moved]) -> None:
        """A document was read, and says that its entries moved this."""

    def limit(self, cap: Reference, wanted: int, given: int) -> None:
        """Points that count for a limit: as its own document says, or negative, as an order says."""

    def view(self, viewed: Viewed) -> None: ...

    def seal(self, leaf: Leaf) -> None:
        """An entry that was sealed."""

    def sealed(self, account: AccountId) -> Leaf | None:
        """The account's sealed entry."""

    def heads(self) -> Iterator[Head]:
        """All of them, sorted by account."""

    def suspects(self) -> Iterator[Reference]:
        """Documents whose two sides differ, that are missing, or whose entries are in another's journal; each once.

        Documents of accounts whose first entries have ended are not among them.
        """

    def journals_of(self, reference: Reference) -> Sequence[AccountId]:
        """The accounts whose entries name a document."""

    def twice(self) -> Iterator[tuple[AccountId, str]]:
        """What one person was given more than once, after two accounts became one."""

    def overdrawn(self) -> Iterator[Reference]:
        """Limits that do not agree with the orders that count for them."""

    def unlike(self) -> Iterator[Viewed]:
        """Views that are not their account's newest entry (0 and "" for none); also views without a journal."""

    def lost(self) -> Iterator[Leaf]:
        """Sealed entries of accounts that have no journal any more."""
