"""Worked examples of the trade: points that end, come back, or are set aside. One test each, named after the rule."""

import itertools

import pytest
from ledger_factories import (
    BEANS,
    DAY,
    MINUTE,
    MOSCOW,
    Desk,
    cells,
    day,
    holding,
    moscow,
    one_bean_per_euro,
    paid,
    purse,
    refund,
    timeline,
    told,
)
from stand_ins import refusal

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.bounds import prolong
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import NEVER, Cell, Purse
from chalicelib.ledger.moves import applied
from chalicelib.ledger.redemptions import give_back, redeem
from chalicelib.ledger.settle import settle
from chalicelib.ledger.timeline import Reign, Timeline
from chalicelib.programs.definition import Expiry, Inactivity, Lasting, MembershipYear, Moment, Unlimited
from chalicelib.programs.durations import Duration
from chalicelib.programs.lots import expires_at

NO_TIERS = Timeline((Reign(0, "v", None),), MOSCOW)
END_OF_DAY = Moment.END_OF_DAY


def months(count: int, moment: Moment = END_OF_DAY) -> Lasting:
    return Lasting(Duration(count, "month"), moment)


@pytest.mark.parametrize(
    ("expires", "earned", "last_day"),
    [
        (months(1), "2026-01-25", "2026-02-25"),
        (months(1), "2026-01-31", "2026-02-28"),
        (months(1), "2028-01-31", "2028-02-29"),
        (months(0), "2026-01-01", "2026-01-01"),
        (months(1, Moment.END_OF_QUARTER), "2026-02-10", "2026-03-31"),
        (months(1, Moment.END_OF_HALF_YEAR), "2026-02-10", "2026-06-30"),
        (months(12, Moment.END_OF_MONTH), "2022-08-17", "2023-08-31"),
        (months(6, Moment.END_OF_MONTH), "2026-01-03", "2026-07-31"),
        (months(12), "2020-05-03", "2021-05-03"),
        (Inactivity(Duration(12, "month"), END_OF_DAY), "2026-01-10", "2027-01-10"),
    ],
)
def test_3_2_points_can_be_used_through_their_last_day_and_are_gone_after_it(
    expires: Expiry, earned: str, last_day: str
) -> None:
    at = moscow(earned) + 15 * 60 * MINUTE
    ends = expires_at(expires, MOSCOW, earned_at=at, member_since=at)
    snap = holding(Purse((Cell(ends, 100),), issued=100))
    midnight = moscow(last_day) + DAY
    for when, left in ((midnight - 1, 100), (midnight, 0)):
        own = settle(snap, NO_TIERS, since=at, at=when).snap.purse(BEANS)
        assert (own.balance, own.expired) == (left, 100 - left)


def test_3_2_a_membership_year_ends_with_all_its_points() -> None:
    """199 points at the end of the year are 0 the day after."""
    joined = moscow("2025-03-15")
    lots = [("2025-04-01", 99), ("2026-03-14", 100)]
    ends = [expires_at(MembershipYear(), MOSCOW, earned_at=moscow(when), member_since=joined) for when, _points in lots]
    held = [Cell(end, points) for end, (_when, points) in zip(ends, lots, strict=True)]
    first = settle(holding(Purse((held[0],), issued=99)), NO_TIERS, since=joined, at=moscow("2026-03-14")).snap
    assert (first.purse(BEANS).balance, ends) == (99, [moscow("2026-03-15")] * 2)
    year = holding(Purse((Cell(ends[0], 199),), issued=199))
    balances = [
        settle(year, NO_TIERS, since=joined, at=moscow("2026-03-15") - before).snap.purse(BEANS).balance
        for before in (1, 0)
    ]
    assert balances == [199, 0]


def test_3_2_points_without_an_end_stay() -> None:
    ends = expires_at(Unlimited(), MOSCOW, earned_at=moscow("2026-01-10"), member_since=0)
    snap = holding(Purse((Cell(ends, 100),), issued=100))
    assert ends == NEVER
    assert settle(snap, NO_TIERS, since=0, at=moscow("2126-01-10")).snap.purse(BEANS).balance == 100


