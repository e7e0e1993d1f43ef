"""Points set aside for a checkout: used, released, or back by themselves when time is up."""

from functools import partial

import pytest
from ledger_factories import (
    BEANS,
    CALENDAR,
    DAY,
    MINUTE,
    Desk,
    cells,
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

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.bounds import prolong
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.holds import LONGEST_HOLD, MOST_HELD_LOTS, MOST_HOLDS, hold
from chalicelib.ledger.journal import Cell, Hold, Leg, Purse
from chalicelib.ledger.merging import merge
from chalicelib.ledger.moves import applied
from chalicelib.ledger.redemptions import LONGEST_REFERENCE

Money = tuple[int, int]


def rich(points: int = 100, *, life: float = 336) -> Desk:
    desk = Desk(one_bean_per_euro(life=life), timeline())
    desk.tell(told(paid(100 * points)))
    return desk


def two_lots() -> Desk:
    """60 points that end on day 30, 40 that end on day 35."""
    desk = Desk(one_bean_per_euro(life=30), timeline())
    for when, points in ((0, 60), (5, 40)):
        desk.now = day(when)
        desk.tell(told(paid(100 * points, on=when), reference=f"order/shop/{when}"))
    return desk


def there(desk: Desk) -> Money:
    """(spendable, held)"""
    return desk.purse().spendable, desk.purse().held


def test_held_points_are_not_spendable_and_not_lost() -> None:
    desk = rich()
    desk.hold("r", 80)
    assert there(desk) == (20, 80)
    assert refusal(lambda: desk.redeem("other", 21)) == "not_enough_points"
    assert desk.violations() == []


def test_a_hold_takes_what_ends_first() -> None:
    desk = two_lots()
    desk.hold("r", 70)
    assert desk.purse().holds[0].cells == (Cell(day(30), 60), Cell(day(35), 10))
    assert cells(desk.purse()) == [(35, 30)]


def test_captured_points_are_used() -> None:
    desk = rich()
    desk.hold("r", 80)
    desk.capture("r")
    assert (there(desk), desk.purse().redeemed) == ((20, 0), 80)
    assert desk.violations() == []


def test_what_is_not_captured_goes_back_to_its_own_lots() -> None:
    desk = two_lots()
    desk.hold("r", 90)
    desk.capture("r", 65)
    assert cells(desk.purse()) == [(35, 35)]
    assert [(part.ends, part.points) for part in desk.spent["r"].drawn] == [(day(30), 60), (day(35), 5)]
    desk.give_back("r", 65)
    assert cells(desk.purse()) == [(30, 60), (35, 40)]
    assert desk.violations() == []


def test_released_points_are_back_in_their_own_lots() -> None:
    desk = two_lots()
    desk.hold("r", 70)
    desk.release("r")
    assert cells(desk.purse()) == [(30, 60), (35, 40)]
    assert (desk.spent["r"].state, desk.spent["r"].drawn, desk.spent["r"].used) == ("released", (), 0)
    assert desk.violations() == []


@pytest.mark.parametrize(("name", "length"), [("r" * 128, 128), ("r" * 129, 129), ("к" * 22, 132)])
def test_a_name_that_every_entry_would_have_to_carry_is_not_too_long(name: str, length: int) -> None:
    """Measured as the journal writes it: a letter beyond ASCII takes six characters."""
    desk = rich()
    if length <= LONGEST_REFERENCE:
        desk.hold(name, 10)
        return
    for act in (desk.hold, desk.redeem):
        with pytest.raises(Malformed, match="reference_too_long"):
            act(name, 10)
    assert len(desk.journals["a"]) == 1


def test_a_hold_that_runs_out_needs_no_write_to_be_shown_right() -> None:
    desk = two_lots()
    desk.hold("r", 70, minutes=15)
    desk.now += 15 * MINUTE - 1
    assert there(desk) == (30, 70)
    desk.now += 1
    assert (cells(desk.purse()), desk.purse().held) == ([(30, 60), (35, 40)], 0)
    assert len(desk.journals["a"]) == 3
    desk.sweep()
    assert desk.violations() == []


@pytest.mark.parametrize("points", [None, 80])
def test_the_same_capture_again_changes_nothing(points: int | None) -> None:
    desk = rich()
    desk.hold("r", 80)
    desk.capture("r", points)
    assert desk.capture("r", 80) is None
    assert desk.capture("r") is None
    assert desk.purse().redeemed == 80


def test_the_same_release_again_changes_nothing() -> None:
    desk = rich()
    desk.hold("r", 80)
    desk.release("r")
    assert desk.release("r") is None
    assert there(desk) == (100, 0)


def test_a_second_resolution_is_refused_with_the_first_ones_name() -> None:
    desk = rich()
    for reference in ("used", "released", "expired"):
        desk.hold(reference, 20)
    desk.capture("used")
    desk.release("released")
    desk.now += 16 * MINUTE
    assert refusal(lambda: desk.release("used")) == "already_captured"
    assert refusal(lambda: desk.capture("used", 10)) == "already_captured"
    assert refusal(lambda: desk.capture("released")) == "already_released"
    assert refusal(lambda: desk.release("expired")) == "expired"
    assert there(desk) == (80, 0)


def test_a_refused_resolution_says_which_and_how_much() -> None:
    desk = rich()
    desk.hold("r", 80)
    with pytest.raises(Refused) as more:
        desk.capture("r", 81)
    assert (more.value.reason, more.value.facts) == ("more_than_was_held", {"asked": 81, "held": 80})
    desk.capture("r", 50)
    with pytest.raises(Refused) as second:
        desk.capture("r")
    assert second.value.facts == {"document": "r", "used": 50, "asked": 80}


def test_a_capture_after_the_time_is_a_new_redemption_under_the_same_document() -> None:
    desk = rich()
    desk.hold("r", 80)
    desk.now += 16 * MINUTE
    desk.capture("r", 70)
    assert (there(desk), desk.spent["r"].used) == ((30, 0), 70)
    assert refusal(lambda: desk.release("r")) == "already_captured"
    assert desk.violations() == []


def test_a_capture_after_the_time_is_refused_when_the_points_are_gone() -> None:
    desk = rich()
    desk.hold("r", 80)
    desk.now += 16 * MINUTE
    desk.redeem("other", 30)
    before = list(desk.journals["a"])
    with pytest.raises(Refused) as no:
        desk.capture("r")
    assert (no.value.reason, no.value.facts) == ("not_enough_points", {"asked": 80, "there": 70, "owed": 0})
    assert (desk.journals["a"], desk.spent["r"].state) == (before, "held")
    desk.capture("r", 70)
    assert there(desk) == (0, 0)


def test_a_fifth_open_hold_is_refused_and_a_place_becomes_free() -> None:
    desk = rich()
    for number in range(MOST_HOLDS):
        desk.hold(f"r{number}", 10, minutes=1 + number)
    assert refusal(lambda: desk.hold("r5", 10)) == "too_many_open_holds"
    desk.release("r3")
    desk.hold("r5", 10)
    assert refusal(lambda: desk.hold("r6", 10)) == "too_many_open_holds"
    desk.now += MINUTE
    desk.hold("r6", 10)
    assert there(desk) == (60, 40)
    assert desk.violations() == []


def test_holds_of_all_currencies_count_together() -> None:
    held = Purse(holds=tuple(Hold(day(1), Reference(f"r{n}"), (Cell(day(9), 5),)) for n in range(4)), issued=20)
    snap = holding(purse((9, 10)))
    both = applied(snap, ())
    both = type(both)(opened=0, status="active", purses={BEANS: snap.purse(BEANS), "stamps": held})
    fresh = RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 5)
    assert refusal(lambda: hold(fresh, both, at=day(0), until=day(0) + MINUTE)) == "too_many_open_holds"


