"""Whole-table reads for operators: what the checker goes through."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import Document
from chalicelib.ledger.stored import Stored
from chalicelib.services.ports.ledger import Kept
from chalicelib.store.dynamo import Delete, Dynamo
from chalicelib.store.ledger import journal_key, read_document
from chalicelib.store.tables import DocumentRow, EntryRow

_LAST = "E#999999999999"


class DynamoAudit:
    """ports.Audit. Scans: the cost grows with the tables."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def accounts(self, program: str) -> Sequence[AccountId]:
        starts = f"P#{program}#A#"
        keys = {row.pk for row in self._dynamo.scan(EntryRow, starts=starts)}
        return [AccountId(key.removeprefix(starts)) for key in sorted(keys)]

    def documents(self, program: str) -> Sequence[Document]:
        rows = self._dynamo.scan(DocumentRow, starts=f"P#{program}#D#")
        return sorted((read_document(row) for row in rows), key=lambda document: document.reference)

    def raw_journal(self, program: str, account: AccountId) -> Sequence[Stored]:
        return [_stored(row) for row in self._dynamo.query(EntryRow, journal_key(program, account))]

    def journals(self, program: str, *, after: AccountId | None = None) -> Iterator[tuple[AccountId, Sequence[Stored]]]:
        # A scan brings a partition's items one after another, in the order of their keys.
        starts = f"P#{program}#A#"
        behind = None if after is None else (journal_key(program, after), _LAST)
        rows = self._dynamo.scan(EntryRow, starts=starts, behind=behind)
        for key, own in groupby(rows, key=lambda row: row.pk):
            yield AccountId(key.removeprefix(starts)), [_stored(row) for row in own]

    def kept_documents(self, program: str) -> Iterator[Kept]:
        starts = f"P#{program}#D#"
        for row in self._dynamo.scan(DocumentRow, starts=starts):
            yield Kept(Reference(row.pk.removeprefix(starts)), _read(row), _instant(row.ends_at))

    def drop_entries(self, program: str, account: AccountId, *, beyond: int) -> None:
        key = journal_key(program, account)
        rows = self._dynamo.query(EntryRow, key)
        for row in reversed(rows):  # the newest first: what is left is a whole journal at any moment
            if int(row.sk.removeprefix("E#")) > beyond:
                self._dynamo.write(Delete(EntryRow, key, row.sk))


def _stored(row: EntryRow) -> Stored:
    return Stored(int(row.sk.removeprefix("E#")), row.line, row.hash, _instant(row.ends_at))


def _instant(ends_at: int | None) -> Instant | None:
    return None if ends_at is None else ends_at * 1_000


def _read(row: DocumentRow) -> Document | None:
    try:
        return read_document(row)
    except Broken:
        return None
