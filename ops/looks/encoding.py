"""Pixels as PNG files that are as small as they can be without looking it. Equal pixels give equal bytes."""

import io
from typing import cast

from PIL import Image, ImageChops, ImageStat

from ops.looks.colouring import Rgb, is_opaque, mixed

LEVELS = 16
"""Shades between nothing and full ink: as many as four bits a pixel can say."""

_FAITHFUL = 2.5
"""So far from the original may a channel be, on the average (of 255): nobody sees it."""
_OPAQUE_COLOURS = (16, 32, 64, 256)
_CLEAR_COLOURS = (4, 8, 16, 32)
_CLEAR_LEVELS = 8
_SMALL = 100_000
"""Pixels up to which the colours of a palette are sought patiently: it takes minutes for a photograph."""


def inked(mask: Image.Image, ink: Rgb, ground: Rgb | None = None) -> bytes:
    """One ink, as strong as `mask` (mode L) says, on a ground, or on a transparent one: 4 bits a pixel."""
    strengths = [level / (LEVELS - 1) for level in range(LEVELS)]
    shades = [ink if ground is None else mixed(ground, ink, strength) for strength in strengths]
    levels = mask.point(_to_levels(LEVELS))
    indexed = _indexed(levels, [part for shade in shades for part in shade])
    alpha = bytes(round(255 * strength) for strength in strengths)
    return _saved(indexed, None if ground else alpha)


def packed(image: Image.Image, *, most_bytes: int) -> bytes | None:
    """An RGBA picture in as few colours as nobody notices, or as fit; None when even the fewest are too large."""
    best = None
    whole = is_opaque(image)
    for colours in _OPAQUE_COLOURS if whole else _CLEAR_COLOURS:
        content, shown = _opaque(image, colours) if whole else _clear(image, colours)
        if len(content) > most_bytes:
            return best
        best = content
        if _distance(image, shown) <= _FAITHFUL:
            return best
    if whole:  # a photograph: more shades than a palette has are told by the grain
        content = _grained(image)
        return content if len(content) <= most_bytes else best
    return best


def _opaque(image: Image.Image, colours: int) -> tuple[bytes, Image.Image]:
    flat = image.convert("RGB")
    few = flat.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=flat.width * flat.height < _SMALL)
    return _saved(few, None), few.convert("RGBA")


def _grained(image: Image.Image) -> bytes:
    flat = image.convert("RGB")
    palette = flat.quantize(_OPAQUE_COLOURS[-1], method=Image.Quantize.MEDIANCUT)
    return _saved(flat.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG), None)


def _clear(image: Image.Image, colours: int) -> tuple[bytes, Image.Image]:
    """Few colours, each in some strengths: the edges of a logo, whatever it is laid upon.

    Pillow's own quantisation of transparent pictures moves flat colours by some per cent: a brand would notice.
    """
    alpha = image.getchannel("A")
    levels = alpha.point(_to_levels(_CLEAR_LEVELS))
    seen = alpha.point([0] + [255] * 255)
    solid = Image.composite(image.convert("RGB"), Image.new("RGB", image.size, _heaviest(image)), seen)
    few = solid.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=solid.width * solid.height < _SMALL)
    inks = (few.getpalette() or [])[: 3 * colours]
    inks += [0] * (3 * colours - len(inks))
    index = Image.frombytes("L", few.size, few.tobytes())
    scaled = Image.composite(index.point([value * _CLEAR_LEVELS % 256 for value in range(256)]), levels, seen)
    codes = ImageChops.add(Image.composite(scaled, Image.new("L", few.size, 0), seen), levels)
    used = [code for code, count in enumerate(codes.histogram()) if count]
    place = {code: number for number, code in enumerate(used)}
    shades = [part for code in used for part in inks[3 * (code // _CLEAR_LEVELS) :][:3]]
    strengths = bytes(round(255 * (code % _CLEAR_LEVELS) / (_CLEAR_LEVELS - 1)) for code in used)
    indexed = _indexed(codes.point([place.get(value, 0) for value in range(256)]), shades)
    content = _saved(indexed, strengths)
    return content, Image.open(io.BytesIO(content)).convert("RGBA")


def _heaviest(image: Image.Image) -> Rgb:
    """The colour that most of the opaque pixels have; whatever is invisible takes it, too."""
    pixels = image.width * image.height
    counted = cast(list[tuple[int, tuple[int, int, int, int]]], image.getcolors(pixels))
    opaque = [(count, colour[:3]) for count, colour in counted if colour[3] == 255]
    return max(opaque)[1] if opaque else (0, 0, 0)


def _to_levels(levels: int) -> list[int]:
    return [(value * (levels - 1) + 127) // 255 for value in range(256)]


def _indexed(codes: Image.Image, palette: list[int]) -> Image.Image:
    indexed = Image.frombytes("P", codes.size, codes.tobytes())
    indexed.putpalette(palette)
    return indexed


def _saved(image: Image.Image, alpha: bytes | None) -> bytes:
    colours = len(image.getpalette() or []) // 3 if alpha is None else len(alpha)
    bits = next(bits for bits in (1, 2, 4, 8) if colours <= 1 << bits)
    out = io.BytesIO()
    if alpha is None:
        image.save(out, "PNG", bits=bits, compress_level=9)
    else:
        image.save(out, "PNG", bits=bits, compress_level=9, transparency=alpha)
    return out.getvalue()


def _distance(image: Image.Image, other: Image.Image) -> float:
    """How far apart two pictures look on grey, in the channel that differs most: root mean square."""
    grey = Image.new("RGBA", image.size, (128, 128, 128, 255))
    apart = ImageChops.difference(
        Image.alpha_composite(grey, image).convert("RGB"), Image.alpha_composite(grey, other).convert("RGB")
    )
    return max(ImageStat.Stat(apart).rms)
