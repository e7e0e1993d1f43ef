"""What tills read is read: every symbol that a page draws, by a reader nobody here wrote."""

import random
from typing import get_args

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from web_reading import read
from web_samples import AN_EAN_CARD, NOW, a_face, a_view

from chalicelib.programs.barcodes import as_scanned, check_digit, drawn_digits, fits, is_misread, numbered
from chalicelib.programs.card import BarcodeKind
from chalicelib.web.card import card_page
from chalicelib.web.symbols import linear

_NAMES = {"ean13": "EAN-13", "i2of5": "ITF", "codabar": "Codabar", "code39": "Code 39"}
_DOT = 3


def _codes(kind: BarcodeKind, count: int) -> list[str]:
    chance = random.Random(7)
    return [numbered(kind, "".join(chance.choices("0123456789", k=drawn_digits(kind)))) for _ in range(count)]


def _picture(drawn: str) -> Image.Image:
    """The symbol as a browser fills its paths: "M<x> 0h<width>v40h-<width>z"."""
    width = int(drawn.partition('viewBox="0 0 ')[2].partition(" ")[0])
    picture = Image.new("L", (width * _DOT, 120), 255)
    pen = ImageDraw.Draw(picture)
    for path in drawn.split('<path d="M')[1:]:
        at, _, rest = path.partition(" 0h")
        wide = int(rest.partition("v")[0])
        pen.rectangle((int(at) * _DOT, 0, (int(at) + wide) * _DOT - 1, 120), fill=0)
    return picture


@pytest.mark.parametrize("kind", _NAMES)
def test_a_reader_reads_the_code_that_was_drawn(kind: BarcodeKind) -> None:
    for code in _codes(kind, 40):
        (seen,) = zxingcpp.read_barcodes(_picture(str(linear(kind, code, label="Code"))))

        assert as_scanned(seen.text) == code
        assert str(seen.format) == _NAMES[kind]


@pytest.mark.parametrize("kind", sorted(set(get_args(BarcodeKind)) - set(_NAMES)))
def test_other_kinds_are_a_qr_code_alone(kind: BarcodeKind) -> None:
    assert linear(kind, "2141617841858", label="Code") == ""


def test_a_card_shows_the_tills_symbol_its_digits_and_a_qr_code() -> None:
    page = read(card_page(a_view(face=AN_EAN_CARD), "en", now=NOW))

    assert "2141617841858" in page.text
    assert len(page.all("div", class_="qr")) == 2  # the card's, and the one that opens the page on a phone


def test_a_card_from_before_its_program_changed_kinds_keeps_its_qr_code() -> None:
    page = read(card_page(a_view(face=a_face(barcode_kind="ean13")), "en", now=NOW))

    assert page.all("div", class_="linear") == []
    assert len(page.all("div", class_="qr")) == 2


# Check digits as GS1 publishes them: gs1.org/services/how-calculate-check-digit-manually.
@pytest.mark.parametrize(("body", "digit"), [("629104150021", "3"), ("400638133393", "1"), ("1540014128876", "3")])
def test_the_check_digit_is_gs1s(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@pytest.mark.parametrize("kind", _NAMES)
def test_one_wrong_digit_is_noticed(kind: BarcodeKind) -> None:
    (code,) = _codes(kind, 1)
    for place, right in enumerate(code):
        for wrong in set("0123456789") - {right}:
            spoiled = code[:place] + wrong + code[place + 1 :]
            assert is_misread(spoiled)
            assert not fits(kind, spoiled)


@pytest.mark.parametrize(
    ("sent", "code"),
    [("A123B", "123"), ("*123*", "123"), (" 123\r\n", "123"), ("a123d", "123"), ("Abc-1", "Abc-1"), ("**", "**")],
)
def test_what_scanners_leave_on_is_taken_off(sent: str, code: str) -> None:
    assert as_scanned(sent) == code
