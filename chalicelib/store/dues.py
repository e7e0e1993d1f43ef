"""Which accounts must be swept, and when: an index over the views, by UTC day and then by the exact instant.

Each day is spread over a few shards, so that a month's end does not fall on one partition. A view that does not change
its due instant costs nothing more; one that does costs one unit for the old place and one for the new.
"""

import datetime
import json
import zlib
from collections.abc import Iterator, Sequence

from pynamodb.expressions.update import Action

from chalicelib.events import AccountId, Instant
from chalicelib.services.ports.sweeps import Due, DuePage
from chalicelib.store.dynamo import Change, Dynamo, Put
from chalicelib.store.ledger import journal_key
from chalicelib.store.tables import DUE, SweptRow, ViewRow

SHARDS = 4
VIEW = "V"
_SWEEP, _SWEPT = "SWEEP", "SWEPT"
_DAY = 86_400_000


class DynamoDues:
    """The part of ports.Views that sweeps ask for."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def due(self, *, since: Instant, until: Instant, limit: int) -> Sequence[Due]:
        found: list[Due] = []
        for day in range(since // _DAY, until // _DAY + 1):
            today = [due for shard in range(SHARDS) for due in self._due(day, shard, until, limit)]
            found += sorted(today, key=lambda due: due.at)
            if len(found) >= limit:
                break
        return found[:limit]

    def move_due(self, program: str, account: AccountId, *, seq: int, due: Instant | None) -> bool:
        actions: list[Action]
        if due is None:
            actions = [ViewRow.due.remove(), ViewRow.due_at.remove()]
        else:
            actions = [ViewRow.due.set(due_key(program, account, due)), ViewRow.due_at.set(due)]
        key = journal_key(program, account)
        return not self._dynamo.write(Change(ViewRow, key, VIEW, actions, only_if=ViewRow.seq == seq))

    def dues(self, program: str, *, cursor: str, limit: int) -> DuePage:
        starts = f"P#{program}#A#"
        behind = tuple(json.loads(cursor)) if cursor else None
        rows, last = self._dynamo.scan_page(ViewRow, starts=starts, behind=behind, limit=limit)
        found = tuple((AccountId(row.pk.removeprefix(starts)), row.due_at) for row in rows if row.sk == VIEW)
        return DuePage(found, json.dumps(last) if last else "")

    def swept_until(self) -> Instant | None:
        row = self._dynamo.get(SweptRow, _SWEEP, _SWEPT)
        return None if row is None else row.swept_until

    def put_swept_until(self, instant: Instant) -> None:
        self._dynamo.write(Put(SweptRow(pk=_SWEEP, sk=_SWEPT, swept_until=instant)))

    def _due(self, day: int, shard: int, until: Instant, limit: int) -> Iterator[Due]:
        for row in self._dynamo.query_index(ViewRow, DUE, _key(day, shard), until=until, limit=limit):
            _, program, _, account = row.pk.split("#", 3)
            assert row.due_at is not None, "a row of this index has both of its keys"
            yield Due(program, AccountId(account), row.due_at)


def due_key(program: str, account: AccountId, due: Instant) -> str:
    """The day and the shard of an account that is due at an instant."""
    return _key(due // _DAY, zlib.crc32(journal_key(program, account).encode()) % SHARDS)


def _key(day: int, shard: int) -> str:
    return f"{datetime.date(1970, 1, 1) + datetime.timedelta(days=day):%Y%m%d}#{shard}"
