"""Paying by card and by YooKassa at the demo shop, in a real browser: what two tell of one purchase counts once."""

import pytest
from laptop_stack import LaptopStack
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.npm]
WAIT = 20_000  # ms
POINTS = ".pass [data-part=primaryFields] dd"
SAID = "[data-shop=status]"
WAYS = [("card", "stripe", "Paid. The shop and Stripe have told Pointpass."),
        ("kassa", "yookassa", "Paid. The shop and YooKassa have told Pointpass.")]  # fmt: skip
by_each_way = pytest.mark.parametrize(("way", "provider", "words"), WAYS, ids=["card", "kassa"])


def join(page: Page, stack: LaptopStack, email: str) -> None:
    page.goto(stack.url)
    page.wait_for_selector("#phone[data-ready]", timeout=WAIT)
    page.wait_for_selector("#shop[data-ready]", timeout=WAIT)
    page.fill("[data-phone=join] [name=email]", email)
    page.fill("[data-shop=cart] [name=email]", email)
    page.click("[data-phone=join] button")
    expect(page.locator("[data-phone=status]")).to_have_text("The card is in the wallet.", timeout=WAIT)


def buy(page: Page, way: str, words: str, *products: str) -> None:
    for product in products:
        page.click(f"[data-product={product}]")
    page.check(f"[name=pay][value={way}]")
    page.click(".cart .main-button")
    expect(page.locator(SAID)).to_have_text(words, timeout=WAIT)


def newest(page: Page) -> Locator:
    return page.locator(".order").first


def act(page: Page, action: str, words: str = "Sent.") -> None:
    newest(page).locator(f"[data-action={action}]").first.click()
    expect(page.locator(SAID)).to_have_text(words, timeout=WAIT)


def has_points(page: Page, points: int) -> None:
    expect(page.locator(POINTS)).to_have_text(str(points), timeout=WAIT)


def told(page: Page, who: str) -> list[str]:
    """What one of them told of the newest order, every message taken."""
    lines = newest(page).locator(f".deliveries [data-who={who}]")
    assert lines.evaluate_all("all => all.every((line) => line.dataset.ok === 'true')")
    return sorted(lines.evaluate_all("all => all.map((line) => line.firstChild.title)"))


@by_each_way
def test_shop_and_provider_tell_of_one_purchase_and_it_earns_once(
    page: Page, stack: LaptopStack, way: str, provider: str, words: str
) -> None:
    join(page, stack, f"once-{way}@customers.example")
    buy(page, way, words, "cappuccino", "beans")
    has_points(page, 23)  # 4.20 + 18.90
    paid = {"stripe": ["charge.succeeded", "payment_intent.succeeded"], "yookassa": ["payment.succeeded"]}
    assert (told(page, "shopify"), told(page, provider)) == (["orders/paid"], paid[provider])
    act(page, "again")
    buy(page, "cash", "Paid. The shop has told Pointpass.", "espresso")
    has_points(page, 25)  # comes last: nothing before it counted twice


@by_each_way
def test_refund_told_by_both_takes_back_once(
    page: Page, stack: LaptopStack, way: str, provider: str, words: str
) -> None:
    join(page, stack, f"back-{way}@customers.example")
    buy(page, way, words, "beans", "cheesecake")
    has_points(page, 24)  # 18.90 + 5.60
    act(page, "edit")  # a cappuccino more, and a second payment
    has_points(page, 28)
    act(page, "refund-one")
    has_points(page, 9)  # the beans went back
    act(page, "refund-all")
    has_points(page, 0)
    expect(newest(page)).to_have_attribute("data-state", "refunded")
    refund = {"stripe": "refund.created", "yookassa": "refund.succeeded"}[provider]
    assert told(page, provider).count(refund) == 3  # the beans, then what was left of either payment
    assert told(page, "shopify").count("refunds/create") == 2
    buy(page, "cash", "Paid. The shop has told Pointpass.", "espresso")
    has_points(page, 2)  # had anything been taken back twice, the balance would be below


def test_cancelled_card_order_is_refunded_at_the_bank_too(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "cancel-card@customers.example")
    buy(page, *("card", WAYS[0][2]), "cheesecake")
    has_points(page, 5)
    act(page, "cancel")
    has_points(page, 0)
    assert "refund.created" in told(page, "stripe")


def test_lost_dispute_that_only_the_bank_tells_takes_the_points_back(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "dispute@customers.example")
    buy(page, "card", WAYS[0][2], "beans", "cheesecake")
    has_points(page, 24)
    act(page, "refund-one")
    has_points(page, 5)
    by_shop = told(page, "shopify")
    act(page, "dispute", "The bank took the money back. Only Stripe has told Pointpass.")
    has_points(page, 0)
    assert told(page, "shopify") == by_shop
    assert "charge.dispute.closed" in told(page, "stripe")
    expect(newest(page).locator("[data-action=refund-all]")).to_be_disabled()


def test_review_earns_once_for_each_product(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "review@customers.example")
    buy(page, "card", WAYS[0][2], "cappuccino", "cheesecake")
    has_points(page, 9)
    words = "Review sent. The first one of each product brings 20 beans."
    cappuccino, cheesecake = (newest(page).locator("[data-action=review]").nth(number) for number in (0, 1))
    for button in (cappuccino, cappuccino, cheesecake):
        button.click()
        expect(page.locator(SAID)).to_have_text(words, timeout=WAIT)
    has_points(page, 49)
    assert told(page, "activities") == ["review.created"] * 3


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Shop (Shopify): order paid", "YooKassa: payment received"]),
     ("ru", ["Магазин (Shopify): заказ оплачен", "ЮKassa: платёж получен"])],
)  # fmt: skip
def test_order_names_who_told_in_plain_words_and_fits_the_screen(
    browser: Browser, stack: LaptopStack, width: int, language: str, words: list[str]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale=language)
    opened = context.new_page()
    opened.goto(f"{stack.url}/demo/shop")
    opened.wait_for_selector("#shop[data-ready]", timeout=WAIT)
    before = opened.locator(".order").count()
    opened.click("[data-product=beans]")
    opened.check("[name=pay][value=kassa]")
    opened.click(".cart .main-button")
    expect(opened.locator(".order")).to_have_count(before + 1, timeout=WAIT)
    lines = newest(opened).locator(".deliveries li span:first-child")
    assert sorted(lines.all_text_contents()) == sorted(words)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
