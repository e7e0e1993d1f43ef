"""The parts of YooKassa's objects that we read, named as YooKassa names them; everything else is skipped.

Amounts are decimals as text. Instants carry their zone. (yookassa.ru/developers/api, "Payment object", "Refund object")
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from chalicelib.events import Instant

ID = re.compile(r"[0-9a-z-]{36}")
"""Ids of payments and of refunds."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Amount(msgspec.Struct, frozen=True):
    value: str
    currency: str


class Recipient(msgspec.Struct, frozen=True):
    """`account_id`: the shop that is paid."""

    account_id: str


class ReceiptCustomer(msgspec.Struct, frozen=True):
    email: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    customer: ReceiptCustomer | None = None


class Method(msgspec.Struct, frozen=True):
    """`type`: how it was paid: "bank_card", "sbp", "yoo_money"."""

    type: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Payment(msgspec.Struct, frozen=True):
    """`amount`: once it has succeeded, what was captured. `metadata`: whatever the shop's own server wrote there."""

    id: str
    status: Literal["pending", "waiting_for_capture", "succeeded", "canceled"]
    amount: Amount
    created_at: Moment
    captured_at: Moment | None = None
    recipient: Recipient | None = None
    refunded_amount: Amount | None = None
    metadata: Mapping[str, str] | None = None
    receipt: Receipt | None = None
    payment_method: Method | None = None
    test: bool = False


class Refund(msgspec.Struct, frozen=True):
    id: str
    payment_id: str
    status: Literal["pending", "succeeded", "canceled"]
    amount: Amount
    created_at: Moment


def instant(moment: datetime) -> Instant:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
