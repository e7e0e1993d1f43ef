"""One id leads from the webhook to the push: it stands in every line of the log, wherever the work goes on."""

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gateway import event, reply
from stand_ins import NOON, HandClock, Silence
from whole_house import ANNA, PROGRAM, Town, inserted, sqs_event, stream_event, town

import app as front
from chalicelib import trace
from chalicelib.bootstrap import edge
from chalicelib.bootstrap.lines import JsonLines
from chalicelib.connectors import yookassa
from chalicelib.errors import TryAgain
from chalicelib.services.ports import Connection, Delivery, PushAnswer, PushReaction
from ops.laptop.shopify_books import Item
from ops.laptop.shopify_sender import Signed

ORDINARY_BYTES = 440
"""Of the house's own lines for a purchase that is pushed at once to one phone, line ends included.

Half a dollar for a million purchases is a thousand bytes each (0.50 dollars a GB). Lambda's own lines are not kept for
the two functions of a purchase (ops/packaging/logs.py); what is left is for figures and for a second phone.
"""
APNS_ID = "eabeae54-14a8-11e5-b60b-1697f925ec7b"


class Ear(logging.Handler):
    """The lines as they go out, at a time that stands still as the town's does."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(JsonLines())
        self.clock = clock
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        record.created = (self.clock.now() + 40) / 1_000
        self.lines.append(self.format(record))

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Town:
    """A member with a phone, and a door that opens to this town."""
    made = town()
    monkeypatch.setattr(front, "house", lambda: made.house)
    monkeypatch.setattr(edge, "_CLOCK", made.clock)
    made.adds_to_wallet(made.member(ANNA))
    made.follow()
    made.clock.forward(3_600_000)
    return made


@pytest.fixture
def log(here: Town) -> Iterator[Ear]:
    ear, house = Ear(here.clock), logging.getLogger("chalicelib")
    level = house.level
    house.addHandler(ear)
    house.setLevel(logging.INFO)
    yield ear
    house.removeHandler(ear)
    house.setLevel(level)


def sold(here: Town) -> Signed:
    return here.shop.paid(here.shop.order(ANNA, [Item("Beans", 1_000)]))


def posted(here: Town, signed: Signed, connection: str = "shop") -> int:
    names = {"program": PROGRAM, "connection": connection}
    asked = event("POST", "/hooks/{program}/{connection}", names, headers=signed.headers, body=signed.body)
    return reply(front.app(asked, None)).status


def id_of(signed: Signed) -> str:
    return next(value for name, value in signed.headers.items() if name.lower() == "x-shopify-webhook-id")


def streamed(here: Town) -> None:
    """The newest entry, as the stream hands it to its function."""
    entry = here.newest(here.account(ANNA))
    assert front.on_journal(stream_event(inserted(entry)), None) == {"batchItemFailures": []}


def test_one_id_leads_from_the_webhook_to_the_push(here: Town, log: Ear) -> None:
    signed = sold(here)
    assert posted(here, signed) == 200
    streamed(here)
    assert [line["event"] for line in log.told()] == ["order_told", "pushed"]
    assert {line["trace"] for line in log.told()} == {id_of(signed)}
    assert here.newest(here.account(ANNA)).event == id_of(signed)
    assert [line["outcome"] for line in log.told() if line["event"] == "pushed"] == ["delivered"]


def test_the_lines_of_an_ordinary_purchase_stay_under_half_of_what_they_may_cost(here: Town, log: Ear) -> None:
    here.pusher.answers["token-phone-1"] = PushAnswer(PushReaction.DELIVERED, "", name=APNS_ID)
    assert posted(here, sold(here)) == 200
    streamed(here)
    assert [line.get("push") for line in log.told()] == [None, APNS_ID]
    assert sum(len(line.encode()) + 1 for line in log.lines) <= ORDINARY_BYTES


def test_line_has_the_time_as_lambda_reads_it(here: Town, log: Ear) -> None:
    """Source: docs.aws.amazon.com/lambda, "Log-level filtering": "level", and a "timestamp" that is RFC 3339."""
    posted(here, sold(here))
    (line,) = log.told()
    assert (line["timestamp"], line["level"]) == ("2026-06-23T13:00:00.040Z", "INFO")


def test_push_that_waits_keeps_the_id_in_its_message(here: Town, log: Ear) -> None:
    posted(here, sold(here))
    streamed(here)
    later = sold(here)
    here.clock.forward(1_000)
    posted(here, later)
    streamed(here)
    ((message, _),) = here.pushes.take()
    assert message["trace"] == id_of(later)
    log.lines.clear()
    here.clock.forward(30_000)
    assert front.on_cards(sqs_event([message]), None) == {"batchItemFailures": []}
    assert [(line["event"], line["trace"], line["ms"]) for line in log.told()] == [("pushed", id_of(later), 30_040)]


def test_delivery_that_waits_is_found_under_one_id_before_and_after(
    here: Town, log: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = sold(here)
    with monkeypatch.context() as slow:
        slow.setattr(type(here.own.ledger), "commit", _throttled)
        assert posted(here, signed) == 200
    ((message, _),) = here.deferred.take()
    here.clock.forward(60_000)
    assert front.on_deferred(sqs_event([message]), None) == {"batchItemFailures": []}
    assert [(line["event"], line["trace"]) for line in log.told()] == [
        ("delivery_deferred", id_of(signed)),
        ("order_told", id_of(signed)),
    ]
    assert log.told()[-1]["ms"] == 60_040


def _throttled(*_: Any, **__: Any) -> None:
    raise TryAgain("store_throttled")


def test_sender_that_is_not_believed_names_nothing(here: Town, log: Ear) -> None:
    signed = sold(here)
    headers = {**signed.headers, "X-Shopify-Hmac-Sha256": "wrong"}
    assert posted(here, Signed(headers, signed.body)) == 401
    (line,) = log.told()
    assert (line["event"], line["trace"]) == ("delivery_untrusted", "c6af9ac6-7b61-11e6-9a41-93e8deadbeef")


def test_work_of_the_clock_belongs_to_its_call() -> None:
    followed = []

    def looks(_: Any) -> dict[str, Any]:
        followed.append(trace.current())
        return {}

    edge.guarded(looks)(SimpleNamespace(context=SimpleNamespace(aws_request_id="r-1")))
    edge.guarded(looks)({})
    assert [known and known.id for known in followed] == ["r-1", "looks"]


def test_nothing_is_followed_between_requests(here: Town) -> None:
    posted(here, sold(here))
    streamed(here)
    assert trace.current() is None


def test_name_that_is_long_or_odd_becomes_its_digest() -> None:
    assert trace.id_of("evt_1NG8Du2eZvKYlo2CUI79vXWy") == "evt_1NG8Du2eZvKYlo2CUI79vXWy"
    assert trace.id_of("payment.succeeded:22d6d597-000f-5000-9000-145f6df21d6f").startswith("payment.succeeded:")
    assert [len(trace.id_of(odd)) for odd in ("kim@example.com", 'a" OR "', "a" * 81, "ä", "a\n")] == [32] * 5


def test_message_without_an_id_belongs_to_what_is_followed() -> None:
    with trace.following("outer", NOON), trace.carried({"serial": "s"}) as message:
        assert message == {"serial": "s"}
        known = trace.current()
        assert known is not None
        assert (known.id, known.waited) == ("outer", False)


def test_sender_that_numbers_no_deliveries_is_called_alike_before_and_after_it_was_asked() -> None:
    body = json.dumps(
        {"type": "notification", "event": "payment.canceled", "object": {"id": "22d6d597-000f-5000-9000-145f6df21d6f"}}
    ).encode()
    delivery = Delivery(PROGRAM, "yookassa", NOON, {}, body)
    assert yookassa.called(delivery) == "payment.canceled:22d6d597-000f-5000-9000-145f6df21d6f"
    payout = Delivery(PROGRAM, "yookassa", NOON, {}, body.replace(b"payment.canceled", b"payout.succeeded"))
    (noted,) = yookassa.fetch(payout, Connection(PROGRAM, "yookassa", "yookassa", "earns", ("shop:key",)), Silence())
    assert noted.delivery == yookassa.called(payout)
    assert yookassa.called(Delivery(PROGRAM, "yookassa", NOON, {}, b"[]")) == ""
