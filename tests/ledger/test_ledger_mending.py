"""Documents made anew from what entries did, and documents brought to say it."""

import msgspec
import pytest
from ledger_factories import (
    BEANS,
    CALENDAR,
    MINUTE,
    VERSION,
    Desk,
    Price,
    day,
    one_bean_per_euro,
    paid,
    refund,
    stored,
    tiers,
    timeline,
    told,
)

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.adjusting import adjust
from chalicelib.ledger.documents import (
    ActivityDocument,
    AdjustmentDocument,
    Drawn,
    Lot,
    OrderDocument,
    Pricing,
    RedemptionDocument,
    Rolling,
    TransferDocument,
    Worth,
)
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.mending import Step, aligned, rebuilt, spent, whole
from chalicelib.ledger.stored import Stored
from chalicelib.ledger.sums import done

A, B = AccountId("a"), AccountId("b")
TIERS = timeline((-999, tiers(("Bean", 0), ("Gold", 50))))
USE, HOLD, GIFT = Reference("redemption/1"), Reference("hold/1"), Reference("transfer/1")


def shop(price: Price | None = None) -> Desk:
    """100 beans of day 0 that count for a level."""
    desk = Desk(price or one_bean_per_euro(window=100), TIERS)
    desk.tell(told(paid(10_000)))
    return desk


def steps(desk: Desk, reference: str) -> list[Step]:
    """Every entry that did something for a document, with the one before it."""
    return [
        Step(before, entry)
        for journal in desk.journals.values()
        for before, entry in zip([None, *journal], journal, strict=False)
        if any(moved.reference == reference for moved in done(entry))
    ]


def anew(desk: Desk, reference: str) -> object:
    return rebuilt(Reference(reference), steps(desk, reference), VERSION)


def test_an_order_is_known_by_its_points_its_level_and_its_day_and_waits_to_be_told_again() -> None:
    desk = shop()
    desk.now = day(3)
    desk.tell(told(paid(2_000, on=2), reference="order/shop/2"))
    desk.tell(told(reference="order/shop/2", r1=refund(500, on=3)))
    assert anew(desk, "order/shop/2") == OrderDocument(
        Reference("order/shop/2"),
        1,
        A,
        desk.journals["a"][1].name,
        pricing=Pricing(VERSION, "Gold", day(2), day(0)),
        posted=(Worth(BEANS, 15, Lot(day(338))),),
        rolled=(Rolling("beans earned", 15, day(102)),),
        state="parked",
        reason="facts_lost",
    )


def test_the_first_order_of_all_had_no_level() -> None:
    document = anew(shop(), "order/shop/1")
    assert isinstance(document, OrderDocument)
    assert document.pricing == Pricing(VERSION, "", day(0), day(0))


def test_the_first_order_of_all_had_the_level_that_counts_before_the_first_entry() -> None:
    desk = shop()
    first = Reference("order/shop/1")
    document = rebuilt(first, steps(desk, first), VERSION, first_level="Bean")
    assert isinstance(document, OrderDocument)
    assert document.pricing == Pricing(VERSION, "Bean", day(0), day(0))


def test_an_activity_is_known_by_the_same() -> None:
    desk = shop()
    desk.tell(told(paid(700), reference="activity/review/1"))
    assert anew(desk, "activity/review/1") == ActivityDocument(
        Reference("activity/review/1"),
        A,
        Pricing(VERSION, "Gold", day(0), day(0)),
        1,
        posted=(Worth(BEANS, 7, Lot(day(336))),),
        rolled=(Rolling("beans earned", 7, day(100)),),
    )


def test_points_on_the_way_have_their_day_and_points_that_paid_a_debt_have_none() -> None:
    waiting = shop(one_bean_per_euro(wait=14))
    document = anew(waiting, "order/shop/1")
    assert isinstance(document, OrderDocument)
    assert document.posted == (Worth(BEANS, 100, Lot(day(336), NEVER)),)
    owing = shop(one_bean_per_euro())
    owing.redeem(USE, 100)
    owing.tell(told(r1=refund(10_000, on=0)))
    owing.tell(told(paid(3_000), reference="order/shop/2"))
    document = anew(owing, "order/shop/2")
    assert isinstance(document, OrderDocument)
    assert document.posted == (Worth(BEANS, 30, Lot(NEVER)),)


def test_where_only_the_return_is_left_its_points_came_out_of_the_lot_they_left() -> None:
    desk = shop()
    desk.tell(told(r1=refund(4_000, on=0)))
    desk.redeem(USE, 60)
    desk.tell(told(r1=refund(10_000, on=1)))
    first, second, third = steps(desk, "order/shop/1")
    for kept, points, lot in (
        ([second], -40, Lot(day(336))),
        ([third], -60, Lot(NEVER)),
        ([first, second], 60, Lot(day(336))),
    ):
        document = rebuilt(Reference("order/shop/1"), kept, VERSION)
        assert isinstance(document, OrderDocument)
        assert document.posted == (Worth(BEANS, points, lot),)


def test_where_only_the_return_of_a_single_point_is_left_it_has_its_lot_too() -> None:
    desk = shop()
    desk.tell(told(r1=refund(100, on=0)))
    document = rebuilt(Reference("order/shop/1"), steps(desk, "order/shop/1")[1:], VERSION)
    assert isinstance(document, OrderDocument)
    assert document.posted == (Worth(BEANS, -1, Lot(day(336))),)


def test_a_document_that_is_there_keeps_its_lots_and_says_what_was_really_posted() -> None:
    desk = shop()
    known = replace_posted(desk.orders["order/shop/1"], Worth(BEANS, 77, Lot(day(300))), Worth("stars", 5, Lot(NEVER)))
    now = aligned(known, steps(desk, "order/shop/1"))
    assert now.posted == (Worth(BEANS, 100, Lot(day(300))), Worth("stars", 0, Lot(NEVER)))
    assert now.rolled == (Rolling("beans earned", 100, day(90)),)
    assert (now.facts, now.account) == (known.facts, known.account)


