"""What Google tells us is believed with Google's signature only. Each test spoils one thing of a genuine message."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import google_vectors as vectors
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from google_samples import CLASS_ID, ISSUER_ID, OBJECT_ID, PROGRAM, SERIAL, Google, issuer
from stand_ins import DAY, HOUR, HandClock

from chalicelib.errors import TryAgain, Untrusted
from chalicelib.passes.google.callbacks import MOST_BYTES, Callbacks
from chalicelib.passes.google.keys import RootKeys
from chalicelib.services.ports.google import DeletedTold, SavedTold
from ops.laptop.google_papers import Notary, public_text, signature


@dataclass
class Desk:
    """Google's side, and ours that verifies."""

    google: Google
    callbacks: Callbacks
    keys: RootKeys

    def genuine(self, event: str = "save", **changed: Any) -> dict[str, Any]:
        return self.google.service.callback(OBJECT_ID, CLASS_ID, event, **changed)

    def signed(self, message: dict[str, Any], **changed: Any) -> dict[str, Any]:
        told = {"issuer_id": ISSUER_ID, "key_expires": self.google.clock.now() + HOUR} | changed
        return self.google.service.notary.signed(message, **told)

    def message(self, **changed: Any) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.genuine()["signedMessage"])
        return told | changed

    def verified(self, body: dict[str, Any] | bytes, program: str = PROGRAM) -> SavedTold | DeletedTold:
        return self.callbacks.verified(program, body if isinstance(body, bytes) else json.dumps(body).encode())

    def refused(self, body: dict[str, Any] | bytes, program: str = PROGRAM) -> str:
        with pytest.raises(Untrusted) as caught:
            self.verified(body, program)
        return caught.value.reason


def desk_of(google: Google) -> Desk:
    keys = RootKeys(google.service.keys_url, clock=google.clock)
    return Desk(google, Callbacks(issuer(), keys, google.clock), keys)


@pytest.fixture
def desk(google: Google) -> Iterator[Desk]:
    made = desk_of(google)
    yield made
    made.keys.close()


# --- genuine ones


@pytest.mark.parametrize(("event", "kind"), [("save", SavedTold), ("del", DeletedTold)])
def test_a_genuine_message_is_believed(desk: Desk, event: str, kind: type) -> None:
    message = desk.message(eventType=event)

    told = desk.verified(desk.signed(message))

    assert told == kind(PROGRAM, SERIAL, message["nonce"], message["expTimeMillis"])


class Anybody:
    """An issuer that takes every class and object for its own."""

    def __init__(self, number: str) -> None:
        self.id = number

    def is_class(self, name: str, program: str) -> bool:
        return True

    def serial(self, object_id: str) -> str | None:
        return object_id.removeprefix(f"{self.id}.")


class GooglesKeys:
    """Publishes Google's own root key."""

    def published(self, now: int) -> dict[str, Any]:
        return vectors.KEYS


GOOGLES_OWN = [
    (vectors.SAVED, vectors.SAVED_ISSUER, vectors.SAVED_ENDS, SavedTold, "9fd4e525-777c-4e0d-878a-b7993e211997"),
    (vectors.MEMBERCARD, vectors.MEMBERCARD_ISSUER, vectors.MEMBERCARD_ENDS, SavedTold, "20233587"),
    (
        vectors.DELETED,
        vectors.DELETED_ISSUER,
        vectors.DELETED_ENDS,
        DeletedTold,
        "6b4cbd15-0de7-4fe8-95f6-995a51b4595e.object",
    ),
]


@pytest.mark.parametrize("sample", GOOGLES_OWN)
def test_what_google_itself_signed_is_believed_until_it_ends(google: Google, sample: tuple[Any, ...]) -> None:
    body, number, ends_at, kind, serial = sample
    google.service.notary = GooglesKeys()  # type: ignore[assignment]
    google.clock.instant = ends_at - 1
    keys = RootKeys(google.service.keys_url, clock=google.clock)
    callbacks = Callbacks(Anybody(number), keys, google.clock)  # type: ignore[arg-type]

    told = callbacks.verified("any", body)

    assert (type(told), told.serial, told.ends_at) == (kind, serial, ends_at)
    google.clock.instant = ends_at
    with pytest.raises(Untrusted, match="google_message_expired"):
        callbacks.verified("any", body)
    with pytest.raises(Untrusted, match="google_signature_wrong"):
        Callbacks(Anybody("3388000000000000001"), keys, google.clock).verified("any", body)  # type: ignore[arg-type]
    keys.close()


