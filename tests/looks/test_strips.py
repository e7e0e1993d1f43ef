"""What lies behind the points: how full, and never under them."""

from typing import get_args

import pytest
from PIL import Image, ImageStat

from chalicelib.programs.card import StampShape
from ops.looks.strips import (
    BANNER,
    BEHIND_POINTS,
    BELOW_POINTS,
    Frame,
    places,
    plain_strip,
    progress_strip,
    stamp_strip,
)

SHAPES = get_args(StampShape)
FRAMES = pytest.mark.parametrize("frame", [BEHIND_POINTS, BELOW_POINTS, BANNER], ids=["behind", "below", "banner"])
TEXT_RIGHT, TEXT_BOTTOM = 145, 105
"""Points of a pass where the figure of the points and its name lie."""


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    return ImageStat.Stat(image.crop(box)).mean[0]


def boxes(frame: Frame, size: int, scale: int) -> list[tuple[int, int, int, int]]:
    return [
        (round(x * scale), round(y * scale), round((x + side) * scale), round((y + side) * scale))
        for (x, y), side in places(frame, size)
    ]


@FRAMES
@pytest.mark.parametrize("size", range(1, 21))
def test_stamps_lie_in_their_room_apart_from_each_other(frame: Frame, size: int) -> None:
    left, top, right, bottom = frame.stamps
    found = places(frame, size)

    assert len(found) == size
    for (x, y), side in found:
        assert left <= x
        assert x + side <= right
        assert top <= y
        assert y + side <= bottom
        assert side >= 20
    for number, ((x, y), side) in enumerate(found):
        for (other_x, other_y), _ in found[:number]:
            assert max(abs(x - other_x), abs(y - other_y)) >= side * 1.15


@FRAMES
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("filled", "size"), [(0, 10), (3, 10), (10, 10), (1, 1), (7, 20)])
def test_as_many_stamps_are_filled_as_are_given(frame: Frame, shape: StampShape, filled: int, size: int) -> None:
    strip = stamp_strip(frame, 2, shape, filled, size)

    strength = [ink(strip, box) for box in boxes(frame, size, 2)]
    given, open_ = strength[:filled], strength[filled:]
    assert all(each > 0 for each in strength)
    if given and open_:
        assert min(given) > 1.8 * max(open_)
    assert all(each > 60 for each in given)
    assert all(each < 50 for each in open_)


@pytest.mark.parametrize("shape", SHAPES)
def test_stamps_leave_room_for_the_points(shape: StampShape) -> None:
    strip = stamp_strip(BEHIND_POINTS, 1, shape, 20, 20)

    assert ink(strip, (0, 0, TEXT_RIGHT, 144)) == 0


@pytest.mark.parametrize("per_cent", [0, 50, 100])
def test_the_way_to_the_next_level_leaves_room_for_the_points(per_cent: int) -> None:
    strip = progress_strip(BEHIND_POINTS, 1, per_cent)

    assert ink(strip, (0, 0, 375, TEXT_BOTTOM)) == 0


@FRAMES
def test_the_way_grows_with_every_step(frame: Frame) -> None:
    strips = [progress_strip(frame, 1, step) for step in range(0, 101, 5)]

    full = [strip.histogram()[255] for strip in strips]
    assert full == sorted(full)
    assert len(set(full)) == len(full)


def test_the_figure_is_readable_on_the_quiet_pattern() -> None:
    strip = plain_strip(BEHIND_POINTS, 1)

    assert max(strip.crop((0, 0, TEXT_RIGHT, 144)).getextrema()) <= 34  # of 255
    assert max(strip.getextrema()) <= 85


@pytest.mark.parametrize("frame", [BEHIND_POINTS, BANNER])
def test_a_sharper_strip_is_the_same_drawing(frame: Frame) -> None:
    small = stamp_strip(frame, 1, "cup", 5, 10)
    large = stamp_strip(frame, 3, "cup", 5, 10)

    assert large.size == (small.width * 3, small.height * 3)
    assert ink(large, (0, 0, *large.size)) == pytest.approx(ink(small, (0, 0, *small.size)), rel=0.08)
