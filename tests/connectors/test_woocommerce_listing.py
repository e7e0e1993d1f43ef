"""A WooCommerce shop's own books: nothing is skipped while orders change, and webhooks that are off are switched on."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from woocommerce_desk import ANNA, BEANS, NOON, SECRET, SITE, events, sender

from chalicelib.connectors.api import Reply
from chalicelib.connectors.woocommerce import listing
from chalicelib.errors import Malformed, Refused
from chalicelib.services.ports import Connection, Listed, Page
from ops.laptop.woocommerce_books import Order
from ops.laptop.woocommerce_shapes import order_body

KEY, CONSUMER = "ck_1f2e3d4c", "cs_5b6a7988"
HOOK = "https://cards.example/hooks/bean-street/woo"
LOGIN = base64.b64encode(f"{KEY}:{CONSUMER}".encode()).decode()


@dataclass
class Shop:
    """A shop's REST API v3: orders by the time of their change, in pages by number."""

    orders: list[Order] = field(default_factory=list)
    webhooks: list[dict[str, Any]] = field(default_factory=list)
    large_from: int = 1000
    odd: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    after_each: Callable[[], None] = lambda: None

    def get(self, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Reply:
        assert headers["authorization"] == f"Basic {LOGIN}"
        assert query is not None
        self.asked.append(dict(query))
        if url == f"{SITE}/wp-json/wc/v3/webhooks":
            return Reply(200, {}, json.dumps(self.webhooks).encode())
        assert url == f"{SITE}/wp-json/wc/v3/orders"
        assert (query["dates_are_gmt"], query["orderby"], query["order"]) == ("true", "modified", "asc")
        bodies: list[dict[str, Any]] = [*self.odd, *(order_body(order, SITE) for order in self.orders)]
        bodies = [body for body in bodies if _time(body) > datetime.fromisoformat(query["modified_after"])]
        bodies.sort(key=_time)
        size = int(query["per_page"])
        if size >= self.large_from:
            raise Malformed("answer_too_large")
        start = (int(query["page"]) - 1) * size
        reply = Reply(200, {}, json.dumps(bodies[start : start + size]).encode())
        self.after_each()
        return reply

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Reply:
        assert headers["authorization"] == f"Basic {LOGIN}"
        told, place = json.loads(body), url.removeprefix(f"{SITE}/wp-json/wc/v3/webhooks")
        if place:
            (known,) = [webhook for webhook in self.webhooks if f"/{webhook['id']}" == place]
            known |= told
            return Reply(200, {}, json.dumps(known).encode())
        self.webhooks.append({"id": len(self.webhooks) + 1, **told})
        return Reply(201, {}, json.dumps(self.webhooks[-1]).encode())


def _time(body: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(body["date_modified_gmt"])


def connection(**changed: Any) -> Connection:
    told = {"secrets": (SECRET, CONSUMER), "options": {"shop": SITE, "consumer_key": KEY}, **changed}
    return Connection("bean-street", "woo", "woocommerce", "earns", **told)


def page(api: Shop, cursor: str = "", *, since: int = NOON) -> Page:
    return listing.recent(connection(), api, since=since, cursor=cursor)


def everything(api: Shop) -> list[Listed]:
    told, cursor = [], ""
    for _ in range(200):
        got = page(api, cursor)
        told += got.listed
        cursor = got.cursor
        if got.is_last:
            return told
    raise AssertionError("the list does not end")


def ids(told: list[Listed]) -> set[int]:
    return {json.loads(listed.delivery.body)["id"] for listed in told}


def test_a_listed_order_tells_what_its_webhook_told() -> None:
    shop = sender()
    order = shop.order(ANNA, [BEANS], shipping=490)
    shop.paid(order)
    signed = shop.refunded(order, 1000)
    (listed,) = page(Shop([order])).listed
    (told,), (notified,) = listed.events, events(signed)
    assert told.order == notified.order  # type: ignore[union-attr]
    assert told.refunds == notified.refunds  # type: ignore[union-attr]
    assert told.reference == notified.reference  # type: ignore[union-attr]


@pytest.mark.parametrize("large_from", [2, 11, 1000])
def test_all_orders_are_listed_however_small_the_pages(large_from: int) -> None:
    shop = sender()
    orders = [shop.order(ANNA, [BEANS]) for _ in range(23)]
    api = Shop(orders, large_from=large_from)
    assert ids(everything(api)) == {order.id for order in orders}


def test_many_orders_of_one_second_are_all_listed() -> None:
    """A bulk edit gives hundreds of orders one and the same time."""
    shop = sender()
    orders = [shop.order(ANNA, [BEANS]) for _ in range(130)]
    for order in orders[:120]:
        order.modified_at = NOON + 5_000
    for order in orders[120:]:
        order.modified_at = NOON + 9_000
    assert ids(everything(Shop(orders))) == {order.id for order in orders}


def test_an_order_that_changes_while_it_is_listed_hides_no_other() -> None:
    """It moves to the end of the list; pages by number would skip the first of the next page."""
    shop = sender()
    orders = [shop.order(ANNA, [BEANS]) for _ in range(120)]
    api = Shop(orders)

    def meanwhile() -> None:
        if len(api.asked) == 1:
            shop.paid(orders[0])

    api.after_each = meanwhile
    assert ids(everything(api)) == {order.id for order in orders}


def test_an_order_that_is_not_understood_does_not_hide_the_others() -> None:
    shop = sender()
    odd = {"id": 5, "date_modified_gmt": "2025-11-22T12:00:09"}
    told = everything(Shop([shop.order(ANNA, [BEANS])], odd=[odd]))
    assert [listed.unclear is None for listed in told] == [True, False]


def test_webhooks_are_made_and_those_that_are_off_are_switched_on() -> None:
    off = {"id": 1, "topic": "order.updated", "delivery_url": HOOK, "status": "disabled"}
    other = {"id": 2, "topic": "order.created", "delivery_url": "https://other.example", "status": "disabled"}
    api = Shop(webhooks=[off, other])
    assert set(listing.subscribe(connection(), api, HOOK)) == set(listing.TOPICS)
    ours = [webhook for webhook in api.webhooks if webhook["delivery_url"] == HOOK]
    assert {webhook["topic"]: webhook["status"] for webhook in ours} == dict.fromkeys(listing.TOPICS, "active")
    assert {webhook["secret"] for webhook in ours if "secret" in webhook} == {SECRET}
    assert other["status"] == "disabled"
    assert listing.subscribe(connection(), api, HOOK) == []


def test_what_cannot_be_asked_says_why() -> None:
    for lacking in (connection(secrets=(SECRET,)), connection(options={"shop": SITE}), connection(options={})):
        with pytest.raises(Refused, match="no_api_access"):
            listing.recent(lacking, Shop(), since=NOON, cursor="")
    with pytest.raises(Refused, match="address_not_public"):
        listing.subscribe(connection(), Shop(), "http://cards.example/hooks")
    with pytest.raises(Malformed, match="unexpected_answer"):
        everything(Shop(odd=[{"date_modified_gmt": "2025-11-22T12:00:09"}]))
