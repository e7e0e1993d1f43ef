"""What time costs: a sweep by itself, and the view that the stream writes after each entry."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from stand_ins import HandClock, RememberingAlarm
from store_factories import ACCOUNT, MONTH_END, NOON, PROGRAM, SHA, entry
from store_ports import OpenTables

from chalicelib.events import AccountId
from chalicelib.ledger.chain import seal
from chalicelib.ledger.due import next_due
from chalicelib.ledger.journal import Entry
from chalicelib.services.ports import Commit
from chalicelib.services.sweeping import Sweeper
from chalicelib.store.connection import Spent
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.memory.deliveries import MemoryQueue
from chalicelib.store.memory.programs import MemoryPrograms
from chalicelib.store.views import DynamoViews

WARNING = (Path(__file__).parents[2] / "programs" / "bean-street.yaml").read_text()
WARNING = WARNING.replace("at: end of month}", "at: end of month, warn: 14 days before}")
HISTORY = 1_000


@dataclass
class Room:
    """A sweeper on the engine, with the meter running."""

    sweeper: Sweeper
    ledger: DynamoLedger
    views: DynamoViews
    clock: HandClock
    spent: list[Spent] = field(default_factory=list)

    def take(self) -> tuple[float, float]:
        """(read units, write units) since the last time."""
        units = sum(call.read_units for call in self.spent), sum(call.write_units for call in self.spent)
        self.spent.clear()
        return units


class _NoCards:
    """services.refreshing.Refresh of an account without a card."""

    def account(self, program: str, account: AccountId) -> None:
        pass


@pytest.fixture
def room(open_tables: OpenTables) -> Room:
    spent: list[Spent] = []
    tables = open_tables(meter=spent.append)
    programs, clock = MemoryPrograms(), HandClock(NOON + HISTORY)
    programs.publish(PROGRAM, SHA, WARNING, published_at=NOON, effective_at=NOON)
    ledger, views = DynamoLedger(tables), DynamoViews(tables)
    refresh = cast(Any, _NoCards())
    sweeper = Sweeper(ledger, views, programs, refresh, MemoryQueue(), RememberingAlarm(), clock)
    return Room(sweeper, ledger, views, clock, spent)


def active(number: int, **changed: Any) -> Entry:
    plain = entry(number, **changed)
    return seal(msgspec.structs.replace(plain, snap=msgspec.structs.replace(plain.snap, status="active")))


def with_history(room: Room, count: int) -> None:
    entries = [active(number) for number in range(1, count + 1)]
    for first in range(0, count, 100):
        room.ledger.commit(Commit(PROGRAM, entries=tuple(entries[first : first + 100])))
    program = room.sweeper.programs.program(PROGRAM)
    assert program is not None
    room.views.put(entries[-1], PROGRAM, due=next_due(entries[-1].snap, program.timeline, entries[-1].at))
    room.take()


def sweep(room: Room) -> bool:
    program = room.sweeper.programs.program(PROGRAM)
    assert program is not None
    return room.sweeper.sweep(program, ACCOUNT)


@pytest.mark.parametrize("count", [1, HISTORY])
def test_expiry_by_itself_costs_one_read_and_one_write_however_long_the_history(room: Room, count: int) -> None:
    with_history(room, count)
    room.clock.instant = MONTH_END
    assert sweep(room) is True
    assert room.take() == (1, 1)


@pytest.mark.parametrize(("months", "writes"), [(1, 1), (20, 2)])
def test_lots_of_many_days_expire_in_one_entry_that_is_paid_by_its_kilobytes(
    room: Room, months: int, writes: int
) -> None:
    """A sweep that is a month late posts two lots for the price of one; a year's twelve need a second kilobyte."""
    with_history(room, 1)
    room.clock.instant = MONTH_END + months * 2_592_000_000
    assert sweep(room) is True
    assert room.take() == (1, writes)


def test_repeat_of_a_sweep_costs_one_read_and_at_most_a_write(room: Room) -> None:
    with_history(room, 1)
    room.clock.instant = MONTH_END
    sweep(room)
    room.take()
    assert sweep(room) is False
    reads, writes = room.take()
    assert reads == 1
    assert writes <= 1


@pytest.mark.parametrize(
    ("first", "second", "units"),
    [
        pytest.param(None, None, 1, id="nothing waits"),
        pytest.param(MONTH_END, MONTH_END, 1, id="the same day"),
        pytest.param(None, MONTH_END, 2, id="the first day"),
        pytest.param(MONTH_END, MONTH_END + 1, 3, id="another day"),
    ],
)
def test_the_view_and_its_due_day_cost_one_to_three_units_from_the_stream(
    room: Room, first: int | None, second: int | None, units: int
) -> None:
    room.views.put(active(1), PROGRAM, due=first)
    room.take()
    room.views.put(active(2), PROGRAM, due=second)
    assert room.take() == (0, units)


def test_looking_when_nothing_is_due_costs_next_to_nothing(room: Room) -> None:
    with_history(room, 1)
    room.sweeper.find()
    room.take()
    assert room.sweeper.find() == 0
    reads, writes = room.take()
    assert reads <= 8
    assert writes == 1
