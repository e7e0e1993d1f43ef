"""Signed deliveries repeated, late, out of order and all at once: one outcome (duplicates and order of webhooks)."""

import itertools
import random
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from stand_ins import DAY, SECOND
from whole_house import ANNA, PROGRAM, Town, town, town_on

from ops.laptop.engine import Engine
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Signed


def test_paid_three_times_is_one_accrual() -> None:
    here = town()
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    paid = here.shop.paid(order)
    for _ in range(3):
        assert here.deliver(paid).status == 200
    assert [entry.kind for entry in here.entries(here.account(ANNA))] == ["earned"]


def test_cancelled_and_then_late_paid_is_worth_nothing() -> None:
    here = town()
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    paid = here.shop.paid(order)
    here.clock.forward(SECOND)
    cancelled = here.shop.cancelled(order)
    here.deliver(cancelled)
    here.deliver(paid)
    assert here.identity(ANNA) is None
    assert here.own.audit.accounts(PROGRAM) == []


def test_same_payload_under_a_new_delivery_id_is_one_accrual() -> None:
    here = town()
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    paid = here.shop.paid(order)
    here.deliver(paid)
    here.deliver(paid, x_shopify_webhook_id="11111111-2222-3333-4444-555555555555", x_shopify_event_id="other")
    assert here.stored_balance(ANNA) == 45
    assert here.newest(here.account(ANNA)).seq == 1


@pytest.mark.parametrize("days", [5, 100])
def test_replay_days_later_is_still_one_accrual(days: int) -> None:
    here = town()
    link = here.member(ANNA)
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    paid = here.shop.paid(order)
    here.deliver(paid)
    here.clock.forward(days * DAY)
    here.deliver(paid)
    assert here.facts(link)["points"] == 45
    assert here.newest(here.account(ANNA)).seq == 1


def _six_messages(here: Town) -> tuple[Any, list[Signed]]:
    """created, paid, a part refund, an edit with its money, another part refund, delivered."""
    order = here.shop.order(ANNA, [Item("Beans", 4599), Item("Cup", 1999)])
    messages = []
    for tell in (
        lambda: here.shop.created(order),
        lambda: here.shop.paid(order),
        lambda: here.shop.refunded(order, amount=1000),
        lambda: _edited_and_paid(here, order),
        lambda: here.shop.refunded(order, {order.lines[1].id: 1}),
        lambda: here.shop.fulfilled(order, is_delivered=True),
    ):
        messages.append(tell())
        here.clock.forward(2 * SECOND)
    return order, messages


def _edited_and_paid(here: Town, order: Any) -> Signed:
    here.shop.edited(order, add=[Item("Spoon", 700)])
    return here.shop.paid(order)


def test_all_720_orders_of_six_messages_end_at_one_balance_and_one_document() -> None:
    ends: dict[tuple[Any, ...], int] = {}
    for arrival in itertools.permutations(range(6)):
        here = town()
        order, messages = _six_messages(here)
        for number in arrival:
            assert here.deliver(messages[number]).status == 200
        document = here.document(order)
        snap = here.newest(here.account(ANNA)).snap
        metrics = tuple((name, cells) for name, cells in snap.metrics.items())
        end = (
            snap.purse("beans").cells,
            snap.purse("beans").debt,
            metrics,
            snap.tier.level,
            document.facts,
            tuple(sorted(document.refunds)),
            document.posted,
            document.rolled,
            document.state,
        )
        ends[repr(end)] = ends.get(repr(end), 0) + 1  # type: ignore[index]
    assert list(ends.values()) == [720]
    (only,) = ends
    assert "points=42" in str(only)  # 45.99 + 19.99 + 7.00 - 10.00 - 19.99 euros


def test_all_orders_of_cancellation_and_payment_end_at_nothing() -> None:
    for arrival in itertools.permutations(range(4)):
        here = town()
        order = here.shop.order(ANNA, [Item("Beans", 4599)])
        messages = [here.shop.created(order)]
        for tell in (here.shop.paid, partial(here.shop.refunded, amount=500), here.shop.cancelled):
            here.clock.forward(2 * SECOND)
            messages.append(tell(order))
        for number in arrival:
            here.deliver(messages[number])
        purses = [here.newest(account).snap.purse("beans") for account in here.own.audit.accounts(PROGRAM)]
        assert sum(purse.balance for purse in purses) == 0, arrival
        assert here.violations() == []


# --- all at once --------------------------------------------------------------------------------------------------


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call answers, all started together on threads of their own. The first error is raised."""
    ready, answers = threading.Barrier(len(calls)), [None] * len(calls)
    errors: list[BaseException] = []

    def run(place: int, call: Callable[[], Any]) -> None:
        ready.wait()
        try:
            answers[place] = call()
        except BaseException as err:
            errors.append(err)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return answers


def _fifty_at_once(here: Town, refunds: int, seed: int) -> tuple[Any, set[int]]:
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    paid = here.shop.paid(order)
    here.clock.forward(SECOND)
    refund = here.shop.refunded(order, amount=1000)
    mix = [refund] * refunds + [paid] * (50 - refunds)
    random.Random(seed).shuffle(mix)
    answers = at_once([lambda signed=signed: here.deliver(signed) for signed in mix])
    return order, {answer.status for answer in answers}


@pytest.mark.parametrize("refunds", [0, 1, 25, 49])
def test_fifty_at_once_in_any_mix_end_at_one_balance(refunds: int) -> None:
    here = town()
    _, statuses = _fifty_at_once(here, refunds, seed=refunds)
    here.work_off_deferred()
    assert statuses == {200}
    assert here.stored_balance(ANNA) == (35 if refunds else 45)
    assert len(here.own.audit.accounts(PROGRAM)) == 1
    assert here.violations() == []


@pytest.mark.parametrize("refunds", [0, 20])
def test_fifty_at_once_in_any_mix_end_at_one_balance_on_the_engine(engine: Engine, refunds: int) -> None:
    here = town_on(engine)
    _, statuses = _fifty_at_once(here, refunds, seed=refunds)
    while here.work_off_deferred()["batchItemFailures"]:
        pass
    assert statuses == {200}
    assert here.stored_balance(ANNA) == (35 if refunds else 45)
    assert len(here.own.audit.accounts(PROGRAM)) == 1
    here.follow()
    assert here.violations() == []


def test_many_orders_of_one_buyer_at_once_all_count() -> None:
    here = town()
    orders = [here.shop.order(ANNA, [Item("Beans", 1000)]) for _ in range(30)]
    messages = [here.shop.paid(order) for order in orders]
    answers = at_once([lambda signed=signed: here.deliver(signed) for signed in messages])
    assert {answer.status for answer in answers} == {200}
    while here.work_off_deferred()["batchItemFailures"]:
        pass
    # 300 beans make Silver, and no order comes after them.
    assert here.stored_balance(ANNA) == 300
    assert here.violations() == []
