"""Rebuildable projections in DynamoDB: the last snapshot the journal's stream has shown."""

from collections.abc import Iterator

from chalicelib.events import AccountId, Instant
from chalicelib.ledger import chain
from chalicelib.ledger.journal import Entry
from chalicelib.services.ports.ledger import Viewed
from chalicelib.store.dues import VIEW, DynamoDues, due_key
from chalicelib.store.dynamo import Delete, Dynamo, Put
from chalicelib.store.ledger import journal_key
from chalicelib.store.tables import ViewRow


class DynamoViews(DynamoDues):
    """ports.Views."""

    def __init__(self, dynamo: Dynamo) -> None:
        super().__init__(dynamo)
        self._dynamo = dynamo

    def put(self, entry: Entry, program: str, *, due: Instant | None = None) -> bool:
        # The stream repeats itself and may go back: an older entry changes nothing.
        newer = ViewRow.pk.does_not_exist() | (ViewRow.seq < entry.seq)
        return not self._dynamo.write(Put(_row(entry, program, due), only_if=newer))

    def each(self, program: str) -> Iterator[Viewed]:
        starts = f"P#{program}#A#"
        for row in self._dynamo.scan(ViewRow, starts=starts):
            if row.sk == VIEW:
                yield Viewed(AccountId(row.pk.removeprefix(starts)), row.seq, row.hash)

    def moved(self, program: str, since: Instant) -> Iterator[AccountId]:
        starts = f"P#{program}#A#"
        for row in self._dynamo.scan(ViewRow, starts=starts):
            if row.sk == VIEW and chain.written_at(row.line) >= since:
                yield AccountId(row.pk.removeprefix(starts))

    def rebuild(self, entry: Entry, program: str, *, due: Instant | None = None) -> None:
        self._dynamo.write(Put(_row(entry, program, due)))

    def forget(self, program: str, account: AccountId) -> None:
        self._dynamo.write(Delete(ViewRow, journal_key(program, account), VIEW))

    def seq(self, program: str, account: AccountId) -> int:
        row = self._dynamo.get(ViewRow, journal_key(program, account), VIEW)
        return 0 if row is None else row.seq


def _row(entry: Entry, program: str, due: Instant | None) -> ViewRow:
    return ViewRow(
        pk=journal_key(program, entry.account),
        sk=VIEW,
        seq=entry.seq,
        line=chain.encode(entry),
        hash=entry.hash,
        due=None if due is None else due_key(program, entry.account, due),
        due_at=due,
    )
