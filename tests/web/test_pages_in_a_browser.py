"""The pages in a real Chromium, at both sizes, in both languages and schemes."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from web_gallery import gallery
from web_samples import NOW, a_face, a_view

from chalicelib.cards.face import Progress
from chalicelib.services.answer import Answer
from chalicelib.web.card import CardView, Line, card_json, card_page
from chalicelib.web.static_files import static
from chalicelib.web.trouble import missing_page

pytestmark = pytest.mark.browser

_CARD = "/c/4fTq0mXJ3rZk9sWv2LbNcA"


class _Site:
    """Serves the gallery under /gallery/<language>/<number> and one live card."""

    def __init__(self) -> None:
        self.view: CardView = a_view()
        self.is_down = False
        self.pages = {
            f"/gallery/{language}/{number}": answer
            for language in ("en", "ru")
            for number, answer in enumerate(gallery(language).values())
        }

    def answer(self, path: str, accept: str) -> Answer:
        if path.startswith("/static/"):
            return static(path.removeprefix("/static/"))
        if self.is_down:
            return Answer(503)
        if path == _CARD:
            return card_json(self.view) if accept == "application/json" else card_page(self.view, "en", now=NOW)
        return self.pages.get(path) or missing_page("page", "en")


@pytest.fixture
def site() -> _Site:
    return _Site()


@pytest.fixture
def address(site: _Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.answer(self.path.partition("?")[0], self.headers.get("Accept", ""))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _open(browser: Browser, address: str, complaints: list[str], **settings: object) -> Page:
    page = browser.new_context(**settings).new_page()  # type: ignore[arg-type]
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    return page


def test_a_change_counts_up_and_is_announced_without_a_reload(browser: Browser, site: _Site, address: str) -> None:
    complaints: list[str] = []
    page = _open(browser, address + _CARD, complaints)
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


def test_a_lost_connection_is_said_and_forgotten_when_it_is_back(browser: Browser, site: _Site, address: str) -> None:
    page = _open(browser, address + _CARD, [])
    expect(page.locator("[data-offline]")).to_be_hidden()

    site.is_down = True
    expect(page.locator("[data-offline]")).to_be_visible(timeout=5_000)

    site.is_down = False
    expect(page.locator("[data-offline]")).to_be_hidden(timeout=10_000)


def test_the_code_on_the_screen_is_the_cards_barcode(browser: Browser, site: _Site, address: str) -> None:
    page = _open(browser, address + _CARD, [], viewport={"width": 1280, "height": 800})

    card = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".card").screenshot())))
    doorway = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".doorway").screenshot())))

    assert [code.text for code in card] == [site.view.face.barcode]
    assert [code.text for code in doorway] == [site.view.face.card_url]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen_or_breaks_its_own_rules(
    browser: Browser, site: _Site, address: str, width: int, language: str
) -> None:
    complaints: list[str] = []
    page = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=True).new_page()
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    for path in site.pages:
        if f"/{language}/" in path:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert complaints == []


def test_the_first_wrong_field_has_the_focus(browser: Browser, site: _Site, address: str) -> None:
    number = list(gallery("en")).index("program, spoiled form")
    page = _open(browser, f"{address}/gallery/en/{number}", [])

    assert page.evaluate("document.activeElement.id") == "email"


def test_the_keyboard_reaches_every_field_and_not_the_hidden_one(browser: Browser, site: _Site, address: str) -> None:
    page = _open(browser, f"{address}/gallery/en/{list(gallery('en')).index('program')}", [])
    reached = []
    for _ in range(7):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))

    assert reached == ["email", "SUMMARY", "name", "language", "consent", "marketing", "BUTTON"]
