"""The whole way: a shop on Shopify and Stripe beside it, told in any order and again, end at the money kept."""

import itertools
import json
from collections.abc import Callable
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as some
from stand_ins import DAY, SECOND
from stripe_desk import SECRET
from whole_house import ANNA, BEANS, PROGRAM, Town, town

from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.laptop.shopify_books import Item, Order, Refund
from ops.laptop.shopify_sender import Signed
from ops.laptop.stripe_sender import StripeSender
from ops.laptop.stripe_shapes import Payment

GRINDER = Item("Hand grinder", 8900)
CUP = Item("Cup", 1275)


class News(NamedTuple):
    """A delivery and the connection it comes to."""

    connection: str
    signed: Signed


def place() -> Town:
    """A house with a shop on Shopify, and Stripe beside it."""
    here = town()
    here.own.programs.connect(Connection(PROGRAM, "till", "stripe", "evidence", (SECRET,)))
    return here


def account(here: Town) -> StripeSender:
    ids = itertools.count(0xA0E)
    return StripeSender(SECRET, clock=here.clock.now, new_id=lambda: next(ids))


def balance(here: Town) -> int:
    return here.stored_balance(ANNA) if here.identity(ANNA) else 0


class Story:
    """One order at the shop and the payments it was paid with: what each side tells, and what should be left."""

    def __init__(self, here: Town, deposit: int | None) -> None:
        """`deposit`: what is paid at once, None for everything."""
        self.here, self.sells, self.till = here, here.shop, account(here)
        self.order: Order = self.sells.order(ANNA, [BEANS, GRINDER])
        self.payments: list[Payment] = []
        self.taken: dict[str, int] = {}
        self.told: list[News] = []
        self.by_shop(self.sells.created(self.order))
        self.pay(self.order.total if deposit is None else deposit)

    def by_shop(self, signed: Signed) -> None:
        self._add("shop", signed)

    def by_till(self, signed: Signed) -> None:
        self._add("till", signed)

    def _add(self, connection: str, signed: Signed) -> None:
        self.told.append(News(connection, signed))
        self.here.clock.forward(SECOND)

    def pay(self, amount: int) -> None:
        """Money arrives through Stripe, whose payment names the order it is for."""
        named = {"shopify_order_id": str(self.order.id)}
        payment = self.till.payment(amount, self.order.currency, str(ANNA.email), named)
        self.payments.append(payment)
        self.taken[payment.id] = 0
        self.by_shop(self.sells.paid(self.order, amount))
        self.by_till(self.till.paid(payment))

    def step(self, what: str, amount: int) -> None:
        steps: dict[str, Callable[[int], None]] = {
            "both": self.refunded_by_both,
            "shop": self.refunded_by_shop,
            "provider": self.refunded_by_provider,
            "slow": self.refunded_slowly,
            "piece": self.piece_returned,
            "restock": self.restocked,
            "add": self.thing_added,
            "remove": self.thing_removed,
            "settle": self.rest_paid,
            "look": self.looked_at,
            "lost": lambda amount: self.disputed(amount, "lost"),
            "won": lambda amount: self.disputed(amount, "won"),
            "cancel": self.cancelled,
        }
        if not self.order.cancelled_at or what in ("provider", "lost", "won", "look"):
            steps[what](amount)

    def refunded_by_both(self, amount: int) -> None:
        if self.order.kept >= amount and self.payable(amount):
            self.refunded_by_shop(amount)
            self.refunded_by_provider(amount)

    def refunded_by_shop(self, amount: int) -> None:
        if self.order.kept >= amount:
            self.by_shop(self.sells.refunded(self.order, amount=amount))

    def refunded_by_provider(self, amount: int) -> None:
        """Always by the refund's own event."""
        payment = self.payable(amount)
        if payment:
            self.by_till(self.till.refunded(payment, amount))
            self.taken[payment.id] += amount
            if amount % 2:
                self.by_till(self.till.charged(payment, "charge.refunded"))

    def refunded_slowly(self, amount: int) -> None:
        """The bank takes its time on both sides, and then refuses or not."""
        payment = self.payable(amount)
        if self.order.kept < amount or payment is None:
            return
        self.by_shop(self.sells.refunded(self.order, amount=amount, status="pending"))
        self.by_till(self.till.refunded(payment, amount, status="pending"))
        self.by_till(self.till.charged(payment, "charge.refunded"))
        arrives = amount % 2 == 0
        self.by_shop(self.sells.refund_settled(self.order, self.last_refund, "success" if arrives else "failure"))
        self.by_till(self.till.refund_settled(payment, payment.refunds[-1], "succeeded" if arrives else "failed"))
        self.taken[payment.id] += amount if arrives else 0

    def piece_returned(self, amount: int) -> None:
        line = self.order.lines[amount % len(self.order.lines)]
        if line.quantity and self.order.kept:
            self.by_shop(self.sells.refunded(self.order, {line.id: 1}))
            if self.payable(self.last_refund.amount):
                self.refunded_by_provider(self.last_refund.amount)

    def restocked(self, amount: int) -> None:
        """Pieces come back and the shop keeps their price."""
        line = self.order.lines[amount % len(self.order.lines)]
        if line.quantity:
            self.by_shop(self.sells.refunded(self.order, {line.id: 1}, amount=0))

    def thing_added(self, _: int) -> None:
        if len(self.order.lines) < 5:
            self.by_shop(self.sells.edited(self.order, add=[CUP]))

    def thing_removed(self, amount: int) -> None:
        line = self.order.lines[amount % len(self.order.lines)]
        if line.quantity:
            self.by_shop(self.sells.edited(self.order, remove={line.id: 1}))

    def rest_paid(self, _: int) -> None:
        if self.order.outstanding > 0:
            self.pay(self.order.outstanding)

    def looked_at(self, _: int) -> None:
        self.by_shop(self.sells.updated(self.order))
        self.by_till(self.till.charged(self.payments[0], "charge.updated"))

    def disputed(self, amount: int, outcome: str) -> None:
        payment = self.payable(amount)
        if payment is None:
            return
        dispute = self.till.dispute(payment, amount)
        self.by_till(self.till.disputed(dispute))
        self.by_till(self.till.disputed(dispute, "funds_withdrawn"))
        if outcome == "won":
            self.by_till(self.till.disputed(dispute, "funds_reinstated"))
        self.by_till(self.till.dispute_closed(dispute, outcome))
        self.taken[payment.id] += amount if outcome == "lost" else 0

    def cancelled(self, amount: int) -> None:
        """The shop cancels; its provider says so, too, or it does not."""
        self.by_shop(self.sells.cancelled(self.order))
        for payment in self.payments if amount % 2 else ():
            rest = payment.captured - self.taken[payment.id]
            if rest:
                self.by_till(self.till.refunded(payment, rest))
                self.taken[payment.id] += rest

    def payable(self, amount: int) -> Payment | None:
        """A payment of which so much is left."""
        return next((one for one in self.payments if 0 < amount <= one.captured - self.taken[one.id]), None)

    @property
    def last_refund(self) -> Refund:
        return self.order.refunds[-1]

    @property
    def left(self) -> int:
        """Points as anybody would count them: one for each whole euro that was paid and has not gone back.

        Shop and provider tell of the same refunds, so whoever tells of more is believed. A cancelled order is worth
        nothing, even when the shop keeps a part of its price.
        """
        if self.order.cancelled_at:
            return 0
        by_shop = self.order.paid - self.order.kept
        return max(0, self.order.paid - max(by_shop, sum(self.taken.values()))) // 100


