"""What a phone would refuse is refused before it is signed: one good pass, each test spoils one thing."""

import struct
from collections.abc import Callable

import msgspec
import pytest
from pass_samples import FACE, IDENTITY

from chalicelib.errors import Broken
from chalicelib.passes.apple.barcodes import says_not
from chalicelib.passes.apple.content import (
    Barcode,
    FeaturedAction,
    Field,
    Location,
    PassContent,
    PosterGeneric,
    StoreCard,
)
from chalicelib.passes.apple.field_limits import check_content
from chalicelib.passes.apple.fields import content_of
from chalicelib.passes.apple.images import pictures_of
from chalicelib.passes.apple.limits import check_strings
from chalicelib.passes.apple.picture_limits import check_pictures
from chalicelib.passes.apple.texts import words
from chalicelib.store.memory.pictures import MemoryPictures

GOOD = content_of(FACE, IDENTITY, words(FACE.names, FACE.languages, "en"), news="points", has_poster=True)
PICTURES = pictures_of(MemoryPictures(), "", "")
WIDE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 4_000, 10)


def with_(**changes: object) -> PassContent:
    return msgspec.structs.replace(GOOD, **changes)


def with_back(*fields: Field) -> PassContent:
    return with_(store_card=StoreCard(back_fields=fields))


def with_poster(**groups: tuple[Field, ...]) -> PassContent:
    return with_(poster_generic=PosterGeneric(**groups))


def with_actions(*actions: tuple[str, str, str]) -> PassContent:
    return with_(featured_actions=tuple(FeaturedAction(*each) for each in actions))


def lines(count: int) -> tuple[Field, ...]:
    return tuple(Field(key=f"f{number}", value="x") for number in range(count))


def refusal(check: Callable[[], None]) -> tuple[str | int, str | int]:
    with pytest.raises(Broken) as caught:
        check()
    assert caught.value.reason == "pass_limit"
    assert str(caught.value.facts["page"]).startswith("developer.apple.com/documentation/walletpasses/")
    return caught.value.facts["field"], caught.value.facts["limit"]


def test_a_good_pass_passes() -> None:
    check_content(GOOD)
    check_pictures(PICTURES)


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
    "five primary fields on a poster": (with_poster(primary_fields=lines(5)), "posterGeneric.primaryFields"),
    "two header fields on a poster": (with_poster(header_fields=lines(2)), "posterGeneric.headerFields"),
    "three footer fields": (with_poster(footer_fields=lines(3)), "posterGeneric.footerFields"),
    "a key twice on a poster": (
        with_poster(header_fields=lines(1), footer_fields=lines(1)),
        "posterGeneric.footerFields[0].key",
    ),
    "two announcements on a poster": (
        with_poster(primary_fields=tuple(Field(key=key, value=1, change_message="%@") for key in "ab")),
        "posterGeneric.changeMessage",
    ),
    "an aligned back": (
        with_back(Field(key="a", value=1, text_alignment="PKTextAlignmentRight")),
        "backFields[0].textAlignment",
    ),
    "an aligned primary field": (
        with_poster(primary_fields=(Field(key="a", value=1, text_alignment="PKTextAlignmentRight"),)),
        "posterGeneric.primaryFields[0].textAlignment",
    ),
    "an alignment nobody knows": (
        with_(store_card=StoreCard(auxiliary_fields=(Field(key="a", value=1, text_alignment="right"),))),
        "auxiliaryFields[0].textAlignment",
    ),
    "a message with two places": (
        with_back(Field(key="a", value=1, change_message="%@ of %@")),
        "backFields[0].changeMessage",
    ),
    "a script": (
        with_back(Field(key="a", value="x", attributed_value="<script>x</script>")),
        "backFields[0].attributedValue",
    ),
    "a link that runs a script": (
        with_back(Field(key="a", value="x", attributed_value='<a href="javascript:x">x</a>')),
        "backFields[0].attributedValue",
    ),
    "three actions": (
        with_actions(*((f"a{number}", "shop", "https://shop.example") for number in range(3))),
        "featuredActions",
    ),
    "an action twice": (with_actions(*[("a", "shop", "https://shop.example")] * 2), "featuredActions.identifier"),
    "an action without a name": (with_actions(("", "shop", "https://shop.example")), "featuredActions.identifier"),
    "an action nobody knows": (with_actions(("a", "buy", "https://shop.example")), "featuredActions.type"),
    "a place without its identifier": (with_actions(("a", "place", "https://map.example")), "featuredActions.type"),
    "an open action": (with_actions(("a", "shop", "http://shop.example")), "featuredActions.url"),
    "a call to a page": (with_actions(("a", "call", "https://shop.example")), "featuredActions.url"),
    "a message that its barcode cannot say": (
        with_(barcodes=(Barcode("PKBarcodeFormatEAN13", "4006381333932", "iso-8859-1"),)),
        "barcodes.message",
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
    "links": with_back(Field(key="a", value="x", attributed_value='Call <a href="tel:+49301">us &amp; ask</a>!')),
    "a field that is on the store card and on the poster": with_(
        store_card=StoreCard(primary_fields=lines(1)), poster_generic=PosterGeneric(header_fields=lines(1))
    ),
    "two actions": with_actions(("a", "call", "tel:+49301"), ("b", "viewOffersRewards", "https://shop.example")),
    "money": with_back(Field(key="a", value=5, currency_code="EUR")),
}


