"""However slow the stores are, a webhook is answered in time, and nothing that was acknowledged is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import SECOND, HandClock
from whole_house import ANNA, PROGRAM, SETTINGS, Town, sqs_event, town

from chalicelib.errors import TryAgain
from chalicelib.events import Reference
from chalicelib.ledger.documents import OrderDocument
from ops.laptop.shopify_books import Buyer, Item

STORES = ("ledger", "members", "cards", "views", "programs", "inbox", "deferred", "pushes")
WITHIN = SETTINGS.webhook_seconds * SECOND


class Slow:
    """Every call takes `milliseconds` of the clock; the first calls of a test may be quicker."""

    def __init__(self, milliseconds: int, *, quick: int = 0) -> None:
        self.clock = HandClock()
        self.milliseconds = milliseconds
        self.quick = quick
        self.is_on = True

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        if self.is_on:
            if self.quick > 0:
                self.quick -= 1
            else:
                self.clock.forward(self.milliseconds)
        return call()


class Down:
    """The port cannot be reached: a second passes, and the call fails."""

    def __init__(self, slow: Slow) -> None:
        self.slow = slow
        self.is_on = True

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        self.slow.clock.forward(SECOND)
        if self.is_on:
            raise TryAgain("unavailable")
        return call()


def slow_town(slow: Slow, **around: Any) -> Town:
    here = town(around=dict.fromkeys(STORES, slow) | around)
    slow.clock = here.clock
    return here


def took(here: Town, signed: Any) -> tuple[int, int]:
    """The answer's status and how long it took, in milliseconds."""
    before = here.clock.now()
    status = here.deliver(signed).status
    return status, here.clock.now() - before


def balance(here: Town, slow: Slow, buyer: Buyer = ANNA) -> int:
    slow.is_on = False
    return here.stored_balance(buyer)


def paid(here: Town, price: int = 4599) -> Any:
    return here.shop.paid(here.shop.order(ANNA, [Item("Beans", price)]))


def test_store_that_takes_a_second_a_call_defers_the_webhook_in_time() -> None:
    slow = Slow(SECOND)
    here = slow_town(slow)
    status, milliseconds = took(here, paid(here))
    assert status == 200
    assert milliseconds <= WITHIN
    (waiting,) = here.deferred.take()
    assert here.house.deferred(sqs_event([waiting[0]])) == {"batchItemFailures": []}
    assert balance(here, slow) == 45


@pytest.mark.parametrize("milliseconds", [1, 50, 150, 200, 300, 400, 500, 700, 900, 1000])
@pytest.mark.parametrize("quick", [0, 1, 2, 3, 4, 5, 6, 7, 8])
def test_however_slow_it_gets_the_answer_is_in_time_and_the_points_come(milliseconds: int, quick: int) -> None:
    """`quick`: so many calls answer at once before the store slows down."""
    slow = Slow(0)
    here = slow_town(slow)
    here.buys(Buyer(ANNA.id), 1000)
    here.member(ANNA)  # the order will also link the shop's id and move what waited under it
    slow.milliseconds, slow.quick = milliseconds, quick
    status, passed = took(here, paid(here))
    assert status == 200
    assert passed <= WITHIN
    slow.is_on = False
    while here.work_off_deferred()["batchItemFailures"]:
        pass
    here.deliver(paid(here, 100))
    assert balance(here, slow) == 45 + 1 + 10
    assert here.violations() == []


@pytest.mark.parametrize(
    "tell",
    [
        lambda here: here.shop.data_asked(ANNA),
        lambda here: here.shop.erasure_asked(ANNA),
        lambda here: here.shop.shop_left(),
        lambda here: here.shop.sign("products/update", b'{"id":1}'),
        lambda here: here.shop.sign("orders/paid", b"{}"),
    ],
    ids=["data asked", "erasure asked", "shop left", "unused topic", "not understood"],
)
def test_every_topic_is_answered_in_time(tell: Callable[[Town], Any]) -> None:
    slow = Slow(0)
    here = slow_town(slow)
    here.member(ANNA)
    for number in range(10):
        here.buys(Buyer(None, f"guest{number}@example.com"), 1000)
    slow.milliseconds = SECOND
    status, passed = took(here, tell(here))
    assert status == 200
    assert passed <= WITHIN


