"""What entries did beside what documents say: each kind of movement counts in one place, for one document."""

import pytest
from ledger_factories import BEANS, Desk, day, one_bean_per_euro, paid, refund, timeline, told

from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import (
    ActivityDocument,
    AdjustmentDocument,
    ByHandDocument,
    CapDocument,
    Document,
    Lot,
    MergeDocument,
    OrderDocument,
    PaymentDocument,
    Pricing,
    RedemptionDocument,
    Rolling,
    TransferDocument,
    Worth,
)
from chalicelib.ledger.stored import Stored, checkable, lasting
from chalicelib.ledger.sums import Moved, done, owners, said

A, B = AccountId("a"), AccountId("b")
NAME = Reference("it/1")
LOT = Lot(day(336))


def kinds(desk: Desk, account: str = "a") -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Of each entry, its kind and what it did."""
    return [(entry.kind, sorted(tuple(moved) for moved in done(entry))) for entry in desk.journals[account]]


def test_each_entry_did_something_for_its_document() -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.redeem("redemption/1", 60)
    desk.give_back("redemption/1", 10)
    desk.hold("hold/1", 20)
    desk.capture("hold/1", 15)
    desk.hold("hold/2", 5)
    desk.release("hold/2")
    desk.tell(told(r1=refund(4_000, on=0)))
    order, use, one, two = "order/shop/1", "redemption/1", "hold/1", "hold/2"
    assert kinds(desk) == [
        ("earned", [(order, "", 0), (order, "beans", 100), (order, "beans earned measured", 100)]),
        ("redeemed", [(use, "", 0), (use, "beans times used", 1), (use, "beans used", 60)]),
        ("restored", [(use, "", 0), (use, "beans used", -10)]),
        ("held", [(one, "", 0), (one, "beans held", 20)]),
        ("redeemed", [(one, "", 0), (one, "beans held", -20), (one, "beans times used", 1), (one, "beans used", 15)]),
        ("held", [(two, "", 0), (two, "beans held", 5)]),
        ("released", [(two, "", 0), (two, "beans held", -5)]),
        ("taken_back", [(order, "", 0), (order, "beans", -40), (order, "beans earned measured", -40)]),
    ]


def test_what_time_does_is_no_documents_doing() -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.hold("hold/1", 20)
    desk.now = day(400)
    desk.sweep()
    assert kinds(desk)[-1] == ("settled", [("hold/1", "beans held", -20)])


@pytest.mark.parametrize("when", [100, 101])
def test_what_has_left_a_measure_by_then_was_not_taken_out_of_it(when: float) -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.now = day(when)
    desk.redeem("redemption/1", 10)
    assert desk.journals["a"][-1].rolled
    assert [moved.what for moved in done(desk.journals["a"][-1])] == ["", "beans used", "beans times used"]


def test_a_transfer_sends_and_a_merge_has_two_halves() -> None:
    desk = Desk(one_bean_per_euro(window=100), timeline())
    desk.tell(told(paid(10_000)))
    desk.transfer("transfer/1", 30, "a", "b")
    desk.merge("b", "a")
    assert kinds(desk)[1] == ("transferred", [("transfer/1", "", 0), ("transfer/1", "beans sent", 30)])
    assert kinds(desk, "b")[0] == ("transferred", [("transfer/1", "", 0), ("transfer/1", "beans got", -30)])
    assert [kinds(desk)[-1], kinds(desk, "b")[-1]] == [("merged", [("merge", "", 0), ("merge", "halves", 1)])] * 2


def used(**more: object) -> RedemptionDocument:
    return RedemptionDocument(NAME, A, BEANS, 50, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            OrderDocument(
                NAME,
                posted=(Worth(BEANS, 100, LOT), Worth("stars", 0, LOT)),
                rolled=(Rolling("beans earned", 90, day(9)),),
            ),
            {"beans": 100, "beans earned measured": 90},
        ),
        (ActivityDocument(NAME, A, Pricing("v", "", 0, 0), posted=(Worth(BEANS, 20, LOT),)), {"beans": 20}),
        (used(used=50, returned=20), {"beans used": 30, "beans times used": 1}),
        (used(used=50, returned=50), {"beans times used": 1}),
        (used(state="held", until=day(0) + 1), {"beans held": 50}),
        (used(state="held", until=day(0)), {}),
        (used(state="held"), {}),
        (used(state="released", until=day(1)), {}),
        (AdjustmentDocument(NAME, A, BEANS, -7, "a gift", "anna", LOT), {"beans": -7}),
        (TransferDocument(NAME, A, B, BEANS, 30), {"beans sent": 30, "beans got": -30}),
        (MergeDocument(NAME, A, B), {"halves": 2}),
        (MergeDocument(NAME, A, B, undone=True), {}),
        (PaymentDocument(NAME), {}),
        (CapDocument(NAME, BEANS, 100, wanted=50, given=50), {}),
        (ByHandDocument(NAME, "anna", BEANS, points=50), {}),
    ],
)
def test_a_document_says_what_its_entries_must_come_to(document: Document, expected: dict[str, int]) -> None:
    assert said(document, day(0)) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (TransferDocument(NAME, A, B, BEANS, 30), (A, B)),
        (MergeDocument(NAME, A, B), (A, B)),
        (PaymentDocument(NAME), ()),
        (ByHandDocument(NAME, "anna", BEANS), ()),
        (OrderDocument(NAME), ()),
        (OrderDocument(NAME, account=A), (A,)),
        (CapDocument(NAME, BEANS, 100), ()),
        (CapDocument(NAME, BEANS, 100, account=B), (B,)),
        (used(), (A,)),
    ],
)
def test_a_documents_entries_stand_in_its_owners_journals(document: Document, expected: tuple[AccountId, ...]) -> None:
    assert tuple(owners(document)) == expected


def test_what_an_entry_did_is_told_by_document_and_kind() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    entry = desk.tell(told(paid(10_000)))
    assert entry is not None
    assert done(entry) == [Moved(Reference("order/shop/1"), "", 0), Moved(Reference("order/shop/1"), "beans", 100)]


# --- rows that may be gone --------------------------------------------------------------------------------------------


def rows(*ends: Instant | None) -> list[Stored]:
    return [Stored(number, f"line {number}", "h", end) for number, end in enumerate(ends, start=1)]


def test_a_row_has_ended_from_its_end_on() -> None:
    assert [Stored(1, "", "", 5).has_ended(now) for now in (4, 5, 6)] == [False, True, True]
    assert not Stored(1, "", "").has_ended(10**15)


def test_while_nothing_is_missing_everything_must_hold_together() -> None:
    whole = rows(5, 7, None)
    assert checkable(whole, 6) == whole
    assert lasting(whole, 6) == whole[1:]
    assert checkable(whole[1:], 6) == whole[1:]
    assert checkable([whole[0], whole[2]], 6) == [whole[2]]
    assert checkable([], 6) == []
