"""Prepared pictures: drawn once when a program is published, found by what is in them ever after."""

import hashlib
import re
from collections.abc import Mapping
from typing import Protocol

Sheet = Mapping[str, str]
"""The pictures of one look: where each is used -> the digest under which it is kept.

apple/icon.png, apple/icon@2x.png, ...      apple/strip/<scene>.png, @2x, @3x
google/hero/<scene>.png, google/hero/<class of a level>/<scene>.png where the level has a colour of its own
"""

NEUTRAL = ""
"""Names the sheet that ships with the code, for programs that were published without pictures."""

_DIGEST_DIGITS = 32  # 128 bits: nobody but the owner can put pictures in
_NAME = re.compile(rf"([0-9a-f]{{{_DIGEST_DIGITS}}})\.png")


class Pictures(Protocol):
    """Kept by content: what is there never changes. Raises TryAgain."""

    def sheet(self, name: str) -> Sheet | None:
        """The look that `CardFace.look.sheet` names; None when it was never kept here. NEUTRAL is always there."""

    def picture(self, digest: str) -> bytes | None:
        """A PNG; None when there is none with this digest."""

    def keep(self, pictures: Mapping[str, bytes]) -> str:
        """Keep the pictures of a look, by where each is used; the sheet's name. What is there is not written again.

        Raises: Malformed when one is too large to be kept.
        """


def digest_of(content: bytes) -> str:
    """Under which a picture, or a sheet's text, is kept: the beginning of its SHA-256, lower-case hex."""
    return hashlib.sha256(content).hexdigest()[:_DIGEST_DIGITS]


def address_of(digest: str) -> str:
    """Where everybody finds a picture, below the deployment's own address. What is there never changes."""
    return f"/pictures/{digest}.png"


def digest_in(name: str) -> str | None:
    """The digest in the last part of an address; None for what cannot be one."""
    match = _NAME.fullmatch(name)
    return match[1] if match else None


def sheet_of(pictures: Pictures, name: str) -> Sheet:
    """The look that a face names; the neutral one where it was never kept."""
    found = pictures.sheet(name)
    if found is None:
        found = pictures.sheet(NEUTRAL)
    return found or {}
