"""Documents: what is known of one outside fact, and what was posted for it.

A document is written in the same transaction as the entry it causes, and only if nobody wrote it since it was read
(`revision`). Its target is recomputed from all its facts each time; only the difference is posted.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chalicelib.events import AccountId, Instant, OrderFacts, Reference, RefundFacts
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.level_document import LevelDocument
from chalicelib.ledger.member_document import MemberDocument
from chalicelib.ledger.offer_documents import (
    CountDocument,
    IssueDocument,
    PerkUseDocument,
    PoolDocument,
    VoucherDocument,
)
from chalicelib.ledger.people_documents import (
    AnswersDocument,
    HouseholdDocument,
    HouseholdUseDocument,
    ReferralCodeDocument,
    ReferralDocument,
    ReferralTraceDocument,
)


class Pricing(msgspec.Struct, frozen=True, omit_defaults=True):
    """The version and context that price a document for ever, frozen at first sight of its full facts.

    version: SHA of the program version in force at `occurred_at`, or of the one a correction put in its place
    tier: the level held at `occurred_at`, before the order      member_since: when the account was opened
    money: the order's money where it is not the program's own
    rate: what one minor unit of that is in minor units of the program's money, an exact fraction ("113/1000")
    told_at: when its full facts were first told, where the version gives late points a least life; otherwise 0
    held: names of the rules with conditions on the member whose conditions held then
    """

    version: str
    tier: str
    occurred_at: Instant
    member_since: Instant
    money: str = ""
    rate: str = ""
    told_at: Instant = 0
    held: tuple[str, ...] = ()


class Lot(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where points belong: usable from `at` (None: at once; NEVER: day not known yet) until `ends`.

    Points whose `at` is their end wait for something that must happen by then; if it does not, they end on the way.
    """

    ends: Instant
    at: Instant | None = None

    @property
    def never_usable(self) -> bool:
        """Do they end on the way, unless something happens before?"""
        return self.at == self.ends and self.ends != NEVER

    def is_usable(self, at: Instant) -> bool:
        """Have they left the way by then?"""
        return not self.never_usable and (self.at is None or self.at <= at)


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


WhenShort = Literal["partial", "all or nothing"]
"""What an order gets of a budget that no longer reaches for all of it."""


class Want(msgspec.Struct, frozen=True, omit_defaults=True):
    """Points of a target that a limit counts: those of one rule, before the limit.

    period: in which the limit counts ("2026-01"), empty for a whole campaign's budget
    most: the limit's points        metric: the rolling metric that counts these points too, if one does
    when_short: None for a limit of one account; what a budget does that is nearly used up
    """

    rule: str
    currency: str
    points: int
    most: int
    period: str = ""
    metric: str = ""
    when_short: WhenShort | None = None


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a document should be worth now: at most one worth per currency and one rolling per metric.

    keep_alive: by currency, the instant until which *all* points live after this activity (expiry by inactivity)
    rules: names of the rules that gave points, in the definition's order
    wants: what limits that span orders have to count, one for each rule that has such a limit
    """

    worths: tuple[Worth, ...] = ()
    rolling: tuple[Rolling, ...] = ()
    keep_alive: Mapping[str, Instant] = {}
    rules: tuple[str, ...] = ()
    wants: tuple[Want, ...] = ()


OrderState = Literal["parked", "posted", "ignored", "refused"]


class Cut(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a limit that spans orders took from this one. `cap`: the document that counts for the limit.

    wanted: points counted towards the limit      cut: of them, not given; below zero when this order's entries gave
    back what the limit had taken from another
    ceiling: what a budget granted when it was too short for this order: it never gets more; None when it never was
    metric: the rolling metric that counts these points too, if one does
    """

    cap: Reference
    currency: str
    wanted: int
    cut: int = 0
    ceiling: int | None = None
    metric: str = ""


class Agreement(msgspec.Struct, frozen=True, omit_defaults=True):
    """How points that a refund will miss are made up for, as the shop asked before it refunded.

    quote: the question's id        until: how long the shop may accept
    points: of them, that are made up for        worth: what the order was worth when the shop asked
    withheld: money that the shop keeps for them, in minor units      redemption: the unused reward that goes back first
    booked: of the points, those that are written off as paid; follows from the order's target
    """

    quote: str
    currency: str
    points: int
    worth: int
    until: Instant
    withheld: int = 0
    redemption: Reference | None = None
    is_accepted: bool = False
    booked: int = 0


class OrderDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="order", tag_field="kind"):
    """An order, all its versions folded into one.

    state: parked (waits for the order's own facts), posted, ignored (test order, nobody to credit) or refused
    reason: why it is ignored or refused, a stable id      contested: two versions of equal age disagreed
    payments: payments it is known to have been paid with   evidence: refunds as the payment provider tells them
    posted: by currency, what was posted and in which lot   rolled: by metric, what was posted
    written_off: by currency, points that should have been taken back and were let go, or were paid for in money; an
        increase cancels what was let go first. Always: points posted = points of the target + points written off
    agreed: what the shop asked before it refunded      cuts: what limits that span orders took
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
    written_off: Mapping[str, int] = {}
    agreed: tuple[Agreement, ...] = ()
    cuts: tuple[Cut, ...] = ()
    state: OrderState = "parked"
    reason: str = ""
    contested: bool = False


class Drawn(msgspec.Struct, frozen=True):
    """Points a redemption took from the cell that ends at `ends`."""

    ends: Instant
    points: int


RedemptionState = Literal["held", "used", "released"]


class RedemptionDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="redemption", tag_field="kind"):
    """Points set aside for a checkout, or used.

    points: asked for      drawn: the lots they were drawn from
    used: of them, used    returned: of those, back in the lots they were drawn from
    until: when the hold runs out; a document that still says "held" after that is an expired hold
    reward: what they were exchanged for, by its short name in `version`, which set its price; "" for nothing named
    worth: what that is worth, in minor units      topped_up: of its price, paid in money
    counts: the counts in which it was counted      vouchers: that were given out for it
    order: the past order that it paid for      partner: of the program, with whom they were used
    """

    reference: Reference
    account: AccountId
    currency: str
    points: int
    revision: int = 0
    state: RedemptionState = "used"
    until: Instant | None = None
    used: int = 0
    returned: int = 0
    drawn: tuple[Drawn, ...] = ()
    reward: str = ""
    version: str = ""
    worth: int = 0
    topped_up: int = 0
    counts: tuple[Reference, ...] = ()
    vouchers: tuple[Reference, ...] = ()
    order: Reference | None = None
    partner: str = ""


class PaymentDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="payment", tag_field="kind"):
    """A payment under one of its names: which order it paid for, and what its provider tells of it.

    Whichever comes first, the shop's order or the provider's news, waits here for the other.
    """

    reference: Reference
    revision: int = 0
    order: Reference | None = None
    evidence: Mapping[str, RefundFacts] = {}


class Deed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was told of something a member did.

    done_at, undone_at: the newest moments at which it is known to have been done, and taken back; 0 for never
    length: letters that were written      amount: money that was paid, in minor units of the program's money
    """

    done_at: Instant = 0
    undone_at: Instant = 0
    length: int = 0
    amount: int = 0


class ActivityDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="activity", tag_field="kind"):
    """Something a member did once: its points, priced when it was first told, and what limits took of them.

    counted: the document in which the same thing is counted, of an account that is one with this one now; "" when they
        are one no more, so that it may be told again
    deeds: what was told, by object where several count once together, otherwise under ""; a document that was written
        before deeds were kept has none and stands for one that was done
    """

    reference: Reference
    account: AccountId
    pricing: Pricing
    revision: int = 0
    posted: tuple[Worth, ...] = ()
    rolled: tuple[Rolling, ...] = ()
    cuts: tuple[Cut, ...] = ()
    counted: Reference | None = None
    deeds: Mapping[str, Deed] = {}


class CapDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="cap", tag_field="kind"):
    """A limit that spans orders: of one account in one period, or a whole campaign's budget (no account).

    wanted: points that counted towards it, before the limit      given: of them, given
    most: the limit; the highest that any version of the program has named so far
    """

    reference: Reference
    currency: str
    most: int
    revision: int = 0
    account: AccountId | None = None
    wanted: int = 0
    given: int = 0


class AdjustmentDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="adjustment", tag_field="kind"):
    """Somebody of the shop gave or took points by hand. `points` is signed; `reason` is shown to the member."""

    reference: Reference
    account: AccountId
    currency: str
    points: int
    reason: str
    actor: str
    lot: Lot
    revision: int = 0


class TransferDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="transfer", tag_field="kind"):
    """A member gave points to another one; they keep their ends."""

    reference: Reference
    account: AccountId
    to: AccountId
    currency: str
    points: int
    revision: int = 0
    drawn: tuple[Drawn, ...] = ()


class ByHandDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="by_hand", tag_field="kind"):
    """How many points somebody has moved by hand in one day: what a daily limit is held against. Never taken back.

    by: who moved them, an actor of the shop or an account
    """

    reference: Reference
    by: str
    currency: str
    revision: int = 0
    points: int = 0


class MergeDocument(msgspec.Struct, frozen=True, omit_defaults=True, tag="merge", tag_field="kind"):
    """One account's points moved into another's. `undone`: they were moved back.

    at: when      arrived: number of the entry in the journal of `into`
    share: what came along: the legs of that which left the journal of `account` begin there, rolled ones at the second
    status: what `account` was before      actor, reason: who says that both are one person's, and why
    identities: indexes that led to `account`      cards: serials of its cards; both lead to `into` now
    reversed: rewards that both had, the later ones      noted: rewards of the one, noted under the other one's name
    """

    reference: Reference
    account: AccountId
    into: AccountId
    revision: int = 0
    undone: bool = False
    at: Instant = 0
    arrived: int = 0
    share: tuple[int, int] = (0, 0)
    status: Literal["unclaimed", "active", "merged", "closed"] = "active"
    actor: str = "member"
    reason: str = ""
    identities: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    reversed: tuple[Reference, ...] = ()
    noted: tuple[Reference, ...] = ()


Document = (
    OrderDocument
    | PaymentDocument
    | ActivityDocument
    | RedemptionDocument
    | CapDocument
    | AdjustmentDocument
    | TransferDocument
    | ByHandDocument
    | MergeDocument
    | AnswersDocument
    | ReferralCodeDocument
    | ReferralTraceDocument
    | ReferralDocument
    | HouseholdDocument
    | HouseholdUseDocument
    | MemberDocument
    | LevelDocument
    | CountDocument
    | VoucherDocument
    | PoolDocument
    | IssueDocument
    | PerkUseDocument
)
