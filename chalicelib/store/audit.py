"""Whole-table reads for operators: what the checker goes through."""

from collections.abc import Sequence

from chalicelib.events import AccountId
from chalicelib.ledger.documents import Document
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import journal_key, read_document
from chalicelib.store.tables import DocumentRow, EntryRow


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

    def raw_journal(self, program: str, account: AccountId) -> Sequence[tuple[int, str, str]]:
        rows = self._dynamo.query(EntryRow, journal_key(program, account))
        return [(int(row.sk.removeprefix("E#")), row.line, row.hash) for row in rows]
