"""Points that nobody has claimed: whose they are, how long they live, and how they find their owner."""

from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import DAY, MINUTE, ContainerDied
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.store.memory.ledger import MemoryLedger
from ops.laptop.shopify_books import Buyer, Item

BY_ID = Buyer(ANNA.id)
BY_PHONE = Buyer(None, None, "+371 2000 0001")
KEPT = 90 * DAY


@pytest.fixture
def here() -> Town:
    return town()


def ends(here: Town, account: Any) -> list[int | None]:
    """When the account's entries may be removed."""
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    return [row.ends_at for _, row in sorted(ledger.journal[PROGRAM, account].items())]


def document_end(here: Town, order: Any) -> int | None:
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    return ledger.kept[PROGRAM, here.document(order).reference].ends_at


# --- whose --------------------------------------------------------------------------------------------------------


def test_address_decides_before_phone_and_shop_id(here: Town) -> None:
    here.buys(ANNA, 1000)
    here.buys(Buyer(BORIS.id, ANNA.email, "+37120000009"), 1000)
    assert here.stored_balance(ANNA) == 20
    assert here.waiting() == {"email": (1, 20), "phone": (0, 0), "customer": (0, 0)}


@pytest.mark.parametrize("spelled", ["Anna.Ozola@Example.com", "  anna.ozola@example.com "])
def test_one_address_in_two_spellings_is_one_account(here: Town, spelled: str) -> None:
    here.buys(ANNA, 1000)
    here.buys(Buyer(None, spelled), 1000)
    assert here.stored_balance(ANNA) == 20


def test_order_with_a_phone_alone_waits_under_the_phone(here: Town) -> None:
    here.buys(BY_PHONE, 1000)
    assert here.waiting() == {"email": (0, 0), "phone": (1, 10), "customer": (0, 0)}


def test_order_with_a_shop_id_and_no_contact_is_kept_on_an_account_of_its_own_and_counted(here: Town) -> None:
    here.buys(BY_ID, 1000)
    here.buys(BY_ID, 500)
    here.buys(Buyer(BORIS.id), 700)
    here.buys(ANNA, 300)
    assert here.waiting() == {"email": (1, 3), "phone": (0, 0), "customer": (2, 22)}


def test_nothing_waits_once_it_is_proved(here: Town) -> None:
    here.buys(ANNA, 1000)
    here.member(ANNA)
    assert here.waiting() == {"email": (0, 0), "phone": (0, 0), "customer": (0, 0)}


# --- how long -----------------------------------------------------------------------------------------------------


def test_unclaimed_items_carry_their_end(here: Town) -> None:
    order = here.buys(ANNA, 1000)
    identity = here.identity(ANNA)
    assert ends(here, here.account(ANNA)) == [here.clock.now() + KEPT]
    assert document_end(here, order) == here.clock.now() + KEPT
    assert identity is not None
    assert identity.ends_at is not None
    assert identity.ends_at >= here.clock.now() + KEPT  # it must not be forgotten before its points


def test_a_later_order_renews_the_identity_and_its_own_items(here: Town) -> None:
    here.buys(ANNA, 1000)
    here.clock.forward(60 * DAY)
    here.buys(ANNA, 1000)
    identity = here.identity(ANNA)
    assert identity is not None
    assert identity.ends_at is not None
    assert identity.ends_at >= here.clock.now() + KEPT
    assert ends(here, here.account(ANNA))[-1] == here.clock.now() + KEPT


def test_identity_is_renewed_once_a_week_at_most(here: Town) -> None:
    here.buys(ANNA, 1000)
    first = here.identity(ANNA)
    here.clock.forward(6 * DAY)
    here.buys(ANNA, 1000)
    assert here.identity(ANNA) == first


def test_claimed_items_lose_their_end(here: Town) -> None:
    order = here.buys(ANNA, 1000)
    here.member(ANNA)
    here.follow()
    assert document_end(here, order) is None
    later = here.buys(ANNA, 1000)
    identity = here.identity(ANNA)
    assert identity is not None
    assert identity.ends_at is None
    assert document_end(here, later) is None
    assert ends(here, here.account(ANNA))[1:] == [None, None]


