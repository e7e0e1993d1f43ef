"""Two accounts of one person become one."""

import msgspec
import pytest
from stand_ins import DAY, MINUTE
from two_people import CLARA, GOLD_AT_10000, REVIEW, merge, purse, reviews, two, unmerge
from whole_house import ANNA, BORIS, REGION, Town, town, town_on

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Reference
from chalicelib.services.merging import Cause, Joining
from chalicelib.store.connection import Spent
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from ops.laptop.engine import Engine


class Meter:
    """Remembers what every call consumed."""

    def __init__(self) -> None:
        self.spent: list[Spent] = []

    def __call__(self, spent: Spent) -> None:
        self.spent.append(spent)


@pytest.fixture
def here() -> Town:
    return two(town(GOLD_AT_10000))


def test_the_level_follows_from_what_both_did() -> None:
    """6,000 and 5,000 are 11,000, above the 10,000 of Gold: the higher of two levels would have been none."""
    here = two(town(GOLD_AT_10000), anna=600_000, boris=500_000)
    merge(here)
    assert here.newest(here.account(BORIS)).snap.tier.level == "Gold"
    assert here.violations() == []


def test_cards_and_identities_lead_to_the_account_that_stays(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    document = merge(here)
    assert here.account(ANNA) == boris
    assert {card.account for card in here.own.cards.cards_of(here.program.slug, boris)} == {boris}
    assert here.own.cards.cards_of(here.program.slug, anna) == []
    assert len(document.identities) >= 1
    assert len(document.cards) == 1
    here.buys(ANNA, 1_000)
    assert purse(here, boris).balance == 310


def test_an_order_told_under_both_counts_once(here: Town) -> None:
    order = here.buys(ANNA, 5_000)
    merge(here)
    order.buyer = BORIS
    here.deliver(here.shop.updated(order))
    assert purse(here, here.account(BORIS)).balance == 350
    assert here.violations() == []


def test_limits_are_counted_where_the_documents_are() -> None:
    """Each account's documents keep their own limit; what is new counts with the account that stays."""
    limited = GOLD_AT_10000.replace(
        "rounding: {down: per order}}", "rounding: {down: per order}, at_most: 100 beans per month}"
    )
    here = two(town(limited), anna=8_000, boris=9_000)
    anna, boris = here.account(ANNA), here.account(BORIS)
    order = here.buys(ANNA, 5_000)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (100, 90)
    merge(here)
    here.buys(ANNA, 5_000)
    assert purse(here, boris).balance == 100 + 100  # of Boris's limit ten were left
    here.deliver(here.shop.cancelled(order))
    assert purse(here, boris).balance == 80 + 100  # Anna's own limit: eighty without this order
    unmerge(here, anna)
    assert (purse(here, anna).balance, purse(here, boris).balance) == (80, 100)
    assert here.violations() == []


def test_a_hold_comes_along_and_is_captured(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    until = here.clock.now() + 10 * MINUTE
    here.house.redemptions.hold(here.program, Reference("hold/1"), anna, 60, until=until, actor="till")
    merge(here)
    assert purse(here, boris).held == 60
    here.house.redemptions.capture(here.program, Reference("hold/1"), actor="till")
    assert (purse(here, boris).held, purse(here, boris).balance) == (0, 240)
    assert here.violations() == []


def test_a_reward_that_both_have_is_kept_once_the_earlier_one(here: Town) -> None:
    assert reviews(here, ANNA, "kenya") == "posted"
    here.clock.forward(DAY)
    assert reviews(here, BORIS, "kenya") == "posted"
    document = merge(here)
    boris = here.account(BORIS)
    assert purse(here, boris).balance == 320
    assert document.reversed == (Reference(f"activity/review.created/{boris}/kenya"),)
    assert [entry.kind for entry in here.entries(boris)][-2:] == ["merged", "taken_back"]
    assert here.newest(boris).snap.metric("beans earned") == 320
    assert here.violations() == []


def test_what_only_one_was_rewarded_for_is_not_rewarded_again(here: Town) -> None:
    reviews(here, ANNA, "kenya")
    merge(here)
    assert reviews(here, BORIS, "kenya") == "duplicate"
    assert reviews(here, ANNA, "kenya") == "duplicate"
    assert reviews(here, ANNA, "brazil") == "posted"
    assert reviews(here, BORIS, "brazil") == "duplicate"
    assert here.violations() == []


def test_rewards_of_a_chain_of_merges_are_kept_once(here: Town) -> None:
    here.member(CLARA)
    here.buys(CLARA, 1_000)
    reviews(here, ANNA, "kenya")
    merge(here, ANNA, BORIS)
    reviews(here, CLARA, "kenya")
    merge(here, BORIS, CLARA)
    assert purse(here, here.account(CLARA)).balance == 330
    assert reviews(here, CLARA, "kenya") == "duplicate"
    assert here.violations() == []


def test_more_rewards_than_fit_into_one_transaction_are_kept_once(here: Town) -> None:
    for number in range(50):
        for buyer in (ANNA, BORIS):
            assert reviews(here, buyer, f"coffee-{number}") == "posted"
    document = merge(here)
    assert len(document.reversed) == 50
    assert purse(here, here.account(BORIS)).balance == 300 + 50 * 20
    assert here.violations() == []


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_merging_twice_changes_nothing_and_finishes_what_was_interrupted(here: Town, is_interrupted: bool) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    merge(here)
    before = [here.newest(account) for account in (anna, boris)]
    known = here.identity(ANNA)
    assert known is not None
    if is_interrupted:  # the operator's terminal had died before the identity was pointed
        here.own.members.put_identity(here.program.slug, msgspec.structs.replace(known, account=anna), was=known)
    with pytest.raises(Refused, match="already_merged"):
        merge(here, anna, boris)
    assert [here.newest(account) for account in (anna, boris)] == before
    assert here.account(ANNA) == boris


def test_impossible_merges_are_refused_and_change_nothing(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    here.member(CLARA)
    here.buys(CLARA, 1_000)
    clara = here.account(CLARA)
    merge(here, anna, boris)
    before = [here.newest(account) for account in (anna, boris, clara)]
    for source, into, reason in (
        (boris, boris, "merge_with_itself"),
        (boris, anna, "merge_cycle"),
        (anna, clara, "already_merged"),
        (clara, anna, "already_merged"),
        (AccountId("nobody"), boris, "nothing_to_merge"),
        (boris, AccountId("nobody"), "not_a_member"),
    ):
        with pytest.raises(Refused, match=reason):
            merge(here, source, into)
    assert [here.newest(account) for account in (anna, boris, clara)] == before


def test_a_merge_costs_little_however_long_the_history(engine: Engine) -> None:
    """Three strong reads and three items in one transaction, where the program rewards no activities."""
    plain = GOLD_AT_10000.replace(REVIEW, "")
    costs = []
    for count in (1, 40):
        here = two(town_on(engine, plain), anna=1_000, boris=1_000)
        for _ in range(count - 1):
            here.buys(ANNA, 1_000)
        meter = Meter()
        ledger = here.own.ledger
        assert isinstance(ledger, DynamoLedger)
        metered = DynamoLedger(Dynamo(ledger._dynamo._prefix, region=REGION, endpoint=engine.url, meter=meter))
        Joining(metered, here.clock).merge(here.program, here.account(ANNA), here.account(BORIS), Cause())
        costs.append((sum(call.read_units for call in meter.spent), sum(call.write_units for call in meter.spent)))
    assert costs == [(3, 6), (3, 6)]
