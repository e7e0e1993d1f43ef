"""A replay: sales and returns in the order of time, posted to accounts by the functions that post real ones.

What is left out is only what a replay does not need: the journal's text and hashes, identities, and the store.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import msgspec

from chalicelib.events import Amounts, Instant, OrderFacts, Reference, RefundFacts
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import Purse, Snapshot
from chalicelib.money import share
from chalicelib.programs.backtest.figures import Books, Month, Outcome, Points
from chalicelib.programs.backtest.history import Event, KeptOrder, Return, Sale, Shelf
from chalicelib.programs.backtest.member import Member, Step, bought, gave_back, restored, settled, used
from chalicelib.programs.backtest.model import Model, reward_at, usable
from chalicelib.programs.backtest.parts import money, part_of, sum_of
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.conversion import exchange
from chalicelib.programs.definition import Definition, Moment
from chalicelib.programs.program import Program

_NOTHING = Purse()


class Replay(msgspec.Struct):
    """One program over one history. Feed it with `take`, in the order of time, and close it with `finish`."""

    program: Program
    model: Model
    shelf: Shelf
    books: Books = msgspec.field(default_factory=Books)
    months: list[Month] = msgspec.field(default_factory=list)
    uses: int = 0
    _members: dict[str, Member] = msgspec.field(default_factory=dict)
    _levels: Counter[str] = msgspec.field(default_factory=Counter)
    _held: Counter[str] = msgspec.field(default_factory=Counter)
    _taken: int = 0
    _last: Instant = 0

    @property
    def definition(self) -> Definition:
        """The rules that are tried."""
        return self.program.latest.definition

    @property
    def members(self) -> int:
        """How many customers have been seen."""
        return len(self._members)

    def take(self, event: Event) -> None:
        """One more event; none before the last one."""
        self._turn(event.at)
        self._taken += 1
        match event:
            case Sale():
                self._sale(event)
            case Return():
                self._return(event)

    def finish(self) -> None:
        """Let time pass up to the last event and close its month."""
        if self.months:
            self._close(self._last)

    def snapshot(self, customer: str) -> Snapshot | None:
        """Where a customer's account stands; None when nothing was ever posted to it."""
        known = self._members.get(customer)
        return known.snap if known is not None else None

    def outcomes(self) -> Iterator[tuple[str, Outcome]]:
        """What the program meant to each customer, by the books' name."""
        main = self.definition.main.key
        for customer, member in self._members.items():
            snap = member.snap or Snapshot(opened=0)
            purse = snap.purse(main)
            yield (
                customer,
                Outcome(
                    orders=member.orders,
                    level=snap.tier.level,
                    points=purse.issued - purse.taken_back,
                    worth=self._worth(snap),
                    waited=None if member.reached is None else member.reached - member.joined,
                    after=member.reached_after,
                ),
            )

    def _worth(self, snap: Snapshot) -> Fraction:
        worth = Fraction(0)
        for currency in self.definition.currencies:
            purse = snap.purse(currency.key)
            points = purse.redeemed + purse.spendable + purse.pending + purse.held - purse.debt
            worth += points * (currency.worth or 0)
        return worth

    # time

    def _turn(self, at: Instant) -> None:
        """Close the months that are over."""
        if not self.months:
            self._open(at)
        while (month := self.months[-1]).ends <= at:
            self._close(month.ends)
            self._open(month.ends)
        self._last = at

    def _open(self, at: Instant) -> None:
        calendar = ZoneCalendar(self.definition.time_zone)
        name = f"{calendar.day(at):%Y-%m}"
        keys = [currency.key for currency in self.definition.currencies]
        self.months.append(Month(name, calendar.moved(at, Moment.END_OF_MONTH), points={key: Points() for key in keys}))

    def _close(self, at: Instant) -> None:
        """What ends with the month belongs to it."""
        for member in self._members.values():
            self._advance(member, at)
        month = self.months[-1]
        month.members, month.levels, month.held = self.members, +self._levels, dict(self._held)

    def _advance(self, member: Member, at: Instant) -> None:
        if member.due is not None and member.due <= at:
            self._count(member, settled(member, self.program, at))

    # what happened

    def _sale(self, sale: Sale) -> None:
        rate = self._rate(sale.currency, sale.at)
        if rate is None:
            self.books.other_money[sale.currency] += 1
            return
        paid = money(sale.amounts) * rate
        self.books.orders += 1
        if sale.customer is None:
            self.books.guest_orders += 1
            self.books.guest_sales += paid
            return
        self.books.sales += paid
        self.months[-1].sales += paid
        member = self._members.get(sale.customer)
        if member is None:
            member = self._members[sale.customer] = Member(self.members, joined=sale.at, at=sale.at)
        self._advance(member, sale.at)
        member.orders += 1
        redemption, amounts = self._pay(member, sale, rate)
        facts = OrderFacts(sale.at, sale.at, sale.currency, amounts, is_paid=True)
        document, step = bought(member, self.program, Reference(f"order/{self._taken}"), facts, self.shelf)
        self._count(member, (step,))
        self.shelf.put(member.number, self._taken, sale.order, KeptOrder(document, redemption))

    def _pay(self, member: Member, sale: Sale, rate: Fraction) -> tuple[RedemptionDocument | None, Amounts]:
        """Use points where the model says so. They pay for goods, so the order tells how much."""
        currency, _ = reward_at(self.definition)
        there = member.snap.purse(currency).spendable if member.snap is not None else 0
        if there <= 0 or there < self.model.least or not self.model.uses(sale.order):
            return None, sale.amounts
        points = usable(self.definition, there, int(sale.amounts.goods * rate))
        if not points:
            return None, sale.amounts
        fresh = RedemptionDocument(Reference(f"points/{self._taken}"), member.account, currency, points)
        document, step = used(member, self.program, fresh, sale.at)
        self._count(member, (step,))
        self.uses += 1
        if self.definition.pay is None:
            return document, sale.amounts
        worth = points * (self.definition.currency(currency).worth or Fraction(0))
        paid = min(sale.amounts.goods, sale.amounts.points_paid + int(worth / rate))
        return document, msgspec.structs.replace(sale.amounts, points_paid=paid)

    def _return(self, told: Return) -> None:
        rate = self._rate(told.currency, told.at)
        if rate is None:
            self.books.other_money[told.currency] += 1
            return
        self.books.returned += 1
        if told.customer is None:
            self.books.guest_sales -= told.amount * rate
            return
        member, left = self._members.get(told.customer), told.amount
        if member is not None:
            self._advance(member, told.at)
            for number, order, kept in self.shelf.newest(member.number, told.order):
                left -= self._give_back(member, (number, order, kept), left, told)
                if not left:
                    break
        self.books.returns += (told.amount - left) * rate
        self.months[-1].sales -= (told.amount - left) * rate
        if left:
            self.books.unmatched += 1
            self.books.unmatched_money += left * rate

    def _give_back(self, member: Member, found: tuple[int, str, KeptOrder], most: int, told: Return) -> int:
        """Take back up to `most` of one order; how much it was."""
        number, order, kept = found
        facts = kept.document.facts
        assert facts is not None
        if facts.currency != told.currency:
            return 0
        gone = sum_of(kept.document.refunds.values())
        part = part_of(facts.amounts, gone, most)
        redemption = kept.redemption
        if redemption is not None:
            goods = gone.goods + part.goods
            back = share(redemption.used, goods, facts.amounts.goods) - redemption.returned
            if back > 0:
                redemption, step = restored(member, self.program, redemption, back, told.at)
                self._count(member, (step,))
        refund = RefundFacts(changed_at=told.at, status="succeeded", amounts=part)
        document, step = gave_back(member, self.program, kept.document, refund, self.shelf)
        self._count(member, (step,))
        if money(gone.plus(part)) < money(facts.amounts):
            self.shelf.put(member.number, number, order, KeptOrder(document, redemption))
        else:
            self.shelf.remove(member.number, number)
        return money(part)

    def _rate(self, currency: str, at: Instant) -> Fraction | None:
        counts = exchange(self.definition, currency, at)
        return None if counts is None else Fraction(counts.rate or 1)

    def _count(self, member: Member, steps: Iterable[Step]) -> None:
        """Into the month's figures, and note when a reward comes within reach."""
        currency, least = reward_at(self.definition)
        for step in steps:
            self._count_points(step.before.purses, step.after.purses)
            old, new = step.before.tier.level, step.after.tier.level
            if old != new:
                self._levels[old] -= 1
                self._levels[new] += 1
            if member.reached is None and step.after.purse(currency).spendable >= least:
                member.reached, member.reached_after = step.at, member.orders

    def _count_points(self, before: Mapping[str, Purse], after: Mapping[str, Purse]) -> None:
        month = self.months[-1]
        for key, purse in after.items():
            old = before.get(key, _NOTHING)
            if old is not purse and key in month.points:
                month.points[key].add(old, purse)
                self._held[key] += _held(purse) - _held(old)


def _held(purse: Purse) -> int:
    return purse.spendable + purse.pending + purse.held
