"""The figures owners watch, with worked numbers."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from program_factory import at, points, roubles

from chalicelib.events import AccountId, Amounts, OrderFacts, Reference, RefundFacts
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.journal import Entry, Leg, Snapshot
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.results.figures import Figures, Period, figures
from chalicelib.programs.results.habits import Gathering

NOW = at("2026-11-30 12:00")
SINCE = at("2025-12-01 00:00")
DAY = 86_400_000
PERIOD = Period(SINCE, NOW, ZoneCalendar("Europe/Moscow"))


def entry(kind: Any, when: int, *legs: Leg, status: Any = "active", merged_to: str | None = None) -> Entry:
    snap = Snapshot(opened=0, status=status, merged_to=AccountId(merged_to) if merged_to else None)
    empty: dict[str, Any] = dict.fromkeys(("name", "event", "actor", "version", "prev", "hash"), "")
    return Entry(
        account=AccountId("a"), seq=1, at=when, occurred_at=when, kind=kind, document=Reference("order/shop/1"),
        rules=(), legs=legs, rolled=(), snap=snap, **empty,
    )  # fmt: skip


def earned(when: int, count: int = 100, **more: Any) -> Entry:
    return entry("earned", when, Leg("issued", "points", -count), Leg("cell", "points", count, ends=0), **more)


def used(when: int, count: int, **more: Any) -> Entry:
    return entry("redeemed", when, Leg("redeemed", "points", count), Leg("cell", "points", -count, ends=0), **more)


def joined(when: int = SINCE) -> Entry:
    return entry("claimed", when)


def order(number: int, account: str, when: int, goods: int, *, back: int = 0, **facts: Any) -> OrderDocument:
    told = OrderFacts(
        changed_at=when, occurred_at=when, currency="RUB", amounts=Amounts(goods=goods), is_paid=True, **facts
    )
    refunds = {"r1": RefundFacts(when, "succeeded", Amounts(goods=back))} if back else {}
    return OrderDocument(
        reference=Reference(f"order/shop/{number}"), account=AccountId(account), facts=told, refunds=refunds,
        state="posted",
    )  # fmt: skip


def counted(
    journals: dict[str, Sequence[Entry]], orders: Sequence[OrderDocument] = (), definition: Definition | None = None
) -> Figures:
    gathering = Gathering(lambda _: Fraction(1))
    for account, entries in journals.items():
        gathering.follow(AccountId(account), entries)
    for document in orders:
        gathering.document(document)
    return figures(gathering, definition or roubles(), PERIOD)


# --- do members care ----------------------------------------------------------------------------------------------


def test_3_24_of_1000_members_460_active_in_180_days_54_percent_are_inactive() -> None:
    recent, old = NOW - 100 * DAY, NOW - 200 * DAY
    journals = {f"m{n}": [joined(), earned(recent if n < 460 else old)] for n in range(1000)}
    told = counted(journals)
    assert told.inactive_share == Fraction(54, 100)


def test_the_180th_day_itself_is_inactive_and_the_moment_before_is_not() -> None:
    told = counted({"a": [joined(), earned(NOW - 180 * DAY)], "b": [joined(), earned(NOW - 180 * DAY + 1)]})
    assert told.inactive == 1


def test_engaged_is_who_earned_or_used_points_in_the_period() -> None:
    journals = {
        "earned": [joined(SINCE - DAY), earned(SINCE)],
        "used": [joined(SINCE - DAY), used(NOW, 10)],
        "before": [joined(SINCE - DAY), earned(SINCE - 1)],
        "never": [joined()],
    }
    assert counted(journals).engagement == Fraction(1, 2)


def test_a_refund_or_an_expiry_is_no_sign_of_life() -> None:
    gone = entry("settled", NOW, Leg("expired", "points", 100), Leg("cell", "points", -100, ends=0))
    told = counted({"a": [joined(SINCE - 400 * DAY), earned(SINCE - 300 * DAY), gone]})
    assert (told.engaged, told.inactive) == (0, 1)


# --- do they come back --------------------------------------------------------------------------------------------


def test_the_repeat_rate_counts_buyers_of_more_than_one_kept_order() -> None:
    orders = [
        order(1, "a", NOW - DAY, 1000),
        order(2, "a", NOW, 2000),
        order(3, "b", NOW, 3000),
        order(4, "b", NOW, 500, back=500),
        order(5, "c", NOW, 700, is_cancelled=True),
    ]
    told = counted({name: [joined()] for name in "abc"}, orders)
    assert told.repeat_rate == Fraction(1, 2)
    assert told.orders_per_buyer == Fraction(3, 2)


def test_the_average_order_is_what_did_not_go_back() -> None:
    told = counted({"a": [joined()]}, [order(1, "a", NOW, 1000, back=400), order(2, "a", NOW, 1400)])
    assert told.average_order == 1000


def test_what_a_member_is_worth_counts_from_the_beginning_and_the_average_only_the_period() -> None:
    orders = [order(1, "a", SINCE - DAY, 9000), order(2, "a", NOW, 1000)]
    told = counted({"a": [joined()], "b": [joined()]}, orders)
    assert (told.lifetime_value, told.average_order) == (5000, 1000)


def test_what_guests_do_is_counted_apart() -> None:
    told = counted({"g": [earned(NOW, status="unclaimed")]}, [order(1, "g", NOW, 5000)])
    assert (told.members, told.guests, told.buyers, told.sales) == (0, 1, 0, 0)


def test_who_left_is_no_member() -> None:
    assert counted({"a": [joined(), entry("noted", NOW, status="closed")]}).left == 1


def test_accounts_of_one_person_count_once() -> None:
    journals = {
        "old": [joined(SINCE - DAY), earned(NOW - DAY), entry("merged", NOW, status="merged", merged_to="new")],
        "new": [joined(NOW - DAY)],
    }
    told = counted(journals, [order(1, "old", NOW, 1000), order(2, "new", NOW, 1000)])
    assert (told.members, told.buyers, told.repeaters, told.engaged) == (1, 1, 1, 1)


# --- points and money ---------------------------------------------------------------------------------------------


def test_the_time_to_the_first_reward_is_the_median_of_those_who_had_one() -> None:
    journals = {str(days): [joined(), used(SINCE + days * DAY, 5), used(NOW, 5)] for days in (10, 30, 80)}
    told = counted({**journals, "never": [joined()]})
    assert told.first_reward_days == 30
    assert told.rewarded_share == Fraction(3, 4)


def test_the_redemption_rate_is_of_points_that_were_not_taken_back() -> None:
    back = entry("taken_back", NOW, Leg("taken_back", "points", 60), Leg("cell", "points", -60, ends=0))
    gone = entry("settled", NOW, Leg("expired", "points", 10), Leg("cell", "points", -10, ends=0))
    told = counted({"a": [joined(), earned(NOW, 160), back, used(NOW, 25), gone]})
    assert told.redemption_rate("points") == Fraction(1, 4)
    assert told.breakage("points") == Fraction(1, 10)


def test_points_that_came_back_are_not_used() -> None:
    came_back = entry("restored", NOW, Leg("redeemed", "points", -25), Leg("cell", "points", 25, ends=0))
    told = counted({"a": [joined(), earned(NOW, 100), used(NOW, 25), came_back]})
    assert (told.redemption_rate("points"), told.used_worth) == (0, 0)


def test_points_used_cost_their_worth_and_the_rest_of_the_margin_is_left() -> None:
    told = counted({"a": [joined(), earned(NOW, 500), used(NOW, 300)]}, [order(1, "a", NOW, 100_000)])
    assert told.used_worth == 300_00
    assert told.left_of_margin(Fraction(40, 100)) == 100_00
    assert told.left_of_margin(Fraction(20, 100)) == -100_00


def test_months_follow_the_programs_clock_and_none_is_left_out() -> None:
    late = at("2026-01-31 23:50")
    told = counted({"a": [joined(), used(late, 7)]}, [order(1, "a", late, 1000), order(2, "a", late + 3_600_000, 500)])
    assert [month.name for month in told.months] == [f"2025-{12:02d}", *(f"2026-{n:02d}" for n in range(1, 12))]
    by_name = {month.name: (month.sales, month.orders, month.active, month.used["points"]) for month in told.months}
    assert by_name["2026-01"] == (1000, 1, 1, 7)
    assert by_name["2026-02"] == (500, 1, 1, 0)
    assert by_name["2026-03"] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "figure",
    ["repeat_rate", "engagement", "inactive_share", "average_order", "lifetime_value", "first_reward_days",
     "rewarded_share", "orders_per_buyer"],
)  # fmt: skip
def test_where_nobody_counts_a_figure_is_unknown_and_not_zero(figure: str) -> None:
    assert getattr(counted({}), figure) is None


def test_points_of_no_stated_worth_cost_nothing_that_is_known() -> None:
    priceless = {key: value for key, value in points().items() if key != "worth"}
    told = counted({"a": [joined(), used(NOW, 5)]}, definition=roubles(currencies={"points": priceless}))
    assert told.used_worth == 0


def test_money_that_does_not_count_is_no_order() -> None:
    gathering = Gathering(lambda _: Fraction(0))
    gathering.follow(AccountId("a"), [joined()])
    gathering.document(order(1, "a", NOW, 1000))
    assert figures(gathering, roubles(), PERIOD).orders == 0
