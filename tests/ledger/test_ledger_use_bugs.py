"""Bugs that other loyalty programs had in public where points are used, one test each: they must not happen here."""

import itertools

import pytest
from ledger_factories import MINUTE, Desk, one_bean_per_euro, paid, refund, timeline, told
from stand_ins import refusal

from chalicelib.errors import Malformed
from chalicelib.events import Amounts, OrderFacts
from chalicelib.ledger.documents import Pricing
from chalicelib.programs import reading
from chalicelib.programs.pricing import price
from chalicelib.programs.redeeming import allowed

SHOP = """
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
    worth: 1.50 USD
    available: at once
    expires: {after: 12 months, at: end of month}
earn:
  base:
    {of: goods, tax: included, shipping: excluded, discounts: deducted,
     gift_cards: excluded, paid_with_points: excluded}
  rules:
    - {name: every dollar, give: 1 bean per 1 USD, rounding: {down: per order}}
redeem:
  pay: {min: 2 beans}
card: {background: "#2b1d14", text: "#ffffff", label: "#e0c9a6"}
"""


def rich(beans: int = 100) -> Desk:
    desk = Desk(one_bean_per_euro(), timeline())
    desk.tell(told(paid(100 * beans)))
    return desk


def earned(**amounts: int) -> int:
    definition = reading.read(SHOP, file="corner.yaml")
    facts = OrderFacts(1, 1, "USD", Amounts(**amounts), is_paid=True)
    (worth,) = price(definition, Pricing("v", "", 1, 0), facts, Amounts()).worths
    return worth.points


@pytest.mark.parametrize(
    "thread", ["django-oscar PR 4612", "medusajs/medusa PR 16347", "Nova-reward/Nova-Rewards #190"]
)
def test_oscar_4612_medusa_16347_nova_190_what_was_checked_is_what_is_used(thread: str) -> None:
    """The check and the use were apart: two requests saw the same points. Here both are one entry with one number."""
    desk = rich()
    stale = desk.standing("a")
    desk.redeem("one", 80)
    assert refusal(lambda: desk.redeem("two", 80)) == "not_enough_points", thread
    assert stale.before is not None
    assert [entry.seq for entry in desk.journals["a"]] == [stale.before.seq, stale.before.seq + 1]
    assert desk.purse().redeemed == 80


def test_odoo_117988_an_order_is_not_paid_with_the_points_it_will_earn() -> None:
    """odoo/odoo #117988: nobody had points, 100 were used on an order of $100, and 99 were there afterwards."""
    desk = Desk(one_bean_per_euro(), timeline())
    assert refusal(lambda: desk.redeem("redemption/1", 100)) == "not_enough_points"
    desk.tell(told(paid(10_000)))
    assert desk.purse().balance == 100


def test_odoo_114004_what_is_paid_with_points_earns_none() -> None:
    """odoo/odoo #114004: points were given for the whole amount, the part paid with points included."""
    assert (earned(goods=10_000), earned(goods=10_000, points_paid=4_000)) == (100, 60)


def test_odoo_150833_a_reward_is_no_purchase() -> None:
    """odoo/odoo #150833: 5 units earned 5; with a reward for 5 points on the bill, 6 were counted and 1 was left."""
    desk = rich(5)
    desk.redeem("redemption/1", 5)
    assert (desk.purse().balance, desk.purse().issued) == (0, 5)


def test_dynamics_3026_the_rest_of_a_part_paid_order_still_earns() -> None:
    """Dynamics 365 documentation #3026: an order that was paid in part with points earned nothing on the rest."""
    assert earned(goods=3_000, points_paid=900) == 21


def test_odoo_264931_the_member_says_how_many() -> None:
    """odoo/odoo #264931: the till took all points there were. Any number from 1 to all can be held and used."""
    for points in (1, 37, 99, 100):
        desk = rich()
        desk.hold("hold", points)
        desk.capture("hold", max(1, points // 2))
        assert desk.purse().balance == 100 - max(1, points // 2)


def test_odoo_136982_three_points_at_two_a_reward_are_one_reward() -> None:
    """odoo/odoo PR 136982: a reward of $3 for 2 points gave $4.50 for 3. Points are whole, and so is what they buy."""
    desk = rich(3)
    with pytest.raises(Malformed):
        desk.redeem("redemption/1", 1.5)  # type: ignore[arg-type]
    desk.redeem("redemption/1", 2)
    assert desk.purse().balance == 1


def test_kangaroo_redemption_rules_fewer_than_the_fewest_are_refused() -> None:
    """What Kangaroo's rules ask for: a least number of points, and a largest share of the bill."""
    definition = reading.read(
        SHOP.replace("{min: 2 beans}", "{min: 2 beans, at_most: 50% of goods}"), file="corner.yaml"
    )
    asked = [(1, 10_000), (33, 10_000), (34, 10_000)]
    assert [refusal(lambda: allowed(definition, *each)) for each in asked] == [  # noqa: B023
        "below_minimum",
        "",
        "more_than_the_share",
    ]


def test_nopcommerce_5595_a_cancelled_order_restores_what_a_checkout_had_captured() -> None:
    """nopSolutions/nopCommerce #5595, with a hold: 50 there, 50 captured, the order cancelled, 50 there again."""
    desk = rich(50)
    desk.hold("hold", 50)
    desk.capture("hold")
    desk.tell(told(paid(2_100), reference="order/shop/2"))
    desk.tell(told(paid(2_100, changed=1, is_cancelled=True), reference="order/shop/2"))
    desk.give_back("hold", 50)
    assert (desk.purse().balance, desk.purse().redeemed, desk.purse().debt) == (50, 0, 0)
    assert not desk.violations()


def test_erpnext_14885_a_till_that_was_offline_leaves_no_one_below_zero_by_using_points() -> None:
    """frappe/erpnext #14885: tills without a connection were to accept that points go below zero.

    What they used comes as redemptions of the past, in any order; those that the balance cannot bear are refused.
    """
    for order in itertools.permutations([40, 50, 60]):
        desk = rich()
        refused = [refusal(lambda: desk.redeem(f"till/{points}", points)) for points in order]  # noqa: B023
        assert desk.purse().balance >= 0
        assert refused.count("not_enough_points") == 1
        assert not desk.violations()


def test_cfpb_2024_07_points_come_back_when_their_reward_cannot_be_delivered() -> None:
    """CFPB circular 2024-07: points were deducted although a technical failure withheld the reward."""
    desk = rich()
    desk.hold("reward", 80)
    desk.now += 31 * MINUTE  # nobody ever answered
    assert (desk.purse().balance, desk.purse().held) == (100, 0)
    desk.redeem("coupon", 80)
    desk.give_back("coupon", 80)  # it was made, and could not be used
    assert desk.purse().balance == 100
    assert not desk.violations()


def test_odoo_257854_buying_holding_returning_and_capturing_in_a_loop_gives_no_points() -> None:
    """odoo/odoo PR 257854, with a checkout between: the refund is owed, and the checkout keeps what it was promised."""
    desk = rich()
    for number in range(5):
        desk.tell(told(paid(10_000), reference=f"order/shop/{number + 2}"))
        if there := desk.purse().spendable:
            desk.hold(f"hold/{number}", there)
        desk.tell(told(reference=f"order/shop/{number + 2}", r1=refund(10_000, on=1)))
        if there:
            desk.capture(f"hold/{number}")
    own = desk.purse()
    assert (own.spendable, own.redeemed - own.debt, own.debt) == (0, 100, 100)
    assert not desk.violations()
