"""Joining and proving: a stranger who types my address gains nothing, even if I click."""

import re
import threading
from collections.abc import Callable

import msgspec
import pytest
from stand_ins import HOUR, MINUTE
from whole_house import ANNA, PROGRAM, Town, link_of, town

from chalicelib.services.answer import Answer
from chalicelib.web.desk import Visit

ADDRESS = "anna.ozola@example.com"
EMPTY = {"points": 0, "pending": 0, "tier": "Bean", "next_expiry": None, "history": []}


@pytest.fixture
def here() -> Town:
    return town()


def as_seen(here: Town, answer: Answer, link: str) -> tuple[int, dict[str, str], bytes]:
    """An answer without what differs from card to card by design: its link and its barcode."""
    card = here.card(link)
    body = answer.body.replace(link.encode(), b"LINK").replace(card.barcode.encode(), b"BARCODE")
    body = re.sub(rb"(?s)<svg.*?</svg>", b"DRAWING", body)
    headers = {name: value.replace(link, "LINK") for name, value in answer.headers.items()}
    return answer.status, headers, body


def everything_seen(here: Town, address: str) -> list[tuple[int, dict[str, str], bytes]]:
    """What somebody sees who joins with an address: the form's answer, the card, its JSON, a wrong code."""
    joined = here.joined(address)
    link = link_of(joined)
    code = here.mail.letters[-1].code
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    answers = [
        joined,
        here.page(link),
        here.page(link, query={"note": "joined"}),
        here.page(link, accept="application/json"),
        here.page(link, accept_language="ru"),
        here.types_code(link, wrong),
        here.types_code(link, "12"),
        here.asks_again(link),
    ]
    return [as_seen(here, answer, link) for answer in answers]


# --- somebody else's address --------------------------------------------------------------------------------------


def _bought(here: Town) -> None:
    here.buys(ANNA, 45_000)


def _proved(here: Town) -> None:
    here.buys(ANNA, 45_000)
    here.member(ANNA)
    here.clock.forward(2 * HOUR)


@pytest.mark.parametrize("past", [_bought, _proved], ids=["bought before", "has a card"])
def test_a_known_address_looks_the_same_as_an_unknown_one(past: Callable[[Town], None]) -> None:
    stranger, known = town(), town()
    past(known)
    stranger.clock.instant = known.clock.instant
    mails = len(known.mail.letters)
    assert everything_seen(known, ADDRESS) == everything_seen(stranger, ADDRESS)
    assert len(known.mail.letters) - mails == len(stranger.mail.letters)


def test_somebody_elses_address_shows_an_empty_card_without_history(here: Town) -> None:
    _proved(here)
    link = here.join(ADDRESS)
    assert here.facts(link) == EMPTY


def test_strangers_card_stays_as_it_was_after_the_owner_clicked_the_link(here: Town) -> None:
    here.buys(ANNA, 45_000)
    stranger = here.join(ADDRESS)
    before = [as_seen(here, here.page(stranger, accept=accept), stranger) for accept in ("", "application/json")]
    owner = link_of(here.clicks(here.mail.letters[-1].token))
    after = [as_seen(here, here.page(stranger, accept=accept), stranger) for accept in ("", "application/json")]
    assert after == before
    assert here.facts(stranger) == EMPTY
    assert here.facts(owner)["points"] == 450
    here.buys(ANNA, 1000)
    assert here.facts(stranger) == EMPTY


def test_strangers_pass_is_not_pushed_when_the_owner_buys(here: Town) -> None:
    here.buys(ANNA, 45_000)
    stranger = here.join(ADDRESS)
    here.adds_to_wallet(stranger)
    here.clicks(here.mail.letters[-1].token)
    here.follow()
    here.buys(ANNA, 1000)
    here.follow()
    assert here.pusher.calls == []


def test_owners_code_is_worth_nothing_on_another_card(here: Town) -> None:
    here.buys(ANNA, 45_000)
    owner = here.join(ADDRESS)
    code = here.mail.letters[-1].code
    stranger = here.join(ADDRESS)
    if here.mail.letters[-1].code != code:
        assert here.types_code(stranger, code).status == 422
    assert here.facts(stranger) == EMPTY
    assert here.types_code(owner, code).status == 303
    assert here.facts(owner)["points"] == 450
    assert here.facts(stranger) == EMPTY


def test_owner_clicks_first_and_the_strangers_later_tries_change_nothing(here: Town) -> None:
    here.buys(ANNA, 45_000)
    stranger = here.join(ADDRESS)
    letter = here.mail.letters[-1]
    owner = link_of(here.clicks(letter.token))
    wrong = f"{(int(letter.code) + 1) % 10**6:06d}"
    assert here.types_code(stranger, wrong).status == 422
    assert here.facts(stranger) == EMPTY
    assert here.facts(owner)["points"] == 450


# --- the proof ----------------------------------------------------------------------------------------------------


def test_points_wait_for_the_proof_and_come_with_it(here: Town) -> None:
    here.buys(ANNA, 4500)
    link = here.join(ADDRESS)
    assert here.facts(link)["points"] == 0
    here.types_code(link, here.mail.letters[-1].code)
    facts = here.facts(link)
    assert facts["points"] == 45
    assert [row["text"] for row in facts["history"]] == ["Order #1001"]


def test_code_attaches_only_the_card_it_was_asked_on(here: Town) -> None:
    here.buys(ANNA, 4500)
    first, second = here.join(ADDRESS), here.join(ADDRESS)
    here.types_code(second, here.mail.letters[-1].code)
    assert (here.facts(first)["points"], here.facts(second)["points"]) == (0, 45)


def test_second_proved_card_shows_the_same_account(here: Town) -> None:
    here.buys(ANNA, 4500)
    first, second = here.member(ANNA), here.member(ANNA)
    assert here.card(first).account == here.card(second).account
    assert here.facts(second)["points"] == 45


