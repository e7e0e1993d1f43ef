"""A program whose only sender is Stripe: payments earn by themselves, and any order of events ends at one balance."""

import itertools
import json

from hypothesis import given, settings
from hypothesis import strategies as some
from stand_ins import DAY, SECOND
from stripe_desk import SECRET
from whole_house import ANNA, PROGRAM, Town, town

from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.laptop.shopify_sender import Signed
from ops.laptop.stripe_sender import StripeSender
from ops.laptop.stripe_shapes import Payment

PRICE = 12_345


def place() -> Town:
    here = town()
    here.own.programs.connect(Connection(PROGRAM, "till", "stripe", "earns", (SECRET,)))
    return here


def balance(here: Town) -> int:
    return here.stored_balance(ANNA) if here.identity(ANNA) else 0


def tell(here: Town, signed: Signed) -> None:
    assert here.deliver(signed, connection="till") == Answer(200)


class Story:
    """One payment, what Stripe tells of it, and what should be left of it."""

    def __init__(self, here: Town, till: StripeSender, captured: int) -> None:
        """`captured`: how much of the price is taken in the end; less than it was only reserved at first."""
        self.here, self.till = here, till
        self.payment: Payment = till.payment(PRICE, "EUR", str(ANNA.email), captured=captured == PRICE)
        self.taken = 0
        self.told: list[Signed] = []
        self.add(till.charged(self.payment))
        self.add(till.checked_out(self.payment))
        if captured and captured != PRICE:
            self.payment.captured = captured
            self.add(till.charged(self.payment, "charge.captured"))
        if captured:
            self.add(till.paid(self.payment))

    def add(self, signed: Signed) -> None:
        self.told.append(signed)
        self.here.clock.forward(SECOND)

    def step(self, what: str, amount: int) -> None:
        if what == "look":
            self.add(self.till.charged(self.payment, "charge.updated"))
        elif amount <= self.payment.captured - self.taken:
            self.disputed(amount, what) if what in ("lost", "won") else self.refunded(amount, what)

    def refunded(self, amount: int, outcome: str) -> None:
        """`outcome`: of a refund that the bank takes its time for; "at once" when it does not.

        Each refund has its own event, and the charge's sum says it once more.
        """
        self.add(self.till.refunded(self.payment, amount, status="succeeded" if outcome == "at once" else "pending"))
        self.add(self.till.charged(self.payment, "charge.refunded"))
        if outcome != "at once":
            self.add(self.till.refund_settled(self.payment, self.payment.refunds[-1], outcome))
        self.taken += amount if outcome in ("at once", "succeeded") else 0

    def disputed(self, amount: int, outcome: str) -> None:
        dispute = self.till.dispute(self.payment, amount)
        self.add(self.till.disputed(dispute))
        self.add(self.till.disputed(dispute, "funds_withdrawn"))
        if outcome == "won":
            self.add(self.till.disputed(dispute, "funds_reinstated"))
        self.add(self.till.dispute_closed(dispute, outcome))
        self.taken += amount if outcome == "lost" else 0

    @property
    def left(self) -> int:
        """Points as anybody would count them: one for each whole euro that was taken and has not gone back."""
        return (self.payment.captured - self.taken) // 100


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["at once", "at once", "succeeded", "failed", "canceled", "lost", "won", "look"]),
        some.integers(1, 6000),
    ),
    max_size=4,
)
PAYMENTS = some.lists(
    some.tuples(some.sampled_from([PRICE, PRICE, PRICE - 5_000, 0]), STEPS),
    min_size=1,
    max_size=2,  # two of them stay below the next level, which would multiply
)


def again(till: StripeSender, signed: Signed, number: int) -> Signed:
    """Much later, under a new id and signed anew."""
    return till.sign(json.dumps(json.loads(signed.body) | {"id": f"evt_again{number}"}).encode())


@settings(max_examples=300, derandomize=True, deadline=None)
@given(PAYMENTS, some.data())
def test_events_of_payments_end_at_one_balance_in_any_order(payments, data):
    here = place()
    ids = itertools.count(0xA0E)
    till = StripeSender(SECRET, clock=here.clock.now, new_id=lambda: next(ids))
    stories = []
    for captured, steps in payments:
        story = Story(here, till, captured)
        for what, amount in steps:
            story.step(what, amount)
        stories.append(story)
    told = [signed for story in stories for signed in story.told]
    repeated = data.draw(some.lists(some.sampled_from(told), max_size=3))
    for signed in data.draw(some.permutations(told + repeated)):
        tell(here, signed)
    left = sum(story.left for story in stories)
    assert balance(here) == left
    here.clock.forward(DAY)
    for number, signed in enumerate(data.draw(some.lists(some.sampled_from(told), max_size=4))):
        tell(here, again(till, signed, number))
    assert balance(here) == left
    here.follow()
    assert here.violations() == []
    assert not here.own.inbox.kept("quarantined")
    assert here.deferred.take() == []
