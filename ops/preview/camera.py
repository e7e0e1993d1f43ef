"""Photographs sheets with Chromium, which gets all it asks for from memory and nothing from anywhere else."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from ops.laptop.barcodes import NoSuchCode
from ops.needs import chromium
from ops.preview.sheet import PAGE, Sheet
from ops.preview.wallets import BASE_URL

Faces = Mapping[str, bytes]
"""A member's card in each wallet, without a phone around it: "apple", "google", "web"."""

_SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_ENVIRONMENT: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(PAGE / "fonts.conf")}
_SHARPNESS = 2
_WAIT_MS = 20_000


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium without a window. Raises ClickException, which says where to get one, when there is none."""
    found = chromium()
    if found is None:
        raise click.ClickException(
            "A preview is drawn by Chromium, and there is none here: apt-get install -y chromium"
            "   (macOS: brew install chromium). CHROMIUM= names one in another place."
        )
    with sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(executable_path=found, args=_SWITCHES, env=_ENVIRONMENT)
        except Error as err:
            raise click.ClickException(f"Chromium ({found}) does not start: {err.message.splitlines()[0]}") from err
        yield running
        running.close()


@contextmanager
def shown(running: Browser, sheet: Sheet) -> Iterator[Page]:
    """The sheet in a browser, all of its cards drawn. Raises ClickException for what cannot be shown."""
    context = running.new_context(
        viewport={"width": 1900, "height": 1000}, device_scale_factor=_SHARPNESS, locale=sheet.language,
        color_scheme="light", reduced_motion="reduce", timezone_id="UTC", service_workers="block",
    )  # fmt: skip
    trouble: list[str] = []

    def answer(route: Route) -> None:
        try:
            found = sheet.answer(route.request.url)
        except NoSuchCode as wrong:
            trouble.append(f"The barcode cannot be drawn: it needs {wrong}.")
            route.abort()
            return
        route.fulfill(status=found.status, headers=_plain(found.headers), body=found.body)

    context.route("**/*", answer)
    page = context.new_page()
    page.on("pageerror", lambda error: trouble.append(error.message))
    try:
        page.goto(f"{BASE_URL}/sheet")
        page.wait_for_selector("html[data-ready], html[data-failed]", timeout=_WAIT_MS)
        failed = page.locator("html").get_attribute("data-failed")
        trouble += [f"There is nothing at {address}." for address in sheet.asked_in_vain]
        if failed or trouble:
            raise click.ClickException(f"{sheet.program}: {' '.join(trouble) or failed}")
        yield page
    finally:
        context.close()


def photographs(running: Browser, sheet: Sheet) -> tuple[Mapping[str, bytes], Faces]:
    """PNGs: "" of the whole sheet and one by the name of each phone on it; and the cards alone, by wallet."""
    with shown(running, sheet) as page:
        taken = {"": page.locator("body").screenshot(animations="disabled")}
        for phone in sheet.phones:
            taken[phone] = page.locator(f"[data-phone={phone}]").screenshot(animations="disabled")
        cards = {
            "apple": page.locator("[data-card=apple] .pass"),
            "google": page.locator("[data-card=google] .google-pass"),
            "web": page.frame_locator("iframe").locator("article.card").first,
        }
        return taken, {wallet: card.screenshot(animations="disabled") for wallet, card in cards.items()}


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    """Only what is in it: how long to keep it, and who may show it in a frame, is for real browsers."""
    return {"Content-Type": headers.get("Content-Type", "text/plain")}