def replace_posted(document: OrderDocument, *worths: Worth) -> OrderDocument:
    rolled = (Rolling("beans earned", 1, day(90)),)
    return msgspec.structs.replace(document, posted=worths, rolled=rolled)


def test_what_nothing_tells_is_not_made_up() -> None:
    assert rebuilt(USE, [], VERSION) is None
    assert spent(USE, steps(shop(), "order/shop/1")) is None


def test_a_redemption_is_known_by_its_lots_and_by_what_came_back() -> None:
    desk = shop()
    desk.now = day(3)
    desk.tell(told(paid(2_000, on=3), reference="order/shop/2"))
    desk.redeem(USE, 110)
    desk.give_back(USE, 15)
    drawn = (Drawn(day(336), 100), Drawn(day(339), 10))
    assert anew(desk, USE) == RedemptionDocument(USE, A, BEANS, 110, 1, used=110, returned=15, drawn=drawn)


def test_what_time_took_in_the_same_entry_was_not_used() -> None:
    desk = shop()
    desk.now = day(3)
    desk.tell(told(paid(2_000, on=3), reference="order/shop/2"))
    desk.now = day(336)
    desk.redeem(USE, 5)
    assert anew(desk, USE) == RedemptionDocument(USE, A, BEANS, 5, 1, used=5, drawn=(Drawn(day(339), 5),))


def test_a_hold_is_known_while_it_is_open_and_after_each_of_its_ends() -> None:
    desk = shop()
    desk.hold(HOLD, 20, minutes=15)
    until = day(0) + 15 * MINUTE
    lots = (Drawn(day(336), 20),)
    held = RedemptionDocument(HOLD, A, BEANS, 20, 1, state="held", until=until, drawn=lots)
    assert anew(desk, HOLD) == held == msgspec.structs.replace(desk.spent[HOLD], revision=1)
    desk.capture(HOLD, 15)
    assert anew(desk, HOLD) == RedemptionDocument(
        HOLD, A, BEANS, 20, 1, until=until, used=15, drawn=(Drawn(day(336), 15),)
    )
    other = shop()
    other.hold(HOLD, 20, minutes=15)
    other.hold("hold/2", 5)
    other.release("hold/2")
    assert anew(other, HOLD) == held
    other.release(HOLD)
    assert anew(other, HOLD) == RedemptionDocument(HOLD, A, BEANS, 20, 1, state="released", until=until)


def test_what_other_holds_gave_back_in_the_same_entry_was_not_used() -> None:
    desk = shop()
    desk.hold(HOLD, 20, minutes=15)
    desk.hold("hold/2", 30, minutes=15)
    desk.now += 15 * MINUTE
    desk.capture(HOLD, 15)
    document = anew(desk, HOLD)
    assert isinstance(document, RedemptionDocument)
    assert (document.used, document.drawn) == (15, (Drawn(day(336), 15),))


def test_a_hold_that_ran_out_still_says_that_it_is_held() -> None:
    desk = shop()
    desk.hold(HOLD, 20, minutes=15)
    desk.now = day(1)
    desk.sweep()
    document = anew(desk, HOLD)
    assert isinstance(document, RedemptionDocument)
    assert (document.state, document.used) == ("held", 0)


@pytest.mark.parametrize(("points", "lot"), [(30, Lot(day(200))), (-30, Lot(day(336)))])
def test_points_by_hand_are_known_by_who_gave_or_took_them_and_why(points: int, lot: Lot) -> None:
    desk, name = shop(), Reference("adjustment/1")
    document = AdjustmentDocument(name, A, BEANS, points, "a gift", "test", lot, 1)
    stand = desk.standing("a")
    legs = adjust(document, stand.snap, at=stand.at, calendar=CALENDAR)
    desk._add(stand, "adjusted", name, legs, name="a gift")
    assert anew(desk, name) == document


def test_a_transfer_is_known_when_both_sides_are_there() -> None:
    desk = shop()
    desk.now = day(3)
    desk.tell(told(paid(2_000, on=3), reference="order/shop/2"))
    desk.transfer(GIFT, 110, "a", "b")
    drawn = (Drawn(day(336), 100), Drawn(day(339), 10))
    both = steps(desk, GIFT)
    assert rebuilt(GIFT, both, VERSION) == TransferDocument(GIFT, A, B, BEANS, 110, 1, drawn)
    assert rebuilt(GIFT, both[::-1], VERSION) == TransferDocument(GIFT, A, B, BEANS, 110, 1, drawn)
    assert [rebuilt(GIFT, [side], VERSION) for side in both] == [None, None]


def test_a_journal_is_whole_up_to_the_first_entry_that_breaks_a_promise() -> None:
    desk = shop()
    desk.redeem(USE, 20)
    desk.redeem("redemption/2", 20)
    rows = [Stored(*row) for row in stored(desk.journals["a"])]
    assert whole(A, rows, TIERS, ended_by=NEVER) == rows
    spoiled = [rows[0], rows[1]._replace(line=rows[1].line.replace("test", "best")), rows[2]]
    assert whole(A, spoiled, TIERS, ended_by=NEVER) == rows[:1]
    assert whole(A, rows[1:], TIERS, ended_by=NEVER) == rows[1:]  # a guest's first entries may have ended
    active = [
        msgspec.structs.replace(entry, snap=msgspec.structs.replace(entry.snap, status="active"))
        for entry in desk.journals["a"]
    ]
    assert whole(A, [Stored(*row) for row in stored(active)][1:], TIERS, ended_by=NEVER) == []
