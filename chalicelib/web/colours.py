"""An owner's colours, checked for contrast and corrected until everybody can read them.

Contrast is WCAG 2.2's: 4.5 for text (1.4.3), 3 for controls (1.4.11). A colour that falls short is moved towards
white or black, whichever helps, no further than needed.
"""

import re
from typing import NamedTuple, Self

import msgspec

from chalicelib.cards.face import Look

TEXT_RATIO = 4.5
CALM_RATIO = 7.0  # what a corrected main text gets: just readable looks like a mistake
CONTROL_RATIO = 3.0
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_STEPS = 40
_SHEEN_PERCENT = 14


class Colour(NamedTuple):
    """sRGB, each part 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 black to 1 white (WCAG 2.2)."""
        linear = [
            part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in self
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def towards(self, other: "Colour", percent: float) -> "Colour":
        """`percent` of the way to another colour."""
        return Colour(
            *(round(mine + (theirs - mine) * percent / 100) for mine, theirs in zip(self, other, strict=True))
        )


WHITE = Colour(255, 255, 255)
BLACK = Colour(0, 0, 0)
PAGE_LIGHT = Colour(0xF6, 0xF5, 0xF3)  # --page of style.css
PAGE_DARK = Colour(0x13, 0x14, 0x16)
_DEFAULT = Look(background="#26323b", text="#ffffff", label="#c4d2dc")


def colour(text: str) -> Colour | None:
    """ "#2b1d14" or "#abc"; None for anything else."""
    if not _HEX.fullmatch(text):
        return None
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    return Colour(*(int(digits[place : place + 2], 16) for place in (0, 2, 4)))


def contrast(one: Colour, other: Colour) -> float:
    """1 (equal) to 21 (black on white)."""
    bright, dim = sorted((one.luminance, other.luminance), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def readable(ink: Colour, on: Colour, ratio: float = TEXT_RATIO) -> Colour:
    """`ink`, moved as little as needed until it stands out from `on`."""
    goal = max(WHITE, BLACK, key=lambda end: contrast(end, on))
    for step in range(_STEPS + 1):
        moved = ink.towards(goal, 100 * step / _STEPS)
        if contrast(moved, on) >= ratio:
            return moved
    return goal


class Palette(msgspec.Struct, frozen=True):
    """The colours of one program, as its owner wrote them and as they are shown."""

    background: Colour
    text: Colour
    label: Colour

    @classmethod
    def of(cls, background: str, text: str, label: str) -> Self:
        """From what the owner wrote; a colour that cannot be read is replaced by a calm one."""
        return cls(
            *(
                colour(given) or colour(calm) or BLACK
                for given, calm in (
                    (background, _DEFAULT.background),
                    (text, _DEFAULT.text),
                    (label, _DEFAULT.label),
                )
            )
        )

    @property
    def name(self) -> str:
        """Names the colours and nothing else: the class on the page and the name of the stylesheet."""
        return "look-" + "-".join(str(part)[1:] for part in (self.background, self.text, self.label))

    def stylesheet(self) -> str:
        """The custom properties that style.css draws with, for both schemes."""
        is_clear = contrast(self.text, self.background) >= TEXT_RATIO
        ink = self.text if is_clear else readable(self.text, self.background, CALM_RATIO)
        label = readable(self.label, self.background)
        # The sheen leads away from the ink, so that it only ever adds contrast.
        away = BLACK if ink.luminance > self.background.luminance else WHITE
        edge = self.background.towards(away, _SHEEN_PERCENT)
        return (
            f".{self.name}{{--card:{self.background};--card-edge:{edge};--card-ink:{ink};--card-label:{label};"
            f"{self._accent(PAGE_LIGHT)}}}\n"
            f"@media (prefers-color-scheme:dark){{.{self.name}{{{self._accent(PAGE_DARK)}}}}}\n"
        )

    def _accent(self, page: Colour) -> str:
        """Buttons and bars: one of the owner's colours that stands out from the page, and the ink on it."""
        loud = [given for given in (self.background, self.label) if contrast(given, page) >= CONTROL_RATIO]
        accent = loud[0] if loud else readable(self.background, page, CONTROL_RATIO)
        ink = max(WHITE, BLACK, key=lambda end: contrast(end, accent))
        return f"--accent:{accent};--accent-ink:{ink}"


def palette(look: Look) -> Palette:
    """The palette of a program's card."""
    return Palette.of(look.background, look.text, look.label)
