"""Limits that span orders, through the production services: what members get, what is stored, what the checker says."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from limit_till import PLAIN, Till, berlin, with_limit
from stand_ins import DAY, NOON
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, town

from chalicelib.errors import Broken
from chalicelib.ledger.documents import CapDocument
from chalicelib.services.ports import Outcome

MONTHLY = with_limit("at_most: 3000 beans per month")


def till(definition: str = MONTHLY) -> Till:
    return Till(town(definition))


def wrong(here: Till) -> list[str]:
    here.here.follow()
    return here.here.violations()


# --- a member's limit -----------------------------------------------------------------------------------------------


def test_a_refund_inside_an_exhausted_limit_takes_nothing_back() -> None:
    shop = till(with_limit("at_most: 3000 beans per month", PLAIN.replace("1 bean per 1 EUR", "5% as beans")))
    shop.tell("1", 70_000)
    assert shop.beans() == 3_000
    assert shop.tell("1", back={"r1": 10_000}) == "kept"
    assert (shop.beans(), shop.order("1").posted[0].points, shop.order("1").cuts[0].cut) == (3_000, 3_000, 0)
    shop.tell("1", back={"r2": 10_000})
    assert shop.beans() == 2_500
    assert wrong(shop) == []


def test_2900_and_200_give_100_and_the_surplus_is_remembered() -> None:
    shop = till()
    shop.tell("1", 2_900)
    shop.tell("2", 200)
    assert (shop.beans(), shop.order("2").posted[0].points, shop.order("2").cuts[0].cut) == (3_000, 100, 100)
    assert shop.caps() == {"cap/every euro/beans/*/2026-06": (3_100, 3_000)}
    assert wrong(shop) == []


def test_an_order_of_which_nothing_is_left_moves_nothing_and_is_counted() -> None:
    shop = till()
    shop.tell("1", 3_000)
    assert shop.tell("2", 500) == "kept"
    assert shop.here.newest(shop.here.account(ANNA)).seq == 1
    assert shop.caps() == {"cap/every euro/beans/*/2026-06": (3_500, 3_000)}
    assert shop.tell("1", back={"r1": 3_000}) == "posted"
    assert shop.beans() == 500
    assert shop.tell("2", 500, is_cancelled=True) == "posted"
    assert shop.beans() == 0
    assert wrong(shop) == []


def test_a_late_order_of_31_may_23_50_counts_in_may() -> None:
    shop = till()
    shop.tell("1", 3_000)
    shop.tell("late", 500, at=berlin("2026-05-31 23:50"))
    shop.tell("june", 500, at=berlin("2026-06-01 00:10"))
    assert shop.beans() == 3_500
    assert set(shop.caps()) == {"cap/every euro/beans/*/2026-05", "cap/every euro/beans/*/2026-06"}


def test_each_member_has_a_limit_of_their_own() -> None:
    shop = till()
    shop.tell("1", 4_000)
    shop.tell("2", 4_000, by=BORIS)
    assert (shop.beans(ANNA), shop.beans(BORIS)) == (3_000, 3_000)
    assert wrong(shop) == []


def test_a_billing_period_follows_the_members_own_day() -> None:
    shop = till(with_limit("at_most: 100 beans per billing period"))
    shop.here.clock.instant = berlin("2026-07-16 09:00")
    for number, when in enumerate(["2026-07-16 09:00", "2026-08-15 23:59", "2026-08-16 00:00"]):
        shop.here.clock.instant = max(shop.here.clock.instant, berlin(when))
        shop.tell(str(number), 80, at=berlin(when))
    assert shop.caps() == {
        "cap/every euro/beans/*/from-2026-07-16": (160, 100),
        "cap/every euro/beans/*/from-2026-08-16": (80, 80),
    }


def test_points_that_a_limit_took_do_not_bring_a_member_nearer_to_a_level() -> None:
    shop = till(with_limit("at_most: 300 beans per day", DEFINITION))
    days = [berlin(f"2026-06-{day} 12:00") for day in (22, 23)]
    shop.tell("1", 500, at=days[0])
    assert shop.here.newest(shop.here.account(ANNA)).snap.metric("beans earned") == 300
    shop.tell("2", 500, at=days[0])
    shop.tell("1", 500, at=days[0], is_cancelled=True)
    shop.tell("2", 500, at=days[0], is_cancelled=True)
    assert shop.here.newest(shop.here.account(ANNA)).snap.metric("beans earned") == 0
    assert wrong(shop) == []


def test_two_refunded_orders_leave_no_level_behind_though_their_days_are_counted_apart() -> None:
    by_day = DEFINITION.replace("grain: month", "grain: day")
    shop = till(with_limit("at_most: 300 beans per month", by_day))
    shop.tell("1", 300, at=berlin("2026-06-20 12:00"))
    shop.tell("2", 300, at=berlin("2026-06-22 12:00"))
    shop.tell("1", back={"r1": 300})
    assert shop.here.newest(shop.here.account(ANNA)).snap.metric("beans earned") == 300
    shop.tell("2", back={"r2": 300})
    snap = shop.here.newest(shop.here.account(ANNA)).snap
    assert (snap.metric("beans earned"), snap.purse("beans").balance, snap.tier.level) == (0, 0, "Bean")
    assert wrong(shop) == []


def test_points_on_the_way_and_a_limit_end_at_nothing_when_everything_goes_back() -> None:
    waiting = PLAIN.replace("available: at once", "available: {after: 14 days, from: delivery}")
    shop = till(with_limit("at_most: 300 beans per month", waiting))
    shop.tell("1", 300)
    shop.tell("2", 300)
    shop.tell("1", back={"r1": 300})
    shop.tell("2", back={"r2": 300})
    purse = shop.here.newest(shop.here.account(ANNA)).snap.purse("beans")
    assert (purse.balance + purse.pending, purse.debt) == (0, 0)
    assert wrong(shop) == []


def test_reviews_are_limited_too() -> None:
    shop = till(PLAIN.replace("once_per: object}", "once_per: object, at_most: 50 beans per month}"))
    results = [shop.review(f"p{number}") for number in range(4)]
    assert results == ["posted", "posted", "posted", "limit_reached"]
    assert shop.review("p3") == "duplicate"
    assert shop.beans() == 50
    assert wrong(shop) == []


def test_an_order_of_an_account_that_was_merged_still_counts_where_it_counted() -> None:
    shop = till()
    shop.tell("1", 3_500)
    shop.tell("2", 3_500, by=BORIS)
    shop.here.house.hooks.reception.recorder.claims.merge(
        shop.here.program, shop.here.account(ANNA), shop.here.account(BORIS)
    )
    shop.tell("1", back={"r1": 1_000})
    assert shop.here.newest(shop.here.account(BORIS)).snap.purse("beans").balance == 5_500
    assert wrong(shop) == []


@pytest.mark.parametrize(("definition", "reads"), [(PLAIN, 1), (MONTHLY, 2)])
def test_only_a_program_with_limits_reads_them(definition: str, reads: int) -> None:
    calls: list[str] = []

    def around(name: str, call: object) -> object:
        calls.append(name)
        return call()  # type: ignore[operator]

    shop = Till(town(definition, around={"ledger": around}))
    shop.tell("1", 100)
    calls.clear()
    shop.tell("2", 100)
    assert (calls.count("document"), calls.count("newest"), calls.count("commit")) == (reads, 1, 1)
    calls.clear()
    shop.tell("2", 100)
    assert calls.count("document") == 1  # it counts as before


def test_a_repeat_reads_and_writes_no_limit() -> None:
    calls: list[str] = []

    def around(name: str, call: object) -> object:
        calls.append(name)
        return call()  # type: ignore[operator]

    shop = Till(town(MONTHLY, around={"ledger": around}))
    message = shop.message("1", 200)
    recorder = shop.here.house.hooks.reception.recorder
    recorder.record(shop.here.program, message, actor="shop", deadline=None)
    calls.clear()
    assert recorder.record(shop.here.program, message, actor="shop", deadline=None).result == "duplicate"
    assert calls == ["document"]


def test_a_limit_that_somebody_else_moved_is_read_again() -> None:
    moved: list[int] = []

    def around(name: str, call: object) -> object:
        if name == "commit" and not moved:
            moved.append(1)
            return Outcome.DOCUMENT_MOVED
        return call()  # type: ignore[operator]

    here = Till(town(MONTHLY, around={"ledger": around}))
    assert here.tell("1", 4_000) == "posted"
    assert (here.beans(), moved) == (3_000, [1])


def test_a_limit_that_was_lost_stops_the_order_and_says_so() -> None:
    shop = till()
    shop.tell("1", 100)
    kept = shop.here.own.ledger.kept  # type: ignore[attr-defined]
    gone = next(key for key, row in kept.items() if isinstance(row.document, CapDocument))
    del kept[gone]
    with pytest.raises(Broken, match="limit_is_gone"):
        shop.tell("1", back={"r1": 10})
    assert any("is not there, but orders count towards it" in line for line in wrong(shop))


@pytest.mark.parametrize("spoiled", [{"given": 90}, {"given": 110, "most": 110}, {"wanted": 10}])
def test_a_spoiled_limit_is_found_by_the_checker(spoiled: dict[str, int]) -> None:
    shop = till(with_limit("at_most: 100 beans per month"))
    shop.tell("1", 150)
    kept = shop.here.own.ledger.kept  # type: ignore[attr-defined]
    for key, row in kept.items():
        if isinstance(row.document, CapDocument):
            kept[key] = msgspec.structs.replace(row, document=msgspec.structs.replace(row.document, **spoiled))
    assert wrong(shop) != []


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("en", "1 bean per €1, at most 50 beans for an order, at most 80 beans a calendar month"),
        ("ru", "1 зерно за 1 €, предел на заказ — 50 зёрен, предел на календарный месяц — 80 зёрен"),
    ],
)
def test_the_history_says_what_bounded_the_points(language: str, why: str) -> None:
    shop = till(with_limit("at_most: [50 beans per order, 80 beans per month]"))
    link = shop.here.member(ANNA)
    shop.tell("1", 200)
    shop.tell("2", 200)
    history = shop.here.house.showing.history(shop.here.card(link), language)
    assert [row.points for row, _ in history if row.what == "earned"] == [30, 50]
    assert {reason.why.replace("\N{NO-BREAK SPACE}", " ") for row, reason in history if row.what == "earned"} == {why}


# --- a campaign's budget --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when_short", "given"), [("partial", [50, 0]), ("all or nothing", [0, 0])])
def test_9950_of_10000_and_two_orders_of_100(when_short: str, given: list[int]) -> None:
    shop = till(with_limit(f"budget: {{of: 10000 beans, when_short: {when_short}}}"))
    shop.tell("before", 9_950)
    shop.tell("1", 100, by=BORIS)
    shop.tell("2", 100)
    assert [shop.order(name).posted[0].points for name in ("1", "2")] == given
    assert shop.caps() == {"budget/every euro/beans": (10_150, 9_950 + sum(given))}
    assert wrong(shop) == []


def test_a_refund_frees_the_budget_for_others_and_what_was_refused_stays_refused() -> None:
    shop = till(with_limit("budget: {of: 100 beans, when_short: partial}"))
    shop.tell("1", 100)
    shop.tell("2", 60, by=BORIS)
    shop.tell("1", back={"r1": 70})
    shop.tell("2", 60, by=BORIS)
    shop.tell("3", 60, by=BORIS)
    assert (shop.beans(ANNA), shop.beans(BORIS)) == (30, 60)
    assert [shop.order(name).posted[0].points for name in ("2", "3")] == [0, 60]
    assert wrong(shop) == []


def test_the_budget_outlives_the_guests_who_used_it() -> None:
    shop = till(with_limit("budget: {of: 100 beans, when_short: partial}"))
    shop.tell("1", 80)
    kept = shop.here.own.ledger.kept  # type: ignore[attr-defined]
    ends = {type(row.document).__name__: row.ends_at for row in kept.values()}
    assert ends["CapDocument"] is None
    assert ends["OrderDocument"] is not None
    shop.here.clock.forward(100 * DAY)
    shop.tell("2", 80, by=BORIS, at=NOON + 100 * DAY)
    assert shop.beans(BORIS) == 20
    assert wrong(shop) == []


# --- any order of arrival -------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    most=some.sampled_from([50, 120, 300]),
    orders=some.lists(
        some.tuples(some.integers(1, 200), some.integers(0, 200), some.booleans()), min_size=1, max_size=4
    ),
    seed=some.integers(0, 10_000),
)
def test_orders_refunds_and_cancellations_end_alike_in_any_order_and_never_exceed_the_limit(
    most: int, orders: list[tuple[int, int, bool]], seed: int
) -> None:
    ends = []
    for shuffled in (False, True):
        shop = till(with_limit(f"at_most: {most} beans per month"))
        messages = []
        for number, (euros, back, is_cancelled) in enumerate(orders):
            name = str(number)
            messages.append(shop.message(name, euros))
            messages.append(shop.message(name, back={"r1": min(back, euros)}))
            if is_cancelled:
                messages.append(shop.message(name, euros, is_cancelled=True))
        if shuffled:
            random.Random(seed).shuffle(messages)
        recorder = shop.here.house.hooks.reception.recorder
        for message in messages:
            recorder.record(shop.here.program, message, actor="shop", deadline=None)
            entry = shop.here.own.ledger.newest(PROGRAM, shop.here.account(ANNA)) if shop.here.identity(ANNA) else None
            assert entry is None or 0 <= entry.snap.purse("beans").balance <= most
        left = [0 if is_cancelled else max(0, euros - back) for euros, back, is_cancelled in orders]
        caps = {name: counted for name, counted in shop.caps().items() if counted != (0, 0)}
        ends.append((shop.beans() if shop.here.identity(ANNA) else 0, caps))
        assert ends[-1][0] == min(most, sum(left))
        assert wrong(shop) == []
    assert ends[0] == ends[1]
