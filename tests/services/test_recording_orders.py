"""What becomes of one order: the points follow what its sender says, exactly once."""

import pytest
from stand_ins import DAY, MINUTE
from whole_house import ANNA, BORIS, LIVE, NO_GUESTS, Town, town

from ops.laptop.shopify_books import Buyer, Item

GUEST = Buyer()


@pytest.fixture
def bean_street() -> Town:
    return town()


def test_paid_order_earns_a_bean_for_each_full_euro(bean_street: Town) -> None:
    bean_street.buys(ANNA, 4599)
    assert bean_street.stored_balance(ANNA) == 45


def test_order_that_is_not_paid_earns_nothing_until_it_is(bean_street: Town) -> None:
    order = bean_street.shop.order(ANNA, [Item("Beans", 4599)])
    bean_street.deliver(bean_street.shop.created(order))
    assert bean_street.document(order).state == "parked"
    assert bean_street.identity(ANNA) is None
    bean_street.deliver(bean_street.shop.paid(order))
    assert bean_street.stored_balance(ANNA) == 45


def test_part_refund_takes_back_only_its_part(bean_street: Town) -> None:
    order = bean_street.buys(ANNA, 4599)
    bean_street.deliver(bean_street.shop.refunded(order, amount=1000))
    assert bean_street.stored_balance(ANNA) == 35


def test_whole_refund_takes_back_all_that_the_order_earned_and_nothing_else(bean_street: Town) -> None:
    bean_street.buys(ANNA, 2000)
    order = bean_street.buys(ANNA, 4599)
    bean_street.deliver(bean_street.shop.refunded(order))
    assert bean_street.stored_balance(ANNA) == 20


def test_part_refunds_never_drift_by_rounding(bean_street: Town) -> None:
    order = bean_street.buys(ANNA, 1000)
    for _ in range(3):
        bean_street.deliver(bean_street.shop.refunded(order, amount=333))
    assert bean_street.stored_balance(ANNA) == 0  # one cent is left of ten euros
    bean_street.deliver(bean_street.shop.refunded(order, amount=1))
    assert bean_street.newest(bean_street.account(ANNA)).snap.purse("beans").taken_back == 10


def test_cancelled_order_takes_back_everything(bean_street: Town) -> None:
    order = bean_street.buys(ANNA, 4599)
    bean_street.deliver(bean_street.shop.cancelled(order))
    assert bean_street.stored_balance(ANNA) == 0


def test_edited_order_is_posted_as_the_difference(bean_street: Town) -> None:
    order = bean_street.shop.order(ANNA, [Item("Beans", 1000), Item("Cup", 2000)])
    bean_street.deliver(bean_street.shop.paid(order))
    cup = order.lines[1]
    bean_street.deliver(bean_street.shop.edited(order, remove={cup.id: 1}))
    bean_street.deliver(bean_street.shop.refunded(order, amount=2000))
    assert bean_street.stored_balance(ANNA) == 10
    bean_street.deliver(bean_street.shop.edited(order, add=[Item("Spoon", 500)]))
    bean_street.deliver(bean_street.shop.paid(order))
    assert bean_street.stored_balance(ANNA) == 15


def test_refund_before_its_order_waits_and_the_order_posts_the_net(bean_street: Town) -> None:
    order = bean_street.shop.order(ANNA, [Item("Beans", 4599)])
    paid = bean_street.shop.paid(order)
    refund = bean_street.shop.refunded(order, amount=1000)
    assert bean_street.deliver(refund).status == 200
    assert bean_street.document(order).state == "parked"
    assert bean_street.own.audit.accounts("bean-street") == []
    bean_street.deliver(paid)
    (entry,) = bean_street.entries(bean_street.account(ANNA))
    assert entry.snap.purse("beans").balance == 35


def test_order_that_is_worth_nothing_at_first_still_leads_to_its_buyer(bean_street: Town) -> None:
    """The account that its document names must be the one that the buyer's address leads to."""
    order = bean_street.shop.order(ANNA, [Item("Beans", 4599)])
    paid = bean_street.shop.paid(order)
    refund = bean_street.shop.refunded(order, status="pending")
    bean_street.deliver(paid)
    other = town()
    first = other.shop.order(ANNA, [Item("Sticker", 50)])
    other.deliver(other.shop.paid(first))
    assert other.document(first).account == other.account(ANNA)
    other.deliver(other.shop.edited(first, add=[Item("Beans", 3000)]))
    other.deliver(other.shop.paid(first))
    other.buys(ANNA, 1000)
    assert other.stored_balance(ANNA) == 40
    assert len(other.own.audit.accounts("bean-street")) == 1
    assert bean_street.deliver(refund).status == 200
    assert bean_street.stored_balance(ANNA) == 45


def test_refund_that_failed_at_the_bank_gives_the_points_back_to_their_buyer(bean_street: Town) -> None:
    order = bean_street.shop.order(ANNA, [Item("Beans", 4599)])
    paid = bean_street.shop.paid(order)
    bean_street.deliver(bean_street.shop.refunded(order))
    bean_street.deliver(paid)
    bean_street.deliver(bean_street.shop.refund_settled(order, order.refunds[0], "failure"))
    assert bean_street.stored_balance(ANNA) == 45


