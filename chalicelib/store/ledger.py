"""Documents and journal in DynamoDB: one atomic commit, strong reads.

The journal is insert-only: an entry's number can be taken once. The newest entry is the balance, so the cost of an
event does not grow with the history.
"""

from collections.abc import Sequence

import msgspec
from pynamodb.expressions.condition import Condition

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.ledger import chain
from chalicelib.ledger.documents import Document
from chalicelib.ledger.journal import Entry
from chalicelib.services.ports import Commit, Outcome
from chalicelib.store.dynamo import Change, Dynamo, Put
from chalicelib.store.failures import Lost, Met
from chalicelib.store.identities import new_identity
from chalicelib.store.tables import DocumentRow, EntryRow, ttl

_DOCUMENT = "D"


class DynamoLedger:
    """ports.Ledger. `posting`: tables with the patience of POSTING."""

    def __init__(self, posting: Dynamo) -> None:
        self._dynamo = posting

    def document(self, program: str, reference: Reference) -> Document | None:
        row = self._dynamo.get(DocumentRow, document_key(program, reference), _DOCUMENT)
        return None if row is None else read_document(row)

    def newest(self, program: str, account: AccountId) -> Entry | None:
        rows = self._dynamo.query(EntryRow, journal_key(program, account), newest_first=True, limit=1)
        return chain.decode(rows[0].line, rows[0].hash) if rows else None

    def entries(self, program: str, account: AccountId, *, newest_first: bool, limit: int | None) -> Sequence[Entry]:
        rows = self._dynamo.query(EntryRow, journal_key(program, account), newest_first=newest_first, limit=limit)
        return [chain.decode(row.line, row.hash) for row in rows]

    def commit(self, commit: Commit) -> Outcome:
        steps = [
            *((_document(commit, document), Outcome.DOCUMENT_MOVED) for document in commit.documents),
            *((_entry(commit, entry), Outcome.ENTRY_TAKEN) for entry in commit.entries),
            *((new_identity(commit.program, identity), Outcome.IDENTITY_TAKEN) for identity in commit.identities),
        ]
        if not steps:
            raise Broken("empty_commit")
        try:
            failed = self._dynamo.write(*(put for put, _ in steps))
        except Lost:
            return Outcome.UNKNOWN
        except Met:
            return Outcome.CONFLICT
        return steps[failed[0]][1] if failed else Outcome.COMMITTED

    def keep_documents(self, program: str, references: Sequence[Reference]) -> None:
        for reference in references:
            self._dynamo.write(
                Change(
                    DocumentRow,
                    document_key(program, reference),
                    _DOCUMENT,
                    actions=[DocumentRow.ends_at.remove()],
                    only_if=DocumentRow.pk.exists(),
                )
            )


def journal_key(program: str, account: AccountId) -> str:
    return f"P#{program}#A#{account}"


def document_key(program: str, reference: Reference) -> str:
    return f"P#{program}#D#{reference}"


def read_document(row: DocumentRow) -> Document:
    """Raises Broken when the stored text is no document."""
    try:
        document: Document = _READER.decode(row.body)
    except msgspec.MsgspecError as err:
        raise Broken("unreadable_document") from err
    return document


_READER = msgspec.json.Decoder(Document)


def _document(commit: Commit, document: Document) -> Put:
    unchanged: Condition = (
        DocumentRow.pk.does_not_exist() if document.revision == 1 else DocumentRow.revision == document.revision - 1
    )
    row = DocumentRow(
        pk=document_key(commit.program, document.reference),
        sk=_DOCUMENT,
        body=msgspec.json.encode(document).decode(),
        revision=document.revision,
        ends_at=ttl(commit.end_of(document)),
    )
    return Put(row, only_if=unchanged)


def _entry(commit: Commit, entry: Entry) -> Put:
    row = EntryRow(
        pk=journal_key(commit.program, entry.account),
        sk=f"E#{entry.seq:012d}",
        line=chain.encode(entry),
        hash=entry.hash,
        ends_at=ttl(commit.ends_at),
    )
    return Put(row, only_if=EntryRow.sk.does_not_exist())
