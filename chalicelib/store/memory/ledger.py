"""Documents and journal in memory."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger import chain
from chalicelib.ledger.documents import Document
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.stored import Stored
from chalicelib.services.ports import Commit, Outcome
from chalicelib.services.ports.ledger import Kept
from chalicelib.store.memory.members import MemoryMembers

_MOST_ITEMS = 100
_MOST_BYTES = 400 * 1_024


class KeptDocument(msgspec.Struct, frozen=True):
    """A stored document and when it may be removed."""

    document: Document
    ends_at: Instant | None


class KeptEntry(msgspec.Struct, frozen=True):
    """A stored entry as it was written: `line` and `hash` are what the checker reads."""

    entry: Entry
    line: str
    hash: str
    ends_at: Instant | None


class MemoryLedger:
    """ports.Ledger and ports.Audit. `members`: where the identities of a commit are written.

    Nothing is ever removed by its end. Tests may reach into `journal` (by program and account, then by number) and
    `kept` (documents by program and reference) to spoil something.
    """

    def __init__(self, members: MemoryMembers) -> None:
        self._members = members
        self._lock = threading.Lock()
        self.journal: dict[tuple[str, AccountId], dict[int, KeptEntry]] = {}
        self.kept: dict[tuple[str, Reference], KeptDocument] = {}

    def document(self, program: str, reference: Reference) -> Document | None:
        with self._lock:
            kept = self.kept.get((program, reference))
        return None if kept is None else kept.document

    def newest(self, program: str, account: AccountId) -> Entry | None:
        with self._lock:
            entries = self.journal.get((program, account))
            return entries[max(entries)].entry if entries else None

    def entries(self, program: str, account: AccountId, *, newest_first: bool, limit: int | None) -> Sequence[Entry]:
        rows = self._rows(program, account)
        in_order = reversed(rows) if newest_first else rows
        return [row.entry for row in in_order][:limit]

    def commit(self, commit: Commit) -> Outcome:
        rows = [KeptEntry(entry, chain.encode(entry), entry.hash, commit.ends_at) for entry in commit.entries]
        _check(commit, rows)
        with self._lock, self._members.lock:
            outcome = self._forbidden(commit)
            if outcome is None:
                self._write(commit, rows)
        return outcome or Outcome.COMMITTED

    def keep_documents(self, program: str, references: Sequence[Reference]) -> None:
        with self._lock:
            for reference in references:
                kept = self.kept.get((program, reference))
                if kept is not None:
                    self.kept[program, reference] = msgspec.structs.replace(kept, ends_at=None)

    def accounts(self, program: str) -> Sequence[AccountId]:
        with self._lock:
            return sorted(account for owner, account in self.journal if owner == program)

    def documents(self, program: str) -> Sequence[Document]:
        with self._lock:
            found = [kept.document for (owner, _), kept in self.kept.items() if owner == program]
        return sorted(found, key=lambda document: document.reference)

    def raw_journal(self, program: str, account: AccountId) -> Sequence[Stored]:
        with self._lock:
            rows = sorted(self.journal.get((program, account), {}).items())
        return [Stored(seq, row.line, row.hash, row.ends_at) for seq, row in rows]

    def journals(self, program: str, *, after: AccountId | None = None) -> Iterator[tuple[AccountId, Sequence[Stored]]]:
        for account in self.accounts(program):
            if after is None or account > after:
                yield account, self.raw_journal(program, account)

    def kept_documents(self, program: str) -> Iterator[Kept]:
        with self._lock:
            found = [(reference, kept) for (owner, reference), kept in self.kept.items() if owner == program]
        for reference, kept in found:
            yield Kept(reference, kept.document, kept.ends_at)

    def drop_entries(self, program: str, account: AccountId, *, beyond: int) -> None:
        with self._lock:
            rows = self.journal[program, account]
            for seq in [seq for seq in rows if seq > beyond]:
                del rows[seq]
            if not rows:
                del self.journal[program, account]

    def _rows(self, program: str, account: AccountId) -> list[KeptEntry]:
        with self._lock:
            return [row for _, row in sorted(self.journal.get((program, account), {}).items())]

    def _forbidden(self, commit: Commit) -> Outcome | None:
        for document in commit.documents:
            kept = self.kept.get((commit.program, document.reference))
            if (0 if kept is None else kept.document.revision) != document.revision - 1:
                return Outcome.DOCUMENT_MOVED
        for entry in commit.entries:
            if entry.seq in self.journal.get((commit.program, entry.account), {}):
                return Outcome.ENTRY_TAKEN
        if any((commit.program, identity.index) in self._members.known for identity in commit.identities):
            return Outcome.IDENTITY_TAKEN
        return None

    def _write(self, commit: Commit, rows: Sequence[KeptEntry]) -> None:
        for document in commit.documents:
            self.kept[commit.program, document.reference] = KeptDocument(document, commit.end_of(document))
        for row in rows:
            self.journal.setdefault((commit.program, row.entry.account), {})[row.entry.seq] = row
        for identity in commit.identities:
            self._members.known[commit.program, identity.index] = identity


def _check(commit: Commit, rows: Sequence[KeptEntry]) -> None:
    """DynamoDB refuses a transaction that is empty, too large, or names one item twice, and an item that is too large.

    Source: "Quotas in Amazon DynamoDB", items and transactions. Keys and names of attributes are left out of the size.
    """
    names: Iterable[object] = (
        *(document.reference for document in commit.documents),
        *((entry.account, entry.seq) for entry in commit.entries),
        *(("identity", identity.index) for identity in commit.identities),
    )
    counts = Counter(names)
    if not counts:
        raise Broken("empty_commit")
    sizes = [len(row.line) + len(row.hash) for row in rows]
    sizes += [len(msgspec.json.encode(document)) for document in commit.documents]
    if max(counts.values()) > 1 or counts.total() > _MOST_ITEMS or max(sizes, default=0) > _MOST_BYTES:
        raise Broken("store_refused", code="ValidationException")
