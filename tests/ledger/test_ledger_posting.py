"""How points are taken back, moved and given back."""

from collections.abc import Sequence
from functools import partial

import pytest
from ledger_factories import (
    BEANS,
    CALENDAR,
    DAY,
    Desk,
    cells,
    coming,
    day,
    holding,
    one_bean_per_euro,
    paid,
    purse,
    refund,
    timeline,
    told,
)
from stand_ins import refusal

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Amounts, OrderFacts, Reference, RefundFacts
from chalicelib.ledger.bounds import prolong, shared_end
from chalicelib.ledger.documents import Lot, OrderDocument, RedemptionDocument, Rolling, Target, Worth
from chalicelib.ledger.journal import NEVER, Cell, Hold, Leg, Maturing, Purse, Rolled
from chalicelib.ledger.merging import merge
from chalicelib.ledger.moves import applied
from chalicelib.ledger.orders import post, returned
from chalicelib.ledger.posting import earn, reschedule, take_back
from chalicelib.ledger.redemptions import give_back, redeem


def taken(own: Purse, lot: Lot, points: int, *, at: float = 0) -> Purse:
    legs = take_back(own, BEANS, lot, points, at=day(at), calendar=CALENDAR)
    assert sum(leg.points for leg in legs) == 0
    return applied(holding(own), legs).purse(BEANS)


def test_taking_back_begins_with_the_orders_own_points_on_the_way() -> None:
    own = taken(purse((84, 100), (168, 50), maturing=((5, 168, 70), (6, 168, 9))), Lot(day(168), day(5)), 60)
    assert (cells(own), coming(own)) == ([(84, 100), (168, 50)], [(5, 168, 10), (6, 168, 9)])


def test_then_with_its_own_cell_then_the_others_earliest_first_then_debt() -> None:
    before = purse((84, 100), (168, 50), (252, 30), maturing=((5, 168, 70),))
    lot = Lot(day(168), day(5))
    assert cells(taken(before, lot, 100)) == [(84, 100), (168, 20), (252, 30)]
    assert cells(taken(before, lot, 150)) == [(84, 70), (252, 30)]
    assert cells(taken(before, lot, 240)) == [(252, 10)]
    own = taken(before, lot, 260)
    assert (own.balance, own.debt, own.taken_back) == (-10, 10, 260)


def test_a_later_cell_is_not_taken_for_the_orders_own_when_that_was_spent() -> None:
    """The lot ended on day 28 and was spent; day 84 ends the same quarter but is another lot's."""
    assert cells(taken(purse((56, 50), (84, 50)), Lot(day(28)), 50)) == [(84, 50)]


def test_without_its_own_cell_the_earliest_is_taken() -> None:
    assert cells(taken(purse((10, 50), (100, 50)), Lot(day(28)), 50)) == [(100, 50)]
    assert cells(taken(purse((10, 50), (15, 50)), Lot(day(15)), 50)) == [(10, 50)]


def test_what_is_ripe_is_not_taken_from_another_orders_points_on_the_way() -> None:
    own = taken(purse((168, 50), maturing=((7, 168, 70),)), Lot(day(168), day(5)), 20, at=6)
    assert (cells(own), coming(own)) == ([(168, 30)], [(7, 168, 70)])


def test_of_points_without_a_day_the_orders_own_are_taken() -> None:
    own = taken(purse(maturing=((None, 84, 50), (None, 168, 70))), Lot(day(168), NEVER), 60)
    assert coming(own) == [(None, 84, 50), (None, 168, 10)]


def test_cells_and_days_stay_in_the_order_of_time() -> None:
    legs = [
        Leg("issued", BEANS, -20),
        Leg("cell", BEANS, 10, ends=day(1)),
        Leg("maturing", BEANS, 10, ends=day(9), at=day(1)),
    ]
    own = applied(holding(purse((5, 10), maturing=((5, 9, 10),))), legs).purse(BEANS)
    assert (cells(own), coming(own)) == ([(1, 10), (5, 10)], [(1, 9, 10), (5, 9, 10)])


def test_what_has_expired_is_forgiven_and_the_balance_stays() -> None:
    own = taken(purse((168, 50), expired=100), Lot(day(84)), 100, at=90)
    assert (own.balance, own.expired, own.taken_back, own.debt) == (50, 0, 100, 0)


