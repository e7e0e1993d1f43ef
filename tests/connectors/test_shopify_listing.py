"""Shopify's own books: the same orders as its webhooks tell, page by page; webhooks that have gone are made again."""

from collections.abc import Iterator
from typing import Any

import pytest
from shopify_admin import CLIENT_ID, TOKEN, VERSION, AdminApi, serving
from shopify_desk import ANNA, BEANS, NOON, SECRET, SHOP, events, sender

from chalicelib.connectors import books
from chalicelib.connectors.books import ProviderBooks
from chalicelib.connectors.shopify import listing
from chalicelib.errors import Malformed, Refused, TryAgain
from chalicelib.events import OrderTold
from chalicelib.services.ports import Connection, Page

HOOK = "https://cards.example/hooks/bean-street/shop"


@pytest.fixture
def admin() -> Iterator[AdminApi]:
    with serving(AdminApi()) as api:
        yield api


def connected(admin: AdminApi, *secrets: str, **options: str) -> Connection:
    chosen = {"shop": SHOP, "api": admin.url, **options}
    return Connection("bean-street", "shop", "shopify", "earns", secrets or (SECRET, TOKEN), chosen)


def page(admin: AdminApi, connection: Connection | None = None, *, since: int = NOON, cursor: str = "") -> Page:
    return listing.recent(connection or connected(admin), admin.http, since=since, cursor=cursor)


def test_a_listed_order_tells_what_its_webhook_told(admin: AdminApi) -> None:
    shop = sender()
    order = shop.order(ANNA, [BEANS], shipping=490)
    shop.paid(order)
    told = shop.refunded(order, {order.lines[0].id: 1})
    last = shop.updated(order)
    admin.orders = [order]

    (listed,) = page(admin).listed

    (by_webhook,) = events(last)
    (by_list,) = listed.events
    assert isinstance(by_webhook, OrderTold)
    assert isinstance(by_list, OrderTold)
    assert (by_list.order, by_list.refunds) == (by_webhook.order, by_webhook.refunds)
    assert (by_list.reference, by_list.customer, by_list.name) == (by_webhook.reference, by_webhook.customer, "#1001")
    assert by_list.delivery == f"listed-{order.id}-{order.updated_at}"
    assert listed.delivery.received_at == order.updated_at
    assert told  # the refund was told by itself, too


def test_only_what_is_read_is_asked_for(admin: AdminApi) -> None:
    admin.orders = [sender().order(ANNA, [BEANS])]
    (listed,) = page(admin).listed
    assert b"billing_address" not in listed.delivery.body
    assert b"note_attributes" not in listed.delivery.body


def test_pages_follow_each_other_to_the_last_order(admin: AdminApi) -> None:
    shop = sender()
    admin.orders = [shop.order(ANNA, [BEANS]) for _ in range(7)]
    admin.page_size = 3
    seen, cursor = [], ""
    for expected in (3, 3, 1):
        got = page(admin, cursor=cursor)
        assert len(got.listed) == expected
        assert got.is_last is (expected == 1)
        seen += [listed.delivery.headers["x-shopify-webhook-id"] for listed in got.listed]
        cursor = got.cursor
    assert len(set(seen)) == 7
    assert admin.asked[0][2]["updated_at_min"] == "2025-11-22T12:00:00+00:00"
    assert all("updated_at_min" not in query for *_, query in admin.asked[1:])


def test_a_page_too_large_to_read_is_asked_for_in_smaller_ones(admin: AdminApi) -> None:
    shop = sender()
    admin.orders = [shop.order(ANNA, [BEANS] * 30) for _ in range(45)]
    got = page(admin)
    assert len(got.listed) == 20
    assert [query["limit"] for *_, query in admin.asked] == ["100", "20"]
    assert len(page(admin, cursor=got.cursor).listed) == 25


def test_an_order_that_is_not_understood_does_not_hide_the_others(admin: AdminApi) -> None:
    admin.orders = [sender().order(ANNA, [BEANS])]
    admin.odd = [
        {"id": 5, "updated_at": "2025-11-22T13:30:00+01:00", "name": 17},
        {"updated_at": "2025-11-22T13:30:00Z"},
    ]
    first, second, good = page(admin).listed
    for odd in (first, second):
        assert odd.events == ()
        assert odd.unclear is not None
        assert odd.unclear.reason == "not_what_the_topic_promises"
    assert first.delivery.headers["x-shopify-webhook-id"] == "listed-5-1763814600000"
    assert good.unclear is None


@pytest.mark.parametrize(
    ("calls", "expected"), [("1/40", 0), ("29/40", 0), ("30/40", 5), ("40/40", 5), ("", 0), ("x", 0)]
)
def test_a_nearly_full_bucket_of_calls_is_left_alone(admin: AdminApi, calls: str, expected: int) -> None:
    admin.calls = calls
    assert page(admin).wait_seconds == expected


def test_a_throttled_call_says_when_to_come_back(admin: AdminApi) -> None:
    admin.busy = 1
    with pytest.raises(TryAgain) as refused:
        page(admin)
    assert refused.value.facts == {"status": 429, "retry_after": 2}


