"""What Apple refuses, refused here first: a phone that dislikes a pass says nothing to anybody.

Every refusal is Broken("pass_limit") with the field, the limit, and Apple's page that sets it. Some limits stand in
Apple's own builder only: github.com/apple/pass-builder (dates, pictures, number styles).
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from chalicelib.errors import Broken
from chalicelib.passes.apple.barcodes import FORMATS, says_not
from chalicelib.passes.apple.content import Barcode, FeaturedAction, Location, PassContent

APPLE = "developer.apple.com/documentation/walletpasses"
PASS, FIELDS, FIELD = f"{APPLE}/pass", f"{APPLE}/passfields", f"{APPLE}/passfieldcontent"
STORE_CARD, POSTER = f"{APPLE}/creating-a-store-card-pass", f"{APPLE}/creating-a-poster-generic-pass"
METADATA, SOURCE = f"{APPLE}/defining-the-metadata-of-your-wallet-pass", f"{APPLE}/creating-the-source-for-a-pass"
BARCODES, LOCATIONS_PAGE = f"{PASS}/barcodes-data.dictionary", f"{PASS}/locations-data.dictionary"
WEB_SERVICE = f"{APPLE}/adding-a-web-service-to-update-passes"

TOKEN_CHARACTERS = 16
LOCATIONS = 10
ACTIONS = 2

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_RGB = re.compile(r"rgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)", re.ASCII)
_FORMATS = frozenset(FORMATS.values())
_HOME = frozenset({"localhost", "127.0.0.1", "::1"})
_WEB_ACTIONS = frozenset(
    {"viewSchedule", "watchTrailer", "listenToMusic", "addToBalance", "order", "shop", "membershipBenefits"}
    | {"bookAppointment", "bookCar", "bookFlight", "bookStay", "viewOffersRewards"}
)


def refusal(field: str, limit: str, page: str) -> Broken:
    """The error for a limit that is not kept."""
    return Broken("pass_limit", field=field, limit=limit, page=page)


def check_top(content: PassContent) -> None:
    """All of a pass but its fields; raise Broken("pass_limit", field, limit, page) for what a phone would refuse."""
    _check_identity(content)
    _check_web_service(content)
    _check_colours(content)
    if content.expiration_date:
        check_date(content.expiration_date, "expirationDate", PASS)
    if not content.barcodes:
        raise refusal("barcodes", "at least one", BARCODES)
    for barcode in content.barcodes:
        _check_barcode(barcode)
    _check_locations(content.locations)
    _check_actions(content.featured_actions)


def check_strings(tables: Mapping[str, Mapping[str, str]], *, messages: Collection[str] = ()) -> None:
    """Every language says the same things, none of them nothing, and keeps the place of the value in a message.

    tables: by language, key -> text      messages: the keys that Wallet formats
    """
    keys = {key for table in tables.values() for key in table}
    for language, table in tables.items():
        for key in keys:
            if not table.get(key):
                raise refusal(f"{language}.lproj/pass.strings", f"a text for each key; none for {key[:40]!r}", SOURCE)
        for key in messages:
            if table[key].count("%@") != 1:
                raise refusal(f"{language}.lproj/pass.strings", f"%@ once in the text for {key[:40]!r}", FIELD)


def check_date(text: str, field: str, page: str) -> None:
    """A whole date with its zone: a naive one is read in the phone's zone, "+0000" not at all."""
    limit = "a date with hours, minutes and zone"
    if _DATE.fullmatch(text) is None:
        raise refusal(field, limit, page)
    try:
        datetime.fromisoformat(text)
    except ValueError as err:
        raise refusal(field, limit, page) from err


def _check_identity(content: PassContent) -> None:
    if content.format_version != 1:
        raise refusal("formatVersion", "1", PASS)
    required = (
        ("passTypeIdentifier", content.pass_type_identifier),
        ("serialNumber", content.serial_number),
        ("teamIdentifier", content.team_identifier),
        ("organizationName", content.organization_name),
        ("description", content.description),
    )
    for name, text in required:
        if not text.strip():
            raise refusal(name, "present", PASS)


def _check_web_service(content: PassContent) -> None:
    if len(content.authentication_token) < TOKEN_CHARACTERS:
        raise refusal("authenticationToken", f"at least {TOKEN_CHARACTERS} characters", PASS)
    _check_address(content.web_service_url)


@lru_cache(maxsize=64)  # a deployment has one
def _check_address(address: str) -> None:
    url = urlsplit(address)
    is_private = url.scheme == "https" or (url.scheme == "http" and url.hostname in _HOME)
    if not is_private or not url.hostname:
        raise refusal("webServiceURL", "an https address", WEB_SERVICE)
    if url.path.rstrip("/").endswith("/v1"):
        raise refusal("webServiceURL", "without /v1, which the phone appends", WEB_SERVICE)


def _check_colours(content: PassContent) -> None:
    for name, colour in (
        ("backgroundColor", content.background_color),
        ("foregroundColor", content.foreground_color),
        ("labelColor", content.label_color),
    ):
        if not _is_colour(colour):
            raise refusal(name, "rgb(r, g, b)", PASS)


@lru_cache(maxsize=512)  # a program has a handful
def _is_colour(colour: str) -> bool:
    match = _RGB.fullmatch(colour)
    return match is not None and all(int(part) <= 255 for part in match.groups())


def _check_barcode(barcode: Barcode) -> None:
    if barcode.format not in _FORMATS:
        raise refusal("barcodes.format", "a format Wallet knows", BARCODES)
    try:
        barcode.message.encode(barcode.message_encoding)
    except (LookupError, UnicodeError) as err:
        raise refusal("barcodes.messageEncoding", "an encoding that fits the message", BARCODES) from err
    rule = says_not(barcode.format, barcode.message)
    if rule:
        raise refusal("barcodes.message", f"{rule}, for {barcode.format}", BARCODES)


def _check_locations(locations: tuple[Location, ...]) -> None:
    if len(locations) > LOCATIONS:
        raise refusal("locations", f"at most {LOCATIONS}", LOCATIONS_PAGE)
    for location in locations:
        if not (-90 <= location.latitude <= 90 and -180 <= location.longitude <= 180):
            raise refusal("locations", "degrees on Earth", LOCATIONS_PAGE)


def _check_actions(actions: tuple[FeaturedAction, ...]) -> None:
    if len(actions) > ACTIONS:
        raise refusal("featuredActions", f"at most {ACTIONS}", METADATA)
    if len({action.identifier for action in actions}) < len(actions) or not all(each.identifier for each in actions):
        raise refusal("featuredActions.identifier", "unique", METADATA)
    for action in actions:
        if action.type == "call":
            is_fit, limit = action.url.startswith("tel:"), "a tel: address for a call"
        else:
            is_fit, limit = action.url.startswith("https://"), "an https address"
            if action.type not in _WEB_ACTIONS:
                raise refusal("featuredActions.type", "an action that Wallet knows and that has an address", METADATA)
        if not is_fit:
            raise refusal("featuredActions.url", limit, METADATA)
