"""The way to DynamoDB: a connection with its patience, and what each of its failures means.

PynamoDB's Connection is used rather than the models' own calls: it lets one process speak to several stages, with
two patiences, and tells what every call consumed.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from pynamodb.connection.base import MetaTable
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.store.connection import ORDINARY, POSTING, Line, Meter, Patience
from chalicelib.store.failures import failed_conditions, failure
from chalicelib.store.tables import INDEXES, ROOMS, Index, Row

__all__ = ["ORDINARY", "POSTING", "Change", "Check", "Delete", "Dynamo", "Put", "Write"]

R = TypeVar("R", bound=Row)

_KEY_SCHEMA = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
_KEY_TYPES = [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}]


def _indexes(room: str) -> list[Index]:
    return [index for index in INDEXES if index.room == room]


def _key_types(room: str) -> list[dict[str, str]]:
    return [*_KEY_TYPES, *(part for index in _indexes(room) for part in index.key_types)]


class Put(msgspec.Struct, frozen=True):
    """Write a whole row, if `only_if` holds for the one that is there."""

    row: Row
    only_if: Condition | None = None


class Change(msgspec.Struct, frozen=True):
    """Change some attributes of a row; a row that is not there is made."""

    kind: type[Row]
    pk: str
    sk: str
    actions: Sequence[Action]
    only_if: Condition | None = None


class Delete(msgspec.Struct, frozen=True):
    """Remove a row; harmless when it is not there."""

    kind: type[Row]
    pk: str
    sk: str
    only_if: Condition | None = None


class Check(msgspec.Struct, frozen=True):
    """Let the others happen only if this holds."""

    kind: type[Row]
    pk: str
    sk: str
    only_if: Condition


Write = Put | Change | Delete | Check


class Dynamo:
    """The tables of one stage. Threads may share it.

    prefix: "pointpass-<stage>"     endpoint: "" for AWS     meter: is told what each call consumed
    Raises from every call: TryAgain (throttled; Lost when no answer came; Met when two transactions met) and Broken.
    """

    def __init__(
        self, prefix: str, *, region: str, endpoint: str = "", patience: Patience = ORDINARY, meter: Meter | None = None
    ) -> None:
        self._prefix = prefix
        self._connection = Line(region, endpoint, patience, meter)
        for room in ROOMS:
            schema = {
                "TableName": f"{prefix}-{room}",
                "KeySchema": _KEY_SCHEMA,
                "AttributeDefinitions": _key_types(room),
                "GlobalSecondaryIndexes": [
                    {"IndexName": index.name, "KeySchema": index.key_schema} for index in _indexes(room)
                ],
            }
            self._connection.add_meta_table(MetaTable(schema))

    def connect(self) -> None:
        """Make the client now instead of with the first call. Nothing is called."""
        self._connection.connect()

    def get(self, kind: type[R], pk: str, sk: str, *, strong: bool = True) -> R | None:
        try:
            answer = self._connection.get_item(self._table(kind), pk, sk, consistent_read=strong)
        except PynamoDBException as err:
            raise failure(err) from err
        raw = answer.get("Item")
        return None if raw is None else kind.from_raw_data(raw)

    def query(
        self,
        kind: type[R],
        pk: str,
        *,
        starts: str = "",
        before: str = "",
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[R]:
        """Rows of one partition whose `sk` begins with `starts`, or comes before `before`; strongly consistent."""
        wanted = (kind.sk < before) if before else kind.sk.startswith(starts) if starts else None
        found: list[R] = []
        page_key: Any = None
        while True:
            try:
                answer = self._connection.query(
                    self._table(kind),
                    pk,
                    range_key_condition=wanted,
                    consistent_read=True,
                    exclusive_start_key=page_key,
                    limit=None if limit is None else limit - len(found),
                    scan_index_forward=not newest_first,
                )
            except PynamoDBException as err:
                raise failure(err) from err
            found += [kind.from_raw_data(raw) for raw in answer["Items"]]
            page_key = answer.get("LastEvaluatedKey")
            if page_key is None or (limit is not None and len(found) >= limit):
                return found

    def query_index(self, kind: type[R], index: Index, key: str, *, until: int, limit: int) -> list[R]:
        """At most `limit` rows of an index under `key`, up to `until`, lowest first; their keys alone.

        Eventually consistent: a row may be missing or be there no more.
        """
        found: list[R] = []
        page_key: Any = None
        while True:
            try:
                answer = self._connection.query(
                    self._table(kind),
                    key,
                    range_key_condition=getattr(kind, index.range_key) <= until,
                    index_name=index.name,
                    exclusive_start_key=page_key,
                    limit=limit - len(found),
                )
            except PynamoDBException as err:
                raise failure(err) from err
            found += [kind.from_raw_data(raw) for raw in answer["Items"]]
            page_key = answer.get("LastEvaluatedKey")
            if page_key is None or len(found) >= limit:
                return found

    def scan_page(
        self, kind: type[R], *, starts: str, behind: tuple[str, str] | None, limit: int
    ) -> tuple[list[R], tuple[str, str] | None]:
        """At most `limit` rows of a table, those whose `pk` begins with `starts`, and the key to go on behind.

        None ends the table. A page may be empty although more follow. Eventually consistent, at half the price.
        """
        page_key: Any = None if behind is None else {"pk": {"S": behind[0]}, "sk": {"S": behind[1]}}
        try:
            answer = self._connection.scan(
                self._table(kind),
                filter_condition=kind.pk.startswith(starts),
                exclusive_start_key=page_key,
                limit=limit,
            )
        except PynamoDBException as err:
            raise failure(err) from err
        last = answer.get("LastEvaluatedKey")
        rows = [kind.from_raw_data(raw) for raw in answer["Items"]]
        return rows, None if last is None else (last["pk"]["S"], last["sk"]["S"])

    def scan(self, kind: type[R], *, starts: str, behind: tuple[str, str] | None = None) -> Iterator[R]:
        """Rows of a whole table whose `pk` begins with `starts`: for operators, never on the way of an event.

        behind: go on after this key, whether it is there or not
        """
        page_key: Any = None if behind is None else {"pk": {"S": behind[0]}, "sk": {"S": behind[1]}}
        while True:
            try:
                answer = self._connection.scan(
                    self._table(kind),
                    filter_condition=kind.pk.startswith(starts),
                    consistent_read=True,
                    exclusive_start_key=page_key,
                )
            except PynamoDBException as err:
                raise failure(err) from err
            yield from (kind.from_raw_data(raw) for raw in answer["Items"])
            page_key = answer.get("LastEvaluatedKey")
            if page_key is None:
                return

    def write(self, *writes: Write) -> tuple[int, ...]:
        """All of them or none: one conditional call for one, a transaction for more.

        Returns the positions of the writes whose condition failed; empty means that all were written.
        """
        # PynamoDB sends checks, deletes, puts and changes in this order, and the answer follows it.
        order = sorted(range(len(writes)), key=lambda position: _TURN[type(writes[position])])
        try:
            if len(writes) == 1:
                self._write_one(writes[0])
            else:
                self._write_all([writes[position] for position in order])
        except PynamoDBException as err:
            failed = failed_conditions(err)
            if not failed:
                raise failure(err) from err
            return tuple(sorted(order[position] for position in failed))
        return ()

    def change(self, kind: type[R], pk: str, sk: str, actions: Sequence[Action]) -> R:
        """Change a row without a condition and return all of it as it is now."""
        try:
            answer = self._connection.update_item(self._table(kind), pk, sk, actions=actions, return_values="ALL_NEW")
        except PynamoDBException as err:
            raise failure(err) from err
        return kind.from_raw_data(answer["Attributes"])

    def create_tables(self) -> None:
        """The tables, for laptops and tests (in AWS the template makes them). Those that exist are left alone."""
        # Old images too: on the journal they only come with a change that must not happen, and show it.
        stream = {"stream_enabled": True, "stream_view_type": "NEW_AND_OLD_IMAGES"}
        for room in ROOMS:
            name = f"{self._prefix}-{room}"
            try:
                self._connection.create_table(
                    name,
                    attribute_definitions=_key_types(room),
                    key_schema=_KEY_SCHEMA,
                    global_secondary_indexes=[
                        {
                            "index_name": index.name,
                            "key_schema": index.key_schema,
                            "projection": {"ProjectionType": "KEYS_ONLY"},
                        }
                        for index in _indexes(room)
                    ],
                    billing_mode="PAY_PER_REQUEST",
                    stream_specification=stream if room == "journal" else None,
                )
                self._connection.update_time_to_live(name, "ends_at")
            except PynamoDBException as err:
                if err.cause_response_code != "ResourceInUseException":
                    raise failure(err) from err

    def _table(self, kind: type[Row]) -> str:
        return f"{self._prefix}-{kind.room}"

    def _write_one(self, write: Write) -> None:
        match write:
            case Put(row, condition):
                self._connection.put_item(
                    self._table(type(row)), row.pk, row.sk, attributes=row.serialize(), condition=condition
                )
            case Change(kind, pk, sk, actions, condition):
                self._connection.update_item(self._table(kind), pk, sk, actions=actions, condition=condition)
            case Delete(kind, pk, sk, condition):
                self._connection.delete_item(self._table(kind), pk, sk, condition=condition)
            case Check():
                raise TypeError("a check alone writes nothing")

    def _write_all(self, writes: Sequence[Write]) -> None:
        def told(kind: type[Write]) -> list[dict[str, Any]]:
            return [self._arguments(write) for write in writes if isinstance(write, kind)]

        self._connection.transact_write_items(
            condition_check_items=told(Check),
            delete_items=told(Delete),
            put_items=told(Put),
            update_items=told(Change),
        )

    def _arguments(self, write: Write) -> dict[str, Any]:
        arguments = self._connection.get_operation_kwargs
        match write:
            case Put(row, condition):
                return arguments(
                    self._table(type(row)), row.pk, row.sk, key="Item", attributes=row.serialize(), condition=condition
                )
            case Change(kind, pk, sk, actions, condition):
                return arguments(self._table(kind), pk, sk, actions=actions, condition=condition)
            case Delete(kind, pk, sk, condition) | Check(kind, pk, sk, condition):
                return arguments(self._table(kind), pk, sk, condition=condition)


_TURN: dict[type, int] = {Check: 0, Delete: 1, Put: 2, Change: 3}
