"""Redeeming and joining stand still; and the order to do so: once, noted, and refused where it makes no sense."""

import pytest
from pausing_room import WHY, pause, resume, trail, work_off
from stand_ins import HOUR, MINUTE, Wrapped
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.errors import Refused
from chalicelib.events import Reference
from chalicelib.programs.pausing import Pause
from chalicelib.services.pausing import LONGEST_REASON
from chalicelib.web.visit import Visit

# --- redeeming


def test_nothing_is_used_while_redeeming_is_paused_and_what_was_used_is_told_again() -> None:
    here = town()
    link = here.member(ANNA)
    here.buys(ANNA, 20_000)
    account = here.card(link).account
    used = here.house.redemptions.redeem(here.program, Reference("redemption/1"), account, 50, actor="till")
    held = here.house.redemptions.hold(
        here.program, Reference("redemption/2"), account, 40, until=here.clock.now() + 20 * MINUTE, actor="till"
    )
    pause(here, "redeeming")
    again = here.house.redemptions.redeem(here.program, Reference("redemption/1"), account, 50, actor="till")
    assert again == used
    with pytest.raises(Refused, match="redeeming_paused"):
        here.house.redemptions.redeem(here.program, Reference("redemption/3"), account, 50, actor="till")
    captured = here.house.redemptions.capture(here.program, held.reference, actor="till")
    assert captured.state == "used"
    here.house.redemptions.reverse(here.program, Reference("redemption/1"), actor="till")
    assert here.stored_balance(ANNA) == 160
    here.buys(BORIS, 1000)
    assert here.stored_balance(BORIS) == 10
    resume(here, "redeeming")
    here.house.redemptions.redeem(here.program, Reference("redemption/3"), account, 50, actor="till")
    assert here.stored_balance(ANNA) == 110


# --- joining


def test_nobody_joins_while_joining_is_paused_and_cards_go_on() -> None:
    here = town()
    link = here.member(ANNA)
    pause(here, "joining")
    answer = here.joined("new@example.com")
    assert (answer.status, "Joining is paused" in answer.body.decode()) == (409, True)
    assert here.page(link).status == 200
    here.buys(ANNA, 4599)
    assert here.facts(link)["points"] == 45


def test_a_code_typed_while_joining_is_paused_is_good_afterwards() -> None:
    here = town()
    here.buys(ANNA, 4599)
    assert ANNA.email is not None
    link = here.join(ANNA.email)
    pause(here, "joining")
    refused = here.types_code(link, here.mail.letters[-1].code)
    assert (refused.status, "Joining is paused" in refused.body.decode()) == (409, True)
    opened = here.clicks(here.mail.letters[-1].token)
    assert (opened.status, "Joining is paused" in opened.body.decode()) == (409, True)
    resume(here, "joining")
    assert here.types_code(link, here.mail.letters[-1].code).status == 303
    assert here.facts(link)["points"] == 45


def test_somebody_who_proved_an_address_before_opens_their_card_while_joining_is_paused() -> None:
    here = town()
    here.member(ANNA)
    assert ANNA.email is not None
    here.asks_for_card(ANNA.email)
    token = here.mail.letters[-1].token
    pause(here, "joining")
    assert here.clicks(token).status == 303


# --- the program's page


LATER = {
    "en": "Purchases are added to cards later than usual right now.",
    "ru": "Покупки сейчас попадают на карты позже обычного.",
}
NOTHING_USED = {"en": "Nothing can be used at the till right now.", "ru": "Сейчас на кассе нельзя ничего списать."}


def programs_page(here: Town, language: str) -> str:
    return here.house.desk.program(PROGRAM, Visit(accept_language=language)).body.decode()


@pytest.mark.parametrize(("asked", "spoken"), [("en", "en"), ("ru", "ru"), ("de", "en")])
def test_the_programs_page_says_what_is_paused_until_it_goes_on(asked: str, spoken: str) -> None:
    here = town()
    pause(here, connection="shop")
    assert (LATER[spoken] in programs_page(here, asked), NOTHING_USED[spoken] in programs_page(here, asked)) == (
        True,
        False,
    )
    resume(here, connection="shop")
    pause(here, "redeeming")
    assert LATER[spoken] in programs_page(here, asked)  # what waited is not recorded yet
    work_off(here)
    assert (LATER[spoken] in programs_page(here, asked), NOTHING_USED[spoken] in programs_page(here, asked)) == (
        False,
        True,
    )
    resume(here, "redeeming")
    assert NOTHING_USED[spoken] not in programs_page(here, asked)


def test_the_programs_page_is_silent_about_paused_messages() -> None:
    here = town()
    before = programs_page(here, "en")
    pause(here, "messages")
    assert programs_page(here, "en") == before


# --- the order itself


def test_pausing_twice_leaves_the_first_pause_as_it_was() -> None:
    here = town()
    pause(here)
    (first,) = here.program.pauses
    here.clock.forward(HOUR)
    again, is_new = here.house.pausing.pause(here.program, "earning", by="boris", why="other")
    assert (again, is_new, list(here.program.pauses)) == (first, False, [first])


def test_what_is_not_paused_is_not_resumed() -> None:
    here = town()
    for what in ("earning", "redeeming", "joining", "messages"):
        with pytest.raises(Refused, match="not_paused"):
            resume(here, what)  # type: ignore[arg-type]


def test_every_pause_and_resumption_is_in_the_trail() -> None:
    here = town()
    pause(here, "redeeming")
    pause(here, connection="shop")
    here.clock.forward(MINUTE)
    resume(here, "redeeming")
    resume(here, connection="shop")
    work_off(here)
    assert trail(here)[::-1] == [
        ("paused", "redeeming", "", "olga"),
        ("paused", "earning", "shop", "olga"),
        ("resumed", "redeeming", "", "olga"),
        ("resumed", "earning", "shop", "olga"),
        ("caught_up", "earning", "shop", "pointpass"),
    ]
    assert here.own.programs.pause_trail(PROGRAM, limit=10)[-1].why == WHY["why"]


@pytest.mark.parametrize(
    ("what", "more", "reason"),
    [
        ("earning", {"connection": "nowhere"}, "connection_unknown"),
        ("redeeming", {"connection": "shop"}, "not_by_connection"),
        ("earning", {"by": "  "}, "name_missing"),
        ("earning", {"by": "x" * 61}, "name_too_long"),
        ("earning", {"why": "x" * (LONGEST_REASON + 1)}, "reason_too_long"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(what: str, more: dict[str, str], reason: str) -> None:
    here = town()
    with pytest.raises(Refused, match=reason):
        here.house.pausing.pause(here.program, what, **{"by": "olga", **more})  # type: ignore[arg-type]
    assert here.program.pauses == ()


def test_of_two_who_pause_at_once_one_is_first() -> None:
    here = town()
    lost: list[Pause] = []

    def faster(name: str, call: object) -> object:
        if name == "put_pause" and not lost:
            lost.append(Pause("earning", here.clock.now(), "boris", ""))
            line = real.pause_trail(PROGRAM, limit=1)
            assert line == []
            here.house.pausing.pause(here.program, "earning", by="boris")
        return call()  # type: ignore[operator]

    real = here.own.programs
    racing = here.house.replaced(adapters=here.own.replaced(programs=Wrapped(real, faster)))
    known, is_new = racing.pausing.pause(here.program, "earning", by="olga")
    assert (known.by, is_new) == ("boris", False)
