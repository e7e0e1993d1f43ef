"""A program whose only sender is YooKassa: payments earn by themselves, and any order of news ends at one balance."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from whole_house import ANNA, PROGRAM, SETTINGS, Town, sqs_event, town
from yookassa_desk import SECRET, SHOP_ID, YOOKASSA, FakeApi, delivery

from chalicelib.bootstrap.house import assembled
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.laptop.yookassa_shop import Json, YooKassaShop

ANNAS = {"email": "anna.ozola@example.com", "order_id": "1001"}


def kassa(**more) -> YooKassaShop:
    clock, ids = itertools.count(1_763_812_800_000, 1000), itertools.count(1)
    return YooKassaShop(
        SHOP_ID, (SECRET,), clock=lambda: next(clock), new_id=lambda: next(ids).to_bytes(16), currency="EUR", **more
    )


def place(at: YooKassaShop) -> Town:
    here = town()
    here.own.programs.connect(Connection(PROGRAM, "kassa", "yookassa", "earns", (SECRET,), {"shop_id": SHOP_ID}))
    here.house = assembled(SETTINGS, here.own.replaced(api=FakeApi(at)))
    return here


def notify(here: Town, content: Json) -> None:
    headers = {"Content-Type": "application/json"}
    body = delivery(content).body
    assert here.house.hooks.answer(PROGRAM, "kassa", headers=headers, body=body, source=YOOKASSA) == Answer(200)


def work_off(here: Town) -> list[dict]:
    answers = []
    while waiting := here.deferred.take():
        answers.append(here.house.deferred(sqs_event([message for message, _ in waiting])))
    return answers


def balance(here: Town) -> int:
    return here.stored_balance(ANNA) if here.identity(ANNA) else 0


def test_payment_earns_once_its_money_is_captured():
    at = kassa()
    here = place(at)
    named = at.opened(4590, ANNAS)
    notify(here, at.held(named))
    work_off(here)
    assert balance(here) == 0
    notify(here, at.captured(named))
    work_off(here)
    assert balance(here) == 45


def test_forged_notification_earns_what_the_provider_knows_and_no_more():
    at = kassa()
    here = place(at)
    content = at.paid(4590, ANNAS)
    notify(here, content | {"object": content["object"] | {"amount": {"value": "9999.00", "currency": "EUR"}}})
    work_off(here)
    assert balance(here) == 45


def test_busy_provider_leaves_the_notification_waiting():
    at = kassa()
    here = place(at)
    notify(here, at.paid(4590, ANNAS))
    at.refusals += [503]
    waiting = [message for message, _ in here.deferred.take()]
    assert here.house.deferred(sqs_event(waiting)) != {"batchItemFailures": []}
    assert here.house.deferred(sqs_event(waiting)) == {"batchItemFailures": []}
    assert balance(here) == 45


def test_payment_that_nobody_knows_is_kept_and_somebody_looks():
    here = place(kassa())
    notify(here, kassa().paid(4590, ANNAS))
    assert work_off(here) == [{"batchItemFailures": []}]
    assert len(here.own.inbox.kept("quarantined")) == 1
    assert here.alarm.raised


@pytest.mark.parametrize("size", [1_100_000, 300_000])
def test_body_of_an_unlikely_size_is_not_taken(size):
    here = place(kassa())
    answer = here.house.hooks.answer(PROGRAM, "kassa", headers={}, body=b" " * size, source=YOOKASSA)
    assert answer.status in (401, 413)
    assert here.deferred.take() == []


@settings(max_examples=300, deadline=None)
@given(some.lists(some.tuples(some.integers(1, 3000), some.booleans()), max_size=5), some.booleans(), some.data())
def test_news_of_a_payment_ends_at_one_balance_in_any_order(refunds, is_held, data):
    at = kassa()
    here = place(at)
    named = at.opened(20_000, ANNAS)
    told = [at.held(named)] if is_held else []
    told.append(at.captured(named))
    gone = 0
    for amount, arrives in refunds:
        refund = at.refunded(named, amount, status="succeeded" if arrives else "canceled")
        told += [refund] if arrives else []
        gone += amount if arrives else 0
    repeated = data.draw(some.lists(some.sampled_from(told), max_size=3))
    for one in data.draw(some.permutations(told + repeated)):
        notify(here, one)
        if data.draw(some.booleans()):
            work_off(here)
    work_off(here)
    assert balance(here) == (20_000 - gone) // 100
    assert here.violations() == []