@pytest.mark.parametrize("is_active", [True, False])
def test_3_2_earning_or_using_points_starts_the_inactivity_anew(is_active: bool) -> None:
    """All points, 12 months after the last activity."""
    life = Inactivity(Duration(12, "month"), END_OF_DAY)
    first = moscow("2026-01-10")
    snap = holding(Purse((Cell(expires_at(life, MOSCOW, earned_at=first, member_since=0), 100),), issued=100))
    used_on = moscow("2026-11-20")
    if is_active:
        spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 30), snap)
        snap = applied(snap, spending.legs)
        alive = expires_at(life, MOSCOW, earned_at=used_on, member_since=0)
        snap = applied(snap, prolong(snap.purse(BEANS), BEANS, alive))
    left = settle(snap, NO_TIERS, since=used_on, at=moscow("2027-01-11")).snap.purse(BEANS).balance
    gone = settle(snap, NO_TIERS, since=used_on, at=moscow("2027-11-21")).snap.purse(BEANS).balance
    assert (left, gone) == ((70, 0) if is_active else (0, 0))


def test_3_8_a_return_within_the_life_of_its_lots_changes_no_end() -> None:
    snap = holding(purse((30, 60), (90, 40)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 80), snap)
    used = applied(snap, spending.legs)
    back = give_back(spending.document, used, 80, at=day(10), grace_until=day(10))
    assert applied(used, back.legs).purse(BEANS) == snap.purse(BEANS)


def test_3_8_returned_in_parts_is_returned_in_all() -> None:
    """Two steps that give back 30 and 50 end where one that gives back 80 does, lot by lot."""
    snap = holding(purse((30, 60), (90, 40)))
    spending = redeem(RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 80), snap)
    ends = []
    for parts in ((80,), (30, 50), (50, 30), (1, 78, 1)):
        document, now = spending.document, applied(snap, spending.legs)
        for points in parts:
            back = give_back(document, now, points, at=day(10), grace_until=day(10))
            document, now = back.document, applied(now, back.legs)
        ends.append((document, now))
    assert all(end == ends[0] for end in ends)


def checkout() -> Desk:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000)))
    desk.hold("hold", 80, minutes=15)
    return desk


def money(desk: Desk) -> tuple[int, int]:
    """(available, held)"""
    return desk.purse().balance, desk.purse().held


def test_3_9_reserving_80_of_100_leaves_20() -> None:
    assert money(checkout()) == (20, 80)


def test_3_9_capturing_what_was_reserved_uses_it_and_twice_has_one_effect() -> None:
    desk = checkout()
    desk.capture("hold")
    assert money(desk) == (20, 0)
    desk.capture("hold")
    assert (money(desk), desk.purse().redeemed) == ((20, 0), 80)
    assert not desk.violations()


@pytest.mark.parametrize("way", ["void", "timeout"])
def test_3_9_voided_or_timed_out_all_100_are_back(way: str) -> None:
    desk = checkout()
    if way == "void":
        desk.release("hold")
    else:
        desk.now += 15 * MINUTE
    assert money(desk) == (100, 0)


@pytest.mark.parametrize(("used_meanwhile", "refused"), [(20, ""), (21, "not_enough_points")])
def test_3_9_a_capture_after_the_timeout_succeeds_while_80_are_available(used_meanwhile: int, refused: str) -> None:
    desk = checkout()
    desk.now += 15 * MINUTE
    desk.redeem("other", used_meanwhile)
    assert refusal(lambda: desk.capture("hold")) == refused
    assert desk.purse().balance == (79 if refused else 0)
    assert not desk.violations()


def test_3_9_of_two_that_want_80_one_succeeds() -> None:
    for first, second in itertools.permutations(["redeem", "hold"]):
        desk = Desk(one_bean_per_euro(), timeline())
        desk.tell(told(paid(10_000)))
        getattr(desk, first)("one", 80)
        assert refusal(lambda: getattr(desk, second)("two", 80)) == "not_enough_points"  # noqa: B023
        assert desk.purse().balance == 20


def test_3_9_what_happens_during_a_hold_in_every_order_ends_alike() -> None:
    """A refund of another order, a new order and the capture: the order of arrival decides nothing."""
    steps = {
        "refund": lambda desk: desk.tell(told(r1=refund(3_000, on=1))),
        "buy": lambda desk: desk.tell(told(paid(5_000), reference="order/shop/2")),
        "capture": lambda desk: desk.capture("hold", 60),
    }
    ends = set()
    for order in itertools.permutations(steps):
        desk = checkout()
        for step in order:
            steps[step](desk)
        own = desk.purse()
        ends.add((own.balance, own.held, own.redeemed, tuple(cells(own))))
        assert not desk.violations()
    assert ends == {(60, 0, 60, ((336, 60),))}
