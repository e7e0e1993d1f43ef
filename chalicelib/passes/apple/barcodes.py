"""The barcodes of a pass: the one that the shop's till reads first, then a QR code for phones that cannot draw it.

A device shows the first that it can draw; EAN-13, Code 39, Codabar and Interleaved 2 of 5 are drawn from iOS 27 on.
Source: developer.apple.com/documentation/walletpasses/pass/barcodes-data.dictionary. What each symbology can say:
ISO/IEC 15420 (EAN), 16388 (Code 39), 16390 (Interleaved 2 of 5), 15417 (Code 128), ANSI/AIM BC3 (Codabar).
"""

import re
from collections.abc import Mapping

from chalicelib.passes.apple.content import Barcode
from chalicelib.programs.card import BarcodeKind

FORMATS: Mapping[BarcodeKind, str] = {
    "qr": "PKBarcodeFormatQR",
    "aztec": "PKBarcodeFormatAztec",
    "pdf417": "PKBarcodeFormatPDF417",
    "code128": "PKBarcodeFormatCode128",
    "code39": "PKBarcodeFormatCode39",
    "codabar": "PKBarcodeFormatCodabar",
    "ean13": "PKBarcodeFormatEAN13",
    "i2of5": "PKBarcodeFormatI2of5",
}
_KINDS: Mapping[str, BarcodeKind] = {name: kind for kind, name in FORMATS.items()}

LONGEST = {"qr": 500, "aztec": 500, "pdf417": 500}
"""Characters of what stays readable on a phone's screen in a square or stacked code."""

_CODE_128 = re.compile(r"[\x20-\x7e]{1,40}")
_CODE_39 = re.compile(r"[0-9A-Z .$/+%-]{1,24}")
_CODABAR = re.compile(r"[A-Da-d]?[0-9$:/.+-]{1,24}[A-Da-d]?")
_EAN_13 = re.compile(r"[0-9]{13}")
_I_2_OF_5 = re.compile(r"([0-9]{2}){1,15}")
_LINEAR = {
    "code128": (_CODE_128, "1 to 40 letters, digits and signs of ASCII"),
    "code39": (_CODE_39, "1 to 24 of 0-9 A-Z space . $ / + % -"),
    "codabar": (_CODABAR, "1 to 24 of 0-9 $ : / . + -, between a letter A to D and another, or neither"),
    "ean13": (_EAN_13, "13 digits of which the last is the check digit"),
    "i2of5": (_I_2_OF_5, "2 to 30 digits, an even number"),
}


def barcodes_of(kind: BarcodeKind, message: str) -> tuple[Barcode, ...]:
    """The barcodes of a card, best first.

    A card that is older than its program's kind may have a message which that cannot say: it keeps its QR code.
    """
    ours = () if kind == "qr" or says_not(FORMATS[kind], message) else (_barcode(kind, message),)
    return (*ours, _barcode("qr", message))


def says_not(form: str, message: str) -> str:
    """What a message must be like for a barcode of Apple's format `form`; "" when it is."""
    kind = _KINDS[form]
    if kind not in _LINEAR:
        return "" if 0 < len(message) <= LONGEST[kind] else f"1 to {LONGEST[kind]} characters"
    pattern, rule = _LINEAR[kind]
    is_sayable = pattern.fullmatch(message) is not None and _is_closed(kind, message)
    return "" if is_sayable else rule


def _is_closed(kind: str, message: str) -> bool:
    """Codabar has both of its outer letters or none; EAN-13 its check digit."""
    match kind:
        case "codabar":
            return message[0].isalpha() == message[-1].isalpha() and not (len(message) == 1 and message.isalpha())
        case "ean13":
            digits = [int(digit) for digit in message]
            return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0
        case _:
            return True


def _barcode(kind: BarcodeKind, message: str) -> Barcode:
    """ISO 8859-1 as scanners expect it; UTF-8 only for what does not fit into it."""
    try:
        message.encode("iso-8859-1")
        encoding = "iso-8859-1"
    except UnicodeEncodeError:
        encoding = "utf-8"
    return Barcode(FORMATS[kind], message, encoding, alt_text=message if kind in _LINEAR else "")
