"""What a phone would refuse is refused before it is signed: one good pass, each test spoils one thing."""

from collections.abc import Callable

import msgspec
import pytest
from pass_samples import FACE, IDENTITY

from chalicelib.errors import Broken
from chalicelib.passes.apple.content import Barcode, Field, Location, PassContent, StoreCard
from chalicelib.passes.apple.fields import content_of
from chalicelib.passes.apple.images import pictures
from chalicelib.passes.apple.limits import check_content, check_pictures
from chalicelib.passes.apple.texts import words

GOOD = content_of(FACE, IDENTITY, words(FACE.names, FACE.languages, "en"), news="points")


def with_(**changes: object) -> PassContent:
    return msgspec.structs.replace(GOOD, **changes)


def with_back(*fields: Field) -> PassContent:
    return with_(store_card=StoreCard(back_fields=fields))


def lines(count: int) -> tuple[Field, ...]:
    return tuple(Field(key=f"f{number}", value="x") for number in range(count))


def refusal(check: Callable[[], None]) -> tuple[str | int, str | int]:
    with pytest.raises(Broken) as caught:
        check()
    assert caught.value.reason == "pass_limit"
    return caught.value.facts["field"], caught.value.facts["limit"]


def test_a_good_pass_passes() -> None:
    check_content(GOOD)
    check_pictures(pictures("bean-street"))


BAD = {
    "a missing serial": (with_(serial_number=" "), "serialNumber"),
    "a missing pass type": (with_(pass_type_identifier=""), "passTypeIdentifier"),
    "a missing team": (with_(team_identifier=""), "teamIdentifier"),
    "a missing organisation": (with_(organization_name=""), "organizationName"),
    "a missing description": (with_(description=""), "description"),
    "another format version": (with_(format_version=2), "formatVersion"),
    "a short token": (with_(authentication_token="0123456789abcde"), "authenticationToken"),
    "an open web service": (with_(web_service_url="http://cards.example/apple"), "webServiceURL"),
    "a web service with /v1": (with_(web_service_url="https://cards.example/apple/v1"), "webServiceURL"),
    "no web service": (with_(web_service_url=""), "webServiceURL"),
    "a hexadecimal colour": (with_(label_color="#ffffff"), "labelColor"),
    "a colour out of range": (with_(background_color="rgb(256, 0, 0)"), "backgroundColor"),
    "a naive expiration": (with_(expiration_date="2027-11-30T23:59"), "expirationDate"),
    "a zone without colon": (with_(expiration_date="2027-11-30T23:59+0000"), "expirationDate"),
    "a day without hours": (with_(expiration_date="2027-11-30"), "expirationDate"),
    "a day that is none": (with_(expiration_date="2027-02-30T10:00Z"), "expirationDate"),
    "four header fields": (with_(store_card=StoreCard(header_fields=lines(4))), "headerFields"),
    "two primary fields": (with_(store_card=StoreCard(primary_fields=lines(2))), "primaryFields"),
    "five fields in a row": (
        with_(store_card=StoreCard(secondary_fields=lines(2), auxiliary_fields=lines(5)[2:])),
        "secondaryFields",
    ),
    "a key twice": (
        with_(store_card=StoreCard(primary_fields=lines(1), back_fields=lines(1))),
        "backFields[0].key",
    ),
    "an empty key": (with_back(Field(key="", value="x")), "backFields[0].key"),
    "an empty value": (with_back(Field(key="a", value="")), "backFields[0].value"),
    "a message without place": (
        with_back(Field(key="a", value=1, change_message="more")),
        "backFields[0].changeMessage",
    ),
    "two announcements": (
        with_back(Field(key="a", value=1, change_message="%@"), Field(key="b", value=2, change_message="%@")),
        "changeMessage",
    ),
    "currency and number style": (
        with_back(Field(key="a", value=1, currency_code="EUR", number_style="PKNumberStyleDecimal")),
        "backFields[0]",
    ),
    "a currency that is none": (with_back(Field(key="a", value=1, currency_code="eur")), "backFields[0].currencyCode"),
    "a text as a number": (with_back(Field(key="a", value="1", currency_code="EUR")), "backFields[0].value"),
    "a number style nobody knows": (
        with_back(Field(key="a", value=1, number_style="Big")),
        "backFields[0].numberStyle",
    ),
    "a date style nobody knows": (
        with_back(Field(key="a", value="2027-11-30T23:59Z", date_style="Long")),
        "backFields[0].dateStyle",
    ),
    "a naive date": (
        with_back(Field(key="a", value="2027-11-30T23:59", date_style="PKDateStyleShort")),
        "backFields[0].value",
    ),
    "a number as a date": (with_back(Field(key="a", value=5, time_style="PKDateStyleShort")), "backFields[0].value"),
    "no barcode": (with_(barcodes=()), "barcodes"),
    "an empty barcode": (with_(barcodes=(Barcode("PKBarcodeFormatQR", "", "utf-8"),)), "barcodes.message"),
    "an unknown barcode": (with_(barcodes=(Barcode("QR", "1", "utf-8"),)), "barcodes.format"),
    "an encoding that does not fit": (
        with_(barcodes=(Barcode("PKBarcodeFormatQR", "Зёрна", "iso-8859-1"),)),
        "barcodes.messageEncoding",
    ),
    "an encoding nobody knows": (
        with_(barcodes=(Barcode("PKBarcodeFormatQR", "1", "klingon"),)),
        "barcodes.messageEncoding",
    ),
    "eleven places": (with_(locations=(Location(52.5, 13.4),) * 11), "locations"),
    "a place off the Earth": (with_(locations=(Location(91.0, 13.4),)), "locations"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_pass_is_refused_for(name: str) -> None:
    content, field = BAD[name]
    assert refusal(lambda: check_content(content))[0] == field


GOOD_ONES = {
    "ten places": with_(locations=(Location(52.5, 13.4),) * 10),
    "sixteen characters of token": with_(authentication_token="0123456789abcdef"),
    "seconds and Z": with_(expiration_date="2027-11-30T23:59:59Z"),
    "the laptop's own address": with_(web_service_url="http://127.0.0.1:8000/apple"),
    "a newer barcode before the QR code": with_(
        barcodes=(Barcode("PKBarcodeFormatEAN13", "4006381333931", "iso-8859-1"), *GOOD.barcodes)
    ),
    "money": with_back(Field(key="a", value=5, currency_code="EUR")),
}


@pytest.mark.parametrize("name", GOOD_ONES)
def test_a_pass_may_have(name: str) -> None:
    check_content(GOOD_ONES[name])


@pytest.mark.parametrize("missing", ["icon.png", "icon@2x.png", "icon@3x.png"])
def test_a_pass_without_its_icon_is_refused(missing: str) -> None:
    files = {name: data for name, data in pictures("bean-street").items() if name != missing}
    assert refusal(lambda: check_pictures(files)) == (missing, "present")


def test_a_picture_larger_than_its_place_is_refused() -> None:
    files = dict(pictures("bean-street"))
    files["logo.png"] = files["strip.png"]
    assert refusal(lambda: check_pictures(files)) == ("logo.png", "at most 160x50")


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 a photograph", b"\x89PNG\r\n\x1a\n"])
def test_a_picture_that_is_no_png_is_refused(data: bytes) -> None:
    assert refusal(lambda: check_pictures({**pictures("bean-street"), "strip.png": data}))[0] == "strip.png"


def test_a_picture_wallet_does_not_know_is_refused() -> None:
    files = {**pictures("bean-street"), "poster.png": pictures("bean-street")["icon.png"]}
    assert refusal(lambda: check_pictures(files))[0] == "pictures"
