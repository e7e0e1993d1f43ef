"""The ledger beside a naive model that keeps every lot apart: whatever happens, both say the same.

The model is slow and obviously right. Lots end with a quarter, so that no cell is ever moved; what moving does is
tested by itself.
"""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger_factories import BEANS, DAY, MINUTE, ZERO, Desk, day, tiers, timeline, told
from stand_ins import refusal

from chalicelib.events import Amounts, OrderFacts, RefundFacts
from chalicelib.ledger.documents import Lot, Rolling, Target, Worth
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.posting import Ways

STAMPS = "stamps"
CURRENCIES = (BEANS, STAMPS)
LEVELS = (("Bean", 0), ("Silver", 80), ("Gold", 200))
LATER_LEVELS = (("Bean", 0), ("Silver", 120), ("Gold", 150), ("Roast", 400))
NEW_RULES = 60
WINDOW = 56
WAIT = 10 * DAY + 7 * MINUTE
"""No clock of these tests ever stands at such a minute, so no lot ripens in the very instant of its end."""

Parts = list[tuple[int, int]]
"""(end, points) of lots, those that end first first."""


def lot_of(facts: OrderFacts) -> tuple[int, int | None]:
    """(end, ripe): three quarters and the rest of the fourth; ripe ten days after delivery, at once in a shop."""
    ends = day(-(-((facts.occurred_at - ZERO) // DAY + 252 + 1) // 84) * 84)
    if facts.currency == "EUR":
        return ends, None
    return ends, NEVER if facts.delivered_at is None else facts.delivered_at + WAIT


def lots_of(facts: OrderFacts) -> dict[str, tuple[int, int | None]]:
    """By currency: beans end and may have to ripen, stamps are there at once and for ever."""
    return {BEANS: lot_of(facts), STAMPS: (NEVER, None)}


def points_of(facts: OrderFacts, back: int) -> dict[str, int]:
    beans = max(0, facts.amounts.goods - back) // 100 if facts.is_paid and not facts.is_cancelled else 0
    return {BEANS: beans, STAMPS: beans // 7}


def price(facts: OrderFacts, back: Amounts) -> Target:
    points, lots = points_of(facts, back.goods), lots_of(facts)
    rolling = Rolling("beans earned", points[BEANS], facts.occurred_at + WINDOW * DAY)
    return Target(tuple(Worth(currency, points[currency], Lot(*lots[currency])) for currency in CURRENCIES), (rolling,))


def first_of(parts: Parts, points: int) -> tuple[Parts, Parts]:
    """The first `points`, and the rest."""
    first, rest = [], []
    for ends, count in parts:
        taken = min(points, count)
        points -= taken
        first.append((ends, taken))
        rest.append((ends, count - taken))
    return [part for part in first if part[1]], [part for part in rest if part[1]]


@dataclass
class NaiveLot:
    """Points of one order, or of one return."""

    order: str
    ends: int
    ripe: int | None
    points: int


@dataclass
class NaiveHold:
    """Points set aside, in the order in which they will be used."""

    until: int
    parts: Parts


@dataclass
class NaiveAccount:
    """Every lot of one currency by itself, and what is owed."""

    lots: list[NaiveLot] = field(default_factory=list)
    holds: dict[str, NaiveHold] = field(default_factory=dict)
    debt: int = 0
    expired: int = 0
    transferred: int = 0
    counted: dict[str, tuple[int, int]] = field(default_factory=dict)

    def pass_to(self, now: int) -> None:
        instants = {when for lot in self.lots for when in (lot.ripe, lot.ends) if when is not None}
        instants |= {hold.until for hold in self.holds.values()}
        for instant in sorted(when for when in instants if when <= now):
            for lot in sorted(self.on_the_way(), key=lambda lot: lot.ripe or 0):
                if lot.ripe is not None and lot.ripe <= instant:
                    lot.ripe = None
                    self.pay(lot)
            for name in [name for name, hold in self.holds.items() if hold.until <= instant]:
                self.come_back(self.holds.pop(name).parts, instant)
            for lot in self.spendable():
                if lot.ends <= instant:
                    self.expired += lot.points
                    lot.points = 0

    def pay(self, lot: NaiveLot) -> None:
        paid_now = min(self.debt, lot.points)
        self.debt -= paid_now
        lot.points -= paid_now

    def come(self, lot: NaiveLot, now: int) -> None:
        if lot.ripe is not None and lot.ripe <= now:
            lot.ripe = None
        if lot.ripe is None:
            self.pay(lot)
        if lot.ripe is None and lot.ends <= now:
            self.expired += lot.points
            return
        self.lots.append(lot)

    def come_back(self, parts: Parts, now: int) -> None:
        for ends, points in parts:
            self.come(NaiveLot("", ends, None, points), now)

    def take(self, order: str, points: int, ends: int, now: int, ways: Ways) -> int:
        """What could not be taken and is not owed either: it is let go."""
        left = points
        for lot in [lot for lot in self.on_the_way() if lot.order == order]:
            taken = min(left, lot.points)
            lot.points -= taken
            left -= taken
        if ends <= now and ways.is_forgiven:
            left -= self.forgive(left)
        for lot in sorted(self.spendable(), key=lambda lot: (lot.ends != ends, lot.ends)):
            taken = min(left, lot.points)
            lot.points -= taken
            left -= taken
        if ends <= now and not ways.is_forgiven:
            return left - self.forgive(left)
        if not ways.is_owed:
            return left
        self.debt += left
        return 0

    def forgive(self, points: int) -> int:
        forgiven = min(points, self.expired)
        self.expired -= forgiven
        return forgiven

    def use(self, points: int) -> Parts:
        drawn: dict[int, int] = {}
        for lot in sorted(self.spendable(), key=lambda lot: lot.ends):
            taken = min(points, lot.points)
            lot.points -= taken
            points -= taken
            drawn[lot.ends] = drawn.get(lot.ends, 0) + taken
        return [part for part in drawn.items() if part[1]]

    def spendable(self) -> list[NaiveLot]:
        return [lot for lot in self.lots if lot.ripe is None and lot.points]

    def on_the_way(self) -> list[NaiveLot]:
        return [lot for lot in self.lots if lot.ripe is not None and lot.points]

    @property
    def there(self) -> int:
        return sum(lot.points for lot in self.spendable())


@dataclass
class NaiveOrder:
    """What the model knows of an order: by currency, the points it is worth and those that were let go."""

    account: str
    facts: OrderFacts
    refunds: dict[str, RefundFacts] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CURRENCIES, 0))
    let_go: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CURRENCIES, 0))


