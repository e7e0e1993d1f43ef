"""What stores send and get about rewards, vouchers and benefits, as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.web.api.shapes import Id, Money, Points

Short = Annotated[str, Meta(min_length=1, max_length=40, description="A short name, as the program's file has it.")]
Code = Annotated[str, Meta(min_length=4, max_length=64, description="A voucher's code, however it was typed.")]
Checkout = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}(?!\n)$", description="The store's own name of a checkout.")
]
Amount = Annotated[int, Meta(ge=1, le=1_000_000_000_000, description="Minor units, such as cents.")]
OrderName = Annotated[str, Meta(pattern=r"^[a-z]+/[A-Za-z0-9._-]{1,80}(?!\n)$")]


class _Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent has no keys that nobody reads."""


class RewardAsked(_Sent, frozen=True):
    """A reward for a member. `points`: fewer than its price, where the rest may be paid in money."""

    member: Id
    reward: Short
    points: Points | None = None


class MoneyAsked(_Sent, frozen=True):
    """Points that become money."""

    member: Id
    points: Points


class PastOrderAsked(_Sent, frozen=True):
    """Points that pay for a past order, named as its sender names it, such as shopify/8209."""

    member: Id
    points: Points
    order: OrderName


class VoucherWanted(_Sent, frozen=True):
    """A voucher or gift card to give out. `worth`: where its kind does not say it alone."""

    voucher: Short
    worth: Amount | None = None
    member: Id | None = None


class VoucherShown(_Sent, frozen=True):
    """A voucher to look at."""

    code: Code


class VoucherPays(_Sent, frozen=True):
    """A voucher pays `amount` of a purchase of `goods`, now or, with `minutes`, as long as it is reserved."""

    code: Code
    checkout: Checkout
    amount: Amount
    goods: Money
    minutes: Annotated[int, Meta(ge=1, le=30)] | None = None


class VoucherFreed(_Sent, frozen=True):
    """What was reserved for a checkout."""

    code: Code
    checkout: Checkout


class VoucherReturned(_Sent, frozen=True):
    """`amount`: of what a checkout was paid with, so much in all is to be on the voucher again."""

    code: Code
    checkout: Checkout
    amount: Amount


class PerkAsked(_Sent, frozen=True):
    """A benefit that a member uses."""

    member: Id
    perk: Short


class RewardLine(Struct, frozen=True):
    """A reward of the catalogue. `worth`: in minor units, 0 where nothing says so.

    at_least: the fewest points; the rest of the price may be paid in money
    """

    reward: str
    name: str
    what: str
    currency: str
    price: int
    at_least: int
    worth: int
    levels: list[str]
    since: date | None
    until: date | None


class RewardList(Struct, frozen=True):
    """The catalogue as it is in force."""

    rewards: list[RewardLine]


class Exchange(Struct, frozen=True):
    """Points that were exchanged. `returned`: of them, back again.

    worth: what it comes to, in minor units      to_pay: what the member pays in money for it, in minor units
    codes: of the vouchers that were given out for it
    """

    id: str
    member: str
    reward: str
    currency: str
    points: int
    returned: int
    worth: int
    to_pay: int
    codes: list[str]


class VoucherTold(Struct, frozen=True):
    """A voucher or gift card. `left`, `free`: in minor units, what is left, and of it what is not reserved.

    code: told when it is given out; else empty
    """

    voucher: str
    state: Literal["open", "cancelled", "over"]
    worth: int
    left: int
    free: int
    once: bool
    min_order: int
    ends: datetime
    member: str | None
    code: str


class PerkLine(Struct, frozen=True):
    """A benefit. `used`, `most`: in the time that runs; null without a limit."""

    perk: str
    name: str
    used: int
    most: int | None


class PerkList(Struct, frozen=True):
    """A member's benefits."""

    member: str
    perks: list[PerkLine]


class PerkUse(Struct, frozen=True):
    """A benefit that was used; `undone`: it was not, after all."""

    id: str
    member: str
    perk: str
    undone: bool