@pytest.mark.parametrize("name", GOOD_ONES)
def test_a_pass_may_have(name: str) -> None:
    check_content(GOOD_ONES[name])


@pytest.mark.parametrize("missing", ["icon.png", "icon@2x.png", "icon@3x.png"])
def test_a_pass_without_its_icon_is_refused(missing: str) -> None:
    files = {name: data for name, data in PICTURES.items() if name != missing}
    assert refusal(lambda: check_pictures(files)) == (missing, "present")


def test_a_picture_larger_than_its_place_is_refused() -> None:
    for name, most in {
        "logo.png": "160x50",
        "strip@3x.png": "1125x432",
        "artwork@2x.png": "716x896",
        "primaryLogo.png": "126x30",
        "secondaryLogo.png": "135x12",
    }.items():
        files = {**PICTURES, name: WIDE}
        assert refusal(lambda files=files: check_pictures(files)) == (name, f"at most {most}")


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0 a photograph", b"\x89PNG\r\n\x1a\n"])
def test_a_picture_that_is_no_png_is_refused(data: bytes) -> None:
    assert refusal(lambda: check_pictures({**PICTURES, "strip.png": data}))[0] == "strip.png"


def test_a_picture_wallet_does_not_know_is_refused() -> None:
    files = {**PICTURES, "poster.png": PICTURES["icon.png"]}
    assert refusal(lambda: check_pictures(files))[0] == "pictures"


# --- barcodes -----------------------------------------------------------------------------------------------------

SAYABLE = [
    ("QR", "BS-4711"),
    ("Aztec", "Зёрна"),
    ("PDF417", "x" * 500),
    ("Code128", "BS-4711 a~"),
    ("Code39", "BS-4711 $/+%."),
    ("Codabar", "40156"),
    ("Codabar", "A40156B"),
    ("EAN13", "4006381333931"),
    ("EAN13", "5901234123457"),
    ("I2of5", "1234567890"),
]
UNSAYABLE = [
    ("QR", ""),
    ("QR", "x" * 501),
    ("Code128", "Зёрна"),
    ("Code128", "x" * 41),
    ("Code39", "bs-4711"),
    ("Code39", ""),
    ("Codabar", "A40156"),
    ("Codabar", "40156D"),
    ("Codabar", "A"),
    ("Codabar", "E123E"),
    ("EAN13", "4006381333932"),
    ("EAN13", "400638133393"),
    ("EAN13", "٤٠٠٦٣٨١٣٣٣٩٣١"),
    ("I2of5", "123"),
    ("I2of5", "12a4"),
    ("I2of5", ""),
]


@pytest.mark.parametrize(("form", "message"), SAYABLE)
def test_a_barcode_says(form: str, message: str) -> None:
    assert says_not(f"PKBarcodeFormat{form}", message) == ""


@pytest.mark.parametrize(("form", "message"), UNSAYABLE)
def test_a_barcode_cannot_say(form: str, message: str) -> None:
    assert says_not(f"PKBarcodeFormat{form}", message) != ""


# --- texts --------------------------------------------------------------------------------------------------------

TABLES = {"en": {"Level: %@": "Level: %@", "Shop": "Shop"}, "ru": {"Level: %@": "Уровень: %@", "Shop": "Магазин"}}


def test_good_texts_pass() -> None:
    check_strings(TABLES, messages=["Level: %@"])


def test_a_text_that_is_missing_in_one_language_is_refused_with_that_language() -> None:
    spoiled = {**TABLES, "ru": {"Level: %@": "Уровень: %@"}}
    field, limit = refusal(lambda: check_strings(spoiled))
    assert (field, limit) == ("ru.lproj/pass.strings", "a text for each key; none for 'Shop'")


@pytest.mark.parametrize("text", ["Уровень", "Уровень: %s", "%@ %@"])
def test_a_translation_that_loses_the_place_of_the_value_is_refused(text: str) -> None:
    spoiled = {**TABLES, "ru": {"Level: %@": text, "Shop": "Магазин"}}
    assert refusal(lambda: check_strings(spoiled, messages=["Level: %@"]))[0] == "ru.lproj/pass.strings"
