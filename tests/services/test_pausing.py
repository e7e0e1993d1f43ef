"""What operators stop and let go on: nothing is lost, nothing happens twice, and everything is noted."""

import msgspec
import pytest
from pausing_room import NOTICED, pause, resume, waiting, work_off
from stand_ins import DAY, HOUR, MINUTE, SECOND, FailsOnce
from whole_house import ANNA, BORIS, PROGRAM, SECRET, SETTINGS, Town, sqs_event, town

from chalicelib.errors import TryAgain
from chalicelib.services.ports import Connection, PauseLine
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Sender


def test_an_order_told_during_a_pause_is_stored_and_moves_nothing() -> None:
    here = town()
    pause(here)
    here.buys(ANNA, 4599)
    assert waiting(here) == 1
    assert here.identity(ANNA) is None
    assert here.own.audit.accounts(PROGRAM) == []
    assert here.deferred.take() == []


def test_after_the_pause_the_order_is_recorded_once_and_nothing_waits() -> None:
    here = town()
    pause(here)
    here.buys(ANNA, 4599)
    resume(here)
    work_off(here)
    assert here.stored_balance(ANNA) == 45
    assert [entry.kind for entry in here.entries(here.account(ANNA))] == ["earned"]
    assert waiting(here) == 0
    assert here.program.pauses == ()


def test_a_refund_told_during_a_pause_waits_too() -> None:
    here = town()
    order = here.buys(ANNA, 4599)
    pause(here)
    here.clock.forward(MINUTE)
    here.deliver(here.shop.refunded(order, amount=1000))
    assert here.stored_balance(ANNA) == 45
    resume(here)
    work_off(here)
    assert here.stored_balance(ANNA) == 35


def test_a_delivery_without_a_good_signature_is_refused_during_a_pause_and_not_stored() -> None:
    here = town()
    pause(here)
    signed = here.shop.paid(here.shop.order(ANNA, [Item("Beans", 4599)]))
    assert here.deliver(signed, x_shopify_hmac_sha256="bm90IHNpZ25lZA==").status == 401
    assert waiting(here) == 0


def test_what_cannot_be_stored_is_asked_for_again() -> None:
    def down(name: str, call: object) -> object:
        raise TryAgain("inbox_unavailable")

    here = town(around={"inbox": down})
    pause(here)
    signed = here.shop.paid(here.shop.order(ANNA, [Item("Beans", 4599)]))
    assert here.deliver(signed).status == 503


def test_a_held_delivery_asks_nothing_of_the_ledger_the_members_or_the_queue() -> None:
    calls: list[str] = []

    def seen(name: str, call: object) -> object:
        calls.append(name)
        return call()  # type: ignore[operator]

    here = town(around={"ledger": seen, "members": seen, "deferred": seen, "cards": seen, "inbox": seen})
    pause(here)
    here.buys(ANNA, 4599)
    assert calls == ["keep"]


def test_a_delivery_of_the_queue_waits_too_when_its_pause_came_meanwhile() -> None:
    here = town()
    signed = here.shop.paid(here.shop.order(ANNA, [Item("Beans", 4599)]))
    pause(here)
    delivery_of(here, signed)
    assert here.work_off_deferred() == {"batchItemFailures": []}
    assert (waiting(here), here.own.audit.accounts(PROGRAM)) == (1, [])
    resume(here)
    work_off(here)
    assert here.stored_balance(ANNA) == 45


def delivery_of(here: Town, signed: object) -> None:
    """A deferred message about a delivery that came before the pause."""
    stored = here.house.adapters.inbox
    from chalicelib.services.ports import Delivery

    headers = {name.lower(): value for name, value in signed.headers.items()}  # type: ignore[attr-defined]
    delivery = Delivery(PROGRAM, "shop", here.clock.now(), headers, signed.body)  # type: ignore[attr-defined]
    here.deferred.send({"program": PROGRAM, "connection": "shop", "key": stored.keep(delivery, "deferred")})


# --- one connection


def two_shops() -> tuple[Town, Sender]:
    here = town()
    here.own.programs.connect(Connection(PROGRAM, "market", "shopify", "earns", (SECRET,)))
    ids = iter(range(990_000_000_000_000_001, 990_000_000_000_100_000, 7))
    return here, Sender(SECRET, "market.myshopify.com", clock=here.clock.now, new_id=lambda: next(ids))


