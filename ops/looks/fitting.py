"""Puts an owner's pictures into the frames of wallets: cut, set in a margin, or on a ground."""

import math

from PIL import Image, ImageChops

from ops.looks.colouring import Rgb, edge_colour

_CLEAR = (0, 0, 0, 0)


def covering(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Fills the frame; what stands over is cut off evenly."""
    scale = max(size[0] / image.width, size[1] / image.height)
    width, height = max(size[0], round(image.width * scale)), max(size[1], round(image.height * scale))
    grown = _scaled(image, (width, height))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    return grown.crop((left, top, left + size[0], top + size[1]))


def within(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """As large as the frame lets it be, and no larger than that: no margin is added."""
    scale = min(size[0] / image.width, size[1] / image.height)
    fitting = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return _scaled(image, (min(fitting[0], size[0]), min(fitting[1], size[1])))


def centred(image: Image.Image, size: tuple[int, int], *, part: float, ground: Rgb | None) -> Image.Image:
    """In the middle of a frame of which it takes `part` at most, on a ground or none."""
    inner = within(image, (round(size[0] * part), round(size[1] * part)))
    frame = Image.new("RGBA", size, (*ground, 255) if ground else _CLEAR)
    frame.alpha_composite(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return frame


def rounded(image: Image.Image, side: int, *, part: float, ground: Rgb) -> Image.Image:
    """In the middle of a square, so that a circle of `part` of its breadth has room for every corner."""
    diagonal = math.hypot(image.width, image.height)
    widest = max(image.width, image.height) / diagonal
    return centred(image, (side, side), part=part * widest, ground=ground)


def trimmed(image: Image.Image) -> tuple[Image.Image, Rgb | None]:
    """Without the border around it, and the border's colour; None for a transparent border or for no even one."""
    edge = edge_colour(image)
    if edge is None:
        box = image.getchannel("A").point(lambda value: 255 * (value > 8)).getbbox()
        return (image.crop(box) if box else image), None
    ground = Image.new("RGB", image.size, edge)
    apart = _difference(image.convert("RGB"), ground)
    box = apart.getbbox()
    return (image.crop(box) if box else image), edge


def _difference(image: Image.Image, other: Image.Image) -> Image.Image:
    apart = ImageChops.difference(image, other).convert("L")
    return apart.point(lambda value: 255 * (value > 12))


def _scaled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Through premultiplied colours: what is invisible does not bleed into an edge."""
    if image.size == size:
        return image
    return image.convert("RGBa").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0).convert("RGBA")
