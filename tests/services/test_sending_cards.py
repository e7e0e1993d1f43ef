"""A card that is sent to its owner: by mail, alike for everybody who asks, and to nobody but the owner."""

import pytest
from stand_ins import HOUR
from whole_house import ANNA, BASE_URL, PROGRAM, Town, link_of, town

ADDRESS = "anna.ozola@example.com"


@pytest.fixture
def here() -> Town:
    return town()


def test_the_link_in_the_mail_opens_the_members_card(here: Town) -> None:
    here.member(ANNA)
    here.buys(ANNA, 4500)

    assert here.asks_for_card(" Anna.Ozola@Example.com ").status == 303

    letter = here.mail.letters[-1]
    assert (letter.to, letter.about) == (ADDRESS, "card")
    opened = link_of(here.clicks(letter.token))
    assert here.facts(opened)["points"] == 45
    assert here.card(opened).account == here.account(ANNA)


def test_a_known_address_looks_the_same_as_an_unknown_one(here: Town) -> None:
    here.member(ANNA)

    known, unknown = here.asks_for_card(ADDRESS), here.asks_for_card("nobody@example.com")

    assert known == unknown
    assert [letter.about for letter in here.mail.letters[-2:]] == ["card", "no card"]


@pytest.mark.parametrize("past", ["nobody", "bought", "joined"])
def test_an_address_that_nobody_confirmed_gets_the_way_to_join(here: Town, past: str) -> None:
    if past == "bought":
        here.buys(ANNA, 4500)
    if past == "joined":
        here.join(ADDRESS)

    here.asks_for_card(ADDRESS)

    letter = here.mail.letters[-1]
    assert (letter.to, letter.about, letter.link) == (ADDRESS, "no card", f"{BASE_URL}/p/{PROGRAM}")


def test_a_link_works_once_and_for_half_an_hour(here: Town) -> None:
    here.member(ANNA)
    here.asks_for_card(ADDRESS)
    token = here.mail.letters[-1].token
    here.asks_for_card(ADDRESS)
    late = here.mail.letters[-1].token

    assert [here.clicks(token).status for _ in range(2)] == [303, 410]
    here.clock.forward(HOUR)
    assert here.clicks(late).status == 410


def test_as_many_letters_go_out_as_for_proofs(here: Town) -> None:
    answers = [here.asks_for_card(ADDRESS).status for _ in range(6)]

    assert answers == [303] * 5 + [429]
    assert len(here.mail.letters) == 5


@pytest.mark.parametrize("typed", ["", "anna", "anna@example.com\nBcc: eve@example.com", "a" * 300 + "@example.com"])
def test_what_is_no_address_gets_no_letter(here: Town, typed: str) -> None:
    assert here.asks_for_card(typed).status == 422
    assert here.mail.letters == []


def test_a_mail_that_could_not_be_sent_is_said_alike(here: Town) -> None:
    here.member(ANNA)
    here.mail.is_down = True

    known, unknown = here.asks_for_card(ADDRESS), here.asks_for_card("nobody@example.com")

    assert known.status == unknown.status == 503
    assert known.body == unknown.body


def test_the_card_page_sends_a_link_where_the_address_is_confirmed_and_a_code_where_it_is_not(here: Town) -> None:
    confirmed, waiting = here.member(ANNA), here.join("boris.kalnins@example.com")

    answers = [here.asks_again(link).headers["Location"].rpartition("=")[2] for link in (confirmed, waiting)]

    assert answers == ["card_sent", "mail_sent"]
    assert [letter.about for letter in here.mail.letters[-2:]] == ["card", "proof"]
