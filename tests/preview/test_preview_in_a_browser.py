"""A preview cannot lie: what Chromium draws is what the pass, the object and the page say."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import click
import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from playwright.sync_api import Browser, Page
from preview_gallery import a_sheet

from ops.preview.camera import shown
from ops.preview.sheet import Sheet

pytestmark = pytest.mark.browser

SEEN = [
    ("bean-street", "typical", "en"), ("bean-street", "ended", "ru"), ("caffe-nero", "full", "en"),
    ("delta-medallion", "typical", "ru"), ("vtb-multibonus", "typical", "ru"),
]  # fmt: skip
JOINER = "\u2060"


@pytest.fixture(params=SEEN, ids="-".join)
def sheet(request: pytest.FixtureRequest) -> Sheet:
    program, state, language = request.param
    return a_sheet(program, state, language, has_pictures=True)


@pytest.fixture
def page(browser: Browser, sheet: Sheet) -> Iterator[Page]:
    with shown(browser, sheet) as page:
        yield page


def pass_json(sheet: Sheet) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(sheet.cards.apple["pass.json"])
    return told


def in_words(field: Mapping[str, Any], language: str) -> str:
    """A value as people of a language write it, by another library than the browser's."""
    value = field["value"]
    if "dateStyle" in field:
        return format_date(datetime.fromisoformat(value).date(), "medium", locale=language)
    return format_decimal(value, locale=language) if isinstance(value, int) else value


def plain(text: str) -> str:
    """Without what nobody sees: the joiner, and which kind of space it is."""
    return " ".join(text.replace(JOINER, "").split())


def read_back(page: Page, card: str, key: str) -> dict[str, tuple[str, str]]:
    script = """(fields, key) => fields.map(field => [
        field.dataset[key], field.querySelector('dt').textContent, field.querySelector('dd').textContent])"""
    found = page.locator(f"[data-card={card}] .field").evaluate_all(script, key)
    return {name: (plain(label), plain(value)) for name, label, value in found}


def test_every_value_of_the_pass_is_on_the_apple_card(page: Page, sheet: Sheet) -> None:
    groups = [group for name, group in pass_json(sheet)["storeCard"].items() if name != "backFields"]
    expected = {
        field["key"]: (plain(field.get("label", "")), plain(in_words(field, sheet.language)))
        for group in groups
        for field in group
    }
    assert read_back(page, "apple", "key") == expected


def test_nothing_on_the_apple_card_is_cut(page: Page) -> None:
    cut = page.locator("[data-card=apple] :is(dt, dd)").evaluate_all(
        "texts => texts.filter(text => text.scrollWidth > text.clientWidth + 1).map(text => text.textContent)"
    )
    assert cut == []


def test_points_on_the_google_card_are_those_of_the_object(page: Page, sheet: Sheet) -> None:
    points = sheet.cards.google["loyaltyPoints"]
    found = read_back(page, "google", "path")
    value = format_decimal(points["balance"]["int"], locale=sheet.language)
    assert found["object.loyaltyPoints.balance"] == (points["label"], plain(value))


def test_rows_of_the_google_card_are_texts_of_the_object(page: Page, sheet: Sheet) -> None:
    told = {
        f"object.textModulesData['{text['id']}']": (plain(text["header"]), plain(text["body"]))
        for text in sheet.cards.google["textModulesData"]
    }
    rows = {path: words for path, words in read_back(page, "google", "path").items() if "textModules" in path}
    assert rows == {path: told[path] for path in rows}


def test_the_web_card_shows_the_same_points(page: Page, sheet: Sheet) -> None:
    [primary] = pass_json(sheet)["storeCard"]["primaryFields"]
    told = page.frame_locator("iframe").locator("[data-points]").first.get_attribute("data-points")
    assert told == str(primary["value"])


def test_every_picture_is_there(page: Page, sheet: Sheet) -> None:
    widths = page.locator("[data-card] img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert len(widths) > 0
    assert min(widths) > 0
    assert sheet.asked_in_vain == []


def test_a_picture_that_is_not_there_is_told(browser: Browser) -> None:
    sheet = a_sheet("koza-club")
    google = dict(sheet.cards.google)
    google["heroImage"] = {"sourceUri": {"uri": "https://cards.example/pictures/gone.png"}}
    spoilt = replace(sheet, cards=replace(sheet.cards, google=google))
    told = re.escape("There is nothing at https://cards.example/pictures/gone.png.")
    with pytest.raises(click.ClickException, match=told), shown(browser, spoilt):
        pass
