"""What the tests of the YooKassa connector share: a shop at YooKassa, its API without a network, and deliveries."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.connectors import yookassa
from chalicelib.connectors.api import Reply
from chalicelib.errors import TryAgain
from chalicelib.events import Event, PaymentTold
from chalicelib.services.ports import Connection, Delivery
from ops.laptop.yookassa_shop import YooKassaShop

SHOP_ID = "466593"
SECRET = "test_rJ0aH8v3nL5kQ2wX7cZ1"
API = "https://api.yookassa.ru"
YOOKASSA = "185.71.76.9"
NOON = 1_763_812_800_000  # 22 November 2025, 12:00 UTC


@dataclass(slots=True)
class FakeApi:
    """chalicelib.connectors.api.Api in front of a stand-in, with what was sent remembered."""

    shop: YooKassaShop
    calls: list[tuple[str, str]] = field(default_factory=list)
    changes: list[Any] = field(default_factory=list)
    """Functions applied to the next answers, first to last: a test fills it."""

    def get(self, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Reply:
        assert query is None
        self.calls.append((url, headers["Authorization"]))
        status, content = self.shop.answer(url.removeprefix(API), headers["Authorization"])
        if status == 429 or status >= 500:
            raise TryAgain("provider_busy", status=status)
        if self.changes:
            content = self.changes.pop(0)(json.loads(json.dumps(content)))
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return Reply(status, {"content-type": "application/json"}, body)

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Reply:
        raise AssertionError("nothing is ever written at YooKassa")


def shop(**settings: Any) -> YooKassaShop:
    clock, ids = itertools.count(NOON, 1000), itertools.count(1)
    settings = {"secrets": (SECRET,)} | settings
    return YooKassaShop(SHOP_ID, clock=lambda: next(clock), new_id=lambda: next(ids).to_bytes(16), **settings)


def connection(*secrets: str, role: str = "earns", **options: str) -> Connection:
    options = {"shop_id": SHOP_ID} | options
    return Connection("bean-street", "pay", "yookassa", role, secrets or (SECRET,), options)


def delivery(content: Mapping[str, Any] | bytes, source: str = YOOKASSA) -> Delivery:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Delivery("bean-street", "pay", NOON, {"content-type": "application/json"}, body, source)


def events(content: Mapping[str, Any] | bytes, at: YooKassaShop) -> list[Event]:
    return list(yookassa.fetch(delivery(content), connection(), FakeApi(at)))


def told(content: Mapping[str, Any] | bytes, at: YooKassaShop) -> PaymentTold:
    (event,) = events(content, at)
    assert isinstance(event, PaymentTold)
    return event
