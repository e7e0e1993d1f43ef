"""A business's initials, for shops that bring no logo.

Drawn in Manrope Bold (SIL Open Font License 1.1, in `font/`), which has Latin, Greek and Cyrillic letters.
"""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ops.looks.ink import Sheet

_FINER = 4
_PROBE = 400
_FONT = Path(__file__).parent / "font" / "Manrope-Bold.ttf"
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "the", "of", "by", "at", "de", "la", "le", "и", "у", "в", "на", "от", "для"}
)


def initials(name: str) -> str:
    """One letter, or two of a name of several words, in capitals: "BS" for "Bean Street Coffee"."""
    words = "".join(letter if letter.isalnum() or letter in "'’" else " " for letter in name).split()
    telling = [word for word in words if word.casefold() not in _SMALL_WORDS] or words
    letters = "".join(word[0].upper()[:1] for word in telling[:2])
    return "".join(letter for letter in letters if _has(letter))


def letters(name: str, side: int, *, part: float) -> Image.Image:
    """A mask of the initials in the middle of a square, `part` of which is the room they may take."""
    text = initials(name)
    if not text:
        return _mark(side, part)
    room = side * _FINER
    ink = _ink(text, round(room * part))
    mask = Image.new("L", (room, room), 0)
    mask.paste(ink, ((room - ink.width) // 2, (room - ink.height) // 2))
    return mask.reduce(_FINER)


def medal(name: str, side: int) -> Image.Image:
    """A mask of a disc out of which the initials are cut: stands on any colour."""
    sheet = Sheet(1, 1, side)
    sheet.disc((0.5, 0.5), 0.5)
    cut = letters(name, side, part=0.54)
    return Image.composite(Image.new("L", (side, side), 0), sheet.drawn(), cut)


def _ink(text: str, room: int) -> Image.Image:
    """The letters, without anything around them, filling the room in the direction in which they are larger."""
    probe = _drawn(text, _PROBE)
    # One letter alone would tower: it is kept as high as a pair of them is, and a bit.
    most_high = room * (0.74 if len(text) == 1 else 0.62)
    size = int(_PROBE * min(room / probe.width, most_high / probe.height))
    return _drawn(text, max(8, size))


def _drawn(text: str, size: int) -> Image.Image:
    mask = Image.new("L", (3 * size, 2 * size), 0)
    ImageDraw.Draw(mask).text((size // 2, size // 4), text, fill=255, font=_font(size))
    return mask.crop(mask.getbbox())


def _mark(side: int, part: float) -> Image.Image:
    """A ring, for names without a letter that the font has."""
    sheet = Sheet(1, 1, side)
    sheet.disc((0.5, 0.5), part / 2)
    sheet.disc((0.5, 0.5), part / 4, 0)
    return sheet.drawn()


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=256)
def _has(letter: str) -> bool:
    """Whether the font has a glyph of its own for it."""
    font = _font(100)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe")) and font.getlength(letter) > 0
