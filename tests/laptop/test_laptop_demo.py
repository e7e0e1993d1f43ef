"""From the demo shop to the demo phone, in a real browser, over a whole stack."""

import io
import json
import re
import signal
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from laptop_stack import LaptopStack
from playwright.sync_api import Browser, Page, expect

from ops.laptop import authority

pytestmark = [pytest.mark.browser, pytest.mark.npm]
WAIT = 20_000  # ms; how fast it is belongs to the benchmark
POINTS = ".pass [data-part=primaryFields] dd"
STATUS = "[data-phone=status]"


def join(page: Page, stack: LaptopStack, email: str) -> None:
    page.goto(stack.url)
    page.wait_for_selector("#phone[data-ready]", timeout=WAIT)
    page.wait_for_selector("#shop[data-ready]", timeout=WAIT)
    page.fill("[data-phone=join] [name=email]", email)
    page.fill("[data-shop=cart] [name=email]", email)
    page.click("[data-phone=join] button")
    expect(page.locator(STATUS)).to_have_text("The card is in the wallet.", timeout=WAIT)


def buy(page: Page, *products: str) -> None:
    for product in products:
        page.click(f"[data-product={product}]")
    page.click(".cart .main-button")
    expect(page.locator("[data-shop=status]")).to_have_text("Paid. The shop has told Pointpass.", timeout=WAIT)


def has_points(page: Page, points: int) -> None:
    expect(page.locator(POINTS)).to_have_text(str(points), timeout=WAIT)


def act(page: Page, action: str) -> None:
    page.locator(".order").first.locator(f"[data-action={action}]").click()
    expect(page.locator("[data-shop=status]")).to_have_text("Sent.", timeout=WAIT)


def card_of(page: Page) -> str:
    link = page.get_attribute("[data-phone=open]", "href")
    assert link is not None
    return link


def test_purchase_arrives_on_the_phone_with_a_notification(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "first@customers.example")
    has_points(page, 0)
    buy(page, "cappuccino", "beans")
    has_points(page, 23)  # 4.20 + 18.90
    expect(page.locator("[data-phone=notification] p")).to_contain_text("23")


def test_what_the_shop_does_later_is_followed(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "later@customers.example")
    buy(page, "beans", "espresso")
    has_points(page, 21)  # 18.90 + 2.80
    act(page, "again")
    act(page, "edit")  # one more cappuccino
    has_points(page, 25)
    act(page, "refund-one")
    has_points(page, 7)  # the beans went back
    act(page, "refund-all")
    has_points(page, 0)
    expect(page.locator(".order").first).to_have_attribute("data-state", "refunded")


def test_cancelled_order_takes_its_points_back(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "cancel@customers.example")
    buy(page, "cheesecake")
    has_points(page, 5)
    act(page, "cancel")
    has_points(page, 0)


