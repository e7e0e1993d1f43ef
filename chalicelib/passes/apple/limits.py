"""What Apple refuses, refused here first: a phone that dislikes a pass says nothing to anybody.

Every refusal is Broken("pass_limit") with the field and the limit. Sources: developer.apple.com/documentation/
walletpasses (pass, passfields, passfieldcontent) and github.com/apple/pass-builder (dates, pictures, number styles).
"""

import re
import struct
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.errors import Broken
from chalicelib.passes.apple.content import Barcode, Field, Location, PassContent, StoreCard

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})")
_RGB = re.compile(r"rgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)")
_CURRENCY = re.compile(r"[A-Z]{3}")
_BARCODES = frozenset(
    f"PKBarcodeFormat{name}" for name in ("QR", "PDF417", "Aztec", "Code128", "Code39", "Codabar", "EAN13", "I2of5")
)
_DATE_STYLES = frozenset(f"PKDateStyle{name}" for name in ("None", "Short", "Medium", "Long", "Full"))
_NUMBER_STYLES = frozenset(f"PKNumberStyle{name}" for name in ("Decimal", "Percent", "Scientific", "SpellOut"))
_HOME = frozenset({"localhost", "127.0.0.1", "::1"})

TOKEN_CHARACTERS = 16
LOCATIONS = 10
HEADER_FIELDS, PRIMARY_FIELDS, ROW_FIELDS = 3, 1, 4

_POINTS = {"icon": (38, 38), "logo": (160, 50), "strip": (375, 144), "thumbnail": (90, 90)}
_PICTURE = re.compile(r"(?P<kind>[a-z]+)(?:@(?P<scale>[23])x)?\.png")
_PNG = b"\x89PNG\r\n\x1a\n"


def check_content(content: PassContent) -> None:
    """Pass, or raise Broken("pass_limit", field, limit) for the first thing a phone would refuse."""
    _check_identity(content)
    for name, colour in (
        ("backgroundColor", content.background_color),
        ("foregroundColor", content.foreground_color),
        ("labelColor", content.label_color),
    ):
        match = _RGB.fullmatch(colour)
        _demand(match is not None and all(int(part) <= 255 for part in match.groups()), name, "rgb(r, g, b)")
    _check_date(content.expiration_date, "expirationDate", is_optional=True)
    _check_fields(content.store_card)
    _demand(len(content.barcodes) > 0, "barcodes", "at least one")
    for barcode in content.barcodes:
        _check_barcode(barcode)
    _demand(len(content.locations) <= LOCATIONS, "locations", f"at most {LOCATIONS}")
    for location in content.locations:
        _check_location(location)


def check_pictures(files: Mapping[str, bytes]) -> None:
    """An icon in both sharp sizes, PNGs only, none larger than its place."""
    for name in ("icon.png", "icon@2x.png", "icon@3x.png"):
        _demand(name in files, name, "present")
    for name, data in files.items():
        match = _PICTURE.fullmatch(name)
        _demand(match is not None and match["kind"] in _POINTS, "pictures", "a name Wallet knows")
        assert match is not None
        _demand(data.startswith(_PNG) and len(data) > 24, name, "a PNG")
        width, height = struct.unpack(">II", data[16:24])
        scale = int(match["scale"] or 1)
        most = tuple(points * scale for points in _POINTS[match["kind"]])
        _demand(0 < width <= most[0] and 0 < height <= most[1], name, f"at most {most[0]}x{most[1]}")


def _demand(is_met: bool, field: str, limit: str) -> None:
    if not is_met:
        raise Broken("pass_limit", field=field, limit=limit)


def _check_identity(content: PassContent) -> None:
    _demand(content.format_version == 1, "formatVersion", "1")
    required = (
        ("passTypeIdentifier", content.pass_type_identifier),
        ("serialNumber", content.serial_number),
        ("teamIdentifier", content.team_identifier),
        ("organizationName", content.organization_name),
        ("description", content.description),
    )
    for name, text in required:
        _demand(bool(text.strip()), name, "present")
    _demand(
        len(content.authentication_token) >= TOKEN_CHARACTERS,
        "authenticationToken",
        f"at least {TOKEN_CHARACTERS} characters",
    )
    url = urlsplit(content.web_service_url)
    is_private = url.scheme == "https" or (url.scheme == "http" and url.hostname in _HOME)
    _demand(is_private and bool(url.hostname), "webServiceURL", "an https address")
    _demand(not url.path.rstrip("/").endswith("/v1"), "webServiceURL", "without /v1, which the phone appends")


def _check_fields(card: StoreCard) -> None:
    _demand(len(card.header_fields) <= HEADER_FIELDS, "headerFields", f"at most {HEADER_FIELDS}")
    _demand(len(card.primary_fields) <= PRIMARY_FIELDS, "primaryFields", f"at most {PRIMARY_FIELDS}")
    row = len(card.secondary_fields) + len(card.auxiliary_fields)
    _demand(row <= ROW_FIELDS, "secondaryFields", f"at most {ROW_FIELDS} together with auxiliaryFields")
    seen: set[str] = set()
    announced = 0
    for path, field in _paths(card):
        _demand(bool(field.key) and field.key not in seen, f"{path}.key", "unique in the pass")
        seen.add(field.key)
        announced += bool(field.change_message)
        _check_field(path, field)
    _demand(announced <= 1, "changeMessage", "on one field")


def _paths(card: StoreCard) -> Iterator[tuple[str, Field]]:
    for group, fields in card.groups():
        for number, field in enumerate(fields):
            yield f"{group}[{number}]", field


def _check_field(path: str, field: Field) -> None:
    _demand(field.value != "", f"{path}.value", "present")
    _demand(not field.change_message or "%@" in field.change_message, f"{path}.changeMessage", "with %@")
    _demand(not (field.currency_code and field.number_style), path, "currencyCode or numberStyle, not both")
    if field.currency_code:
        _demand(_CURRENCY.fullmatch(field.currency_code) is not None, f"{path}.currencyCode", "ISO 4217")
    if field.currency_code or field.number_style:
        _demand(isinstance(field.value, int), f"{path}.value", "a number")
    if field.number_style:
        _demand(field.number_style in _NUMBER_STYLES, f"{path}.numberStyle", "a style Wallet knows")
    if field.date_style or field.time_style or field.ignores_time_zone:
        for style in (field.date_style, field.time_style):
            _demand(not style or style in _DATE_STYLES, f"{path}.dateStyle", "a style Wallet knows")
        _check_date(str(field.value), f"{path}.value", is_optional=False)


def _check_date(text: str, field: str, *, is_optional: bool) -> None:
    """A whole date with its zone: a naive one is read in the phone's zone, "+0000" not at all."""
    if is_optional and not text:
        return
    limit = "a date with hours, minutes and zone"
    _demand(_DATE.fullmatch(text) is not None, field, limit)
    try:
        datetime.fromisoformat(text)
    except ValueError as err:
        raise Broken("pass_limit", field=field, limit=limit) from err


def _check_barcode(barcode: Barcode) -> None:
    _demand(barcode.format in _BARCODES, "barcodes.format", "a format Wallet knows")
    _demand(bool(barcode.message), "barcodes.message", "present")
    try:
        barcode.message.encode(barcode.message_encoding)
    except (LookupError, UnicodeError) as err:
        raise Broken("pass_limit", field="barcodes.messageEncoding", limit="an encoding that fits the message") from err


def _check_location(location: Location) -> None:
    is_on_earth = -90 <= location.latitude <= 90 and -180 <= location.longitude <= 180
    _demand(is_on_earth, "locations", "degrees on Earth")
