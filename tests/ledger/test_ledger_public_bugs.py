"""Bugs that other loyalty programs had in public, one test each: they must not happen here."""

import itertools

import pytest
from ledger_factories import (
    BEANS,
    CALENDAR,
    DAY,
    Desk,
    cells,
    day,
    holding,
    one_bean_per_euro,
    paid,
    purse,
    refund,
    tiers,
    timeline,
    told,
)
from stand_ins import refusal

from chalicelib.events import Amounts, OrderFacts, Reference
from chalicelib.ledger.documents import OrderDocument, Pricing
from chalicelib.ledger.orders import absorbed, post, returned
from chalicelib.programs import reading
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program, Version


def desk(**more: float) -> Desk:
    return Desk(one_bean_per_euro(**more), timeline())


def test_flocafe_78_the_balance_does_not_collapse_when_points_expire() -> None:
    """FreeOpenSourcePOS/FloCafe #78: expired credits were dropped, the debits against them were not."""
    shop = desk(life=30)
    for number, (when, goods) in enumerate([(0, 10_000), (20, 20_000), (55, 5_000)]):
        shop.now = day(when)
        shop.tell(told(paid(goods, on=when), reference=f"order/shop/{number}"))
        if when == 20:
            shop.redeem("redemption/1", 150)
    shop.now = day(60)
    assert shop.purse().balance == 50
    assert not shop.violations()


def test_flocafe_62_every_end_is_known_and_not_only_one() -> None:
    """FreeOpenSourcePOS/FloCafe #62: only one next expiry was kept."""
    shop = desk(life=30)
    for when in (0, 5):
        shop.now = day(when)
        shop.tell(told(paid(10_000, on=when), reference=f"order/shop/{when}"))
    assert cells(shop.purse()) == [(30, 100), (35, 100)]


def test_odoo_257854_buying_and_returning_in_a_loop_gives_no_points() -> None:
    """odoo/odoo PR 257854: buy, earn, use, return, keep."""
    shop = desk()
    for number in range(10):
        reference = f"order/shop/{number}"
        shop.tell(told(paid(10_000), reference=reference))
        if shop.purse().spendable:
            shop.redeem(f"redemption/{number}", shop.purse().spendable)
        shop.tell(told(reference=reference, r1=refund(10_000, on=1)))
    assert shop.purse().spendable == 0
    assert shop.purse().redeemed - shop.purse().debt == 0
    assert refusal(lambda: shop.redeem("redemption/x", 1)) == "not_enough_points"
    assert not shop.violations()


@pytest.mark.parametrize("thread", ["odoo/odoo PR 212922", "odoo/odoo PR 221928"])
def test_odoo_212922_221928_a_refund_takes_points_back_once(thread: str) -> None:
    """The refund deducted the points again each time it was processed."""
    shop = desk()
    shop.tell(told(paid(10_000), reference="order/shop/0"))
    shop.tell(told(paid(10_000)))
    for _ in range(3):
        shop.tell(told(r1=refund(10_000, on=1)))
    assert (shop.purse().balance, len(shop.journals["a"])) == (100, 3), thread


def test_erpnext_32951_a_return_takes_points_back() -> None:
    """frappe/erpnext #32951: a credit note left the points."""
    shop = desk()
    shop.tell(told(paid(10_000)))
    shop.tell(told(r1=refund(10_000, on=1)))
    assert shop.purse().balance == 0


def test_erpnext_30242_partial_returns_take_back_their_part() -> None:
    """frappe/erpnext PR 30242, PrestaShop/loyalty PR 23: partial returns were wrong or impossible."""
    shop = desk()
    shop.tell(told(paid(9_999)))
    left = []
    for number in range(3):
        shop.tell(told(**{f"r{number}": refund(3_333, on=1)}))
        left.append(shop.purse().balance)
    assert left == [66, 33, 0]


def test_odoo_222372_270532_oca_pos_185_an_order_told_again_counts_once() -> None:
    """odoo/odoo PR 222372 and 270532, OCA/pos PR 185: a retry or an offline sync counted twice."""
    shop = desk()
    for _ in range(3):
        shop.tell(told(paid(10_000)))
        shop.now += 5 * DAY
    assert (shop.purse().balance, len(shop.journals["a"])) == (100, 1)


