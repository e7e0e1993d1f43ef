"""What an account would hold by itself, movement by movement, and the way back out of the one that carried it."""

from collections.abc import Mapping

import msgspec
import pytest
from ledger_factories import BEANS, CALENDAR, cells, coming, day, holding, purse, timeline

from chalicelib.errors import Broken
from chalicelib.events import Reference
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import NEVER, Cell, Hold, Leg, Maturing, Purse, Rolled, Snapshot
from chalicelib.ledger.merging import Merged
from chalicelib.ledger.moves import applied
from chalicelib.ledger.unmerging import Later, grown, unmerge

NOW = 10
BOOKED = Reference("hold/0")


def cell(points: int, ends: float = 336) -> Leg:
    return Leg("cell", BEANS, points, ends=day(ends))


def total(place: str, points: int) -> Leg:
    return Leg(place, BEANS, points)  # type: ignore[arg-type]


def ripening(points: int, at: float, ends: float = 336) -> Leg:
    return Leg("maturing", BEANS, points, ends=day(ends), at=day(at))


def held(points: int, until: float, ends: float = 336) -> Leg:
    return Leg("held", BEANS, points, ends=day(ends), at=day(until), document=BOOKED)


def by_itself(own: Purse, *legs: Leg, lot: Lot | None = None, alive: float | None = None) -> Purse:
    """The share after one movement of day 10."""
    lots = {} if lot is None else {BEANS: lot}
    lives = {} if alive is None else {BEANS: day(alive)}
    later = Later(day(NOW), legs, (), lots, lives)
    return grown(holding(own), [later], timeline(), since=day(0), at=day(NOW)).purse(BEANS)


# --- by itself --------------------------------------------------------------------------------------------------------


def test_points_earned_meanwhile_come_into_the_documents_lot() -> None:
    own = by_itself(purse((336, 100)), total("issued", -30), cell(30, 350), lot=Lot(day(340)))
    assert (cells(own), own.issued) == ([(336, 100), (340, 30)], 130)
    waiting = by_itself(purse((336, 100)), total("issued", -30), cell(30, 350), lot=Lot(day(340), day(20)))
    assert (cells(waiting), coming(waiting)) == ([(336, 100)], [(20, 340, 30)])


def test_points_earned_meanwhile_whose_lot_nobody_told_come_where_the_last_of_them_went() -> None:
    legs = (total("issued", -30), total("debt", 5), cell(10, 340), cell(15, 350))
    assert cells(by_itself(purse((336, 100)), *legs)) == [(336, 100), (350, 30)]
    nowhere = by_itself(purse((336, 100)), total("issued", -30), total("debt", 30))
    assert nowhere.cells == (Cell(day(336), 100), Cell(NEVER, 30))


def test_points_taken_back_meanwhile_leave_their_own_lot_and_then_the_rest_and_then_are_owed() -> None:
    legs = (total("taken_back", 30), cell(-30, 340))
    own = by_itself(purse((336, 100), (340, 20)), *legs, lot=Lot(day(340)))
    assert (cells(own), own.debt, own.taken_back) == ([(336, 90)], 0, 30)
    poor = by_itself(purse((340, 20)), *legs, lot=Lot(day(340)))
    assert (cells(poor), poor.debt, poor.taken_back) == ([], 10, 30)


def test_points_used_meanwhile_are_the_accounts_own_as_far_as_it_had_any_and_the_use_is_its_own() -> None:
    legs = (cell(-100, 336), cell(-150, 340), total("redeemed", 250))
    own = by_itself(purse((330, 60), (336, 100)), *legs)
    assert (cells(own), own.redeemed) == ([], 250)
    rich = by_itself(purse((330, 60), (336, 300)), *legs)
    assert (cells(rich), rich.redeemed) == ([(336, 110)], 250)
    none = by_itself(purse(debt=5), *legs)
    assert (none.redeemed, none.debt) == (250, 5)


@pytest.mark.parametrize("redeemed", [50, 30])
def test_points_that_came_back_meanwhile_come_back_to_the_account_that_had_used_them(redeemed: int) -> None:
    own = msgspec.structs.replace(purse((336, 100)), redeemed=redeemed, issued=100 + redeemed)
    now = by_itself(own, total("redeemed", -30), cell(10, 340), cell(20, 350))
    assert (now.redeemed, now.spendable) == (redeemed - 30, 130)
    assert cells(now) == [(336, 100), (350, 30)]


