"""Points that wait for a delivery end on the way when nobody tells of one in time."""

import pytest
from ledger_factories import BEANS, Desk, coming, day, paid, refund, timeline, told

from chalicelib.events import Amounts, OrderFacts
from chalicelib.ledger.documents import Lot, Target, Worth
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.posting import Ways

A, B = "order/shop/a", "order/shop/b"
GIVE_UP = 60


def awaited(facts: OrderFacts, back: Amounts) -> Target:
    """A bean per euro, ripe 14 days after delivery; without news of one, points wait for 60 days."""
    points = 0 if facts.is_cancelled else facts.amounts.less(back).goods // 100
    until = facts.occurred_at + (day(GIVE_UP) - day(0))
    lot = Lot(until, until)
    if facts.delivered_at is not None:
        lot = Lot(facts.occurred_at + day(336) - day(0), facts.delivered_at + day(14) - day(0))
    return Target((Worth(BEANS, points, lot),))


def test_points_of_an_order_that_never_arrives_end_on_the_way() -> None:
    shop = Desk(awaited, timeline())
    shop.tell(told(paid(10_000), reference=A))
    shop.now = day(GIVE_UP) - 1
    assert (shop.purse().balance, shop.purse().pending) == (0, 100)
    shop.now = day(GIVE_UP)
    assert (shop.purse().balance, shop.purse().pending, shop.purse().expired) == (0, 0, 100)
    assert not shop.violations()


def test_points_that_end_on_the_way_pay_no_debt() -> None:
    shop = Desk(awaited, timeline())
    shop.tell(told(paid(10_000, delivered_at=day(0)), reference=A))
    shop.now = day(14)
    shop.redeem("redemption/1", 100)
    shop.tell(told(paid(5_000, on=14), reference=B))
    shop.tell(told(reference=A, r1=refund(10_000, on=14)))
    assert shop.purse().debt == 100
    shop.now = day(100)
    assert (shop.purse().debt, shop.purse().expired) == (100, 50)
    assert not shop.violations()


@pytest.mark.parametrize("ways", [Ways(), Ways(is_owed=False), Ways(is_forgiven=False)])
def test_money_back_for_an_order_that_never_arrived_takes_nothing_else(ways: Ways) -> None:
    shop = Desk(awaited, timeline(), ways=ways)
    shop.tell(told(paid(5_000, delivered_at=day(0)), reference=B))
    shop.tell(told(paid(10_000), reference=A))
    shop.now = day(GIVE_UP + 5)
    shop.tell(told(reference=A, r1=refund(10_000, on=65)))
    assert (shop.purse().balance, shop.purse().debt, shop.purse().expired) == (50, 0, 0)
    assert shop.orders[A].written_off == {}
    assert not shop.violations()


def test_a_delivery_told_too_late_brings_the_points_all_the_same() -> None:
    shop = Desk(awaited, timeline())
    shop.tell(told(paid(10_000), reference=A))
    shop.now = day(GIVE_UP + 5)
    shop.sweep()
    shop.tell(told(paid(10_000, changed=65, delivered_at=day(60)), reference=A))
    assert coming(shop.purse()) == [(74, 336, 100)]
    shop.now = day(74)
    assert (shop.purse().balance, shop.purse().expired) == (100, 0)
    assert not shop.violations()


def test_a_refund_takes_the_points_that_wait_and_not_those_that_ripen_on_the_same_day() -> None:
    shop = Desk(awaited, timeline())
    shop.tell(told(paid(10_000), reference=A))
    shop.tell(told(paid(5_000, delivered_at=day(46)), reference=B))
    shop.tell(told(reference=A, r1=refund(10_000, on=1)))
    assert coming(shop.purse()) == [(60, 336, 50)]
    shop.now = day(60)
    assert (shop.purse().balance, shop.purse().expired) == (50, 0)
    assert not shop.violations()


def test_points_without_an_end_and_a_day_wait_for_ever() -> None:
    lot = Lot(NEVER, NEVER)
    assert not lot.never_usable