@pytest.mark.parametrize("times", [1, 2, 10])
def test_repeated_delivery_writes_nothing(bean_street: Town, times: int) -> None:
    order = bean_street.shop.order(ANNA, [Item("Beans", 4599)])
    paid = bean_street.shop.paid(order)
    bean_street.deliver(paid)
    before = bean_street.document(order), bean_street.entries(bean_street.account(ANNA))
    for number in range(times):
        bean_street.clock.forward(DAY)
        assert bean_street.deliver(paid, x_shopify_webhook_id=f"another-{number}").status == 200
    assert (bean_street.document(order), bean_street.entries(bean_street.account(ANNA))) == before


def test_a_refund_is_priced_by_the_version_that_earned() -> None:
    here = town()
    order = here.buys(ANNA, 4000)
    doubled = here.house.publishing.publish(
        (LIVE.replace("mode: live", "mode: test")).replace("1 bean per 1 EUR", "2 beans per 1 EUR"), file="new.yaml"
    )
    here.clock.instant = doubled.effective_at + MINUTE
    here.deliver(here.shop.refunded(order, amount=1000))
    assert here.stored_balance(ANNA) == 30
    here.buys(BORIS, 1000)
    assert here.stored_balance(BORIS) == 20


# --- test orders --------------------------------------------------------------------------------------------------


def test_test_order_counts_at_a_test_program(bean_street: Town) -> None:
    bean_street.buys(ANNA, 4599, is_test=True)
    assert bean_street.stored_balance(ANNA) == 45


def test_test_order_at_a_live_program_is_answered_as_success_and_posts_nothing() -> None:
    here = town(LIVE)
    order = here.buys(ANNA, 4599, is_test=True)
    assert (here.document(order).state, here.document(order).reason) == ("ignored", "test_order")
    assert here.own.audit.accounts("bean-street") == []
    assert here.identity(ANNA) is None


def test_real_order_at_a_live_program_earns() -> None:
    here = town(LIVE)
    here.buys(ANNA, 4599)
    assert here.stored_balance(ANNA) == 45


def test_test_order_at_a_live_program_stays_ignored_whatever_is_told_of_it_later() -> None:
    """A restock moves no money, so its message does not say that it is a test."""
    here = town(LIVE)
    order = here.buys(ANNA, 4599, is_test=True)
    here.deliver(here.shop.refunded(order, {order.lines[0].id: 1}, amount=0))
    assert (here.document(order).state, here.document(order).reason) == ("ignored", "test_order")


def test_test_refund_before_its_order_at_a_live_program_posts_nothing_either_way() -> None:
    here = town(LIVE)
    order = here.shop.order(ANNA, [Item("Beans", 4599)], is_test=True)
    paid = here.shop.paid(order)
    here.deliver(here.shop.refunded(order, amount=1000))
    here.deliver(paid)
    assert here.document(order).state == "ignored"
    assert here.own.audit.accounts("bean-street") == []


# --- what is refused or ignored -----------------------------------------------------------------------------------


def test_another_currency_is_refused_kept_and_answered_as_success(bean_street: Town) -> None:
    bean_street.shop.currency = "USD"
    order = bean_street.buys(ANNA, 4599)
    assert (bean_street.document(order).state, bean_street.document(order).reason) == ("refused", "another_currency")
    (key,) = bean_street.own.inbox.kept("refused")
    kept = bean_street.own.inbox.read(key)
    assert kept is not None
    assert f'"id":{order.id}'.encode() in kept.body
    assert bean_street.identity(ANNA) is None


def test_order_of_nobody_is_ignored_until_somebody_is_named(bean_street: Town) -> None:
    order = bean_street.buys(GUEST, 4599)
    assert (bean_street.document(order).state, bean_street.document(order).reason) == ("ignored", "nobody_to_credit")
    bean_street.clock.forward(MINUTE)
    order.buyer = ANNA
    order.updated_at += 60_000
    bean_street.deliver(bean_street.shop.updated(order))
    assert bean_street.document(order).state == "posted"
    assert bean_street.stored_balance(ANNA) == 45


def test_guest_is_ignored_where_the_program_keeps_none() -> None:
    here = town(NO_GUESTS)
    order = here.buys(ANNA, 4599)
    assert here.document(order).reason == "guests_are_not_kept"
    assert here.identity(ANNA) is None
    here.member(ANNA)
    here.buys(ANNA, 1000)
    assert here.stored_balance(ANNA) == 10


def test_refund_does_not_change_why_its_order_was_ignored() -> None:
    here = town(NO_GUESTS)
    order = here.buys(ANNA, 4599)
    here.deliver(here.shop.refunded(order, amount=1000))
    assert here.document(order).reason == "guests_are_not_kept"


def test_the_tier_is_the_one_before_the_order() -> None:
    here = town()
    here.buys(ANNA, 30_000)
    here.clock.forward(MINUTE)
    assert here.newest(here.account(ANNA)).snap.tier.level == "Silver"
    here.buys(ANNA, 1000)
    assert here.stored_balance(ANNA) == 300 + 12


def test_order_told_late_is_priced_by_the_tier_of_its_own_day() -> None:
    here = town()
    early = here.shop.order(ANNA, [Item("Beans", 1000)])
    paid = here.shop.paid(early)
    here.clock.forward(DAY)
    here.buys(ANNA, 30_000)
    here.clock.forward(DAY)
    here.deliver(paid)
    assert here.stored_balance(ANNA) == 310
