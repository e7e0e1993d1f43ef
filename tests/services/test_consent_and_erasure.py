"""What people agree to is kept by its exact text; whoever wants to be forgotten is."""

import re

import pytest
from stand_ins import MINUTE
from whole_house import ANNA, BORIS, PROGRAM, Town, link_of, town

from chalicelib.web.consent import consent_text, text_sha
from chalicelib.web.desk import Visit, shop_of

ADDRESS = "anna.ozola@example.com"


@pytest.fixture
def here() -> Town:
    return town()


@pytest.mark.parametrize(
    "spoiled", [{"consent": ""}, {"email": "not an address"}, {"email": ""}, {"language": "xx"}, {"website": "x"}]
)
def test_spoiled_form_comes_again_and_makes_nothing(here: Town, spoiled: dict[str, str]) -> None:
    answer = here.joined(**({"email": ADDRESS} | spoiled))
    assert answer.status == 422
    assert here.mail.letters == []


def test_consent_is_kept_by_its_text_and_marketing_only_when_it_was_ticked(here: Town) -> None:
    plain, both = here.join(ADDRESS), here.join("boris@example.com", marketing="yes")
    purposes = []
    for link in (plain, both):
        member = here.own.members.member(PROGRAM, here.card(link).member)
        assert member is not None
        purposes.append([consent.purpose for consent in member.consents])
        assert all(re.fullmatch(r"[0-9a-f]{64}", consent.text_sha) for consent in member.consents)
    assert purposes == [["program"], ["program", "marketing"]]


def test_page_of_the_link_shows_the_text_that_its_button_agrees_to(here: Town) -> None:
    here.join(ADDRESS)
    token = here.mail.letters[-1].token
    shown = here.house.desk.link(token, Visit(accept_language="en")).body.decode()
    opened = link_of(here.clicks(token))
    member = here.own.members.member(PROGRAM, here.card(opened).member)
    assert member is not None
    (consent,) = member.consents
    text = consent_text(shop_of(here.program), "en")
    assert consent.text_sha == text_sha(text)
    assert text in shown


# --- forgetting ---------------------------------------------------------------------------------------------------


def test_erasure_ends_the_cards_and_keeps_the_journal(here: Town) -> None:
    link = here.member(ANNA)
    here.buys(ANNA, 4500)
    member = here.card(link).member
    assert here.deliver(here.shop.erasure_asked(ANNA)).status == 200
    while here.work_off_deferred()["batchItemFailures"]:
        pass
    assert here.own.members.member(PROGRAM, member) is None
    assert here.identity(ANNA) is None
    assert here.card(link).is_void
    assert "no longer valid" in here.page(link).body.decode()
    assert here.violations() == []


def test_phones_are_told_that_the_card_has_ended(here: Town) -> None:
    here.adds_to_wallet(here.member(ANNA))
    here.clock.forward(MINUTE)
    here.deliver(here.shop.erasure_asked(ANNA))
    assert here.work_off_deferred() == {"batchItemFailures": []}
    assert here.pusher.calls == [["token-phone-1"]]


def test_a_shop_that_leaves_takes_only_what_it_alone_told(here: Town) -> None:
    here.member(ANNA)
    here.buys(BORIS, 1000)
    assert here.deliver(here.shop.shop_left()).status == 200
    while here.work_off_deferred()["batchItemFailures"]:
        pass
    assert here.identity(ANNA) is not None
    assert here.identity(BORIS) is None
