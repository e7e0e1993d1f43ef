"""Limits that span orders, by themselves: one order after the other, in any order, against the limit's own sum."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.caps import Count, cap_reference, changing, counted, counts, within, wrong_count, wrong_limit
from chalicelib.ledger.documents import CapDocument, Cut, Lot, OrderDocument, Rolling, Target, Want, WhenShort, Worth

ANNA = AccountId("anna")
LOT = Lot(ends=1)


class Books:
    """Orders and limits as the store would hold them. An order is told by what it is worth without limits."""

    def __init__(self, most: int, when_short: WhenShort | None = None) -> None:
        self.most, self.when_short = most, when_short
        self.caps: dict[Reference, CapDocument] = {}
        self.orders: dict[str, OrderDocument] = {}
        self.posted: dict[str, int] = {}

    def tell(self, order: str, points: int, *, most: int | None = None) -> int:
        """Points that the order's entry posts."""
        document = self.orders.get(order, OrderDocument(Reference(order), account=ANNA))
        want = Want("shopping", "beans", points, most or self.most, period="2026-01", when_short=self.when_short)
        target = Target(worths=(Worth("beans", points, LOT),), wants=(want,))
        read = {cap: self.caps.get(cap) for cap in changing(target, document.cuts, ANNA)}
        now = counted(target, document.cuts, ANNA, read)
        for cap in now.caps:
            assert cap.revision == (self.caps[cap.reference].revision if cap.reference in self.caps else 0) + 1
            self.caps[cap.reference] = cap
        self.orders[order] = OrderDocument(Reference(order), account=ANNA, cuts=now.cuts)
        before, self.posted[order] = self.posted.get(order, 0), now.target.worths[0].points
        return self.posted[order] - before

    @property
    def cap(self) -> CapDocument:
        (only,) = self.caps.values()
        return only

    def given(self) -> int:
        return sum(self.posted.values())

    def wrong(self) -> str:
        found = [count for order in self.orders.values() for _, count in counts(order)]
        total = Count(sum(count.wanted for count in found), sum(count.given for count in found))
        return wrong_limit(self.cap) or wrong_count(self.cap, total, is_whole=True)


# --- a member's limit -----------------------------------------------------------------------------------------------


def test_3500_points_under_a_limit_of_3000_give_3000_and_a_refund_of_500_takes_nothing_back() -> None:
    books = Books(3_000)
    assert [books.tell("1", 3_500), books.tell("1", 3_000), books.tell("1", 2_900)] == [3_000, 0, -100]
    reference = Reference("cap/shopping/beans/anna/2026-01")
    assert books.cap == CapDocument(reference, "beans", 3_000, 3, ANNA, wanted=2_900, given=2_900)


def test_2900_and_200_under_a_limit_of_3000_give_100_and_the_surplus_burns() -> None:
    books = Books(3_000)
    assert [books.tell("1", 2_900), books.tell("2", 200)] == [2_900, 100]
    assert books.orders["2"].cuts[0].cut == 100


def test_a_refund_of_another_order_inside_an_exhausted_limit_gives_back_what_the_limit_had_taken() -> None:
    books = Books(3_000)
    assert [books.tell("1", 3_000), books.tell("2", 500), books.tell("1", 0)] == [3_000, 0, -2_500]
    assert [order.cuts[0].cut for order in books.orders.values()] == [-500, 500]
    assert books.tell("2", 0) == -500
    assert (books.given(), books.cap.given, books.wrong()) == (0, 0, "")


def test_a_limit_that_was_raised_holds_at_once_and_one_that_was_lowered_does_not_touch_a_period_that_runs() -> None:
    books = Books(100)
    assert [books.tell("1", 150), books.tell("2", 10, most=120), books.tell("3", 10, most=50)] == [100, 20, 0]
    assert books.cap.most == 120


def test_nothing_is_read_or_written_when_an_order_counts_as_before() -> None:
    books = Books(100)
    books.tell("1", 150)
    target = Target(worths=(Worth("beans", 150, LOT),), wants=(Want("shopping", "beans", 150, 100, period="2026-01"),))
    assert changing(target, books.orders["1"].cuts, ANNA) == ()
    assert counted(target, books.orders["1"].cuts, ANNA, {}).caps == ()


def test_an_order_worth_nothing_does_not_make_a_limit() -> None:
    books = Books(100)
    books.tell("1", 0)
    assert (books.caps, books.orders["1"].cuts) == ({}, ())


def test_a_rule_that_lost_its_limit_counts_nothing_any_more() -> None:
    books = Books(100)
    books.tell("1", 150)
    free = Target(worths=(Worth("beans", 150, LOT),))
    now = counted(free, books.orders["1"].cuts, ANNA, dict(books.caps))
    assert (now.target.worths[0].points, now.cuts, now.caps[0].wanted) == (150, (), 0)