def test_a_paused_connection_waits_while_the_others_earn() -> None:
    here, market = two_shops()
    pause(here, connection="shop")
    here.buys(ANNA, 4599)
    assert here.deliver(market.paid(market.order(BORIS, [Item("Beans", 2000)])), connection="market").status == 200
    assert (here.stored_balance(BORIS), here.identity(ANNA), waiting(here)) == (20, None, 1)


def test_a_connection_that_is_paused_itself_stays_so_when_the_program_goes_on() -> None:
    here, market = two_shops()
    pause(here, connection="shop")
    pause(here)
    here.buys(ANNA, 4599)
    here.deliver(market.paid(market.order(BORIS, [Item("Beans", 2000)])), connection="market")
    resume(here)
    work_off(here)
    assert (here.stored_balance(BORIS), here.identity(ANNA), waiting(here)) == (20, None, 1)
    resume(here, connection="shop")
    work_off(here)
    assert (here.stored_balance(ANNA), waiting(here)) == (45, 0)


# --- catching up


def test_what_is_told_while_it_catches_up_waits_behind_what_was_told_before() -> None:
    here = town()
    here.member(ANNA)
    pause(here)
    here.buys(ANNA, 30_000)  # makes Silver: what comes after it earns more
    here.clock.forward(HOUR)
    resume(here)
    here.buys(ANNA, 10_000)
    assert (waiting(here), here.program.pauses[0].resumed_at) == (2, here.clock.now())
    work_off(here)
    assert here.stored_balance(ANNA) == 300 + 125
    assert here.program.pauses == ()


def test_what_a_container_stores_that_has_not_noticed_the_end_is_recorded_on_the_last_way() -> None:
    here = town()
    pause(here)
    resume(here)
    (message, _), *_ = here.deferred.take()
    here.house.deferred(sqs_event([message]))  # the first way is over: nothing waited
    assert here.program.pauses == ()
    signed = here.shop.paid(here.shop.order(ANNA, [Item("Beans", 4599)]))
    late = town()
    pause(late)
    late.deliver(signed)
    key = late.own.inbox.kept("paused")[0]
    delivery = late.own.inbox.read(key)
    assert delivery is not None
    here.own.inbox.keep(delivery, "paused")
    before = here.clock.now()
    work_off(here)
    assert here.clock.now() >= before + NOTICED
    assert (here.stored_balance(ANNA), waiting(here)) == (45, 0)


@pytest.mark.parametrize("orders", [0, 1])
def test_a_resumption_ends_when_every_container_has_noticed_and_needs_no_schedule(orders: int) -> None:
    here = town()
    pause(here)
    for _ in range(orders):
        here.buys(ANNA, 4599)
    walk = resume(here).walk
    assert walk is not None
    delays = []
    while messages := here.deferred.take():
        for message, delay in messages:
            delays.append(delay)
            here.clock.forward(delay * SECOND)
            here.house.deferred(sqs_event([message]))
    ended = here.house.walking.walk(PROGRAM, walk.id)
    assert (ended.state, ended.done, waiting(here)) == ("done", orders, 0)
    assert delays == [0, SETTINGS.program_cache_seconds + 30 + 10]  # what a webhook takes, and how clocks differ


def test_a_walk_that_died_after_recording_records_nothing_twice() -> None:
    inbox = FailsOnce("remove", "inbox_unavailable")
    here = town(around={"inbox": inbox})
    pause(here)
    here.buys(ANNA, 4599)
    resume(here)
    work_off(here)
    assert inbox.failed == ["remove"]
    assert [entry.kind for entry in here.entries(here.account(ANNA))] == ["earned"]
    assert waiting(here) == 0


