"""What the ledger's tests start from: a calendar that needs no zone, purses, facts, and a desk that posts to accounts.

The desk builds entries with the production `next_entry`, so that every journal it makes can be checked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import msgspec

from chalicelib.events import AccountId, Amounts, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.chain import encode
from chalicelib.ledger.check import Violation, violations
from chalicelib.ledger.documents import Lot, OrderDocument, RedemptionDocument, Rolling, Target, TransferDocument, Worth
from chalicelib.ledger.holds import capture, hold, is_captured, is_released, release
from chalicelib.ledger.journal import NEVER, Cell, Entry, Hold, Maturing, Purse, Snapshot
from chalicelib.ledger.merging import merge
from chalicelib.ledger.orders import absorbed, post, returned, told_at
from chalicelib.ledger.posting import OWED, Ways
from chalicelib.ledger.redemptions import give_back, redeem
from chalicelib.ledger.settle import settle
from chalicelib.ledger.timeline import Grid, Level, Reign, TierRules, Timeline
from chalicelib.ledger.transferring import transfer
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.services.journaling import Line, Standing, next_entry, opened

DAY = 86_400_000
MINUTE = 60_000
ZERO = 20_000 * DAY - 20_000 % 84 * DAY
"""A day on which a week, a month and a quarter of the fixed calendar begin."""
BEANS = "beans"
VERSION = "a" * 64
_DAYS: Mapping[str, int] = {"week": 7, "month": 28, "quarter": 84, "half-year": 168, "year": 336}


def day(number: float) -> int:
    """The instant so many days after the calendar's zero."""
    return ZERO + int(number * DAY)


