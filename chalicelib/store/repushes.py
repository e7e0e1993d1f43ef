"""When to look at cards whose phones were told, in DynamoDB: by five minutes, and each of those over a few shards.

Whatever was noted stays until DynamoDB removes it; a mark says how far it has been handed on.
"""

import zlib

from chalicelib.events import Instant
from chalicelib.services.ports.walks import Looks, Unfetched
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import LookRow, seconds

SHARDS = 4
_SLOT: Instant = 300_000
_MOST_SLOTS = 96
"""Eight hours are looked through in one go; after a longer silence the next go has the rest."""

_KEPT: Instant = 2 * 86_400_000
_LOOKS, _UNTIL = "LOOKS", "UNTIL"


class DynamoRepushes:
    """ports.Repushes. A note costs one unit; a look on the schedule when nothing waits, at most eight."""

    def __init__(self, dynamo: Dynamo) -> None:
        self._dynamo = dynamo

    def note(self, serial: str, at: Instant) -> None:
        shard = zlib.crc32(serial.encode()) % SHARDS
        row = LookRow(
            pk=_key(at // _SLOT, shard), sk=f"{at:015d}#{serial}", at=at, serial=serial, ends_at=seconds(at + _KEPT)
        )
        self._dynamo.write(Put(row))

    def waiting(self, *, since: Instant, until: Instant, limit: int) -> Looks:
        found: list[Unfetched] = []
        first = since // _SLOT
        for slot in range(first, min(until // _SLOT, first + _MOST_SLOTS) + 1):
            rows = [row for shard in range(SHARDS) for row in self._dynamo.query(LookRow, _key(slot, shard))]
            due = sorted((row.at, row.serial or "") for row in rows if since <= row.at <= until)
            found += [Unfetched(serial, at) for at, serial in due]
            if len(found) >= limit:  # all of the last instant, or it would be found for ever
                last = found[limit - 1].at
                return Looks([look for look in found if look.at <= last], last + 1)
        return Looks(found, min(until, (first + _MOST_SLOTS + 1) * _SLOT))

    def looked_until(self) -> Instant | None:
        row = self._dynamo.get(LookRow, _LOOKS, _UNTIL)
        return None if row is None else row.at

    def put_looked_until(self, instant: Instant) -> None:
        self._dynamo.write(Put(LookRow(pk=_LOOKS, sk=_UNTIL, at=instant)))


def _key(slot: int, shard: int) -> str:
    return f"U#{slot}#{shard}"
