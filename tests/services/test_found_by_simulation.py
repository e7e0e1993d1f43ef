"""What the simulator found once must not come back: each test is a story that it told, as short as it gets."""

import pytest
from stand_ins import NOON, BetweenReads
from whole_house import ANNA, BORIS, Town, town

from chalicelib.events import AccountId, Amounts, Customer, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.services.claiming import Claims

REF = Reference("redemption/1")
KEY = Customer(key="shopify/1")
BOTH = Customer(key="shopify/1", email=ANNA.email)


@pytest.fixture
def between() -> BetweenReads:
    return BetweenReads()


@pytest.fixture
def here(between: BetweenReads) -> Town:
    return town(around={"ledger": between})


def account(here: Town) -> AccountId:
    return here.account(ANNA)


def use(here: Town, points: int) -> RedemptionDocument:
    return here.house.redemptions.redeem(here.program, REF, account(here), points, actor="till")


def give_back(here: Town, in_all: int) -> RedemptionDocument:
    return here.house.redemptions.give_back(here.program, REF, in_all, actor="till")


def test_the_second_of_two_equal_redemptions_is_answered_as_the_first(here: Town, between: BetweenReads) -> None:
    here.buys(ANNA, 3000)
    between.happens = lambda: use(here, 30)

    assert use(here, 30).used == 30
    assert here.stored_balance(ANNA) == 0
    assert here.violations() == []


def test_the_second_of_two_equal_returns_is_answered_as_the_first(here: Town, between: BetweenReads) -> None:
    here.buys(ANNA, 3000)
    use(here, 30)
    between.happens = lambda: give_back(here, 20)

    assert give_back(here, 30).returned == 30
    assert here.stored_balance(ANNA) == 30
    assert here.violations() == []


def test_the_second_of_two_equal_captures_is_answered_as_the_first(here: Town, between: BetweenReads) -> None:
    here.buys(ANNA, 3000)
    redemptions, until = here.house.redemptions, here.clock.now() + 60_000
    redemptions.hold(here.program, REF, account(here), 30, until=until, actor="web")
    between.happens = lambda: redemptions.capture(here.program, REF, actor="web")

    assert redemptions.capture(here.program, REF, actor="web").used == 30
    assert here.violations() == []


def test_a_redemption_is_known_again_when_its_account_has_become_another(here: Town) -> None:
    here.buys(ANNA, 3000)
    before = account(here)
    done = use(here, 10)
    link = here.join("other@example.com")
    here.types_code(link, here.mail.letters[-1].code)
    other = here.card(link).account
    claims: Claims = here.house.recorder.claims
    claims.merge(here.program, before, other)

    again = here.house.redemptions.redeem(here.program, REF, other, 10, actor="till")

    assert again == done


def told(customer: Customer, status: str, changed_at: int, number: int = 1) -> OrderTold:
    facts = OrderFacts(changed_at=NOON, occurred_at=NOON, currency="EUR", amounts=Amounts(goods=1000), is_paid=True)
    refund = RefundFacts(NOON + changed_at, status, Amounts(goods=1000))  # type: ignore[arg-type]
    refunds = {"r1": refund} if number == 1 else {}
    return OrderTold(
        Reference(f"order/shopify/{number}"), f"d{changed_at}", order=facts, refunds=refunds, customer=customer
    )


def test_points_of_an_order_that_was_worth_nothing_find_the_member_when_its_refund_fails(here: Town) -> None:
    def record(event: OrderTold) -> None:
        here.house.recorder.record(here.program, event, actor="shop", deadline=None)

    record(told(KEY, "succeeded", 2))  # an account without any entry
    link = here.member(ANNA)
    record(told(BOTH, "succeeded", 3, number=2))  # the shop's number is Anna's from now on
    record(told(KEY, "failed", 4))

    assert here.facts(link)["points"] == 20
    assert here.violations() == []


def test_points_of_a_members_first_order_that_was_worth_nothing_are_the_members_when_its_refund_fails(
    here: Town,
) -> None:
    """News of a refund need not name the buyer: the account is found through the order."""
    here.member(ANNA)
    for event in (told(Customer(email=ANNA.email), "succeeded", 2), told(Customer(), "failed", 4)):
        here.house.recorder.record(here.program, event, actor="shop", deadline=None)

    assert here.newest(account(here)).snap.status == "active"
    assert here.stored_balance(ANNA) == 10
    assert here.violations() == []


def test_a_card_shows_where_the_points_are_though_its_account_moves_while_it_is_attached() -> None:
    moves = BetweenReads("attach")
    here = town(around={"cards": moves})
    here.buys(ANNA, 3000)
    anna, boris = account(here), here.card(here.member(BORIS)).account
    here.buys(BORIS, 1000)
    link = here.join(ANNA.email or "")

    def merge() -> None:
        here.house.merges.merge(here.program, anna, boris, reason="the same", actor="x")
        here.follow()

    moves.happens = merge
    here.types_code(link, here.mail.letters[-1].code)

    assert here.card(link).account == boris
    assert here.facts(link)["points"] == 40


def test_a_phone_that_fetched_before_the_stream_came_is_pushed_though_the_card_looks_unchanged(here: Town) -> None:
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.follow()
    here.buys(ANNA, 500)
    here.follow()
    order = here.buys(ANNA, 1000)
    here.house.rendering.render(here.card(link))  # a phone fetches 15 beans
    here.deliver(here.shop.refunded(order))
    here.clock.forward(3_600_000)
    pushed = len(here.pusher.calls)
    here.follow()

    assert here.facts(link)["points"] == 5
    assert len(here.pusher.calls) == pushed + 1
