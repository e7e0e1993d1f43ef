"""The lives of orders, redemptions and activities: in any order of arrival, twice, late, edited, undone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec

from chalicelib.events import (
    ActivityTold,
    Amounts,
    Customer,
    ErasureAsked,
    Instant,
    OrderFacts,
    OrderTold,
    PaymentTold,
    Reference,
    RefundFacts,
    RefundStatus,
)
from ops.simulator.happenings import Happening, Tells
from ops.simulator.people import townsfolk
from ops.simulator.tills import GivesBack, Resolves, Uses
from ops.simulator.world import START

if TYPE_CHECKING:
    from ops.simulator.story import Teller

_DAY = 86_400_000
_LATE = (40, 40, 40, 300, 2_000, 60_000, 3_600_000, 2 * _DAY)
"""Milliseconds until a message arrives: mostly at once, sometimes days late."""

_NAMED = ("e", "e", "ek", "ek", "ek", "k", "k", "p", "pk", "ep", "")
"""How a shop names its customer, see people.Person.named."""


@dataclass(slots=True)
class _Order:
    """An order as its shop knows it while its life is written. `payment`: its name at the payment provider, or ""."""

    teller: Teller
    reference: Reference
    person: int
    customer: Customer
    payment: str
    facts: OrderFacts
    refunds: dict[str, RefundFacts] = field(default_factory=dict)
    at: Instant = 0

    def told(self, *, with_refunds: bool, only: str = "") -> Iterator[Happening]:
        """A message about the order as it is now: late or at once, and sometimes again."""
        rng, name = self.teller.rng, self.teller.next("m")
        refunds = dict(self.refunds) if with_refunds else {}
        event = OrderTold(
            reference=self.reference,
            delivery=name,
            name=f"#{self.reference.rpartition('/')[2]}",
            order=None if only else self.facts,
            refunds={only: self.refunds[only]} if only else refunds,
            customer=self.customer if not only or rng.random() < 0.5 else Customer(),
            payments=(self.payment,) if self.payment and not only else (),
        )
        yield from _sent(self.teller, self.at, name, "shop", event)

    def evidence(self, refund: str) -> Iterator[Happening]:
        """The payment provider tells of the same refund, and may or may not know the order."""
        rng, name = self.teller.rng, self.teller.next("m")
        event = PaymentTold(
            reference=Reference(f"payment/{self.payment}"),
            delivery=name,
            aliases=(self.payment,),
            orders=(self.reference,) if rng.random() < 0.3 else (),
            refunds={refund: self.refunds[refund]},
        )
        yield from _sent(self.teller, self.at, name, "payments", event)

    def changes(self, **facts: object) -> None:
        """Something about the order is different from now on."""
        self.facts = msgspec.structs.replace(self.facts, changed_at=self.moment(), **facts)

    def refunds_some(self, key: str, status: RefundStatus, share: int) -> None:
        """Some hundredths of the goods go back, or a refund gets another status."""
        goods = self.facts.amounts.goods * share // 100
        before = self.refunds.get(key)
        amounts = before.amounts if before else Amounts(goods=goods, tax=goods // 6)
        self.refunds[key] = RefundFacts(self.moment(), status, amounts)

    def moment(self) -> Instant:
        """The shop's own time: some shops count whole seconds only, so that two versions can be equally old."""
        instant = START + self.at
        return instant if self.teller.rng.random() < 0.8 else instant - instant % 1_000


def orders(teller: Teller, at: Instant) -> Iterator[Happening]:
    """One order from the checkout to its last late refund."""
    order = _placed(teller, at)
    rng = teller.rng
    yield from order.told(with_refunds=False)
    for _ in range(rng.randrange(7)):
        order.at += teller.gap()
        yield from _changed(order, rng)


