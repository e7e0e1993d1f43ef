"""What is back-tested is what runs: real customers' orders, once replayed and once through the production services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import msgspec
import pytest
from history_desk import BEAN_STREET, YEAR, imported, program
from stand_ins import HandClock, SeededChance

from chalicelib.events import AccountId, Amounts, Customer, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.journal import Snapshot
from chalicelib.ledger.settle import settle
from chalicelib.money import share
from chalicelib.programs.backtest.history import Event, Return, Sale
from chalicelib.programs.backtest.model import Model, usable
from chalicelib.programs.backtest.replay import Replay
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Accounts
from chalicelib.services.claiming import Claims
from chalicelib.services.journaling import standing
from chalicelib.services.recording import Recorder
from chalicelib.services.redeeming import Redemptions
from chalicelib.store.memory.ledger import MemoryLedger
from chalicelib.store.memory.members import MemoryMembers
from chalicelib.store.vault import Vault
from ops.backtest.spool import Spool

EVERY = 40
"""One customer of so many, and all who returned more than thirty times."""
HARSH = (
    BEAN_STREET.replace("available: at once", "available: {after: 14 days}")
    .replace("{after: 12 months, at: end of month}", "{after: 2 months, at: end of month}")
    .replace("{down: per order}}", "{down: per order}, at_most: 900 beans per month}")
    .replace("after_expiry: forgive", "after_expiry: take from balance")
)
IDLE = BEAN_STREET.replace("{after: 12 months, at: end of month}", "{after: 45 days, without: activity}")


@dataclass
class Shop:
    """The production services over stores in memory, told the same history as a shop would tell it."""

    program: Program
    model: Model
    clock: HandClock = field(default_factory=HandClock)
    members: MemoryMembers = field(default_factory=MemoryMembers)
    orders: dict[str, list["Bought"]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        vault = Vault(bytes(32))
        self.ledger = MemoryLedger(self.members)
        accounts = Accounts(self.members, vault, SeededChance(1), self.clock)
        claims = Claims(self.ledger, self.members, vault, self.clock)
        self.recorder = Recorder(self.ledger, accounts, claims, self.clock)
        self.redemptions = Redemptions(self.ledger, accounts, self.clock)

    def tell(self, number: int, event: Event) -> None:
        self.clock.instant = event.at
        assert event.customer is not None
        if isinstance(event, Sale):
            self._sale(number, event)
        else:
            self._return(number, event)

    def snapshot(self, customer: str, at: int) -> Snapshot | None:
        bought = self.orders.get(customer)
        account = bought[0].account if bought else None
        newest = self.ledger.newest(self.program.slug, account) if account else None
        return settle(newest.snap, self.program.timeline, since=newest.at, at=at).snap if newest else None

    def _sale(self, number: int, sale: Sale) -> None:
        mine = self.orders.setdefault(sale.customer or "", [])
        amounts, points, definition = sale.amounts, 0, self.program.latest.definition
        if mine and self.model.uses(sale.order):
            stand = standing(self.ledger, self.program, mine[0].account, sale.at)
            points = usable(definition, stand.snap.purse("beans").spendable, amounts.goods)
        if points:
            name = Reference(f"points/{number}")
            self.redemptions.redeem(self.program, name, mine[0].account, points, actor="shop", goods=amounts.goods)
            amounts = msgspec.structs.replace(amounts, points_paid=5 * points)
        facts = OrderFacts(sale.at, sale.at, sale.currency, amounts, is_paid=True)
        reference = Reference(f"order/{number}")
        told = OrderTold(reference, "d", order=facts, customer=Customer(key=f"shop/{sale.customer}"))
        document = self.recorder.record(self.program, told, actor="shop", deadline=None).document
        assert document.account is not None
        mine.append(Bought(number, document.account, amounts, points))

    def _return(self, number: int, told: Return) -> None:
        left = told.amount
        for order in reversed(self.orders.get(told.customer or "", [])):
            part = min(left, order.amounts.goods - order.returned)
            if not part:
                continue
            left -= part
            order.returned += part
            paid = share(order.amounts.points_paid, order.returned, order.amounts.goods)
            if order.points:
                back = share(order.points, order.returned, order.amounts.goods)
                self.redemptions.give_back(self.program, Reference(f"points/{order.number}"), back, actor="shop")
            amounts = Amounts(goods=part, points_paid=paid - order.paid_back)
            order.paid_back = paid
            refund = {str(number): RefundFacts(told.at, "succeeded", amounts)}
            news = OrderTold(Reference(f"order/{order.number}"), "d", refunds=refund)
            self.recorder.record(self.program, news, actor="shop", deadline=None)


@dataclass
class Bought:
    """What the shop remembers of an order."""

    number: int
    account: AccountId
    amounts: Amounts
    points: int
    returned: int = 0
    paid_back: int = 0


@pytest.fixture(scope="module")
def sample() -> Sequence[Event]:
    return list(_sampled(imported(YEAR)[0]))


def _sampled(events: Sequence[Event]) -> Iterator[Event]:
    named = sorted({event.customer for event in events if event.customer})
    returns = [event.customer for event in events if isinstance(event, Return)]
    chosen = {*named[::EVERY], *(name for name in set(returns) if name and returns.count(name) > 30)}
    for event in events:
        if event.customer in chosen:
            yield msgspec.structs.replace(event, currency="EUR")


@pytest.mark.parametrize("text", [BEAN_STREET, HARSH, IDLE], ids=["bean street", "harsh", "idle"])
def test_a_replay_and_the_production_services_agree_to_the_point(sample: Sequence[Event], text: str) -> None:
    model, rules = Model(Fraction(1, 2), seed=7), program(text)
    shop = Shop(rules, model)
    with Spool() as spool:
        replay = Replay(rules, model, spool.shelf())
        for number, event in enumerate(sample, start=1):
            replay.take(event)
            shop.tell(number, event)
        replay.finish()
    ends = sample[-1].at
    ours = {name: _told(replay.snapshot(name)) for name in shop.orders}
    theirs = {name: _told(shop.snapshot(name, ends)) for name in shop.orders}
    assert len(ours) > 100
    assert replay.uses > 100
    assert ours == theirs


def _told(snap: Snapshot | None) -> object:
    """All of an account that members can notice. Nobody has joined at the shop, so the status differs."""
    return snap and (snap.opened, dict(snap.purses), dict(snap.metrics), snap.tier)
