"""Documents: what is known of one outside fact, and what was posted for it.

A document is written in the same transaction as the entry it causes, and only if nobody wrote it since it was read
(`revision`). Its target is recomputed from all its facts each time; only the difference is posted.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.events import AccountId, Instant, OrderFacts, Reference, RefundFacts


class Pricing(msgspec.Struct, frozen=True, omit_defaults=True):
    """The version and context that price a document for ever, frozen at first sight of its full facts.

    version: SHA of the program version in force at `occurred_at`
    tier: the level held at `occurred_at`, before the order      member_since: when the account was opened
    """

    version: str
    tier: str
    occurred_at: Instant
    member_since: Instant


class Lot(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where points belong: usable from `at` (None: at once; NEVER: day not known yet) until `ends`."""

    ends: Instant
    at: Instant | None = None


class Worth(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points of one currency in one lot. In a target: what there should be. In a document: what was posted."""

    currency: str
    points: int
    lot: Lot


class Rolling(msgspec.Struct, frozen=True, omit_defaults=True):
    """A contribution to a rolling metric, in the cell that leaves the window at `leaves`."""

    metric: str
    points: int
    leaves: Instant


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a document should be worth now: at most one worth per currency and one rolling per metric.

    keep_alive: by currency, the instant until which *all* points live after this activity (expiry by inactivity)
    rules: names of the rules that gave points, in the definition's order
    """

    worths: tuple[Worth, ...] = ()
    rolling: tuple[Rolling, ...] = ()
    keep_alive: Mapping[str, Instant] = {}
    rules: tuple[str, ...] = ()


OrderState = Literal["parked", "posted", "ignored", "refused"]


class OrderDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="order", tag_field="kind"):
    """An order, all its versions folded into one.

    state: parked (waits for the order's own facts), posted, ignored (test order, nobody to credit) or refused
    reason: why it is ignored or refused, a stable id      contested: two versions of equal age disagreed
    payments: payments it is known to have been paid with   evidence: refunds as the payment provider tells them
    posted: by currency, what was posted and in which lot   rolled: by metric, what was posted
    """

    reference: Reference
    revision: int = 0
    account: AccountId | None = None
    name: str = ""
    payments: tuple[str, ...] = ()
    evidence: Mapping[str, RefundFacts] = {}
    facts: OrderFacts | None = None
    refunds: Mapping[str, RefundFacts] = {}
    pricing: Pricing | None = None
    posted: tuple[Worth, ...] = ()
    rolled: tuple[Rolling, ...] = ()
    state: OrderState = "parked"
    reason: str = ""
    contested: bool = False


class Drawn(msgspec.Struct, frozen=True):
    """Points a redemption took from the cell that ends at `ends`."""

    ends: Instant
    points: int


class RedemptionDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="redemption", tag_field="kind"):
    """Points used. `returned` of them went back to the lots they were drawn from."""

    reference: Reference
    account: AccountId
    currency: str
    points: int
    revision: int = 0
    returned: int = 0
    drawn: tuple[Drawn, ...] = ()


class PaymentDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="payment", tag_field="kind"):
    """A payment under one of its names: which order it paid for, and what its provider tells of it.

    Whichever comes first, the shop's order or the provider's news, waits here for the other.
    """

    reference: Reference
    revision: int = 0
    order: Reference | None = None
    evidence: Mapping[str, RefundFacts] = {}


class ActivityDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="activity", tag_field="kind"):
    """Something a member did once: its points, priced when it was first told."""

    reference: Reference
    account: AccountId
    pricing: Pricing
    revision: int = 0
    posted: tuple[Worth, ...] = ()
    rolled: tuple[Rolling, ...] = ()


class MergeDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="merge", tag_field="kind"):
    """One account's points moved into another's, for good."""

    reference: Reference
    account: AccountId
    into: AccountId
    revision: int = 0


Document = OrderDocument | PaymentDocument | ActivityDocument | RedemptionDocument | MergeDocument
