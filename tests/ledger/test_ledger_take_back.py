"""Taking back points that are no longer there: let go, owed, or already ended on the way."""

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_factories import (
    BEANS,
    CALENDAR,
    Desk,
    Price,
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

from chalicelib.events import Amounts, OrderTold, Reference
from chalicelib.ledger.documents import Agreement, Lot, OrderDocument
from chalicelib.ledger.journal import Snapshot
from chalicelib.ledger.orders import absorbed, post, returned
from chalicelib.ledger.posting import Ways, take_back

LET_GO = Ways(is_owed=False)
FROM_BALANCE = Ways(is_forgiven=False)
A, B = "order/shop/a", "order/shop/b"


def desk(ways: Ways = LET_GO, **more: float) -> Desk:
    return Desk(one_bean_per_euro(**more), timeline(), ways=ways)


def is_balanced(shop: Desk, reference: str = A) -> bool:
    """Points posted = points of the target + points written off."""
    document = shop.orders[reference]
    assert document.facts is not None
    target = {worth.currency: worth.points for worth in shop.price(document.facts, returned(document)).worths}
    posted = {worth.currency: worth.points for worth in document.posted}
    return all(posted[each] == target[each] + document.written_off.get(each, 0) for each in posted)


# --- write off ----------------------------------------------------------------------------------------------------


def test_3_7_what_was_used_is_let_go_and_the_next_points_are_whole() -> None:
    shop = desk()
    shop.tell(told(paid(50_000), reference=A))
    shop.redeem("redemption/b", 400)
    shop.tell(told(reference=A, r1=refund(50_000, on=0)))
    assert (shop.purse().balance, shop.purse().debt, shop.orders[A].written_off) == (0, 0, {BEANS: 400})
    assert shop.purse().taken_back == 100
    shop.tell(told(paid(25_000), reference=B))
    assert shop.purse().balance == 250
    assert is_balanced(shop)
    assert not shop.violations()


def test_points_taken_again_after_they_were_let_go_are_not_given_twice() -> None:
    """The refund failed at the bank: of 500 points 400 were let go, so only 100 come back."""
    shop = desk()
    shop.tell(told(paid(50_000), reference=A))
    shop.redeem("redemption/b", 400)
    for nr, status in enumerate(["succeeded", "failed", "succeeded"]):
        shop.tell(told(reference=A, r1=refund(50_000, on=nr, status=status)))
        assert is_balanced(shop)
    assert (shop.purse().balance, shop.orders[A].written_off) == (0, {BEANS: 400})
    shop.tell(told(reference=A, r1=refund(50_000, on=4, status="failed")))
    assert (shop.purse().balance, shop.orders[A].written_off) == (100, {})
    assert not shop.violations()


def test_an_increase_cancels_what_was_let_go_before_it_gives_points() -> None:
    shop = desk()
    shop.tell(told(paid(50_000), reference=A))
    shop.redeem("redemption/b", 400)
    shop.tell(told(reference=A, r1=refund(50_000, on=0)))
    seen = []
    for version, goods in enumerate([70_000, 90_000, 120_000], start=1):
        shop.tell(told(paid(goods, changed=version), reference=A))
        seen.append((shop.purse().balance, shop.orders[A].written_off.get(BEANS, 0)))
        assert is_balanced(shop)
    assert seen == [(0, 200), (0, 0), (300, 0)]
    assert not shop.violations()


def test_a_part_that_is_still_there_is_taken_before_anything_is_let_go() -> None:
    shop = desk()
    shop.tell(told(paid(50_000), reference=A))
    shop.tell(told(paid(10_000, on=1), reference=B))
    shop.redeem("redemption/b", 400)
    shop.tell(told(reference=A, r1=refund(30_000, on=2)))
    assert (shop.purse().balance, shop.orders[A].written_off) == (0, {BEANS: 100})
    assert not shop.violations()


def test_points_held_for_a_checkout_count_as_used() -> None:
    shop = desk()
    shop.tell(told(paid(10_000), reference=A))
    shop.hold("redemption/h", 80)
    shop.tell(told(reference=A, r1=refund(10_000, on=0)))
    assert (shop.purse().held, shop.purse().debt, shop.orders[A].written_off) == (80, 0, {BEANS: 80})
    assert not shop.violations()


SIX = [
    told(paid(10_000, changed=1)),
    told(paid(12_000, changed=3)),
    told(paid(12_000, changed=4, delivered_at=day(2))),
    told(r1=refund(2_000, on=5)),
    told(r1=refund(2_000, on=6, status="failed"), r2=refund(3_050, on=5)),
    told(paid(12_000, changed=8, delivered_at=day(2), is_cancelled=True)),
]


def played(
    events: tuple[OrderTold, ...], price: Price, snap: Snapshot, ways: Ways, agreed: tuple[Agreement, ...] = ()
) -> tuple[OrderDocument, Snapshot]:
    """What the events of one order lead to, all told on day 9."""
    document = OrderDocument(Reference("order/shop/1"), agreed=agreed)
    for event in events:
        document = absorbed(document, event)
        if document.facts is not None:
            target = price(document.facts, returned(document))
            posting = post(document, target, snap, at=day(9), calendar=CALENDAR, ways=ways)
            document, snap = posting.document, posting.snap
    return document, snap


@pytest.mark.parametrize("ways", [LET_GO, FROM_BALANCE, Ways(is_owed=False, is_forgiven=False)])
@pytest.mark.parametrize("events", [SIX, [*SIX[:5], told(r3=refund(500, on=7))]], ids=["cancelled", "kept"])
@pytest.mark.parametrize("wait", [None, 14])
def test_3_10_all_720_orders_end_alike_whatever_the_policy(
    ways: Ways, events: list[OrderTold], wait: float | None
) -> None:
    price = one_bean_per_euro(wait=wait, window=365)
    ends = set()
    for order in itertools.permutations(events):
        document, snap = played(order, price, holding(purse((400, 33))), ways)
        own = snap.purse(BEANS)
        assert document.written_off == {}
        ends.add(
            (
                msgspec.json.encode(document, order="deterministic"),
                own.cells,
                own.maturing,
                own.debt,
                snap.metric("beans earned"),
            )
        )
    assert len(ends) == 1


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["edit", "refund", "use", "fail", "other"]), st.integers(1, 200))))
def test_with_write_off_nobody_ever_owes_anything_and_the_books_hold(steps: list[tuple[str, int]]) -> None:
    shop = desk()
    shop.tell(told(paid(10_000), reference=A))
    for nr, (what, points) in enumerate(steps, start=1):
        match what:
            case "edit":
                shop.tell(told(paid(points * 100, changed=nr), reference=A))
            case "refund" | "fail":
                status = "succeeded" if what == "refund" else "failed"
                shop.tell(told(reference=A, r1=refund(points * 100, on=nr, status=status)))
            case "use" if shop.purse().spendable:
                shop.redeem(f"redemption/{nr}", min(points, shop.purse().spendable))
            case _:
                shop.tell(told(paid(points * 100), reference=f"order/shop/{nr}"))
        assert is_balanced(shop)
        assert shop.purse().debt == 0
    assert not shop.violations()


