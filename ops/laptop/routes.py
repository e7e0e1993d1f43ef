"""The laptop's own addresses on the app: the landing page, the letters, what shop and phone need from a server."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
from chalice.app import BadRequestError, Chalice, NotFoundError, Request, Response

from ops.laptop import barcodes
from ops.laptop.apns import PushService
from ops.laptop.counter import Counter, NotPossible, new_id, now
from ops.laptop.google import WalletService
from ops.laptop.google_http import Refusal
from ops.laptop.menu import MENU
from ops.laptop.outbox import Outbox
from ops.laptop.pages import HEADERS, language_of, page, price
from ops.laptop.tills import Tills
from ops.laptop.yookassa_shop import YooKassaShop

WAIT_SECONDS = 25.0
LETTER_SECONDS = 10.0
PERSON, EMAIL = {"en": "Ada Fox", "ru": "Ада Лисицына"}, "ada@customers.example"
_CARD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CODE = re.compile(r"(?<![0-9])[0-9]{3} ?[0-9]{3}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Demo:
    """What the pages stand on."""

    base_url: str
    program: str
    counter: Counter
    outbox: Outbox
    push: PushService
    wallet: WalletService
    root: Path

    @classmethod
    def open(
        cls,
        told: Mapping[str, Any],
        orders: Path,
        outbox: Outbox,
        push: PushService,
        root: Path,
        *,
        wallet: WalletService,
        kassa: YooKassaShop | None = None,
    ) -> Self:
        """`told`: stack.json; `orders`: the shop's file; `kassa`: None where one can only pay in cash."""
        hooks = told["connections"]
        tills = Tills.open(hooks, kassa, clock=now, new_id=new_id) if kassa else None
        counter = Counter(hooks["shop"]["url"], hooks["shop"]["secret"], orders, tills)
        return cls(told["base_url"], told["program"], counter, outbox, push, wallet, root)


def register(app: Chalice, demo: Demo) -> None:
    """Add the routes. Paths are the laptop's alone: none of them exists in the cloud."""
    _pages(app, demo)
    _letters(app, demo)
    _phone(app, demo)
    _google(app, demo)
    _shop(app, demo)


def _pages(app: Chalice, demo: Demo) -> None:
    def show(*parts: str) -> Callable[[], Response]:
        def view() -> Response:
            language = language_of(_request(app))
            products = [product | {"price_text": price(product["price"], language)} for product in MENU]
            return page(
                "demo.html", language, parts=parts, program=demo.program, products=products, ways=demo.counter.ways,
                email=EMAIL, person=PERSON[language],
            )  # fmt: skip

        return view

    app.routes.pop("/")  # the cloud's plain front page
    app.route("/", name="landing")(show("shop", "phone"))
    app.route("/demo/shop", name="demo_shop")(show("shop"))
    app.route("/demo/phone", name="demo_phone")(show("phone"))


def _letters(app: Chalice, demo: Demo) -> None:
    @app.route("/outbox", name="outbox")
    def outbox() -> Response:
        letters = demo.outbox.letters()
        if "application/json" in _request(app).headers.get("accept", ""):
            return _json([{key: letter[key] for key in ("to", "subject", "links")} for letter in letters])
        return page("outbox.html", language_of(_request(app)), letters=letters)

    @app.route("/demo/phone/code", name="demo_code")
    def code() -> Response:
        """The six digits of the newest letter to `to` that was sent after `after` (ms); waits a while for it."""
        asked = _query(app)
        to, after = asked.get("to", ""), _number(asked, "after")
        deadline = time.monotonic() + LETTER_SECONDS
        while time.monotonic() < deadline:
            for letter in reversed(demo.outbox.letters()):
                found = _CODE.search(letter["text"])
                if letter["to"].lower() == to.lower() and letter["at"] >= after and found:
                    return _json({"code": found[0].replace(" ", "")})
            time.sleep(0.1)
        raise NotFoundError("no letter")


