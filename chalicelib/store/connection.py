"""PynamoDB's connection as the house uses it: with its patience, safe for threads, and telling what it consumed."""

import threading
from collections.abc import Callable
from typing import Any

import msgspec
from botocore.parsers import ResponseParserError
from pynamodb.connection import Connection

from chalicelib.store.aws import session
from chalicelib.store.failures import Lost


class Patience(msgspec.Struct, frozen=True):
    """How long one call may take, and how often it is tried in all."""

    connect_seconds: float
    read_seconds: float
    attempts: int


POSTING = Patience(connect_seconds=0.3, read_seconds=0.7, attempts=1)
"""On the way of an event: its deadline is the sender's, and the queue waits behind it."""

AT_THE_DOOR = Patience(connect_seconds=1, read_seconds=2, attempts=1)
"""Before a sender is even known: a hung table must not eat the whole deadline."""

BY_HAND = Patience(connect_seconds=1, read_seconds=10, attempts=1)
"""An operator waits: a repair must not stop because a table was slow once."""

ORDINARY = Patience(connect_seconds=1, read_seconds=2, attempts=2)


class Spent(msgspec.Struct, frozen=True):
    """What one call consumed, in DynamoDB's capacity units. A failed call does not say."""

    operation: str
    read_units: float
    write_units: float


Meter = Callable[[Spent], None]


class Line(Connection):
    """The line to one region's DynamoDB. `endpoint`: "" for AWS."""

    def __init__(self, region: str, endpoint: str, patience: Patience, meter: Meter | None) -> None:
        super().__init__(
            region=region,
            host=endpoint or None,
            connect_timeout_seconds=patience.connect_seconds,
            read_timeout_seconds=patience.read_seconds,
            retry_configuration={"total_max_attempts": patience.attempts, "mode": "standard"},
            max_pool_connections=50,
        )
        self._meter = meter
        self._lock = threading.Lock()

    @property
    def session(self) -> Any:
        """That of the whole process."""
        return session()

    def connect(self) -> None:
        """Make the client."""
        self.client  # noqa: B018  # it is made by asking for it

    @property
    def client(self) -> Any:
        # Making a botocore client is not safe for threads; using one is.
        with self._lock:
            return super().client

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = super().dispatch(operation_name, operation_kwargs)
        except ResponseParserError as err:  # not one of the errors that PynamoDB expects from botocore
            raise Lost("store_did_not_answer", cause="unreadable answer") from err
        if operation_name in _ABOUT_TABLES:
            return answer
        # We always ask for it. botocore takes any body with status 200 for a success, a proxy's page included:
        # without this line such a page would be a commit, or a document that does not exist.
        if "ConsumedCapacity" not in answer:
            raise Lost("store_did_not_answer", cause="not an answer of DynamoDB")
        if self._meter is not None:
            self._meter(_spent(operation_name, answer["ConsumedCapacity"]))
        return answer


_ABOUT_TABLES = ("CreateTable", "UpdateTimeToLive")


def _spent(operation: str, consumed: Any) -> Spent:
    """`consumed` is one table's figure, or a list of several in a transaction."""
    figures = consumed if isinstance(consumed, list) else [consumed]
    units = sum(figure["CapacityUnits"] for figure in figures)
    is_read = operation in ("GetItem", "Query", "Scan")
    return Spent(operation, read_units=units if is_read else 0, write_units=0 if is_read else units)