def test_nopcommerce_5595_a_cancelled_order_gives_used_points_back() -> None:
    """nopSolutions/nopCommerce #5595: +50 welcome, -50 used, +21 earned, -21 cancelled, +50 returned is 50."""
    shop = desk()
    shop.tell(told(paid(5_000), reference="order/shop/welcome"))
    shop.redeem("redemption/1", 50)
    shop.tell(told(paid(2_100)))
    shop.tell(told(paid(2_100, changed=1, is_cancelled=True)))
    shop.give_back("redemption/1", 50)
    assert (shop.purse().balance, shop.purse().debt, shop.purse().redeemed) == (50, 0, 0)
    assert not shop.violations()


def test_nopcommerce_5595_in_every_order_of_its_last_steps() -> None:
    steps = {
        "earn": lambda shop: shop.tell(told(paid(2_100))),
        "cancel": lambda shop: shop.tell(told(paid(2_100, changed=1, is_cancelled=True))),
        "return": lambda shop: shop.give_back("redemption/1", 50),
    }
    for order in itertools.permutations(steps):
        shop = desk()
        shop.tell(told(paid(5_000), reference="order/shop/welcome"))
        shop.redeem("redemption/1", 50)
        for step in order:
            steps[step](shop)
        assert shop.purse().balance == 50, order
        assert not shop.violations()


def test_wpswings_111_112_an_order_cancelled_and_completed_again_counts_once() -> None:
    """wpswings points-and-rewards #111, #112: cancelled then completed again gave the points twice, or none."""
    shop = desk()
    for version in range(9):
        shop.tell(told(paid(10_000, changed=version, is_cancelled=version % 2 == 1)))
        assert shop.purse().balance == (0 if version % 2 else 100)
    assert not shop.violations()


def test_odoo_238806_a_return_in_parts_takes_back_what_the_order_earned_and_no_more() -> None:
    """odoo/odoo PR 238806: a refund at the till left the points; a part of a purchase is returned as well."""
    shop = desk()
    shop.tell(told(paid(7_000), reference="order/shop/kept"))
    shop.tell(told(paid(10_050)))
    for number, goods in enumerate([2_525, 2_525, 5_000]):
        shop.tell(told(**{f"r{number}": refund(goods, on=number)}))
    assert (shop.purse().balance, shop.purse().taken_back, shop.purse().debt) == (70, 100, 0)


def test_odoo_212922_a_refund_of_what_was_paid_with_points_does_not_use_them_again() -> None:
    """odoo/odoo PR 212922, PR 221928: refunding a purchase that was paid with points deducted these once more."""
    shop = desk()
    shop.tell(told(paid(10_000), reference="order/shop/first"))
    shop.redeem("redemption/1", 60)
    shop.tell(told(paid(4_000)))
    shop.tell(told(r1=refund(4_000, on=1)))
    assert (shop.purse().balance, shop.purse().redeemed) == (40, 60)


def test_mollie_928_929_points_of_a_payment_that_expired_come_back_once() -> None:
    """mollie/magento2 #928, PR 929: used points did not come back; after the first repair they came back twice."""
    shop = desk()
    shop.tell(told(paid(10_000), reference="order/shop/first"))
    shop.redeem("redemption/1", 60)
    shop.give_back("redemption/1", 60)
    assert refusal(lambda: shop.give_back("redemption/1", 60)) == "more_than_was_redeemed"
    assert (shop.purse().balance, shop.purse().redeemed) == (100, 0)


def test_spree_8_all_the_points_that_are_to_come_back_come_back() -> None:
    """vinsol-spree-contrib/spree-loyalty-points #8: fewer points were credited than the return said."""
    shop = desk()
    shop.tell(told(paid(10_000), reference="order/shop/first"))
    shop.redeem("redemption/1", 61)
    for points in (1, 20, 40):
        before = shop.purse().balance
        shop.give_back("redemption/1", points)
        assert shop.purse().balance == before + points


