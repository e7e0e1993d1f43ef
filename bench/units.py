"""What an event costs in DynamoDB's own units, by the length of the member's history."""

import os
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from chalicelib.bootstrap.system import SystemChance, SystemClock
from chalicelib.events import Amounts, Customer, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.reading import read
from chalicelib.services.accounts import Accounts
from chalicelib.services.claiming import Claims
from chalicelib.services.recording import Recorder
from chalicelib.store.connection import Spent
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.vault import Vault
from ops.laptop.engine import Engine, find

TITLE = "Capacity units per event, by entries in the member's journal (read / write)"
_DEFINITION = Path(__file__).parent.parent / "programs" / "bean-street.yaml"
_LENGTHS = (1, 10, 100, 1_000)
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
    """One member, a purchase a minute; the figures at a few lengths of the history."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    table = Table("entries", "purchase", "same again", "refund", "refund before its order")
    engine = Engine.start(find(os.environ.get("DYNOXIDE", "")))
    try:
        recorder, meter = _recorder(engine.url)
        program, now = _program(), SystemClock().now()
        for number in track(range(1, _LENGTHS[-1] + 1), description="buying", console=screen, transient=True):
            meter.take()
            recorder.record(program, _order(number, now), actor="bench", deadline=None)
            bought = meter.take()
            if number in _LENGTHS:
                table.add_row(str(number), bought, *_others(recorder, meter, program, number, now))
    finally:
        engine.stop()
    return table


def _others(recorder: Recorder, meter: _Meter, program: Program, number: int, now: int) -> list[str]:
    """The same order again, a refund of it, a refund of an order nobody has heard of."""
    spent = []
    for told in (_order(number, now), _refund(number, now), _refund(1_000_000 + number, now)):
        recorder.record(program, told, actor="bench", deadline=None)
        spent.append(meter.take())
    return spent


def _recorder(url: str) -> tuple[Recorder, _Meter]:
    meter = _Meter()
    tables = Dynamo("pointpass-benchmark", region="eu-central-1", endpoint=url, meter=meter)
    tables.create_tables()
    vault, clock = Vault(bytes(32)), SystemClock()
    ledger, members = DynamoLedger(tables), DynamoMembers(tables, posting=tables, vault=vault)
    accounts = Accounts(members, vault, SystemChance(), clock)
    return Recorder(ledger, accounts, Claims(ledger, members, vault, clock), clock), meter


def _program() -> Program:
    text = _DEFINITION.read_text()
    version = Version(sha_of(text), read(text, file=_DEFINITION.name), published_at=0, effective_at=0)
    return Program("bean-street", (version,))


def _order(number: int, now: int) -> OrderTold:
    at = now + number * _MINUTE
    facts = OrderFacts(changed_at=at, occurred_at=at, currency="EUR", amounts=Amounts(goods=300), is_paid=True)
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