# --- lots that have expired ---------------------------------------------------------------------------------------


def test_what_expired_is_taken_from_the_balance_where_the_program_says_so_and_never_owed() -> None:
    shop = desk(FROM_BALANCE, life=30)
    shop.tell(told(paid(10_000), reference=A))
    shop.now = day(40)
    shop.tell(told(paid(6_000, on=40), reference=B))
    shop.tell(told(reference=A, r1=refund(10_000, on=40)))
    assert (shop.purse().balance, shop.purse().debt, shop.purse().expired) == (0, 0, 60)
    assert is_balanced(shop)
    assert not shop.violations()


def test_an_expired_lot_that_had_been_used_takes_what_is_there_and_lets_the_rest_go() -> None:
    shop = desk(FROM_BALANCE, life=30)
    shop.tell(told(paid(10_000), reference=A))
    shop.redeem("redemption/1", 100)
    shop.now = day(40)
    shop.tell(told(paid(6_000, on=40), reference=B))
    shop.tell(told(reference=A, r1=refund(10_000, on=40)))
    assert (shop.purse().balance, shop.purse().debt, shop.orders[A].written_off) == (0, 0, {BEANS: 40})
    assert is_balanced(shop)
    assert not shop.violations()


# --- paid for in money --------------------------------------------------------------------------------------------


