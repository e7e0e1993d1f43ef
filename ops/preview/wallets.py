"""What phones would be handed: the pass, the object and the page of a face, made by the same code as everybody's."""

import base64
import io
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.events import Instant
from chalicelib.passes.apple.issuer import Issuer as AppleIssuer
from chalicelib.passes.apple.tenants import PassSecret, Tenants
from chalicelib.passes.google.content import class_of, object_of
from chalicelib.passes.google.issuer import Issuer as GoogleIssuer
from chalicelib.passes.google.logos import Logos
from chalicelib.passes.google.rotating import RotatingCodes
from chalicelib.services.ports import Pictures, Wallet
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms
from chalicelib.web.card import CardView, Line, card_page
from chalicelib.web.language import Speech
from chalicelib.web.pictures import PictureRoom
from ops.laptop import authority
from ops.preview.samples import AT, DAY

BASE_URL = "https://cards.example"
"""Where the preview's pages seem to be; nothing is asked of it."""

_PASS_TYPE, _TEAM, _SERIAL = "pass.example.preview", "PREVIEW001", "preview-0001"
_TOKEN_KEY = bytes(32)  # what it makes is never asked for
_CODES = RotatingCodes(bytes(32))
_NOT_SHOWN = frozenset({"manifest.json", "signature"})


@dataclass(frozen=True, slots=True)
class Cards:
    """A member's three cards. google: the object, with its class in `classReference`; page: the web card's HTML."""

    apple: Mapping[str, bytes]
    google: Mapping[str, Any]
    page: bytes

    @property
    def has_poster(self) -> bool:
        """Whether phones that know poster cards show one."""
        return "posterGeneric" in msgspec.json.decode(self.apple["pass.json"])

    def as_json(self) -> Mapping[str, Any]:
        """What the sheet's script draws from: files in base64, as no script reads a zip without a library."""
        files = {name: base64.b64encode(content).decode() for name, content in self.apple.items()}
        return {"apple": files, "google": self.google}


@dataclass(frozen=True, slots=True)
class Wallets:
    """A deployment that nobody uses, with papers that nobody trusts."""

    apple: AppleIssuer
    google: GoogleIssuer
    pictures: Pictures
    room: PictureRoom

    @classmethod
    def open(cls) -> Self:
        """Made anew each time; it keeps its pictures in memory."""
        pictures = MemoryPictures()
        logos = Logos(BASE_URL, pictures)
        apple = AppleIssuer(
            _tenants(), pictures=pictures, clock=_Still(), web_service_url=f"{BASE_URL}/apple", token_key=_TOKEN_KEY
        )
        google = GoogleIssuer(
            "3388000000000000000",
            "preview",
            logo_url=logos.logo,
            callback_url=lambda program: f"{BASE_URL}/google/callback/{program}",
            wide_logo_url=logos.wide_logo,
            hero_url=logos.hero,
        )
        return cls(apple, google, pictures, PictureRoom(pictures))

    def cards(self, face: CardFace) -> Cards:
        """Raises: Broken for a face that a wallet would refuse."""
        shared, own = class_of(face, self.google), object_of(face, _SERIAL, self.google, _CODES)
        return Cards(
            apple=_files(self.apple.issue(face, _SERIAL)),
            google=msgspec.to_builtins(own) | {"classReference": msgspec.to_builtins(shared)},
            page=card_page(self._view(face), face.language, now=AT).body,
        )

    def _view(self, face: CardFace) -> CardView:
        """As an iPhone shows it, with one purchase in the history of whoever has points."""
        speech = Speech(face.language, face.time_zone)
        bought = Line(AT - 2 * DAY, speech.say("history.earned.order", order="#1042"), max(1, face.points // 12))
        return CardView(
            card="preview",
            face=face,
            history=(bought,) if face.points else (),
            logo=self.room.logo(face),
            strip=self.room.strip(face),
            wallets=("apple",),
        )


def _files(package: bytes) -> Mapping[str, bytes]:
    """What a pass holds, but for what changes with every signature."""
    with zipfile.ZipFile(io.BytesIO(package)) as zipped:
        return {name: zipped.read(name) for name in sorted(zipped.namelist()) if name not in _NOT_SHOWN}


class _Still:
    """ports.Clock: the moment that previews show."""

    def now(self) -> Instant:
        return AT

    def pause(self, most_milliseconds: int) -> None:
        """Nobody is met."""

    def wait(self, milliseconds: Instant) -> None:
        """Nothing is waited for."""


def _tenants() -> Tenants:
    """One pass type for all programs, with papers of the moment that is shown."""
    made_at = datetime.fromtimestamp(AT / 1_000, UTC)
    with tempfile.TemporaryDirectory() as folder:
        papers = authority.ensure(Path(folder), pass_type=_PASS_TYPE, team=_TEAM, organisation="Preview", now=made_at)
        made = (papers.certificate, papers.key, papers.intermediate)
        secret = msgspec.json.encode(PassSecret(*(path.read_text() for path in made))).decode()
    shared = Wallet("", _PASS_TYPE, _TEAM, "apple")
    return Tenants(MemoryPrograms(), secret=lambda _: secret, shared=shared, clock=_Still())
