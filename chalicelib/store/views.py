"""Rebuildable projections in DynamoDB: the last snapshot the journal's stream has shown."""

from chalicelib.events import AccountId
from chalicelib.ledger import chain
from chalicelib.ledger.journal import Entry
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.ledger import journal_key
from chalicelib.store.tables import ViewRow

_VIEW = "V"


class DynamoViews:
    """ports.Views."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def put(self, entry: Entry, program: str) -> None:
        row = ViewRow(
            pk=journal_key(program, entry.account),
            sk=_VIEW,
            seq=entry.seq,
            line=chain.encode(entry),
            hash=entry.hash,
        )
        # The stream repeats itself and may go back: an older entry changes nothing.
        self._dynamo.write(Put(row, only_if=ViewRow.pk.does_not_exist() | (ViewRow.seq < entry.seq)))

    def seq(self, program: str, account: AccountId) -> int:
        row = self._dynamo.get(ViewRow, journal_key(program, account), _VIEW)
        return 0 if row is None else row.seq
