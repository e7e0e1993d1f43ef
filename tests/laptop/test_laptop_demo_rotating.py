"""Google's card on the demo phone: a code that changes, what the shop says, and a card that has ended."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from laptop_stack import LaptopStack
from playwright.sync_api import Page, expect
from test_laptop_demo_google import CARD, WAIT, saved_to_google

from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.client import WalletClient, Wanted
from chalicelib.passes.google.rotating import PERIOD_MILLISECONDS, RotatingCodes
from chalicelib.passes.google.talk import Line
from chalicelib.store.memory.google_cards import MemoryPace
from ops.laptop.counter import now
from ops.laptop.home import PROJECT

pytestmark = [pytest.mark.browser, pytest.mark.npm]
KEY = b"12345678901234567890"
MODULE = "/demo/static/phone/rotating.js"


def a_code(key: bytes = KEY, *, period: int = 30_000, pattern: str = "BS-1.{totp_value_0}") -> dict[str, Any]:
    """An object's rotatingBarcode."""
    parameters = [{"key": key.hex().upper(), "valueLength": 8}]
    details = {"algorithm": "TOTP_SHA1", "periodMillis": str(period), "parameters": parameters}
    return {"type": "QR_CODE", "valuePattern": pattern, "alternateText": "BS-1", "totpDetails": details}


def code_at(page: Page, code: dict[str, Any], at: int) -> str:
    """What the phone computes, in milliseconds since 1970."""
    text: str = page.evaluate(f"async ([code, at]) => (await import('{MODULE}')).codeNow(code, at)", [code, at])
    return text


class _Clock:
    def now(self) -> int:
        return now()


@pytest.fixture
def client(stack: LaptopStack) -> Iterator[WalletClient]:
    """Speaks to the stand-in in the shop's name."""
    google = stack.told["google"]
    account = ServiceAccount.load((PROJECT / google["service_account"]).read_text())
    line = Line(
        account,
        pace=MemoryPace(per_second=20),
        clock=_Clock(),
        api_url=google["api_url"],
        token_url=f"{google['api_url']}/token",
    )
    made = WalletClient(line)
    yield made
    made.close()


def saved_object(page: Page, stack: LaptopStack, email: str) -> dict[str, Any]:
    """The card as Google keeps it."""
    with page.expect_response(lambda answer: "/google/save" in answer.url) as saved:
        saved_to_google(page, stack, email)
    name = saved.value.json()["object"]
    card: dict[str, Any] = httpx.get(f"{stack.url}/demo/phone/google", params={"object": name}, trust_env=False).json()[
        "card"
    ]
    return card


@pytest.mark.parametrize(
    ("seconds", "digits"),  # RFC 6238, appendix B
    [(59, "94287082"), (1_111_111_109, "07081804"), (2_000_000_000, "69279037"), (20_000_000_000, "65353130")],
)
def test_the_phone_computes_the_digits_of_rfc_6238(page: Page, stack: LaptopStack, seconds: int, digits: str) -> None:
    page.goto(stack.url)

    assert code_at(page, a_code(), seconds * 1_000) == f"BS-1.{digits}"


def test_the_phone_shows_the_code_of_this_moment(page: Page, stack: LaptopStack, client: WalletClient) -> None:
    card = saved_object(page, stack, "rotating@customers.example")
    code = card["barcode"]["value"]
    told = {"id": card["id"], "barcode": None, "rotatingBarcode": a_code(pattern=code + ".{totp_value_0}")}
    client.put(Wanted("loyaltyObject", told), is_known=True)

    shown = page.locator(f"{CARD} [data-part=barcode] img")
    expect(shown).not_to_have_attribute("alt", code, timeout=WAIT)
    expect(shown).not_to_have_attribute("alt", f"{code}.00000000", timeout=WAIT)
    same, _, digits = (shown.get_attribute("alt") or "").partition(".")
    assert (same, len(digits)) == (code, 8)
    shown.evaluate("image => image.decode()")
    expect(page.locator(f"{CARD} figcaption")).to_have_text("BS-1")


def test_what_the_shop_says_is_announced_once_and_lies_on_the_back(
    page: Page, stack: LaptopStack, client: WalletClient
) -> None:
    card = saved_object(page, stack, "message@customers.example")
    message = {"id": "m-1", "header": "Bean Street", "body": "Double beans on Friday.", "messageType": "TEXT"}
    client.add_message("loyaltyObject", card["id"], message, is_notice=True, may_be_there=False)

    expect(page.locator("[data-phone=notification] p")).to_have_text("Double beans on Friday.", timeout=WAIT)
    page.locator("[data-phone=held] summary").click()
    expect(page.locator("[data-phone=back] .message dd")).to_have_text("Double beans on Friday.")


def test_a_card_that_has_ended_says_so_and_shows_no_code(page: Page, stack: LaptopStack, client: WalletClient) -> None:
    card = saved_object(page, stack, "ended@customers.example")
    client.put(Wanted("loyaltyObject", {"id": card["id"], "state": "EXPIRED", "barcode": None}), is_known=True)

    expect(page.locator(f"{CARD} .google-state")).to_have_text("Expired", timeout=WAIT)
    expect(page.locator(f"{CARD} [data-part=barcode]")).to_have_count(0)


def test_a_till_takes_the_code_that_the_phone_shows(page: Page, stack: LaptopStack) -> None:
    codes, at = RotatingCodes(b"the deployment's own secret here"), 1_111_111_109_000
    page.goto(stack.url)
    shown = code_at(page, a_code(codes.key("s-1"), period=PERIOD_MILLISECONDS), at)

    assert codes.is_current("s-1", shown.partition(".")[2], at)
