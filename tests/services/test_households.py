"""Households: members use their points together, in one transaction, and each keeps their own."""

from typing import Any

import pytest
from torn_restore import repair
from whole_house import ANNA, BORIS, DEFINITION, Town, town

from chalicelib.cards.history import history
from chalicelib.cards.reasons import reason
from chalicelib.errors import Refused
from chalicelib.events import AccountId, Reference
from chalicelib.services.households import Asked
from chalicelib.services.ports import Outcome
from ops.laptop.shopify_books import Buyer

TOGETHER = DEFINITION.replace("\ncard:", "\nhouseholds: {members: 3}\ncard:", 1)
USE = Reference("household-use/till/1")
DAY = 86_400_000


def buyer(number: int) -> Buyer:
    return Buyer(8_000_000_000_000_000 + number, f"kin{number}@example.com", None, "K", str(number))


class Home:
    """Anna has 100 beans that end first, Boris 300 that end later."""

    def __init__(self, definition: str = TOGETHER) -> None:
        self.here: Town = town(definition)
        self.anna = self.member(ANNA, 10_000)
        self.here.clock.instant += 60 * DAY
        self.boris = self.member(BORIS, 30_000)

    @property
    def desk(self) -> Any:
        return self.here.house.households

    def member(self, who: Buyer, price: int = 0) -> AccountId:
        self.here.member(who)
        if price:
            self.here.buys(who, price)
        return self.here.account(who)

    def together(self, *accounts: AccountId) -> "Home":
        for account in accounts or (self.anna, self.boris):
            self.desk.join(self.here.program, "home", account)
        return self

    def use(self, points: int, account: AccountId | None = None, reference: Reference = USE, **more: Any) -> Any:
        asked = Asked(account or self.anna, points, **more)
        return self.desk.use(self.here.program, reference, asked, actor="till")

    def balances(self) -> list[int]:
        return [self.here.newest(account).snap.purse("beans").balance for account in (self.anna, self.boris)]

    def is_clean(self) -> bool:
        self.here.follow()
        return self.here.violations() == []


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason


def test_a_household_uses_what_ends_first_whoever_has_it_and_who_leaves_takes_the_rest_of_their_own() -> None:
    """A of 100 that end first and B of 300: 250 are A 100 and B 150; B leaves with 150."""
    home = Home().together()
    home.use(250)
    assert home.balances() == [0, 150]
    left = home.desk.leave(home.here.program, home.boris)
    assert left.accounts == (home.anna,)
    assert refused(lambda: home.use(1, reference=Reference("household-use/till/2"))) == "not_enough_points"
    assert home.balances() == [0, 150]
    assert home.is_clean()


def test_all_of_it_is_one_transaction_or_nothing() -> None:
    home = Home().together()
    ledger: Any = home.here.own.ledger
    real = ledger.commit
    commits: list[Any] = []

    def once_taken(commit: Any) -> Any:
        commits.append(commit)
        if len(commits) == 1:
            return Outcome.ENTRY_TAKEN
        return real(commit)

    ledger.commit = once_taken
    try:
        home.use(250)
    finally:
        del ledger.commit
    assert [len(commit.entries) for commit in commits] == [2, 2]
    assert {len(commit.documents) for commit in commits} == {1}
    assert home.balances() == [0, 150]


def test_a_repeat_is_answered_as_the_first_time_was_and_changes_nothing() -> None:
    home = Home().together()
    assert home.use(250) == home.use(250)
    assert home.balances() == [0, 150]
    assert refused(lambda: home.use(251)) == "another_redemption"


def test_a_household_uses_nothing_while_redeeming_is_paused_and_what_it_used_is_told_again_and_comes_back() -> None:
    home = Home().together()
    used = home.use(50)
    home.here.house.pausing.pause(home.here.program, "redeeming", by="olga")
    assert refused(lambda: home.use(1, reference=Reference("household-use/till/2"))) == "redeeming_paused"
    assert home.use(50) == used
    home.desk.give_back(home.here.program, USE, 50, actor="till")
    assert home.balances() == [100, 300]


