"""The card as an app: kept in the browser that opened it, for as long as its address leads to it."""

import json
from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from web_samples import A_STAMP_CARD, CARD, STRIP, a_face, a_view
from web_site import HOME, NEW_HOME, Site

from chalicelib.web.installing import manifest, worker

pytestmark = pytest.mark.browser

_KEPT = "async (home) => (await caches.keys()).includes(`card:${home}`)"
_PATIENCE = 600
# The page and all its files, each to its last byte: one is listed as soon as its headers are kept.
_WHOLE = """async (home) => {
  const box = await caches.open(`card:${home}`);
  const parts = document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src]");
  for (const part of parts) {
    const kept = await box.match(part.href || part.src);
    if (!kept || (await kept.arrayBuffer()).byteLength !== Number(kept.headers.get("Content-Length"))) return false;
  }
  return (await box.match(home)) !== undefined;
}"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context
    context.close()


def _until(page: Page, question: str, home: str = HOME) -> None:
    """Waits for a yes. The browser's own wait takes the promise of an answer for a yes."""
    for _ in range(_PATIENCE):
        if page.evaluate(question, home):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {question}")


def _opened(phone: BrowserContext, address: str) -> Page:
    """The card's page, once the browser has kept it with all its files."""
    page = phone.new_page()
    page.goto(address + HOME)
    _until(page, _WHOLE)
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    return page


def test_an_opened_card_is_shown_without_a_connection_and_says_as_of_when(
    phone: BrowserContext, site: Site, address: str
) -> None:
    site.view = a_view(face=A_STAMP_CARD, strip=STRIP)
    page = _opened(phone, address)
    phone.set_offline(True)

    page.reload()

    expect(page.locator("[data-offline]")).to_be_visible()
    expect(page.locator("[data-offline]")).to_contain_text("as of 25 November 2026, 10:46")
    expect(page.locator("[data-points]")).to_have_text("275")
    expect(page.locator(".qr").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius") == "14px"
    page.wait_for_function("() => document.querySelector('.card-strip').naturalWidth === 750")


def test_a_server_in_trouble_does_not_take_the_card_away(phone: BrowserContext, site: Site, address: str) -> None:
    page = _opened(phone, address)
    site.is_down = True

    page.goto(address + HOME)

    expect(page.locator("[data-points]")).to_have_text("275")
    expect(page.locator("[data-offline]")).to_be_visible()


def test_what_is_kept_follows_the_card_while_it_is_open(phone: BrowserContext, site: Site, address: str) -> None:
    page = _opened(phone, address)
    site.view = a_view(face=a_face(points=290))
    expect(page.locator("[data-points]")).to_have_text("290", timeout=5_000)
    phone.set_offline(True)

    page.reload()

    expect(page.locator("[data-points]")).to_have_text("290")


@pytest.mark.parametrize("way", ["replaced elsewhere", "never was"])
def test_a_card_that_its_link_leads_to_no_more_is_forgotten(
    phone: BrowserContext, site: Site, address: str, way: str
) -> None:
    page = _opened(phone, address)
    site.is_replaced = way == "replaced elsewhere"
    if way == "never was":
        site.view, site.is_gone = a_view(), True

    page.goto(address + HOME)

    words = "The link of this card was replaced" if site.is_replaced else "We cannot find this card"
    expect(page.locator("h1")).to_have_text(words)
    assert not page.evaluate(_KEPT, HOME)


def test_replacing_the_link_forgets_the_old_one_and_keeps_the_new(
    phone: BrowserContext, site: Site, address: str
) -> None:
    page = _opened(phone, address)
    page.get_by_role("link", name="Replace my link and code").click()

    page.get_by_role("button", name="Replace link and code").click()

    expect(page.get_by_text("This is the new link of your card")).to_be_visible()
    assert page.url.startswith(address + NEW_HOME)
    _until(page, _WHOLE, NEW_HOME)
    assert not page.evaluate(_KEPT, HOME)


def test_a_card_that_has_ended_is_forgotten(phone: BrowserContext, site: Site, address: str) -> None:
    page = _opened(phone, address)

    site.view = a_view(face=a_face(is_void=True))
    page.reload()

    _until(page, f"async (home) => !(await ({_KEPT})(home))")
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


def test_each_card_has_a_worker_and_a_shelf_of_its_own(phone: BrowserContext, site: Site, address: str) -> None:
    """Two cards on one phone: each address shows its own card without a connection, the other's never."""
    page = _opened(phone, address)
    site.is_replaced = True
    site.view = a_view(face=a_face(points=77))
    other = phone.new_page()
    other.goto(address + NEW_HOME)
    _until(other, _WHOLE, NEW_HOME)
    other.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    page.close()
    phone.set_offline(True)

    other.reload()

    expect(other.locator("[data-points]")).to_have_text("77")
    scopes = other.evaluate(
        "async () => (await navigator.serviceWorker.getRegistrations()).map((each) => new URL(each.scope).pathname)"
    )
    assert NEW_HOME in scopes
    assert 'data-points="77"' in other.evaluate(f"async () => (await (await caches.match('{NEW_HOME}')).text())")


def test_a_first_load_stays_below_100_kilobytes_with_pictures(phone: BrowserContext, site: Site, address: str) -> None:
    """Counted by the browser: page, styles, script and pictures; by the server: what the worker fetches, too."""
    site.view = a_view(face=A_STAMP_CARD, strip=STRIP)
    page = phone.new_page()
    wire = phone.new_cdp_session(page)
    wire.send("Network.enable")
    weights: list[float] = []
    wire.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))

    page.goto(address + HOME, wait_until="load")
    _until(page, _WHOLE)

    assert len(weights) >= 5
    assert 50_000 < sum(weights) < 100_000
    assert sum(weights) < site.sent_bytes < 100_000


def test_the_manifest_starts_the_card_itself() -> None:
    face = msgspec.structs.replace(a_face(), card_names={"en": "Bean card", "ru": "Карта зёрен"})
    icons = {"icon-192": "/pictures/a.png", "icon-maskable-512": "/pictures/b.png"}
    answer = manifest(CARD, face, "ru", icons)
    told = json.loads(answer.body)

    assert (told["id"], told["start_url"], told["scope"]) == (HOME, HOME, HOME)
    assert (told["name"], told["short_name"], told["lang"]) == ("Карта зёрен", "Bean Street Coffee", "ru")
    assert (told["display"], told["theme_color"]) == ("standalone", "#2b1d14")
    assert told["icons"] == [
        {"src": "/pictures/a.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
        {"src": "/pictures/b.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_a_program_without_pictures_has_the_neutral_icon() -> None:
    (icon,) = json.loads(manifest(CARD, a_face(), "en", {}).body)["icons"]

    assert icon["src"].startswith("/static/icon.")


def test_a_worker_sees_its_own_card_alone() -> None:
    answer = worker(CARD)

    assert answer.headers["Service-Worker-Allowed"] == HOME
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert CARD.encode() not in answer.body
