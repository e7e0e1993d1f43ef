"""What the tests of Standard Webhooks share: one sender of reviews, its keys, and deliveries to spoil."""

import base64
import itertools
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.connectors import standard
from chalicelib.events import ActivityTold
from chalicelib.services.ports import Connection, Delivery
from ops.laptop.shopify_sender import Signed
from ops.laptop.standard_sender import StandardSender


def secret_of(size: int, fill: int = 7) -> str:
    return "whsec_" + base64.b64encode(bytes([fill]) * size).decode()


SECRET = secret_of(32)
OTHER_SECRET = secret_of(32, 9)
SEED = bytes(range(32))
PRIVATE_KEY = "whsk_" + base64.b64encode(SEED).decode()
_PUBLIC = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
PUBLIC_KEY = "whpk_" + base64.b64encode(_PUBLIC).decode()
NOON = 1_763_812_800_000  # 22 November 2025, 12:00 UTC


def site_with(*secrets: str) -> Connection:
    return Connection("bean-street", "reviews", "standard", "earns", secrets)


def sender(*secrets: str, now: int = NOON) -> StandardSender:
    ids = itertools.count(1)
    return StandardSender(*(secrets or (SECRET,)), clock=lambda: now, new_id=lambda: next(ids))


def review(*secrets: str, now: int = NOON) -> Signed:
    return sender(*secrets, now=now).activity("review.created", "kenya-aa", "anna.ozola@example.com")


def delivery(signed: Signed, *, received_at: int = NOON, **headers: str | None) -> Delivery:
    """The delivery as it arrives; `headers` ("webhook_id") are put over the signed ones, None takes one away."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    low = {name.lower(): value for name, value in {**signed.headers, **changed}.items() if value is not None}
    return Delivery("bean-street", "reviews", received_at, low, signed.body)


def told(content: dict[str, Any] | bytes) -> ActivityTold:
    (event,) = standard.translate(delivery(sender().sign(content)))
    assert isinstance(event, ActivityTold)
    return event