def test_odoo_264931_any_number_of_points_can_be_used() -> None:
    """odoo/odoo #264931: the till used all points at once."""
    shop = desk()
    shop.tell(told(paid(10_000)))
    shop.redeem("redemption/1", 37)
    assert (shop.purse().balance, shop.purse().redeemed) == (63, 37)


def test_opencart_4812_eventyay_1398_points_cannot_be_used_twice() -> None:
    """opencart #4812, fossasia/eventyay-tickets #1398, medusajs PR 16347: two buyers used the same value."""
    shop = desk()
    shop.tell(told(paid(10_000)))
    shop.redeem("redemption/1", 80)
    assert refusal(lambda: shop.redeem("redemption/2", 80)) == "not_enough_points"
    assert shop.purse().balance == 20


def test_kademi_5962_an_expired_balance_is_never_shown() -> None:
    """kademi/kademi-dev #5962: the balance was not refreshed when points expired. #4304: nor were they in reports."""
    shop = desk(life=30)
    shop.tell(told(paid(10_000)))
    shop.now = day(30)
    assert (shop.purse().balance, shop.purse().expired) == (0, 100)


def test_open_loyalty_131_using_points_does_not_lower_the_tier() -> None:
    """DivanteLtd/open-loyalty #131: tiers followed the balance, people expect what they earned."""
    shop = Desk(one_bean_per_euro(window=300), timeline((-9, tiers(("Bean", 0), ("Gold", 100)))))
    shop.tell(told(paid(10_000)))
    shop.redeem("redemption/1", 100)
    assert (shop.snap().tier.level, shop.purse().balance) == ("Gold", 0)


def test_open_loyalty_79_every_movement_says_why() -> None:
    """DivanteLtd/open-loyalty #79: nobody could tell why points came or went."""
    shop = desk()
    shop.tell(told(paid(10_000)))
    shop.redeem("redemption/1", 10)
    shop.tell(told(r1=refund(10_000, on=1)))
    why = [(entry.kind, entry.document) for entry in shop.journals["a"]]
    assert why == [
        ("earned", "order/shop/1"),
        ("redeemed", "redemption/1"),
        ("taken_back", "order/shop/1"),
    ]


BASE = """
program: corner
mode: live
business: {name: Corner, legal_name: Corner Ltd, contact: hello@corner.example, privacy: "https://corner.example/p"}
money: USD
time_zone: Europe/Berlin
languages: [en]
guests: {keep: 90 days}
currencies:
  beans:
    names: {en: {one: bean, other: beans}}
    available: at once
    expires: {after: 12 months, at: end of month}
earn:
  base:
    {of: goods, tax: included, shipping: excluded, discounts: deducted,
     gift_cards: excluded, paid_with_points: excluded}
  rules:
    - {name: every dollar, give: RATE, rounding: {down: per order}}
card: {background: "#2b1d14", text: "#ffffff", label: "#e0c9a6"}
"""


@pytest.mark.parametrize("now", ["1 bean per 1 USD", "1 bean per 1000000 USD", "2 beans per 1 USD"])
def test_smile_4036183_a_refund_follows_the_rule_that_earned(now: str) -> None:
    """Smile.io help 4036183: an order of $50 earned 50; refunded after the rule changed, it lost 0 or 100."""
    versions = tuple(
        Version(sha, reading.read(BASE.replace("RATE", rate), file="corner.yaml"), day(since), day(since))
        for sha, rate, since in [("a" * 64, "1 bean per 1 USD", 0), ("b" * 64, now, 10)]
    )
    program = Program("corner", versions)
    document, snap = OrderDocument(Reference("order/shop/1")), holding(purse())
    facts = OrderFacts(day(1), day(1), "USD", Amounts(goods=5_000), is_paid=True)
    pricing = Pricing(program.in_force(day(1)).sha, "", day(1), day(0))
    balances = []
    for event, at in [(told(facts), day(1)), (told(r1=refund(5_000, on=20)), day(20))]:
        document = absorbed(document, event)
        target = price(program.version(pricing.version).definition, pricing, facts, returned(document))
        posting = post(document, target, snap, at=at, calendar=CALENDAR)
        document, snap = posting.document, posting.snap
        balances.append(snap.purse(BEANS).balance)
    assert balances == [50, 0]