def test_order_in_another_currency_is_answered_in_time_and_still_kept() -> None:
    slow = Slow(700)
    here = slow_town(slow)
    here.shop.currency = "USD"
    status, passed = took(here, paid(here))
    assert (status, passed <= WITHIN) == (200, True)
    slow.is_on = False
    here.work_off_deferred()
    assert len(here.own.inbox.kept("refused")) == 1


def test_while_the_inbox_is_down_the_body_itself_waits_in_the_queue() -> None:
    slow = Slow(SECOND)
    here = slow_town(slow, inbox=Down(slow))
    signed = paid(here)
    status, passed = took(here, signed)
    assert (status, passed <= WITHIN) == (200, True)
    ((message, _),) = here.deferred.take()
    assert "body" in message
    assert here.house.deferred(sqs_event([message])) == {"batchItemFailures": []}
    assert balance(here, slow) == 45


def test_while_inbox_and_queue_are_down_the_sender_is_asked_to_repeat() -> None:
    slow = Slow(SECOND)
    inbox, queue = Down(slow), Down(slow)
    here = slow_town(slow, inbox=inbox, deferred=queue)
    signed = paid(here)
    before = here.clock.now()
    answer = here.deliver(signed)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert here.clock.now() - before <= WITHIN
    inbox.is_on = queue.is_on = slow.is_on = False
    assert here.deliver(signed).status == 200
    here.work_off_deferred()
    assert balance(here, slow) == 45


def test_not_understood_while_the_inbox_is_down_is_asked_for_again() -> None:
    slow = Slow(0)
    here = slow_town(slow, inbox=Down(slow))
    assert here.deliver(here.shop.sign("orders/paid", b"{}")).status == 503


def test_ledger_that_is_down_defers_and_its_queue_message_comes_again_until_it_is_up() -> None:
    slow = Slow(0)
    down = Down(slow)
    here = slow_town(slow, ledger=down)
    assert here.deliver(paid(here)).status == 200
    ((message, _),) = here.deferred.take()
    assert here.house.deferred(sqs_event([message])) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    down.is_on = False
    assert here.house.deferred(sqs_event([message])) == {"batchItemFailures": []}
    assert balance(here, slow) == 45


def test_programs_that_cannot_be_read_are_no_reason_to_say_401() -> None:
    slow = Slow(0)
    here = slow_town(slow, programs=Down(slow))
    assert here.deliver(paid(here)).status == 503


def test_one_bad_message_of_a_batch_does_not_hold_up_the_others() -> None:
    slow = Slow(0)
    down = Down(slow)
    here = slow_town(slow, ledger=down)
    for price in (1000, 2000):
        here.deliver(paid(here, price))
    messages = [message for message, _ in here.deferred.take()]
    down.is_on = False
    gone = {"program": PROGRAM, "connection": "shop", "key": "bean-street/shop/deferred/2026-06-23/gone.json"}
    answer = here.house.deferred(sqs_event([messages[0], gone, messages[1]]))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert here.alarm.names == ["message_broken"]
    assert balance(here, slow) == 30


def test_deferred_delivery_is_kept_byte_for_byte() -> None:
    slow = Slow(SECOND)
    here = slow_town(slow)
    signed = paid(here)
    here.deliver(signed)
    ((message, _),) = here.deferred.take()
    kept = here.own.inbox.read(str(message["key"])) if "key" in message else here.house.hooks.reception.stored(message)
    assert kept is not None
    assert kept.body == signed.body


def test_repeat_of_a_deferred_delivery_posts_once() -> None:
    slow = Slow(SECOND)
    here = slow_town(slow)
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    signed = here.shop.paid(order)
    for _ in range(3):
        assert here.deliver(signed).status == 200
    slow.is_on = False
    here.work_off_deferred()
    document = here.own.ledger.document(PROGRAM, Reference(f"order/shopify/{order.id}"))
    assert isinstance(document, OrderDocument)
    assert document.revision == 1
    assert balance(here, slow) == 45
