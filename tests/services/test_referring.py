"""Members bring friends: both are rewarded on a kept order of the friend, and nobody for bringing themselves."""

from typing import Any

import pytest
from whole_house import ANNA, BORIS, DEFINITION, Town, town

from chalicelib.cards.history import history
from chalicelib.cards.reasons import reason
from chalicelib.errors import Refused
from chalicelib.events import AccountId
from chalicelib.services.referral_claims import Seen
from ops.laptop.shopify_books import Buyer

DAY = 86_400_000
TERMS = """
referral:
  referrer: 100 beans
  friend: 50 beans
  on_order: 2
  min_order: 20 EUR
  after: 14 days
  at_most: 2 friends per month
"""
REFERRING = DEFINITION.replace("\ntiers:", TERMS + "\ntiers:", 1)
NOTHING = Seen()


def buyer(number: int) -> Buyer:
    return Buyer(8_000_000_000_000_000 + number, f"friend{number}@example.com", None, "F", str(number))


class Shop:
    """Anna has a code; friends come with it."""

    def __init__(self, definition: str = REFERRING) -> None:
        self.here: Town = town(definition)
        self.here.member(ANNA)
        self.here.buys(ANNA, 100)  # one bean
        self.anna = self.here.account(ANNA)
        self.code = self.here.house.referral_claims.code(self.here.program, self.anna, NOTHING)

    def member(self, who: Buyer = BORIS) -> AccountId:
        self.here.member(who)
        return self.here.account(who)

    def claims(self, who: Buyer = BORIS, seen: Seen = NOTHING) -> Any:
        return self.here.house.referral_claims.claim(self.here.program, self.member(who), self.code, seen)

    def buys(self, who: Buyer = BORIS, price: int = 2_000) -> Any:
        self.here.clock.instant += 1_000
        return self.here.buys(who, price)

    def refunds(self, order: Any) -> None:
        self.here.clock.instant += 1_000
        assert self.here.deliver(self.here.shop.refunded(order)).status == 200

    def brought(self, account: AccountId) -> int:
        """Points for referrals, on the way or usable."""
        entries = self.here.entries(account)
        moved = [leg for entry in entries if "/friend." in entry.document for leg in entry.legs]
        return -sum(leg.points for leg in moved if leg.place in ("issued", "taken_back"))

    def is_clean(self) -> bool:
        self.here.follow()
        return self.here.violations() == []


def test_both_are_rewarded_on_the_second_kept_order_and_wait_for_the_return_window() -> None:
    """Row 18, referral: the reward depends on conditions."""
    shop = Shop()
    shop.claims()
    boris = shop.here.account(BORIS)
    shop.buys()
    assert (shop.brought(shop.anna), shop.brought(boris)) == (0, 0)
    shop.buys()
    assert (shop.brought(shop.anna), shop.brought(boris)) == (100, 50)
    purse = shop.here.newest(shop.anna).snap.purse("beans")
    assert (purse.spendable, purse.pending) == (1, 100)
    shop.here.clock.instant += 15 * DAY
    link = shop.here.member(ANNA)
    assert shop.here.facts(link)["points"] == 101
    assert shop.is_clean()


def test_an_order_that_is_too_small_or_older_than_the_claim_does_not_count() -> None:
    shop = Shop()
    shop.claims()
    for price in (1_999, 1_999, 2_000):
        shop.buys(price=price)
    assert shop.brought(shop.anna) == 0
    shop.buys(price=2_000)
    assert shop.brought(shop.anna) == 100


def test_the_refund_of_the_order_takes_the_points_of_both_back_and_another_order_brings_them_again() -> None:
    shop = Shop()
    shop.claims()
    shop.buys()
    second = shop.buys()
    shop.refunds(second)
    boris = shop.here.account(BORIS)
    assert (shop.brought(shop.anna), shop.brought(boris)) == (0, 0)
    assert shop.here.newest(shop.anna).snap.purse("beans").balance == 1
    shop.buys()
    assert (shop.brought(shop.anna), shop.brought(boris)) == (100, 50)
    assert shop.is_clean()


def test_the_refund_of_an_earlier_order_counts_as_well() -> None:
    shop = Shop()
    shop.claims()
    first = shop.buys()
    shop.buys()
    shop.refunds(first)
    assert shop.brought(shop.anna) == 0