class FixedCalendar:
    """Weeks of 7 days, months of 28, quarters of 84, years of 336, all beginning at ZERO."""

    def end_of(self, instant: int, grid: Grid) -> int:
        length = _DAYS[grid] * DAY
        return ZERO + -(-(instant - ZERO) // length) * length


CALENDAR = FixedCalendar()
MOSCOW = ZoneCalendar("Europe/Moscow")


def moscow(text: str) -> int:
    """The start of a local day in Moscow: "2026-03-31"."""
    return MOSCOW.start(date.fromisoformat(text))


def tiers(*levels: tuple[str, int], grace_days: int = 0, metric: str = "beans earned") -> TierRules:
    return TierRules(metric, tuple(Level(*level) for level in levels), lambda lost_at: lost_at + grace_days * DAY)


def timeline(*reigns: tuple[int, TierRules | None]) -> Timeline:
    """Versions by the day from which they rule; without any, one without tiers."""
    told = reigns or ((0, None),)
    return Timeline(tuple(Reign(day(since), f"v{nr}", rules) for nr, (since, rules) in enumerate(told)), CALENDAR)


def purse(
    *cells: tuple[float, int],
    maturing: tuple[tuple[float | None, float, int], ...] = (),
    holds: tuple[tuple[float, tuple[tuple[float, int], ...]], ...] = (),
    debt: int = 0,
    expired: int = 0,
) -> Purse:
    """A purse that adds up. Cells as (day of the end, points); maturing as (day or None, day of the end, points);
    holds as (day on which they run out, their cells).
    """
    there = tuple(sorted(Cell(day(ends), points) for ends, points in cells))
    coming = tuple(
        sorted(Maturing(NEVER if at is None else day(at), day(ends), points) for at, ends, points in maturing)
    )
    aside = tuple(
        sorted(
            Hold(day(until), Reference(f"hold/{place}"), tuple(sorted(Cell(day(ends), count) for ends, count in lots)))
            for place, (until, lots) in enumerate(holds)
        )
    )
    own = Purse(there, coming, aside, debt=debt, taken_back=debt, expired=expired)
    return msgspec.structs.replace(own, issued=own.spendable + own.pending + own.held + expired)


def holding(own: Purse, *, metrics: Mapping[str, tuple[Cell, ...]] | None = None, **more: Any) -> Snapshot:
    return Snapshot(opened=day(0), status="active", purses={BEANS: own}, metrics=metrics or {}, **more)


def cells(own: Purse) -> list[tuple[float, int]]:
    """(day of the end, points) of a purse's cells."""
    return [((cell.ends - ZERO) / DAY, cell.points) for cell in own.cells]


def coming(own: Purse) -> list[tuple[float | None, float, int]]:
    return [
        (None if part.at == NEVER else (part.at - ZERO) / DAY, (part.ends - ZERO) / DAY, part.points)
        for part in own.maturing
    ]


def paid(goods: int, *, on: float = 0, changed: float | None = None, **more: Any) -> OrderFacts:
    """A paid order of `goods` minor units; `changed` is the day of this version."""
    more = {"is_paid": True, "currency": "EUR", "occurred_at": day(on), **more}
    return OrderFacts(changed_at=day(on if changed is None else changed), amounts=Amounts(goods=goods), **more)


def refund(goods: int, *, on: float, status: Any = "succeeded") -> RefundFacts:
    return RefundFacts(changed_at=day(on), status=status, amounts=Amounts(goods=goods))


def told(order: OrderFacts | None = None, reference: str = "order/shop/1", **refunds: RefundFacts) -> OrderTold:
    return OrderTold(Reference(reference), delivery="", name="#1", order=order, refunds=refunds)


Price = Callable[[OrderFacts, Amounts], Target]


def one_bean_per_euro(*, life: float = 336, wait: float | None = None, window: float | None = None) -> Price:
    """A price: a bean for each full 100 minor units that are left.

    life: days from the order to the lot's end       wait: days from the delivery, or None for at once
    window: days that the beans count for the tier, or None
    """

    def price(facts: OrderFacts, back: Amounts) -> Target:
        counts = facts.is_paid and not facts.is_cancelled
        points = facts.amounts.less(back).goods // 100 if counts else 0
        ripe = None
        if wait is not None:
            ripe = NEVER if facts.delivered_at is None else facts.delivered_at + int(wait * DAY)
        rolling = () if window is None else (Rolling("beans earned", points, facts.occurred_at + int(window * DAY)),)
        return Target((Worth(BEANS, points, Lot(facts.occurred_at + int(life * DAY), ripe)),), rolling)

    return price


@dataclass
class Desk:
    """Accounts, documents and a clock that only a test moves."""

    price: Price
    timeline: Timeline
    now: int = ZERO
    ways: Ways = OWED
    journals: dict[str, list[Entry]] = field(default_factory=dict)
    orders: dict[str, OrderDocument] = field(default_factory=dict)
    spent: dict[str, RedemptionDocument] = field(default_factory=dict)

    def tell(self, event: OrderTold, account: str = "a") -> Entry | None:
        """What a sender tells, the way the recorder posts it; the entry if there was something to post."""
        known = self.orders.get(event.reference, OrderDocument(event.reference))
        grown = absorbed(known, event)
        if grown == known and known.revision:
            return None
        grown = msgspec.structs.replace(grown, revision=grown.revision + 1)
        self.orders[event.reference] = grown
        facts = grown.facts
        if facts is None or (grown.account is None and (facts.is_cancelled or not facts.is_paid)):
            return None
        stand = self.standing(grown.account or account)
        target = self.price(facts, returned(grown))
        posting = post(grown, target, stand.snap, at=stand.at, calendar=CALENDAR, ways=self.ways)
        owner = grown.account or AccountId(stand.account)
        self.orders[event.reference] = msgspec.structs.replace(posting.document, account=owner)
        if not posting.legs and not posting.rolled:
            return None
        when = facts.occurred_at if posting.kind == "earned" else told_at(grown)
        return self._add(stand, posting.kind, event.reference, posting.legs, posting.rolled, occurred_at=when)

    def redeem(self, reference: str, points: int, account: str = "a", currency: str = BEANS) -> Entry:
        stand = self.standing(account)
        spending = redeem(RedemptionDocument(Reference(reference), AccountId(account), currency, points), stand.snap)
        self.spent[reference] = spending.document
        return self._add(stand, "redeemed", reference, spending.legs)

    def hold(
        self, reference: str, points: int, account: str = "a", currency: str = BEANS, *, minutes: float = 15
    ) -> Entry:
        stand = self.standing(account)
        fresh = RedemptionDocument(Reference(reference), AccountId(account), currency, points)
        spending = hold(fresh, stand.snap, at=stand.at, until=stand.at + int(minutes * MINUTE))
        self.spent[reference] = spending.document
        return self._add(stand, "held", reference, spending.legs)

    def capture(self, reference: str, points: int | None = None) -> Entry | None:
        """None when it was captured before in just this way."""
        known = self.spent[reference]
        if is_captured(known, points):
            return None
        stand = self.standing(known.account)
        spending = capture(known, stand.snap, points, at=stand.at)
        self.spent[reference] = spending.document
        return self._add(stand, "redeemed", reference, spending.legs)

    def release(self, reference: str) -> Entry | None:
        """None when it was released before."""
        known = self.spent[reference]
        if is_released(known):
            return None
        stand = self.standing(known.account)
        spending = release(known, stand.snap, at=stand.at)
        self.spent[reference] = spending.document
        return self._add(stand, "released", reference, spending.legs)

    def give_back(self, reference: str, points: int, *, grace_days: float = 0) -> Entry:
        known = self.spent[reference]
        stand = self.standing(known.account)
        grace = stand.at + int(grace_days * DAY)
        spending = give_back(known, stand.snap, points, at=stand.at, grace_until=grace)
        self.spent[reference] = spending.document
        return self._add(stand, "restored", reference, spending.legs)

    def transfer(self, reference: str, points: int, giver: str, receiver: str, currency: str = BEANS) -> None:
        leaving, staying = self.standing(giver), self.standing(receiver)
        document = TransferDocument(Reference(reference), leaving.account, staying.account, currency, points)
        moved = transfer(document, leaving.snap, staying.snap, CALENDAR)
        self._add(leaving, "transferred", reference, moved.out_legs)
        self._add(staying, "transferred", reference, moved.in_legs)

    def merge(self, source: str, into: str) -> None:
        leaving, staying = self.standing(source), self.standing(into)
        if leaving.account == staying.account or leaving.before is None:
            return
        moved = merge(leaving.snap, staying.snap, CALENDAR)
        self._add(leaving, "merged", "merge", moved.out_legs, moved.out_rolled, status="merged", merged_to=into)
        self._add(staying, "merged", "merge", moved.in_legs, moved.in_rolled, status="active")

    def sweep(self, account: str = "a") -> Entry:
        return self._add(self.standing(account), "settled", "sweep")

    def snap(self, account: str = "a") -> Snapshot:
        return self.standing(account).snap

    def purse(self, account: str = "a") -> Purse:
        return self.snap(account).purse(BEANS)

    def standing(self, account: str) -> Standing:
        """The account, or the one that carries it, settled to now."""
        journal = self.journals.get(account)
        if not journal:
            return opened(AccountId(account), self.now)
        before = journal[-1]
        if before.snap.merged_to is not None:
            return self.standing(before.snap.merged_to)
        at = max(self.now, before.at)
        return Standing(AccountId(account), before, settle(before.snap, self.timeline, since=before.at, at=at), at)

    def violations(self) -> list[Violation]:
        return [
            violation
            for account, journal in self.journals.items()
            for violation in violations(AccountId(account), stored(journal), self.timeline)
        ]

    def _add(self, stand: Standing, kind: Any, document: str, legs: Any = (), rolled: Any = (), **more: Any) -> Entry:
        program: Any = SimpleNamespace(timeline=self.timeline)
        more.setdefault("occurred_at", stand.at)
        line = Line(kind, Reference(document), actor="test", version=VERSION, legs=legs, rolled=rolled, **more)
        entry = next_entry(stand, program, line)
        assert all(move.points for move in (*entry.legs, *entry.rolled)), "a movement of nothing"
        self.journals.setdefault(stand.account, []).append(entry)
        return entry


def stored(journal: list[Entry]) -> list[tuple[int, str, str]]:
    """A journal as the table holds it."""
    return [(entry.seq, encode(entry), entry.hash) for entry in journal]
