"""The ledger as the services see it: documents, journal, and one commit."""

import enum
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import CapDocument, Document
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.offer_documents import CountDocument, VoucherDocument
from chalicelib.ledger.stored import Stored
from chalicelib.members.people import Identity
from chalicelib.services.ports.sweeps import Dues


class Outcome(enum.Enum):
    """What became of a commit. Only `COMMITTED` means that it happened; after `UNKNOWN` it may have."""

    COMMITTED = "committed"
    DOCUMENT_MOVED = "document moved"  # somebody wrote the document since it was read
    ENTRY_TAKEN = "entry taken"  # somebody wrote the next entry
    IDENTITY_TAKEN = "identity taken"  # somebody saw the identity first
    CONFLICT = "conflict"  # two transactions met; nothing was written
    UNKNOWN = "unknown"  # no answer: read again to learn


class Commit(msgspec.Struct, frozen=True):
    """What is written together, all or nothing.

    documents: each written if its stored revision still is `revision - 1` (absent for revision 1)
    entries: each written if its number is free       identities: each written if the identity is new
    ends_at: when DynamoDB may remove these items (unclaimed accounts); None keeps them. Limits are always kept: they
    are small, name nobody, and outlive the orders that they count
    """

    program: str
    documents: tuple[Document, ...] = ()
    entries: tuple[Entry, ...] = ()
    identities: tuple[Identity, ...] = ()
    ends_at: Instant | None = None

    def end_of(self, document: Document) -> Instant | None:
        """When DynamoDB may remove this one of its documents."""
        return None if isinstance(document, CapDocument | CountDocument | VoucherDocument) else self.ends_at


class Ledger(Protocol):
    """Documents and journal. Every read is strongly consistent. Throttling and time-outs of reads: TryAgain."""

    def document(self, program: str, reference: Reference) -> Document | None: ...

    def newest(self, program: str, account: AccountId) -> Entry | None: ...

    def entries(self, program: str, account: AccountId, *, newest_first: bool, limit: int | None) -> Sequence[Entry]:
        """The journal of one account, in the order asked for."""

    def commit(self, commit: Commit) -> Outcome:
        """One transaction (a single conditional put when there is one item). Raises TryAgain when throttled."""

    def keep_documents(self, program: str, references: Sequence[Reference]) -> None:
        """Take the end off documents of an account that has been claimed. Idempotent."""


class Audit(Protocol):
    """Whole tables, for operators; never on the way of an event."""

    def accounts(self, program: str) -> Sequence[AccountId]: ...

    def documents(self, program: str) -> Sequence[Document]: ...

    def raw_journal(self, program: str, account: AccountId) -> Sequence[Stored]:
        """The items as they are, undecoded, oldest first."""

    def journals(self, program: str, *, after: AccountId | None = None) -> Iterator[tuple[AccountId, Sequence[Stored]]]:
        """Every account's items, account by account in the store's own fixed order; `after` goes on behind one."""

    def kept_documents(self, program: str) -> Iterator["Kept"]:
        """Every document, in the store's own order."""

    def drop_entries(self, program: str, account: AccountId, *, beyond: int) -> None:
        """Remove the entries of a journal after number `beyond`: of a restored table, before it is used again."""


class Kept(NamedTuple):
    """A stored document: None when it cannot be read. After `ends_at` the store may remove it."""

    reference: Reference
    document: Document | None
    ends_at: Instant | None


class Viewed(NamedTuple):
    """The entry that an account's view shows."""

    account: AccountId
    seq: int
    hash: str


class Views(Dues, Protocol):
    """Rebuildable projections, and the due index over them."""

    def put(self, entry: Entry, program: str, *, due: Instant | None = None) -> bool:
        """The last snapshot of an account, only if the entry is newer than what is there; False when it is not.

        due: when the account must be swept; None for never
        """

    def each(self, program: str) -> Iterator[Viewed]:
        """All of them, in the store's own order."""

    def moved(self, program: str, since: Instant) -> Iterator[AccountId]:
        """The accounts whose view stands at an entry of `since` or later, in the store's own order."""

    def rebuild(self, entry: Entry, program: str, *, due: Instant | None = None) -> None:
        """Let the view show this entry, whatever it showed, and be due as told."""

    def forget(self, program: str, account: AccountId) -> None:
        """Remove the view of an account that has no journal."""

    def seq(self, program: str, account: AccountId) -> int:
        """The entry number the view stands at; 0 when there is none."""
