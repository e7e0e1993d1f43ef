"""The pages in a real Chromium, at both sizes, in both languages and schemes."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from web_gallery import gallery
from web_samples import NOW, a_face, a_view
from web_site import HOME, Site

from chalicelib.cards.face import Progress
from chalicelib.web.card import Line

pytestmark = pytest.mark.browser


def _open(browser: Browser, address: str, complaints: list[str], **settings: object) -> Page:
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    return page


def test_a_change_counts_up_and_is_announced_without_a_reload(browser: Browser, site: Site, address: str) -> None:
    complaints: list[str] = []
    page = _open(browser, address + HOME, complaints)
    expect(page.locator("[data-points]")).to_have_text("275")
    page.evaluate("document.body.dataset.mark = 'same page'")

    face = a_face(points=1_330, tier="Silver", progress=Progress("Gold", 330, 1_000))
    site.view = a_view(face=face, history=(Line(NOW, "Order #1004", 1_055), *a_view().history))

    expect(page.locator("[data-points]")).to_have_text("1,330", timeout=5_000)
    expect(page.locator("[data-tier]")).to_have_text("Silver")
    expect(page.locator(".history li").first).to_contain_text("Order #1004")
    expect(page.locator("[data-announce]")).to_have_text("You now have 1,330 beans. Your level is Silver")
    assert page.evaluate("document.body.dataset.mark") == "same page"
    assert complaints == []


def test_a_lost_connection_is_said_and_forgotten_when_it_is_back(browser: Browser, site: Site, address: str) -> None:
    page = _open(browser, address + HOME, [])
    expect(page.locator("[data-offline]")).to_be_hidden()

    site.is_down = True
    expect(page.locator("[data-offline]")).to_be_visible(timeout=5_000)

    site.is_down = False
    expect(page.locator("[data-offline]")).to_be_hidden(timeout=10_000)


def test_the_code_on_the_screen_is_the_cards_barcode(browser: Browser, site: Site, address: str) -> None:
    page = _open(browser, address + HOME, [], viewport={"width": 1280, "height": 800})

    card = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".card").screenshot())))
    doorway = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".doorway").screenshot())))

    assert [code.text for code in card] == [site.view.face.barcode]
    assert [code.text for code in doorway] == [site.view.face.card_url]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen_or_breaks_its_own_rules(
    browser: Browser, site: Site, address: str, width: int, language: str
) -> None:
    complaints: list[str] = []
    page = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=True).new_page()
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    for path in site.pages:
        if f"/{language}/" in path:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert complaints == []


def test_the_first_wrong_field_has_the_focus(browser: Browser, site: Site, address: str) -> None:
    number = list(gallery("en")).index("program, spoiled form")
    page = _open(browser, f"{address}/gallery/en/{number}", [])

    assert page.evaluate("document.activeElement.id") == "email"


def test_the_keyboard_reaches_every_field_and_not_the_hidden_one(browser: Browser, site: Site, address: str) -> None:
    page = _open(browser, f"{address}/gallery/en/{list(gallery('en')).index('program')}", [])
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))

    assert reached == ["email", "SUMMARY", "name", "language", "consent", "marketing", "BUTTON"]


def test_a_card_without_a_pause_has_no_room_for_one(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    shown = {}
    for name in ("card", "card, paused"):
        page.goto(f"{address}/gallery/en/{list(gallery('en')).index(name)}")
        shown[name] = page.locator(".pauses").is_visible()
    context.close()

    assert shown == {"card": False, "card, paused": True}
