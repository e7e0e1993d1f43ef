"""The worked examples of the trade, one test each, named after the rule."""

import itertools
from collections.abc import Sequence

import msgspec
from ledger_factories import (
    BEANS,
    CALENDAR,
    DAY,
    MOSCOW,
    Desk,
    Price,
    cells,
    coming,
    day,
    holding,
    moscow,
    one_bean_per_euro,
    paid,
    purse,
    refund,
    tiers,
    timeline,
    told,
)

from chalicelib.events import Amounts, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.documents import Lot, OrderDocument, RedemptionDocument, Rolling, Target, Worth
from chalicelib.ledger.journal import Cell, Purse, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.orders import absorbed, post, returned
from chalicelib.ledger.redemptions import give_back, redeem
from chalicelib.ledger.settle import settle
from chalicelib.ledger.timeline import Reign, Timeline
from chalicelib.programs.definition import After, Moment
from chalicelib.programs.durations import Duration
from chalicelib.programs.lots import available_at

NO_TIERS = Timeline((Reign(0, "v", None),), MOSCOW)


def account_of(*lots: tuple[str, int]) -> Snapshot:
    """Lots by their last usable day."""
    held = tuple(Cell(moscow(last) + DAY, points) for last, points in lots)
    return Snapshot(opened=0, purses={BEANS: Purse(held, issued=sum(points for _, points in lots))})


def used(reference: str, snap: Snapshot, points: int) -> tuple[RedemptionDocument, Snapshot]:
    spending = redeem(RedemptionDocument(Reference(reference), "a", BEANS, points), snap)
    return spending.document, applied(snap, spending.legs)


def test_3_1_points_that_end_first_are_used_first_and_the_balance_does_not_collapse() -> None:
    snap = account_of(("2026-03-31", 100), ("2026-06-30", 200), ("2026-12-31", 50))
    document, snap = used("redemption/1", snap, 150)
    assert [part.points for part in document.drawn] == [100, 50]

    balances, since = [snap.purse(BEANS).balance], moscow("2026-03-15")
    for when in ("2026-04-01", "2026-07-01"):
        snap = settle(snap, NO_TIERS, since=since, at=moscow(when)).snap
        since = moscow(when)
        balances.append(snap.purse(BEANS).balance)
    assert balances == [200, 200, 50]
    assert snap.purse(BEANS).expired == 150


RETURN_WINDOW = After(Duration(14, "day"), Moment.START_OF_DAY, "delivery")


def pending_price(facts: OrderFacts, back: Amounts) -> Target:
    """5 % of the goods, available at the start of the 14th day after delivery; usable for a year."""
    left = 0 if facts.is_cancelled else facts.amounts.less(back).goods * 5 // 10_000
    at = available_at(RETURN_WINDOW, MOSCOW, earned_at=facts.occurred_at, delivered_at=facts.delivered_at)
    ends = MOSCOW.moved(MOSCOW.shifted(facts.occurred_at, Duration(1, "year")), Moment.END_OF_MONTH)
    return Target((Worth(BEANS, left, Lot(ends, at)),), (Rolling("spent", left, ends),))


def at_pending_desk() -> Desk:
    return Desk(pending_price, NO_TIERS, now=moscow("2026-03-01"))


def order_of(goods: int, changed: str, delivered: str | None = None, **more: bool) -> OrderFacts:
    return OrderFacts(
        changed_at=moscow(changed),
        occurred_at=moscow("2026-03-01"),
        currency="RUB",
        amounts=Amounts(goods=goods),
        is_paid=True,
        delivered_at=None if delivered is None else moscow(delivered) + 15 * 3_600_000,
        **more,
    )


def test_3_3_points_are_on_the_way_until_the_return_window_has_passed() -> None:
    desk = at_pending_desk()
    desk.tell(told(order_of(210_000, "2026-03-05", "2026-03-05")))
    desk.now = moscow("2026-03-19") - 1
    assert (desk.purse().balance, desk.purse().pending) == (0, 105)
    assert desk.purse().maturing[0].at == moscow("2026-03-19")
    desk.now = moscow("2026-03-19")
    assert (desk.purse().balance, desk.purse().pending) == (105, 0)
    assert not desk.violations()


