"""Whatever colours an owner writes, people can read the card and see the buttons (WCAG 2.2: 1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.web import colours
from chalicelib.web.colours import BLACK, PAGE_DARK, PAGE_LIGHT, WHITE, Palette, colour, contrast, readable

_STYLE = (Path(colours.__file__).parent / "static" / "style.css").read_text()
_HEX = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def _values(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", text))


def _part(values: dict[str, str], name: str) -> colours.Colour:
    found = colour(values[name])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_the_published_one(one: str, other: str, ratio: float) -> None:
    first, second = colour(one), colour(other)
    assert first is not None
    assert second is not None
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01)


def test_good_colours_stay_as_the_owner_wrote_them() -> None:
    sheet = Palette.of("#2b1d14", "#ffffff", "#e0c9a6").stylesheet()

    assert "--card:#2b1d14" in sheet
    assert "--card-ink:#ffffff" in sheet
    assert "--card-label:#e0c9a6" in sheet


@given(background=_HEX, text=_HEX, label=_HEX)
def test_any_colours_become_readable(background: str, text: str, label: str) -> None:
    sheet = Palette.of(background, text, label).stylesheet()
    light, dark = (_values(part) for part in sheet.split("@media"))
    card, edge = _part(light, "card"), _part(light, "card-edge")

    assert card == colour(background)
    for name in ("card-ink", "card-label"):
        assert contrast(_part(light, name), card) >= 4.5
    assert contrast(_part(light, "card-ink"), edge) >= 4.5
    for scheme, page in ((light, PAGE_LIGHT), (dark, PAGE_DARK)):
        assert contrast(_part(scheme, "accent"), page) >= 3
        assert contrast(_part(scheme, "accent-ink"), _part(scheme, "accent")) >= 4.5


def test_colours_that_cannot_be_read_are_replaced_by_calm_ones() -> None:
    assert Palette.of("brown", "url(x)", "") == Palette.of("#26323b", "#ffffff", "#c4d2dc")


def test_short_colours_are_the_long_ones() -> None:
    assert colour("#fa0") == colour("#ffaa00")


def test_readable_moves_no_further_than_needed() -> None:
    nearly = readable(colours.Colour(0x80, 0x80, 0x80), WHITE)

    assert 4.5 <= contrast(nearly, WHITE) < 5.2
    assert readable(BLACK, WHITE) == BLACK


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_neutral_palette_is_readable_in_both_schemes(scheme: int) -> None:
    light, dark = _STYLE.split("@media (prefers-color-scheme: dark)")[:2]
    values = _values(light) if scheme == 0 else _values(light) | _values(dark.split("*, ::before")[0])

    for ground in ("page", "paper"):
        for ink in ("ink", "quiet", "good", "bad"):
            assert contrast(_part(values, ink), _part(values, ground)) >= 4.5, (ink, ground)
        assert contrast(_part(values, "edge"), _part(values, ground)) >= 3, ground
    assert contrast(_part(values, "bad"), _part(values, "bad-paper")) >= 4.5
    assert contrast(_part(values, "ink"), _part(values, "note-paper")) >= 4.5
    assert contrast(_part(values, "accent-ink"), _part(values, "accent")) >= 4.5
    assert _part(values, "page") == (PAGE_LIGHT, PAGE_DARK)[scheme]
