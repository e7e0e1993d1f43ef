"""After a merge by hand everything leads to where the points are, whoever died on the way."""

import msgspec
import pytest
from two_people import GOLD_AT_10000, merge, two
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.events import Reference
from chalicelib.services.claiming import Claims
from ops.laptop.shopify_books import Buyer

OPEN = GOLD_AT_10000.replace("card:\n", "transfers: {allowed: yes}\ncard:\n")


@pytest.fixture
def here() -> Town:
    return two(town(OPEN))


def test_a_card_that_was_left_behind_follows_the_journal(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    (card,) = here.own.cards.cards_of(PROGRAM, anna)
    merge(here)
    moved = here.own.cards.card(card.serial)
    assert moved is not None
    assert here.own.cards.attach(moved, anna)

    here.house.refresh.follow(PROGRAM, here.newest(anna))

    assert here.own.cards.cards_of(PROGRAM, anna) == []
    assert card.serial in {each.serial for each in here.own.cards.cards_of(PROGRAM, boris)}


def test_an_address_that_was_left_behind_leads_to_the_points_when_it_is_proved_again(here: Town) -> None:
    own, anna, boris = here.own, here.account(ANNA), here.account(BORIS)
    merge(here)
    pointed = here.identity(ANNA)
    assert pointed is not None
    left = msgspec.structs.replace(pointed, account=anna)
    assert own.members.put_identity(PROGRAM, left, was=pointed)

    claims = Claims(own.ledger, own.members, own.vault, own.clock)
    assert claims.claim(here.program, left.index, member=left.member, own=anna).account == boris
    assert here.account(ANNA) == boris


def test_a_card_shows_the_common_points_as_soon_as_two_accounts_are_merged(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    serials = [card.serial for account in (anna, boris) for card in here.own.cards.cards_of(PROGRAM, account)]
    merge(here)

    cards = [here.own.cards.card(serial) for serial in serials]
    assert len({card.face for card in cards if card is not None and card.face}) == len(serials)


def test_a_transfer_is_answered_as_before_when_its_giver_has_been_merged(here: Town) -> None:
    anna, boris = here.account(ANNA), here.account(BORIS)
    given = here.house.transfers.transfer(
        here.program, Reference("transfer/1"), anna, boris, 10, currency="beans", actor="member"
    )
    here.house.merges.merge(here.program, boris, anna, reason="the same", actor="x")

    again = here.house.transfers.transfer(
        here.program, Reference("transfer/1"), anna, anna, 10, currency="beans", actor="member"
    )
    assert again == given


def test_an_order_takes_no_points_from_the_member_to_whom_its_customer_id_was_joined_by_hand(here: Town) -> None:
    here.buys(Buyer(id=77, email=None, first_name="Till"), 10_000)
    nameless = Buyer(id=77, email=None, first_name="Till")
    here.house.merges.merge(
        here.program, here.account(nameless, "customer"), here.account(ANNA), reason="hers", actor="x"
    )
    before = here.stored_balance(ANNA)

    here.buys(Buyer(id=77, email=BORIS.email, first_name="Boris"), 500)

    assert here.stored_balance(ANNA) == before
    assert here.account(ANNA) != here.account(BORIS)
