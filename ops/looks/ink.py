"""One ink on an empty sheet: shapes drawn large and made small, so that every edge is smooth.

Measures are in the unit of whoever draws, from the upper left corner; `scale` says how many pixels a unit has.
"""

import math
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]

_FINER = 4
"""Times larger a shape is drawn than it will be shown."""


class Sheet:
    """A mask (mode L) of the ink: 0 for none, 255 for as strong as can be."""

    def __init__(self, width: float, height: float, scale: float) -> None:
        self._size = (round(width * scale), round(height * scale))
        self._scale = scale * _FINER
        self._mask = Image.new("L", (self._size[0] * _FINER, self._size[1] * _FINER), 0)
        self._draw = ImageDraw.Draw(self._mask)

    def fill(self, outline: Iterable[Point], strength: int = 255) -> None:
        """A closed shape."""
        self._draw.polygon([self._at(point) for point in outline], fill=strength)

    def disc(self, centre: Point, radius: float, strength: int = 255) -> None:
        (x, y), r = self._at(centre), radius * self._scale
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=strength)

    def line(self, path: Sequence[Point], width: float, strength: int = 255) -> None:
        """A stroke with round ends and corners."""
        points = [self._at(point) for point in path]
        thick = max(1, round(width * self._scale))
        self._draw.line(points, fill=strength, width=thick, joint="curve")
        r = (thick - 1) / 2  # Pillow counts both borders of an ellipse as its own
        for x, y in points:
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill=strength)

    def drawn(self) -> Image.Image:
        return self._mask.reduce(_FINER)

    def _at(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale


def ring(centre: Point, radius: float, *, begin: float = 0, end: float = 360, steps: int = 72) -> list[Point]:
    """Points of an arc, in degrees, clockwise from the right."""
    return [
        (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
        for angle in (math.radians(begin + (end - begin) * step / steps) for step in range(steps + 1))
    ]


def curve(start: Point, first: Point, second: Point, end: Point, *, steps: int = 24) -> list[Point]:
    """Points of a cubic Bezier curve."""
    found = []
    for step in range(steps + 1):
        t = step / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x = sum(weight * point[0] for weight, point in zip(weights, (start, first, second, end), strict=True))
        y = sum(weight * point[1] for weight, point in zip(weights, (start, first, second, end), strict=True))
        found.append((x, y))
    return found
