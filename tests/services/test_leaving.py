"""Leaving: the card ends everywhere, the person is forgotten, the books stay; a lost phone is not enough for it."""

from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import HOUR, MINUTE, ContainerDied
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.web.desk import Visit


@pytest.fixture
def here() -> Town:
    return town()


def _agreed(here: Town, link: str) -> None:
    """Ask for the code, type it, and leave."""
    assert here.leaves(link, do="send").status == 200
    assert here.mail.letters[-1].about == "farewell"
    assert here.leaves(link, code=here.mail.letters[-1].code).status == 303


def test_whoever_leaves_is_forgotten_and_the_journal_stays(here: Town) -> None:
    link = here.member(ANNA)
    here.buys(ANNA, 4500)
    member, account = here.card(link).member, here.account(ANNA)
    entries = here.entries(account)

    _agreed(here, link)

    assert here.card(link).is_void
    assert "This card is no longer valid" in here.page(link).body.decode()
    assert here.own.members.member(PROGRAM, member) is None
    assert here.identity(ANNA) is None
    assert here.entries(account) == entries
    assert here.violations() == []


def test_phones_are_told_that_the_card_has_ended(here: Town) -> None:
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)

    _agreed(here, link)

    assert here.pusher.calls == [["token-phone-1"]]
    assert here.house.showing.face(here.card(link)).face.is_void


def test_all_cards_of_a_member_end(here: Town) -> None:
    first = here.member(ANNA)
    second = here.member(ANNA)
    assert here.card(first).account == here.card(second).account

    _agreed(here, first)

    assert here.card(second).is_void
    assert here.own.members.member(PROGRAM, here.card(second).member) is None


def test_the_link_alone_does_not_end_a_confirmed_membership(here: Town) -> None:
    """Somebody finds the phone: without the mailbox nothing is lost."""
    link = here.member(ANNA)
    here.buys(ANNA, 4500)

    assert here.leaves(link).status == 422
    assert here.leaves(link, code="123456").status == 422
    assert not here.card(link).is_void
    assert here.facts(link)["points"] == 45


def test_a_wrong_code_is_counted_and_five_are_too_many(here: Town) -> None:
    link = here.member(ANNA)
    here.leaves(link, do="send")
    right = here.mail.letters[-1].code
    wrong = f"{(int(right) + 1) % 10**6:06d}"

    tries = [here.leaves(link, code=wrong).status for _ in range(6)]

    assert tries == [422] * 5 + [429]
    assert here.leaves(link, code=right).status == 429
    assert not here.card(link).is_void


def test_a_code_that_proved_an_address_does_not_end_the_membership(here: Town) -> None:
    link = here.member(ANNA)
    proved = here.mail.letters[-1].code
    here.leaves(link, do="send")
    if here.mail.letters[-1].code != proved:
        assert here.leaves(link, code=proved).status == 422
    assert not here.card(link).is_void


def test_a_code_lives_for_half_an_hour(here: Town) -> None:
    link = here.member(ANNA)
    here.leaves(link, do="send")
    here.clock.forward(HOUR)

    assert here.leaves(link, code=here.mail.letters[-1].code).status == 422


def test_an_unconfirmed_card_ends_by_its_link_and_touches_nobody_elses_points(here: Town) -> None:
    here.buys(ANNA, 4500)
    stranger = here.join("anna.ozola@example.com")
    member = here.card(stranger).member

    assert here.leaves(stranger).status == 303

    assert here.card(stranger).is_void
    assert here.own.members.member(PROGRAM, member) is None
    assert here.stored_balance(ANNA) == 45
    assert here.facts(here.member(ANNA))["points"] == 45


def test_a_strangers_unconfirmed_card_does_not_end_its_owners_membership(here: Town) -> None:
    owner = here.member(ANNA)
    stranger = here.join("anna.ozola@example.com")

    here.leaves(stranger)

    assert not here.card(owner).is_void
    assert here.identity(ANNA) is not None


def test_leaving_twice_is_leaving_once(here: Town) -> None:
    link = here.member(ANNA)
    _agreed(here, link)
    ended = here.card(link)

    assert here.leaves(link).status == 303
    assert here.card(link) == ended


@pytest.mark.parametrize("dies_at", ["put_card", "erase_member", "remove_identity"])
def test_what_was_begun_is_finished_by_the_next_press(dies_at: str) -> None:
    falls: list[str] = []

    def dying(name: str, call: Callable[[], Any]) -> Any:
        if falls and name == falls[0]:
            falls.pop()
            call()
            raise ContainerDied
        return call()

    here = town(around={"cards": dying, "members": dying})
    link = here.member(ANNA)
    member = here.card(link).member
    here.leaves(link, do="send")
    code = here.mail.letters[-1].code
    falls.append(dies_at)
    with pytest.raises(ContainerDied):
        here.leaves(link, code=code)

    here.leaves(link, code=code)

    assert here.card(link).is_void
    assert here.identity(ANNA) is None
    assert here.own.members.member(PROGRAM, member) is None


def test_whoever_left_may_join_again_with_an_empty_card(here: Town) -> None:
    link = here.member(ANNA)
    here.buys(ANNA, 4500)
    _agreed(here, link)
    here.clock.forward(HOUR)

    again = here.member(ANNA)

    assert here.facts(again)["points"] == 0
    here.buys(ANNA, 1000)
    assert here.facts(again)["points"] == 10


def test_opening_the_page_changes_nothing(here: Town) -> None:
    link = here.member(BORIS)
    here.buys(BORIS, 4500)
    before = here.card(link)

    page = here.house.card_desk.ask_leave(link, Visit(accept_language="en")).body.decode()

    assert here.card(link) == before
    assert "45\u00a0beans will be lost for good" in page
    assert "b…s@example.com" in page


def test_letters_for_leaving_are_limited_as_proofs_are(here: Town) -> None:
    link = here.member(ANNA)

    answers = [here.leaves(link, do="send").status for _ in range(6)]

    assert answers == [200] * 4 + [429] * 2  # the proof's own mail was the first of five