def test_more_than_ever_expired_is_taken_from_what_there_is() -> None:
    own = taken(purse((168, 50), expired=30), Lot(day(84)), 100, at=90)
    assert (own.balance, own.expired, own.debt) == (-20, 0, 20)


def test_points_told_too_late_expire_at_once_and_can_be_taken_back() -> None:
    desk = Desk(one_bean_per_euro(life=84), timeline(), now=day(100))
    entry = desk.tell(told(paid(5_000)))
    assert entry is not None
    assert (entry.snap.purse(BEANS).cells, entry.snap.purse(BEANS).expired) == ((), 50)
    desk.tell(told(r1=refund(5_000, on=99)))
    assert (desk.purse().balance, desk.purse().expired, desk.purse().taken_back) == (0, 0, 50)
    assert not desk.violations()


def test_points_told_too_late_pay_the_debt_before_the_rest_expires() -> None:
    """Whether they would have paid it while they lived is not known any more. Being late is not their owner's doing."""
    desk = Desk(one_bean_per_euro(life=84), timeline(), now=day(99))
    desk.tell(told(paid(3_000, on=99), reference="order/shop/0"))
    desk.redeem("redemption/1", 30)
    desk.tell(told(reference="order/shop/0", r1=refund(3_000, on=99)))
    assert desk.purse().debt == 30
    desk.now = day(100)
    desk.tell(told(paid(5_000)))
    assert (desk.purse().debt, desk.purse().balance, desk.purse().expired) == (0, 0, 20)
    assert not desk.violations()


def test_points_that_come_back_after_their_end_pay_the_debt_before_the_rest_expires() -> None:
    snap = holding(purse((10, 100)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 100), snap)
    owing = applied(snap, [*spending.legs, Leg("taken_back", BEANS, 60), Leg("debt", BEANS, -60)])
    back = applied(owing, give_back(spending.document, owing, 100, at=day(11), grace_until=day(11)).legs)
    assert (back.purse(BEANS).debt, back.purse(BEANS).expired, cells(back.purse(BEANS))) == (0, 40, [])


def test_points_that_come_back_can_be_used_as_long_as_the_grace_says_at_least() -> None:
    """A lot with three days left would be worth less than one that had ended, if the grace were for that alone."""
    snap = holding(purse((13, 60), (90, 40)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 100), snap)
    used = applied(snap, spending.legs)
    back = applied(used, give_back(spending.document, used, 100, at=day(10), grace_until=day(24)).legs)
    assert cells(back.purse(BEANS)) == [(24, 60), (90, 40)]


def test_points_that_come_back_join_those_that_live_as_long_as_their_owner_is_active() -> None:
    snap = holding(purse((13, 60)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 60), snap)
    used = applied(snap, spending.legs)
    back = give_back(spending.document, used, 60, at=day(20), grace_until=day(20), alive_until=day(90))
    assert cells(applied(used, back.legs).purse(BEANS)) == [(90, 60)]


def test_an_edit_upwards_after_refunds_gives_only_the_difference() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.tell(told(r1=refund(4_000, on=1)))
    desk.tell(told(paid(15_000, changed=2)))
    assert (desk.purse().balance, desk.purse().issued, desk.purse().taken_back) == (110, 150, 40)
    desk.tell(told(r1=refund(4_000, on=3, status="failed")))
    assert desk.purse().balance == 150
    desk.tell(told(paid(15_000, changed=4, is_cancelled=True)))
    assert desk.purse().balance == 0
    desk.tell(told(paid(15_000, changed=5)))
    assert desk.purse().balance == 150
    assert not desk.violations()


@pytest.mark.parametrize(("status", "goods"), [("succeeded", 5_000), ("failed", 3_000), ("pending", 3_000)])
def test_a_cumulative_refund_and_single_ones_count_once(status: str, goods: int) -> None:
    refunds = {"cumulative": refund(5_000, on=1, status=status), "r1": refund(3_000, on=1)}
    assert returned(OrderDocument(Reference("order/shop/1"), refunds=refunds)).goods == goods


