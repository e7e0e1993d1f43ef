"""The whole way: what a shop on WooCommerce says, alone or beside YooKassa, ends at one balance in any order."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from stand_ins import Silence
from whole_house import ANNA, PROGRAM, SETTINGS, Town, sqs_event, town
from woocommerce_desk import BEANS, GRINDER, SECRET, SITE
from yookassa_desk import SECRET as KEY
from yookassa_desk import SHOP_ID, YOOKASSA, FakeApi, delivery

from chalicelib.bootstrap.house import assembled
from chalicelib.services.answer import Answer
from chalicelib.services.ports import Connection
from ops.laptop.shopify_sender import Signed
from ops.laptop.woocommerce_books import Order
from ops.laptop.woocommerce_sender import Sender, ping
from ops.laptop.yookassa_shop import Json, YooKassaShop


def kassa() -> YooKassaShop:
    clock, ids = itertools.count(1_763_812_800_000, 1000), itertools.count(1)
    return YooKassaShop(
        SHOP_ID, (KEY,), clock=lambda: next(clock), new_id=lambda: next(ids).to_bytes(16), currency="EUR"
    )


def place(at: YooKassaShop) -> Town:
    """A house with a shop on WooCommerce, and YooKassa beside it."""
    here = town()
    here.own.programs.connect(Connection(PROGRAM, "woo", "woocommerce", "earns", (SECRET,)))
    options = {"shop_id": SHOP_ID}
    here.own.programs.connect(Connection(PROGRAM, "kassa", "yookassa", "evidence", (KEY,), options))
    here.house = assembled(SETTINGS, here.own.replaced(api=FakeApi(at)))
    return here


def shop(here: Town, **settings) -> Sender:
    ids = itertools.count(7301, 17)
    return Sender(SECRET, SITE, clock=here.clock.now, new_id=lambda: next(ids), **settings)


def tell(here: Town, signed: Signed) -> Answer:
    return here.deliver(signed, connection="woo")


def notify(here: Town, content: Json) -> Answer:
    body = delivery(content).body
    headers = {"Content-Type": "application/json"}
    return here.house.hooks.answer(PROGRAM, "kassa", headers=headers, body=body, source=YOOKASSA)


def balance(here: Town) -> int:
    return here.stored_balance(ANNA) if here.identity(ANNA) else 0


def work_off(here: Town) -> None:
    """The queue brings what waits until nothing does."""
    while waiting := here.deferred.take():
        assert here.house.deferred(sqs_event([message for message, _ in waiting])) == {"batchItemFailures": []}


@pytest.fixture
def here() -> Town:
    return place(kassa())


def test_paid_order_earns_and_its_refund_takes_back(here):
    sells = shop(here)
    order = sells.order(ANNA, [BEANS, GRINDER])
    assert tell(here, sells.created(order)) == tell(here, sells.paid(order)) == Answer(200)
    assert balance(here) == 118
    tell(here, sells.refunded(order, 2900))
    assert balance(here) == 89
    tell(here, sells.cancelled(order))
    assert balance(here) == 0


def test_ping_is_answered_and_writes_nothing(here):
    assert tell(here, ping()) == Answer(200)
    assert here.deferred.take() == []
    assert here.own.audit.documents(PROGRAM) == here.own.inbox.kept("quarantined") == []


@pytest.mark.parametrize("connection", ["shop", "kassa", "nobody"])
def test_ping_at_another_door_is_untrusted(here, connection):
    assert here.deliver(ping(), connection=connection).status == 401


def test_order_that_is_not_understood_is_kept_and_answered_as_success(here):
    assert tell(here, shop(here).sign("order.updated", {"id": 1})) == Answer(200)
    assert len(here.own.inbox.kept("quarantined")) == 1
    assert here.alarm.raised


def test_notification_is_asked_about_later_and_by_then_its_order_is_known():
    at = kassa()
    here = place(at)
    sells = shop(here, payment_method="yookassa_epl")
    order = sells.order(ANNA, [BEANS])
    paid = at.paid(2900)
    assert notify(here, paid) == Answer(200)
    tell(here, sells.paid(order, paid["object"]["id"]))
    assert balance(here) == 29
    notify(here, at.refunded(paid["object"]["id"], 900))
    assert balance(here) == 29
    work_off(here)
    assert balance(here) == 20


def test_notification_from_elsewhere_changes_nothing():
    at = kassa()
    here = place(at)
    body = delivery(at.paid(2900)).body
    answer = here.house.hooks.answer(PROGRAM, "kassa", headers={}, body=body, source="203.0.113.9")
    assert answer.status == 401
    assert here.deferred.take() == []


STEPS = some.lists(
    some.sampled_from(["back", "back", "provider", "both", "delete", "cancel", "fail", "again", "done"]), max_size=7
)


class Story:
    """One order at the shop and its payment at the provider: what each of them tells, and what should be left."""

    def __init__(self, here: Town, at: YooKassaShop) -> None:
        self.sells, self.at = shop(here, payment_method="yookassa_epl"), at
        self.order: Order = self.sells.order(ANNA, [BEANS, GRINDER])
        self.payment = at.opened(self.order.total)
        self.provider_back = 0
        self.told: list[Signed | Json] = [self.sells.created(self.order), at.held(self.payment)]
        self.told += [at.captured(self.payment), self.sells.paid(self.order, self.payment)]

    def step(self, what: str, amount: int) -> None:
        if what in ("back", "both") and self.order.left >= amount:
            self.told.append(self.sells.refunded(self.order, amount))
        if what in ("provider", "both") and self.order.total - self.provider_back >= amount:
            self.told.append(self.at.refunded(self.payment, amount))
            self.provider_back += amount
        if what == "delete" and self.order.refunds:
            self.told.append(self.sells.refund_deleted(self.order, self.order.refunds[0]))
        status = {"cancel": "cancelled", "fail": "failed", "again": "processing", "done": "completed"}.get(what)
        if status:
            self.told.append(self.sells.changed(self.order, status))

    @property
    def left(self) -> int:
        """Points as anybody would count them: a point for each whole euro that is paid for and kept."""
        if self.order.status not in ("processing", "completed"):
            return 0
        return (self.order.total - max(self.provider_back, self.order.total - self.order.left)) // 100


@settings(max_examples=300, deadline=None)
@given(STEPS, some.lists(some.integers(1, 6000), min_size=7, max_size=7), some.data())
def test_shop_and_provider_end_at_one_balance_in_any_order(steps, amounts, data):
    at = kassa()
    here = place(at)
    story = Story(here, at)
    for what, amount in zip(steps, amounts, strict=False):
        story.step(what, amount)
    repeated = data.draw(some.lists(some.sampled_from(story.told), max_size=3))
    for one in data.draw(some.permutations(story.told + repeated)):
        answer = tell(here, one) if isinstance(one, Signed) else notify(here, one)
        assert answer == Answer(200)
        if data.draw(some.booleans()):
            work_off(here)
    work_off(here)
    assert balance(here) == story.left
    assert here.violations() == []
    assert not here.own.inbox.kept("quarantined")


def test_house_asks_nobody_for_a_shop_that_says_everything():
    here = place(kassa())
    here.house = assembled(SETTINGS, here.own.replaced(api=Silence()))
    sells = shop(here)
    tell(here, sells.paid(sells.order(ANNA, [BEANS])))
    assert balance(here) == 29
