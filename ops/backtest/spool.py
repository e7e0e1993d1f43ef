"""Where a history waits on disk, so that memory holds members and not orders. The file goes when it is closed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Self

import msgspec

from chalicelib.events import Reference
from chalicelib.ledger.documents import CapDocument
from chalicelib.programs.backtest.history import Event, KeptOrder, Return, Sale

_BATCH = 1_000
_TABLES = """
CREATE TABLE events (at INTEGER, place INTEGER, is_sale INTEGER, body BLOB, PRIMARY KEY (at, place)) WITHOUT ROWID;
CREATE TABLE names (name TEXT PRIMARY KEY, line INTEGER, customer TEXT) WITHOUT ROWID;
CREATE TABLE orders (replay INTEGER, member INTEGER, number INTEGER, name TEXT, body BLOB,
    PRIMARY KEY (replay, member, number)) WITHOUT ROWID;
CREATE TABLE caps (replay INTEGER, reference TEXT, body BLOB, PRIMARY KEY (replay, reference)) WITHOUT ROWID;
"""


class Spool:
    """Events, put in any order and read in that of time, and the shelves of the replays that read them."""

    def __init__(self) -> None:
        # The empty name is SQLite's private temporary file.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        self._encoder = msgspec.msgpack.Encoder()
        self.count = 0
        self._shelves = 0

    def __enter__(self) -> Self:
        self._database.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def put(self, event: Event) -> None:
        """One more event; those of one instant stay in the order in which they came."""
        row = (event.at, self.count, isinstance(event, Sale), self._encoder.encode(event))
        self._database.execute("INSERT INTO events VALUES (?, ?, ?, ?)", row)
        self.count += 1

    def named(self, name: str, line: int, customer: str | None) -> int | None:
        """Note which line tells of an order, and whose it is; the line that told of it before, if one did."""
        found = self._database.execute("SELECT line FROM names WHERE name = ?", (name,)).fetchone()
        if found is not None:
            return int(found[0])
        self._database.execute("INSERT INTO names VALUES (?, ?, ?)", (name, line, customer))
        return None

    def events(self) -> Iterator[Event]:
        """All of them, in the order of time. A return of a known order is that order's customer's."""
        sales, returns = msgspec.msgpack.Decoder(Sale), msgspec.msgpack.Decoder(Return)
        with closing(self._database.execute("SELECT is_sale, body FROM events ORDER BY at, place")) as cursor:
            cursor.arraysize = _BATCH
            while rows := cursor.fetchmany():
                for is_sale, body in rows:
                    yield sales.decode(body) if is_sale else self._whose(returns.decode(body))

    def _whose(self, told: Return) -> Return:
        found = None
        if told.order is not None:
            found = self._database.execute("SELECT customer FROM names WHERE name = ?", (told.order,)).fetchone()
        return told if found is None else msgspec.structs.replace(told, customer=found[0])

    def shelf(self) -> "SqliteShelf":
        """A shelf for one more replay."""
        self._shelves += 1
        return SqliteShelf(self._database, self._shelves)


class SqliteShelf:
    """programs.backtest.history.Shelf on disk."""

    def __init__(self, database: sqlite3.Connection, replay: int) -> None:
        self._database, self._replay = database, replay
        self._encoder = msgspec.msgpack.Encoder()
        self._orders = msgspec.msgpack.Decoder(KeptOrder)
        self._caps = msgspec.msgpack.Decoder(CapDocument)

    def put(self, member: int, number: int, order: str, kept: KeptOrder) -> None:
        row = (self._replay, member, number, order, self._encoder.encode(kept))
        self._database.execute("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?)", row)

    def remove(self, member: int, number: int) -> None:
        key = (self._replay, member, number)
        self._database.execute("DELETE FROM orders WHERE replay = ? AND member = ? AND number = ?", key)

    def newest(self, member: int, order: str | None) -> Iterator[tuple[int, str, KeptOrder]]:
        below = 2**62
        while found := self._next(member, below, order):
            below, name, body = found
            yield below, name, self._orders.decode(body)

    def _next(self, member: int, below: int, order: str | None) -> tuple[int, str, bytes] | None:
        """The newest one before `below`: read one by one, since the reader changes what it has read."""
        found: tuple[int, str, bytes] | None = self._database.execute(
            "SELECT number, name, body FROM orders WHERE replay = ? AND member = ? AND number < ?"
            " AND (? IS NULL OR name = ?) ORDER BY number DESC LIMIT 1",
            (self._replay, member, below, order, order),
        ).fetchone()
        return found

    def cap(self, reference: Reference) -> CapDocument | None:
        key = (self._replay, reference)
        found = self._database.execute("SELECT body FROM caps WHERE replay = ? AND reference = ?", key).fetchone()
        return None if found is None else self._caps.decode(found[0])

    def put_cap(self, cap: CapDocument) -> None:
        row = (self._replay, cap.reference, self._encoder.encode(cap))
        self._database.execute("INSERT OR REPLACE INTO caps VALUES (?, ?, ?)", row)
