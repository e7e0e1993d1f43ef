"""The demo shop's tills tell what Stripe and YooKassa would tell of the money that moved."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import standardwebhooks
import stripe

from ops.laptop.courier import News
from ops.laptop.shopify_books import Buyer, Item, Order
from ops.laptop.shopify_sender import Sender
from ops.laptop.tills import Hook, Money, Tills, Way
from ops.laptop.yookassa_shop import YooKassaShop

NOON = 1_795_000_000_000
CARD_SECRET, REVIEW_SECRET = "whsec_card", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Town:
    """Tills, an order to pay, and a clock that stands."""

    now: int = NOON
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.kassa = YooKassaShop(
            "1", ("k",), self.time, lambda: next(self.numbers).to_bytes(16, "big"), "http://nowhere"
        )
        self.kassa.currency = "EUR"
        hooks: dict[str, Hook] = {
            "pay": {"url": "http://pay", "secret": CARD_SECRET},
            "kassa": {"url": "http://kassa", "secret": "k"},
            "events": {"url": "http://events", "secret": REVIEW_SECRET},
        }
        self.tills = Tills.open(hooks, self.kassa, clock=self.time, new_id=lambda: next(self.numbers))
        shop = Sender("s", "x.myshopify.com", clock=self.time, new_id=lambda: next(self.numbers))
        self.order: Order = shop.order(Buyer(email="ada@customers.example"), [Item("Beans", 1890)])

    def time(self) -> int:
        return self.now


@pytest.fixture
def town() -> Town:
    return Town()


def said(news: News) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(news.body)
    return content


def test_cash_tells_nobody(town: Town) -> None:
    assert town.tills.settled(Money("cash"), 1890, town.order) == []


@pytest.mark.parametrize(
    ("way", "topics"),
    [("card", ["payment_intent.succeeded", "charge.succeeded"]), ("kassa", ["payment.succeeded"])],
)
def test_payment_names_the_shops_order(town: Town, way: Way, topics: list[str]) -> None:
    told = town.tills.settled(Money(way), 1890, town.order)
    assert [news.topic for news in told] == topics
    for news in told:
        thing = said(news)["data"]["object"] if way == "card" else said(news)["object"]
        assert thing["metadata"] == {"shopify_order_id": str(town.order.id)}


@pytest.mark.parametrize("way", ["card", "kassa"])
def test_refund_is_taken_from_one_payment_after_the_other(town: Town, way: Way) -> None:
    money = Money(way)
    for amount in (1890, 420):
        town.tills.settled(money, amount, town.order)
    kept = msgspec.json.decode(msgspec.json.encode(money), type=Money)  # as after a restart
    first, rest = town.tills.settled(kept, -1900, town.order), town.tills.settled(kept, -410, town.order)
    back = [[told["data"]["object"]["amount"] for told in map(said, part) if told["type"] == "refund.created"]
            if way == "card" else [told["object"]["amount"]["value"] for told in map(said, part)]
            for part in (first, rest)]  # fmt: skip
    assert back == ([[1890, 10], [410]] if way == "card" else [["18.90", "0.10"], ["4.10"]])
    assert town.tills.settled(kept, -1, town.order) == []


def test_dispute_is_about_what_was_not_refunded(town: Town) -> None:
    money = Money("card")
    town.tills.settled(money, 1890, town.order)
    town.tills.settled(money, -500, town.order)
    told = [said(news) for news in town.tills.disputed(money)]
    assert [(one["type"], one["data"]["object"]["amount"]) for one in told] == [
        ("charge.dispute.created", 1390),
        ("charge.dispute.funds_withdrawn", 1390),
        ("charge.dispute.closed", 1390),
    ]


def test_card_news_sent_again_an_hour_later_is_the_same_event_freshly_signed(town: Town) -> None:
    news = town.tills.settled(Money("card"), 1890, town.order)[0]
    town.now += 3_600_000
    again = town.tills.again(news)
    assert again.body == news.body
    header = again.headers["Stripe-Signature"]
    assert header.startswith(f"t={town.now // 1000},")
    assert stripe.WebhookSignature.verify_header(again.body.decode(), header, CARD_SECRET)


def test_review_sent_again_an_hour_later_is_the_same_message_freshly_signed(town: Town) -> None:
    news = town.tills.reviewed("beans", "ada@customers.example")
    town.now += 3_600_000
    again = town.tills.again(news)
    assert (again.body, again.headers["webhook-id"]) == (news.body, news.headers["webhook-id"])
    assert again.headers["webhook-timestamp"] == str(town.now // 1000)
    expected = standardwebhooks.Webhook(REVIEW_SECRET).sign(
        again.headers["webhook-id"], datetime.fromtimestamp(town.now / 1000, UTC), again.body.decode()
    )
    assert again.headers["webhook-signature"] == expected
