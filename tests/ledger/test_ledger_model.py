"""The ledger beside a naive model that keeps every lot apart: whatever happens, both say the same.

The model is slow and obviously right. Lots end with a quarter, so that no cell is ever moved; what moving does is
tested by itself.
"""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger_factories import BEANS, DAY, ZERO, Desk, day, refusal, tiers, timeline, told

from chalicelib.events import Amounts, OrderFacts, RefundFacts
from chalicelib.ledger.documents import Lot, Rolling, Target, Worth
from chalicelib.ledger.journal import NEVER

LEVELS = (("Bean", 0), ("Silver", 80), ("Gold", 200))
LATER_LEVELS = (("Bean", 0), ("Silver", 120), ("Gold", 150), ("Roast", 400))
NEW_RULES = 60
WINDOW, WAIT = 56, 10


def lot_of(facts: OrderFacts) -> tuple[int, int | None]:
    """(end, ripe): three quarters and the rest of the fourth; ripe ten days after delivery, at once in a shop."""
    ends = day(-(-((facts.occurred_at - ZERO) // DAY + 252 + 1) // 84) * 84)
    if facts.currency == "EUR":
        return ends, None
    return ends, NEVER if facts.delivered_at is None else facts.delivered_at + WAIT * DAY


def points_of(facts: OrderFacts, back: int) -> int:
    return max(0, facts.amounts.goods - back) // 100 if facts.is_paid and not facts.is_cancelled else 0


def price(facts: OrderFacts, back: Amounts) -> Target:
    ends, ripe = lot_of(facts)
    points = points_of(facts, back.goods)
    rolling = Rolling("beans earned", points, facts.occurred_at + WINDOW * DAY)
    return Target((Worth(BEANS, points, Lot(ends, ripe)),), (rolling,))


@dataclass
class NaiveLot:
    """Points of one order, or of one return."""

    order: str
    ends: int
    ripe: int | None
    points: int


@dataclass
class NaiveAccount:
    """Every lot by itself, and what is owed."""

    lots: list[NaiveLot] = field(default_factory=list)
    debt: int = 0
    expired: int = 0
    counted: dict[str, tuple[int, int]] = field(default_factory=dict)

    def pass_to(self, now: int) -> None:
        instants = sorted({when for lot in self.lots for when in (lot.ripe, lot.ends) if when is not None})
        for instant in [when for when in instants if when <= now]:
            for lot in self.lots:
                if lot.ripe is not None and lot.ripe <= instant:
                    lot.ripe = None
                    self.pay(lot)
            for lot in self.lots:
                if lot.ripe is None and lot.ends <= instant:
                    self.expired += lot.points
                    lot.points = 0

    def pay(self, lot: NaiveLot) -> None:
        paid_now = min(self.debt, lot.points)
        self.debt -= paid_now
        lot.points -= paid_now

    def come(self, lot: NaiveLot, now: int) -> None:
        if lot.ripe is not None and lot.ripe <= now:
            lot.ripe = None
        if lot.ripe is None and lot.ends <= now:
            self.expired += lot.points
            return
        if lot.ripe is None:
            self.pay(lot)
        self.lots.append(lot)

    def take(self, order: str, points: int, ends: int, now: int) -> None:
        left = points
        for lot in [lot for lot in self.lots if lot.order == order and lot.ripe is not None]:
            taken = min(left, lot.points)
            lot.points -= taken
            left -= taken
        if ends <= now:
            forgiven = min(left, self.expired)
            self.expired -= forgiven
            left -= forgiven
        own_first = sorted(self.spendable(), key=lambda lot: (lot.ends != ends, lot.ends))
        for lot in own_first:
            taken = min(left, lot.points)
            lot.points -= taken
            left -= taken
        self.debt += left

    def use(self, points: int) -> list[tuple[int, int]]:
        drawn: list[tuple[int, int]] = []
        for lot in sorted(self.spendable(), key=lambda lot: lot.ends):
            taken = min(points, lot.points)
            lot.points -= taken
            points -= taken
            drawn += [(lot.ends, 1)] * taken
        return drawn

    def spendable(self) -> list[NaiveLot]:
        return [lot for lot in self.lots if lot.ripe is None and lot.points]

    def on_the_way(self) -> list[NaiveLot]:
        return [lot for lot in self.lots if lot.ripe is not None and lot.points]


@dataclass
class NaiveOrder:
    """What the model knows of an order. `ripe`: where its points were put, None once they can be used."""

    account: str
    facts: OrderFacts
    refunds: dict[str, RefundFacts] = field(default_factory=dict)
    points: int = 0


class Ledger(RuleBasedStateMachine):
    """Orders, refunds, edits, uses, returns, time and merges, in any order."""

    orders = Bundle("orders")
    uses = Bundle("uses")

    @initialize()
    def open(self) -> None:
        rules = timeline((-999, tiers(*LEVELS)), (NEW_RULES, tiers(*LATER_LEVELS)))
        self.desk = Desk(price, rules, now=day(0))
        self.naive = {"a": NaiveAccount(), "b": NaiveAccount()}
        self.told: dict[str, NaiveOrder] = {}
        self.drawn: dict[str, list[tuple[int, int]]] = {}
        self.moved: set[str] = set()
        self.count = 0

    @rule(
        target=orders,
        account=st.sampled_from("ab"),
        goods=st.integers(0, 20_000),
        days_ago=st.sampled_from([0, 0, 0, 1, 20, 60, 400]),
        is_shipped=st.booleans(),
    )
    def buy(self, account: str, goods: int, days_ago: int, is_shipped: bool) -> str:
        facts = OrderFacts(
            changed_at=self.tick(),
            occurred_at=self.desk.now - days_ago * DAY,
            currency="SEK" if is_shipped else "EUR",
            amounts=Amounts(goods=goods),
            is_paid=True,
        )
        name = f"order/shop/{self.count}"
        self.told[name] = NaiveOrder(account, facts)
        self.post(name)
        return name

    @rule(name=orders, goods=st.integers(1, 8_000), key=st.sampled_from(["r1", "r2"]))
    def give_money_back(self, name: str, goods: int, key: str) -> None:
        self.told[name].refunds[key] = RefundFacts(self.tick(), "succeeded", Amounts(goods=goods))
        self.post(name)

    @rule(name=orders)
    def refund_fails(self, name: str) -> None:
        for key, known in self.told[name].refunds.items():
            self.told[name].refunds[key] = RefundFacts(self.tick(), "failed", known.amounts)
        self.post(name)

    @rule(name=orders, goods=st.integers(0, 20_000))
    def edit(self, name: str, goods: int) -> None:
        self.change(name, amounts=Amounts(goods=goods))

    @rule(name=orders, is_cancelled=st.booleans())
    def cancel_or_reopen(self, name: str, is_cancelled: bool) -> None:
        self.change(name, is_cancelled=is_cancelled)

    @rule(name=orders, days_ago=st.sampled_from([0, 0, 3, 12]))
    def deliver(self, name: str, days_ago: int) -> None:
        self.change(name, delivered_at=self.desk.now - days_ago * DAY)

    @rule(name=orders)
    def tell_again(self, name: str) -> None:
        before = {account: len(journal) for account, journal in self.desk.journals.items()}
        known = self.told[name]
        self.desk.tell(told(known.facts, name, **known.refunds), known.account)
        assert {account: len(journal) for account, journal in self.desk.journals.items()} == before

    @rule(target=uses, account=st.sampled_from("ab"), share=st.integers(1, 100))
    def use(self, account: str, share: int) -> str:
        own = self.of(account)
        there = sum(lot.points for lot in own.spendable())
        points = -(-there * share // 100)
        self.count += 1
        name = f"redemption/{self.count}"
        if not points:
            assert refusal(lambda: self.desk.redeem(name, 1, self.home(account))) == "not_enough_points"
            return name
        assert refusal(lambda: self.desk.redeem(name, there + 1, self.home(account))) == "not_enough_points"
        self.desk.redeem(name, points, self.home(account))
        self.drawn[name] = own.use(points)
        return name

    @rule(name=uses, share=st.integers(1, 100), grace_days=st.sampled_from([0, 14]))
    def give_points_back(self, name: str, share: int, grace_days: int) -> None:
        drawn = self.drawn.get(name, [])
        points = -(-len(drawn) * share // 100)
        if not points:
            return
        own = self.of(self.desk.spent[name].account)
        self.desk.give_back(name, points, grace_days=grace_days)
        for _ in range(points):
            ends, _one = drawn.pop()
            now = self.desk.now
            own.come(NaiveLot("", ends if ends > now else now + grace_days * DAY, None, 1), now)

    @rule(days=st.sampled_from([1, 3, 10, 30, 90, 300]))
    def time_passes(self, days: int) -> None:
        self.desk.now += days * DAY
        for own in self.naive.values():
            own.pass_to(self.desk.now)

    @precondition(lambda self: not self.moved and self.count > 15 and self.desk.journals.get("b"))
    @rule()
    def merge(self) -> None:
        self.moved.add("b")
        source, into = self.naive["b"], self.naive["a"]
        self.desk.merge("b", "a")
        into.lots += source.lots
        into.expired += source.expired
        into.counted.update(source.counted)
        into.debt += source.debt
        self.naive["b"] = NaiveAccount()
        for lot in sorted(into.spendable(), key=lambda lot: lot.ends):
            into.pay(lot)

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "desk"):
            return
        for account, own in self.naive.items():
            if account in self.moved:
                continue
            snap = self.desk.snap(account)
            purse = snap.purse(BEANS)
            assert {cell.ends: cell.points for cell in purse.cells} == by_end(own.spendable())
            assert {(part.at, part.ends): part.points for part in purse.maturing} == by_ripeness(own.on_the_way())
            assert (purse.debt, purse.expired) == (own.debt, own.expired)
            counted = sum(points for leaves, points in own.counted.values() if leaves > self.desk.now)
            assert snap.metric("beans earned") == counted
            assert snap.tier.level == (self.level(counted) if self.desk.journals.get(account) else "")

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            assert self.desk.violations() == []

    def level(self, counted: int) -> str:
        names = LATER_LEVELS if self.desk.now >= day(NEW_RULES) else LEVELS
        return [name for name, threshold in names if threshold <= counted][-1]

    def tick(self) -> int:
        """A sender's clock that never stands still."""
        self.count += 1
        return self.desk.now + self.count

    def home(self, account: str) -> str:
        return "a" if account in self.moved else account

    def of(self, account: str) -> NaiveAccount:
        return self.naive[self.home(account)]

    def change(self, name: str, **changes: object) -> None:
        known = self.told[name].facts
        fields = {key: getattr(known, key) for key in known.__struct_fields__}
        self.told[name].facts = OrderFacts(**{**fields, **changes, "changed_at": self.tick()})
        self.post(name)

    def post(self, name: str) -> None:
        """Tell the desk, and do to the model what the facts mean."""
        order, now = self.told[name], self.desk.now
        self.desk.tell(told(order.facts, name, **order.refunds), order.account)
        own = self.of(order.account)
        back = sum(refund.amounts.goods for refund in order.refunds.values() if refund.status == "succeeded")
        points = points_of(order.facts, back)
        ends, ripe = lot_of(order.facts)
        had = order.points
        is_usable = bool(had) and not any(lot.order == name for lot in own.on_the_way())
        for lot in [lot for lot in own.on_the_way() if lot.order == name]:
            own.lots.remove(lot)
            own.come(NaiveLot(name, lot.ends, ripe, lot.points), now)
        if points > had:
            own.come(NaiveLot(name, ends, None if is_usable else ripe, points - had), now)
        elif points < had:
            own.take(name, had - points, ends, now)
        order.points = points
        leaves = order.facts.occurred_at + WINDOW * DAY
        if leaves > now:
            own.counted[name] = (leaves, points)


def by_end(lots: list[NaiveLot]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for lot in lots:
        sums[lot.ends] = sums.get(lot.ends, 0) + lot.points
    return sums


def by_ripeness(lots: list[NaiveLot]) -> dict[tuple[int, int], int]:
    sums: dict[tuple[int, int], int] = {}
    for lot in lots:
        assert lot.ripe is not None
        sums[lot.ripe, lot.ends] = sums.get((lot.ripe, lot.ends), 0) + lot.points
    return sums


Ledger.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestLedgerKeepsEveryLotApart = Ledger.TestCase
