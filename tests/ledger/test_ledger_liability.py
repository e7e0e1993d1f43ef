"""What points will cost: the worked figures of IFRS 15 and KPMG, exact; and ages learned from a journal."""

from fractions import Fraction

import pytest
from ledger_factories import BEANS, Desk, day, one_bean_per_euro, paid, refund, timeline, told

from chalicelib.events import AccountId
from chalicelib.ledger.liability import Lot, Vintages, allocation, owed, recognised
from chalicelib.ledger.vintages import Ages

HALF, ALL = Fraction(1, 2), Fraction(1)


def whole(number: Fraction) -> int:
    """Rounded to the nearest unit, as the examples print."""
    return round(number)


def test_operational_liability_is_points_by_activation_by_use_by_cost() -> None:
    """120,000 usable points of which 75 % are used, and 30,000 on the way of which 90 % arrive, at 1 RUB."""
    lots = [Lot(0, False, 120_000), Lot(0, True, 30_000)]
    sums = owed(lots, likelihood={0: Fraction(3, 4)}, activation=Fraction(9, 10), unit_cost=Fraction(100))
    assert (sums.points, sums.expected, sums.cost) == (150_000, 110_250, 11_025_000)


def test_ifrs_15_example_52() -> None:
    """Sales of 100,000 with 10,000 points of 1; 9,500 are expected, then 9,700."""
    split = allocation(Fraction(100_000), Fraction(100_000), Fraction(9_500))
    assert (whole(split.goods), whole(split.points)) == (91_324, 8_676)
    assert split.goods + split.points == 100_000
    first = recognised(split.points, 4_500, 9_500)
    second = recognised(split.points, 8_500, 9_700) - first
    assert (whole(first), whole(split.points - first)) == (4_110, 4_566)
    assert (whole(second), whole(split.points - first - second)) == (3_493, 1_073)


def test_kpmg_example_10a() -> None:
    """9,700 expected; KPMG rounds the split to 9,000 (exactly 8,842.30); then 9,900."""
    exact = allocation(Fraction(100_000), Fraction(100_000), Fraction(9_700)).points
    assert round(exact, 2) == Fraction("8842.30")
    first = recognised(Fraction(9_000), 4_500, 9_700)
    second = recognised(Fraction(9_000), 8_500, 9_900) - first
    assert (whole(first), whole(second), whole(9_000 - first - second)) == (4_175, 3_552, 1_273)


def test_kpmg_example_10b_the_estimate_falls() -> None:
    first = recognised(Fraction(9_000), 4_500, 9_700)
    second = recognised(Fraction(9_000), 8_500, 9_200) - first
    assert (whole(first), whole(second), whole(9_000 - first - second)) == (4_175, 4_140, 685)


def test_two_thousand_points_of_ten_cents_at_85_percent() -> None:
    split = allocation(Fraction(2_000), Fraction(2_000), 2_000 * Fraction(1, 10) * Fraction(85, 100))
    assert round(split.points, 2) == Fraction("156.68")
    assert round(recognised(split.points, 850, 1_700), 2) == Fraction("78.34")


def test_never_more_is_recognised_than_was_allocated() -> None:
    assert recognised(Fraction(100), 120, 100) == 100
    assert recognised(Fraction(100), 0, 0) == 0


def test_likelihood_falls_with_age_as_the_history_says() -> None:
    """Of 100 points 40 are used at once and 20 in the next month; 30 of the rest expire in the third, 10 are used."""
    vintages = Vintages()
    vintages.reached.update({0: 100, 1: 60, 2: 40})
    vintages.used.update({0: 40, 1: 20, 2: 10})
    vintages.gone.update({2: 30})
    assert [vintages.likelihood(age) for age in range(3)] == [Fraction(70, 100), Fraction(30, 60), Fraction(10, 40)]


def test_what_lies_beyond_the_history_is_taken_for_used() -> None:
    vintages = Vintages()
    assert vintages.likelihood(0) == vintages.likelihood(50) == 1
    vintages.reached.update({0: 10})
    vintages.used.update({0: 4})
    assert vintages.likelihood(0) == 1
    assert vintages.likelihood(0, unknown=HALF) == Fraction(4, 10) + Fraction(6, 10) * HALF


def test_points_on_the_way_arrive_as_often_as_they_did() -> None:
    vintages = Vintages()
    assert vintages.activation() == 1
    vintages.arrived, vintages.failed = 90, 10
    assert vintages.activation() == Fraction(9, 10)


# --- ages from a journal: months of the fixed calendar are 28 days ---------------------------------------------------


