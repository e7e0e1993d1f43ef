"""All pictures of a program's look, for both wallets and the web, from what the owner brings and the card's colours.

Sizes: github.com/apple/pass-builder (points; three sharpnesses of each), developers.google.com/wallet/retail/
loyalty-cards/resources/brand-guidelines (pixels; a logo's margin of 15 %), w3.org/TR/appmanifest (a maskable icon
keeps to a circle of four fifths).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from chalicelib.programs.card import class_of_level
from chalicelib.programs.definition import Definition
from ops.looks.colouring import Rgb, is_opaque, rgb
from ops.looks.encoding import inked, packed
from ops.looks.fitting import centred, covering, rounded, trimmed, within
from ops.looks.monogram import letters, medal
from ops.looks.opening import PictureRefused, opened
from ops.looks.strips import BANNER, BEHIND_POINTS, BELOW_POINTS, Frame, plain_strip, progress_strip, stamp_strip

_SHARPNESS = (("", 1), ("@2x", 2), ("@3x", 3))
_MOST_BYTES = 300_000
_PHOTO_BYTES = {1: 45_000, 2: 120_000, 3: 200_000}
"""By sharpness: so large may a photograph be in a pass, if fewer colours can do that."""
_STEP = 5

_ICON, _LOGO, _PRIMARY, _STRIP, _ARTWORK = (38, 38), (160, 50), (126, 30), (375, 144), (358, 448)
_GOOGLE_LOGO, _WIDE_LOGO, _HERO = (660, 660), (1280, 400), (1032, 336)
_WEB_LOGO = (640, 200)

Progress = Callable[[str], None]
_Drawing = Callable[[Frame, float], Image.Image]


def prepared(definition: Definition, folder: Path, *, told: Progress = lambda path: None) -> Mapping[str, bytes]:
    """PNG files by where each is used; see services/ports/pictures.py.

    folder: where the owner's pictures lie, that of the program's file      told: hears of every picture that is ready
    Raises: PictureRefused.
    """
    artist = _Artist.of(definition, folder)
    ready = {}
    for path, content in artist.pictures():
        ready[path] = content
        told(path)
    return ready


@dataclass(frozen=True, slots=True)
class _Emblem:
    """A square sign without its border. ground: the border's colour, if it had one     is_photo: fills its frame"""

    image: Image.Image
    ground: Rgb | None
    is_photo: bool

    @classmethod
    def of(cls, picture: Image.Image) -> "_Emblem":
        image, ground = trimmed(picture)
        return cls(image, ground, is_photo=ground is None and is_opaque(picture))


