"""Google is asked whether it would take a program's cards before anybody has one; nothing is kept."""

from collections.abc import Iterator

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from google_room import Room
from google_samples import CODES, FACE, RICH, Google, issuer

from chalicelib.cards.face import CardFace
from chalicelib.passes.google.callbacks import Callbacks
from chalicelib.passes.google.door import GoogleDoor
from chalicelib.passes.google.keys import RootKeys
from chalicelib.passes.google.preflight import Flaw, Preflight
from ops.laptop.google import Prescribed

VALIDATE = "jwt/validate"


@pytest.fixture
def preflight(google: Google) -> Preflight:
    return Preflight(google.client(), issuer(), google.links(), CODES)


@pytest.mark.parametrize("face", [FACE, RICH, msgspec.structs.replace(RICH, level_class="silver")])
def test_google_finds_nothing_against_a_good_card_and_keeps_none(
    preflight: Preflight, google: Google, face: CardFace
) -> None:
    assert preflight.flaws(face) == []
    assert google.calls == [("POST", VALIDATE, 200), ("POST", VALIDATE, 200)]
    assert google.service.resources == {"loyaltyClass": {}, "loyaltyObject": {}}


def test_what_google_says_is_told_in_its_own_words(google: Google, preflight: Preflight) -> None:
    google.service.register.issuer_id = "3388000000099999999"

    flaws = preflight.flaws(FACE)

    assert [(flaw.about, flaw.reason) for flaw in flaws] == [
        ("card", "permissionDenied"),
        ("save link", "permissionDenied"),
    ]


def test_a_link_that_is_signed_by_nobody_whom_google_knows_is_a_flaw_of_its_own(
    google: Google, preflight: Preflight
) -> None:
    google.service.account = other_key()

    assert [(flaw.about, flaw.reason) for flaw in preflight.flaws(FACE)] == [("save link", "invalidJwt")]


def other_key() -> rsa.RSAPublicKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048).public_key()


def test_what_we_would_not_send_is_told_with_field_limit_and_page(preflight: Preflight, google: Google) -> None:
    (flaw,) = preflight.flaws(msgspec.structs.replace(FACE, business=" "))

    assert flaw == Flaw(
        "card",
        "google_limit",
        "field: issuerName, limit: some text, page: developers.google.com/wallet/reference/rest/v1/loyaltyclass",
    )
    assert google.calls == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_google_is_told_as_such(preflight: Preflight, google: Google, status: int) -> None:
    google.service.answers += [Prescribed("POST", VALIDATE, status, "busy")] * 2

    assert {flaw.reason for flaw in preflight.flaws(FACE)} == {"busy"}


def test_an_account_that_google_does_not_know_is_a_flaw(preflight: Preflight, google: Google) -> None:
    google.service.tokens.account = other_key()

    assert [flaw.reason for flaw in preflight.flaws(FACE)] == ["google_account_refused"]


@pytest.fixture
def door(google: Google, room: Room, preflight: Preflight) -> Iterator[GoogleDoor]:
    keys = RootKeys(google.service.keys_url, clock=google.clock)
    yield GoogleDoor(room.refresh, Callbacks(issuer(), keys, google.clock), preflight)
    keys.close()


def test_a_program_is_judged_by_the_card_of_somebody_who_does_not_exist(door: GoogleDoor, room: Room) -> None:
    asked = []
    room.faces.face = lambda card: asked.append(card) or type(room.faces).face(room.faces, card)  # type: ignore[method-assign,func-returns-value]

    assert door.preflight("bean-street") == []
    (card,) = asked
    assert (card.program, card.serial, card.revision) == ("bean-street", "preflight", 0)
    assert room.states.state("preflight") is None


def test_an_answer_without_words_is_a_flaw_without_words(preflight: Preflight, google: Google) -> None:
    google.service.answers += [Prescribed("POST", VALIDATE, 400)] * 2

    assert {flaw.reason for flaw in preflight.flaws(FACE)} == {"status_400"}
