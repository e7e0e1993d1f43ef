"""What an event costs, in DynamoDB's own units, and that it does not grow with the history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from stand_ins import HandClock, SeededChance
from store_factories import ACCOUNT, NOON, PROGRAM, entry, identity, order, purchase
from store_ports import OpenTables

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.chain import encode, seal
from chalicelib.ledger.documents import CapDocument
from chalicelib.ledger.journal import Entry, Snapshot
from chalicelib.ledger.settle import settle
from chalicelib.programs.program import Program, Version
from chalicelib.programs.reading import read
from chalicelib.services.accounts import Accounts
from chalicelib.services.ports import Commit, Outcome
from chalicelib.services.redeeming import Redemptions
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


@pytest.mark.parametrize("limits", [1, 2, 8])
def test_each_limit_that_spans_orders_costs_one_read_and_two_writes_more(till: Till, limits: int) -> None:
    caps = [CapDocument(Reference(f"cap/rule {n}/beans/{ACCOUNT}/2026-06"), "beans", 3_000, 1) for n in range(limits)]
    till.ledger.commit(purchase(1, documents=(order(1), *caps)))
    till.meter.take()
    moved = tuple(msgspec.structs.replace(cap, revision=2, account=ACCOUNT, wanted=120, given=120) for cap in caps)

    assert [till.ledger.document(PROGRAM, cap.reference) for cap in caps] == caps
    assert till.meter.take() == (limits, 0)
    assert till.ledger.commit(purchase(2, documents=(order(2), *moved))) == Outcome.COMMITTED
    assert till.meter.take() == (0, 4 + 2 * limits)


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


MINUTE = 60_000
HELD = Reference("redemption/web/01JB2M7Z0W7Q4T9V3X5Y8K6N2P")
"""As long as a checkout's own number is."""


@cache
def bean_street() -> Program:
    text = (Path(__file__).parents[2] / "programs" / "bean-street.yaml").read_text(encoding="utf-8")
    return Program(PROGRAM, (Version("5f" * 32, read(text, file="bean-street.yaml"), 0, 0),))


@dataclass
class Checkout:
    """Redemptions of the member that `entry` tells of, with the meter running."""

    redemptions: Redemptions
    clock: HandClock
    meter: Meter
    account: AccountId = ACCOUNT

    def hold(self, reference: Reference, points: int) -> tuple[float, float]:
        until = self.clock.now() + 15 * MINUTE
        self.redemptions.hold(bean_street(), reference, self.account, points, until=until, actor="api/web")
        return self.meter.take()

    def does(self, step: str, *more: Any) -> tuple[float, float]:
        getattr(self.redemptions, step)(bean_street(), *more, actor="api/web")
        return self.meter.take()


def seen(entry: Entry) -> Entry:
    """The same entry of somebody who has joined, as one whose points can be used has."""
    snap: Snapshot = msgspec.structs.replace(entry.snap, status="active")
    return seal(msgspec.structs.replace(entry, snap=snap))


def checkout(till: Till, entries: int) -> Checkout:
    """After so many entries of a year of history."""
    till.fill([seen(entry(number)) for number in range(1, entries + 1)])
    clock = HandClock(NOON + 10_000)
    accounts = Accounts(till.members, Vault(bytes(32)), SeededChance(1), clock)
    return Checkout(Redemptions(till.ledger, accounts, clock), clock, till.meter)


@pytest.mark.parametrize("entries", [1, 1_000])
def test_each_step_of_a_checkout_costs_two_reads_and_four_writes(till: Till, entries: int) -> None:
    """Promised are two and a half reads: half a one is the member's identity, where the caller has to look it up."""
    desk = checkout(till, entries)
    second = Reference(f"{HELD}/2")

    assert desk.hold(HELD, 100) == (2, 4)
    assert desk.does("capture", HELD, 60) == (2, 4)
    assert desk.hold(second, 50) == (2, 4)
    assert desk.does("release", second) == (2, 4)
    assert desk.does("redeem", Reference(f"{HELD}/3"), ACCOUNT, 30) == (2, 4)
    assert desk.does("give_back", Reference(f"{HELD}/3"), 30) == (2, 4)


def test_a_step_of_a_checkout_that_is_repeated_costs_one_read(till: Till) -> None:
    desk = checkout(till, 1)
    desk.hold(HELD, 100)
    assert desk.hold(HELD, 100) == (1, 0)
    desk.does("capture", HELD, 60)
    assert desk.does("capture", HELD, 60) == (1, 0)


def test_a_hold_that_runs_out_costs_nothing_until_the_next_event(till: Till) -> None:
    desk = checkout(till, 1)
    desk.hold(HELD, 100)
    desk.clock.forward(16 * MINUTE)
    newest = till.ledger.newest(PROGRAM, ACCOUNT)
    assert newest is not None
    settled = settle(newest.snap, bean_street().timeline, since=newest.at, at=desk.clock.now())
    assert till.meter.take() == (1, 0)
    assert (settled.snap.purse("beans").held, settled.snap.purse("beans").balance) == (0, 1_440)
    assert desk.does("redeem", Reference(f"{HELD}/2"), ACCOUNT, 30) == (2, 4)


def test_points_of_a_whole_year_on_hold_cost_two_writes_more(till: Till) -> None:
    """Twelve lots at once, named one by one, are another kilobyte of the entry."""
    desk = checkout(till, 1)
    reads, writes = desk.hold(HELD, 1_440)
    assert (reads, writes) == (2, 6)
