"""A provider's books: what webhooks did not tell is found there once, whatever breaks on the way."""

import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from shopify_admin import TOKEN, AdminApi, serving
from stand_ins import HOUR, MINUTE, NOON, SECOND
from whole_house import ANNA, BASE_URL, BORIS, PROGRAM, SECRET, SHOP, Town, town

from chalicelib.connectors.books import ProviderBooks
from chalicelib.connectors.shopify.listing import TOPICS
from chalicelib.errors import Broken, Malformed, Refused, TryAgain
from chalicelib.services.ports import Bookmark, Connection, Page
from chalicelib.services.reconciling import GRACE, OVERLAP, Reconciled, Reconciler
from ops.laptop.shopify_books import Item, Order

HOOK = f"{BASE_URL}/hooks/{PROGRAM}/shop"


class Shop:
    """A house whose Shopify can be asked. `rests`: the seconds that were waited."""

    def __init__(self, admin: AdminApi, here: Town) -> None:
        self.admin, self.here = admin, here
        self.rests: list[int] = []
        options = {"shop": SHOP, "api": admin.url}
        self.connection = Connection(PROGRAM, "shop", "shopify", "earns", (SECRET, TOKEN), options)
        here.own.programs.connect(self.connection)
        books = ProviderBooks(admin.http, BASE_URL)
        self.reconciler: Reconciler = msgspec.structs.replace(
            here.house.reconciler, books=books, rest=self.rests.append
        )

    def sells(self, price: int, *, told: bool = False, buyer: Any = ANNA) -> Order:
        """A paid order in Shopify's books; `told`: its webhook reached us."""
        order = self.here.shop.order(buyer, [Item("Beans", price)])
        signed = self.here.shop.paid(order)
        self.admin.orders.append(order)
        if told:
            assert self.here.deliver(signed).status == 200
        return order

    def run(self, **more: Any) -> Reconciled:
        return self.reconciler.run(self.connection, **more)

    @property
    def mark(self) -> Bookmark:
        mark = self.here.own.programs.bookmark(PROGRAM, "shop")
        assert mark is not None
        return mark

    def points(self, buyer: Any = ANNA) -> int:
        return self.here.stored_balance(buyer)

    def later(self, milliseconds: int) -> None:
        self.here.clock.forward(milliseconds)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with serving(AdminApi()) as admin:
        yield Shop(admin, town())


def test_an_order_no_webhook_told_is_found_and_earns_once(shop: Shop) -> None:
    shop.sells(1_000, told=True)
    missed = shop.sells(2_000)

    first, second = shop.run(), shop.run()

    assert (first.seen, first.new, first.is_complete) == (2, 1, True)
    assert (second.seen, second.new) == (2, 0)
    assert shop.points() == 30
    (entry,) = [entry for entry in shop.here.entries(shop.here.account(ANNA)) if str(missed.id) in entry.document]
    assert (entry.actor, entry.event) == ("shop", f"listed-{missed.id}-{missed.updated_at}")
    assert shop.here.violations() == []


def test_a_refund_no_webhook_told_takes_its_points_back(shop: Shop) -> None:
    order = shop.sells(3_000, told=True)
    shop.here.shop.refunded(order)
    assert shop.run().new == 1
    assert shop.points() == 0


def test_the_first_look_goes_three_days_back(shop: Shop) -> None:
    shop.here.clock.instant = NOON - 73 * HOUR
    shop.sells(1_000)
    shop.here.clock.instant = NOON - 71 * HOUR
    shop.sells(2_000)
    shop.here.clock.instant = NOON
    assert shop.run().seen == 1
    assert shop.points() == 20


def test_orders_at_risk_are_those_that_no_webhook_told_in_time(shop: Shop) -> None:
    shop.here.clock.instant = NOON - HOUR
    shop.sells(1_000)  # before anybody looked: nobody can know whether it was told
    shop.here.clock.instant = NOON
    assert shop.run().at_risk == 0
    shop.later(MINUTE)
    shop.sells(2_000)
    shop.sells(3_000, told=True)
    shop.later(GRACE - MINUTE)
    young = shop.sells(4_000)
    shop.later(2 * MINUTE)

    found = shop.run()

    assert (found.new, found.at_risk) == (2, 1)
    assert ("orders_at_risk", {"connection": "shop", "orders": 1}) in shop.here.alarm.raised
    assert shop.here.document(young).state == "posted"
    assert shop.run().at_risk == 0


def test_a_newer_version_that_says_the_same_is_no_order_at_risk(shop: Shop) -> None:
    shop.run()
    shop.later(MINUTE)
    order = shop.sells(1_000, told=True)
    shop.here.shop.fulfilled(order)  # a tag, a note, a parcel: the shop changed something that earns nothing
    shop.later(GRACE + MINUTE)
    found = shop.run()
    assert (found.seen, found.new, found.at_risk) == (1, 0, 0)