def test_more_lots_on_hold_than_an_account_has_room_for_are_refused() -> None:
    crowded = Hold(day(1), Reference("r1"), tuple(Cell(day(9 + n), 5) for n in range(MOST_HELD_LOTS)))
    own = Purse(cells=(Cell(day(9), 10),), holds=(crowded,), issued=10 + crowded.points)
    fresh = RedemptionDocument(Reference("r"), AccountId("a"), BEANS, 5)
    assert refusal(lambda: hold(fresh, holding(own), at=day(0), until=day(0) + MINUTE)) == "too_many_open_holds"


@pytest.mark.parametrize("minutes", [0, -1, 30.001, 60])
def test_a_hold_of_no_time_or_more_than_half_an_hour_is_malformed(minutes: float) -> None:
    desk = rich()
    with pytest.raises(Malformed, match="not_a_time_to_hold"):
        desk.hold("r", 10, minutes=minutes)
    assert len(desk.journals["a"]) == 1


def test_a_hold_of_half_an_hour_is_fine() -> None:
    desk = rich()
    desk.hold("r", 10, minutes=30)
    assert LONGEST_HOLD == 30 * MINUTE
    assert there(desk) == (90, 10)


@pytest.mark.parametrize("points", [0, -5])
def test_no_points_cannot_be_held_or_captured(points: int) -> None:
    desk = rich()
    assert refusal(lambda: desk.hold("r", points)) == "not_a_number_of_points"
    desk.hold("r", 10)
    assert refusal(lambda: desk.capture("r", points)) == "more_than_was_held"
    assert there(desk) == (90, 10)


@pytest.mark.parametrize("points", [1.5, 2.0, "2", True])
def test_what_is_no_whole_number_is_malformed(points: int) -> None:
    desk = rich()
    desk.hold("h", 10)
    desk.redeem("u", 10)
    for act in (
        partial(desk.hold, "r", points),
        partial(desk.redeem, "r", points),
        partial(desk.capture, "h", points),
        partial(desk.give_back, "u", points),
    ):
        with pytest.raises(Malformed, match="not_a_whole_number_of_points"):
            act()
    assert len(desk.journals["a"]) == 3


