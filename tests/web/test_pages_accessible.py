"""axe-core finds nothing to say about any page, in a real browser, at a phone's size, light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from web_gallery import gallery
from web_site import HOME, Site, served

pytestmark = pytest.mark.browser

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_ASK = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
_SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(Site()) as address:
        yield address


def _complaints(page: Page) -> list[str]:
    """What axe objects to, with the place."""
    page.evaluate(_AXE.read_text())  # not as a script element: the pages allow scripts of their own only
    found: list[dict[str, Any]] = page.evaluate(_ASK)
    return [f"{each['id']}: {each['help']} at {each['nodes'][0]['target']}" for each in found]


@pytest.mark.parametrize("scheme", _SCHEMES)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_is_clean(browser: Browser, address: str, language: str, scheme: Any) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, service_workers="block", reduced_motion="reduce"
    )
    page = context.new_page()
    found = {}
    for number, name in enumerate(gallery(language)):
        page.goto(f"{address}/gallery/{language}/{number}")
        if complaints := _complaints(page):
            found[name] = complaints
    context.close()

    assert found == {}


def test_the_card_without_a_connection_is_clean(browser: Browser) -> None:
    site = Site()
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    with served(site) as address:
        page = context.new_page()
        page.goto(address + HOME)
        site.is_down = True
        page.locator("[data-offline]").wait_for()
        complaints = _complaints(page)
    context.close()

    assert complaints == []


def test_axe_would_object(browser: Browser, address: str) -> None:
    """A page that is spoiled on purpose is not clean: the test above can fail."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    page.goto(f"{address}/gallery/en/0")
    page.evaluate("() => document.querySelector('label[for=email]').remove()")
    complaints = _complaints(page)
    context.close()

    assert "label" in [complaint.partition(":")[0] for complaint in complaints]