def test_the_next_reading_begins_ten_minutes_before_the_newest_change(shop: Shop) -> None:
    shop.sells(1_000)
    shop.later(HOUR)
    newest = shop.sells(1_000)
    shop.later(HOUR)
    shop.admin.page_size = 1
    shop.run()
    assert shop.mark == Bookmark(since=newest.updated_at - OVERLAP, began=NOON + 2 * HOUR, opened_at=NOON + 2 * HOUR)
    shop.admin.asked.clear()
    assert shop.run().seen == 1


def test_a_change_that_is_listed_late_is_still_found(shop: Shop) -> None:
    """Shopify's clock said 12:04 but its list showed the order only after we had read up to 12:10."""
    shop.later(10 * MINUTE)
    shop.sells(1_000)
    shop.run()
    shop.here.clock.instant = NOON + 4 * MINUTE
    shop.sells(2_000)
    shop.here.clock.instant = NOON + 15 * MINUTE
    assert shop.run().new == 1
    assert shop.points() == 30


def test_what_changes_on_a_page_that_was_read_already_is_found_by_the_next_reading(shop: Shop) -> None:
    """Hours may lie between two pages when a reading stops in the middle."""
    first = shop.sells(1_000)
    second = shop.sells(2_000)
    shop.admin.page_size = 1
    shop.later(30 * MINUTE)
    shop.run(deadline=shop.here.clock.now())  # the newest order's page; the next run goes on from there
    assert shop.mark.page
    shop.later(3 * HOUR)
    shop.here.shop.refunded(second)
    shop.later(HOUR)
    shop.here.shop.refunded(first)  # on the page that is still to be read, and newer than all
    shop.run()
    shop.run()
    assert shop.points() == 0


@pytest.mark.parametrize("last", [1, 2, 3])
def test_a_page_that_fails_is_read_again_and_nothing_is_lost_or_doubled(shop: Shop, last: int) -> None:
    orders = [shop.sells(1_000 * number) for number in (1, 2, 3, 4)]
    shop.admin.page_size = 1

    def stumble(number: int) -> None:
        shop.admin.busy = 9 if number == last else shop.admin.busy

    shop.admin.before = stumble
    with pytest.raises(TryAgain):
        shop.run()
    known = [order for order in orders if shop.here.own.ledger.document(PROGRAM, ref(order))]
    assert len(known) == last
    stopped = shop.mark
    assert stopped.page

    shop.admin.busy = 9
    with pytest.raises(TryAgain):
        shop.run()
    assert shop.mark == stopped

    shop.admin.busy, shop.admin.before = 0, lambda number: None
    found = shop.run()
    assert (found.seen, found.is_complete) == (4 - last, True)
    assert shop.points() == 100
    assert len(shop.here.entries(shop.here.account(ANNA))) == 4


def ref(order: Order) -> Any:
    return f"order/shopify/{order.id}"


@pytest.mark.parametrize("seed", range(12))
def test_a_reading_that_dies_anywhere_loses_nothing_and_doubles_nothing(seed: int) -> None:
    """The container ends before or after any call of any store; the next one goes on."""

    class Died(BaseException): ...

    chosen = random.Random(seed)
    armed = [False]

    def deadly(name: str, call: Any) -> Any:
        before, after = armed[0] and chosen.random() < 0.05, armed[0] and chosen.random() < 0.05
        if before:
            raise Died
        result = call()
        if after:
            raise Died
        return result

    with serving(AdminApi(page_size=2)) as admin:
        shop = Shop(admin, town(around={"ledger": deadly, "programs": deadly, "members": deadly}, seed=seed))
        bought = {ANNA.id: 0, BORIS.id: 0}
        for number in range(7):
            buyer = chosen.choice([ANNA, BORIS])
            shop.sells(1_000 * (number + 1), buyer=buyer, told=chosen.random() < 0.3)
            bought[buyer.id] += 10 * (number + 1)
        armed[0] = True
        deaths = 0
        for _ in range(500):
            try:
                shop.run()
            except Died:
                deaths += 1
                continue
            break
        armed[0] = False
        assert shop.run().new == 0
        assert deaths
        for buyer in (ANNA, BORIS):
            if bought[buyer.id]:
                assert shop.points(buyer) == bought[buyer.id]
        assert shop.here.violations() == []


def test_a_throttled_reading_waits_as_long_as_it_is_told(shop: Shop) -> None:
    shop.sells(1_000)
    shop.run()
    shop.admin.busy = 2
    shop.admin.webhooks = [{"topic": topic, "address": HOOK} for topic in TOPICS]
    assert shop.run().is_complete
    assert shop.rests == [2]  # the first busy answer was for the webhooks, which nobody waits for


