"""A card as an app of its own: its manifest, and the worker that shows it without a connection.

Everything of one card lives below its own address, which only its holder knows: nothing is shared between cards, and
a browser forgets a card by what that card's address answers. Source: W3C Web Application Manifest; Service Workers.
"""

from collections.abc import Mapping

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.services.answer import Answer
from chalicelib.web.answer import GUARDS
from chalicelib.web.assets import address, asset

_SIZES: Mapping[str, tuple[str, str]] = {
    "icon-192": ("192x192", "any"),
    "icon-512": ("512x512", "any"),
    "icon-maskable-512": ("512x512", "maskable"),
}


def manifest(card: str, face: CardFace, language: str, icons: Mapping[str, str]) -> Answer:
    """GET /c/{card}/app.webmanifest. `icons`: addresses by name, as PictureRoom.icons gives them; may be empty."""
    home = f"/c/{card}"
    told = {
        "id": home,
        "start_url": home,
        "scope": home,
        "name": face.card_names.get(language) or face.business,
        "short_name": face.business[:30],
        "lang": language,
        "dir": "ltr",
        "display": "standalone",
        "theme_color": face.look.background,
        "background_color": face.look.background,
        "icons": [_icon(name, icons[name]) for name in _SIZES if name in icons] or [_NEUTRAL],
    }
    headers = {**GUARDS, "Content-Type": "application/manifest+json", "Content-Language": language}
    return Answer(200, headers, msgspec.json.encode(told))


def worker(card: str) -> Answer:
    """GET /c/{card}/worker.js: the same for every card; the address alone says whose it is, and which pages it sees."""
    file = asset("worker.js")
    assert file is not None, "it ships with the code"
    headers = {**GUARDS, "Content-Type": file.content_type, "Service-Worker-Allowed": f"/c/{card}"}
    return Answer(200, headers, file.content)


def _icon(name: str, at: str) -> dict[str, str]:
    sizes, purpose = _SIZES[name]
    return {"src": at, "sizes": sizes, "type": "image/png", "purpose": purpose}


_NEUTRAL = {"src": address("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
