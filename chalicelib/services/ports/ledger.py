"""The ledger as the services see it: documents, journal, and one commit."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import Document
from chalicelib.ledger.journal import Entry
from chalicelib.members.people import Identity


class Outcome(enum.Enum):
    """What became of a commit. Only `COMMITTED` means that it happened; after `UNKNOWN` it may have."""

    COMMITTED = "committed"
    DOCUMENT_MOVED = "document moved"  # somebody wrote the document since it was read
    ENTRY_TAKEN = "entry taken"  # somebody wrote the next entry
    IDENTITY_TAKEN = "identity taken"  # somebody saw the identity first
    CONFLICT = "conflict"  # two transactions met; nothing was written
    UNKNOWN = "unknown"  # no answer: read again to learn


@dataclass(frozen=True, slots=True)
class Commit:
    """What is written together, all or nothing.

    documents: each written if its stored revision still is `revision - 1` (absent for revision 1)
    entries: each written if its number is free       identities: each written if the identity is new
    ends_at: when DynamoDB may remove these items (unclaimed accounts); None keeps them
    """

    program: str
    documents: tuple[Document, ...] = ()
    entries: tuple[Entry, ...] = ()
    identities: tuple[Identity, ...] = ()
    ends_at: Instant | None = None


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
    """Whole-table reads for operators; never on the way of an event."""

    def accounts(self, program: str) -> Sequence[AccountId]: ...

    def documents(self, program: str) -> Sequence[Document]: ...

    def raw_journal(self, program: str, account: AccountId) -> Sequence[tuple[int, str, str]]:
        """(seq of the key, stored line, stored hash) as they are, undecoded, oldest first."""


class Views(Protocol):
    """Rebuildable projections."""

    def put(self, entry: Entry, program: str) -> None:
        """The last snapshot of an account, only if the entry is newer than what is there."""

    def seq(self, program: str, account: AccountId) -> int:
        """The entry number the view stands at; 0 when there is none."""
