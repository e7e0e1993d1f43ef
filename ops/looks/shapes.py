"""The shapes of stamps, each in a square of 1 by 1.

A shape is an outline, filled when the stamp is given and a thin line before; `cut` is left out of a filled one;
`lines` belong to both, thinner before; `extra` appears with the stamp.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.programs.card import StampShape
from ops.looks.ink import Point, Sheet, curve, ring

Path = list[Point]

_HAIR = 0.055
"""How thick the line of an empty stamp is."""
_ROUND = 0.05
"""How round the corners of a filled one are."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of the shape's own. width: when filled"""

    path: Path
    width: float


@dataclass(frozen=True, slots=True)
class Shape:
    outlines: tuple[Path, ...]
    cut: tuple[Stroke, ...] = ()
    lines: tuple[Stroke, ...] = ()
    extra: tuple[Stroke, ...] = ()


def draw(sheet: Sheet, shape: Shape, corner: Point, side: float, *, filled: bool, faint: int) -> None:
    """Draw it with its upper left corner at `corner`. faint: how strong the ink of an empty one is."""

    def placed(path: Path) -> Path:
        return [(corner[0] + x * side, corner[1] + y * side) for x, y in path]

    if not filled:
        for path in shape.outlines:
            sheet.line(placed([*path, path[0]]), _HAIR * side, faint)
        for stroke in shape.lines:
            sheet.line(placed(stroke.path), _HAIR * side, faint)
        return
    for path in shape.outlines:
        sheet.fill(placed(path))
        sheet.line(placed([*path, path[0]]), _ROUND * side)
    for stroke in (*shape.lines, *shape.extra):
        sheet.line(placed(stroke.path), stroke.width * side)
    for stroke in shape.cut:
        sheet.line(placed(stroke.path), stroke.width * side, 0)


def _circle() -> Shape:
    tick = Stroke([(0.29, 0.52), (0.44, 0.67), (0.72, 0.36)], 0.1)
    return Shape((ring((0.5, 0.5), 0.45)[:-1],), cut=(tick,))


def _star() -> Shape:
    points: Path = []
    for corner in range(10):
        radius = 0.47 if corner % 2 == 0 else 0.225
        angle = math.radians(-90 + 36 * corner)
        points.append((0.5 + radius * math.cos(angle), 0.535 + radius * math.sin(angle)))
    return Shape((points,))


def _heart() -> Shape:
    left = curve((0.5, 0.9), (0.3, 0.76), (0.05, 0.58), (0.05, 0.355))
    left += curve((0.05, 0.355), (0.05, 0.1), (0.38, 0.04), (0.5, 0.29))[1:]
    right = [(1 - x, y) for x, y in reversed(left)]
    return Shape((left + right[1:-1],))


def _flower() -> Shape:
    petals: Path = []
    for step in range(180):
        angle = 2 * math.pi * step / 180
        radius = 0.285 + 0.185 * abs(math.cos(2.5 * angle)) ** 0.75
        petals.append((0.5 + radius * math.sin(angle), 0.52 - radius * math.cos(angle)))
    middle = Stroke([(0.5, 0.52), (0.5, 0.5201)], 0.24)
    return Shape((petals,), cut=(middle,))


def _leaf() -> Shape:
    edge = curve((0.1, 0.9), (-0.02, 0.42), (0.3, 0.08), (0.92, 0.08))
    edge += curve((0.92, 0.08), (0.94, 0.62), (0.62, 1.0), (0.1, 0.9))[1:-1]
    rib = Stroke(curve((0.22, 0.78), (0.4, 0.62), (0.55, 0.45), (0.7, 0.3)), 0.06)
    stalk = Stroke([(0.1, 0.9), (0.04, 0.96)], 0.08)
    return Shape((edge,), cut=(rib,), lines=(stalk,))


def _cup() -> Shape:
    body: Path = [(0.12, 0.36), (0.72, 0.36)]
    body += curve((0.72, 0.36), (0.72, 0.62), (0.66, 0.8), (0.52, 0.8))[1:]
    body += curve((0.32, 0.8), (0.18, 0.8), (0.12, 0.62), (0.12, 0.36))[:-1]
    handle = Stroke(curve((0.72, 0.43), (0.95, 0.36), (0.95, 0.68), (0.66, 0.66)), 0.075)
    saucer = Stroke([(0.12, 0.93), (0.72, 0.93)], 0.075)
    steam = tuple(
        Stroke(curve((x, 0.26), (x - 0.07, 0.2), (x + 0.07, 0.13), (x, 0.07)), 0.06) for x in (0.3, 0.42, 0.54)
    )
    return Shape((body,), lines=(handle, saucer), extra=steam)


def _bag() -> Shape:
    body: Path = [(0.17, 0.33), (0.83, 0.33), (0.89, 0.9), (0.11, 0.9)]
    handle = Stroke(curve((0.34, 0.33), (0.34, 0.0), (0.66, 0.0), (0.66, 0.33)), 0.075)
    smile = Stroke(curve((0.34, 0.48), (0.36, 0.68), (0.64, 0.68), (0.66, 0.48)), 0.065)
    return Shape((body,), lines=(handle,), cut=(smile,))


def _scissors() -> Shape:
    loops = tuple(Stroke(ring((x, 0.79), 0.125), 0.085) for x in (0.25, 0.75))
    blade: Path = [(0.35, 0.69), (0.62, 0.07), (0.7, 0.1), (0.72, 0.22), (0.44, 0.71)]
    blades = (blade, [(1 - x, y) for x, y in blade])
    screw = Stroke([(0.5, 0.53), (0.5, 0.5301)], 0.07)
    return Shape(blades, lines=loops, cut=(screw,))


_MADE: Mapping[StampShape, Callable[[], Shape]] = {
    "circle": _circle,
    "star": _star,
    "heart": _heart,
    "flower": _flower,
    "leaf": _leaf,
    "cup": _cup,
    "bag": _bag,
    "scissors": _scissors,
}


def shape_of(stamp: StampShape) -> Shape:
    return _MADE[stamp]()
