"""The report's page in a real Chromium, at both sizes, in both languages and schemes."""

from fractions import Fraction
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser
from report_sample import sample

from ops.backtest.voice import Language
from ops.reporting.page import page
from ops.reporting.telling import Asked
from ops.reporting.voice import ReportVoice

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_report_fits_the_screen_and_needs_nothing_else(
    browser: Browser, tmp_path: Path, language: Language, width: int, scheme: Literal["light", "dark"]
) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(sample(), Asked(Fraction(30, 100)), ReportVoice(language)), encoding="utf-8")
    shown = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    asked: list[str] = []
    complaints: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.on("console", lambda message: complaints.append(message.text))
    shown.goto(file.as_uri())
    assert (asked, complaints) == ([file.as_uri()], [])
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    charts = shown.locator("figure svg")
    assert charts.count() == 4
    assert all(0 < box["width"] <= width for box in (chart.bounding_box() for chart in charts.all()) if box)
    shown.locator("summary").first.click()
    assert shown.locator("details[open] table").first.is_visible()
    shown.context.close()
