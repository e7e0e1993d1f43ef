"""The demo shop tells what a Shopify shop tells, and remembers it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ops.laptop.counter import Counter, NotPossible
from ops.laptop.shopify_sender import signature

SECRET = "a-secret"


class Listener(HTTPServer):
    """A webhook endpoint that takes everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.heard: list[tuple[str, str, bytes]] = []

    def take(self) -> list[tuple[str, str, bytes]]:
        heard, self.heard = self.heard, []
        return heard


class Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Listener)
        self.server.heard.append((self.headers["X-Shopify-Topic"], self.headers["X-Shopify-Hmac-Sha256"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.json"


@pytest.fixture
def shop(listener: Listener, file: Path) -> Counter:
    return Counter(url(listener), SECRET, file)


def url(listener: Listener) -> str:
    return f"http://127.0.0.1:{listener.server_address[1]}/"


def bought(shop: Counter) -> dict[str, Any]:
    return shop.buy("ada@customers.example", {"cappuccino": 2, "beans": 1})


def test_purchase_is_one_signed_paid_order(shop: Counter, listener: Listener) -> None:
    shown = bought(shop)
    [(topic, signed, body)] = listener.take()
    order = json.loads(body)
    assert (topic, signed) == ("orders/paid", signature(SECRET, body))
    assert (str(order["id"]), order["current_subtotal_price"], order["financial_status"]) == (
        shown["id"],
        "27.30",
        "paid",
    )
    assert (shown["total"], shown["state"]) == (2730, "paid")
    assert [delivery["status"] for delivery in shown["deliveries"]] == [200]


@pytest.mark.parametrize(
    ("action", "topics", "end"),
    [
        ("refund-one", ["refunds/create", "orders/updated"], ("partially_refunded", 2310)),
        ("refund-all", ["refunds/create", "orders/updated"], ("refunded", 0)),
        ("cancel", ["refunds/create", "orders/cancelled"], ("cancelled", 0)),
        ("edit", ["orders/updated", "orders/paid"], ("paid", 3010)),
        ("again", ["orders/paid"], ("paid", 2730)),
    ],
)
def test_action_sends_the_webhooks_that_shopify_sends(
    shop: Counter, listener: Listener, action: str, topics: list[str], end: tuple[str, int]
) -> None:
    order = bought(shop)
    listener.take()
    shown = shop.act(order["id"], action, product="espresso")
    assert [topic for topic, _, _ in listener.take()] == topics
    assert (shown["state"], shown["total"]) == end


def test_send_again_repeats_the_very_same_bytes(shop: Counter, listener: Listener) -> None:
    order = bought(shop)
    first = listener.take()
    shop.act(order["id"], "again")
    assert listener.take() == first


def test_orders_outlive_a_restart(shop: Counter, listener: Listener, file: Path) -> None:
    order = bought(shop)
    shop.act(order["id"], "refund-one")
    again = Counter(url(listener), SECRET, file)
    assert again.orders() == shop.orders()
    listener.take()
    assert again.act(order["id"], "refund-all")["total"] == 0
    told = json.loads(listener.take()[0][2])
    assert sum(line["quantity"] for line in told["refund_line_items"]) == 2
    assert again.buy("ada@customers.example", {"espresso": 1})["name"] == "#1002"


def test_same_person_is_the_same_customer(shop: Counter, listener: Listener) -> None:
    bought(shop)
    bought(shop)
    first, second = (json.loads(body)["customer"]["id"] for _, _, body in listener.take())
    assert first == second


def test_shop_that_gets_no_answer_says_so(listener: Listener, file: Path) -> None:
    unused = Counter("http://127.0.0.1:9/", SECRET, file)
    assert [delivery["status"] for delivery in bought(unused)["deliveries"]] == [0]


@pytest.mark.parametrize(
    ("email", "basket"),
    [("nobody", {"beans": 1}), ("a@b.example", {}), ("a@b.example", {"tea": 1}), ("a@b.example", {"beans": 0})],
)
def test_purchase_that_makes_no_sense_is_not_possible(shop: Counter, email: str, basket: dict[str, int]) -> None:
    with pytest.raises(NotPossible):
        shop.buy(email, basket)


def test_cancelled_order_can_only_be_told_again(shop: Counter) -> None:
    order = bought(shop)
    assert shop.act(order["id"], "cancel")["actions"] == ["again"]
    with pytest.raises(NotPossible):
        shop.act(order["id"], "refund-all")
