"""Colours as Pillow takes them."""

from PIL import Image

Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """ "#2b1d14" as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(ground: Rgb, ink: Rgb, part: float) -> Rgb:
    """`part` of ink over the ground; 0 for the ground alone."""
    red, green, blue = (round(under + (over - under) * part) for under, over in zip(ground, ink, strict=True))
    return red, green, blue


def is_opaque(image: Image.Image) -> bool:
    """Whether nothing shines through an RGBA picture."""
    return image.getchannel("A").getextrema() == (255, 255)


def edge_colour(image: Image.Image) -> Rgb | None:
    """The one opaque colour that all corners share; None when there is no such."""
    width, height = image.size
    corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
    found = [image.getpixel(corner) for corner in corners]
    first = found[0]
    assert isinstance(first, tuple)
    if first[3] < 255:
        return None
    for other in found:
        assert isinstance(other, tuple)
        if max(abs(one - two) for one, two in zip(first, other, strict=True)) > 6:
            return None
    return first[0], first[1], first[2]
