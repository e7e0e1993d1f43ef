"""Two accounts that had become one are two again."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import DAY, MINUTE, BetweenReads
from two_people import CLARA, GOLD_AT_10000, merge, purse, reviews, two, unmerge, use
from whole_house import ANNA, BORIS, Town, town

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import MergeDocument
from chalicelib.services.once import merge_reference
from chalicelib.services.parting import Parting
from ops.laptop.shopify_books import Buyer


@pytest.fixture
def here() -> Town:
    return two(town(GOLD_AT_10000))


def test_what_came_along_goes_back(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    before = [purse(here, account) for account in (anna, boris)]
    merge(here)
    unmerge(here, anna)
    assert [purse(here, account) for account in (anna, boris)] == before
    assert (here.account(ANNA), here.account(BORIS)) == (anna, boris)
    assert [card.account for card in here.own.cards.cards_of(here.program.slug, anna)] == [anna]
    assert here.newest(anna).snap.metric("beans earned") == 100
    assert here.newest(boris).snap.metric("beans earned") == 200
    assert here.newest(anna).kind == here.newest(boris).kind == "unmerged"
    assert here.newest(anna).snap.merged_to is None
    assert here.violations() == []


def test_news_of_its_own_documents_goes_with_the_account(here: Town) -> None:
    order = here.buys(ANNA, 5_000)
    anna, boris = here.account(ANNA), here.account(BORIS)
    merge(here)
    here.deliver(here.shop.refunded(order, amount=5_000))
    here.buys(BORIS, 3_000)
    assert purse(here, boris).balance == 100 + 200 + 30
    unmerge(here, anna)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (100, 230)
    assert purse(here, anna).taken_back == 50
    assert here.violations() == []


def test_what_was_used_meanwhile_the_other_used_first(here: Town) -> None:
    """Anna 100 and Boris 200; 250 are used: Boris's 200, then 50 of Anna's."""
    anna, boris = here.account(ANNA), here.account(BORIS)
    merge(here)
    use(here, boris, 250)
    unmerge(here, anna)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (50, 0)
    assert (purse(here, anna).redeemed, purse(here, boris).redeemed) == (0, 250)
    assert (purse(here, anna).transferred, purse(here, boris).transferred) == (-50, 50)
    assert here.violations() == []


def test_the_account_gets_its_own_days_back(here: Town) -> None:
    """Anna's points end first, so they are used first; they are Boris's use all the same."""
    anna = here.account(ANNA)
    here.clock.forward(100 * DAY)
    here.buys(BORIS, 10_000)
    own = purse(here, anna).cells
    boris = here.account(BORIS)
    merge(here)
    use(here, boris, 150)
    unmerge(here, anna)
    assert purse(here, anna).cells == own
    assert purse(here, boris).balance == 150
    assert here.violations() == []


def test_a_debt_that_the_other_paid_returns(here: Town) -> None:
    order = here.buys(ANNA, 5_000)
    anna, boris = here.account(ANNA), here.account(BORIS)
    use(here, anna, 150)
    here.deliver(here.shop.cancelled(order))
    assert purse(here, anna).debt == 50
    merge(here)
    assert purse(here, boris).balance == 150
    unmerge(here, anna)
    assert (purse(here, anna).debt, purse(here, boris).balance) == (50, 200)
    assert here.violations() == []


def test_an_open_hold_goes_back_and_a_captured_one_was_its_own(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    until = here.clock.now() + 10 * MINUTE
    for number in (1, 2):
        here.house.redemptions.hold(here.program, Reference(f"hold/{number}"), anna, 30, until=until, actor="till")
    merge(here)
    here.house.redemptions.capture(here.program, Reference("hold/1"), actor="till")
    unmerge(here, anna)
    assert (purse(here, anna).held, purse(here, anna).balance, purse(here, anna).redeemed) == (30, 40, 30)
    here.house.redemptions.capture(here.program, Reference("hold/2"), actor="till")
    assert (purse(here, anna).balance, purse(here, boris).balance) == (40, 200)
    assert here.violations() == []


def test_each_has_its_reward_again(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    reviews(here, ANNA, "kenya")
    reviews(here, ANNA, "brazil")
    reviews(here, BORIS, "kenya")
    merge(here)
    assert purse(here, boris).balance == 340
    unmerge(here, anna)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (140, 220)
    assert reviews(here, BORIS, "brazil") == "posted"
    assert reviews(here, BORIS, "brazil") == reviews(here, ANNA, "brazil") == "duplicate"
    assert here.violations() == []


def test_merged_again_after_an_undoing(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    reviews(here, ANNA, "kenya")
    reviews(here, BORIS, "kenya")
    for _ in range(3):
        merge(here, anna, boris)
        assert purse(here, boris).balance == 320
        unmerge(here, anna)
        assert (purse(here, anna).balance, purse(here, boris).balance) == (120, 220)
    merge(here, anna, boris)
    here.buys(ANNA, 1_000)
    assert purse(here, boris).balance == 330
    assert here.violations() == []


def test_a_merge_is_undone_within_its_days_once_and_in_turn(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    here.member(CLARA)
    here.buys(CLARA, 1_000)
    with pytest.raises(Refused, match="not_merged"):
        unmerge(here, anna)
    merge(here, anna, boris)
    merge(here, BORIS, CLARA)
    with pytest.raises(Refused, match="merged_since"):
        unmerge(here, anna)
    unmerge(here, boris)
    unmerge(here, anna)
    with pytest.raises(Refused, match="already_unmerged"):
        unmerge(here, anna)
    merge(here, anna, boris)
    here.clock.forward(30 * DAY + 1)
    with pytest.raises(Refused, match="too_late_to_unmerge"):
        unmerge(here, anna)
    here.follow()
    assert here.violations() == []


def test_points_that_nobody_had_claimed_wait_again(here: Town) -> None:
    """A shop's customer number was linked to the wrong member."""
    stranger = Buyer(7_200_000_000_000_001, None, None, "", "")
    here.buys(stranger, 7_000)
    waiting = here.account(stranger, "customer")
    here.buys(Buyer(stranger.id, ANNA.email, None, "Anna", "Ozola"), 1_000)
    anna = here.account(ANNA)
    assert purse(here, anna).balance == 180
    unmerge(here, waiting)
    assert (purse(here, waiting).balance, purse(here, anna).balance) == (70, 110)
    known = here.identity(stranger, "customer")
    assert known is not None
    assert (known.account, known.proved_at) == (waiting, None)
    assert here.newest(waiting).snap.status == "unclaimed"
    here.buys(Buyer(stranger.id, ANNA.email, None, "Anna", "Ozola"), 1_000)
    assert purse(here, waiting).balance == 70  # what an operator has parted is not joined again by itself
    assert here.violations() == []