def test_a_provider_that_stays_busy_is_left_alone(shop: Shop) -> None:
    shop.sells(1_000)
    shop.admin.busy = 99
    with pytest.raises(TryAgain, match="provider_busy"):
        shop.run()
    assert shop.rests == [2, 2, 2]
    assert shop.here.own.programs.bookmark(PROGRAM, "shop") is None


def test_between_pages_a_nearly_full_bucket_is_given_time(shop: Shop) -> None:
    for _ in range(3):
        shop.sells(1_000)
    shop.admin.page_size, shop.admin.calls = 1, "39/40"
    shop.run()
    assert shop.rests == [5, 5]


def test_a_reading_stops_when_its_time_is_up_and_goes_on_later(shop: Shop) -> None:
    for _ in range(3):
        shop.sells(1_000)
    shop.admin.page_size = 1
    pages = []
    for _ in range(3):
        found = shop.run(deadline=shop.here.clock.now())
        pages.append((found.seen, found.is_complete))
    assert pages == [(1, False), (1, False), (1, True)]
    assert shop.points() == 30


def test_a_cursor_that_the_provider_has_forgotten_begins_anew(shop: Shop) -> None:
    for price in (1_000, 2_000, 3_000):
        shop.sells(price)
    shop.admin.page_size = 1
    shop.run(deadline=shop.here.clock.now())
    shop.admin._cursors.clear()
    shop.admin.page_size = 250
    assert shop.run().is_complete
    assert shop.points() == 60


def test_deleted_subscriptions_are_made_again_and_somebody_hears_of_it(shop: Shop) -> None:
    assert shop.run().subscribed == TOPICS
    assert shop.here.alarm.names == []  # they were never there before
    assert shop.run().subscribed == ()
    del shop.admin.webhooks[1]
    assert shop.run().subscribed == (TOPICS[1],)
    assert shop.here.alarm.raised == [("subscription_was_gone", {"connection": "shop", "topics": TOPICS[1]})]
    assert {hook["address"] for hook in shop.admin.webhooks} == {HOOK}


def test_what_is_not_understood_is_kept_and_does_not_stop_the_reading(shop: Shop) -> None:
    shop.admin.odd = [{"id": 5, "updated_at": "2026-06-23T12:00:00Z", "name": 17}]
    shop.sells(1_000)
    found = shop.run()
    again = shop.run()
    assert (found.unclear, again.unclear, found.is_complete) == (1, 1, True)
    assert len(shop.here.own.inbox.kept("quarantined")) == 1
    assert shop.points() == 10


def test_an_order_the_rules_refuse_is_kept_once_however_often_it_is_listed(shop: Shop) -> None:
    order = shop.sells(1_000)
    order.currency = "USD"
    for _ in range(3):
        shop.run()
        shop.later(SECOND)
    assert shop.here.document(order).state == "refused"
    assert len(shop.here.own.inbox.kept("refused")) == 1


class BrokenBooks:
    """Books whose every answer is the same trouble."""

    def __init__(self, trouble: Exception) -> None:
        self.trouble = trouble

    def recent(self, connection: Connection, *, since: int, cursor: str) -> Page:
        raise self.trouble

    def subscribe(self, connection: Connection) -> tuple[str, ...]:
        raise self.trouble


@pytest.mark.parametrize(
    "trouble", [TryAgain("provider_unreachable"), Malformed("unexpected_answer"), Refused("access_refused", status=401),
                Broken("address_not_allowed")]
)  # fmt: skip
def test_a_provider_in_trouble_leaves_the_bookmark_where_it_was(shop: Shop, trouble: Exception) -> None:
    shop.run()
    before = shop.mark
    with pytest.raises(type(trouble)):
        msgspec.structs.replace(shop.reconciler, books=BrokenBooks(trouble)).run(shop.connection)
    assert shop.mark == before


def test_one_connection_in_trouble_does_not_keep_the_others_from_being_read(shop: Shop) -> None:
    own = shop.here.own
    own.programs.connect(Connection(PROGRAM, "a-broken-one", "shopify", "earns", (SECRET, TOKEN), {"shop": "nonsense"}))
    own.programs.connect(Connection(PROGRAM, "b-without-key", "shopify", "earns", (SECRET,), {"shop": SHOP}))
    own.programs.connect(Connection(PROGRAM, "events", "standard", "earns", ("whsec_x",)))
    shop.sells(1_000)
    shop.here.house.replaced(reconciler=shop.reconciler).reconcile(seconds=60)
    assert shop.points() == 10
    troubled = [facts for name, facts in shop.here.alarm.raised if name == "books_not_read"]
    assert troubled == [{"program": PROGRAM, "connection": "a-broken-one", "why": "shop_domain_wrong"}]