@dataclass(frozen=True, slots=True)
class _Artist:
    """The owner's pictures, opened, and the colours."""

    definition: Definition
    background: Rgb
    ink: Rgb
    logo: Image.Image | None
    emblem: _Emblem | None
    strip: Image.Image | None
    artwork: Image.Image | None

    @classmethod
    def of(cls, definition: Definition, folder: Path) -> "_Artist":
        card = definition.card
        names = card.pictures

        def brought(picture: str, least: tuple[int, int]) -> Image.Image | None:
            return opened(folder, picture, least=least) if picture else None

        logo = brought(names.logo, (50, 50))
        icon = brought(names.icon, (114, 114))
        strip = brought(names.strip, _STRIP)
        artwork = brought(names.artwork, _ARTWORK)
        sign = icon or (logo if logo and 0.8 <= logo.width / logo.height <= 1.25 else None)
        return cls(
            definition,
            rgb(card.background),
            rgb(card.stamp_colour or card.label),
            trimmed(logo)[0] if logo else None,
            _Emblem.of(sign) if sign else None,
            strip,
            artwork,
        )

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        yield from self._icons()
        yield from self._logos()
        yield from self._strips()
        if self.artwork:
            for sharp, times in _SHARPNESS:
                size = (_ARTWORK[0] * times, _ARTWORK[1] * times)
                yield (
                    f"apple/artwork{sharp}.png",
                    self._flat(covering(self.artwork, size), "artwork", _PHOTO_BYTES[times]),
                )

    def _icons(self) -> Iterator[tuple[str, bytes]]:
        for sharp, times in _SHARPNESS:
            yield f"apple/icon{sharp}.png", self._sign(_ICON[0] * times, part=0.74)
        yield "google/logo.png", self._round_logo(_GOOGLE_LOGO[0])
        for side in (192, 512):
            yield f"web/icon-{side}.png", self._sign(side, part=0.74)
        yield "web/icon-maskable-512.png", self._sign(512, part=0.78, is_round=True)

    def _sign(self, side: int, *, part: float, is_round: bool = False) -> bytes:
        """The emblem, or the initials, on a square. is_round: a circle of `part` of it is what is surely seen"""
        if self.emblem is None:
            mask = letters(self.definition.business.name, side, part=part * (0.78 if is_round else 0.92))
            return inked(mask, self._label(), self.background)
        image, ground = self.emblem.image, self.emblem.ground or self.background
        if self.emblem.is_photo:
            return self._flat(covering(image, (side, side)), "icon")
        if is_round:
            return self._flat(rounded(image, side, part=part, ground=ground), "icon")
        return self._flat(centred(image, (side, side), part=part, ground=ground), "icon")

    def _round_logo(self, side: int) -> bytes:
        """Google cuts a circle out of it, which lies on the card: initials are turned round, as the medal is."""
        if self.emblem is None:
            return inked(letters(self.definition.business.name, side, part=0.54), self.background, self._label())
        return self._sign(side, part=0.7, is_round=True)

    def _logos(self) -> Iterator[tuple[str, bytes]]:
        for sharp, times in _SHARPNESS:
            yield f"apple/logo{sharp}.png", self._wordmark((_LOGO[0] * times, _LOGO[1] * times))
            yield f"apple/primaryLogo{sharp}.png", self._wordmark((_PRIMARY[0] * times, _PRIMARY[1] * times))
        yield "web/logo.png", self._wordmark(_WEB_LOGO)
        if self.logo:
            yield "google/wide_logo.png", self._flat(centred(self.logo, _WIDE_LOGO, part=0.8, ground=None), "logo")

    def _wordmark(self, size: tuple[int, int]) -> bytes:
        """The logo, else the emblem as a tile, else a medal with the initials: on the card itself."""
        if self.logo:
            return self._flat(within(self.logo, size), "logo")
        if self.emblem:
            return self._flat(within(self.emblem.image, size), "icon")
        return inked(medal(self.definition.business.name, size[1]), self._label())

    def _strips(self) -> Iterator[tuple[str, bytes]]:
        card = self.definition.card
        match card.strip:
            case "picture":
                if self.strip:
                    yield from self._brought_strip(self.strip)
            case "pattern":
                yield from self._scene("plain", plain_strip)
            case "stamps":
                size = self.definition.offers.stamps[0].size if self.definition.offers.stamps else 0
                for filled in range(size + 1) if size else ():
                    yield from self._scene(
                        f"stamps-{filled}",
                        partial(stamp_strip, shape=card.stamp, filled=filled, size=size),
                    )
            case "progress":
                for per_cent in range(0, 101, _STEP):
                    yield from self._scene(
                        f"progress-{per_cent}",
                        partial(progress_strip, per_cent=per_cent),
                    )
            case "none":
                pass

    def _scene(self, scene: str, drawing: _Drawing) -> Iterator[tuple[str, bytes]]:
        """On a transparent ground, but for Google, which asks for coloured ones: the card's, and each class's."""
        for sharp, times in _SHARPNESS:
            yield f"apple/strip/{scene}{sharp}.png", inked(drawing(BEHIND_POINTS, times), self.ink)
        yield f"web/strip/{scene}.png", inked(drawing(BELOW_POINTS, 2), self.ink)
        banner = drawing(BANNER, 3)
        yield f"google/hero/{scene}.png", inked(banner, self.ink, self.background)
        for level_class, ground in self._grounds():
            yield f"google/hero/{level_class}/{scene}.png", inked(banner, self.ink, ground)

    def _grounds(self) -> Iterator[tuple[str, Rgb]]:
        """The classes of levels whose colour is not the card's: at Google, only a class has a colour."""
        card = self.definition.card
        for level, colour in card.level_colours.items() if card.level_classes else ():
            if colour != card.background:
                yield class_of_level(level), rgb(colour)

    def _brought_strip(self, image: Image.Image) -> Iterator[tuple[str, bytes]]:
        def cut(size: tuple[int, int], times: int) -> bytes:
            return self._flat(covering(image, size), "strip", _PHOTO_BYTES[times])

        strips = {times: cut((_STRIP[0] * times, _STRIP[1] * times), times) for _, times in _SHARPNESS}
        for sharp, times in _SHARPNESS:
            yield f"apple/strip/plain{sharp}.png", strips[times]
        yield "web/strip/plain.png", strips[2]
        yield "google/hero/plain.png", cut(_HERO, 3)

    def _flat(self, image: Image.Image, which: str, most_bytes: int = _MOST_BYTES) -> bytes:
        content = packed(image, most_bytes=most_bytes) or packed(image, most_bytes=_MOST_BYTES)
        if content is None:
            picture = getattr(self.definition.card.pictures, which)
            raise PictureRefused(picture, "too full of fine detail", f"one that fits into {_MOST_BYTES // 1000} kB")
        return content

    def _label(self) -> Rgb:
        return rgb(self.definition.card.label)
