"""How a change travels to a phone is noted twice, and who holds a card once: what that costs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import msgspec
import pytest

from chalicelib.events import AccountId
from chalicelib.services.ports import Card, Registration
from chalicelib.store.cards import DynamoCards
from chalicelib.store.connection import Patience, Spent
from chalicelib.store.dynamo import Dynamo
from ops.laptop.engine import Engine

NOON = 1_782_216_000_000
PHONE = Registration("device-1", "serial-1", "pass.example.points", "token-1", NOON)
_numbers = count(1)


@dataclass
class Bench:
    """Cards on the engine, with the meter running and one phone registered."""

    cards: DynamoCards
    tables: Dynamo
    spent: list[Spent] = field(default_factory=list)

    def costs(self, mark: Callable[[], None]) -> tuple[float, float]:
        """(read units, write units) of one mark"""
        self.spent.clear()
        mark()
        return sum(call.read_units for call in self.spent), sum(call.write_units for call in self.spent)

    def registers(self, phone: Registration) -> None:
        assert self.cards.register(phone)

    def of_card(self) -> Registration:
        (held,) = self.cards.registrations(PHONE.serial)
        return held


@pytest.fixture
def bench(engine: Engine) -> Iterator[Bench]:
    spent: list[Spent] = []
    patience = Patience(connect_seconds=10, read_seconds=30, attempts=1)
    name = f"pointpass-marks{next(_numbers)}"
    tables = Dynamo(name, region="eu-central-1", endpoint=engine.url, patience=patience, meter=spent.append)
    tables.create_tables()
    made = Bench(DynamoCards(tables), tables, spent)
    made.cards.register(PHONE)
    yield made
    spent.clear()


def test_a_list_and_a_fetch_are_one_write_each_and_nothing_is_read(bench: Bench) -> None:
    assert bench.costs(lambda: bench.cards.mark_listed(PHONE, NOON + 2)) == (0, 1)
    assert bench.costs(lambda: bench.cards.mark_fetched(PHONE, NOON + 1, NOON + 3)) == (0, 1)
    assert bench.of_card() == msgspec.structs.replace(
        PHONE, listed_at=NOON + 2, fetched_at=NOON + 1, arrived_at=NOON + 3
    )


def test_a_phone_that_registers_writes_its_two_rows_and_touches_its_card_once(bench: Bench) -> None:
    card = Card("bean-street", "serial-2", AccountId("a"), "m", "link", "code", "en", NOON, revision=1)
    assert bench.cards.put_card(card)

    assert bench.costs(lambda: bench.registers(msgspec.structs.replace(PHONE, serial="serial-2"))) == (1, 6)
    assert bench.cards.card("serial-2") == msgspec.structs.replace(card, revision=2)