def test_link_opens_a_new_card_where_it_is_clicked(here: Town) -> None:
    here.buys(ANNA, 4500)
    asked = here.join(ADDRESS)
    opened = link_of(here.clicks(here.mail.letters[-1].token))
    assert here.card(opened).serial != here.card(asked).serial
    assert here.facts(opened)["points"] == 45


@pytest.mark.parametrize("visits", [1, 5])
def test_opening_the_link_changes_nothing_since_mail_scanners_do_it(here: Town, visits: int) -> None:
    here.buys(ANNA, 4500)
    here.join(ADDRESS)
    token, before = here.mail.letters[-1].token, here.identity(ANNA)
    pages = {here.house.desk.link(token, Visit(accept_language="en")).body for _ in range(visits)}
    assert len(pages) == 1
    assert here.identity(ANNA) == before
    assert here.clicks(token).status == 303


def test_link_works_once(here: Town) -> None:
    here.join(ADDRESS)
    token = here.mail.letters[-1].token
    assert here.clicks(token).status == 303
    assert here.clicks(token).status == 410


def test_code_works_once(here: Town) -> None:
    link = here.join(ADDRESS)
    code = here.mail.letters[-1].code
    assert here.types_code(link, code).status == 303
    assert here.types_code(link, code).status == 422


@pytest.mark.parametrize(("waited", "works"), [(30 * MINUTE - 1, True), (30 * MINUTE, False)])
def test_code_and_link_live_thirty_minutes(here: Town, waited: int, works: bool) -> None:
    link = here.join(ADDRESS)
    letter = here.mail.letters[-1]
    here.clock.forward(waited)
    assert here.clicks(letter.token).status == (303 if works else 410)
    assert here.types_code(link, letter.code).status == (303 if works else 422)


def test_five_wrong_tries_end_a_code(here: Town) -> None:
    link = here.join(ADDRESS)
    code = here.mail.letters[-1].code
    wrong = [f"{(int(code) + step) % 10**6:06d}" for step in range(1, 7)]
    assert [here.types_code(link, guess).status for guess in wrong] == [422] * 5 + [429]
    assert here.types_code(link, code).status == 429


def test_tries_are_counted_even_in_parallel(here: Town) -> None:
    link = here.join(ADDRESS)
    code = here.mail.letters[-1].code
    ready, checked = threading.Barrier(20), []
    vault = here.own.vault

    class Watched:
        def __getattr__(self, name: str) -> object:
            return getattr(vault, name)

        def code_matches(self, guess: str, hashed: str) -> bool:
            checked.append(guess)
            return vault.code_matches(guess, hashed)

    enrolment = msgspec.structs.replace(here.house.enrolment, vault=Watched())  # type: ignore[arg-type]
    desk = msgspec.structs.replace(here.house.desk, enrolment=enrolment)

    def guess(step: int) -> None:
        ready.wait()
        body = f"code={(int(code) + step) % 10**6:06d}".encode()
        assert desk.code(link, Visit(body=body)).status in (422, 429)

    threads = [threading.Thread(target=guess, args=(step,)) for step in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(checked) <= 5


def test_a_new_code_replaces_the_one_before(here: Town) -> None:
    link = here.join(ADDRESS)
    first = here.mail.letters[-1].code
    here.asks_again(link)
    second = here.mail.letters[-1].code
    assert first != second
    assert here.types_code(link, first).status == 422
    assert here.types_code(link, second).status == 303


# --- mails --------------------------------------------------------------------------------------------------------


def test_one_address_gets_five_mails_an_hour(here: Town) -> None:
    answers = [here.joined(ADDRESS, sender=f"198.51.100.{number}") for number in range(7)]
    assert {answer.status for answer in answers} == {303}
    assert ["too_many" in answer.headers["Location"] for answer in answers] == [False] * 5 + [True] * 2
    assert len(here.mail.letters) == 5
    here.clock.forward(HOUR)
    here.join(ADDRESS)
    assert len(here.mail.letters) == 6


def test_one_sender_causes_twenty_mails_an_hour(here: Town) -> None:
    for number in range(25):
        here.joined(f"somebody{number}@example.com", sender="203.0.113.7")
    assert len(here.mail.letters) == 20
    here.joined("another@example.com", sender="203.0.113.8")
    assert len(here.mail.letters) == 21


def test_asking_again_beyond_the_limit_is_said(here: Town) -> None:
    link = here.join(ADDRESS)
    answers = [here.asks_again(link).status for _ in range(6)]
    assert answers == [303] * 4 + [429] * 2


def test_mail_that_cannot_be_sent_is_said_and_the_card_is_there(here: Town) -> None:
    here.mail.is_down = True
    answer = here.joined(ADDRESS)
    link = link_of(answer)
    assert "could not be sent" in here.page(link, query={"note": "mail_not_sent"}).body.decode()
    assert answer.headers["Location"].endswith("note=mail_not_sent")
    assert here.asks_again(link).status == 503
    here.mail.is_down = False
    assert here.asks_again(link).status == 303


def test_mail_is_in_the_members_language_and_names_the_business(here: Town) -> None:
    here.join(ADDRESS, language="ru")
    (letter,) = here.mail.letters
    assert (letter.to, letter.language, letter.business) == (ADDRESS, "ru", "Bean Street Coffee")
    assert re.fullmatch(r"[0-9]{6}", letter.code)
    assert letter.link.startswith(f"https://cards.example/proof/{PROGRAM}.")


def test_member_with_a_phone_alone_gets_a_card_and_no_mail(here: Town) -> None:
    answer = here.joined("", phone="+37120000001")
    assert answer.status == 303
    assert here.mail.letters == []
