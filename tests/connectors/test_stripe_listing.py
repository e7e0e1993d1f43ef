"""Stripe's list of events: the same events as its webhooks bring, page by page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from stripe_desk import ANNA, NOON, SECRET, events, sender

from chalicelib.connectors import stripe
from chalicelib.connectors.api import Reply
from chalicelib.connectors.stripe import listing
from chalicelib.errors import Malformed, Refused
from chalicelib.services.ports import Connection, Page
from ops.laptop.shopify_sender import Signed

KEY = "rk_test_51H3bgKLmQpZ"
TILL = Connection("bean-street", "till", "stripe", "evidence", (SECRET, KEY))


@dataclass
class StripeApi:
    """The list of events as docs.stripe.com/api/events/list has it: newest first."""

    told: list[Signed]
    most: int = 100
    large_from: int = 1000
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def get(self, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Reply:
        parts = urlsplit(url)
        assert (parts.netloc, parts.path) == ("api.stripe.com", "/v1/events")
        asked = parse_qs(parts.query)
        self.asked.append(asked)
        if headers["authorization"] != f"Bearer {KEY}":
            return Reply(401, {}, b'{"error": {"type": "invalid_request_error"}}')
        since, types = int(asked["created[gte]"][0]), set(asked["types[]"])
        assert len(types) <= 20  # Stripe takes no more
        found = [json.loads(signed.body) for signed in reversed(self.told)]
        found = [event for event in found if event["created"] >= since and event["type"] in types]
        if "starting_after" in asked:
            places = [place for place, event in enumerate(found) if event["id"] == asked["starting_after"][0]]
            if not places:
                return Reply(400, {}, b'{"error": {"code": "resource_missing", "param": "starting_after"}}')
            found = found[places[0] + 1 :]
        limit = min(int(asked["limit"][0]), self.most)
        if limit >= self.large_from:
            raise Malformed("answer_too_large")
        page = {"object": "list", "url": "/v1/events", "has_more": len(found) > limit, "data": found[:limit]}
        return Reply(200, {}, json.dumps(page).encode())

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Reply:
        raise AssertionError("nothing is written at Stripe")


def account_with_history() -> list[Signed]:
    account = sender(tick=1_000)
    payment = account.payment(4520, "EUR", ANNA)
    return [account.paid(payment), account.charged(payment), account.refunded(payment, 1000), account.refunded(payment)]


def page(api: StripeApi, *, since: int = NOON, cursor: str = "", connection: Connection = TILL) -> Page:
    return listing.recent(connection, api, since=since, cursor=cursor)


def test_a_listed_event_tells_what_its_webhook_told() -> None:
    told = account_with_history()
    got = page(StripeApi(told))
    assert [list(listed.events) for listed in got.listed] == [events(signed) for signed in reversed(told)]
    assert got.is_last
    assert got.listed[0].delivery.received_at == json.loads(told[-1].body)["created"] * 1000


def test_pages_follow_each_other_to_the_oldest_event() -> None:
    api = StripeApi(account_with_history(), most=3)
    first = page(api)
    second = page(api, cursor=first.cursor)
    assert (len(first.listed), first.is_last, len(second.listed), second.is_last) == (3, False, 1, True)


def test_only_types_that_are_read_are_asked_for() -> None:
    api = StripeApi(account_with_history())
    page(api)
    assert set(api.asked[0]["types[]"]) == set(stripe.READ)


def test_a_page_too_large_to_read_is_asked_for_in_smaller_ones() -> None:
    api = StripeApi(account_with_history(), large_from=50)
    assert len(page(api).listed) == 4
    assert [asked["limit"] for asked in api.asked] == [["100"], ["20"]]


def test_an_event_that_is_not_understood_does_not_hide_the_others() -> None:
    told = account_with_history()
    odd = json.loads(told[0].body) | {"data": {"object": {"object": "payment_intent", "id": 7}}}
    got = page(StripeApi([*told, told[0]._replace(body=json.dumps(odd | {"id": "evt_odd"}).encode())]))
    assert [listed.unclear is not None for listed in got.listed] == [True, False, False, False, False]


def test_what_cannot_be_listed_says_why() -> None:
    api = StripeApi(account_with_history())
    with pytest.raises(Refused, match="cursor_unknown"):
        page(api, cursor="evt_of_last_year")
    with pytest.raises(Refused, match="no_api_access"):
        page(api, connection=Connection("bean-street", "till", "stripe", "evidence", (SECRET,)))
    with pytest.raises(Refused, match="access_refused"):
        page(api, connection=Connection("bean-street", "till", "stripe", "evidence", (SECRET, "sk_other")))
