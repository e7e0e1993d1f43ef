"""Static files by name: their content, type, and an address that changes with the content.

An address carries a digest ("style.5f1c0a9e.css"), so that browsers may keep the file for a year. The colours of a
program are a stylesheet of their own, made from the three colours in its name ("look-2b1d14-ffffff-e0c9a6.css").
"""

import functools
import hashlib
import re
from pathlib import Path

import msgspec

from chalicelib.web.colours import Palette

_FILES = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_VERSIONED = re.compile(r"(?P<stem>[a-z0-9-]{1,60})(?:\.(?P<digest>[0-9a-f]{8}))?(?P<ending>\.[a-z]{2,4})")
_LOOK = re.compile(r"look-([0-9a-f]{6})-([0-9a-f]{6})-([0-9a-f]{6})")


class Asset(msgspec.Struct, frozen=True):
    """A file as it is sent. `is_pinned`: it was asked for by the address of exactly this content."""

    content: bytes
    content_type: str
    digest: str
    is_pinned: bool


def address(name: str) -> str:
    """Where the page finds the file `name` ("style.css")."""
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}.{_digest(_content(name))}.{ending}"


def look_address(palette: Palette) -> str:
    """Where the page finds the colours of a program."""
    return address(f"{palette.name}.css")


def has(name: str) -> bool:
    """Whether the file is there: official artwork is put in by whoever has it."""
    return name in _names()


def asset(name: str) -> Asset | None:
    """The file that an address names, with or without its digest; None when there is none."""
    match = _VERSIONED.fullmatch(name)
    if match is None:
        return None
    plain = match["stem"] + match["ending"]
    if plain not in _names() and not (match["ending"] == ".css" and _LOOK.fullmatch(match["stem"])):
        return None
    content = _content(plain)
    digest = _digest(content)
    return Asset(content, _TYPES[match["ending"]], digest, is_pinned=match["digest"] == digest)


@functools.cache
def _names() -> frozenset[str]:
    return frozenset(file.name for file in _FILES.iterdir() if file.suffix in _TYPES)


@functools.lru_cache(maxsize=64)
def _content(name: str) -> bytes:
    look = _LOOK.fullmatch(name.removesuffix(".css"))
    if look is not None:
        return Palette.of(*(f"#{colour}" for colour in look.groups())).stylesheet().encode()
    return (_FILES / name).read_bytes()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]