@dataclass
class NaiveUse:
    """A redemption or a hold: `drawn` is what was used and has not come back. `ended`: "", "used" or "released"."""

    account: str
    currency: str
    points: int
    drawn: Parts = field(default_factory=list)
    ended: str = ""
    used: int = 0


currencies = st.sampled_from([BEANS, BEANS, STAMPS])
shares = st.integers(1, 100)


class Ledger(RuleBasedStateMachine):
    """Orders, refunds, edits, uses, holds, returns, transfers, time and merges, in any order, under any policy."""

    orders = Bundle("orders")
    uses = Bundle("uses")
    holds = Bundle("holds")

    @initialize(is_owed=st.sampled_from([True, True, False]), is_forgiven=st.sampled_from([True, True, False]))
    def open(self, is_owed: bool, is_forgiven: bool) -> None:
        rules = timeline((-999, tiers(*LEVELS)), (NEW_RULES, tiers(*LATER_LEVELS)))
        self.ways = Ways(is_owed=is_owed, is_forgiven=is_forgiven)
        self.desk = Desk(price, rules, now=day(0), ways=self.ways)
        self.naive = {account: {currency: NaiveAccount() for currency in CURRENCIES} for account in "ab"}
        self.told: dict[str, NaiveOrder] = {}
        self.used: dict[str, NaiveUse] = {}
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
        before = self.lengths()
        known = self.told[name]
        self.desk.tell(told(known.facts, name, **known.refunds), known.account)
        assert self.lengths() == before

    @rule(target=uses, account=st.sampled_from("ab"), currency=currencies, share=shares)
    def use(self, account: str, currency: str, share: int) -> str:
        own, name = self.of(account, currency), self.name("redemption")
        there, points = own.there, -(-own.there * share // 100)
        self.used[name] = NaiveUse(account, currency, points)
        too_many = refusal(lambda: self.desk.redeem(name, there + 1, self.home(account), currency))
        assert too_many == "not_enough_points"
        if points:
            self.desk.redeem(name, points, self.home(account), currency)
            self.used[name] = NaiveUse(account, currency, points, own.use(points), "used", points)
        return name

    @rule(name=st.one_of(uses, holds), share=shares, grace_days=st.sampled_from([0, 14]))
    def give_points_back(self, name: str, share: int, grace_days: int) -> None:
        known, now = self.used[name], self.desk.now
        points = -(-sum(count for _, count in known.drawn) * share // 100)
        if not points:
            return
        self.desk.give_back(name, points, grace_days=grace_days)
        last_first, rest = first_of(known.drawn[::-1], points)
        known.drawn = rest[::-1]
        back = [(max(ends, now + grace_days * DAY), count) for ends, count in last_first]
        self.of(known.account, known.currency).come_back(back, now)

    @rule(
        target=holds,
        account=st.sampled_from("ab"),
        currency=currencies,
        share=shares,
        minutes=st.sampled_from([5, 15, 30]),
    )
    def hold(self, account: str, currency: str, share: int, minutes: int) -> str:
        own, name, home = self.of(account, currency), self.name("hold"), self.home(account)
        there, points = own.there, -(-own.there * share // 100)
        self.used[name] = NaiveUse(account, currency, points, ended="refused")
        self.refused(lambda: self.desk.hold(name, there + 1, home, currency), "not_enough_points")
        if not points:
            return name
        is_open = sum(len(each.holds) for each in self.naive[home].values())
        if is_open >= 4:
            self.refused(lambda: self.desk.hold(name, points, home, currency), "too_many_open_holds")
            return name
        self.desk.hold(name, points, home, currency, minutes=minutes)
        self.used[name] = NaiveUse(account, currency, points)
        own.holds[name] = NaiveHold(self.desk.now + minutes * MINUTE, own.use(points))
        return name

    @rule(name=holds, share=shares)
    def capture(self, name: str, share: int) -> None:
        known, now = self.used[name], self.desk.now
        points = -(-known.points * share // 100)
        if known.ended == "refused":
            return
        if known.ended:
            is_same = (known.ended, known.used) == ("used", points)
            reason = "" if is_same else f"already_{'captured' if known.ended == 'used' else 'released'}"
            self.refused(lambda: self.desk.capture(name, points), reason)
            return
        own = self.of(known.account, known.currency)
        held = own.holds.pop(name, None)
        if held is None and own.there < points:
            self.refused(lambda: self.desk.capture(name, points), "not_enough_points")
            return
        self.desk.capture(name, points)
        known.drawn, rest = (own.use(points), []) if held is None else first_of(held.parts, points)
        known.ended, known.used = "used", points
        own.come_back(rest, now)

    @rule(name=holds)
    def release(self, name: str) -> None:
        known = self.used[name]
        if known.ended == "refused":
            return
        if known.ended:
            self.refused(lambda: self.desk.release(name), "already_captured" if known.ended == "used" else "")
            return
        own = self.of(known.account, known.currency)
        held = own.holds.pop(name, None)
        if held is None:
            self.refused(lambda: self.desk.release(name), "expired")
            return
        self.desk.release(name)
        known.ended = "released"
        own.come_back(held.parts, self.desk.now)

    @precondition(lambda self: not self.moved)
    @rule(giver=st.sampled_from("ab"), currency=currencies, share=shares)
    def give_to_the_other(self, giver: str, currency: str, share: int) -> None:
        receiver, name = "b" if giver == "a" else "a", self.name("transfer")
        own, other = self.of(giver, currency), self.of(receiver, currency)
        points = -(-own.there * share // 100)
        self.refused(lambda: self.desk.transfer(name, own.there + 1, giver, receiver, currency), "not_enough_points")
        if points:
            self.desk.transfer(name, points, giver, receiver, currency)
            own.transferred -= points
            other.transferred += points
            other.come_back(own.use(points), self.desk.now)

    @rule(days=st.sampled_from([1, 3, 10, 30, 90, 300]))
    def days_pass(self, days: int) -> None:
        self.pass_to(self.desk.now + days * DAY)

    @rule(minutes=st.sampled_from([5, 10, 20]))
    def minutes_pass(self, minutes: int) -> None:
        self.pass_to(self.desk.now + minutes * MINUTE)

    @precondition(lambda self: not self.moved and self.count > 15 and self.desk.journals.get("b"))
    @rule()
    def merge(self) -> None:
        self.moved.add("b")
        self.desk.merge("b", "a")
        for currency in CURRENCIES:
            source, into = self.naive["b"][currency], self.naive["a"][currency]
            into.lots += source.lots
            into.holds.update(source.holds)
            into.expired += source.expired
            into.transferred += source.transferred
            into.counted.update(source.counted)
            into.debt += source.debt
            self.naive["b"][currency] = NaiveAccount()
            for lot in sorted(into.spendable(), key=lambda lot: lot.ends):
                into.pay(lot)

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "desk"):
            return
        for account in {"a", "b"} - self.moved:
            snap = self.desk.snap(account)
            for currency, own in self.naive[account].items():
                purse = snap.purse(currency)
                assert {cell.ends: cell.points for cell in purse.cells} == by_end(own.spendable())
                assert {(part.at, part.ends): part.points for part in purse.maturing} == by_ripeness(own.on_the_way())
                held = {each.document: (each.until, [(c.ends, c.points) for c in each.cells]) for each in purse.holds}
                assert held == {name: (each.until, each.parts) for name, each in own.holds.items()}
                assert (purse.debt, purse.expired, purse.transferred) == (own.debt, own.expired, own.transferred)
            counts = self.naive[account][BEANS].counted.values()
            counted = sum(points for leaves, points in counts if leaves > self.desk.now)
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

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}/{self.count}"

    def pass_to(self, now: int) -> None:
        self.desk.now = now
        for accounts in self.naive.values():
            for own in accounts.values():
                own.pass_to(now)

    def lengths(self) -> dict[str, int]:
        return {account: len(journal) for account, journal in self.desk.journals.items()}

    def refused(self, act: object, reason: str) -> None:
        """It is refused for this reason, or does nothing at all; either way the journals stay as they are."""
        before = self.lengths()
        assert callable(act)
        assert refusal(act) == reason
        assert self.lengths() == before

    def home(self, account: str) -> str:
        return "a" if account in self.moved else account

    def of(self, account: str, currency: str) -> NaiveAccount:
        return self.naive[self.home(account)][currency]

    def change(self, name: str, **changes: object) -> None:
        known = self.told[name].facts
        fields = {key: getattr(known, key) for key in known.__struct_fields__}
        self.told[name].facts = OrderFacts(**{**fields, **changes, "changed_at": self.tick()})
        self.post(name)

    def post(self, name: str) -> None:
        """Tell the desk, and do to the model what the facts mean."""
        order = self.told[name]
        self.desk.tell(told(order.facts, name, **order.refunds), order.account)
        back = sum(refund.amounts.goods for refund in order.refunds.values() if refund.status == "succeeded")
        points, lots = points_of(order.facts, back), lots_of(order.facts)
        for currency in CURRENCIES:
            self.post_one(name, currency, points[currency], *lots[currency])
        leaves = order.facts.occurred_at + WINDOW * DAY
        if leaves > self.desk.now:
            self.of(order.account, BEANS).counted[name] = (leaves, points[BEANS])

    def post_one(self, name: str, currency: str, points: int, ends: int, ripe: int | None) -> None:
        order, now = self.told[name], self.desk.now
        own = self.of(order.account, currency)
        had = order.points[currency]
        waiting = [lot for lot in own.on_the_way() if lot.order == name]
        is_usable = bool(had + order.let_go[currency]) and not waiting
        for lot in waiting:
            own.lots.remove(lot)
            own.come(NaiveLot(name, lot.ends, ripe, lot.points), now)
        if points > had:
            forgotten = min(order.let_go[currency], points - had)
            order.let_go[currency] -= forgotten
            if points - had > forgotten:
                own.come(NaiveLot(name, ends, None if is_usable else ripe, points - had - forgotten), now)
        elif points < had:
            order.let_go[currency] += own.take(name, had - points, ends, now, self.ways)
        order.points[currency] = points


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