def test_points_that_an_account_never_used_cannot_come_back_to_it() -> None:
    own = msgspec.structs.replace(purse((336, 100)), redeemed=10, issued=110)
    with pytest.raises(Broken, match="negative_part"):
        by_itself(own, total("redeemed", -30), cell(30, 340))


def test_points_that_came_back_too_late_or_to_an_account_that_owes() -> None:
    used = msgspec.structs.replace(purse(debt=10), redeemed=30, issued=30)
    ended = by_itself(used, total("redeemed", -30), cell(30, NOW - 1))
    assert (ended.debt, ended.expired, ended.redeemed, ended.cells) == (0, 20, 0, ())
    nowhere = by_itself(used, total("redeemed", -30), total("debt", 30))
    assert (nowhere.debt, nowhere.cells) == (0, (Cell(NEVER, 20),))


def booked(*lots: tuple[float, int]) -> Purse:
    return purse((336, 100), holds=((11, lots),))


def test_a_hold_that_was_used_meanwhile_is_used_and_its_rest_is_back_in_its_lots() -> None:
    own = by_itself(
        booked((330, 40), (340, 60)), held(-40, 11, 330), held(-60, 11, 340), total("redeemed", 55), cell(45)
    )
    assert (own.holds, own.redeemed, cells(own)) == ((), 55, [(336, 100), (340, 45)])
    whole = by_itself(booked((330, 40)), held(-40, 11, 330), total("redeemed", 40))
    assert (whole.holds, whole.redeemed, cells(whole)) == ((), 40, [(336, 100)])


def test_a_hold_that_was_released_meanwhile_is_back_in_its_lots_and_what_has_ended_is_gone() -> None:
    own = by_itself(booked((NOW, 40), (340, 60)), held(-40, 11, NOW), held(-60, 11, 340), cell(60, 340))
    assert (own.holds, own.redeemed, own.expired) == ((), 0, 40)
    assert cells(own) == [(336, 100), (340, 60)]


def test_a_hold_of_another_document_stays() -> None:
    own = booked((340, 60))
    other = msgspec.structs.replace(own, holds=(msgspec.structs.replace(own.holds[0], document=Reference("hold/9")),))
    now = by_itself(other, held(-60, 11, 340), total("redeemed", 60))
    assert (now.holds, now.redeemed, cells(now)) == (other.holds, 60, [(336, 40)])


def test_points_on_the_way_get_their_other_day() -> None:
    legs = (ripening(-50, 20), ripening(50, 25))
    assert coming(by_itself(purse(maturing=((20, 336, 30),)), *legs)) == [(25, 336, 30)]
    assert coming(by_itself(purse(maturing=((20, 336, 70),)), *legs)) == [(20, 336, 20), (25, 336, 50)]
    assert coming(by_itself(purse(maturing=((21, 336, 70),)), *legs)) == [(21, 336, 70)]


def test_points_on_the_way_that_became_usable_do_so_and_pay_what_is_owed() -> None:
    legs = (ripening(-50, 20), cell(50))
    own = by_itself(purse(maturing=((20, 336, 50),), debt=15), *legs)
    assert (coming(own), cells(own), own.debt) == ([], [(336, 35)], 0)
    two = by_itself(purse(maturing=((20, 336, 5), (21, 340, 7))), ripening(-5, 20), ripening(-7, 21, 340), cell(12))
    assert cells(two) == [(336, 5), (340, 7)]


def test_points_that_live_as_long_as_their_owner_is_active_live_on() -> None:
    own = by_itself(purse((336, 100)), total("issued", -30), cell(30, 346), lot=Lot(day(346)), alive=346)
    assert cells(own) == [(346, 130)]


def test_time_passes_for_the_share_before_between_and_after_the_movements() -> None:
    share = holding(purse((5, 10), (15, 20), (25, 40), (336, 80)))
    steps = [
        Later(day(10), (cell(-15), total("redeemed", 15)), (), {}),
        Later(day(20), (cell(-30), total("redeemed", 30)), (), {}),
    ]
    own = grown(share, steps, timeline(), since=day(0), at=day(30)).purse(BEANS)
    assert (cells(own), own.redeemed, own.expired) == ([(336, 80)], 45, 10 + 5 + 10)