def test_repeats_of_everything_change_nothing() -> None:
    shop = Shop()
    claimed = [
        shop.here.house.referral_claims.claim(shop.here.program, shop.member(), shop.code, NOTHING) for _ in range(2)
    ]
    assert claimed[0] == claimed[1]
    orders = [shop.buys(), shop.buys()]
    for order in orders:
        shop.here.deliver(shop.here.shop.told(order, "orders/paid"))
    assert shop.brought(shop.anna) == 100
    assert shop.here.house.referral_claims.code(shop.here.program, shop.anna, NOTHING) == shop.code


def test_a_referrer_has_no_more_than_the_programs_limit_in_a_month_and_friends_still_get_theirs() -> None:
    """Row 18, referral: the reward depends on the number invited."""
    shop = Shop()
    friends = [buyer(number) for number in range(3)]
    for friend in friends:
        shop.claims(friend)
        shop.buys(friend)
        shop.buys(friend)
    assert shop.brought(shop.anna) == 200
    assert [shop.brought(shop.here.account(friend)) for friend in friends] == [50, 50, 50]
    assert shop.is_clean()


def test_both_read_why_in_their_language() -> None:
    shop = Shop()
    shop.claims()
    shop.buys()
    shop.refunds(shop.buys())
    told = {}
    for account in (shop.anna, shop.here.account(BORIS)):
        entries = shop.here.entries(account)
        rows = history(entries, shop.here.program, "beans", now=shop.here.clock.now())
        told[account] = [reason(row, shop.here.program, "beans", "ru").sentence for row in rows]
    day = "7 июля 2026\N{NARROW NO-BREAK SPACE}г."
    assert told[shop.anna][1:] == [
        "Начислено: 100 зёрен (100 зёрен за друга, который пришёл с вашим кодом, предел на календарный месяц — 200 "
        f"зёрен; тратить можно с {day})",
        "Снято: 100 зёрен (то, за что они начислены, отменено)",
    ]
    assert any("за то, что вы пришли с кодом друга" in line for line in told[shop.here.account(BORIS)])


# --- who must not be paid -----------------------------------------------------------------------------------------


def refused(shop: Shop, who: Buyer, code: str = "", seen: Seen = NOTHING) -> str:
    with pytest.raises(Refused) as caught:
        shop.here.house.referral_claims.claim(shop.here.program, shop.member(who), code or shop.code, seen)
    return caught.value.reason


def test_nobody_brings_themselves_and_only_new_members_are_brought_once() -> None:
    shop = Shop()
    assert refused(shop, ANNA) == "referral_to_oneself"
    assert refused(shop, BORIS, "NOSUCHCODE") == "code_unknown"
    shop.buys()
    assert refused(shop, BORIS) == "not_a_new_member"
    shop.claims(buyer(1))
    dora = shop.member(buyer(2))
    other = shop.here.house.referral_claims.code(shop.here.program, dora, NOTHING)
    assert refused(shop, buyer(1), other) == "referred_already"


@pytest.mark.parametrize("kind", ["card", "device"])
def test_the_same_payment_card_or_device_is_held_until_somebody_releases_it(kind: str) -> None:
    shop = Shop()
    own = Seen({kind: " Visa-4242 "})
    shop.here.house.referral_claims.code(shop.here.program, shop.anna, own)
    claimed = shop.claims(seen=Seen({kind: "visa-4242"}))
    assert (claimed.state, claimed.reasons) == ("held", (f"same_{kind}",))
    shop.buys()
    shop.buys()
    assert shop.brought(shop.anna) == 0
    assert [each.account for each in shop.here.house.referrals.held(shop.here.program)] == [claimed.account]
    shop.here.house.referrals.release(shop.here.program, claimed.account, actor="operator/eva")
    assert shop.brought(shop.anna) == 100
    assert shop.here.house.referrals.held(shop.here.program) == []
    assert shop.is_clean()


def test_two_friends_with_one_card_are_held_from_the_second_on() -> None:
    shop = Shop()
    seen = Seen({"card": "visa-1"})
    states = [shop.claims(buyer(number), seen).state for number in range(3)]
    assert states == ["open", "held", "held"]


