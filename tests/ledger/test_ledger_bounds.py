"""An account stays small: cells and days within bounds, an entry within one write unit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_factories import (
    BEANS,
    CALENDAR,
    DAY,
    VERSION,
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
from chalicelib.ledger.chain import encode, seal
from chalicelib.ledger.journal import Cell, Entry, Leg, Maturing, Purse, Rolled, Snapshot, Tier
from chalicelib.ledger.merging import merge
from chalicelib.ledger.moves import applied
from chalicelib.ledger.posting import MOST_CELLS, MOST_MATURING, bounded
from chalicelib.programs.calendar import ZoneCalendar

BERLIN = ZoneCalendar("Europe/Berlin")


def spread(count: int, step: float) -> Purse:
    return purse(*((1 + number * step, 10) for number in range(count)))


def bound(own: Purse) -> Purse:
    return applied(holding(own), bounded(holding(own), BEANS, CALENDAR)).purse(BEANS)


def test_twenty_four_cells_stay_as_they_are() -> None:
    assert bound(spread(24, 1)) == spread(24, 1)


@pytest.mark.parametrize(("step", "grid_days"), [(1, 7), (8, 28), (29, 84)])
def test_the_25th_cell_moves_all_to_the_end_of_their_week_then_month_then_quarter(step: float, grid_days: int) -> None:
    before = spread(25, step)
    after = bound(before)
    assert all(ends % grid_days == 0 for ends, _ in cells(after))
    assert len(after.cells) <= MOST_CELLS
    assert after.spendable == before.spendable
    for cell in before.cells:
        later = CALENDAR.end_of(cell.ends, "quarter")
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