def test_measures_change_along_and_never_fall_below_nothing() -> None:
    def measured(points: int, *rolled: Rolled) -> list[tuple[int, int]]:
        metrics = {"beans earned": (Cell(day(100), points),)}
        share = holding(purse((336, 100)), metrics=metrics)
        now = grown(share, [Later(day(NOW), (), rolled, {})], timeline(), since=day(0), at=day(NOW))
        return [(part.ends, part.points) for part in now.metrics.get("beans earned", ())]

    assert measured(70, Rolled("beans earned", day(100), 30)) == [(day(100), 100)]
    assert measured(70, Rolled("beans earned", day(120), 30)) == [(day(100), 70), (day(120), 30)]
    assert measured(70, Rolled("beans earned", day(100), -30)) == [(day(100), 40)]
    assert measured(70, Rolled("beans earned", day(100), -90)) == []
    assert measured(70, Rolled("beans earned", day(120), -30)) == [(day(100), 70)]


def test_a_measure_begins_with_the_first_document_that_counts_for_it() -> None:
    rolled = (Rolled("beans earned", day(100), 30), Rolled("money spent", day(100), -5))
    now = grown(holding(purse()), [Later(day(NOW), (), rolled, {})], timeline(), since=day(0), at=day(NOW))
    assert dict(now.metrics) == {"beans earned": (Cell(day(100), 30),)}


# --- the way back -----------------------------------------------------------------------------------------------------


def parted(
    share: Snapshot, carrier: Snapshot, paid_until: Mapping[str, int] | None = None
) -> tuple[Snapshot, Snapshot, Merged]:
    """The account that left and the one that stayed; nothing is made, lost or moved by nothing."""
    moved = unmerge(share, carrier, paid_until or {}, day(NOW), CALENDAR)
    for legs in (moved.out_legs, moved.in_legs):
        assert all(leg.points for leg in legs)
        assert sum(leg.points for leg in legs) == 0
    assert all(move.points for move in (*moved.out_rolled, *moved.in_rolled))
    back = applied(Snapshot(opened=day(0)), moved.in_legs, moved.in_rolled)
    return back, applied(carrier, moved.out_legs, moved.out_rolled), moved


def two(share: Purse, carrier: Purse, paid_until: float | None = None) -> tuple[Purse, Purse]:
    until = {} if paid_until is None else {BEANS: day(paid_until)}
    back, stays, _ = parted(holding(share), holding(carrier), until)
    return back.purse(BEANS), stays.purse(BEANS)


def test_the_account_takes_its_own_lots_along() -> None:
    back, stays = two(purse((330, 100)), purse((330, 150), (336, 200)))
    assert (cells(back), back.issued) == ([(330, 100)], 100)
    assert (cells(stays), stays.issued) == ([(330, 50), (336, 200)], 250)


def test_where_its_own_lots_were_used_it_takes_the_earliest_of_the_others_and_keeps_its_days() -> None:
    carrier = msgspec.structs.replace(purse((336, 200), (340, 50)), redeemed=100, issued=350)
    back, stays = two(purse((330, 100)), carrier)
    assert (cells(back), back.redeemed, back.issued) == ([(330, 100)], 0, 100)
    assert (cells(stays), stays.redeemed, stays.issued) == ([(336, 100), (340, 50)], 100, 250)


def test_its_own_lot_comes_first_whatever_ends_earlier() -> None:
    back, stays = two(purse((336, 60)), purse((330, 50), (336, 60)))
    assert (cells(back), cells(stays)) == ([(336, 60)], [(330, 50)])


def test_what_is_not_there_any_more_was_given_to_the_other_its_earliest_first() -> None:
    carrier = msgspec.structs.replace(purse((336, 50)), redeemed=250, issued=300)
    back, stays = two(purse((330, 60), (336, 40)), carrier)
    assert (cells(back), back.redeemed, back.issued) == ([(330, 10), (336, 40)], 0, 100)
    assert (cells(stays), stays.redeemed, stays.issued) == ([], 250, 200)
    assert (back.transferred, stays.transferred) == (-50, 50)


def test_points_on_the_way_go_along_with_their_days() -> None:
    back, stays = two(purse(maturing=((20, 336, 30), (30, 340, 5))), purse(maturing=((20, 336, 70), (30, 340, 5))))
    assert (coming(back), coming(stays)) == ([(20, 336, 30), (30, 340, 5)], [(20, 336, 40)])


def test_its_open_holds_go_along_and_no_others() -> None:
    own = purse(holds=((11, ((330, 40), (336, 5))),))
    theirs = Hold(day(11), Reference("hold/9"), (Cell(day(336), 7),))
    carrier = msgspec.structs.replace(own, holds=(*own.holds, theirs), issued=own.issued + 7)
    back, stays = two(own, carrier)
    assert (back.holds, stays.holds) == (own.holds, (theirs,))


