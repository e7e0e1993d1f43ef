"""What an event costs, in DynamoDB's own units, and that it does not grow with the history."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from store_factories import ACCOUNT, PROGRAM, entry, identity, order, purchase
from store_ports import OpenTables

from chalicelib.events import Reference
from chalicelib.ledger.chain import encode
from chalicelib.ledger.journal import Entry
from chalicelib.services.ports import Commit, Outcome
from chalicelib.store.connection import Spent
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.vault import Vault


@dataclass
class Meter:
    """Adds up what was consumed since it was last read."""

    spent: list[Spent] = field(default_factory=list)

    def __call__(self, spent: Spent) -> None:
        self.spent.append(spent)

    def take(self) -> tuple[float, float]:
        """(read units, write units)"""
        reads, writes = sum(call.read_units for call in self.spent), sum(call.write_units for call in self.spent)
        self.spent.clear()
        return reads, writes


@dataclass
class Till:
    """Ledger and members as an event uses them, with the meter running."""

    ledger: DynamoLedger
    members: DynamoMembers
    meter: Meter

    def buy(self, number: int) -> Outcome:
        """The reads and the commit of one purchase of a known member."""
        self.members.identity(PROGRAM, identity().index)
        self.ledger.document(PROGRAM, order(number).reference)
        self.ledger.newest(PROGRAM, ACCOUNT)
        return self.ledger.commit(purchase(number))

    def fill(self, entries: Sequence[Entry]) -> None:
        """A history, a hundred entries at a time."""
        for first in range(0, len(entries), 100):
            self.ledger.commit(Commit(PROGRAM, entries=tuple(entries[first : first + 100])))
        self.meter.take()


@pytest.fixture
def till(open_tables: OpenTables) -> Till:
    meter = Meter()
    tables = open_tables(meter=meter)
    members = DynamoMembers(tables, posting=tables, vault=Vault(bytes(32)))
    members.put_identity(PROGRAM, identity(), was=None)
    meter.take()
    return Till(DynamoLedger(tables), members, meter)


def test_the_measured_entry_is_a_year_of_history_below_one_kilobyte() -> None:
    full_size = len(encode(entry(1_000))) + len(entry(1_000).hash)

    assert 700 < full_size < 900


def test_the_first_purchase_costs_two_and_a_half_reads_and_four_writes(till: Till) -> None:
    assert till.buy(1) == Outcome.COMMITTED
    reads, writes = till.meter.take()

    assert reads <= 2.5
    assert writes == 4


def test_the_thousandth_purchase_costs_what_the_second_did(till: Till) -> None:
    assert till.buy(1) == Outcome.COMMITTED
    till.meter.take()
    assert till.buy(2) == Outcome.COMMITTED
    second = till.meter.take()
    till.fill([entry(number) for number in range(3, 1_000)])

    assert till.buy(1_000) == Outcome.COMMITTED

    assert till.meter.take() == second == (2.5, 4)


def test_a_duplicate_costs_one_read_and_no_write(till: Till) -> None:
    till.buy(1)
    till.meter.take()

    assert till.ledger.document(PROGRAM, order(1).reference) == order(1)

    assert till.meter.take() == (1, 0)


def test_the_first_sight_of_an_identity_costs_two_writes_more(till: Till) -> None:
    stranger = identity("9f" * 32)

    assert till.ledger.commit(purchase(1, identities=(stranger,))) == Outcome.COMMITTED

    assert till.meter.take() == (0, 6)


def test_a_refund_that_waits_for_its_order_costs_one_write(till: Till) -> None:
    waiting = order(1, facts=None, pricing=None, posted=(), state="parked", account=None)

    assert till.ledger.commit(Commit(PROGRAM, documents=(waiting,))) == Outcome.COMMITTED

    assert till.meter.take() == (0, 1)


def test_settling_alone_costs_one_write(till: Till) -> None:
    settled = entry(1, kind="settled", document=Reference("settle/1"))

    assert till.ledger.commit(Commit(PROGRAM, entries=(settled,))) == Outcome.COMMITTED

    assert till.meter.take() == (0, 1)


def test_the_balance_costs_one_read_after_a_thousand_entries(till: Till) -> None:
    till.fill([entry(number) for number in range(1, 1_001)])

    newest = till.ledger.newest(PROGRAM, ACCOUNT)

    assert newest == entry(1_000)
    assert till.meter.take() == (1, 0)


def test_a_journal_of_more_than_one_page_is_read_whole(till: Till) -> None:
    """DynamoDB ends a page at one megabyte."""
    history = [entry(number) for number in range(1, 1_501)]
    till.fill(history)

    assert till.ledger.entries(PROGRAM, ACCOUNT, newest_first=False, limit=None) == history
    assert len(till.meter.spent) > 1  # it did take several pages
    assert till.ledger.entries(PROGRAM, ACCOUNT, newest_first=True, limit=1_400) == history[:99:-1]
