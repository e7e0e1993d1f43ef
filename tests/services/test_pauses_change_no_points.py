"""Whatever was paused and resumed, and however often: in the end all points are as if nothing had ever been paused."""

import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pausing_room import work_off
from stand_ins import DAY, HOUR, MINUTE
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, SECRET, sqs_event, town

from chalicelib.errors import Refused
from chalicelib.ledger.journal import Snapshot
from chalicelib.programs.pausing import holding_back
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Connection
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender

BACK = ("refunds", "cancels")
WHOLE, SINGLE = ("",), ("", "shop", "market")
NO_FASTER = DEFINITION.replace(", multiply: 1.25", "").replace(", multiply: 1.5", "")
"""The same program, whose levels do not collect faster: no order's worth depends on what came before it."""
BUYERS = (ANNA, BORIS)


@dataclass(frozen=True)
class Act:
    """What happens `after` milliseconds of the one before. which: of the buyers, connections or orders."""

    does: Literal["buys", "refunds", "cancels", "again", "pause", "resume", "work"]
    after: int
    which: int = 0
    price: int = 0


GAPS = st.sampled_from([MINUTE, 10 * MINUTE, 5 * HOUR, 2 * DAY])
PRICES = st.sampled_from([900, 4599, 12_000, 31_000])
SELLS = st.builds(
    Act,
    st.sampled_from(["buys", "buys", "buys", "refunds", "cancels", "again"]),
    GAPS,
    st.integers(0, 5),
    PRICES,
)
STOPS = st.builds(Act, st.sampled_from(["pause", "resume", "resume", "work"]), GAPS, st.integers(0, 2))
SCHEDULES = st.lists(st.one_of(SELLS, STOPS), min_size=4, max_size=30)


class Month:
    """A schedule, told to one house. stops: what is paused in it, by connection, "" for the program; () for nothing"""

    def __init__(self, stops: tuple[str, ...], definition: str) -> None:
        self.here, self._stops, self._is_exact = town(definition), stops, definition == DEFINITION
        self.here.own.programs.connect(Connection(PROGRAM, "market", "shopify", "earns", (SECRET,)))
        ids = iter(range(990_000_000_000_000_001, 990_000_000_000_900_000, 7))
        market = Sender(SECRET, "market.myshopify.com", clock=self.here.clock.now, new_id=lambda: next(ids))
        self._shops = (("shop", self.here.shop), ("market", market))
        self._orders: list[tuple[str, Sender, Any]] = []
        self._sent: list[tuple[str, Any]] = []
        self._at = self.here.clock.now()
        self.here.member(ANNA)

    def act(self, act: Act) -> None:
        self._at += act.after
        self.here.clock.instant = self._at
        if act.does in ("pause", "resume", "work"):
            if self._stops:
                self._order(act)
            return
        self._sell(act)

    def _sell(self, act: Act) -> None:
        if act.does == "buys":
            name, shop = self._shops[act.which % 2]
            order = shop.order(BUYERS[act.which % 3 % 2], [Item("Beans", act.price)])
            self._orders.append((name, shop, order))
            self._tell(name, shop.paid(order))
        elif not self._orders:
            return
        elif act.does == "again":
            name, signed = self._sent[act.which % len(self._sent)]
            self.here.deliver(signed, connection=name)
        else:
            name, shop, order = self._orders[act.which % len(self._orders)]
            told = shop.refunded(order, amount=500) if act.does == "refunds" else shop.cancelled(order)
            self._tell(name, told)

    def _tell(self, connection: str, signed: Any) -> None:
        self._sent.append((connection, signed))
        assert self.here.deliver(signed, connection=connection).status == 200

    def _order(self, act: Act) -> None:
        pausing, program, connection = (
            self.here.house.pausing,
            self.here.program,
            self._stops[act.which % len(self._stops)],
        )
        if act.does == "pause":
            pausing.pause(program, "earning", connection=connection, by="olga")
        elif act.does == "resume":
            with contextlib.suppress(Refused):  # not paused, and nothing waits
                pausing.resume(program, "earning", connection=connection, by="olga", rate=200)
        else:  # some of the queue's messages, the schedule, and not all of what waits
            for message, _ in self.here.deferred.take():
                assert self.here.house.deferred(sqs_event([message])) == {"batchItemFailures": []}
            self.here.house.walking.revive()

    def ended(self) -> dict[str, object]:
        """Everything resumed and worked off: what each buyer has at one and the same instant."""
        if self._stops:
            for pause in list(self.here.program.pauses):
                self.here.house.pausing.resume(
                    self.here.program, "earning", connection=pause.connection, by="olga", rate=200
                )
            work_off(self.here)
            assert not holding_back(self.here.program.pauses, "shop")
            assert self.here.own.inbox.kept("paused") == []
        self.here.follow()
        assert self.here.violations() == []
        return {buyer.email or "": self.stand(buyer) for buyer in BUYERS}

    def points(self, buyer: Buyer) -> int:
        """What a buyer has, or owes."""
        if self.here.identity(buyer) is None:
            return 0
        return self._settled(buyer).purse("beans").balance

    def stand(self, buyer: Buyer) -> object:
        if self.here.identity(buyer) is None:
            return None
        snap = self._settled(buyer)
        return snap.purses, snap.tier if self._is_exact else snap.tier.level, snap.metrics

    def _settled(self, buyer: Buyer) -> Snapshot:
        return standing(self.here.own.ledger, self.here.program, self.here.account(buyer), self._at + DAY).snap