def test_a_debt_goes_along() -> None:
    back, stays = two(purse(debt=30), purse(debt=50))
    assert (back.debt, stays.debt) == (30, 20)
    assert (back.taken_back, stays.taken_back) == (30, 20)


def test_a_debt_that_the_others_points_paid_is_owed_again_and_they_return_until_their_own_end() -> None:
    carrier = msgspec.structs.replace(purse((336, 70)), taken_back=30, issued=100)
    back, stays = two(purse(debt=30), carrier, paid_until=340)
    assert (back.debt, back.cells, back.taken_back) == (30, (), 30)
    assert (cells(stays), stays.debt, stays.taken_back) == ([(336, 70), (340, 30)], 0, 0)
    _, forgot = two(purse(debt=30), carrier)
    assert forgot.cells == (Cell(day(336), 70), Cell(NEVER, 30))
    _, late = two(purse(debt=30), carrier, paid_until=NOW)
    assert (cells(late), late.expired) == ([(336, 70)], 30)


def test_of_a_debt_that_was_paid_in_part_the_rest_goes_along() -> None:
    back, stays = two(purse(debt=30), msgspec.structs.replace(purse(debt=10), issued=20, taken_back=30), paid_until=340)
    assert (back.debt, stays.debt, cells(stays)) == (30, 0, [(340, 20)])


def test_measures_go_along_as_far_as_there_are() -> None:
    share = holding(purse((336, 10)), metrics={"beans earned": (Cell(day(100), 30), Cell(day(120), 5))})
    carrier = holding(purse((336, 10)), metrics={"beans earned": (Cell(day(100), 20), Cell(day(130), 9))})
    back, stays, moved = parted(share, carrier)
    assert dict(back.metrics) == {"beans earned": (Cell(day(100), 20),)}
    assert dict(stays.metrics) == {"beans earned": (Cell(day(130), 9),)}
    assert moved.in_rolled == (Rolled("beans earned", day(100), 20),)
    assert parted(share, holding(purse((336, 10))))[2].in_rolled == ()


def test_transferred_points_stay_told_as_such() -> None:
    own = msgspec.structs.replace(purse((336, 100)), issued=60, transferred=40)
    back, stays = two(own, msgspec.structs.replace(purse((336, 300)), issued=260, transferred=40))
    assert (back.transferred, back.issued, stays.transferred, stays.issued) == (40, 60, 0, 200)


def test_each_currency_goes_by_itself() -> None:
    stars = Purse((Cell(NEVER, 7),), issued=7)
    share = msgspec.structs.replace(holding(purse((336, 10))), purses={BEANS: purse((336, 10)), "stars": stars})
    carrier = msgspec.structs.replace(
        share, purses={BEANS: purse((336, 30)), "stars": msgspec.structs.replace(stars, debt=0)}
    )
    back, stays, _ = parted(share, carrier)
    assert (cells(back.purse(BEANS)), back.purse("stars").cells) == ([(336, 10)], (Cell(NEVER, 7),))
    assert (cells(stays.purse(BEANS)), stays.purse("stars").cells) == ([(336, 20)], ())


def test_totals_that_the_other_account_never_had_are_our_own_fault() -> None:
    share = holding(Purse((Cell(day(336), 100),), issued=100))
    carrier = holding(Purse((Cell(day(336), 100),), issued=40))
    with pytest.raises(Broken, match="negative_part"):
        unmerge(share, carrier, {}, day(NOW), CALENDAR)


def test_both_are_within_bounds_afterwards() -> None:
    many = purse(*((300 + number, 1) for number in range(24)))
    back, stays = two(many, msgspec.structs.replace(purse((400, 100)), redeemed=24, issued=124))
    assert back.spendable == 24
    assert len(back.cells) <= 24
    assert cells(stays) == [(400, 76)]


def test_parts_that_ripen_alike_stay_apart_by_their_end() -> None:
    own = purse(maturing=((20, 330, 5), (20, 336, 6)))
    back, stays = two(
        own, msgspec.structs.replace(own, maturing=(*own.maturing, Maturing(day(30), day(336), 9)), issued=20)
    )
    assert (coming(back), coming(stays)) == ([(20, 330, 5), (20, 336, 6)], [(30, 336, 9)])
