"""Where the tables of a rehearsal come from: copies on a laptop, DynamoDB's point-in-time recovery on AWS.

No backup is of one moment for all tables. DynamoDB restores each table to a second of its own choosing within a
request, and a person names those seconds table by table; a transaction that touched two tables may be in one of them
alone. A rehearsal takes every table at another moment on purpose.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from chalicelib.events import Instant
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.tables import ROOMS

Row = Mapping[str, Any]

_AT_ONCE = 25
"""Rows of one BatchWriteItem. Source: docs.aws.amazon.com/amazondynamodb, "BatchWriteItem"."""
_SETTLES_SECONDS = 6 * 3_600
_LOOKS_EVERY_SECONDS = 20


class RestoreFailed(Exception):
    """A table did not come back. The text says which, and why."""


class Backup(Protocol):
    """A backup of one stage's tables. Tables are named by their room; `prefix` is what their names begin with."""

    def take(self) -> Mapping[str, Instant]:
        """Make or choose it: the moment of each table."""

    def put_back(self, rooms: Sequence[str], prefix: str) -> None:
        """These tables, as they were, under other names. Raises RestoreFailed."""

    def remove(self, prefix: str) -> None:
        """Drop the tables that were put back; those that are not there are no error."""


@dataclass
class Copies:
    """Tables that are read one after another: whatever is written meanwhile is in the later ones alone.

    tables: makes the tables that are written to, under a prefix     between: what happens before each next table
    """

    client: Any
    prefix: str
    tables: Callable[[str], Dynamo]
    now: Callable[[], Instant]
    between: Callable[[], None]
    kept: dict[str, list[Row]] = field(default_factory=dict)

    def take(self) -> Mapping[str, Instant]:
        moments: dict[str, Instant] = {}
        for room in ROOMS:
            if moments:
                self.between()
            moments[room] = self.now()
            self.kept[room] = list(_rows(self.client, f"{self.prefix}-{room}"))
        return moments

    def put_back(self, rooms: Sequence[str], prefix: str) -> None:
        self.tables(prefix).create_tables()
        for room in rooms:
            rows = self.kept[room]
            for start in range(0, len(rows), _AT_ONCE):
                batch = [{"PutRequest": {"Item": row}} for row in rows[start : start + _AT_ONCE]]
                if self.client.batch_write_item(RequestItems={f"{prefix}-{room}": batch}).get("UnprocessedItems"):
                    raise RestoreFailed(f"{prefix}-{room} did not take all rows")

    def remove(self, prefix: str) -> None:
        _drop(self.client, prefix)


@dataclass
class PointInTime:
    """DynamoDB's own. Each table is asked for at a second of its own, `apart` seconds before the last one's.

    A restored table has the rows, the keys and the indexes; not the stream, the time to live, the recovery, the tags
    and the alarms of its source. Source: docs.aws.amazon.com/amazondynamodb, API "RestoreTableToPointInTime".
    """

    client: Any
    prefix: str
    apart: int
    wait: Callable[[float], None] = time.sleep
    moments: dict[str, datetime] = field(default_factory=dict)

    def take(self) -> Mapping[str, Instant]:
        newest = min(self._newest(room) for room in ROOMS)
        for place, room in enumerate(reversed(ROOMS)):
            self.moments[room] = newest - timedelta(seconds=place * self.apart)
        return {room: int(self.moments[room].timestamp() * 1_000) for room in ROOMS}

    def put_back(self, rooms: Sequence[str], prefix: str) -> None:
        for room in rooms:
            self.client.restore_table_to_point_in_time(
                SourceTableName=f"{self.prefix}-{room}",
                TargetTableName=f"{prefix}-{room}",
                RestoreDateTime=self.moments[room],
            )
        for room in rooms:
            settled(self.client, f"{prefix}-{room}", self.wait)

    def remove(self, prefix: str) -> None:
        _drop(self.client, prefix)

    def _newest(self, room: str) -> datetime:
        name = f"{self.prefix}-{room}"
        told = self.client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        recovery = told.get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
            raise RestoreFailed(f"{name} has no point-in-time recovery: nothing of it could be put back")
        newest: datetime = recovery["LatestRestorableDateTime"]
        return newest.astimezone(UTC).replace(microsecond=0)


def settled(client: Any, name: str, wait: Callable[[float], None]) -> None:
    """Wait until a table is there: about half an hour for a small one, hours for a large one. Raises RestoreFailed."""
    for _ in range(_SETTLES_SECONDS // _LOOKS_EVERY_SECONDS):
        status = client.describe_table(TableName=name)["Table"]["TableStatus"]
        if status == "ACTIVE":
            return
        if status != "CREATING":
            break
        wait(_LOOKS_EVERY_SECONDS)
    raise RestoreFailed(f"{name} is {status}")


def _rows(client: Any, table: str) -> Iterator[Row]:
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _drop(client: Any, prefix: str) -> None:
    for room in ROOMS:
        try:
            client.delete_table(TableName=f"{prefix}-{room}")
        except client.exceptions.ResourceNotFoundException:
            continue