def test_3_3_points_of_an_order_that_comes_back_in_time_were_never_spendable() -> None:
    desk = at_pending_desk()
    desk.tell(told(order_of(210_000, "2026-03-05", "2026-03-05")))
    desk.now = moscow("2026-03-10")
    back = RefundFacts(moscow("2026-03-10"), "succeeded", Amounts(goods=210_000))
    desk.tell(told(r1=back))
    assert all(leg.place != "cell" for entry in desk.journals["a"] for leg in entry.legs)
    desk.now = moscow("2026-06-01")
    assert (desk.purse().balance, desk.purse().pending, desk.snap().metric("spent")) == (0, 0, 0)
    assert not desk.violations()


def test_3_3_points_of_an_order_that_never_arrives_stay_on_the_way() -> None:
    desk = at_pending_desk()
    desk.tell(told(order_of(210_000, "2026-03-01")))
    desk.now = moscow("2027-01-01")
    assert (desk.purse().balance, desk.purse().pending) == (0, 105)


def test_3_3_a_delivery_told_later_sets_the_day() -> None:
    desk = at_pending_desk()
    desk.tell(told(order_of(210_000, "2026-03-01")))
    desk.now = moscow("2026-03-08")
    desk.tell(told(order_of(210_000, "2026-03-08", "2026-03-07")))
    assert [part.at for part in desk.purse().maturing] == [moscow("2026-03-21")]
    desk.now = moscow("2026-03-21")
    assert desk.purse().balance == 105
    assert not desk.violations()


def test_3_3_a_delivery_told_after_its_window_gives_the_points_at_once() -> None:
    desk = at_pending_desk()
    desk.tell(told(order_of(210_000, "2026-03-01")))
    desk.now = moscow("2026-05-01")
    desk.tell(told(order_of(210_000, "2026-05-01", "2026-03-07")))
    assert (desk.purse().balance, desk.purse().pending) == (105, 0)
    assert not desk.violations()