def test_a_refused_referral_never_counts_and_one_that_counted_is_taken_back() -> None:
    shop = Shop()
    claimed = shop.claims()
    shop.buys()
    shop.buys()
    assert shop.brought(shop.anna) == 100
    shop.here.house.referrals.refuse(shop.here.program, claimed.account, actor="operator/eva")
    assert (shop.brought(shop.anna), shop.brought(claimed.account)) == (0, 0)
    shop.buys()
    assert shop.brought(shop.anna) == 0


def test_the_same_address_is_only_flagged_since_households_have_one() -> None:
    shop = Shop()
    shop.here.house.referral_claims.code(shop.here.program, shop.anna, Seen({"address": "Elm Street 1"}))
    claimed = shop.claims(seen=Seen({"address": "elm street 1"}))
    assert (claimed.state, claimed.flags) == ("open", ("same_address",))


def test_at_most_ten_claims_of_a_code_come_from_one_address_in_seven_days() -> None:
    shop = Shop()
    for number in range(10):
        shop.claims(buyer(number), Seen(source="203.0.113.9"))
    assert refused(shop, buyer(10), seen=Seen(source="203.0.113.9")) == "too_many_claims"
    assert shop.claims(buyer(11), Seen(source="203.0.113.10")).state == "open"
    shop.here.clock.instant += 7 * DAY
    assert shop.claims(buyer(10), Seen(source="203.0.113.9")).state == "open"


def merge(shop: Shop, source: AccountId, into: AccountId) -> None:
    shop.here.house.merges.merge(shop.here.program, source, into, reason="one person", actor="operator")
    shop.here.follow()


@pytest.mark.parametrize("friend_leaves", [True, False])
def test_a_member_who_turns_out_to_have_brought_themselves_gives_it_back_on_the_merge(friend_leaves: bool) -> None:
    shop = Shop()
    shop.claims()
    shop.buys()
    shop.buys()
    boris = shop.here.account(BORIS)
    sides = (boris, shop.anna) if friend_leaves else (shop.anna, boris)
    merge(shop, *sides)
    newest = shop.here.newest(sides[1])
    assert newest.snap.purse("beans").pending == 0
    assert newest.snap.purse("beans").balance == 1 + 20 + 20
    stored = shop.here.house.referrals.of(shop.here.program, boris)
    assert stored is not None
    assert (stored.state, stored.reasons) == ("refused", ("same_person",))
    assert shop.is_clean()


def test_one_person_who_was_brought_under_two_names_counts_once() -> None:
    shop = Shop()
    first, second = buyer(1), buyer(2)
    for friend in (first, second):
        shop.claims(friend)
        shop.buys(friend)
        shop.buys(friend)
    assert shop.brought(shop.anna) == 200
    merge(shop, shop.here.account(second), shop.here.account(first))
    assert shop.brought(shop.anna) == 100
    assert shop.is_clean()


def test_orders_of_a_friend_whose_account_was_merged_still_count() -> None:
    shop = Shop()
    claimed = shop.claims(buyer(1))
    shop.buys(buyer(1))
    dora = shop.member(buyer(2))
    merge(shop, claimed.account, dora)
    shop.buys(buyer(2))
    assert shop.brought(shop.anna) == 100
    assert shop.is_clean()


def test_a_program_without_referral_refuses_and_reads_nothing_more() -> None:
    shop = Shop()
    bare = town()
    bare.member(ANNA)
    bare.buys(ANNA, 100)
    with pytest.raises(Refused, match="referral_not_offered"):
        bare.house.referral_claims.code(bare.program, bare.account(ANNA), NOTHING)
    assert shop.is_clean()


def test_effective_referrals_count_for_a_level_and_leave_it_with_the_refund() -> None:
    """Row 18: effective referrals feed levels."""
    tiers = DEFINITION[DEFINITION.index("\ntiers:") : DEFINITION.index("\nrefunds:")]
    levels = """
tiers:
  measure: effective referrals
  window: lifetime
  levels: [{name: Guest, from: 0}, {name: Host, from: 1}]
"""
    shop = Shop(REFERRING.replace(tiers, levels))
    shop.claims()
    shop.buys()
    second = shop.buys()
    assert shop.here.newest(shop.anna).snap.tier.level == "Host"
    shop.refunds(second)
    assert shop.here.newest(shop.anna).snap.tier.level == "Guest"
    assert shop.is_clean()