def test_a_redemption_of_a_parted_account_can_still_be_given_back(here: Town) -> None:
    """Boris's points made up for it while the accounts were one; its own document stays its own."""
    anna, boris = here.account(ANNA), here.account(BORIS)
    use(here, anna, 60)
    merge(here)
    use(here, boris, 200, number=2)
    unmerge(here, anna)
    here.house.redemptions.give_back(here.program, Reference("use/1"), 60, actor="till")
    assert (purse(here, anna).balance, purse(here, anna).redeemed) == (100, 0)
    assert (purse(here, boris).balance, purse(here, boris).redeemed) == (0, 200)
    assert here.violations() == []


def test_an_account_has_its_own_documents_though_the_other_one_was_merged_itself_for_a_while(here: Town) -> None:
    """Anna is merged into Boris, he into Clara, and both merges are undone, the last one first."""
    anna, boris = here.account(ANNA), here.account(BORIS)
    here.member(CLARA)
    here.buys(CLARA, 1_000)
    for account in (anna, boris):
        here.house.redemptions.hold(
            here.program, Reference(f"hold/{account}"), account, 40, until=here.clock.now() + MINUTE, actor="till"
        )
    merge(here, anna, boris)
    for _ in range(2):
        merge(here, boris, CLARA)
        unmerge(here, boris)
    merge(here, boris, CLARA)
    for account in (anna, boris):
        here.house.redemptions.capture(here.program, Reference(f"hold/{account}"), actor="till")
    here.house.redemptions.give_back(here.program, Reference(f"hold/{anna}"), 15, actor="till")
    unmerge(here, boris)
    unmerge(here, anna)
    here.house.redemptions.give_back(here.program, Reference(f"hold/{anna}"), 40, actor="till")
    assert (purse(here, anna).balance, purse(here, anna).redeemed) == (100, 0)
    assert (purse(here, boris).balance, purse(here, boris).redeemed) == (160, 40)
    assert here.violations() == []


