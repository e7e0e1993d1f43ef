"""The demo phone's other wallet: saved to Google, drawn from what Google keeps, followed as it changes."""

import httpx
import pytest
from laptop_stack import LaptopStack
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.npm]
WAIT = 20_000  # ms; how fast it is belongs to the benchmark
CARD = ".google-pass"
POINTS = f"{CARD} [data-path='object.loyaltyPoints.balance']"
LEVEL = f"{CARD} [data-path='object.secondaryLoyaltyPoints.balance']"


def saved_to_google(page: Page, stack: LaptopStack, email: str) -> None:
    page.goto(stack.url)
    page.wait_for_selector("#phone[data-ready]", timeout=WAIT)
    page.wait_for_selector("#shop[data-ready]", timeout=WAIT)
    page.fill("[data-phone=join] [name=email]", email)
    page.fill("[data-shop=cart] [name=email]", email)
    page.click("[data-phone=join] button")
    expect(page.locator("[data-phone=wallets]")).to_be_visible(timeout=WAIT)
    page.click("[data-wallet=google]")
    page.click("[data-phone=google-save]")
    expect(page.locator(CARD)).to_be_visible(timeout=WAIT)


def buy(page: Page, product: str) -> None:
    page.click(f"[data-product={product}]")
    page.click(".cart .main-button")


def has_points(page: Page, points: int) -> None:
    expect(page.locator(f"{POINTS} dd")).to_have_text(str(points), timeout=WAIT)


def test_purchase_changes_the_card_in_google_wallet(page: Page, stack: LaptopStack) -> None:
    saved_to_google(page, stack, "google@customers.example")
    has_points(page, 0)
    buy(page, "beans")
    has_points(page, 18)
    expect(page.locator(f"{POINTS} dt")).to_have_text("Beans")
    expect(page.locator(".pass")).to_be_hidden()
    buy(page, "cheesecake")
    has_points(page, 23)
    page.click("[data-wallet=apple]")
    expect(page.locator(".pass [data-part=primaryFields] dd")).to_have_text("23", timeout=WAIT)
    expect(page.locator(CARD)).to_be_hidden()


def test_card_speaks_the_language_of_the_page(browser: Browser, stack: LaptopStack) -> None:
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    saved_to_google(page, stack, "russian@customers.example")
    labels = [page.locator(f"{place} dt").inner_text() for place in (POINTS, LEVEL)]
    page.goto(f"{stack.url}?lang=en")
    expect(page.locator(CARD)).to_be_visible(timeout=WAIT)
    labels += [page.locator(f"{place} dt").inner_text() for place in (POINTS, LEVEL)]
    context.close()
    assert labels == ["Зёрен", "Уровень", "Beans", "Level"]


def test_card_is_drawn_with_logo_colour_and_code(page: Page, stack: LaptopStack) -> None:
    saved_to_google(page, stack, "drawn@customers.example")
    colour = page.locator(CARD).evaluate("card => getComputedStyle(card).backgroundColor")
    assert colour == "rgb(43, 29, 20)"  # the program's #2b1d14
    for part in ("logo", "barcode"):
        picture = page.locator(f"{CARD} img[data-part={part}], {CARD} [data-part={part}] img")
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 0


def test_both_wallets_draw_a_card_of_one_width_on_one_ground(page: Page, stack: LaptopStack) -> None:
    """Google's is longer: its banner lies below the code."""
    saved_to_google(page, stack, "size@customers.example")
    looks = "card => [card.offsetWidth, getComputedStyle(card).boxShadow]"
    in_google = page.locator(CARD).evaluate(looks)
    page.click("[data-wallet=apple]")
    assert page.locator(".pass").evaluate(looks) == in_google


def test_removed_card_leaves_google_wallet_and_can_come_back(page: Page, stack: LaptopStack) -> None:
    saved_to_google(page, stack, "removed@customers.example")
    page.click("[data-phone=remove]")
    expect(page.locator("[data-phone=empty]")).to_be_visible(timeout=WAIT)
    assert page.locator(CARD).count() == 0
    saved_to_google(page, stack, "removed@customers.example")
    buy(page, "cheesecake")
    has_points(page, 5)


@pytest.mark.parametrize("card", ["", "nobody-has-this-one", "../demo/shop", "a/b?c"])
def test_what_is_no_card_is_not_saved(http: httpx.Client, card: str) -> None:
    assert http.post("/demo/phone/google/save", json={"card": card}).status_code in (400, 404)


def test_card_that_google_does_not_have_is_not_waited_for(http: httpx.Client) -> None:
    assert http.get("/demo/phone/google", params={"object": "1.laptop.none", "after": "0"}).status_code == 404
    assert http.post("/demo/phone/google/remove", json={"object": "1.laptop.none"}).status_code == 404
