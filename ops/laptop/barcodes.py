"""The barcodes that the phone on the page and previews show: the real symbol of each kind, as SVG.

QR codes by segno, the others by zxing-cpp, which reads them back in the tests.
"""

import io
import re

import segno
import zxingcpp

from chalicelib.programs.card import BarcodeKind

LONGEST = 500
"""Characters; more fits into no code that a till would read."""

_FORMATS: dict[BarcodeKind, zxingcpp.BarcodeFormat] = {
    "aztec": zxingcpp.BarcodeFormat.Aztec,
    "pdf417": zxingcpp.BarcodeFormat.PDF417,
    "code128": zxingcpp.BarcodeFormat.Code128,
    "code39": zxingcpp.BarcodeFormat.Code39,
    "codabar": zxingcpp.BarcodeFormat.Codabar,
    "ean13": zxingcpp.BarcodeFormat.EAN13,
    "i2of5": zxingcpp.BarcodeFormat.ITF,
}
_OPENING = re.compile(r'.*<svg width="(\d+)" height="(\d+)"', re.DOTALL)


class NoSuchCode(ValueError):
    """A text that this kind of barcode cannot hold, or a kind that nobody knows."""


def svg(kind: str, text: str) -> str:
    """The symbol, black on white, in as many units as it has modules. Raises NoSuchCode."""
    if not 0 < len(text) <= LONGEST:
        raise NoSuchCode(f"a text of 1 to {LONGEST} characters")
    match kind:
        case "qr":
            drawn = io.BytesIO()
            segno.make_qr(text, error="m").save(drawn, kind="svg", border=1, omitsize=True, light="#fff", xmldecl=False)
            return drawn.getvalue().decode()
        case "aztec" | "pdf417" | "code128" | "code39" | "codabar" | "ean13" | "i2of5":
            try:
                symbol = zxingcpp.create_barcode(text, _FORMATS[kind])
            except (ValueError, RuntimeError) as err:
                raise NoSuchCode(f"a text that {kind} can hold") from err
            drawn_svg: str = zxingcpp.write_barcode_to_svg(symbol)
            # A box to scale by in place of a size in pixels, and no document type, which a page need not read.
            return _OPENING.sub(r'<svg viewBox="0 0 \1 \2"', drawn_svg, count=1)
        case _:
            raise NoSuchCode("a kind of barcode that cards have")