def test_a_cursor_that_shopify_has_forgotten_is_told_from_other_trouble(admin: AdminApi) -> None:
    with pytest.raises(Refused, match="cursor_unknown"):
        page(admin, cursor="eyJ99==")
    with pytest.raises(Refused, match="access_refused"):
        page(admin, connected(admin, SECRET, TOKEN + "x"))


def test_an_app_of_the_dev_dashboard_exchanges_its_secret_for_a_token(admin: AdminApi) -> None:
    """While the secret is being changed both are tried, the newest first."""
    admin.client_secret = SECRET
    admin.orders = [sender().order(ANNA, [BEANS])]
    connection = connected(admin, "shpss_newest", SECRET, client_id=CLIENT_ID)
    assert len(page(admin, connection).listed) == 1
    assert [path for _, path, _ in admin.asked] == ["/admin/oauth/access_token"] * 2 + [VERSION + "orders.json"]
    with pytest.raises(Refused, match="access_refused"):
        page(admin, connected(admin, "shpss_other", client_id=CLIENT_ID))


def test_a_connection_without_a_key_to_the_books_says_so(admin: AdminApi) -> None:
    with pytest.raises(Refused, match="no_api_access"):
        page(admin, connected(admin, SECRET))
    assert admin.asked == []


@pytest.mark.parametrize(
    "shop", ["", "bean-street", "bean-street.myshopify.com.evil.example", "evil.example/bean-street.myshopify.com",
             "evil.example#.myshopify.com", "a@b.myshopify.com", "BEAN.myshopify.com", "x.myshopify.com\n"]
)  # fmt: skip
def test_a_token_goes_to_a_shop_of_shopify_and_nowhere_else(shop: str) -> None:
    asked: list[Any] = []
    connection = Connection("bean-street", "shop", "shopify", "earns", (SECRET, TOKEN), {"shop": shop})
    with pytest.raises(Refused, match="shop_domain_wrong"):
        listing.recent(connection, asked, since=NOON, cursor="")  # type: ignore[arg-type]  # nothing is asked


@pytest.mark.parametrize(
    "link", ["", "<>; rel=next", '<https://evil.example/?page_info=x>; rel="previous"', "nonsense"]
)
def test_a_link_that_leads_nowhere_ends_the_list(admin: AdminApi, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AdminApi, "_link", lambda *_, **__: link)
    admin.orders, admin.page_size = [sender().order(ANNA, [BEANS]) for _ in range(2)], 1
    assert page(admin).is_last


def test_a_link_to_another_host_is_not_followed(admin: AdminApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AdminApi, "_link", lambda *_, **__: '<https://evil.example/steal?page_info=abc>; rel="next"')
    admin.orders, admin.page_size = [sender().order(ANNA, [BEANS]) for _ in range(2)], 1
    assert page(admin).cursor == "abc"
    with pytest.raises(Refused, match="cursor_unknown"):
        page(admin, cursor="abc")
    assert {path for _, path, _ in admin.asked} == {VERSION + "orders.json"}


def test_webhooks_that_are_missing_are_made_and_the_others_left_alone(admin: AdminApi) -> None:
    admin.webhooks = [
        {"topic": "orders/paid", "address": HOOK},
        {"topic": "orders/updated", "address": "https://other.example"},
    ]
    assert listing.subscribe(connected(admin), admin.http, HOOK) == list(listing.TOPICS[1:])
    assert {hook["topic"] for hook in admin.webhooks if hook["address"] == HOOK} == set(listing.TOPICS)
    assert listing.subscribe(connected(admin), admin.http, HOOK) == []
    assert len(admin.webhooks) == 6


def test_a_webhook_that_somebody_else_makes_meanwhile_is_no_trouble(
    admin: AdminApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.webhooks = [{"topic": topic, "address": HOOK} for topic in listing.TOPICS]
    real = AdminApi.answer
    blind = {"webhooks": []}  # they were made after we looked
    monkeypatch.setattr(
        AdminApi,
        "answer",
        lambda self, method, *told: (200, {}, blind) if method == "GET" else real(self, method, *told),
    )
    assert listing.subscribe(connected(admin), admin.http, HOOK) == []


def test_shopify_sends_to_public_addresses_only(admin: AdminApi) -> None:
    with pytest.raises(Refused, match="address_not_public"):
        listing.subscribe(connected(admin), admin.http, "http://127.0.0.1:8000/hooks/bean-street/shop")
    assert admin.asked == []


def test_an_answer_that_is_no_list_is_not_understood(admin: AdminApi, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in ([], {"orders": 7}, "<html>"):
        monkeypatch.setattr(AdminApi, "answer", lambda *_, said=content: (200, {}, said))
        with pytest.raises(Malformed, match="unexpected_answer"):
            page(admin)


def test_books_know_who_can_be_asked(admin: AdminApi) -> None:
    assert books.reconciles("shopify")
    assert books.subscribes("shopify")
    assert not books.reconciles("standard")
    assert not books.reconciles("nobody")
    assert not books.reconciles("../shopify")
    shelf = ProviderBooks(admin.http, "https://cards.example")
    activities = Connection("bean-street", "events", "standard", "earns", ("whsec_x",))
    assert shelf.subscribe(activities) == ()
    with pytest.raises(Refused, match="no_api_access"):
        shelf.recent(activities, since=NOON, cursor="")
    assert shelf.address(connected(admin)) == HOOK
