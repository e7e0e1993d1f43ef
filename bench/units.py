"""What an event costs in DynamoDB's own units, by the length of the member's history."""

import contextlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import track
from rich.table import Table

from chalicelib.bootstrap.system import SystemChance, SystemClock
from chalicelib.events import AccountId, Amounts, Customer, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.chain import encode, seal
from chalicelib.ledger.journal import Entry
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.reading import read
from chalicelib.services.accounts import Accounts
from chalicelib.services.claiming import Claims
from chalicelib.services.recording import Recorder
from chalicelib.services.redeeming import Redemptions
from chalicelib.store.connection import Spent
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.vault import Vault
from ops.laptop.engine import Engine, find

TITLE = "Capacity units of each event, by entries in the member's journal before it (read / write)"
_DEFINITION = Path(__file__).parent.parent / "programs" / "bean-street.yaml"
_LENGTHS = (2, 10, 100, 1_000, 10_000, 100_000)
_JOURNAL = "pointpass-benchmark-journal"
_UNKNOWN = 10_000_000
_MINUTE = 60_000


@dataclass
class _Meter:
    reads: float = 0
    writes: float = 0

    def __call__(self, spent: Spent) -> None:
        self.reads += spent.read_units
        self.writes += spent.write_units

    def take(self) -> str:
        """What was spent since the last look."""
        told = f"{self.reads:g} / {self.writes:g}"
        self.reads = self.writes = 0
        return told


def measure(screen: Console) -> Table:
    """One member whose journal grows; the figures at a few lengths of it."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    binary = find(os.environ.get("DYNOXIDE", ""))
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine.start(binary, database=Path(folder) / "ledger.sqlite")
        try:
            member = _Member.new(engine.url)
            table = Table("entries", *member.events(0))
            for length in track(_LENGTHS, description="a longer history", console=screen, transient=True):
                newest = member.newest()
                engine.stop()
                _load(Path(folder) / "ledger.sqlite", newest, length)
                engine = Engine.start(binary, database=engine.database, port=engine.port)
                table.add_row(f"{member.newest().seq:,}", *member.events(length).values())
        finally:
            engine.stop()
    return table


def _load(database: Path, newest: Entry, length: int) -> None:
    """Entries up to this number, each the newest one once more, settled.

    They go straight into the engine's file: it looks through an account's whole journal at each write, so a hundred
    thousand of them would take it a night. What an event consumes is counted by the engine all the same.
    """
    with contextlib.closing(sqlite3.connect(database)) as file, file:
        (shape,) = file.execute(f'SELECT item_json FROM "{_JOURNAL}" LIMIT 1').fetchone()
        copied = f'SELECT pk, ?, ?, item_size, cached_at, hash_prefix FROM "{_JOURNAL}" LIMIT 1'
        file.executemany(f'INSERT INTO "{_JOURNAL}" {copied}', _rows(newest, length, json.loads(shape)))


def _rows(entry: Entry, length: int, item: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    while entry.seq < length:
        entry = seal(
            msgspec.structs.replace(entry, kind="settled", seq=entry.seq + 1, prev=entry.hash, legs=(), rolled=())
        )
        key = f"E#{entry.seq:012d}"
        written = {"sk": {"S": key}, "line": {"S": encode(entry)}, "hash": {"S": entry.hash}}
        yield f"S:{key}", json.dumps(item | written)


@dataclass
class _Member:
    """A member whose events are metered. Each event adds an entry."""

    recorder: Recorder
    redemptions: Redemptions
    ledger: DynamoLedger
    meter: _Meter
    program: Program
    now: int
    account: AccountId

    @classmethod
    def new(cls, url: str) -> "_Member":
        """A member who bought once."""
        meter, clock = _Meter(), SystemClock()
        tables = Dynamo("pointpass-benchmark", region="eu-central-1", endpoint=url, meter=meter)
        tables.create_tables()
        vault = Vault(bytes(32))
        ledger, members = DynamoLedger(tables), DynamoMembers(tables, posting=tables, vault=vault)
        accounts = Accounts(members, vault, SystemChance(), clock)
        recorder = Recorder(ledger, accounts, Claims(ledger, members, vault, clock), clock)
        program, now = _program(), clock.now()
        account = recorder.record(program, _order(0, now), actor="bench", deadline=None).document.account
        assert account is not None
        return cls(recorder, Redemptions(ledger, accounts, clock), ledger, meter, program, now, account)

    def newest(self) -> Entry:
        """Where the journal stands."""
        entry = self.ledger.newest(self.program.slug, self.account)
        assert entry is not None
        return entry

    def events(self, number: int) -> dict[str, str]:
        """What each kind of event consumes now. `number`: names orders that are new."""
        orders, points = self.recorder, self.redemptions
        used, held = Reference(f"redemption/used-{number}"), Reference(f"redemption/held-{number}")
        until = SystemClock().now() + 20 * _MINUTE
        by = {"actor": "bench"}
        steps: dict[str, Callable[[], object]] = {
            "purchase": lambda: orders.record(self.program, _order(number + 1, self.now), **by, deadline=None),
            "same again": lambda: orders.record(self.program, _order(number + 1, self.now), **by, deadline=None),
            "refund": lambda: orders.record(self.program, _refund(number + 1, self.now), **by, deadline=None),
            "refund first": lambda: orders.record(
                self.program, _refund(_UNKNOWN + number, self.now), **by, deadline=None
            ),
            "redemption": lambda: points.redeem(self.program, used, self.account, 20, **by),
            "given back": lambda: points.give_back(self.program, used, 20, **by),
            "hold": lambda: points.hold(self.program, held, self.account, 20, until=until, **by),
            "capture": lambda: points.capture(self.program, held, **by),
            "balance": self.newest,
        }
        spent = {}
        for name, step in steps.items():
            self.meter.take()
            step()
            spent[name] = self.meter.take()
        return spent


def _program() -> Program:
    text = _DEFINITION.read_text()
    version = Version(sha_of(text), read(text, file=_DEFINITION.name), published_at=0, effective_at=0)
    return Program("bean-street", (version,))


def _order(number: int, now: int) -> OrderTold:
    at = now + number * _MINUTE
    facts = OrderFacts(changed_at=at, occurred_at=at, currency="EUR", amounts=Amounts(goods=3_000), is_paid=True)
    return OrderTold(
        reference=Reference(f"order/shopify/{5_821_093_800_000 + number}"),
        delivery=f"3f0a7c1e-0000-4000-8000-{number:012d}",
        name=f"#{1_000 + number}",
        order=facts,
        customer=Customer(email="kim@customers.example"),
    )


def _refund(number: int, now: int) -> OrderTold:
    refund = RefundFacts(changed_at=now, status="succeeded", amounts=Amounts(goods=100))
    reference = Reference(f"order/shopify/{5_821_093_800_000 + number}")
    return OrderTold(reference=reference, delivery=f"refund-{number}", refunds={"1": refund})
