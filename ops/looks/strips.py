"""What lies behind the points: stamp cards, the way to the next level, and a quiet pattern, in one ink each.

On a pass, the points' figure and its name lie over the left of the strip, from the top to three quarters of it: that
room stays free. Source: developer.apple.com/documentation/walletpasses/creating-a-store-card-pass.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from chalicelib.programs.card import StampShape
from ops.looks.ink import Point, Sheet
from ops.looks.shapes import draw, shape_of

_FAINT = 120
"""How strong the ink of what is still to come is."""
_TRACK = 72

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A strip's width and height in its own unit, and what may be drawn upon.

    stamps: left, top, right, bottom of the room for them      most_rows: of stamps
    ribbon: left, middle and right of the way to the next level, and how thick it is
    """

    width: float
    height: float
    stamps: Box
    most_rows: int
    ribbon: tuple[float, float, float, float]


BEHIND_POINTS = Frame(375, 144, (150, 12, 363, 132), 3, (18, 122, 357, 8))
"""On a pass, in points."""
BELOW_POINTS = Frame(375, 144, (18, 10, 357, 134), 2, (24, 72, 351, 11))
"""On the web card, which has the points above it."""
BANNER = Frame(344, 112, (18, 10, 326, 102), 2, (30, 56, 314, 11))
"""At Google, where nothing lies over it."""


def stamp_strip(frame: Frame, scale: float, shape: StampShape, filled: int, size: int) -> Image.Image:
    """A stamp card of `size` places, `filled` of which are stamped."""
    strip = Image.new("L", (round(frame.width * scale), round(frame.height * scale)), 0)
    for number, ((x, y), side) in enumerate(places(frame, size)):
        strip.paste(_stamp(shape, round(side * scale), number < filled), (round(x * scale), round(y * scale)))
    return strip


@lru_cache(maxsize=64)
def _stamp(shape: StampShape, side: int, filled: bool) -> Image.Image:
    """One of them, on whole pixels: all look alike."""
    sheet = Sheet(1, 1, side)
    draw(sheet, shape_of(shape), (0, 0), 1, filled=filled, faint=_FAINT)
    return sheet.drawn()


def places(frame: Frame, size: int) -> list[tuple[Point, float]]:
    """Corner and side of every stamp, row by row: as large as the room lets them be, and evenly spread."""
    left, top, right, bottom = frame.stamps
    width, height = right - left, bottom - top

    def cell_of(rows: int) -> float:
        return min(width / math.ceil(size / rows), height / rows)

    rows = max(range(1, frame.most_rows + 1), key=lambda count: (cell_of(count), -count))
    columns = math.ceil(size / rows)
    cell = min(cell_of(rows), frame.height * 0.6)
    side = cell * 0.8
    across, down = min(width / columns, cell * 1.25), min(height / rows, cell * 1.25)
    start_x = left + (width - across * columns) / 2 + (across - side) / 2
    start_y = top + (height - down * rows) / 2 + (down - side) / 2
    return [((start_x + number % columns * across, start_y + number // columns * down), side) for number in range(size)]


def progress_strip(frame: Frame, scale: float, per_cent: int) -> Image.Image:
    """A ribbon with a knob where the member stands, and a star at its end."""
    sheet = Sheet(frame.width, frame.height, scale)
    left, middle, right, thick = frame.ribbon
    star = thick * 3.2
    stop = right - star - thick
    is_there = per_cent >= 100
    corner = (right - star, middle - star * 0.535)
    draw(sheet, shape_of("star"), corner, star, filled=is_there, faint=_FAINT + 40)
    knob = left + (stop - left) * per_cent / 100
    sheet.line([(left, middle), (stop, middle)], thick, _TRACK)
    if per_cent > 0:
        sheet.line([(left, middle), (knob, middle)], thick)
    if not is_there:
        sheet.disc((knob, middle), thick * 1.35, 0)
        sheet.disc((knob, middle), thick * 1.05)
        sheet.disc((knob, middle), thick * 0.42, 0)
    return sheet.drawn()


def plain_strip(frame: Frame, scale: float) -> Image.Image:
    """Wide rings around a corner, fading to the left: something to look at that says nothing."""
    sheet = Sheet(frame.width, frame.height, scale)
    unit = frame.height / 144
    centre = (frame.width - 40 * unit, frame.height + 6 * unit)
    for number in range(5):
        sheet.disc(centre, (188 - 36 * number) * unit, 17 * (number + 1))
    return sheet.drawn()