def _phone(app: Chalice, demo: Demo) -> None:
    @app.route("/demo/root.pem", name="demo_root")
    def root() -> Response:
        return Response(demo.root.read_text(), headers={**HEADERS, "Content-Type": "text/plain"})

    @app.route("/demo/phone/pushes", name="demo_pushes")
    def pushes() -> Response:
        """Waits until `token` is pushed later than `after`."""
        asked = _query(app)
        after = _number(asked, "after")
        heard = demo.push.wait_for(asked.get("token", ""), after=after, timeout=WAIT_SECONDS)
        return _json({"pushes": [] if heard is None else [heard], "last": after if heard is None else heard})

    @app.route("/demo/phone/barcode", name="demo_barcode")
    def barcode() -> Response:
        asked = _query(app)
        try:
            drawn = barcodes.svg(asked.get("kind", ""), asked.get("text", ""))
        except barcodes.NoSuchCode as wrong:
            raise BadRequestError(str(wrong)) from wrong
        return Response(drawn, headers={"Content-Type": "image/svg+xml"})


def _google(app: Chalice, demo: Demo) -> None:
    wallet = demo.wallet

    @app.route("/demo/phone/google/save", methods=["POST"], name="demo_google_save")
    def save() -> Response:
        """Follow the card's save link and agree; a page may not read where a link to another server leads."""
        card = str(_asked(app).get("card", ""))
        if not _CARD.fullmatch(card):
            raise BadRequestError("a card")
        answer = httpx.get(f"{demo.base_url}/c/{card}/google", timeout=WAIT_SECONDS, trust_env=False)
        link, way = answer.headers.get("location", ""), f"{wallet.save_url}/"
        if not link.startswith(way):
            raise NotFoundError("no save link")
        try:
            return _json({"object": wallet.save(link.removeprefix(way))})
        except Refusal as refusal:
            raise BadRequestError(refusal.message) from refusal

    @app.route("/demo/phone/google/remove", methods=["POST"], name="demo_google_remove")
    def remove() -> Response:
        name = str(_asked(app).get("object", ""))
        if wallet.card(name) is None:
            raise NotFoundError("no such card")
        wallet.delete(name)
        return _json({})

    @app.route("/demo/phone/google", name="demo_google")
    def changes() -> Response:
        """The card once it changed later than `after`; at once without `after`; None when nothing happens."""
        asked = _query(app)
        name, after = asked.get("object", ""), _number(asked, "after")
        if wallet.card(name) is None:
            raise NotFoundError("no such card")
        if "after" in asked:
            last = wallet.wait_for(name, after=after, timeout=WAIT_SECONDS)
        else:
            last = wallet.changed_at.get(name, 0)
        # The card is read after its time: a change in between is told twice rather than never.
        return _json({"card": None if last is None else wallet.card(name), "last": after if last is None else last})


def _shop(app: Chalice, demo: Demo) -> None:
    @app.route("/demo/shop/orders", name="demo_orders")
    def orders() -> Response:
        return _json({"orders": demo.counter.orders()})

    @app.route("/demo/shop/orders", methods=["POST"], name="demo_buy")
    def buy() -> Response:
        asked = _asked(app)

        def bought() -> Mapping[str, Any]:
            basket = {line["product"]: line["count"] for line in asked["lines"]}
            return demo.counter.buy(asked["email"], basket, asked.get("pay", "cash"))

        return _tried(bought)

    @app.route("/demo/shop/orders/{order}", methods=["POST"], name="demo_act")
    def act(order: str) -> Response:
        asked = _asked(app)
        return _tried(lambda: demo.counter.act(order, asked["action"], product=asked.get("product", "")))


def _request(app: Chalice) -> Request:
    assert app.current_request is not None  # there is one inside every view
    return app.current_request


def _query(app: Chalice) -> Mapping[str, str]:
    return _request(app).query_params or {}


def _asked(app: Chalice) -> Mapping[str, Any]:
    asked = _request(app).json_body
    return asked if isinstance(asked, dict) else {}


def _tried(work: Callable[[], Mapping[str, Any]]) -> Response:
    try:
        return _json(work())
    except (NotPossible, KeyError, TypeError) as error:
        raise BadRequestError(str(error)) from error


def _number(asked: Mapping[str, str], name: str) -> int:
    text = asked.get(name, "0")
    return int(text) if text.isascii() and text.isdigit() else 0


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), headers={**HEADERS, "Content-Type": "application/json"})
