"""Orders of a till that signs them itself."""

from typing import Any

import pytest
from standard_desk import NOON, delivery, sender

from chalicelib.connectors import standard
from chalicelib.errors import Malformed
from chalicelib.events import Amounts, Customer, LineBack, LineFacts, OrderFacts, OrderTold, RefundFacts

ORDER: dict[str, Any] = {
    "id": "A-1001",
    "name": "#1001",
    "at": "2025-11-22T11:59:30Z",
    "status": "paid",
    "currency": "EUR",
    "customer": {"email": "anna.ozola@example.com"},
    "goods": 4520,
    "tax": 722,
    "store": "Main Street",
    "terminal": "T-7",
    "channel": "till",
    "payment_method": "card",
    "partner": "cinema",
    "lines": [
        {"id": "1", "sku": "KE-250", "categories": ["coffee", "hot"], "quantity": 2, "goods": 4000, "tax": 638},
        {"id": "2", "brand": "Clay", "goods": 520, "discount": 80, "is_promo": True},
    ],
}


def translated(type_: str = "order.updated", **changes: Any) -> OrderTold:
    content = {"type": type_, "timestamp": "2025-11-22T12:00:00Z", "data": {**ORDER, **changes}}
    (event,) = standard.translate(delivery(sender().sign(content)))
    assert isinstance(event, OrderTold)
    return event


def test_an_order_is_told_with_its_lines_and_its_places():
    told = translated()
    assert (told.reference, told.name) == ("order/standard/reviews/A-1001", "#1001")
    assert told.customer == Customer(email="anna.ozola@example.com")
    assert told.order == OrderFacts(
        changed_at=NOON,
        occurred_at=NOON - 30_000,
        currency="EUR",
        amounts=Amounts(goods=4520, tax=722),
        is_paid=True,
        lines=(
            LineFacts("1", sku="KE-250", categories=("coffee", "hot"), quantity=2, goods=4000, tax=638),
            LineFacts("2", brand="Clay", goods=520, discount=80, is_promo=True),
        ),
        store="Main Street",
        terminal="T-7",
        channel="till",
        payment_method="card",
        partner="cinema",
    )


def test_a_refund_says_what_went_back_of_each_line():
    parts = [{"line": "1", "quantity": 1, "goods": 1000}, {"line": "1", "goods": 1000}]
    told = translated(refunds=[{"id": "R-1", "goods": 2000, "lines": parts}, {"id": "R-2", "status": "pending"}])
    assert told.refunds == {
        "R-1": RefundFacts(NOON, "succeeded", Amounts(goods=2000), {"1": LineBack(1, 2000)}),
        "R-2": RefundFacts(NOON, "pending", Amounts()),
    }


@pytest.mark.parametrize(
    ("status", "expected"), [("open", (False, False)), ("paid", (True, False)), ("cancelled", (False, True))]
)
def test_the_status_says_whether_it_is_paid_or_cancelled(status, expected):
    order = translated(status=status).order
    assert (order.is_paid, order.is_cancelled) == expected


def test_an_order_without_its_own_time_was_placed_when_it_was_told():
    assert translated(at=None).order.occurred_at == NOON


def test_a_customer_can_be_named_by_the_senders_own_id():
    assert translated(customer={"id": "81"}).customer == Customer(key="standard/reviews/81")


@pytest.mark.parametrize(
    "change",
    [
        {"goods": -1},
        {"goods": 45.2},
        {"currency": "euro"},
        {"status": "refunded"},
        {"id": "A/1"},
        {"at": "2025-11-22T12:00:00"},
        {"lines": [{"id": "1", "goods": 1, "quantity": 0}]},
        {"lines": [{"id": "1", "goods": 1}] * 1_001},
        {"store": "s" * 201},
        {"refunds": [{"id": "R", "goods": -5}]},
    ],
)
def test_an_order_that_is_not_understood_says_where_and_nothing_of_its_content(change):
    with pytest.raises(Malformed) as refused:
        translated(**change)
    assert refused.value.reason == "not_an_order_version"
    assert "euro" not in str(refused.value.facts)