def told(schedule: Sequence[Act], stops: tuple[str, ...], definition: str) -> tuple[Month, Month]:
    """The schedule with its pauses, and without."""
    paused, plain = Month(stops, definition), Month((), definition)
    for act in schedule:
        paused.act(act)
        plain.act(act)
    return paused, plain


def assert_alike(schedule: Sequence[Act], stops: tuple[str, ...] = WHOLE, definition: str = DEFINITION) -> None:
    paused, plain = told(schedule, stops, definition)
    assert paused.ended() == plain.ended()


@settings(max_examples=50, deadline=None)
@given(SCHEDULES)
def test_points_and_levels_are_as_if_nothing_had_been_paused(schedule: list[Act]) -> None:
    assert_alike([act for act in schedule if act.does not in BACK])


@settings(max_examples=50, deadline=None)
@given(SCHEDULES)
def test_refunds_change_nothing_either_where_levels_do_not_collect_faster(schedule: list[Act]) -> None:
    assert_alike(schedule, WHOLE, NO_FASTER)


@settings(max_examples=50, deadline=None)
@given(SCHEDULES)
def test_nor_do_pauses_of_single_connections(schedule: list[Act]) -> None:
    assert_alike(schedule, SINGLE, NO_FASTER)


@settings(max_examples=50, deadline=None)
@given(SCHEDULES)
def test_a_level_that_a_waiting_refund_takes_away_is_kept_a_little_longer_and_costs_nobody_a_point(
    schedule: list[Act],
) -> None:
    """A level is lost when the refund is recorded: orders told after it, and during the pause, still had it."""
    paused, plain = told(schedule, WHOLE, DEFINITION)
    paused.ended()
    plain.ended()
    for buyer in BUYERS:
        assert paused.points(buyer) >= plain.points(buyer)


@pytest.mark.parametrize(
    ("stops", "definition", "left_out"),
    [(WHOLE, DEFINITION, BACK), (WHOLE, NO_FASTER, ()), (SINGLE, NO_FASTER, ())],
    ids=["no refunds", "whole", "single"],
)
@pytest.mark.parametrize("seed", range(6))
def test_a_long_month_of_pauses_changes_no_point(
    seed: int, stops: tuple[str, ...], definition: str, left_out: tuple[str, ...]
) -> None:
    chance = random.Random(seed)
    kinds = ["buys"] * 9 + ["refunds", "refunds", "cancels", "again", "pause", "resume", "resume", "work"]
    schedule = [
        Act(
            chance.choice([kind for kind in kinds if kind not in left_out]),  # type: ignore[arg-type]
            chance.choice([MINUTE, HOUR, 6 * HOUR]),
            chance.randrange(3),
            chance.choice([900, 4599, 12_000]),
        )
        for _ in range(120)
    ]
    assert_alike(schedule, stops, definition)


def test_a_schedule_without_pauses_is_no_proof() -> None:
    """The comparison sees a difference when something is missing."""
    one, other = Month(WHOLE, DEFINITION), Month((), DEFINITION)
    act = Act("buys", MINUTE, 0, 4599)
    one.act(Act("pause", MINUTE, 0))
    one.act(act)
    other.act(act)
    assert one.stand(ANNA) != other.stand(ANNA)


def test_orders_that_make_a_level_are_recorded_before_those_that_profit_from_it() -> None:
    assert_alike(
        [
            Act("pause", MINUTE, 0),
            Act("buys", MINUTE, 0, 31_000),
            Act("buys", 10 * MINUTE, 3, 12_000),
            Act("resume", MINUTE, 0),
            Act("buys", MINUTE, 0, 12_000),
            Act("work", MINUTE),
            Act("buys", MINUTE, 0, 12_000),
        ]
    )
