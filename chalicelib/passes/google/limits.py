"""What Google refuses, found before it is sent.

Source: the discovery document of the Wallet API (walletobjects.v1), fields of LoyaltyClass and LoyaltyObject. Lengths
that Google only recommends, so that nothing is cut on a small screen, are not among them.
"""

import re
from collections.abc import Iterable
from typing import NoReturn
from urllib.parse import urlsplit

from chalicelib.errors import Broken

TEXT_MODULES = 10
_ID = re.compile(r"[0-9]{1,20}\.[A-Za-z0-9._-]{1,200}")
_MODULE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MOST = 2**31 - 1


def checked_id(name: str) -> str:
    """ "issuer.suffix", of letters, digits, dots, underscores and hyphens."""
    if not _ID.fullmatch(name):
        _refuse("id")
    return name


def checked_colour(colour: str) -> str:
    if not _COLOUR.fullmatch(colour):
        _refuse("hexBackgroundColor")
    return colour


def checked_balance(points: int) -> int:
    """A balance is 32 bits wide."""
    if not -_MOST <= points <= _MOST:
        _refuse("balance")
    return points


def checked_text(text: str, field: str) -> str:
    if not text.strip():
        _refuse(field)
    return text


def checked_address(address: str, field: str) -> str:
    """An address with its scheme, and somewhere behind it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        _refuse(field)
    if not parts.scheme or not (parts.netloc or parts.path):
        _refuse(field)
    return address


def check_modules(ids: Iterable[str]) -> None:
    """At most ten texts, each under a name of its own that a template can quote."""
    names = list(ids)
    if len(names) > TEXT_MODULES or len(set(names)) < len(names) or not all(_MODULE.fullmatch(name) for name in names):
        _refuse("textModulesData")


def _refuse(field: str) -> NoReturn:
    raise Broken("google_limit", field=field)
