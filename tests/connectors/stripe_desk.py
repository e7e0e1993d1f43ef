"""What the tests of the Stripe connector share: one account, a payment, and events to spoil."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

from chalicelib.connectors import stripe
from chalicelib.events import Event, PaymentTold, RefundFacts
from chalicelib.services.ports import Connection, Delivery
from ops.laptop.shopify_sender import Signed
from ops.laptop.stripe_sender import StripeSender

SECRET = "whsec_5c9f1d2e7b8a4f60a1b2c3d4e5f60718"
OTHER_SECRET = "whsec_0b1d5b8f7c2e4a6d9f0e1a2b3c4d5e6f"
NOON = 1_763_812_800_000  # 22 November 2025, 12:00 UTC
ANNA = "anna.ozola@example.com"


def account_with(*secrets: str) -> Connection:
    return Connection("bean-street", "till", "stripe", "evidence", secrets)


def sender(*, now: int = NOON, tick: int = 0, secret: str = SECRET, **settings: Any) -> StripeSender:
    """An account whose clock moves on by `tick` milliseconds at each look."""
    clock = itertools.count(now, tick) if tick else itertools.repeat(now)
    ids = itertools.count(0xA0E)
    return StripeSender(secret, clock=lambda: next(clock), new_id=lambda: next(ids), **settings)


def paid_event(**settings: Any) -> Signed:
    account = sender(**settings)
    return account.paid(account.payment(4520, "EUR", ANNA))


def delivery(signed: Signed, *, received_at: int = NOON, **headers: str | None) -> Delivery:
    """The delivery as it arrives; `headers` ("stripe_signature") are put over the signed ones, None takes one away."""
    low = {name.lower(): value for name, value in signed.headers.items()}
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in {**low, **changed}.items() if value is not None}
    return Delivery("bean-street", "till", received_at, kept, signed.body)


def events(signed: Signed) -> list[Event]:
    return list(stripe.translate(delivery(signed)))


def told(signed: Signed) -> PaymentTold:
    (event,) = events(signed)
    assert isinstance(event, PaymentTold)
    return event


def refund(signed: Signed) -> RefundFacts:
    """The one refund of an event."""
    (only,) = told(signed).refunds.values()
    return only


def changed(signed: Signed, change: Mapping[str, Any], *, remove: tuple[str, ...] = ()) -> Signed:
    """The same event about another object: `change` is put over its fields, "/livemode" over the event's own."""
    body = json.loads(signed.body)
    for name, value in change.items():
        place = body if name.startswith("/") else body["data"]["object"]
        place[name.removeprefix("/")] = value
    for name in remove:
        del body["data"]["object"][name]
    return sender().sign(json.dumps(body).encode())