def test_order_posts_as_the_members_even_if_the_proof_died_half_way(here: Town) -> None:
    """The proof is stored, the container dies before the account hears of it, and an order comes."""
    order = here.buys(ANNA, 1000)
    dying = False

    def through(name: str, call: Callable[[], Any]) -> Any:
        if dying and name == "newest":
            raise ContainerDied
        return call()

    other = town(around={"ledger": through})
    waited = other.buys(ANNA, 1000)
    link = other.join("anna.ozola@example.com")
    dying = True
    with pytest.raises(ContainerDied):
        other.types_code(link, other.mail.letters[-1].code)
    dying = False
    other.buys(ANNA, 500)
    other.follow()
    ledger = other.own.ledger._port  # type: ignore[attr-defined]
    kept = {reference: row.ends_at for (_, reference), row in ledger.kept.items()}
    assert kept[other.document(waited).reference] is None
    assert other.newest(other.account(ANNA)).snap.status == "active"
    assert other.stored_balance(ANNA) == 15
    assert other.violations() == []
    assert document_end(here, order) is not None


def test_first_points_that_cross_the_proof_of_their_account_are_the_members() -> None:
    """The account has a name and no entry yet, so the proof finds nothing to claim, and the entry no proof."""
    proving: list[Callable[[], Any]] = []

    def through(name: str, call: Callable[[], Any]) -> Any:
        if name == "commit" and proving:
            proving.pop()()
        return call()

    here = town(around={"ledger": through})
    here.buys(ANNA, 50)
    link = here.join("anna.ozola@example.com")
    proving.append(lambda: here.types_code(link, here.mail.letters[-1].code))

    here.buys(ANNA, 1000)

    assert here.newest(here.account(ANNA)).snap.status == "active"
    assert here.facts(link)["points"] == 10
    assert here.violations() == []


# --- how they find their owner ------------------------------------------------------------------------------------


def test_points_under_a_shop_id_come_along_with_the_first_order_that_names_both(here: Town) -> None:
    here.buys(BY_ID, 3000)
    link = here.member(ANNA)
    assert here.facts(link)["points"] == 0
    here.buys(ANNA, 1000)
    assert here.facts(link)["points"] == 40
    assert here.waiting() == {"email": (0, 0), "phone": (0, 0), "customer": (0, 0)}
    here.buys(BY_ID, 500)
    assert here.facts(link)["points"] == 45
    assert here.violations() == []


def test_refund_of_an_order_that_came_along_is_taken_from_where_its_points_are(here: Town) -> None:
    early = here.buys(BY_ID, 3000)
    link = here.member(ANNA)
    here.buys(ANNA, 1000)
    here.deliver(here.shop.refunded(early))
    assert here.facts(link)["points"] == 10
    assert here.violations() == []


def test_documents_that_came_along_lose_their_end(here: Town) -> None:
    """Or a repeat of the order would count again when its document is gone."""
    early = here.buys(BY_ID, 3000)
    here.member(ANNA)
    here.buys(ANNA, 1000)
    here.follow()
    assert document_end(here, early) is None


def test_journal_whose_unclaimed_beginning_reached_its_end_is_still_clean_after_a_merge(here: Town) -> None:
    early = here.buys(BY_ID, 3000)
    source = here.document(early).account
    here.member(ANNA)
    here.buys(ANNA, 1000)
    here.follow()
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    rows = ledger.journal[PROGRAM, source]  # type: ignore[index]
    for seq in [seq for seq, row in rows.items() if row.ends_at is not None]:
        del rows[seq]
    here.clock.forward(KEPT + DAY)
    assert here.violations() == []


def test_unproved_address_links_nothing(here: Town) -> None:
    here.buys(BY_ID, 3000)
    here.buys(ANNA, 1000)
    assert here.stored_balance(ANNA) == 10
    assert here.waiting() == {"email": (1, 10), "phone": (0, 0), "customer": (1, 30)}


def test_a_shop_id_that_is_another_members_stays_theirs(here: Town) -> None:
    mine, theirs = here.member(ANNA), here.member(BORIS)
    here.buys(ANNA, 1000)
    here.buys(Buyer(ANNA.id, BORIS.email), 2000)
    here.buys(BY_ID, 500)
    assert (here.facts(mine)["points"], here.facts(theirs)["points"]) == (15, 20)


def test_link_that_was_cut_short_is_finished_by_the_next_order() -> None:
    fails = 0

    def through(name: str, call: Callable[[], Any]) -> Any:
        nonlocal fails
        if name == "put_identity" and fails:
            fails -= 1
            raise ContainerDied
        return call()

    other = town(around={"members": through})
    other.buys(BY_ID, 3000)
    link = other.member(ANNA)
    fails = 1
    order = other.shop.order(ANNA, [Item("Beans", 1000)])
    with pytest.raises(ContainerDied):
        other.deliver(other.shop.paid(order))
    other.clock.forward(MINUTE)
    other.buys(ANNA, 1000)
    assert other.facts(link)["points"] == 50
    other.buys(BY_ID, 500)
    assert other.facts(link)["points"] == 55
    assert other.violations() == []
