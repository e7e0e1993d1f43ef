"""What a sender can tell us, in our own words: the only thing that passes from a connector to a service.

Facts are statements about the outside world, each with a version, so that they can be told twice, late and in any
order. Amounts are whole minor units; instants are milliseconds since 1970 UTC.
"""

from collections.abc import Mapping
from typing import Literal, NewType, Self

import msgspec

Instant = int
"""Milliseconds since 1970-01-01 UTC."""

Reference = NewType("Reference", str)
"""An outside fact's own name, the idempotency key: "order/shopify/820982911946154508"."""

AccountId = NewType("AccountId", str)
"""Whose points: a random name that leads to no person by itself."""


class Amounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an order or a refund consists of, in minor units of one currency; every part includes its tax.

    goods: goods after discounts, tax included, without gift cards (gift cards have a part of their own)
    tax: the tax inside `goods`            discount: what discounts took off the goods
    shipping: with its tax                 shipping_tax: the tax inside `shipping`
    gift_cards: gift cards bought          points_paid: the part of `goods` that was paid with points
    """

    goods: int = 0
    tax: int = 0
    discount: int = 0
    shipping: int = 0
    shipping_tax: int = 0
    gift_cards: int = 0
    points_paid: int = 0

    def less(self, other: Self) -> Self:
        """What is left when `other` has gone back; no part falls below zero."""
        return type(self)(*(max(0, mine - theirs) for mine, theirs in self._beside(other)))

    def plus(self, other: Self) -> Self:
        """Both together, part by part."""
        return type(self)(*(mine + theirs for mine, theirs in self._beside(other)))

    def _beside(self, other: Self) -> list[tuple[int, int]]:
        return list(zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))


class Customer(msgspec.Struct, frozen=True):
    """Who the sender says it was. `key` is the sender's own customer id ("shopify/115310627314723954")."""

    key: str | None = None
    email: str | None = None
    phone: str | None = None


class LineFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an order, before any refund; amounts are of the whole line. Gift cards are no lines.

    id: the sender's own name of the line, by which a refund names it
    quantity: pieces; what is weighed is one piece
    goods: after discounts, tax included     tax: inside `goods`     discount: what discounts took off it
    is_promo: sold below its usual price
    """

    id: str
    sku: str = ""
    categories: tuple[str, ...] = ()
    brand: str = ""
    quantity: int = 1
    goods: int = 0
    tax: int = 0
    discount: int = 0
    is_promo: bool = False


class LineBack(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went back of one line: pieces, and their goods with tax."""

    quantity: int = 0
    goods: int = 0


class OrderFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of an order as its sender knows it.

    changed_at: the sender's updated-at, which orders the versions
    occurred_at: when it was paid or placed    delivered_at: when the goods arrived, if the sender knows
    amounts: of the whole order, before any refund; only the part that has been paid
    lines: what was bought, as far as the sender says it; their goods may add up to less than `amounts`, or to more
    store, terminal, channel, payment_method, partner: where and how it was bought, in the sender's words, or empty
    places_at: the `changed_at` of the version that said these words, where a later one does not; otherwise 0
    """

    changed_at: Instant
    occurred_at: Instant
    currency: str
    amounts: Amounts
    is_paid: bool
    is_cancelled: bool = False
    delivered_at: Instant | None = None
    lines: tuple[LineFacts, ...] = ()
    store: str = ""
    terminal: str = ""
    channel: str = ""
    payment_method: str = ""
    partner: str = ""
    places_at: Instant = 0

    @property
    def places(self) -> tuple[str, str, str, str, str]:
        """Where and how it was bought."""
        return (self.store, self.terminal, self.channel, self.payment_method, self.partner)


RefundStatus = Literal["pending", "succeeded", "failed"]


class RefundFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of one refund: what went back. Only `succeeded` ones count.

    lines: by the order's line, what went back of it, as far as the sender says it
    """

    changed_at: Instant
    status: RefundStatus
    amounts: Amounts
    lines: Mapping[str, LineBack] = {}


class OrderTold(msgspec.Struct, frozen=True):
    """A sender told us about an order: its facts, some of its refunds, or both.

    name: the order's number as people know it ("#1001"); empty when this message does not say it
    delivery: the sender's id of this message, kept with the entry it causes; never used for idempotency
    payments: names of the payments that paid for it ("stripe/pi_3N..."), by which a payment provider's news finds it
    evidence: refunds and disputes as the payment provider tells them, beside the shop's own `refunds`
    """

    reference: Reference
    delivery: str
    name: str = ""
    order: OrderFacts | None = None
    refunds: Mapping[str, RefundFacts] = msgspec.field(default_factory=dict)
    customer: Customer = Customer()
    is_test: bool = False
    payments: tuple[str, ...] = ()
    evidence: Mapping[str, RefundFacts] = msgspec.field(default_factory=dict)


class PaymentTold(msgspec.Struct, frozen=True):
    """A payment provider told us about a payment.

    Beside a shop it is evidence: what it says of refunds and disputes belongs to the shop's order, which carries one
    of the `aliases`. Alone it is the order itself.

    reference: "payment/stripe/pi_3N..."       aliases: names under which a shop may know it ("stripe/ch_3N...")
    orders: references of the shop's order, where the provider carries them (metadata)
    payment: the facts of the payment as an order would have them; None when this message does not say them
    refunds: by the provider's refund id, or under "cumulative"; a dispute is a refund named "dispute/<id>"
    """

    reference: Reference
    delivery: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    orders: tuple[Reference, ...] = ()
    payment: OrderFacts | None = None
    refunds: Mapping[str, RefundFacts] = msgspec.field(default_factory=dict)
    customer: Customer = Customer()
    is_test: bool = False


class ActivityTold(msgspec.Struct, frozen=True):
    """Somebody did something worth points: "review.created" of one object. Once per person and object.

    occurred_at: when it was done      undone_at: when it was taken back; None as long as it stands
    length: letters that were written      amount: money that was paid, in minor units of `money`
    score: 0 to 10, the answer to "would you recommend us"; None for everything else
    """

    delivery: str
    type: str
    object: str
    occurred_at: Instant
    customer: Customer = Customer()
    undone_at: Instant | None = None
    length: int = 0
    amount: int = 0
    money: str = ""
    score: int | None = None


class ErasureAsked(msgspec.Struct, frozen=True):
    """The sender passes on a person's wish to be forgotten (or, with `everyone`, a shop's that has left)."""

    delivery: str
    customer: Customer = Customer()
    everyone: bool = False


class DataAsked(msgspec.Struct, frozen=True):
    """The sender passes on a person's wish to see what is stored about them."""

    delivery: str
    customer: Customer = Customer()


class Noted(msgspec.Struct, frozen=True):
    """Understood, and of no consequence for points: "probe", "app/uninstalled", a topic we do not use."""

    delivery: str
    topic: str


Event = OrderTold | PaymentTold | ActivityTold | ErasureAsked | DataAsked | Noted
