"""What Apple refuses in the pictures of a pass, refused here first.

Points of the place that each picture has: github.com/apple/pass-builder, Sources/PassBuilder/PassPackage; a sharp
picture has two or three pixels for each.
"""

import re
import struct
from collections.abc import Mapping

from chalicelib.passes.apple.limits import SOURCE, refusal

PLACES = {
    "icon": (38, 38),
    "logo": (160, 50),
    "strip": (375, 144),
    "thumbnail": (90, 90),
    "background": (345, 505),
    "artwork": (358, 448),
    "primaryLogo": (126, 30),
    "secondaryLogo": (135, 12),
    "footer": (286, 15),
}

_WIDE = 2
"""Times wider than high: a sign without words is about as wide as it is high."""

_PICTURE = re.compile(r"(?P<kind>[a-zA-Z]+)(?:@(?P<scale>[23])x)?\.png")
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">8sI4sII")


def check_pictures(files: Mapping[str, bytes]) -> None:
    """An icon in all sizes, PNGs only, none larger than its place; else Broken("pass_limit", field, limit, page)."""
    for name in ("icon.png", "icon@2x.png", "icon@3x.png"):
        if name not in files:
            raise refusal(name, "present", SOURCE)
    for name, data in files.items():
        match = _PICTURE.fullmatch(name)
        if match is None or match["kind"] not in PLACES:
            raise refusal("pictures", "a name Wallet knows", SOURCE)
        scale = int(match["scale"] or 1)
        most_wide, most_high = (points * scale for points in PLACES[match["kind"]])
        width, height = _size(name, data)
        if not (0 < width <= most_wide and 0 < height <= most_high):
            raise refusal(name, f"at most {most_wide}x{most_high}", SOURCE)


def is_wordmark(files: Mapping[str, bytes]) -> bool:
    """Whether the logo is so wide that it holds the name: beside it, there is no room for the same words again."""
    logo = next((name for name in files if name.startswith("logo")), "")
    if not logo:
        return False
    width, height = _size(logo, files[logo])
    return width >= _WIDE * height


def _size(name: str, data: bytes) -> tuple[int, int]:
    """Width and height as the picture's header says (PNG, 11.2.2: the header chunk comes first)."""
    if len(data) < _HEADER.size:
        raise refusal(name, "a PNG", SOURCE)
    mark, _, chunk, width, height = _HEADER.unpack(data[: _HEADER.size])
    if mark != _PNG or chunk != b"IHDR":
        raise refusal(name, "a PNG", SOURCE)
    return width, height
