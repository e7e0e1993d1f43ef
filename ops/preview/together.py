"""Cards of several programs on one picture: a column for each program, a row for each wallet."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from ops.preview.camera import Faces

_WIDTH, _GAP, _EDGE = 236, 28, 40
_COLOURS, _ROUNDS = 256, 8
_GROUND = (234, 234, 233)
_ROUND = {"apple": 16 / 375, "google": 24 / 375, "web": 14 / 358}


def together(cards: Sequence[Faces]) -> bytes:
    """A PNG. cards: of each program by wallet, as they were photographed; rows are as high as their highest card."""
    rows = [[_rounded(column[wallet], _ROUND[wallet]) for column in cards] for wallet in _ROUND]
    heights = [max(card.height for card in row) for row in rows]
    width = 2 * _EDGE + len(cards) * (_WIDTH + _GAP) - _GAP
    sheet = Image.new("RGB", (width, 2 * _EDGE + sum(heights) + _GAP * (len(rows) - 1)), _GROUND)
    top = _EDGE
    for row, height in zip(rows, heights, strict=True):
        for number, card in enumerate(row):
            _lay(sheet, card, (_EDGE + number * (_WIDTH + _GAP), top))
        top += height + _GAP
    return _packed(sheet)


def _rounded(picture: bytes, part: float) -> Image.Image:
    """The card without what is seen behind its corners. `part`: their radius, of its width."""
    card = Image.open(io.BytesIO(picture)).convert("RGB")
    mask = Image.new("L", card.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, card.width - 1, card.height - 1), radius=card.width * part, fill=255)
    card.putalpha(mask)
    return card.resize((_WIDTH, round(card.height * _WIDTH / card.width)), Image.Resampling.LANCZOS)


def _lay(sheet: Image.Image, card: Image.Image, corner: tuple[int, int]) -> None:
    shadow = Image.new("L", sheet.size, 0)
    shadow.paste(card.getchannel("A").point(lambda alpha: alpha * 80 // 255), (corner[0], corner[1] + 8))
    sheet.paste((20, 24, 32), (0, 0), shadow.filter(ImageFilter.GaussianBlur(12)))
    sheet.paste(card, corner, card)


def _packed(sheet: Image.Image) -> bytes:
    """A palette that was bettered by its means: without, rare colours of one card would become another's."""
    packed = io.BytesIO()
    few = sheet.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=_ROUNDS, dither=Image.Dither.NONE)
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()
