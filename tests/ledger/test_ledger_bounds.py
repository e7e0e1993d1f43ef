"""An account stays small: cells and days within bounds, an entry within one write unit."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_factories import (
    BEANS,
    CALENDAR,
    DAY,
    VERSION,
    ZERO,
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

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.bounds import MOST_CELLS, MOST_MATURING, bounded, ends_of
from chalicelib.ledger.chain import encode, seal
from chalicelib.ledger.journal import NEVER, Cell, Entry, Leg, Maturing, Purse, Rolled, Snapshot, Tier
from chalicelib.ledger.merging import merge
from chalicelib.ledger.moves import applied
from chalicelib.ledger.settle import settle
from chalicelib.ledger.timeline import Calendar
from chalicelib.ledger.unmerging import unmerge
from chalicelib.programs.calendar import ZoneCalendar

BERLIN = ZoneCalendar("Europe/Berlin")


def spread(count: int, step: float) -> Purse:
    return purse(*((1 + number * step, 10) for number in range(count)))


def bound(own: Purse) -> Purse:
    return applied(holding(own), bounded(holding(own), BEANS, CALENDAR)).purse(BEANS)


def test_twenty_four_cells_stay_as_they_are() -> None:
    assert bound(spread(24, 1)) == spread(24, 1)


@pytest.mark.parametrize(("step", "grid_days"), [(1, 7), (8, 28), (29, 84), (85, 168), (170, 336)])
def test_the_25th_cell_moves_all_to_the_end_of_their_week_then_month_up_to_their_year(
    step: float, grid_days: int
) -> None:
    before = spread(25, step)
    after = bound(before)
    assert all(ends % grid_days == 0 for ends, _ in cells(after))
    assert len(after.cells) <= MOST_CELLS
    assert after.spendable == before.spendable
    for cell in before.cells:
        later = ZERO + -(-(cell.ends - ZERO) // (grid_days * DAY)) * grid_days * DAY
        assert any(cell.ends <= other.ends <= later for other in after.cells)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.integers(1, 700), st.integers(1, 9), min_size=1, max_size=60))
def test_moving_cells_never_shortens_a_life(lots: dict[int, int]) -> None:
    before = purse(*lots.items())
    after = bound(before)
    assert len(after.cells) <= MOST_CELLS
    for cell in before.cells:  # whatever could be used until an end can still be used until then
        still = sum(other.points for other in after.cells if other.ends >= cell.ends)
        assert still >= sum(other.points for other in before.cells if other.ends >= cell.ends)


def test_where_years_are_too_many_the_closest_join_at_the_later_end() -> None:
    """Ends of thirty years, one a year, and two of them that are a day apart."""
    before = purse(*((336 * number, 10) for number in range(1, 30)), (336 * 7 - 168, 5))
    after = bound(before)
    assert len(after.cells) == MOST_CELLS
    assert (336 * 7, 15) in cells(after)
    assert after.spendable == before.spendable


CENTURY = 100 * 366
lives = st.dictionaries(st.one_of(st.integers(1, CENTURY), st.just(None)), st.integers(1, 9), min_size=1, max_size=150)


def lot_end(life: int | None) -> int:
    return NEVER if life is None else day(life)


@settings(max_examples=60, deadline=None)
@given(lives, st.sampled_from([CALENDAR, BERLIN]))
def test_points_of_any_life_up_to_a_century_stay_within_bounds_and_never_live_shorter(
    lots: dict[int | None, int], calendar: Calendar
) -> None:
    held = tuple(sorted(Cell(lot_end(life), points) for life, points in lots.items()))
    snap = holding(Purse(held, issued=sum(lots.values())))
    legs = bounded(snap, BEANS, calendar)
    after = applied(snap, legs).purse(BEANS)
    assert sum(leg.points for leg in legs) == 0
    assert len(after.cells) <= MOST_CELLS
    for cell in held:
        later = sum(other.points for other in after.cells if other.ends >= cell.ends)
        assert later >= sum(other.points for other in held if other.ends >= cell.ends)
    if len(held) <= MOST_CELLS:
        assert legs == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, CENTURY), st.integers(1, 9)), max_size=30),
    st.dictionaries(st.tuples(st.integers(1, CENTURY), st.integers(1, CENTURY)), st.integers(1, 9), max_size=20),
    st.lists(st.tuples(st.integers(1, CENTURY), st.integers(1, 9)), min_size=1, max_size=30),
)
def test_what_ripens_or_comes_back_from_a_hold_brings_no_end_too_many(
    lots: list[tuple[int, int]], waiting: dict[tuple[int, int], int], held: list[tuple[int, int]]
) -> None:
    coming = tuple((at, ends, count) for (at, ends), count in waiting.items())
    own = purse(*dict(lots).items(), maturing=coming, holds=((1, tuple(dict(held).items())),))
    snap = applied(holding(own), bounded(holding(own), BEANS, CALENDAR))
    assert len(ends_of(snap.purse(BEANS))) <= MOST_CELLS
    assert snap.purse(BEANS).held == own.held
    for at in (1, 1000, CENTURY):
        later = settle(snap, timeline(), since=day(0), at=day(at)).snap.purse(BEANS)
        assert len(later.cells) <= MOST_CELLS


def test_points_that_wait_as_long_as_they_live_are_not_lost_by_another_day() -> None:
    """Their day and their end would snap to one instant, and points of which that is true end on the way."""
    parts = tuple((60 + number * 0.5, 61 + number * 0.5, 10) for number in range(17))
    own = bound(purse(maturing=parts))
    assert len(own.maturing) <= MOST_MATURING
    assert all(part.at < part.ends for part in own.maturing)
    late = settle(holding(own), timeline(), since=day(0), at=day(63)).snap.purse(BEANS)
    assert (late.expired, late.spendable, late.pending) == (0, 70, 100)


def test_points_that_end_on_the_way_stay_apart_and_keep_their_day() -> None:
    lost = tuple((60 + number, 60 + number, 10) for number in range(10))
    usable = tuple((60 + number, 900, 10) for number in range(10))
    own = bound(purse(maturing=(*lost, *usable)))
    assert len(own.maturing) <= MOST_MATURING
    assert sum(part.points for part in own.maturing if part.never_usable) == 100
    assert all(part.ends == day(903) or part.never_usable for part in own.maturing)


def test_points_that_end_on_the_way_keep_their_end_when_others_move() -> None:
    own = bound(purse(*((1 + number, 10) for number in range(25)), maturing=((60.5, 60.5, 10),)))
    assert coming(own) == [(60.5, 60.5, 10)]


def test_a_lot_that_moves_over_several_grids_moves_once_in_the_entry() -> None:
    before = spread(80, 29)
    legs = bounded(holding(before), BEANS, CALENDAR)
    assert len(legs) == len({(leg.place, leg.ends) for leg in legs})
    assert len(legs) <= len(before.cells) + MOST_CELLS


waits = st.dictionaries(
    st.tuples(st.one_of(st.integers(1, CENTURY), st.just(None)), st.one_of(st.integers(1, CENTURY), st.just(None))),
    st.integers(1, 9),
    min_size=1,
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(waits, st.sampled_from([CALENDAR, BERLIN]))
def test_points_on_the_way_for_any_time_stay_within_bounds_and_never_live_shorter(
    parts: dict[tuple[int | None, int | None], int], calendar: Calendar
) -> None:
    coming = tuple(sorted(Maturing(lot_end(at), lot_end(ends), points) for (at, ends), points in parts.items()))
    snap = holding(Purse((), coming, issued=sum(parts.values())))
    after = applied(snap, bounded(snap, BEANS, calendar)).purse(BEANS)
    assert len(after.maturing) <= MOST_MATURING
    assert after.pending == sum(parts.values())
    for part in coming:
        later = sum(other.points for other in after.maturing if other.ends >= part.ends)
        assert later >= sum(other.points for other in coming if other.ends >= part.ends)


def test_an_order_finds_its_own_cell_after_it_was_moved() -> None:
    desk = Desk(one_bean_per_euro(life=101), timeline())
    for number in range(25):
        desk.now = day(number)
        desk.tell(told(paid(1_000, on=number), reference=f"order/shop/{number}"))
    assert len(cells(desk.purse())) == 4
    desk.tell(told(reference="order/shop/9", r1=refund(1_000, on=24)))
    assert cells(desk.purse()) == [(105, 50), (112, 60), (119, 70), (126, 60)]
    assert not desk.violations()


def test_the_17th_day_on_the_way_moves_all_to_the_end_of_their_week() -> None:
    desk = Desk(one_bean_per_euro(wait=40), timeline())
    for number in range(17):
        desk.now = day(number)
        order = paid(1_000, on=0, changed=number, delivered_at=day(number))
        desk.tell(told(order, reference=f"order/shop/{number}"))
    assert coming(desk.purse()) == [(42, 336, 30), (49, 336, 70), (56, 336, 70)]
    desk.tell(told(reference="order/shop/16", r1=refund(1_000, on=16)))
    assert coming(desk.purse()) == [(42, 336, 30), (49, 336, 70), (56, 336, 60)]
    assert not desk.violations()


@pytest.mark.parametrize("is_delivered", [True, False])
def test_many_days_on_the_way_with_many_ends_stay_within_bounds(is_delivered: bool) -> None:
    desk = Desk(one_bean_per_euro(wait=60), timeline())
    for number in range(40):
        desk.now = day(number)
        delivered = {"delivered_at": day(number)} if is_delivered else {}
        desk.tell(told(paid(1_000, on=number, **delivered), reference=f"order/shop/{number}"))
    assert len(desk.purse().maturing) <= MOST_MATURING
    assert desk.purse().pending == 400
    for number in range(40):
        desk.tell(told(reference=f"order/shop/{number}", r1=refund(1_000, on=40)))
    assert (desk.purse().pending, desk.purse().balance) == (0, 0)
    assert not desk.violations()


def test_too_many_ends_and_too_many_days_on_the_way_move_together_and_no_further_than_to_their_week() -> None:
    own = purse(*((number, 10) for number in range(1, 26)), maturing=tuple((100 + n, 336, 1) for n in range(17)))
    after = bound(own)
    assert cells(after) == [(7, 70), (14, 70), (21, 70), (28, 40)]
    assert coming(after) == [(105, 336, 6), (112, 336, 7), (119, 336, 4)]


def test_where_even_years_have_too_many_days_on_the_way_the_closest_join_at_the_later_day_and_end() -> None:
    """A day in each of seventeen years; between the ninth and the tenth it is a year less a day."""
    own = purse(maturing=tuple((336 * year - (year == 10), 336 * 99, year) for year in range(1, 18)))
    after = bound(own)
    days = [(336 * year, 336 * 99, year) for year in range(1, 18) if year not in (1, 2)]
    assert coming(after) == [(336 * 2, 336 * 99, 3), *days]


def test_what_ends_on_the_way_joins_its_own_kind_only() -> None:
    usable = tuple((336 * year, 336 * 99, 1) for year in range(1, 17))
    own = purse(maturing=(*usable, (336 * 2, 336 * 2, 5), (336 * 8, 336 * 8, 7)))
    after = coming(bound(own))
    assert [part for part in after if part[0] == part[1]] == [(336 * 2, 336 * 2, 5), (336 * 8, 336 * 8, 7)]
    assert len(after) == MOST_MATURING
    assert sum(points for _, _, points in after) == 28


def test_a_merge_stays_within_bounds() -> None:
    source, into = holding(spread(20, 1)), holding(spread(20, 1.5))
    merged = merge(source, into, CALENDAR)
    assert len(applied(into, merged.in_legs).purse(BEANS).cells) <= MOST_CELLS
    assert applied(source, merged.out_legs).purse(BEANS) == Purse()


def full_entry() -> Entry:
    """A member of a year: twelve ends, two days on the way, twelve months that count, and four tier changes."""
    months = [BERLIN.start(BERLIN.day(1_790_000_000_000).replace(month=number, day=1)) for number in range(1, 13)]
    now = 1_790_000_123_456
    held = tuple(Cell(ends, 140 + 11 * number) for number, ends in enumerate(months))
    ripe = tuple(Maturing(BERLIN.start(BERLIN.day(now + number * DAY)), months[-1], 123) for number in (5, 9))
    own = Purse(held, ripe, issued=9_512, redeemed=6_100, expired=700, taken_back=120)
    names = ("Bean", "Silver", "Gold", "Silver")
    changes = tuple((now - number * 10**9, name) for number, name in zip((9, 7, 5, 3), names, strict=True))
    snap = Snapshot(
        opened=now - 10**10,
        status="active",
        purses={BEANS: own},
        metrics={"beans earned": held},
        tier=Tier("Silver", now - 3 * 10**9, None, changes),
    )
    return seal(
        Entry(
            account=AccountId("Zm9vYmFyYmF6cXV4MTIzNA"),
            seq=123,
            at=now,
            occurred_at=now - 1_234,
            kind="earned",
            document=Reference("order/shopify/5821093847123"),
            name="#10234",
            event="b1a7c2de-4f5a-4c1b-9e0d-3f2a1b0c9d8e",
            actor="connection/shopify",
            version=VERSION[:16],
            rules=("every euro",),
            legs=(Leg("issued", BEANS, -123), Leg("cell", BEANS, 123, ends=months[-1])),
            rolled=(Rolled("beans earned", months[-1], 123),),
            snap=snap,
            prev="A" * 43,
            hash="",
        )
    )


def test_an_entry_with_a_full_year_is_one_write_unit() -> None:
    """Item size as DynamoDB counts it: names and values of all attributes in UTF-8 bytes.

    Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats".
    """
    entry = full_entry()
    item = {
        "pk": f"P#bean-street#A#{entry.account}",
        "sk": f"E#{entry.seq:012d}",
        "line": encode(entry),
        "hash": entry.hash,
    }
    assert len(entry.account) == 22
    assert len(entry.event) == 36
    assert sum(len(name.encode()) + len(value.encode()) for name, value in item.items()) < 1_024


@pytest.mark.parametrize("way", ["orders since", "debt that returns"])
def test_both_of_two_accounts_that_part_are_within_bounds(way: str) -> None:
    """Of the account that left, 30 orders were told since; or what the other one paid of its debt comes back."""
    if way == "orders since":
        share, carrier = holding(spread(30, 1)), holding(bound(spread(30, 1)))
    else:
        share = holding(purse(debt=10))
        carrier = holding(msgspec.structs.replace(spread(24, 1), issued=250, taken_back=10))
    parted = unmerge(share, carrier, {BEANS: day(400)}, day(0), CALENDAR)
    for before, legs in ((carrier, parted.out_legs), (Snapshot(day(0)), parted.in_legs)):
        assert len(ends_of(applied(before, legs).purse(BEANS))) <= MOST_CELLS
        assert sum(leg.points for leg in legs) == 0