def agreement(points: int, worth: int = 120) -> Agreement:
    return Agreement("quote/1", BEANS, points, worth, until=0, is_accepted=True)


def test_points_paid_for_in_money_are_not_taken_in_any_order_of_the_messages() -> None:
    ends = set()
    for order in itertools.permutations(SIX):
        document, snap = played(order, one_bean_per_euro(), holding(purse()), Ways(), (agreement(80),))
        ends.add(
            (msgspec.json.encode(document, order="deterministic"), snap.purse(BEANS).balance, snap.purse(BEANS).debt)
        )
    assert len(ends) == 1
    assert (document.written_off, snap.purse(BEANS).balance) == ({BEANS: 80}, 80)


def test_money_pays_only_for_what_really_went_back() -> None:
    price = one_bean_per_euro()
    for goods, written_off in [(0, {}), (3_000, {BEANS: 30}), (12_000, {BEANS: 80})]:
        events = (told(paid(12_000)), told(r1=refund(goods, on=1)))
        document, snap = played(events, price, holding(purse()), Ways(), (agreement(80),))
        assert document.written_off == written_off
        assert snap.purse(BEANS).balance == 120 - goods // 100 + written_off.get(BEANS, 0)


def test_an_agreement_that_comes_after_the_debt_pays_the_debt_also_when_the_lot_has_ended() -> None:
    shop = desk(Ways(), life=30)
    shop.tell(told(paid(12_000), reference=A))
    shop.redeem("redemption/1", 120)
    shop.tell(told(reference=A, r1=refund(12_000, on=1)))
    shop.now = day(50)
    assert shop.purse().debt == 120
    document = msgspec.structs.replace(shop.orders[A], agreed=(agreement(120),))
    target = shop.price(paid(12_000), Amounts(goods=12_000))
    posting = post(document, target, shop.snap(), at=shop.now, calendar=CALENDAR)
    own = posting.snap.purse(BEANS)
    assert (own.debt, own.balance, posting.document.written_off) == (0, 0, {BEANS: 120})


def test_nothing_is_let_go_by_taking_back_unless_the_program_says_so() -> None:
    lot = Lot(day(30))
    legs = take_back(purse((30, 40)), BEANS, lot, 100, at=day(1), calendar=CALENDAR, ways=LET_GO)
    assert sum(leg.points for leg in legs if leg.place == "taken_back") == 40
    legs = take_back(purse((30, 40)), BEANS, lot, 100, at=day(1), calendar=CALENDAR)
    assert [(leg.place, leg.points) for leg in legs] == [("taken_back", 100), ("cell", -40), ("debt", -60)]


@pytest.mark.parametrize("ways", [Ways(), LET_GO])
def test_odoo_257854_a_loop_of_buying_using_and_returning_ends(ways: Ways) -> None:
    """odoo/odoo PR 257854. What is not owed, the shop knows it let go."""
    shop = desk(ways)
    for number in range(10):
        reference = f"order/shop/{number}"
        shop.tell(told(paid(10_000), reference=reference))
        if shop.purse().spendable:
            shop.redeem(f"redemption/{number}", shop.purse().spendable)
        shop.tell(told(reference=reference, r1=refund(10_000, on=1)))
    let_go = sum(document.written_off.get(BEANS, 0) for document in shop.orders.values())
    assert shop.purse().redeemed - shop.purse().debt - let_go == 0
    assert refusal(lambda: shop.redeem("redemption/x", 1)) == "not_enough_points"
    assert not shop.violations()
