"""What the till scans from a card in Google Wallet.

A code that a kind of barcode cannot write becomes a QR code, which every text fits into: a card without one is worse
than a card with another one. Source: developers.google.com/wallet/reference/rest/v1/BarcodeType.
"""

from collections.abc import Mapping

from chalicelib.cards.face import CardFace
from chalicelib.passes.google.limits import checked_key
from chalicelib.passes.google.resources import Barcode, RotatingBarcode, TotpDetails, TotpParameters
from chalicelib.passes.google.rotating import DIGITS, PATTERN, PERIOD_MILLISECONDS
from chalicelib.programs.barcodes import fits
from chalicelib.programs.card import BarcodeKind

_QR = "QR_CODE"
_ENCODING = "UTF_8"
_KINDS: Mapping[BarcodeKind, str] = {
    "qr": _QR,
    "aztec": "AZTEC",
    "pdf417": "PDF_417",
    "code128": "CODE_128",
    "code39": "CODE_39",
    "codabar": "CODABAR",
    "ean13": "EAN_13",
    "i2of5": "ITF_14",  # fourteen digits, the last of which checks the others: so ours are
}
_SQUARES = frozenset({_QR, "AZTEC", "PDF_417"})


def barcode_type(kind: BarcodeKind, text: str) -> str:
    """Google's name of the kind of barcode that this text is shown as."""
    name = _KINDS[kind]
    is_line = name not in _SQUARES
    return name if fits(kind, text) and (text.isascii() or not is_line) else _QR


def barcode_of(face: CardFace) -> Barcode:
    return Barcode(barcode_type(face.barcode_kind, face.barcode), face.barcode, _ENCODING)


def rotating_of(face: CardFace, key: bytes) -> RotatingBarcode:
    """A code that changes. Beside lines it would be too long, or no number any more: there it is a QR code."""
    kind = barcode_type(face.barcode_kind, face.barcode)
    return RotatingBarcode(
        type=kind if kind in _SQUARES else _QR,
        render_encoding=_ENCODING,
        value_pattern=PATTERN.format(code=face.barcode),
        alternate_text=face.barcode,
        totp_details=TotpDetails(
            "TOTP_SHA1", str(PERIOD_MILLISECONDS), (TotpParameters(checked_key(key).hex().upper(), DIGITS),)
        ),
    )