def test_reload_keeps_the_card(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "reload@customers.example")
    buy(page, "cheesecake")
    has_points(page, 5)
    page.reload()
    has_points(page, 5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restart_keeps_the_balance_and_the_phone_goes_on(page: Page, stack: LaptopStack, number: int) -> None:
    join(page, stack, f"restart-{number}@customers.example")
    buy(page, "beans")
    has_points(page, 18)
    stack.stop(number)
    stack.start()
    page.reload()
    has_points(page, 18)
    page.wait_for_selector("#shop[data-ready]", timeout=WAIT)
    page.fill("[data-shop=cart] [name=email]", f"restart-{number}@customers.example")
    buy(page, "cappuccino")
    has_points(page, 22)


def rewritten(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def more_points(files: dict[str, bytes]) -> None:
    files["pass.json"] = files["pass.json"].replace(b'"value":5', b'"value":500')


def more_points_and_a_fitting_manifest(files: dict[str, bytes]) -> None:
    more_points(files)
    digest = hashes.Hash(hashes.SHA1())  # Apple's manifest is SHA-1
    digest.update(files["pass.json"])
    manifest = json.loads(files["manifest.json"]) | {"pass.json": digest.finalize().hex()}
    files["manifest.json"] = json.dumps(manifest).encode()


def smuggled_file(files: dict[str, bytes]) -> None:
    files["more.png"] = b"not in the manifest"


def no_signature(files: dict[str, bytes]) -> None:
    del files["signature"]


def signed_by_another_authority(folder: Path) -> Callable[[dict[str, bytes]], None]:
    """Everything fits, the names too; only the chain leads to another root."""

    def sign(files: dict[str, bytes]) -> None:
        fields = json.loads(files["pass.json"])
        papers = authority.ensure(
            folder, pass_type=fields["passTypeIdentifier"], team=fields["teamIdentifier"],
            organisation="Elsewhere", now=datetime.now(UTC),
        )  # fmt: skip
        certificate = x509.load_pem_x509_certificate(papers.certificate.read_bytes())
        key = serialization.load_pem_private_key(papers.key.read_bytes(), None)
        more_points_and_a_fitting_manifest(files)
        files["signature"] = (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(files["manifest.json"])
            .add_signer(certificate, key, hashes.SHA256())  # type: ignore[arg-type]
            .add_certificate(x509.load_pem_x509_certificate(papers.intermediate.read_bytes()))
            .sign(
                serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
            )
        )  # fmt: skip

    return sign


def test_tampered_pass_is_refused_and_the_true_one_stays(
    page: Page, stack: LaptopStack, http: httpx.Client, tmp_path: Path
) -> None:
    join(page, stack, "tampered@customers.example")
    buy(page, "cheesecake")
    has_points(page, 5)
    genuine = http.get(f"{card_of(page)}/apple").content
    page.click("[data-phone=remove]")
    page.click("[data-phone=empty] summary")
    forgeries: list[tuple[Callable[[dict[str, bytes]], None], str]] = [
        (more_points, "Refused: this card was changed after it was signed."),
        (smuggled_file, "Refused: this card was changed after it was signed."),
        (more_points_and_a_fitting_manifest, "Refused: the signature of this card is not valid."),
        (signed_by_another_authority(tmp_path / "elsewhere"), "Refused: the signature of this card is not valid."),
        (no_signature, "Refused: parts of this card are missing."),
    ]
    for change, words in forgeries:
        forged = rewritten(genuine, change)
        assert forged != genuine
        page.set_input_files("[data-phone=file]", {"name": "x.pkpass", "mimeType": "x/y", "buffer": forged})
        expect(page.locator(STATUS)).to_have_text(words, timeout=WAIT)
        assert page.locator(".pass").count() == 0
    page.set_input_files("[data-phone=file]", {"name": "x.pkpass", "mimeType": "x/y", "buffer": genuine})
    has_points(page, 5)


def test_updated_pass_that_was_changed_on_its_way_is_not_shown(page: Page, stack: LaptopStack) -> None:
    join(page, stack, "onitsway@customers.example")

    def spoil(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        body = answer.body()
        if answer.status == 200:
            body = rewritten(body, lambda files: files.update({"pass.json": files["pass.json"] + b" "}))
        route.fulfill(response=answer, body=body)  # type: ignore[attr-defined]

    page.route(re.compile("/apple/v1/passes/"), spoil)
    buy(page, "cheesecake")
    words = "Refused: this card was changed after it was signed."
    expect(page.locator(STATUS)).to_have_text(words, timeout=WAIT)
    has_points(page, 0)
    page.unroute_all(behavior="ignoreErrors")  # the page may be asking once more right now


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_screen(
    browser: Browser, stack: LaptopStack, size: tuple[int, int], language: str, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=language, color_scheme=scheme, reduced_motion="reduce"  # type: ignore[arg-type]
    )  # fmt: skip
    opened = context.new_page()
    for path in ("/", "/demo/shop", "/demo/phone", "/outbox"):
        opened.goto(stack.url + path)
        assert opened.locator("html").get_attribute("lang") == language
        wide = opened.evaluate("document.documentElement.scrollWidth")
        assert wide <= size[0], f"{path} is {wide} wide"
    context.close()
