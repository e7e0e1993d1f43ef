"""The page of a back-test in a real Chromium, at both sizes, in both languages and schemes."""

from pathlib import Path
from typing import Literal

import pytest
from click.testing import CliRunner
from history_desk import BEAN_STREET, PROJECT, file_of
from playwright.sync_api import Browser

from ops.command import main

pytestmark = pytest.mark.browser

MONTHS = [f"o{n},2025-{1 + n % 12:02d}-{1 + n % 28:02d},c{n % 7},{100 + 37 * n}" for n in range(120)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_fits_the_screen_and_needs_nothing_else(
    browser: Browser, tmp_path: Path, language: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    orders = file_of(tmp_path)("order,date,customer,amount", *MONTHS)
    other, page_file = tmp_path / "two-beans.yaml", tmp_path / "page.html"
    other.write_text(BEAN_STREET.replace("1 bean per 1 EUR", "2 beans per 1 EUR"))
    words = [str(PROJECT / "programs" / "bean-street.yaml"), "--against", str(other), "--orders", str(orders)]
    words += ["--margin", "10%", "--language", language, "--html", str(page_file)]
    assert CliRunner().invoke(main, ["backtest", *words]).exit_code == 0

    page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(page_file.as_uri())
    assert (asked, complaints) == ([page_file.as_uri()], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    charts = page.locator("figure svg")
    assert charts.count() == 9
    assert all(0 < box["width"] <= width for box in (chart.bounding_box() for chart in charts.all()) if box)
    page.locator("summary").first.click()
    assert page.locator("details[open] table").first.is_visible()
    page.context.close()
