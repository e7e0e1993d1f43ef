"""The clock's handler: every few minutes the providers' books are read."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
from chalice.test import Client
from gateway import schedule_event
from shopify_admin import TOKEN, AdminApi, serving
from whole_house import ANNA, BASE_URL, PROGRAM, SECRET, SHOP, Town, town

import app as front
from chalicelib.connectors.books import ProviderBooks
from chalicelib.services.ports import Connection
from ops.laptop.shopify_books import Item


@dataclass
class ReadableShop:
    """A house behind the front door, and the shop whose books it can read."""

    here: Town
    admin: AdminApi

    def sells_unheard(self, price: int) -> None:
        """A paid order whose webhook never came."""
        order = self.here.shop.order(ANNA, [Item("Beans", price)])
        self.here.shop.paid(order)
        self.admin.orders.append(order)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadableShop]:
    with serving(AdminApi()) as admin:
        here = town()
        here.own.programs.connect(
            Connection(PROGRAM, "shop", "shopify", "earns", (SECRET, TOKEN), {"shop": SHOP, "api": admin.url})
        )
        reconciler = msgspec.structs.replace(here.house.reconciler, books=ProviderBooks(admin.http, BASE_URL))
        house = here.house.replaced(reconciler=reconciler)
        monkeypatch.setattr(front, "house", lambda: house)
        yield ReadableShop(here, admin)


def test_the_clock_finds_an_order_that_no_webhook_told(shop: ReadableShop) -> None:
    shop.sells_unheard(4599)
    with Client(front.app) as client:
        assert client.lambda_.invoke("on_schedule", schedule_event()).payload == {}
    assert shop.here.stored_balance(ANNA) == 45


def test_a_clock_that_strikes_twice_earns_once(shop: ReadableShop) -> None:
    """EventBridge promises to call at least once."""
    shop.sells_unheard(4599)
    for _ in range(2):
        assert front.on_schedule(schedule_event(), None) == {}
    assert shop.here.stored_balance(ANNA) == 45
