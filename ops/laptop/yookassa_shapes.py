"""Payments, refunds and notifications in the full shape of YooKassa's API v3."""

from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def payment_body(named: str, money: Json, at: int, shop_id: str, is_test: bool) -> Json:
    """A payment that was just started. `at`: milliseconds since 1970 UTC."""
    return {
        "id": named,
        "status": "pending",
        "amount": money,
        "description": "Bean Street",
        "recipient": {"account_id": shop_id, "gateway_id": "2323500"},
        "payment_method": {
            "type": "bank_card",
            "id": named,
            "saved": False,
            "status": "inactive",
            "title": "Bank card *4477",
            "card": {
                "first6": "555555",
                "last4": "4477",
                "expiry_year": "2029",
                "expiry_month": "02",
                "card_type": "MasterCard",
                "issuer_country": "RU",
            },
        },
        "created_at": time_text(at),
        "test": is_test,
        "paid": False,
        "refundable": False,
        "metadata": {},
    }


def refund_body(named: str, payment_id: str, money: Json, at: int, status: str) -> Json:
    return {
        "id": named,
        "payment_id": payment_id,
        "status": status,
        "amount": money,
        "created_at": time_text(at),
    }


def notification(event: str, thing: Json) -> Json:
    """What is sent when something happened to a payment or a refund."""
    return {"type": "notification", "event": event, "object": thing}


def time_text(at: int) -> str:
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