def test_lengths_are_counted_in_bytes(desk: Desk) -> None:
    message = desk.message(nonce="пятнадцать зёрен")

    assert desk.verified(desk.signed(message)).nonce == "пятнадцать зёрен"


def test_any_of_several_signatures_will_do(desk: Desk) -> None:
    body = desk.genuine()
    body["intermediateSigningKey"]["signatures"].insert(0, "bm8=")

    assert desk.verified(body).serial == SERIAL


def test_a_card_in_the_class_of_its_level_is_the_programs_own(desk: Desk) -> None:
    told = desk.verified(desk.signed(desk.message(classId=f"{CLASS_ID}.gold")))

    assert told.serial == SERIAL


def test_another_sender_can_be_agreed(desk: Desk) -> None:
    other = Callbacks(issuer(), desk.keys, desk.google.clock, sender="GoogleWalletPasses")
    body = json.dumps(desk.signed(desk.message(), sender="GoogleWalletPasses")).encode()

    assert other.verified(PROGRAM, body).serial == SERIAL
    assert desk.refused(body) == "google_signature_wrong"


# --- spoiled ones


def with_lengths_in_letters(desk: Desk) -> dict[str, Any]:
    """As a wrong implementation would sign: the number of letters, where bytes are meant."""
    from cryptography.hazmat.primitives import hashes

    body = desk.signed(desk.message(nonce="пятнадцать зёрен"))
    parts = ("GooglePayPasses", ISSUER_ID, "ECv2SigningOnly", body["signedMessage"])
    content = b"".join(len(part).to_bytes(4, "little") + part.encode() for part in parts)
    import base64

    made = desk.google.service.notary.intermediate.sign(content, ec.ECDSA(hashes.SHA256()))
    return body | {"signature": base64.b64encode(made).decode()}


def with_key(desk: Desk, signed_key: str, by: ec.EllipticCurvePrivateKey | None = None) -> dict[str, Any]:
    root = by or desk.google.service.notary.root
    made = signature(root, "GooglePayPasses", "ECv2SigningOnly", signed_key)
    return desk.genuine() | {"intermediateSigningKey": {"signedKey": signed_key, "signatures": [made]}}


def key_text(key: Any, ends: int | str) -> str:
    return json.dumps({"keyValue": public_text(key), "keyExpiration": str(ends)})