def test_a_reward_is_not_taken_for_another_ones_since_the_accounts_were_one_for_a_while(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    reviews(here, ANNA, "kenya")
    merge(here, anna, boris)
    unmerge(here, anna)
    merge(here, boris, anna)
    assert purse(here, anna).balance == 320
    assert here.violations() == []


def test_a_reward_is_given_again_although_the_parting_died_before_it(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    reviews(here, ANNA, "kenya")
    reviews(here, BORIS, "kenya")
    merge(here, anna, boris)
    unmerged_document(here, anna)
    merge(here, anna, boris)
    unmerge(here, anna)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (120, 220)
    assert here.violations() == []


def test_the_second_of_two_who_undo_a_merge_at_once_hears_that_it_is_undone() -> None:
    between = BetweenReads("newest")
    here = two(town(GOLD_AT_10000, around={"ledger": between}))
    anna, boris = here.account(ANNA), here.account(BORIS)
    merge(here, anna, boris)
    between.happens = lambda: unmerge(here, anna)
    with pytest.raises(Refused, match="already_unmerged"):
        unmerge(here, anna)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (100, 200)
    assert here.violations() == []


def test_a_parting_that_comes_late_leaves_the_rewards_of_a_new_merge_alone(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    reviews(here, ANNA, "brazil")
    reviews(here, BORIS, "brazil")
    reviews(here, ANNA, "kenya")
    merge(here, anna, boris)
    late = unmerged_document(here, anna)
    merge(here, anna, boris)
    Parting(here.own.ledger, here.own.clock).apart(here.program, late, "operator")
    assert purse(here, boris).balance == 340
    assert reviews(here, BORIS, "kenya") == "duplicate"
    assert here.violations() == []


@pytest.mark.parametrize("first", ["anna", "clara"])
def test_three_people_who_are_one_have_a_reward_once_and_each_again_when_they_part(here: Town, first: str) -> None:
    """Anna's review is noted for Boris; Clara's of the same coffee comes later."""
    here.member(CLARA)
    here.buys(CLARA, 1_000)
    anna, boris, clara = (here.account(each) for each in (ANNA, BORIS, CLARA))
    for buyer in (ANNA, CLARA):
        reviews(here, buyer, "kenya")
    merge(here, anna, boris)
    merge(here, clara, boris)
    assert purse(here, boris).balance == 100 + 200 + 10 + 20
    assert here.violations() == []
    for account in (anna, clara) if first == "anna" else (clara, anna):
        unmerge(here, account)
    assert [purse(here, each).balance for each in (anna, boris, clara)] == [120, 200, 30]
    assert here.violations() == []


def test_a_reward_that_is_given_again_inside_another_account_is_noted_there(here: Town) -> None:
    here.member(CLARA)
    here.buys(CLARA, 1_000)
    anna, boris, clara = (here.account(each) for each in (ANNA, BORIS, CLARA))
    for buyer in (ANNA, CLARA):
        reviews(here, buyer, "kenya")
    merge(here, anna, boris)
    merge(here, clara, boris)
    unmerge(here, anna)
    assert reviews(here, BORIS, "kenya") == "duplicate"
    merge(here, anna, boris)
    assert purse(here, boris).balance == 100 + 200 + 10 + 20
    assert here.violations() == []
    unmerge(here, anna)
    unmerge(here, clara)
    assert reviews(here, BORIS, "kenya") == "posted"
    assert [purse(here, each).balance for each in (anna, boris, clara)] == [120, 220, 30]
    assert here.violations() == []


def test_a_reward_that_its_limit_left_nothing_of_is_not_given_by_parting() -> None:
    here = two(
        town(
            GOLD_AT_10000.replace("once_per: object}", "once_per: object, budget: {of: 20 beans, when_short: partial}}")
        )
    )
    anna, boris = here.account(ANNA), here.account(BORIS)
    reviews(here, ANNA, "kenya")
    reviews(here, BORIS, "kenya")
    merge(here)
    unmerge(here, anna)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (120, 200)
    assert here.violations() == []


def test_a_card_that_somebody_got_meanwhile_goes_back_with_its_owner(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    merge(here)
    link = here.join(ANNA.email or "")
    here.types_code(link, here.mail.letters[-1].code)
    assert here.card(link).account == boris
    unmerge(here, anna)
    assert here.card(link).account == anna
    assert [card.account for card in here.own.cards.cards_of(here.program.slug, boris)] == [boris]


def test_an_address_that_was_proved_meanwhile_stays_proved() -> None:
    here = town(GOLD_AT_10000)
    here.buys(ANNA, 7_000)
    here.member(BORIS)
    here.buys(BORIS, 1_000)
    anna, boris = here.account(ANNA), here.account(BORIS)
    merge(here)
    link = here.member(ANNA)
    unmerge(here, anna)
    assert (here.newest(anna).snap.status, purse(here, anna).balance) == ("active", 70)
    assert (here.card(link).account, purse(here, boris).balance) == (anna, 10)
    known = here.identity(ANNA)
    assert known is not None
    assert known.proved_at is not None


def unmerged_document(here: Town, account: AccountId) -> MergeDocument:
    """A merge that was undone by somebody who died before the rewards were given again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Parting, "apart", Mock(side_effect=TryAgain("died")))
        with pytest.raises(TryAgain, match="died"):
            unmerge(here, account)
    document = here.own.ledger.document(here.program.slug, merge_reference(account))
    assert isinstance(document, MergeDocument)
    assert document.undone
    return document


@dataclass
class Life:
    """What may happen to two people, in any order."""

    here: Town
    accounts: dict[str, AccountId]
    orders: list[Any] = field(default_factory=list)
    number: int = 0

    def live(self, steps: list[tuple[str, str, int]]) -> None:
        for who, what, size in steps:
            self.number += 1
            with suppress(Refused):
                self._do(ANNA if who == "anna" else BORIS, self.accounts[who], what, size)

    def _do(self, buyer: Buyer, account: AccountId, what: str, size: int) -> None:
        here, name = self.here, Reference(f"{what}/{self.number}")
        match what:
            case "buys":
                self.orders.append(here.buys(buyer, size * 100))
            case "refund" if self.orders:
                here.deliver(here.shop.cancelled(self.orders[size % len(self.orders)]))
            case "uses":
                here.house.redemptions.redeem(here.program, name, account, size, actor="till")
            case "holds":
                until = here.clock.now() + 10 * MINUTE
                here.house.redemptions.hold(here.program, name, account, size, until=until, actor="till")
            case "captures":
                here.house.redemptions.capture(here.program, Reference(f"holds/{self.number - 1}"), actor="till")
            case "reviews":
                reviews(here, buyer, f"coffee-{size % 3}")
            case "waits":
                here.clock.forward(size * MINUTE)

    @property
    def worth(self) -> int:
        """What both own together."""
        purses = [purse(self.here, account) for account in self.accounts.values()]
        return sum(each.spendable + each.pending + each.held - each.debt for each in purses)


STEPS = st.tuples(
    st.sampled_from(["anna", "boris"]),
    st.sampled_from(["buys", "refund", "uses", "holds", "captures", "reviews", "waits"]),
    st.integers(1, 60),
)


@given(before=st.lists(STEPS, max_size=6), between=st.lists(STEPS, max_size=8))
@settings(max_examples=80, deadline=None)
def test_whatever_happens_no_point_is_made_or_lost_by_parting(before: Any, between: Any) -> None:
    here = two(town(GOLD_AT_10000), anna=3_000, boris=4_000)
    life = Life(here, {"anna": here.account(ANNA), "boris": here.account(BORIS)})
    life.live(before)
    merge(here)
    life.live(between)
    whole = life.worth
    parted = unmerge(here, life.accounts["anna"])
    assert life.worth == whole + 20 * len(parted.reversed)  # each has its own reward again
    here.follow()
    assert here.violations() == []