def bought_and_used(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Points are earned, used, and then the order goes back: debts. Some uses are undone again."""
    order = _placed(teller, at)
    rng = teller.rng
    yield from order.told(with_refunds=False)
    used_at = order.at + teller.gap() + 600
    for _ in range(rng.choice((1, 1, 2, 4))):
        name = teller.next("use")
        reference = Reference(f"redemption/{name}")
        share = rng.choice((30, 90, 100, 100, 130))
        yield Uses(
            used_at + rng.randrange(50), name, order.person, reference, share, is_hold=False, twice=rng.random() < 0.1
        )
        if rng.random() < 0.35:
            for part in (40, 100):
                yield GivesBack(used_at + teller.gap() + 1_000, teller.next("back"), reference, part)
    order.at = used_at + teller.gap()
    if rng.random() < 0.8:
        for key, share in (("whole", 100),) if rng.random() < 0.6 else (("first", 30), ("second", 50)):
            order.refunds_some(key, "succeeded", share)
            yield from order.told(with_refunds=True, only=key if rng.random() < 0.4 else "")
            order.at += teller.gap()


def newcomers(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Somebody whom nobody has seen buys two or three things at once, and one more later."""
    name = teller.next("newcomer")
    customer = Customer(email=f"{name}@example.com")
    for gap in (0, teller.rng.randrange(20), teller.rng.randrange(20), teller.gap()):
        order = _placed(teller, at + gap)
        order.customer = customer
        yield from order.told(with_refunds=False)


def two_in_a_row(teller: Teller, at: Instant, person: int) -> Iterator[Happening]:
    """Somebody buys twice within the time in which their phone is pushed once."""
    for gap in (0, 5_000):
        order = _placed(teller, at + gap)
        order.customer = townsfolk(teller.people)[person].named("e")
        yield from order.told(with_refunds=False)


def checkouts(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Points are set aside, and captured, released or forgotten, in time or after it; some are resolved twice."""
    rng, person, name = teller.rng, teller.person(), teller.next("hold")
    reference = Reference(f"redemption/{name}")
    share = rng.choice((10, 30, 60, 100, 120))
    yield Uses(at, name, person, reference, share, is_hold=True, twice=rng.random() < 0.1)
    for _ in range(rng.choice((0, 1, 1, 1, 2))):
        later = rng.choice((50, 2_000, 60_000, 19 * 60_000, 30 * 60_000))
        how: Literal["capture", "capture half", "release"] = rng.choice(("capture", "capture half", "release"))
        yield Resolves(at + 500 + rng.randrange(later), teller.next("resolve"), reference, how)


def activities(teller: Teller, at: Instant) -> Iterator[Happening]:
    """A review, told once or more, before or after its author's first order."""
    rng, name = teller.rng, teller.next("m")
    person = townsfolk(teller.people)[teller.person()]
    event = ActivityTold(
        delivery=name,
        type=rng.choice(("review.created", "review.created", "photo.added")),
        object=f"thing-{rng.randrange(8)}",
        occurred_at=START + at,
        customer=person.named(rng.choice("ep")),
    )
    yield from _sent(teller, at, name, "reviews", event)


def erasures(teller: Teller, at: Instant) -> Iterator[Happening]:
    """Somebody wants to be forgotten, or a shop leaves."""
    name = teller.next("m")
    person = townsfolk(teller.people)[teller.person()]
    everyone = teller.rng.random() < 0.5
    event = ErasureAsked(name, Customer() if everyone else person.named("e"), everyone=everyone)
    yield from _sent(teller, at, name, "shop", event)


def _placed(teller: Teller, at: Instant) -> _Order:
    rng, number = teller.rng, teller.next("")
    person = teller.person()
    goods = rng.choice((rng.randrange(100, 3_000), rng.randrange(3_000, 60_000)))
    amounts = Amounts(goods=goods, tax=goods // 6, shipping=490 if rng.random() < 0.3 else 0)
    if rng.random() < 0.1:
        amounts = msgspec.structs.replace(amounts, points_paid=goods // 3)
    moment = START + at
    facts = OrderFacts(
        changed_at=moment,
        occurred_at=moment - (rng.randrange(40 * _DAY) if rng.random() < 0.1 else rng.randrange(30)),
        currency="USD" if rng.random() < 0.02 else "EUR",
        amounts=amounts,
        is_paid=rng.random() < 0.9,
        is_cancelled=rng.random() < 0.04,
        delivered_at=moment if rng.random() < 0.3 else None,
    )
    payment = f"pay/{number}" if rng.random() < 0.35 else ""
    customer = townsfolk(teller.people)[person].named(rng.choice(_NAMED))
    return _Order(teller, Reference(f"order/harbour/{number}"), person, customer, payment, facts, at=at)


def _changed(order: _Order, rng: random.Random) -> Iterator[Happening]:
    """One more thing happens to an order, and is told."""
    amounts = order.facts.amounts
    pending = [key for key, refund in order.refunds.items() if refund.status == "pending"]
    match rng.choice(
        ("refund", "refund", "refund", "settled", "edit", "cancel", "reopen", "paid", "delivered", "same")
    ):
        case "refund":
            key = f"r{len(order.refunds)}"
            order.refunds_some(key, rng.choice(("succeeded", "succeeded", "pending")), rng.choice((10, 33, 50, 100)))
            if order.payment and rng.random() < 0.7:
                yield from order.evidence(key)
            if rng.random() < 0.8:
                yield from order.told(with_refunds=True, only=key if rng.random() < 0.5 else "")
            return
        case "settled" if pending or order.refunds:
            key = rng.choice(pending or sorted(order.refunds))
            order.refunds_some(key, rng.choice(("succeeded", "failed", "failed")), 0)
            yield from order.told(with_refunds=True, only=key if rng.random() < 0.5 else "")
            return
        case "edit":
            goods = amounts.goods * rng.choice((50, 90, 110, 200)) // 100
            order.changes(amounts=msgspec.structs.replace(amounts, goods=goods, tax=goods // 6))
        case "cancel":
            order.changes(is_cancelled=True)
        case "reopen":
            order.changes(is_cancelled=False, is_paid=True)
        case "paid":
            order.changes(is_paid=rng.random() < 0.8)
        case "delivered":
            order.changes(delivered_at=START + order.at)
    yield from order.told(with_refunds=rng.random() < 0.6)


def _sent(
    teller: Teller,
    at: Instant,
    name: str,
    connection: str,
    event: OrderTold | PaymentTold | ActivityTold | ErasureAsked,
) -> Iterator[Happening]:
    rng = teller.rng
    yield Tells(at + rng.randrange(rng.choice(_LATE)), name, connection, event)
    while rng.random() < 0.2:  # a sender may repeat what was answered long ago
        again = teller.next("again")
        yield Tells(at + rng.randrange(rng.choice(_LATE)) + rng.choice((0, 0, 5 * _DAY)), again, connection, event)
