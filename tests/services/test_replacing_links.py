"""Another link and another code: the card stays, whoever knew the old ones is left with nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from stand_ins import HOUR, MINUTE, ContainerDied
from whole_house import ANNA, DEFINITION, PROGRAM, Town, link_of, town

from chalicelib.programs.barcodes import fits
from chalicelib.web.desk import Visit

KEY = "k" * 22


@pytest.fixture
def here() -> Town:
    return town()


def test_the_new_link_shows_the_same_card_and_the_old_one_says_that_it_was_replaced(here: Town) -> None:
    old = here.member(ANNA)
    here.buys(ANNA, 4500)
    before = here.card(old)

    new = link_of(here.replaces(old))

    after = here.card(new)
    assert (after.serial, after.account, after.member) == (before.serial, before.account, before.member)
    assert here.facts(new)["points"] == 45
    assert here.page(old).status == 410
    assert "The link of this card was replaced" in here.page(old).body.decode()
    assert here.page(old, accept="application/json").status == 410
    assert here.house.wallet_file(old, Visit()).status == 410
    assert here.types_code(old, "123456").status == 410
    assert here.asks_again(old).status == 410


def test_the_old_code_leads_to_nobody_and_the_new_one_to_the_member(here: Town) -> None:
    link = here.member(ANNA)
    old = here.card(link).barcode

    new = here.card(link_of(here.replaces(link))).barcode

    assert old != new
    assert here.own.cards.card_by_barcode(PROGRAM, old) is None
    found = here.own.cards.card_by_barcode(PROGRAM, new)
    assert found is not None
    assert found.account == here.account(ANNA)


def test_phones_are_told_and_show_the_new_code(here: Town) -> None:
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)

    fresh = here.card(link_of(here.replaces(link)))

    assert here.pusher.calls == [["token-phone-1"]]
    assert here.house.showing.face(fresh).face.barcode == fresh.barcode


def test_opening_the_page_changes_nothing_and_its_form_carries_another_key_each_time(here: Town) -> None:
    link = here.member(ANNA)
    before = here.card(link)

    pages = [here.house.card_desk.ask_replace(link, Visit()).body for _ in range(2)]

    assert here.card(link) == before
    assert pages[0] != pages[1]


def test_a_form_sent_twice_leads_to_the_same_new_link(here: Town) -> None:
    """The answer was lost: whoever has the form's key is led on."""
    old = here.member(ANNA)

    first, second = here.replaces(old), here.replaces(old)

    assert (first.status, second.status) == (303, 303)
    assert link_of(first) == link_of(second)


def test_the_old_link_without_the_forms_key_leads_nowhere(here: Town) -> None:
    old = here.member(ANNA)
    new = link_of(here.replaces(old))

    assert here.replaces(old, "x" * 22).status == 410
    assert here.house.card_desk.ask_replace(old, Visit()).status == 410
    assert here.facts(new)["points"] == 0


@pytest.mark.parametrize("key", ["", "short", "k" * 65, "k" * 21 + "/"])
def test_a_form_that_is_not_ours_changes_nothing(here: Town, key: str) -> None:
    link = here.member(ANNA)
    before = here.card(link)

    assert here.replaces(link, key).status == 400
    assert here.card(link) == before


def test_a_link_is_replaced_five_times_an_hour_at_most(here: Town) -> None:
    link = here.member(ANNA)
    for _ in range(5):
        link = link_of(here.replaces(link))

    refused = here.replaces(link)
    here.clock.forward(HOUR)

    assert refused.status == 429
    assert here.replaces(link).status == 303


def test_phones_hear_of_it_though_the_container_died_before_the_push(here: Town) -> None:
    link = here.member(ANNA)
    here.adds_to_wallet(link)
    here.clock.forward(MINUTE)
    here.pusher.dies = True
    with pytest.raises(ContainerDied):
        here.replaces(link)
    here.pusher.dies = False

    here.replaces(link)

    assert here.pusher.calls == [["token-phone-1"]]


def test_two_at_once_leave_one_link_that_works(here: Town) -> None:
    watched: list[Callable[[], Any]] = []

    def meanwhile(name: str, call: Callable[[], Any]) -> Any:
        if name == "relink" and watched:
            watched.pop()()
        return call()

    busy = town(around={"cards": meanwhile})
    link = busy.member(ANNA)
    answers = []
    watched.append(lambda: answers.append(busy.replaces(link, "a" * 22)))

    answers.append(busy.replaces(link, "b" * 22))

    won, lost = answers
    assert (won.status, lost.status) == (303, 410)
    assert busy.facts(link_of(won))["points"] == 0


@pytest.mark.parametrize("kind", ["ean13", "i2of5", "codabar", "code39"])
def test_tills_that_read_lines_get_a_number_with_a_check_digit(kind: str) -> None:
    here = town(DEFINITION.replace("\ncard:\n", f"\ncard:\n  barcode: {kind}\n"))
    link = here.member(ANNA)
    first = here.card(link).barcode

    second = here.card(link_of(here.replaces(link))).barcode

    assert first != second
    for code in (first, second):
        assert fits(kind, code)  # type: ignore[arg-type]


def test_a_code_that_somebody_has_is_drawn_again() -> None:
    here = town(DEFINITION.replace("\ncard:\n", "\ncard:\n  barcode: ean13\n"))
    taken = here.card(here.join("first@example.com")).barcode
    digits = iter([taken[1:12], taken[1:12], "00000000001"])
    real = here.own.chance.digits
    here.own.chance.digits = lambda count: next(digits) if count == 11 else real(count)  # type: ignore[method-assign]

    link = here.join("second@example.com")

    assert here.card(link).barcode == "2000000000015"
