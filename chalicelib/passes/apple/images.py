"""The pictures of a pass: those of a card's look that a phone draws, under the names that Wallet gives them.

Source: developer.apple.com/documentation/walletpasses, "Creating the source for a pass": icon is needed, logo and
strip belong to a store card, primaryLogo and artwork to a poster card; @2x and @3x for finer screens. A look has all of
them; a pass leaves out what would be carried to each phone and never drawn.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

from chalicelib.cards.face import Scene
from chalicelib.errors import Broken
from chalicelib.services.ports.pictures import NEUTRAL, Pictures, sheet_of

_OURS = re.compile(r"apple/(?P<name>[A-Za-z]+(?:@[23]x)?\.png)")
_STRIP = re.compile(r"apple/strip/(?P<scene>[a-z]+(?:-[0-9]+)?)(?P<sharpness>(?:@[23]x)?\.png)")

_POSTER, _POSTERS_OWN = "artwork", "primaryLogo"
_NEEDED = "icon.png"
"""The one picture of the plainest sharpness: without it a pass does not open. The last of Apple's devices that draws
any other of them, the first iPad mini, was sold until 2015; other readers of passes take the sharper one, too.
Source: cheatsheet.com, "Why iOS device buyers don't need to worry about screens", which quotes Apple; the readers
github.com/ligi/PassAndroid and github.com/SeineEloquenz/fosswallet.
"""


def pictures_of(pictures: Pictures, sheet: str, scene: Scene) -> Mapping[str, bytes]:
    """PNG files by the name Wallet gives them, of the look that a face names; neutral ones for lack of any.

    scene: which strip; "" for none, and none when the look has no such one
    Raises: TryAgain; Broken when a picture of the sheet is gone.
    """
    found = {name: _kept(pictures, digest) for name, digest in _names(sheet_of(pictures, sheet), scene).items()}
    if _NEEDED not in found:
        neutral = _names(sheet_of(pictures, NEUTRAL), "")
        found |= {name: _kept(pictures, digest) for name, digest in neutral.items() if name.startswith("icon")}
    return MappingProxyType(found)


def _names(sheet: Mapping[str, str], scene: Scene) -> dict[str, str]:
    """Which picture of a look is which file of a pass."""
    names = {}
    for place, digest in sorted(sheet.items()):
        if match := _OURS.fullmatch(place):
            names[match["name"]] = digest
        elif (match := _STRIP.fullmatch(place)) and match["scene"] == scene:
            names[f"strip{match['sharpness']}"] = digest
    is_poster = any(name.startswith(_POSTER) for name in names)
    return {name: digest for name, digest in names.items() if _is_drawn(name, names, is_poster=is_poster)}


def _is_drawn(name: str, names: Collection[str], *, is_poster: bool) -> bool:
    """names: all of the look's. What is there in one sharpness alone is drawn whatever it is."""
    if name.startswith(_POSTERS_OWN) and not is_poster:
        return False
    sharper = f"{name.removesuffix('.png')}@"
    return name == _NEEDED or "@" in name or not any(other.startswith(sharper) for other in names)


def _kept(pictures: Pictures, digest: str) -> bytes:
    content = pictures.picture(digest)
    if content is None:
        raise Broken("picture_missing", digest=digest)
    return content
