"""Pixels as PNG files that are as small as they can be without looking it. Equal pixels give equal bytes."""

import io
from collections.abc import Iterator
from typing import cast

from PIL import Image, ImageChops, ImageStat

from ops.looks.colouring import Rgb, is_opaque, mixed
from ops.looks.indexed import written

LEVELS = 16
"""Shades between nothing and full ink: as many as four bits a pixel can say."""

_FAITHFUL = 2.5
"""So far from the original may a channel be, on the average (of 255): nobody sees it."""
_OPAQUE_COLOURS = (16, 32, 64, 256)
_CLEAR_SHADES = ((4, 8), (8, 8), (8, 16), (16, 16), (32, 8))
"""Colours, and strengths of each: no more than 256 together."""
_FIRM, _SEEN = 250, 1
"""Strengths from which on a colour is sought. Those of edges are mixtures: they are sought where the firm do not do."""
_SMALL = 100_000
"""Pixels up to which the colours of a palette are sought patiently: it takes minutes for a photograph."""

_Shown = tuple[bytes, Image.Image]
"""A file, and what is seen of it."""


def inked(mask: Image.Image, ink: Rgb, ground: Rgb | None = None) -> bytes:
    """One ink, as strong as `mask` (mode L) says, on a ground, or on a transparent one: 16 colours."""
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
    for content, shown in _opaque_ones(image) if whole else _clear_ones(image):
        if len(content) > most_bytes:
            return best
        best = content
        if _distance(image, shown) <= _FAITHFUL:
            return best
    if whole:  # a photograph: more shades than a palette has are told by the grain
        content = _grained(image)
        return content if len(content) <= most_bytes else best
    return best


def _opaque_ones(image: Image.Image) -> Iterator[_Shown]:
    flat = image.convert("RGB")
    for colours in _OPAQUE_COLOURS:
        few = _quantized(flat, colours)
        yield _saved(few, None), few.convert("RGBA")


def _quantized(flat: Image.Image, colours: int) -> Image.Image:
    return flat.quantize(colours, method=Image.Quantize.MEDIANCUT, kmeans=flat.width * flat.height < _SMALL)


def _grained(image: Image.Image) -> bytes:
    flat = image.convert("RGB")
    palette = flat.quantize(_OPAQUE_COLOURS[-1], method=Image.Quantize.MEDIANCUT)
    return _saved(flat.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG), None)


def _clear_ones(image: Image.Image) -> Iterator[_Shown]:
    for least in (_FIRM, _SEEN):
        for colours, levels in _CLEAR_SHADES:
            yield _clear(image, colours, levels, least)


def _clear(image: Image.Image, colours: int, levels: int, least: int) -> _Shown:
    """Few colours, each in some strengths: the edges of a logo, whatever it is laid upon.

    Pillow's own quantisation of transparent pictures moves flat colours by some per cent: a brand would notice.
    """
    alpha, flat = image.getchannel("A"), image.convert("RGB")
    strengths = alpha.point(_to_levels(levels))
    seen = strengths.point([0] + [255] * 255)
    heaviest = Image.new("RGB", image.size, _heaviest(image))
    firm = Image.composite(flat, heaviest, alpha.point([255 * (value >= least) for value in range(256)]))
    palette = _quantized(firm, colours)
    inks = (palette.getpalette() or [])[: 3 * colours]
    inks += [0] * (3 * colours - len(inks))
    few = Image.composite(flat, heaviest, seen).quantize(palette=palette, dither=Image.Dither.NONE)
    index = Image.frombytes("L", few.size, few.tobytes())
    scaled = index.point([value * levels % 256 for value in range(256)])
    codes = ImageChops.add(Image.composite(scaled, Image.new("L", few.size, 0), seen), strengths)
    used = [code for code, count in enumerate(codes.histogram()) if count]
    place = {code: number for number, code in enumerate(used)}
    shades = [part for code in used for part in inks[3 * (code // levels) :][:3]]
    indexed = _indexed(codes.point([place.get(value, 0) for value in range(256)]), shades)
    content = _saved(indexed, bytes(round(255 * (code % levels) / (levels - 1)) for code in used))
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


def _saved(image: Image.Image, strengths: bytes | None) -> bytes:
    """The file of a picture with a palette; strengths: of each colour; None where nothing shines through."""
    colours = bytes(image.getpalette() or [])
    return written(image, colours if strengths is None else colours[: 3 * len(strengths)], strengths)


def _distance(image: Image.Image, other: Image.Image) -> float:
    """How far apart two pictures look on grey, in the channel that differs most: root mean square."""
    grey = Image.new("RGBA", image.size, (128, 128, 128, 255))
    apart = ImageChops.difference(
        Image.alpha_composite(grey, image).convert("RGB"), Image.alpha_composite(grey, other).convert("RGB")
    )
    return max(ImageStat.Stat(apart).rms)