def ages_of(desk: Desk, now: float) -> Ages:
    ages = Ages(lambda instant: (instant - day(0)) // (day(28) - day(0)), day(now))
    for account, journal in desk.journals.items():
        ages.follow(AccountId(account), journal)
    return ages


def held(ages: Ages) -> list[tuple[int, bool, int]]:
    return [(lot.age, lot.is_pending, lot.points) for lot in ages.lots(BEANS)]


def test_held_points_are_as_old_as_the_month_that_issued_them() -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(30)
    desk.tell(told(paid(2_000, on=30), reference="order/shop/2"))
    assert held(ages_of(desk, 60)) == [(1, False, 20), (2, False, 100)]


def test_what_is_used_is_used_at_its_own_age() -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(30)
    desk.redeem("redemption/1", 60)
    vintages = ages_of(desk, 90).vintages[BEANS]
    assert vintages.used == {1: 60}
    assert {age: vintages.reached[age] for age in range(4)} == {0: 100, 1: 100, 2: 40, 3: 0}
    assert vintages.likelihood(0) == vintages.likelihood(1) == Fraction(60, 100) + Fraction(40, 100)


def test_what_is_given_back_was_never_used() -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(30)
    desk.redeem("redemption/1", 60)
    desk.give_back("redemption/1", 60)
    ages = ages_of(desk, 30)
    assert ages.vintages[BEANS].used[1] == 0
    assert held(ages) == [(1, False, 100)]


def test_what_expires_or_is_taken_back_is_gone() -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.tell(told(r1=refund(4_000, on=0)))
    desk.now = day(500)
    desk.sweep()
    ages = ages_of(desk, 500)
    vintages = ages.vintages[BEANS]
    assert vintages.gone[0] == 40
    assert sum(vintages.gone.values()) == 100
    assert held(ages) == []
    assert vintages.likelihood(0) == 0


@pytest.mark.parametrize("now", [10, 200, 500])
def test_held_points_by_age_are_the_members_points(now: float) -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.tell(told(paid(5_000), reference="order/shop/2"), account="b")
    desk.redeem("redemption/1", 30)
    desk.merge("b", "a")
    desk.now = day(now)
    assert sum(points for _, _, points in held(ages_of(desk, now))) == desk.purse("a").spendable


def vintages_of(desk: Desk, now: float) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Used, gone and reached by age, without nothing."""
    found = ages_of(desk, now).vintages[BEANS]
    used, gone, reached = ({age: points for age, points in sorted(each.items()) if points}
                           for each in (found.used, found.gone, found.reached))  # fmt: skip
    return used, gone, reached


def test_the_oldest_points_are_used_first_and_each_at_its_own_age() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(30)
    desk.tell(told(paid(5_000, on=30), reference="order/shop/2"))
    desk.redeem("redemption/1", 120)
    assert vintages_of(desk, 30) == ({0: 20, 1: 100}, {}, {0: 120, 1: 100})
    assert held(ages_of(desk, 30)) == [(0, False, 30)]
    assert vintages_of(desk, 60) == ({0: 20, 1: 100}, {}, {0: 150, 1: 100})


def test_what_comes_back_in_parts_is_used_less_each_time() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(30)
    desk.redeem("redemption/1", 60)
    for left in (40, 20):
        desk.give_back("redemption/1", 20)
        assert vintages_of(desk, 30)[0] == {1: left}
    assert held(ages_of(desk, 30)) == [(1, False, 80)]
    desk.give_back("redemption/1", 20)
    assert vintages_of(desk, 30) == ({}, {}, {0: 100})
    desk.redeem("redemption/2", 100)
    assert vintages_of(desk, 30) == ({1: 100}, {}, {0: 100, 1: 100})


def test_what_ends_and_what_is_used_in_one_entry_are_told_apart() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(60)
    desk.tell(told(paid(5_000, on=60), reference="order/shop/2"))
    desk.now = day(340)
    desk.redeem("redemption/1", 30)
    used, gone, _ = vintages_of(desk, 340)
    assert (used, gone) == ({10: 30}, {12: 100})
    assert held(ages_of(desk, 340)) == [(10, False, 20)]


def test_points_on_the_way_arrive_or_fail_and_are_pending_until_then() -> None:
    desk = Desk(one_bean_per_euro(wait=40), timeline())
    desk.tell(told(paid(10_000, delivered_at=day(0))))
    assert held(ages_of(desk, 10)) == [(0, True, 100)]
    desk.tell(told(r1=refund(3_000, on=0)))
    vintages = ages_of(desk, 10).vintages[BEANS]
    assert (vintages.arrived, vintages.failed) == (0, 30)
    assert vintages_of(desk, 10)[1] == {0: 30}
    desk.now = day(41)
    desk.sweep()
    vintages = ages_of(desk, 41).vintages[BEANS]
    assert (vintages.arrived, vintages.failed, vintages.activation()) == (70, 30, Fraction(7, 10))
    assert held(ages_of(desk, 41)) == [(1, False, 70)]
    desk.tell(told(r1=refund(10_000, on=41)))
    vintages = ages_of(desk, 41).vintages[BEANS]
    assert (vintages.arrived, vintages.failed) == (70, 30)


def test_points_set_aside_keep_their_age_and_are_used_at_it() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(30)
    desk.hold("hold/1", 60)
    assert held(ages_of(desk, 30)) == [(1, False, 100)]
    desk.capture("hold/1", 50)
    assert vintages_of(desk, 30) == ({1: 50}, {}, {0: 100, 1: 50})
    assert held(ages_of(desk, 30)) == [(1, False, 50)]


def test_points_that_come_back_from_a_checkout_were_not_on_the_way() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.hold("hold/1", 60)
    desk.release("hold/1")
    vintages = ages_of(desk, 0).vintages[BEANS]
    assert (vintages.arrived, vintages.failed) == (0, 0)
    assert held(ages_of(desk, 0)) == [(0, False, 100)]


def test_points_that_ended_are_not_held_though_nobody_has_written_it_down() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    assert held(ages_of(desk, 335)) == [(11, False, 100)]
    assert held(ages_of(desk, 336)) == []


def test_points_that_came_with_another_account_are_as_old_as_that_day() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.tell(told(paid(5_000), reference="order/shop/2"), account="b")
    desk.now = day(30)
    desk.merge("b", "a")
    ages = ages_of(desk, 60)
    assert held(ages) == [(1, False, 50), (2, False, 100)]
    assert vintages_of(desk, 60)[:2] == ({}, {})
