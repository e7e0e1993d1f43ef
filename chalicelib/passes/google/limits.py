"""What Google refuses, found before it is sent: each refusal names the field, the limit and Google's page.

Source: the discovery document of the Wallet API (walletobjects.v1) and the reference made from it. Lengths that Google
only recommends, so that nothing is cut on a small screen, are not among them.
"""

import re
from collections.abc import Collection, Iterable
from typing import NoReturn
from urllib.parse import urlsplit

from chalicelib.errors import Broken

TEXT_MODULES = 10
PLACES = 10
MESSAGES = 10

_REFERENCE = "developers.google.com/wallet/reference/rest/v1"
CLASS_PAGE = f"{_REFERENCE}/loyaltyclass"
OBJECT_PAGE = f"{_REFERENCE}/loyaltyobject"
_MESSAGE_PAGE = f"{_REFERENCE}/Message"
_BARCODE_PAGE = f"{_REFERENCE}/RotatingBarcode"

_ID = re.compile(r"[0-9]{1,20}\.[A-Za-z0-9._-]{1,200}")
_MODULE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MOST = 2**31 - 1
_NORTH, _EAST = 90_000_000, 180_000_000  # millionths of a degree
_KEY_BYTES = 16  # RFC 4226, 4: a shared secret has at least 128 bits


def checked_id(name: str) -> str:
    """ "issuer.suffix", of letters, digits, dots, underscores and hyphens."""
    if not _ID.fullmatch(name):
        _refuse("id", "issuer.letters, digits, . _ -", OBJECT_PAGE)
    return name


def checked_colour(colour: str) -> str:
    if not _COLOUR.fullmatch(colour):
        _refuse("hexBackgroundColor", "#rrggbb", CLASS_PAGE)
    return colour


def checked_balance(points: int) -> int:
    """A balance is 32 bits wide."""
    if not -_MOST <= points <= _MOST:
        _refuse("loyaltyPoints.balance.int", _MOST, OBJECT_PAGE)
    return points


def checked_text(text: str, field: str, page: str = OBJECT_PAGE) -> str:
    if not text.strip():
        _refuse(field, "some text", page)
    return text


def checked_address(address: str, field: str) -> str:
    """An address with its scheme, and somewhere behind it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        _refuse(field, "an address with its scheme", CLASS_PAGE)
    if not parts.scheme or not (parts.netloc or parts.path):
        _refuse(field, "an address with its scheme", CLASS_PAGE)
    return address


def check_modules(ids: Iterable[str]) -> None:
    """At most ten texts, each under a name of its own that a template can quote."""
    names = list(ids)
    if len(names) > TEXT_MODULES or len(set(names)) < len(names) or not all(_MODULE.fullmatch(name) for name in names):
        _refuse("textModulesData", TEXT_MODULES, OBJECT_PAGE)


def check_places(places: Collection[tuple[int, int]]) -> None:
    """Latitude and longitude in millionths of a degree; at most ten places on the earth."""
    if len(places) > PLACES:
        _refuse("merchantLocations", PLACES, CLASS_PAGE)
    if any(abs(north) > _NORTH or abs(east) > _EAST for north, east in places):
        _refuse("merchantLocations", "-90 to 90, -180 to 180", CLASS_PAGE)


def check_message(name: str, texts: Iterable[str]) -> None:
    """A message has a name, by which it is known again, and something to say in each language."""
    if not name or not all(text.strip() for text in texts):
        _refuse("message", "an id and some text", _MESSAGE_PAGE)


def checked_key(key: bytes) -> bytes:
    """The secret of a code that changes."""
    if len(key) < _KEY_BYTES:
        _refuse("rotatingBarcode.totpDetails.parameters.key", _KEY_BYTES, _BARCODE_PAGE)
    return key


def _refuse(field: str, limit: int | str, page: str) -> NoReturn:
    raise Broken("google_limit", field=field, limit=limit, page=page)