def test_points_that_come_back_are_their_owners_again() -> None:
    home = Home().together()
    home.use(250)
    program = home.here.program
    home.desk.give_back(program, USE, 160, actor="till")
    assert home.balances() == [10, 300]
    home.desk.give_back(program, USE, 160, actor="till")
    home.desk.give_back(program, USE, 250, actor="till")
    assert home.balances() == [100, 300]
    assert refused(lambda: home.desk.give_back(program, USE, 251, actor="till")) == "more_than_was_redeemed"
    assert home.is_clean()


def test_whoever_did_not_ask_reads_that_the_household_paid() -> None:
    home = Home().together()
    home.use(250)
    entries = home.here.entries(home.boris)
    row = history(entries, home.here.program, "beans", now=home.here.clock.now())[-1]
    assert reason(row, home.here.program, "beans", "en").sentence == (
        "Used together: 150 beans (your household paid with them)"
    )
    assert reason(row, home.here.program, "beans", "ru").why == "ими заплатили в вашей семейной группе"


def test_the_programs_rules_of_paying_hold_for_households() -> None:
    home = Home().together()
    assert refused(lambda: home.use(250, goods=100)) == "more_than_the_share"
    assert refused(lambda: home.use(5, goods=100_000)) == "below_minimum"
    assert refused(lambda: home.use(5, currency="stars")) == "unknown_currency"
    assert home.use(250, goods=100_000).points == 250


def test_nobody_is_in_two_households_and_a_household_has_its_limit() -> None:
    home = Home().together()
    program = home.here.program
    assert refused(lambda: home.desk.join(program, "other", home.anna)) == "in_another_household"
    assert home.desk.join(program, "home", home.anna).accounts == (home.anna, home.boris)
    home.desk.join(program, "home", home.member(buyer(1), 100))
    fourth = home.member(buyer(2), 100)
    assert refused(lambda: home.desk.join(program, "home", fourth)) == "household_full"
    home.desk.leave(program, home.anna)
    assert home.desk.join(program, "home", fourth).accounts[-1] == fourth
    assert home.desk.join(program, "other", home.anna).accounts == (home.anna,)


def test_strangers_and_programs_without_households_are_refused() -> None:
    home = Home()
    program = home.here.program
    assert refused(lambda: home.use(1)) == "in_no_household"
    assert refused(lambda: home.desk.leave(program, home.anna)) == "in_no_household"
    assert refused(lambda: home.desk.join(program, "home", AccountId("nobody"))) == "not_a_member"
    bare = Home(DEFINITION)
    assert refused(bare.together) == "households_not_allowed"


def test_members_whose_accounts_were_merged_since_are_one_and_counted_once() -> None:
    home = Home().together()
    home.here.house.merges.merge(home.here.program, home.boris, home.anna, reason="one", actor="eva")
    home.use(250)
    assert home.here.newest(home.anna).snap.purse("beans").balance == 150
    home.desk.give_back(home.here.program, USE, 250, actor="till")
    assert home.here.newest(home.anna).snap.purse("beans").balance == 400
    assert home.is_clean()


def test_members_whose_accounts_are_merged_after_a_use_get_their_points_back_in_one() -> None:
    home = Home().together()
    home.use(250)
    home.here.house.merges.merge(home.here.program, home.boris, home.anna, reason="one", actor="eva")
    home.desk.give_back(home.here.program, USE, 250, actor="till")
    assert home.here.newest(home.anna).snap.purse("beans").balance == 400
    assert home.is_clean()


def test_a_use_of_which_a_restore_lost_an_entry_is_brought_together_again() -> None:
    home = Home().together()
    home.use(250)
    ledger: Any = home.here.own.ledger
    ledger.drop_entries("bean-street", home.boris, beyond=home.here.newest(home.boris).seq - 1)
    assert home.here.violations() != []
    repair(home.here)
    assert home.here.violations() == []
    assert home.balances() == [0, 300]
