"""Whatever is sent as a message of Google's is Untrusted, or says what Google signed."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from google_samples import CLASS_ID, ISSUER_ID, OBJECT_ID, PROGRAM, SERIAL, issuer
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import HOUR, HandClock

from chalicelib.errors import Untrusted
from chalicelib.passes.google.callbacks import Callbacks
from chalicelib.services.ports.google import SavedTold
from ops.laptop.google_papers import Notary


@dataclass
class KnownKeys:
    """Root keys without a network."""

    keys: list[ec.EllipticCurvePublicKey]

    def current(self) -> list[ec.EllipticCurvePublicKey]:
        return self.keys


NOTARY, CLOCK = Notary(), HandClock()
VERIFIER = Callbacks(issuer(), KnownKeys([NOTARY.root.public_key()]), CLOCK)  # type: ignore[arg-type]
GENUINE = NOTARY.signed(
    {
        "classId": CLASS_ID,
        "objectId": OBJECT_ID,
        "eventType": "save",
        "expTimeMillis": CLOCK.now() + HOUR,
        "count": 1,
        "nonce": "n-1",
    },
    issuer_id=ISSUER_ID,
    key_expires=CLOCK.now() + HOUR,
)
TOLD = SavedTold(PROGRAM, SERIAL, "n-1", CLOCK.now() + HOUR)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def verdict(body: bytes, program: str = PROGRAM) -> Any:
    try:
        return VERIFIER.verified(program, body)
    except Untrusted:
        return None


def test_the_genuine_message_of_the_next_tests_is_believed() -> None:
    assert verdict(json.dumps(GENUINE).encode()) == TOLD


@given(st.binary(max_size=400))
def test_no_bytes_are_anything_but_untrusted(body: bytes) -> None:
    assert verdict(body) is None


@given(st.sampled_from(sorted(GENUINE)), anything)
def test_no_other_value_in_any_field_is_anything_but_untrusted(name: str, value: Any) -> None:
    assert verdict(json.dumps(GENUINE | {name: value}).encode()) in ((None,) if value != GENUINE[name] else (TOLD,))


@given(st.text(max_size=40), st.sampled_from(["signedKey", "signatures"]))
def test_no_other_intermediate_key_is_anything_but_untrusted(text: str, name: str) -> None:
    key = GENUINE["intermediateSigningKey"] | {name: text if name == "signedKey" else [text]}

    assert verdict(json.dumps(GENUINE | {"intermediateSigningKey": key}).encode()) is None


@settings(max_examples=200)
@given(st.data())
def test_no_change_of_a_genuine_body_makes_it_say_something_else(data: st.DataObject) -> None:
    body = bytearray(json.dumps(GENUINE).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    assert verdict(bytes(body)) in (None, TOLD)


@given(st.dictionaries(st.sampled_from(["classId", "objectId", "eventType", "expTimeMillis", "nonce"]), anything))
def test_no_signed_message_is_anything_but_untrusted_or_well_formed(changed: dict[str, Any]) -> None:
    message = json.loads(GENUINE["signedMessage"]) | changed
    signed = NOTARY.signed(message, issuer_id=ISSUER_ID, key_expires=CLOCK.now() + HOUR)

    told = verdict(json.dumps(signed).encode())

    assert told is None or (told.serial, told.program) == (SERIAL, PROGRAM)


@pytest.mark.parametrize("text", ['"\\ud800"', "9" * 5000, "[" * 5000, '{"signature": "\\ud800\\u0000"}'])
def test_odd_json_is_untrusted(text: str) -> None:
    body = json.dumps(GENUINE)
    for name in GENUINE:
        assert verdict(body.replace(json.dumps(GENUINE[name]), text).encode()) is None