@pytest.mark.parametrize(("provider", "goods"), [(2_999, 3_000), (3_000, 3_000), (3_001, 3_001), (9_000, 9_000)])
def test_what_the_payment_provider_knows_beyond_the_shop_was_for_goods(provider: int, goods: int) -> None:
    """The shop knows of 30.00, 5.00 of it for gift cards and 4.00 for the way."""
    by_shop = RefundFacts(day(1), "succeeded", Amounts(goods=2_100, gift_cards=500, shipping=400))
    both = OrderDocument(Reference("order/shop/1"), refunds={"r1": by_shop}, evidence={"p": refund(provider, on=1)})
    assert returned(both) == Amounts(goods=2_100 + goods - 3_000, gift_cards=500, shipping=400)


def test_disputes_come_on_top_of_what_a_sender_sums_up() -> None:
    refunds = {"cumulative": refund(5_000, on=1), "r1": refund(3_000, on=1), "dispute/1": refund(700, on=1)}
    lost = {**refunds, "dispute/2": refund(900, on=1, status="failed")}
    assert returned(OrderDocument(Reference("order/shop/1"), refunds=lost)).goods == 5_700


def test_each_part_of_a_refund_counts_by_the_larger_sum() -> None:
    told_sum = RefundFacts(day(1), "succeeded", Amounts(goods=500, shipping=90))
    single = RefundFacts(day(1), "succeeded", Amounts(goods=600, shipping=50, tax=7))
    document = OrderDocument(Reference("order/shop/1"), refunds={"cumulative": told_sum, "r1": single})
    assert returned(document) == Amounts(goods=600, shipping=90, tax=7)