def test_what_was_put_off_on_the_last_way_is_recorded_when_the_walk_has_ended() -> None:
    inbox = FailsOnce("remove", "inbox_unavailable")
    here = town(around={"inbox": inbox})
    pause(here)
    walk = resume(here).walk
    assert walk is not None
    (message, _), *_ = here.deferred.take()
    here.house.deferred(sqs_event([message]))  # the first way is over: nothing waited
    late = town()
    pause(late)
    late.buys(ANNA, 4599)
    (key,) = late.own.inbox.kept("paused")
    delivery = late.own.inbox.read(key)
    assert delivery is not None
    here.own.inbox.keep(delivery, "paused")
    work_off(here)
    assert inbox.failed == ["remove"]
    assert (here.house.walking.walk(PROGRAM, walk.id).state, waiting(here)) == ("done", 0)


def test_resuming_twice_has_two_walks_and_one_outcome() -> None:
    here = town()
    pause(here)
    here.buys(ANNA, 4599)
    resume(here)
    here.clock.forward(SECOND)
    again = resume(here)
    assert again.was is not None
    work_off(here)
    assert [entry.kind for entry in here.entries(here.account(ANNA))] == ["earned"]


def test_a_resumption_that_died_is_ended_by_another_whose_clock_is_behind() -> None:
    here = town()
    pause(here)
    here.buys(ANNA, 4599)
    (was,) = here.program.pauses
    ahead = here.clock.now() + MINUTE
    line = PauseLine(ahead, "resumed", "earning", "", "olga", "")
    assert here.own.programs.put_pause(PROGRAM, msgspec.structs.replace(was, resumed_at=ahead), line, was=was)
    resume(here)
    work_off(here)
    assert (here.stored_balance(ANNA), here.program.pauses) == (45, ())


def test_a_pause_while_it_catches_up_stops_that_and_loses_nothing() -> None:
    here = town()
    pause(here)
    here.buys(ANNA, 4599)
    resume(here)
    here.clock.forward(SECOND)
    pause(here)
    work_off(here)
    assert (waiting(here), here.own.audit.accounts(PROGRAM)) == (1, [])
    assert [each.resumed_at for each in here.program.pauses] == [0]
    resume(here)
    work_off(here)
    assert here.stored_balance(ANNA) == 45


def test_what_is_left_over_is_recorded_when_nothing_is_paused_any_more() -> None:
    here = town()
    pause(here)
    here.buys(ANNA, 4599)
    (standing,) = here.program.pauses
    here.own.programs.lift(PROGRAM, standing, here.own.programs.pause_trail(PROGRAM, limit=1)[0])
    resumed = resume(here)
    assert resumed.was is None
    work_off(here)
    assert here.stored_balance(ANNA) == 45


def test_a_delivery_nobody_can_understand_is_set_aside_and_the_others_are_recorded() -> None:
    here = town()
    pause(here)
    order = here.shop.order(ANNA, [Item("Beans", 4599)])
    here.deliver(here.shop.sign("orders/paid", b'{"id": []}'))
    here.deliver(here.shop.paid(order))
    resume(here)
    work_off(here)
    assert here.stored_balance(ANNA) == 45
    assert (waiting(here), len(here.own.inbox.kept("quarantined"))) == (0, 1)


def test_a_walk_says_how_many_wait_and_what_became_of_them() -> None:
    here = town()
    pause(here)
    for _ in range(7):
        here.buys(ANNA, 1000)
        here.clock.forward(SECOND)
    walk = resume(here).walk
    assert walk is not None
    assert walk.total == 7
    work_off(here)
    ended = here.house.walking.walk(PROGRAM, walk.id)
    assert (ended.state, ended.done, dict(ended.counted)) == ("done", 7, {"recorded": 7})


def test_the_books_are_not_read_while_earning_is_paused_and_the_bookmark_stays() -> None:
    here = town()
    pause(here, connection="shop")
    connection = here.own.programs.connection(PROGRAM, "shop")
    assert connection is not None
    found = here.house.reconciler.run(connection)
    assert (found.is_paused, found.seen, here.own.programs.bookmark(PROGRAM, "shop")) == (True, 0, None)


def test_points_ripen_and_end_in_their_time_while_earning_is_paused() -> None:
    here = town()
    here.member(ANNA)
    here.buys(ANNA, 4599)
    here.follow()
    pause(here)
    here.clock.forward(800 * DAY)
    here.work_off_sweeps()
    assert here.stored_balance(ANNA) == 0
    assert here.violations() == []
