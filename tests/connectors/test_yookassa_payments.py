"""A payment as facts: what was captured, what went back, and whose it was."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from yookassa_desk import SECRET, SHOP_ID, FakeApi, connection, delivery, events, shop, told

from chalicelib.connectors import yookassa
from chalicelib.connectors.outbound import HttpApi
from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Customer, Noted, OrderTold, Reference
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.orders import absorbed, returned


def test_payment_that_succeeded_tells_what_was_captured():
    at = shop()
    content = at.paid(145_050)
    named = content["object"]["id"]
    event = told(content, at)
    assert (event.reference, event.aliases) == (f"payment/yookassa/{named}", (f"yookassa/{named}",))
    assert event.delivery == f"payment.succeeded:{named}"
    assert (event.payment.amounts, event.payment.currency) == (Amounts(goods=145_050), "RUB")
    assert (event.payment.is_paid, event.payment.is_cancelled) == (True, False)
    assert event.payment.changed_at == event.payment.occurred_at
    assert event.refunds == {}


def test_only_the_captured_part_of_a_hold_counts():
    at = shop()
    named = at.opened(200_000)
    at.held(named)
    assert told(at.captured(named, 150_000), at).payment.amounts == Amounts(goods=150_000)


@pytest.mark.parametrize("how", ["held", "canceled"])
def test_payment_that_has_not_succeeded_is_noted(how):
    at = shop()
    content = getattr(at, how)(at.opened(145_000))
    status = {"held": "waiting_for_capture", "canceled": "canceled"}[how]
    assert events(content, at) == [Noted(f"payment.{status}:{content['object']['id']}", f"payment.{status}")]


def test_late_news_of_a_hold_tells_what_has_become_of_it():
    at = shop()
    named = at.opened(145_000)
    held = at.held(named)
    at.captured(named)
    assert told(held, at).payment.is_paid


def test_refund_is_told_by_its_id_beside_the_sum():
    at = shop()
    named = at.paid(145_000)["object"]["id"]
    at.refunded(named, 10_000)
    content = at.refunded(named, 35_000)
    refunds = told(content, at).refunds
    assert {key: (one.status, one.amounts.goods) for key, one in refunds.items()} == {
        content["object"]["id"]: ("succeeded", 35_000),
        "cumulative": ("succeeded", 45_000),
    }


@pytest.mark.parametrize(("status", "expected"), [("pending", "pending"), ("canceled", "failed")])
def test_refund_that_did_not_arrive_says_so(status, expected):
    at = shop()
    named = at.paid(145_000)["object"]["id"]
    refund = at.refunded(named, 35_000, status=status)
    event = told({"type": "notification", "event": f"refund.{status}", "object": refund}, at)
    assert [one.status for one in event.refunds.values()] == [expected]


def test_refund_in_another_currency_than_its_payment_is_malformed():
    at = shop()
    content = at.refunded(at.paid(145_000)["object"]["id"], 100)
    at.objects["refunds"][content["object"]["id"]]["amount"]["currency"] = "EUR"
    with pytest.raises(Malformed, match="refund_in_another_currency"):
        events(content, at)


@pytest.mark.parametrize("value", ["-1.00", "1.001", "1e3", "NaN", "", "1 000.00"])
def test_amount_that_is_none_is_malformed(value):
    at = shop()
    content = at.paid(145_000)
    at.objects["payments"][content["object"]["id"]]["amount"]["value"] = value
    with pytest.raises(Malformed):
        events(content, at)


@pytest.mark.parametrize(
    ("metadata", "orders"),
    [
        ({"order_reference": "order/woocommerce/shop.example/7301"}, ("order/woocommerce/shop.example/7301",)),
        ({"shopify_order_id": "820982911946154508"}, ("order/shopify/820982911946154508",)),
        ({"order_reference": "order/shopify/5", "shopify_order_id": "5"}, ("order/shopify/5",)),
        ({"order_reference": "payment/stripe/pi_1"}, ()),
        ({"order_reference": "order/shopify/../1"}, ("order/shopify/../1",)),
        ({"order_reference": "order/shopify/"}, ()),
        ({"order_reference": "order/shopify/1\n"}, ()),
        ({"order_reference": "x" * 5000}, ()),
        ({"shopify_order_id": "gid://shopify/Order/5"}, ()),
        ({}, ()),
    ],
)
def test_orders_are_those_that_the_shops_server_wrote_beside_the_payment(metadata, orders):
    at = shop()
    assert told(at.paid(145_000, metadata), at).orders == orders


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"order_id": "10492"}, "#10492"),
        ({"order_number": "#1001", "order_id": "5"}, "#1001"),
        ({"order_id": "Заказ-17"}, "#Заказ-17"),
        ({"order_id": "anna@example.com"}, ""),
        ({"order_id": "x" * 41}, ""),
        ({}, ""),
    ],
)
def test_payment_is_named_after_the_order_number(metadata, name):
    at = shop()
    assert told(at.paid(145_000, metadata), at).name == name


def test_customer_is_who_the_shop_says_or_who_the_receipt_is_for():
    at = shop()
    receipt = {"customer": {"email": "anna.ozola@example.com"}}
    by_metadata = at.paid(1_000, {"email": "boris@example.com"}, receipt=receipt)
    assert told(by_metadata, at).customer == Customer(email="boris@example.com")
    assert told(at.paid(1_000, {}, receipt=receipt), at).customer == Customer(email="anna.ozola@example.com")
    for unnamed in (at.paid(1_000), at.paid(1_000, receipt={}), at.paid(1_000, receipt={"customer": {}})):
        assert told(unnamed, at).customer == Customer()


@pytest.mark.parametrize("is_test", [True, False])
def test_test_payment_says_that_it_is_one(is_test):
    at = shop(is_test=is_test)
    content = at.paid(145_000)
    assert told(content, at).is_test is is_test
    assert told(at.refunded(content["object"]["id"]), at).is_test is is_test


def test_replay_says_the_same():
    at = shop()
    content = at.paid(145_000)
    assert events(content, at) == events(content, at)


@settings(max_examples=300, deadline=None)
@given(some.lists(some.tuples(some.integers(1, 60_000), some.sampled_from(["succeeded", "canceled"])), max_size=5))
def test_news_that_is_late_lost_or_repeated_never_takes_back_less_than_what_the_last_one_knew(refunds):
    at = shop()
    paid = at.paid(300_000)
    told_so_far = [told(paid, at)]
    gone = 0
    for amount, status in refunds:
        content = at.refunded(paid["object"]["id"], amount, status=status)
        gone += amount if status == "succeeded" else 0
        if status == "succeeded":
            told_so_far.append(told(content, at))
    for arrival in (told_so_far, told_so_far[::-1], told_so_far[-1:], told_so_far * 2):
        document = OrderDocument(Reference("payment/yookassa/x"))
        for event in arrival:
            order = OrderTold(event.reference, event.delivery, order=event.payment, refunds=event.refunds)
            document = absorbed(document, order)
        assert returned(document).goods == gone
        assert document.facts == told_so_far[0].payment


def test_whole_history_reads_the_same_through_the_standing_server():
    at = shop().start()
    api = HttpApi(is_named=lambda origin: origin == at.url)
    try:
        content = at.paid(145_000, {"order_id": "17"})
        here = connection(api=at.url)
        (over_http,) = yookassa.fetch(delivery(content), here, api)
        assert [over_http] == list(yookassa.fetch(delivery(content), connection(), FakeApi(at)))
        with pytest.raises(Malformed):
            yookassa.fetch(delivery(content | {"event": "refund.succeeded"}), here, api)
    finally:
        api.close()
        at.stop()


def test_stand_in_remembers_what_happened_over_a_restart(tmp_path):
    kept = tmp_path / "yookassa.json"
    at = shop(kept_in=kept)
    content = at.paid(145_000)
    again = shop(kept_in=kept).start()
    again.stop()
    assert events(content, again) == events(content, at)
    assert json.loads(kept.read_text())["payments"].keys() == {content["object"]["id"]}


def test_stand_in_lists_refunds_of_one_payment_page_by_page():
    at = shop()
    first, other = at.paid(90_000)["object"]["id"], at.paid(90_000)["object"]["id"]
    ids = [at.refunded(first, 1_000)["object"]["id"] for _ in range(3)]
    at.refunded(other, 5_000)
    key = "Basic " + base64.b64encode(f"{SHOP_ID}:{SECRET}".encode()).decode()
    listed, cursor = [], ""
    for _ in range(2):
        status, page = at.answer(f"/v3/refunds?payment_id={first}&limit=2{cursor}", key)
        listed += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page.get('next_cursor')}"
    assert (status, listed) == (200, ids[::-1])
    assert "next_cursor" not in page


def test_stand_in_shows_nothing_without_the_shops_key():
    at = shop()
    named = at.paid(90_000)["object"]["id"]
    for key in ("", "Basic ", "Bearer x", "Basic " + base64.b64encode(f"{SHOP_ID}:wrong".encode()).decode()):
        assert at.answer(f"/v3/payments/{named}", key)[0] == 401


class _Hook(BaseHTTPRequestHandler):
    """A shop's hook that keeps what it was sent."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, self.client_address[0], body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_stand_in_sends_its_notifications_from_this_machine():
    hook = HTTPServer(("127.0.0.1", 0), _Hook)
    hook.taken = []
    threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        at = shop(hook_url=f"http://127.0.0.1:{hook.server_address[1]}/hooks/bean-street/kassa")
        content = at.paid(90_000)
        ((path, source, body),) = hook.taken
    finally:
        hook.shutdown()
        hook.server_close()
    assert (path, json.loads(body)) == ("/hooks/bean-street/kassa", content)
    yookassa.authenticate(delivery(body, source), connection(addresses="127.0.0.1/32"))