def test_a_limit_that_is_gone_is_an_error_and_not_a_new_one() -> None:
    cut = Cut(Reference("cap/shopping/beans/anna/2026-01"), "beans", 50)
    want = Want("shopping", "beans", 40, 100, period="2026-01")
    with pytest.raises(Broken, match="limit_is_gone"):
        counted(Target(wants=(want,)), (cut,), ANNA, {cut.cap: None})


def test_what_a_limit_takes_does_not_count_for_a_level_measured_in_points() -> None:
    target = Target(
        worths=(Worth("beans", 150, LOT), Worth("stars", 5, LOT)),
        rolling=(Rolling("beans earned", 150, 9),),
        wants=(Want("shopping", "beans", 150, 100, period="2026-01", metric="beans earned"),),
    )
    cap = cap_reference(target.wants[0], ANNA)
    now = counted(target, (), ANNA, {cap: None}).target
    assert [(worth.currency, worth.points) for worth in now.worths] == [("beans", 100), ("stars", 5)]
    assert now.rolling == (Rolling("beans earned", 100, 9),)


def test_a_target_without_cuts_is_itself() -> None:
    target = Target(worths=(Worth("beans", 150, LOT),))
    assert within(target, ()) is target


Told = Sequence[tuple[str, int]]
_events = some.lists(some.tuples(some.sampled_from("abcd"), some.integers(0, 300)), max_size=12)


@given(events=_events, most=some.integers(1, 400))
def test_at_no_moment_more_than_the_limit_is_given_and_always_all_that_may_be(events: Told, most: int) -> None:
    books, last = Books(most), dict[str, int]()
    for order, points in events:
        books.tell(order, points)
        last[order] = points
        assert books.given() == min(most, sum(last.values()))
        if books.caps:
            assert (books.cap.wanted, books.cap.given) == (sum(last.values()), books.given())
            assert books.wrong() == ""


@given(data=some.data(), most=some.integers(1, 400), events=_events)
def test_the_limit_ends_alike_in_whatever_order_the_news_of_orders_mix(
    data: some.DataObject, most: int, events: Told
) -> None:
    by_order: dict[str, list[int]] = {}
    for order, points in events:
        by_order.setdefault(order, []).append(points)
    mixed = data.draw(some.permutations([order for order, _ in events]))
    turns: Mapping[str, list[int]] = {order: list(points) for order, points in by_order.items()}
    one, other = Books(most), Books(most)
    for order, points in events:
        one.tell(order, points)
    for order in mixed:
        other.tell(order, turns[order].pop(0))
    ends = [
        sorted((cap.reference, cap.wanted, cap.given) for cap in books.caps.values() if cap.wanted)
        for books in (one, other)
    ]
    assert ends[0] == ends[1]
    assert one.given() == other.given()


# --- a campaign's budget --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when_short", "granted"), [("partial", [50, 0]), ("all or nothing", [0, 0])])
def test_9950_of_10000_and_two_awards_of_100(when_short: WhenShort, granted: list[int]) -> None:
    books = Books(10_000, when_short)
    books.tell("before", 9_950)
    assert [books.tell("1", 100), books.tell("2", 100)] == granted
    assert books.cap.given == 9_950 + sum(granted)


def test_all_or_nothing_is_recorded_and_never_decided_anew() -> None:
    books = Books(100, "all or nothing")
    books.tell("1", 80)
    assert books.tell("late", 50) == 0
    books.tell("1", 0)
    assert [books.tell("late", 40), books.tell("late", 0), books.tell("late", 50)] == [0, 0, 0]
    assert books.tell("next", 100) == 100


def test_what_a_budget_could_not_give_is_not_given_later_either() -> None:
    books = Books(100, "partial")
    books.tell("1", 80)
    assert [books.tell("late", 50), books.tell("1", 0), books.tell("late", 60)] == [20, -80, 0]
    assert [books.tell("late", 10), books.tell("late", 60)] == [-10, 10]


def test_a_refund_frees_the_budget_for_the_next() -> None:
    books = Books(100, "partial")
    assert [books.tell("1", 100), books.tell("1", 40), books.tell("2", 100)] == [100, -60, 60]
    assert books.cap == CapDocument(Reference("budget/shopping/beans"), "beans", 100, 3, None, wanted=140, given=100)


def test_a_refund_that_fails_after_the_budget_went_to_others_gets_what_is_left() -> None:
    books = Books(100, "partial")
    assert [books.tell("1", 100), books.tell("1", 0), books.tell("2", 70), books.tell("1", 100)] == [100, -100, 70, 30]