def again(story: Story, news: News, number: int) -> News:
    """Much later: the shop's message under a new delivery id, the provider's event under a new id and signed anew."""
    if news.connection == "shop":
        named = {"X-Shopify-Webhook-Id": f"again-{number}", "X-Shopify-Event-Id": f"again-{number}"}
        return news._replace(signed=Signed(news.signed.headers | named, news.signed.body))
    body = json.loads(news.signed.body) | {"id": f"evt_again{number}"}
    return news._replace(signed=story.till.sign(json.dumps(body).encode()))


def tell(here: Town, news: News) -> None:
    assert here.deliver(news.signed, connection=news.connection) == Answer(200)


REFUNDS = ["both", "both", "shop", "provider", "slow", "piece", "restock", "cancel"]
OTHERS = ["add", "remove", "settle", "look", "lost", "won"]
STEPS = some.lists(some.tuples(some.sampled_from(REFUNDS + OTHERS), some.integers(1, 6000)), max_size=6)
DEPOSIT = some.none() | some.integers(1, 11_800)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(DEPOSIT, STEPS, some.data())
def test_shop_and_stripe_end_at_the_money_that_was_kept_in_any_order(deposit, steps, data):
    here = place()
    story = Story(here, deposit)
    for what, amount in steps:
        story.step(what, amount)
    repeated = data.draw(some.lists(some.sampled_from(story.told), max_size=3))
    for news in data.draw(some.permutations(story.told + repeated)):
        tell(here, news)
    assert balance(here) == story.left
    here.clock.forward(DAY)
    for number, news in enumerate(data.draw(some.lists(some.sampled_from(story.told), max_size=4))):
        tell(here, again(story, news, number))
    assert balance(here) == story.left
    here.follow()
    assert here.violations() == []
    assert not here.own.inbox.kept("quarantined")
    assert here.deferred.take() == []
