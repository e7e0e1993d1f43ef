"""No journal entry is larger than the definition's reading says, whatever happens to an account."""

import contextlib
import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import DAY
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.errors import Refused
from chalicelib.events import Reference
from chalicelib.ledger.redemptions import LONGEST_REFERENCE
from chalicelib.programs.entry_size import item_bytes, largest_entry_bytes, usual_entry_bytes
from chalicelib.services.claiming import Claims

MINUTE = 60_000


def sizes(here: Town) -> list[int]:
    accounts = here.own.audit.accounts(PROGRAM)
    return [item_bytes(PROGRAM, entry) for account in accounts for entry in here.entries(account)]


def named(number: int) -> Reference:
    """As long as a redemption's name may be."""
    return Reference(f"redemption/{number}/".ljust(LONGEST_REFERENCE, "x"))


class Life:
    """What can happen to one member, drawn at random."""

    def __init__(self, seed: int) -> None:
        self.here = town()
        self.chance = random.Random(seed)
        self.orders = [self.here.buys(ANNA, 100_000)]
        self.used: list[Reference] = []

    def buy(self) -> None:
        self.orders.append(self.here.buys(ANNA, self.chance.randrange(100, 60_000_000)))

    def refund(self) -> None:
        self.here.deliver(self.here.shop.refunded(self.chance.choice(self.orders)))

    def hold(self) -> None:
        self._use(self._hold)

    def _hold(self, name: Reference, points: int) -> None:
        until = self.here.clock.now() + self.chance.randrange(1, 30) * MINUTE
        account = self.here.account(ANNA)
        self.here.house.redemptions.hold(self.here.program, name, account, points, until=until, actor="api/web")

    def redeem(self) -> None:
        own, account = self.here.house.redemptions, self.here.account(ANNA)
        self._use(lambda name, points: own.redeem(self.here.program, name, account, points, actor="till"))

    def _use(self, act: Callable[[Reference, int], object]) -> None:
        there = self.here.stored_balance(ANNA)
        name = named(len(self.used))
        with contextlib.suppress(Refused):
            act(name, max(1, there * self.chance.randrange(1, 101) // 100))
            self.used.append(name)

    def capture(self) -> None:
        self._resolve("capture")

    def reverse(self) -> None:
        self._resolve("reverse")

    def _resolve(self, step: str) -> None:
        if self.used:
            with contextlib.suppress(Refused):
                getattr(self.here.house.redemptions, step)(
                    self.here.program, self.chance.choice(self.used), actor="api/web"
                )

    def minutes_pass(self) -> None:
        self.here.clock.forward(self.chance.randrange(1, 20) * MINUTE)

    def months_pass(self) -> None:
        self.here.clock.forward(self.chance.choice([10, 31, 31, 31, 400]) * DAY)


STEPS = ("buy", "buy", "refund", "hold", "hold", "redeem", "capture", "reverse", "minutes_pass", "months_pass")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(STEPS), min_size=20, max_size=60))
def test_no_entry_is_larger_than_the_largest(seed: int, steps: list[str]) -> None:
    life = Life(seed)
    for step in steps:
        getattr(life, step)()
    here = life.here
    here.buys(BORIS, 9_999_900)
    own = here.own
    Claims(own.ledger, own.members, own.vault, own.clock).merge(here.program, here.account(ANNA), here.account(BORIS))
    assert max(sizes(here)) <= largest_entry_bytes(here.program.latest.definition)


def test_a_member_who_buys_every_month_for_years_stays_within_one_write_unit() -> None:
    """The first entry of a month also tells what ended with the one before: it may be a little larger."""
    here, months = town(), []
    for month in range(30):
        for _ in range(3):
            here.buys(ANNA, 60_000 + 7_919 * month % 30_000)
        months.append(sizes(here)[-3:])
        here.clock.forward(30 * DAY)
    usual = usual_entry_bytes(here.program.latest.definition)
    assert 800 < max(size for first, *rest in months for size in rest) <= usual <= 1024
    assert max(first for first, *_ in months) <= 1024 + 128


def test_a_year_of_points_and_four_open_holds_are_counted() -> None:
    life = Life(seed=1)
    for _ in range(13):
        life.buy()
        life.here.clock.forward(30 * DAY)
    for _ in range(4):
        life.hold()
    assert len(life.here.newest(life.here.account(ANNA)).snap.purse("beans").holds) == 4
    assert 1_500 < max(sizes(life.here)) <= largest_entry_bytes(life.here.program.latest.definition)