def test_debts_of_two_currencies_know_nothing_of_each_other() -> None:
    def price(facts: OrderFacts, back: Amounts) -> Target:
        left = facts.amounts.less(back).goods // 100
        worths = (Worth(BEANS, left, Lot(day(84))), Worth("stamps", left // 10, Lot(day(84))))
        return Target(worths, (Rolling("spent", left, day(84)),))

    desk = Desk(price, timeline())
    desk.tell(told(paid(10_000)))
    desk.redeem("redemption/1", 100)
    desk.tell(told(r1=refund(10_000, on=1)))
    snap = desk.snap()
    assert (snap.purse(BEANS).balance, snap.purse("stamps").balance, snap.metric("spent")) == (-100, 0, 0)
    desk.tell(told(paid(3_000), reference="order/shop/2"))
    snap = desk.snap()
    assert (snap.purse(BEANS).balance, snap.purse("stamps").balance) == (-70, 3)
    assert not desk.violations()


def test_a_second_order_on_the_same_day_keeps_its_own_share_on_the_way() -> None:
    desk = Desk(one_bean_per_euro(wait=14), timeline())
    for number in (1, 2):
        desk.tell(told(paid(10_000, delivered_at=day(1)), reference=f"order/shop/{number}"))
    assert coming(desk.purse()) == [(15, 336, 200)]
    desk.tell(told(paid(10_000, changed=2, delivered_at=day(3))))
    assert coming(desk.purse()) == [(15, 336, 100), (17, 336, 100)]
    desk.tell(told(r1=refund(10_000, on=3)))
    assert coming(desk.purse()) == [(15, 336, 100)]


def test_what_is_usable_stays_usable_when_the_delivery_is_corrected() -> None:
    """The corrected day must not make a refund take another order's points on the way."""
    desk = Desk(one_bean_per_euro(wait=14), timeline())
    desk.tell(told(paid(10_000, delivered_at=day(0))))
    desk.now = day(15)
    desk.tell(told(paid(10_000, delivered_at=day(10)), reference="order/shop/2"))
    desk.tell(told(paid(10_000, changed=12, delivered_at=day(10))))
    assert (desk.purse().balance, coming(desk.purse())) == (100, [(24, 336, 100)])
    desk.tell(told(r1=refund(10_000, on=15)))
    assert (desk.purse().balance, coming(desk.purse())) == (0, [(24, 336, 100)])


def test_points_delivered_after_their_end_are_not_spendable_for_a_moment() -> None:
    desk = Desk(one_bean_per_euro(life=84, wait=1), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(100)
    entry = desk.tell(told(paid(10_000, changed=99, delivered_at=day(98))))
    assert entry is not None
    assert (entry.snap.purse(BEANS).cells, entry.snap.purse(BEANS).expired) == ((), 100)


def test_rescheduling_to_a_past_day_pays_the_debt_first() -> None:
    own = purse(maturing=((5, 168, 70),), debt=20)
    legs = reschedule(
        own, BEANS, 70, old=Lot(day(168), day(5)), new=Lot(day(168), day(1)), at=day(2), calendar=CALENDAR
    )
    after = applied(holding(own), legs).purse(BEANS)
    assert (cells(after), after.debt, coming(after)) == ([(168, 50)], 0, [])


def test_activity_keeps_all_points_alive_also_those_on_the_way() -> None:
    own = purse((84, 100), (400, 7), maturing=((5, 90, 70),))
    after = applied(holding(own), prolong(own, BEANS, day(200))).purse(BEANS)
    assert (cells(after), coming(after)) == ([(200, 100), (400, 7)], [(5, 200, 70)])


def alive(price_life: float) -> Desk:
    """Points that end after so many days without an order; usable two days after delivery."""

    def price(facts: OrderFacts, back: Amounts) -> Target:
        left = facts.amounts.less(back).goods // 100
        ends = facts.occurred_at + int(price_life * DAY)
        ripe = NEVER if facts.delivered_at is None else facts.delivered_at + 2 * DAY
        return Target((Worth(BEANS, left, Lot(ends, ripe)),), keep_alive={BEANS: ends})

    return Desk(price, timeline())


def test_an_order_worth_nothing_is_activity_whatever_was_told_first() -> None:
    ends = []
    for events in ([told(paid(5_000, on=9)), told(r1=refund(5_000, on=9))],) * 2:
        desk = alive(84)
        desk.tell(told(paid(10_000, delivered_at=day(0)), reference="order/shop/0"))
        desk.now = day(9)
        for event in reversed(events) if ends else events:
            desk.tell(event)
        ends.append(cells(desk.purse()))
        assert not desk.violations()
    assert ends == [[(93, 100)]] * 2


def test_an_order_told_late_shares_the_end_that_later_activity_gave_the_rest() -> None:
    """Whatever is told first: the order of day 40 keeps the points of day 0 alive, also when they come after it."""
    ends = []
    for first, then in (((0, "a"), (40, "b")), ((40, "b"), (0, "a"))):
        desk = alive(84)
        desk.now = day(50)
        for when, name in (first, then):
            desk.tell(told(paid(10_000, on=when, delivered_at=day(when)), reference=f"order/shop/{name}"))
        ends.append(cells(desk.purse()))
        assert not desk.violations()
    assert ends == [[(124, 200)]] * 2


def test_an_order_told_after_its_own_end_lives_while_its_owners_points_do() -> None:
    desk = alive(84)
    desk.now = day(100)
    for when in (60, 0):
        desk.tell(told(paid(10_000, on=when, delivered_at=day(when)), reference=f"order/shop/{when}"))
    assert (cells(desk.purse()), desk.purse().expired) == ([(144, 200)], 0)


def test_a_late_order_of_an_empty_purse_lives_as_long_as_it_lets_itself() -> None:
    desk = alive(84)
    desk.now = day(50)
    desk.tell(told(paid(10_000, on=40, delivered_at=day(0)), reference="order/shop/0"))
    desk.redeem("redemption/1", 100)
    desk.tell(told(paid(10_000, on=10, delivered_at=day(0)), reference="order/shop/1"))
    assert cells(desk.purse()) == [(94, 100)]


def test_points_without_an_end_are_no_end_to_share() -> None:
    held = Hold(day(1), Reference("r"), (Cell(day(90), 5),))
    own = Purse((Cell(day(80), 5), Cell(NEVER, 5)), (Maturing(NEVER, day(70), 5),), (held,))
    assert (shared_end(own), shared_end(Purse((Cell(NEVER, 5),)))) == (day(90), 0)


def test_points_on_the_way_that_were_kept_alive_are_still_the_orders_own() -> None:
    desk = alive(84)
    desk.tell(told(paid(10_000), reference="order/shop/0"))
    desk.now = day(9)
    desk.tell(told(paid(5_000, on=9, delivered_at=day(0))))
    desk.tell(told(reference="order/shop/0", r1=refund(4_000, on=9)))
    assert (cells(desk.purse()), coming(desk.purse())) == ([(93, 50)], [(None, 93, 60)])


@pytest.mark.parametrize(
    ("one", "other", "debt", "left"),
    [
        (purse(debt=30), purse((5, 20), (6, 20)), 0, [(6, 10)]),
        (purse((5, 20), (6, 20)), purse(debt=30), 0, [(6, 10)]),
        (purse(debt=30), purse(debt=12), 42, []),
        (purse(debt=30), purse((5, 20), maturing=((7, 80, 50),)), 10, []),
        (purse((5, 20)), purse((5, 30)), 0, [(5, 50)]),
    ],
)
def test_a_merge_pays_one_accounts_debt_from_the_other(
    one: Purse, other: Purse, debt: int, left: Sequence[tuple[float, int]]
) -> None:
    into = holding(other)
    legs = merge(holding(one), into, CALENDAR).in_legs
    after = applied(into, legs).purse(BEANS)
    assert (after.debt, cells(after)) == (debt, left)
    assert sum(leg.points for leg in legs) == 0
    assert after.balance + after.pending == after.issued - after.redeemed - after.expired - after.taken_back


def test_several_returns_put_each_part_back_where_it_was() -> None:
    snap = holding(purse((10, 30), (20, 40), (30, 50)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 100), snap)
    document, now = spending.document, applied(snap, spending.legs)
    assert cells(now.purse(BEANS)) == [(30, 20)]
    for points, there in [(10, [(30, 30)]), (40, [(20, 20), (30, 50)]), (50, [(10, 30), (20, 40), (30, 50)])]:
        spending = give_back(document, now, points, at=day(0), grace_until=day(0))
        document, now = spending.document, applied(now, spending.legs)
        assert cells(now.purse(BEANS)) == there
    assert now.purse(BEANS).redeemed == 0


def test_what_comes_back_pays_the_debt_first() -> None:
    snap = holding(purse((10, 100)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 100), snap)
    owing = applied(snap, [*spending.legs, Leg("taken_back", BEANS, 60), Leg("debt", BEANS, -60)])
    back = applied(owing, give_back(spending.document, owing, 100, at=day(0), grace_until=day(0)).legs)
    assert (back.purse(BEANS).debt, cells(back.purse(BEANS))) == (0, [(10, 40)])


def test_several_parts_that_come_back_pay_one_debt_once() -> None:
    snap = holding(purse((10, 50), (20, 50)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 100), snap)
    owing = applied(snap, [*spending.legs, Leg("taken_back", BEANS, 60), Leg("debt", BEANS, -60)])
    back = applied(owing, give_back(spending.document, owing, 100, at=day(0), grace_until=day(0)).legs)
    assert (back.purse(BEANS).debt, cells(back.purse(BEANS))) == (0, [(10, 40)])


def test_no_more_comes_back_than_was_used_and_nothing_is_not_a_use() -> None:
    snap = holding(purse((10, 100)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 50), snap)
    some = give_back(spending.document, snap, 20, at=day(0), grace_until=day(0)).document
    for points in (0, -1, 31):
        again = partial(give_back, some, snap, points, at=day(0), grace_until=day(0))
        assert refusal(again) == "more_than_was_redeemed"
    for points in (0, -5):
        use = partial(redeem, RedemptionDocument(Reference("r"), AccountId("a"), BEANS, points), snap)
        assert refusal(use) == "not_a_number_of_points"


def test_a_movement_below_zero_is_our_own_fault() -> None:
    with pytest.raises(Broken, match="negative_part"):
        applied(holding(purse((5, 10))), [Leg("cell", BEANS, -11, ends=day(5)), Leg("redeemed", BEANS, 11)])


def test_points_earned_ripen_first_when_they_must_wait() -> None:
    own = purse(debt=30)
    waiting = earn(own, BEANS, Lot(day(84), day(5)), 50, day(4))
    assert coming(applied(holding(own), waiting).purse(BEANS)) == [(5, 84, 50)]
    ripe = applied(holding(own), earn(own, BEANS, Lot(day(84), day(5)), 50, day(5))).purse(BEANS)
    assert (cells(ripe), ripe.debt) == ([(84, 20)], 0)


def test_a_single_point_on_the_way_gets_its_other_day_too() -> None:
    document = OrderDocument(Reference("order/shop/1"))
    own = purse()
    for ripe in (5, 9):
        target = Target((Worth(BEANS, 1, Lot(day(84), day(ripe))),))
        done = post(document, target, holding(own), at=day(0), calendar=CALENDAR)
        document, own = done.document, done.snap.purse(BEANS)
        assert (coming(own), document.posted) == ([(ripe, 84, 1)], target.worths)


def test_a_measure_that_left_the_window_stays_as_it_was_posted() -> None:
    def target(points: int) -> Target:
        return Target((), (Rolling("spent", points, day(10)),))

    document = OrderDocument(Reference("order/shop/1"))
    first = post(document, target(50), holding(purse()), at=day(0), calendar=CALENDAR)
    assert first.rolled == (Rolled("spent", day(10), 50),)
    late = post(first.document, target(20), holding(purse()), at=day(10), calendar=CALENDAR)
    assert (late.rolled, late.document.rolled) == ((), (Rolling("spent", 50, day(10)),))


def measured(wanted: int, *there: tuple[float, int], at: float = 0, leaves: float = 10) -> tuple[list[Rolled], int]:
    """What a document rolls that had put 30 into the cell of day 10, and what it has put in then."""
    snap = holding(purse(), metrics={"spent": tuple(Cell(day(ends), points) for ends, points in there)})
    document = OrderDocument(Reference("order/shop/1"), rolled=(Rolling("spent", 30, day(10)),))
    target = Target((), (Rolling("spent", wanted, day(leaves)),))
    done = post(document, target, snap, at=day(at), calendar=CALENDAR)
    (now,) = done.document.rolled
    return list(done.rolled), now.points


def test_a_measure_follows_its_target_in_its_own_cell_and_then_in_the_earliest() -> None:
    assert measured(35, (10, 30)) == ([Rolled("spent", day(10), 5)], 35)
    assert measured(30, (10, 30)) == ([], 30)
    assert measured(10, (5, 50), (10, 30)) == ([Rolled("spent", day(10), -20)], 10)
    assert measured(0, (5, 4), (7, 50), (10, 20)) == (
        [Rolled("spent", day(10), -20), Rolled("spent", day(5), -4), Rolled("spent", day(7), -6)],
        0,
    )
    assert measured(0, (10, 20)) == ([Rolled("spent", day(10), -20)], 10)


@pytest.mark.parametrize("at", [10, 11])
def test_a_measure_that_has_left_takes_nothing_from_others(at: float) -> None:
    assert measured(0, (20, 50), at=at) == ([], 30)
    assert measured(50, (20, 50), at=at) == ([], 30)


def test_a_measure_of_another_window_moves_over_as_far_as_it_is_there() -> None:
    assert measured(30, (10, 30), leaves=20) == (
        [Rolled("spent", day(10), -30), Rolled("spent", day(20), 30)],
        30,
    )
    assert measured(45, (10, 20), leaves=20) == (
        [Rolled("spent", day(10), -20), Rolled("spent", day(20), 20), Rolled("spent", day(20), 25)],
        45,
    )
    assert measured(30, (10, 30), at=5, leaves=5) == ([Rolled("spent", day(10), -30)], 0)
    assert measured(30, (20, 50), at=10, leaves=20) == ([], 30)


def test_a_measure_that_is_no_longer_counted_goes() -> None:
    snap = holding(purse(), metrics={"spent": (Cell(day(10), 30),)})
    document = OrderDocument(Reference("order/shop/1"), rolled=(Rolling("spent", 30, day(10)),))
    done = post(document, Target(), snap, at=day(0), calendar=CALENDAR)
    assert (done.rolled, done.document.rolled) == ((Rolled("spent", day(10), -30),), ())
    late = post(document, Target(), holding(purse()), at=day(10), calendar=CALENDAR)
    assert (late.rolled, late.document.rolled) == ((), document.rolled)


def test_an_entry_is_named_after_what_it_does_to_points() -> None:
    """Points come, go or only move; whatever else there is."""
    document = OrderDocument(Reference("order/shop/1"))

    def posted(points: int, lot: Lot, after: OrderDocument, own: Purse) -> tuple[str, OrderDocument, Purse]:
        done = post(after, Target((Worth(BEANS, points, lot),)), holding(own), at=day(0), calendar=CALENDAR)
        return done.kind, done.document, done.snap.purse(BEANS)

    kind, document, own = posted(50, Lot(day(84), day(5)), document, purse())
    assert kind == "earned"
    kind, document, own = posted(50, Lot(day(84), day(6)), document, own)
    assert (kind, coming(own)) == ("moved", [(6, 84, 50)])
    kind, document, own = posted(40, Lot(day(84), day(6)), document, own)
    assert (kind, coming(own)) == ("taken_back", [(6, 84, 40)])
