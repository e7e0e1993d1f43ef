"""How a change travels to a phone is noted three times a purchase: what that costs, and what a torn note leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from chalicelib.errors import TryAgain
from chalicelib.services.ports import Registration
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

    def costs(self, **times: int) -> tuple[float, float]:
        """(read units, write units) of one mark"""
        self.spent.clear()
        self.cards.mark(replace(PHONE, **times))
        return sum(call.read_units for call in self.spent), sum(call.write_units for call in self.spent)

    def of_device(self) -> Registration:
        (held,) = self.cards.registered(PHONE.device, PHONE.pass_type)
        return held

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


def test_a_push_and_a_list_are_one_read_and_one_write_and_a_fetch_is_one_write_more(bench: Bench) -> None:
    assert bench.costs(pushed_at=NOON + 1) == (1, 1)
    assert bench.costs(listed_at=NOON + 2) == (1, 1)
    assert bench.costs(fetched_at=NOON + 1) == (1, 2)
    assert bench.of_card() == replace(PHONE, pushed_at=NOON + 1, listed_at=NOON + 2, fetched_at=NOON + 1)


def test_what_a_device_fetched_is_told_under_the_device_and_never_goes_back(bench: Bench) -> None:
    bench.cards.mark(replace(PHONE, fetched_at=NOON + 5))
    bench.cards.mark(replace(PHONE, fetched_at=NOON + 3, listed_at=NOON + 6))

    assert bench.of_device().fetched_at == bench.of_card().fetched_at == NOON + 5


def test_a_fetch_that_was_torn_is_whole_under_the_card_and_the_next_heals_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = bench.tables.write, count(1)

    def torn(*writes: Any) -> tuple[int, ...]:
        if next(calls) == 2:
            raise TryAgain("store_throttled")
        return real(*writes)

    monkeypatch.setattr(bench.tables, "write", torn)
    with pytest.raises(TryAgain):
        bench.cards.mark(replace(PHONE, fetched_at=NOON + 1))
    assert (bench.of_card().fetched_at, bench.of_device().fetched_at) == (NOON + 1, 0)

    bench.cards.mark(replace(PHONE, fetched_at=NOON + 9))

    assert (bench.of_card().fetched_at, bench.of_device().fetched_at) == (NOON + 9, NOON + 9)


def test_a_registration_that_is_gone_is_not_brought_back_under_the_device(bench: Bench) -> None:
    real, calls = bench.tables.write, count(1)

    def gone(*writes: Any) -> tuple[int, ...]:
        if next(calls) == 2:
            bench.tables.write = real  # type: ignore[method-assign]
            bench.cards.unregister(PHONE.device, PHONE.pass_type, PHONE.serial)
        return real(*writes)

    bench.tables.write = gone  # type: ignore[method-assign]
    bench.cards.mark(replace(PHONE, fetched_at=NOON + 1))

    assert bench.cards.registered(PHONE.device, PHONE.pass_type) == []
    assert bench.cards.registrations(PHONE.serial) == []
