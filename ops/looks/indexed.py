"""Writes pictures of few colours as PNG files, as small as zlib makes them. Equal pixels give equal bytes.

No row is filtered: the number of a colour says nothing of its neighbours'. Pillow filters rows of less than eight bits
a pixel, which makes a strip a third larger; and a byte for each pixel may deflate better than a half.
Source: w3.org/TR/png-3, 7.2 (how bits lie in a row), 9.2 (filters), 11.2 (chunks), 12.7 (filters and indexed colour).
"""

import struct
import zlib
from itertools import product

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS = (1, 2, 4, 8)
_INDEXED = 3
_UNFILTERED = b"\0"
_STRATEGIES = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)
_MEMORY = 8


def written(codes: Image.Image, colours: bytes, strengths: bytes | None = None) -> bytes:
    """The file. codes: a number of a colour for each pixel (mode P)     colours: red, green and blue of each

    strengths: the alpha of each, or of the first of them; None for a picture through which nothing shines
    """
    least = next(bits for bits in _BITS if len(colours) <= 3 << bits)
    ways = product(dict.fromkeys((least, _BITS[-1])), _STRATEGIES)
    bits, content = min(((bits, _deflated(codes, bits, way)) for bits, way in ways), key=lambda way: len(way[1]))
    header = struct.pack(">IIBBBBB", codes.width, codes.height, bits, _INDEXED, 0, 0, 0)
    parts = [_chunk(b"IHDR", header), _chunk(b"PLTE", colours)]
    if strengths is not None:
        parts.append(_chunk(b"tRNS", strengths))
    return b"".join((_SIGNATURE, *parts, _chunk(b"IDAT", content), _chunk(b"IEND", b"")))


def _deflated(codes: Image.Image, bits: int, strategy: int) -> bytes:
    """Row by row, each from a whole byte on."""
    packed = codes.tobytes("raw", "P" if bits == _BITS[-1] else f"P;{bits}")
    length = (codes.width * bits + 7) // 8
    rows = b"".join(_UNFILTERED + packed[at : at + length] for at in range(0, len(packed), length))
    way = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, _MEMORY, strategy)
    return way.compress(rows) + way.flush()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