def five_percent(facts: OrderFacts, back: Amounts) -> Target:
    """5 % of what is left, rounded down once."""
    return Target((Worth(BEANS, facts.amounts.less(back).goods * 5 // 10_000, Lot(day(336))),))


def test_3_6_partial_refunds_take_back_exactly_what_the_order_earned() -> None:
    desk = Desk(five_percent, timeline())
    desk.tell(told(paid(10_000)))
    taken = [
        -sum(leg.points for leg in desk.tell(told(**{name: refund(goods, on=nr)})).legs if leg.place == "cell")
        for nr, (name, goods) in enumerate([("r1", 3_333), ("r2", 3_333), ("r3", 3_334)])
    ]
    assert taken == [2, 2, 1]
    assert (desk.purse().balance, desk.purse().taken_back) == (0, 5)
    assert not desk.violations()


def test_3_6_a_refund_of_everything_leaves_nothing_whatever_the_steps() -> None:
    for steps in ([10_000], [1, 9_999], [5_000, 5_000], [3_333, 3_333, 3_334], [9_999, 1]):
        desk = Desk(five_percent, timeline())
        desk.tell(told(paid(10_000)))
        for nr, goods in enumerate(steps):
            desk.tell(told(**{f"r{nr}": refund(goods, on=nr)}))
        assert (desk.purse().balance, desk.orders["order/shop/1"].posted[0].points) == (0, 0)


def test_3_6_a_threshold_takes_all_and_a_cap_takes_nothing() -> None:
    def with_threshold(facts: OrderFacts, back: Amounts) -> Target:
        left = facts.amounts.less(back).goods
        return Target((Worth(BEANS, left // 1_000 if left >= 200_000 else 0, Lot(day(336))),))

    def with_cap(facts: OrderFacts, back: Amounts) -> Target:
        return Target((Worth(BEANS, min(3_000, facts.amounts.less(back).goods * 5 // 10_000), Lot(day(336))),))

    cases = [(with_threshold, 240_000, 60_000, 240, 0), (with_cap, 7_000_000, 1_000_000, 3_000, 3_000)]
    for price, goods, back, before, after in cases:
        desk = Desk(price, timeline())
        desk.tell(told(paid(goods)))
        assert desk.purse().balance == before
        desk.tell(told(r1=refund(back, on=1)))
        assert desk.purse().balance == after


def test_3_6_points_used_on_a_returned_part_come_back_and_points_earned_on_it_go() -> None:
    def cash(facts: OrderFacts, back: Amounts) -> Target:
        left = facts.amounts.less(back)
        return Target((Worth(BEANS, (left.goods - left.points_paid) * 5 // 10_000, Lot(day(700))),))

    desk = Desk(cash, timeline(), now=day(1))
    desk.tell(told(paid(1_800_000, on=0), reference="order/shop/0"))
    desk.redeem("redemption/1", 900)
    order = OrderFacts(day(1), day(1), "RUB", Amounts(goods=300_000, points_paid=90_000), is_paid=True)
    desk.tell(told(order))
    assert desk.purse().balance == 105
    back = RefundFacts(day(2), "succeeded", Amounts(goods=100_000, points_paid=30_000))
    desk.tell(told(b=back))
    desk.give_back("redemption/1", 300)
    assert desk.purse().balance == 105 - 35 + 300
    assert (desk.purse().redeemed, desk.purse().taken_back) == (600, 35)
    assert not desk.violations()


def test_3_7_a_debt_is_paid_by_what_is_earned_next() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(50_000), reference="order/shop/a"))
    desk.redeem("redemption/b", 400)
    desk.tell(told(reference="order/shop/a", r1=refund(50_000, on=0)))
    assert desk.purse().balance == -400
    desk.tell(told(paid(25_000), reference="order/shop/c"))
    assert (desk.purse().balance, desk.purse().spendable) == (-150, 0)
    desk.tell(told(paid(20_000), reference="order/shop/d"))
    assert (desk.purse().balance, desk.purse().debt) == (50, 0)
    assert not desk.violations()


def test_3_8_used_points_come_back_to_their_own_lots_and_an_expired_lot_gets_its_grace() -> None:
    document, snap = used("redemption/1", account_of(("2026-06-30", 100), ("2026-12-31", 100)), 150)
    now = moscow("2026-07-05")
    snap = settle(snap, NO_TIERS, since=moscow("2026-06-01"), at=now).snap
    back = give_back(document, snap, 150, at=now, grace_until=moscow("2026-07-20"))
    lots = [(cell.ends, cell.points) for cell in applied(snap, back.legs).purse(BEANS).cells]
    assert lots == [(moscow("2026-07-20"), 100), (moscow("2027-01-01"), 100)]


def test_3_8_without_grace_an_expired_lot_is_restored_and_expires_in_one_posting() -> None:
    document, snap = used("redemption/1", account_of(("2026-06-30", 100)), 100)
    now = moscow("2026-07-05")
    snap = settle(snap, NO_TIERS, since=moscow("2026-06-01"), at=now).snap
    back = give_back(document, snap, 100, at=now, grace_until=now)
    assert [(leg.place, leg.points) for leg in back.legs] == [("redeemed", -100), ("expired", 100)]
    assert applied(snap, back.legs).purse(BEANS).balance == 0


SIX = [
    told(paid(10_000, changed=1)),
    told(paid(12_000, changed=3)),
    told(paid(12_000, changed=4, delivered_at=day(2))),
    told(r1=refund(2_000, on=5)),
    told(r1=refund(2_000, on=6, status="failed"), r2=refund(3_050, on=5)),
    told(paid(12_000, changed=8, delivered_at=day(2), is_cancelled=True)),
]


def played(events: Sequence[OrderTold], price: Price) -> tuple[OrderDocument, Snapshot]:
    """What events of one order lead to in an account that owes 7 beans, all told on day 9."""
    document, snap = OrderDocument(Reference("order/shop/1")), holding(purse(debt=7))
    for event in events:
        grown = absorbed(document, event)
        if grown == document:
            continue
        document = grown
        if grown.facts is not None:
            target = price(grown.facts, returned(grown))
            posting = post(grown, target, snap, at=day(9), calendar=CALENDAR)
            document, snap = posting.document, posting.snap
    return document, snap


def ends_alike(events: Sequence[OrderTold], price: Price) -> None:
    wanted = None
    for order in itertools.permutations(events):
        document, snap = played(order, price)
        own = snap.purse(BEANS)
        seen = (document, own.cells, own.maturing, own.debt, snap.metrics)
        wanted = wanted or seen
        assert seen == wanted


def test_3_10_all_720_orders_of_six_events_end_in_one_document_and_one_balance() -> None:
    ends_alike(SIX, one_bean_per_euro(wait=14, window=365))
    ends_alike([*SIX[:5], told(r3=refund(500, on=7))], one_bean_per_euro(wait=14, window=365))
    ends_alike(SIX, one_bean_per_euro(window=365))


def test_3_10_duplicates_change_nothing() -> None:
    price = one_bean_per_euro(wait=14, window=365)
    once = played(SIX, price)
    assert played([event for event in SIX for _ in range(3)], price) == once
    assert played(SIX + SIX[::-1] + SIX, price) == once


def test_3_10_a_cancellation_that_overtakes_the_payment_leaves_nothing() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(10_000, changed=2, is_cancelled=True)))
    desk.tell(told(paid(10_000, changed=1)))
    assert (desk.purse().balance, desk.journals) == (0, {})


def test_3_10_a_refund_before_its_order_waits_and_the_order_posts_the_rest() -> None:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(r1=refund(4_000, on=1)))
    assert desk.journals == {}
    entry = desk.tell(told(paid(10_000)))
    assert entry is not None
    assert (desk.purse().balance, desk.purse().issued) == (60, 60)


def test_3_10_versions_of_equal_age_that_disagree_end_alike_and_are_flagged() -> None:
    versions = [
        told(paid(10_000, changed=1)),
        told(paid(8_000, changed=1)),
        told(paid(10_000, changed=1, is_cancelled=True)),
        told(paid(9_000, changed=1, delivered_at=day(1))),
    ]
    ends = {
        msgspec.json.encode(absorbed_all(order))
        for size in (2, 3, 4)
        for order in itertools.permutations(versions, size)
        if versions[2] in order
    }
    documents = [msgspec.json.decode(end, type=OrderDocument) for end in ends]
    assert len(documents) == 1
    assert (documents[0].contested, documents[0].facts) == (True, versions[2].order)


def absorbed_all(events: Sequence[OrderTold]) -> OrderDocument:
    document = OrderDocument(Reference("order/shop/1"))
    for event in events:
        document = absorbed(document, event)
    return document


def test_3_18_merged_accounts_count_both_histories_and_keep_each_lots_end() -> None:
    desk = Desk(one_bean_per_euro(window=336), timeline((-1, tiers(("Basic", 0), ("Gold", 10_000)))))
    desk.tell(told(paid(600_000, on=0), reference="order/shop/a"), "a")
    desk.now = day(2)
    desk.tell(told(paid(500_000, on=2), reference="order/shop/b"), "b")
    desk.merge("b", "a")
    assert (desk.snap("a").tier.level, desk.snap("a").metric("beans earned")) == ("Gold", 11_000)
    assert cells(desk.purse("a")) == [(336, 6_000), (338, 5_000)]
    assert (desk.journals["b"][-1].snap.purse(BEANS).balance, coming(desk.purse("b"))) == (0, [])
    desk.tell(told(reference="order/shop/b", r1=refund(500_000, on=3)), "b")
    assert (desk.snap("a").tier.level, desk.purse("a").balance) == ("Basic", 6_000)
    assert not desk.violations()


def test_posting_nothing_moves_nothing() -> None:
    document = absorbed(OrderDocument(Reference("order/shop/1")), told(paid(10_000)))
    first = post(document, Target(), holding(purse()), at=day(1), calendar=CALENDAR)
    assert (first.legs, first.rolled, first.snap) == ((), (), holding(purse()))
