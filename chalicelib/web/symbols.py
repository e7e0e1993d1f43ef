"""Codes as they are drawn on pages: a QR code always, and before it the linear symbol that the shop's tills read.

Sources: ISO/IEC 15420 (EAN-13), 16390 (Interleaved 2 of 5), 16388 (Code 39), EN 798 (Codabar).
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

import segno
from markupsafe import Markup

from chalicelib.programs.barcodes import fits, is_number
from chalicelib.programs.card import BarcodeKind

_QUIET_ZONE_MODULES = 4  # ISO/IEC 18004: a QR code needs four light modules around it
_LIGHT = 11  # modules beside a linear symbol; EAN-13 needs the most of those here: eleven on the left
_HEIGHT = 40
_WIDE = 3  # modules of a wide bar or space
_LEFT = ["0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011"]
_RIGHT = ["".join("01"[module == "0"] for module in digit) for digit in _LEFT]
_PARITY = ["LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL"]
_TWO_OF_FIVE = ["nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn"]
_CODE_39 = {
    "0": "nnnwwnwnn", "1": "wnnwnnnnw", "2": "nnwwnnnnw", "3": "wnwwnnnnn", "4": "nnnwwnnnw", "5": "wnnwwnnnn",
    "6": "nnwwwnnnn", "7": "nnnwnnwnw", "8": "wnnwnnwnn", "9": "nnwwnnwnn", "*": "nwnnwnwnn",
}  # fmt: skip
_CODABAR = {
    "0": "nnnnnww", "1": "nnnnwwn", "2": "nnnwnnw", "3": "wwnnnnn", "4": "nnwnnwn", "5": "wnnnnwn",
    "6": "nwnnnnw", "7": "nwnnwnn", "8": "nwwnnnn", "9": "wnnwnnn", "A": "nnwwnwn",
}  # fmt: skip


def qr(text: str, *, label: str) -> Markup:
    """A QR code as inline SVG, black on white, that scales with its box. `label` is read to those who cannot see it."""
    code = segno.make_qr(text, error="m")
    svg: str = code.svg_inline(
        border=_QUIET_ZONE_MODULES, omitsize=True, svgclass=None, lineclass=None, light="#fff", dark="#000"
    )
    return Markup('<div class="qr" role="img" aria-label="{label}">{svg}</div>').format(
        label=label,
        svg=Markup(svg),  # noqa: S704 - segno writes module coordinates, never the text itself
    )


def linear(kind: BarcodeKind, code: str, *, label: str) -> Markup:
    """The symbol that tills read, with its digits below; empty for kinds that are not drawn so."""
    modules = _MODULES[kind](code) if kind in _MODULES and fits(kind, code) and is_number(code) else ""
    if not modules:
        return Markup("")
    width = len(modules) + 2 * _LIGHT
    bars = Markup("").join(
        Markup('<path d="M{at} 0h{wide}v{height}h-{wide}z"/>').format(at=at, wide=wide, height=_HEIGHT)
        for at, wide in _bars(modules)
    )
    return Markup(
        '<div class="linear"><svg viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img"'
        ' aria-label="{label}">{bars}</svg><span class="digits">{code}</span></div>'
    ).format(width=width, height=_HEIGHT, label=label, bars=bars, code=code)


def _bars(modules: str) -> Iterator[tuple[int, int]]:
    """(where, how wide) of every dark run."""
    at = _LIGHT
    for module, run in groupby(modules):
        wide = len(list(run))
        if module == "1":
            yield at, wide
        at += wide


def _ean13(code: str) -> str:
    first, left, right = _PARITY[int(code[0])], code[1:7], code[7:]
    halves = (
        "".join(_left(int(digit), side) for digit, side in zip(left, first, strict=True)),
        "".join(_RIGHT[int(digit)] for digit in right),
    )
    return f"101{halves[0]}01010{halves[1]}101"


def _left(digit: int, side: str) -> str:
    return _LEFT[digit] if side == "L" else _RIGHT[digit][::-1]


def _interleaved(code: str) -> str:
    """Two digits at a time: one in the bars, one in the spaces between them."""
    pairs = zip(code[::2], code[1::2], strict=True)
    inner = "".join(
        bar + space
        for one, other in pairs
        for bar, space in zip(_TWO_OF_FIVE[int(one)], _TWO_OF_FIVE[int(other)], strict=True)
    )
    return _drawn(f"nnnn{inner}wnn")


def _code_39(code: str) -> str:
    return _drawn("n".join(_CODE_39[letter] for letter in f"*{code}*"))


def _codabar(code: str) -> str:
    return _drawn("n".join(_CODABAR[letter] for letter in f"A{code}A"))


def _drawn(widths: str) -> str:
    """Bars and spaces in turn, narrow or wide, as modules."""
    return "".join("10"[place % 2] * (_WIDE if width == "w" else 1) for place, width in enumerate(widths))


_MODULES: Mapping[BarcodeKind, Callable[[str], str]] = {
    "ean13": _ean13,
    "i2of5": _interleaved,
    "code39": _code_39,
    "codabar": _codabar,
}