def test_nothing_is_held_or_redeemed_in_debt() -> None:
    desk = rich()
    desk.redeem("r", 100)
    desk.tell(told(r1=refund(4_000, on=1)))
    for act in (partial(desk.hold, "h", 1), partial(desk.redeem, "u", 1)):
        with pytest.raises(Refused) as no:
            act()
        assert (no.value.reason, no.value.facts) == ("not_enough_points", {"asked": 1, "there": -40, "owed": 40})


def test_a_refund_leaves_held_points_alone_and_what_comes_back_pays_for_it() -> None:
    """The checkout was promised its points; what it does not take pays the debt before it is spendable."""
    desk = rich()
    desk.hold("r", 80)
    desk.tell(told(r1=refund(10_000, on=1)))
    assert (there(desk), desk.purse().debt) == ((0, 80), 80)
    desk.capture("r", 30)
    assert (there(desk), desk.purse().debt) == ((0, 0), 30)
    assert desk.violations() == []


@pytest.mark.parametrize("way", ["release", "time out"])
def test_what_comes_back_pays_the_debt_first(way: str) -> None:
    desk = rich()
    desk.hold("r", 80)
    desk.tell(told(r1=refund(4_000, on=1)))
    assert desk.purse().debt == 20
    if way == "release":
        desk.release("r")
    desk.now += 16 * MINUTE
    assert (there(desk), desk.purse().debt) == ((60, 0), 0)
    desk.sweep()
    assert desk.violations() == []


def almost_ended() -> Desk:
    """60 points that end in ten minutes and 40 that have five more days, 90 of them on hold for fifteen minutes."""
    desk = two_lots()
    desk.now = day(30) - 10 * MINUTE
    desk.hold("r", 90)
    desk.now += 11 * MINUTE
    return desk


def test_points_that_end_while_they_are_held_can_still_be_captured() -> None:
    desk = almost_ended()
    assert there(desk) == (10, 90)
    desk.capture("r")
    assert (there(desk), desk.purse().expired, desk.purse().redeemed) == ((10, 0), 0, 90)
    assert desk.violations() == []


def test_a_partial_capture_uses_what_has_ended_first() -> None:
    desk = almost_ended()
    desk.capture("r", 50)
    assert (there(desk), desk.purse().expired, desk.purse().redeemed) == ((40, 0), 10, 50)
    assert desk.violations() == []


@pytest.mark.parametrize("way", ["release", "time out"])
def test_points_that_ended_while_they_were_held_expire_when_they_come_back(way: str) -> None:
    desk = almost_ended()
    if way == "release":
        desk.release("r")
        assert desk.journals["a"][-1].snap.purse(BEANS).cells == (Cell(day(35), 40),)
    desk.now = day(31)
    assert (there(desk), desk.purse().expired) == ((40, 0), 60)
    desk.sweep()
    assert desk.violations() == []


def test_activity_keeps_held_points_alive() -> None:
    desk = almost_ended()
    alive = applied(desk.snap(), prolong(desk.purse(), BEANS, day(60))).purse(BEANS)
    assert alive.holds[0].cells == (Cell(day(60), 90),)
    assert cells(alive) == [(60, 10)]


def test_a_merge_takes_open_holds_along() -> None:
    desk = rich()
    desk.tell(told(paid(5_000), reference="order/shop/b"), "b")
    desk.hold("r", 40, "b")
    desk.merge("b", "a")
    assert there(desk) == (110, 40)
    desk.capture("r", 30)
    assert there(desk) == (120, 0)
    assert desk.violations() == []


def test_a_merge_leaves_nothing_on_hold_behind() -> None:
    held = Purse(holds=(Hold(day(1), Reference("r"), (Cell(day(9), 5),)),), issued=5)
    merged = merge(holding(held), holding(purse()), CALENDAR)
    assert applied(holding(held), merged.out_legs).purse(BEANS) == Purse()
    assert applied(holding(purse()), merged.in_legs).purse(BEANS) == held


def test_a_held_leg_names_its_redemption() -> None:
    entry = rich().hold("r", 80)
    assert entry.legs == (
        Leg("cell", BEANS, -80, ends=day(336)),
        Leg("held", BEANS, 80, ends=day(336), at=day(0) + 15 * MINUTE, document=Reference("r")),
    )
    assert (entry.kind, entry.snap.purse(BEANS).holds[0].until) == ("held", day(0) + 15 * MINUTE)


def test_a_days_points_are_shown_right_through_a_hold() -> None:
    desk = rich(life=1)
    desk.now = day(1) - 5 * MINUTE
    desk.hold("r", 100)
    desk.now += DAY
    assert (there(desk), desk.purse().expired) == ((0, 0), 100)
