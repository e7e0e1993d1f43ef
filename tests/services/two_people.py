"""Anna and Boris, whose accounts become one: what the tests of merging and of its undoing share."""

from typing import Any

from whole_house import ANNA, BORIS, DEFINITION, Town

from chalicelib.events import AccountId, ActivityTold, Customer, Reference
from chalicelib.ledger.documents import MergeDocument, RedemptionDocument
from ops.laptop.shopify_books import Buyer

GOLD_AT_10000 = DEFINITION.replace("Silver, from: 300", "Silver, from: 9000").replace(
    "Gold, from: 1000", "Gold, from: 10000"
)
REVIEW = "    - {name: a review, on: review.created, give: 20 beans, once_per: object}\n"
CLARA = Buyer(7_100_000_000_000_001, "clara.liepa@example.com", None, "Clara", "Liepa")


def two(made: Town, anna: int = 10_000, boris: int = 20_000) -> Town:
    """Anna and Boris have joined and bought for so many cents; the next level is far away."""
    for buyer, price in ((ANNA, anna), (BORIS, boris)):
        made.member(buyer)
        if price:
            made.buys(buyer, price)
    return made


def merge(here: Town, source: Any = ANNA, into: Any = BORIS) -> MergeDocument:
    accounts = [each if isinstance(each, str) else here.account(each) for each in (source, into)]
    return here.house.merges.merge(here.program, *map(AccountId, accounts), reason="one person", actor="operator")


def unmerge(here: Town, account: AccountId) -> MergeDocument:
    return here.house.merges.unmerge(here.program, account, actor="operator")


def purse(here: Town, account: AccountId) -> Any:
    return here.newest(account).snap.purse("beans")


def use(here: Town, account: AccountId, points: int, number: int = 1) -> RedemptionDocument:
    return here.house.redemptions.redeem(here.program, Reference(f"use/{number}"), account, points, actor="till")


def reviews(here: Town, buyer: Buyer, thing: str) -> str:
    told = ActivityTold(f"d-{thing}", "review.created", thing, here.clock.now(), Customer(email=buyer.email))
    rewards = here.house.hooks.reception.rewards
    return rewards.reward(here.program, told, actor="events", deadline=None)