def test_an_order_that_was_given_all_it_asked_for_may_ask_for_more() -> None:
    books = Books(100, "all or nothing")
    assert [books.tell("1", 40), books.tell("1", 60), books.tell("1", 120)] == [40, 20, 0]


def test_a_budget_can_be_raised_and_lowered() -> None:
    books = Books(100, "partial")
    assert [books.tell("1", 90), books.tell("2", 50, most=80), books.tell("3", 50, most=200)] == [90, 0, 50]
    assert books.wrong() == ""


@given(events=_events, most=some.integers(1, 400), when_short=some.sampled_from(["partial", "all or nothing"]))
def test_a_budget_is_never_exceeded_and_an_order_never_gets_more_than_it_asks(
    events: Told, most: int, when_short: WhenShort
) -> None:
    books = Books(most, when_short)
    for order, points in events:
        books.tell(order, points)
        assert 0 <= books.posted[order] <= points
        assert books.given() <= most
        if books.caps:
            assert (books.cap.given, books.wrong()) == (books.given(), "")


@given(events=_events)
def test_a_budget_that_suffices_leaves_every_order_as_if_there_were_none(events: Told) -> None:
    books = Books(10_000, "all or nothing")
    for order, points in events:
        books.tell(order, points)
    assert books.posted == dict(events)


# --- the checker's part ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoiled", [{"given": 101}, {"given": 99}, {"given": -1}, {"wanted": 90}])
def test_a_limit_that_does_not_give_what_it_may_is_found(spoiled: dict[str, int]) -> None:
    good = {"wanted": 150, "given": 100, **spoiled}
    assert wrong_limit(CapDocument(Reference("cap/x"), "beans", 100, account=ANNA, **good)) != ""


def test_orders_that_count_otherwise_than_the_limit_are_found_unless_guests_may_have_ended() -> None:
    cap = CapDocument(Reference("budget/x"), "beans", 100, wanted=150, given=100)
    assert wrong_count(cap, Count(150, 100), is_whole=True) == ""
    assert wrong_count(cap, Count(150, 90), is_whole=True) != ""
    assert [wrong_count(cap, Count(150, given), is_whole=False) != "" for given in (90, 101)] == [False, True]


def test_orders_that_are_left_may_have_got_what_a_members_limit_took_from_those_that_have_ended() -> None:
    cap = CapDocument(Reference("cap/x"), "beans", 60, account=ANNA, wanted=12, given=12)
    assert wrong_count(cap, Count(12, 26), is_whole=False) == ""
    assert wrong_count(cap, Count(13, 26), is_whole=False) != ""
    assert wrong_count(cap, Count(12, 26), is_whole=True) != ""


def test_what_is_wrong_with_a_limit_is_said_with_its_name_and_its_points() -> None:
    spoiled = CapDocument(Reference("cap/x"), "beans", 100, account=ANNA, wanted=150, given=99)
    assert wrong_limit(spoiled) == "cap/x gave 99 of 150 points, and its limit is 100"
    cap = CapDocument(Reference("budget/x"), "beans", 100, wanted=150, given=90)
    assert wrong_limit(cap) == ""
    assert wrong_count(cap, Count(140, 80), is_whole=True) == "budget/x counts 90 of 150 points, its orders 80 of 140"


@pytest.mark.parametrize(
    ("orders", "is_wrong"),
    [(Count(150, 90), False), (Count(0, 0), False), (Count(151, 90), True), (Count(150, 91), True)],
)
def test_orders_of_guests_that_have_ended_leave_less_behind_and_never_more(orders: Count, is_wrong: bool) -> None:
    cap = CapDocument(Reference("budget/x"), "beans", 100, wanted=150, given=90)
    assert bool(wrong_count(cap, orders, is_whole=False)) == is_wrong


def test_a_limits_document_is_named_after_its_rule_its_points_and_whose_it_is() -> None:
    want = Want("a/b", "beans", 1, 100, period="2026-01")
    assert cap_reference(want, ANNA) == "cap/a/b/beans/anna/2026-01"
    assert cap_reference(Want("a/b", "beans", 1, 100, when_short="partial"), ANNA) == "budget/a/b/beans"


def test_what_nobody_counted_is_nothing() -> None:
    assert Count() == Count(0, 0)


def test_an_order_that_asks_for_no_more_does_not_move_the_budget_itself() -> None:
    books = Books(100, "partial")
    books.tell("1", 90)
    books.tell("1", 50, most=500)
    assert (books.cap.most, books.cap.given) == (100, 50)
