"""Barcodes of previews are the real ones: a reader reads them from the picture."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from chalicelib.programs.card import BarcodeKind
from ops.laptop.barcodes import LONGEST, NoSuchCode, svg
from ops.preview.samples import CODES

PAGE = '<body style="margin: 40px; background: #fff"><div style="width: {width}px">{svg}</div></body>'
WIDTHS = {"qr": 160, "aztec": 160}


@pytest.mark.browser
@pytest.mark.parametrize("kind", CODES)
def test_a_reader_reads_what_the_card_says(browser: Browser, kind: BarcodeKind) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 500}, device_scale_factor=2)
    page.set_content(PAGE.format(width=WIDTHS.get(kind, 560), svg=svg(kind, CODES[kind])))
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == CODES[kind]


REFUSED = [
    ("ean13", "coffee"), ("ean13", "2047110815127"), ("i2of5", "12a"), ("codabar", "я"), ("code39", "кофе"),
    ("qr", ""), ("qr", "x" * (LONGEST + 1)), ("morse", "sos"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_a_text_that_a_code_cannot_hold_is_refused(kind: str, text: str) -> None:
    with pytest.raises(NoSuchCode):
        svg(kind, text)


@pytest.mark.parametrize("kind", CODES)
def test_a_code_scales_with_its_box(kind: BarcodeKind) -> None:
    opening = svg(kind, CODES[kind]).partition(">")[0]
    assert "viewBox=" in opening
    assert "width=" not in opening