SPOILED: dict[str, tuple[Callable[[Desk], dict[str, Any]], str]] = {
    "another message": (
        lambda desk: desk.genuine() | {"signedMessage": desk.genuine()["signedMessage"]},
        "google_signature_wrong",
    ),
    "an empty signature": (lambda desk: desk.genuine() | {"signature": ""}, "google_signature_wrong"),
    "a signature that is no base64": (
        lambda desk: desk.genuine() | {"signature": "не base64"},
        "google_signature_wrong",
    ),
    "somebody else's keys": (
        lambda desk: Notary().signed(desk.message(), issuer_id=ISSUER_ID, key_expires=desk.google.clock.now() + HOUR),
        "google_signature_wrong",
    ),
    "a key that the root does not know": (
        lambda desk: with_key(desk, key_text(Notary().root, desk.google.clock.now() + HOUR), by=Notary().root),
        "google_signature_wrong",
    ),
    "no vouching signature": (
        lambda desk: (
            desk.genuine() | {"intermediateSigningKey": desk.genuine()["intermediateSigningKey"] | {"signatures": []}}
        ),
        "google_signature_wrong",
    ),
    "an expired key": (
        lambda desk: desk.signed(desk.message(), key_expires=desk.google.clock.now()),
        "google_key_expired",
    ),
    "a key without an end": (
        lambda desk: with_key(desk, key_text(desk.google.service.notary.intermediate, "")),
        "google_key_expired",
    ),
    "a key with an end that is no number": (
        lambda desk: with_key(desk, key_text(desk.google.service.notary.intermediate, "9" * 40)),
        "google_key_expired",
    ),
    "a key of another curve": (
        lambda desk: with_key(desk, key_text(ec.generate_private_key(ec.SECP384R1()), desk.google.clock.now() + HOUR)),
        "google_key_expired",
    ),
    "a key that is none": (
        lambda desk: with_key(desk, json.dumps({"keyValue": "AAAA", "keyExpiration": "9999999999999"})),
        "google_key_expired",
    ),
    "an expired message": (
        lambda desk: desk.signed(desk.message(expTimeMillis=desk.google.clock.now())),
        "google_message_expired",
    ),
    "another issuer": (
        lambda desk: desk.signed(desk.message(), issuer_id="3388000000099999999"),
        "google_signature_wrong",
    ),
    "another protocol": (lambda desk: desk.genuine() | {"protocolVersion": "ECv2"}, "google_protocol_unknown"),
    "lengths in letters": (with_lengths_in_letters, "google_signature_wrong"),
    "a card of another deployment": (
        lambda desk: desk.signed(desk.message(objectId=f"{ISSUER_ID}.prod.{SERIAL}")),
        "google_message_not_ours",
    ),
    "no card at all": (
        lambda desk: desk.signed(desk.message(objectId=f"{ISSUER_ID}.test.")),
        "google_message_not_ours",
    ),
    "another class": (
        lambda desk: desk.signed(desk.message(classId=f"{ISSUER_ID}.test.tea-house")),
        "google_message_not_ours",
    ),
    "no nonce": (lambda desk: desk.signed(desk.message(nonce="")), "google_message_not_ours"),
    "another event": (lambda desk: desk.signed(desk.message(eventType="activate")), "google_message_unreadable"),
    "an end that is no number": (
        lambda desk: desk.signed(desk.message(expTimeMillis="soon")),
        "google_message_unreadable",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_message_is_not_believed(desk: Desk, name: str) -> None:
    spoil, reason = SPOILED[name]

    assert desk.refused(spoil(desk)) == reason


def test_a_message_to_another_program_is_not_believed(desk: Desk) -> None:
    assert desk.refused(desk.genuine(), "tea-house") == "google_message_not_ours"
    assert desk.refused(desk.genuine(), "чайная") == "google_message_not_ours"


def test_a_long_body_is_not_even_read(desk: Desk) -> None:
    assert desk.refused(b" " * (MOST_BYTES + 1)) == "google_message_too_long"


# --- root keys


def test_root_keys_are_fetched_once_until_the_first_ends(google: Google) -> None:
    desk, asked = desk_of(google), []
    ends = google.clock.now() + HOUR

    class Counting:
        def published(self, now: int) -> dict[str, Any]:
            asked.append(now)
            (key,) = desk_notary.published(now)["keys"]
            other = {**key, "keyValue": public_text(Notary().root)}
            return {"keys": [key | {"keyExpiration": str(ends)}, other]}

    desk_notary = google.service.notary
    body = desk.genuine()
    google.service.notary = Counting()  # type: ignore[assignment]
    desk.verified(body)
    google.clock.instant = ends - 1
    desk.verified(body)
    assert len(asked) == 1

    google.clock.instant = ends
    assert desk.refused(body) in ("google_signature_wrong", "google_message_expired")
    assert len(asked) == 2
    desk.keys.close()


def test_root_keys_are_not_kept_for_more_than_a_day(desk: Desk) -> None:
    body = desk.signed(desk.message(expTimeMillis=desk.google.clock.now() + 9 * DAY), key_expires=9 * 10**14)
    desk.verified(body)
    desk.google.service.notary = Notary()
    desk.google.clock.forward(DAY - 1)
    desk.verified(body)

    desk.google.clock.forward(1)
    assert desk.refused(body) == "google_signature_wrong"


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"keys": []},
        {"keys": [{"keyValue": "AAAA", "protocolVersion": "ECv2SigningOnly", "keyExpiration": "9999999999999"}]},
        {"keys": [vectors.KEYS["keys"][0] | {"protocolVersion": "ECv2"}]},
        {"keys": [vectors.KEYS["keys"][0] | {"keyExpiration": "1"}]},
        {"keys": [{name: vectors.KEYS["keys"][0][name] for name in ("keyValue", "protocolVersion")}]},
    ],
)
def test_without_a_good_root_key_google_is_asked_to_come_again(desk: Desk, keys: dict[str, Any]) -> None:
    body = desk.genuine()

    class Other:
        def published(self, now: int) -> dict[str, Any]:
            return keys

    desk.google.service.notary = Other()  # type: ignore[assignment]
    with pytest.raises(TryAgain):
        desk.verified(body)


def test_when_the_keys_cannot_be_had_google_is_asked_to_come_again() -> None:
    clock = HandClock()
    keys = RootKeys("http://127.0.0.1:1/keys", clock=clock)
    body = Notary().signed({}, issuer_id=ISSUER_ID, key_expires=clock.now() + HOUR)

    with pytest.raises(TryAgain):
        Callbacks(issuer(), keys, clock).verified(PROGRAM, json.dumps(body).encode())
    keys.close()
