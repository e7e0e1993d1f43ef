"""Codes that change every minute: computed as RFC 6238 says, good for a moment, and never in a link."""

import base64
from typing import Any

import msgspec
import pytest
from google_room import CARD
from google_samples import CODES, RICH, SERIAL, Google, issuer, sent_class, sent_object, through_json
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import MINUTE, NOON, SECOND

from chalicelib.errors import Broken
from chalicelib.passes.google.barcodes import barcode_type, rotating_of
from chalicelib.passes.google.content import object_of
from chalicelib.passes.google.rotating import RotatingCodes, totp
from chalicelib.programs.card import BarcodeKind

RFC_KEY = b"12345678901234567890"
RFC_SECONDS = 30
RFC_6238_SHA1 = {
    59: "94287082",
    1_111_111_109: "07081804",
    1_111_111_111: "14050471",
    1_234_567_890: "89005924",
    2_000_000_000: "69279037",
    20_000_000_000: "65353130",
}
"""Appendix B of RFC 6238: seconds since 1970, and the digits."""

RFC_4226 = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
"""Appendix D of RFC 4226: the first ten counters."""


@pytest.mark.parametrize(("at", "digits"), list(RFC_6238_SHA1.items()))
def test_the_digits_are_those_of_rfc_6238(at: int, digits: str) -> None:
    assert totp(RFC_KEY, at // RFC_SECONDS) == digits


@pytest.mark.parametrize(("counter", "digits"), list(enumerate(RFC_4226)))
def test_six_digits_are_those_of_rfc_4226(counter: int, digits: str) -> None:
    assert totp(RFC_KEY, counter, digits=6) == digits


def shown(at: int, face: Any = RICH) -> str:
    """What the phone shows: Google's placeholder filled in with what Google was told."""
    told = sent_object(face)["rotatingBarcode"]
    (parameters,) = told["totpDetails"]["parameters"]
    assert (told["totpDetails"]["algorithm"], parameters["valueLength"]) == ("TOTP_SHA1", 8)
    digits = totp(bytes.fromhex(parameters["key"]), at // int(told["totpDetails"]["periodMillis"]))
    text: str = told["valuePattern"].replace("{totp_value_0}", digits)
    return text


def test_what_the_phone_shows_is_the_cards_code_and_digits_that_a_till_can_check() -> None:
    code, _, digits = shown(NOON).partition(".")

    assert code == RICH.barcode
    assert CODES.is_fresh(CARD, digits, NOON)


@pytest.mark.parametrize(("later", "expected"), [(0, True), (1, True), (-1, True), (2, False), (-2, False)])
def test_a_code_is_good_in_its_own_minute_and_the_ones_beside_it(later: int, expected: bool) -> None:
    digits = shown(NOON).partition(".")[2]

    assert CODES.is_current(SERIAL, digits, NOON + later * MINUTE) is expected


def test_a_code_changes_every_minute() -> None:
    assert shown(NOON) == shown(NOON + 59 * SECOND) != shown(NOON + MINUTE)


def test_a_code_of_another_card_or_another_deployment_is_worthless() -> None:
    digits = shown(NOON).partition(".")[2]

    assert not CODES.is_current("s-2", digits, NOON)
    assert not RotatingCodes(b"another secret of 32 bytes, okay").is_current(SERIAL, digits, NOON)


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{8}", fullmatch=True), st.integers(0, 2**45))
def test_whatever_is_typed_is_answered(digits: str, now: int) -> None:
    expected = digits in {totp(CODES.key(SERIAL), max(0, now // MINUTE + step)) for step in (-1, 0, 1)}

    assert CODES.is_current(SERIAL, digits, now) is expected


def test_every_card_has_a_secret_of_its_own_as_long_as_rfc_4226_wishes() -> None:
    keys = {CODES.key(serial) for serial in ("s-1", "s-2", "s-3")}

    assert len(keys) == 3
    assert {len(key) for key in keys} == {20}
    assert CODES.key("s-1") in keys


def test_a_code_that_changes_stands_alone_and_cannot_be_photographed() -> None:
    told, still = sent_object(RICH), sent_object(msgspec.structs.replace(RICH, rotates=False))

    assert "barcode" not in told
    assert told["passConstraints"] == {"screenshotEligibility": "INELIGIBLE"}
    assert sent_class(RICH)["securityAnimation"] == {"animationType": "FOIL_SHIMMER"}
    assert "rotatingBarcode" not in still
    assert still["barcode"] == {"type": "AZTEC", "value": RICH.barcode, "renderEncoding": "UTF_8"}
    assert still["passConstraints"] == {"screenshotEligibility": "ELIGIBLE"}


def test_a_card_that_has_ended_shows_no_code() -> None:
    assert {"barcode", "rotatingBarcode"}.isdisjoint(sent_object(msgspec.structs.replace(RICH, is_void=True)))


def test_the_secret_is_told_to_google_alone_and_never_in_the_link(google: Google) -> None:
    wallet = google.wallet()
    wallet.put_class(RICH, is_known=False)
    wallet.put_object(RICH, SERIAL, level_class="", is_known=False, is_move=False, is_notice=False)

    token = wallet.save_link(RICH, SERIAL, level_class="").rpartition("/")[2]

    key = CODES.key(SERIAL)
    stored = google.service.resources["loyaltyObject"][f"{issuer().object_id(SERIAL)}"]
    assert stored["rotatingBarcode"]["totpDetails"]["parameters"] == [{"key": key.hex().upper(), "valueLength": 8}]
    assert len(token) < 1_800
    told = b"".join(base64.urlsafe_b64decode(part + "==") for part in token.split(".")[:2])
    assert key.hex().encode() not in told.lower()
    assert key not in told


def test_the_secret_is_not_shown_by_accident() -> None:
    assert "secret" not in repr(CODES).lower()


def test_a_secret_that_is_too_short_to_be_one_is_not_sent() -> None:
    with pytest.raises(Broken, match="rotatingBarcode"):
        rotating_of(RICH, b"short")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("qr", "BS-4711-0815", "QR_CODE"),
        ("pdf417", "BS-4711-0815", "PDF_417"),
        ("code128", "BS-4711-0815", "CODE_128"),
        ("code128", "Зерно", "QR_CODE"),
        ("ean13", "2000000000008", "EAN_13"),
        ("ean13", "2000000000001", "QR_CODE"),
        ("ean13", "BS-4711-0815", "QR_CODE"),
        ("i2of5", "12345678901231", "ITF_14"),
        ("i2of5", "123", "QR_CODE"),
    ],
)
def test_a_code_that_a_kind_of_barcode_cannot_write_is_a_qr_code(kind: BarcodeKind, text: str, expected: str) -> None:
    assert barcode_type(kind, text) == expected


def test_a_code_that_changes_is_never_a_line() -> None:
    told = sent_object(msgspec.structs.replace(RICH, barcode_kind="ean13", barcode="2000000000008"))

    assert told["rotatingBarcode"]["type"] == "QR_CODE"
    assert through_json(told)["rotatingBarcode"]["valuePattern"] == "2000000000008.{totp_value_0}"


def test_without_a_secret_the_code_stays() -> None:
    assert object_of(RICH, SERIAL, issuer()).barcode is not None
