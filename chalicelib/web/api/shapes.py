"""What stores send and get, as JSON. Points are whole numbers, money is minor units, instants are RFC 3339 in UTC."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

_MOST = 1_000_000_000
_ID = r"^[A-Za-z0-9_-]{1,64}$"

Id = Annotated[str, Meta(pattern=_ID, description="An id that this API has given.")]
Points = Annotated[int, Meta(ge=1, le=_MOST)]
SignedPoints = Annotated[int, Meta(ge=-_MOST, le=_MOST, description="Below zero takes points. Never zero.")]
Money = Annotated[int, Meta(ge=0, le=1_000_000_000_000, description="Minor units, such as cents.")]
Email = Annotated[str, Meta(max_length=254)]
Phone = Annotated[str, Meta(max_length=32, description="With its country code, such as +4915112345678.")]
CustomerKey = Annotated[
    str, Meta(min_length=1, max_length=100, description="The shop's own id, such as shopify/69400.")
]
Key = Annotated[str, Meta(min_length=1, max_length=24, description="Which points; the first kind if left out.")]
Text = Annotated[str, Meta(min_length=1, max_length=140)]
Name = Annotated[str, Meta(max_length=60)]
Language = Annotated[str, Meta(min_length=2, max_length=8)]
Thing = Annotated[str, Meta(min_length=1, max_length=100)]


class _Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent has no keys that nobody reads."""


# --- sent ---------------------------------------------------------------------------------------------------------


class Customer(_Sent, frozen=True):
    """Whoever the store means. The e-mail decides, else the phone, else the shop's own id."""

    email: Email | None = None
    phone: Phone | None = None
    customer: CustomerKey | None = None


class Enrolment(_Sent, frozen=True):
    """A customer who wants to join, at the till. `consent`: they have agreed to the program's terms."""

    consent: Literal[True]
    email: Email | None = None
    phone: Phone | None = None
    customer: CustomerKey | None = None
    name: Name = ""
    language: Language | None = None


class Order(_Sent, frozen=True):
    """An order as it would be paid now."""

    goods: Money
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    tax: Money = 0
    discount: Money = 0
    shipping: Money = 0
    gift_cards: Money = 0
    points_paid: Money = 0


class Refund(_Sent, frozen=True):
    """Money that is about to go back. `order`: the shop's order as its sender names it, such as shopify/8209."""

    order: Annotated[str, Meta(pattern=r"^[a-z]+/[A-Za-z0-9._-]{1,80}$")]
    goods: Money = 0
    tax: Money = 0
    shipping: Money = 0


class QuoteAsked(_Sent, frozen=True):
    """What an order would earn, for a member with their level; or what a refund would take back. One of both."""

    order: Order | None = None
    member: Id | None = None
    refund: Refund | None = None


class Acceptance(_Sent, frozen=True):
    """The shop will do as the quote says."""

    id: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._/-]+$")]


class RedemptionAsked(_Sent, frozen=True):
    """Points to use now, or with `hold_minutes` to set aside for a checkout.

    goods: what they pay for; then the program's rules of paying are asked, too
    """

    member: Id
    points: Points
    currency: Key | None = None
    goods: Money | None = None
    hold_minutes: Annotated[int, Meta(ge=1, le=30)] | None = None


class Capture(_Sent, frozen=True):
    """Of a hold, the points to use; all of them if left out. The rest goes back."""

    points: Points | None = None


class ActivityTold(_Sent, frozen=True):
    """Something a customer did that the program rewards, once for each object."""

    type: Annotated[str, Meta(pattern=r"^[a-z]+(\.[a-z]+)*$", max_length=40, examples=["review.created"])]
    object: Thing
    customer: Customer


class AdjustmentAsked(_Sent, frozen=True):
    """Points given or taken by hand. The member reads the reason."""

    member: Id
    points: SignedPoints
    reason: Text
    currency: Key | None = None


class TransferAsked(_Sent, frozen=True):
    """Points that a member gives to another one."""

    member: Id
    to: Id
    points: Points
    currency: Key | None = None


# --- told ---------------------------------------------------------------------------------------------------------


class Purse(Struct, frozen=True):
    """One kind of points. `points`: usable now, or what is owed as a negative number."""

    points: int
    pending: int
    held: int
    next_expiry: datetime | None


class Balance(Struct, frozen=True):
    """What a member has at `at`."""

    member: str
    at: datetime
    currencies: dict[str, Purse]
    tier: str | None


class Member(Struct, frozen=True):
    """A customer's account. `status`: "waiting" until its owner has confirmed the address.

    card: the secret link of a card that was just made; it is told once
    """

    id: str
    status: Literal["waiting", "member", "closed"]
    currencies: dict[str, Purse]
    tier: str | None
    card: str | UnsetType = UNSET


class Members(Struct, frozen=True):
    """Whoever is called so: one, or nobody."""

    members: list[Member]


class HistoryLine(Struct, frozen=True):
    """One thing that happened. `says`: in words that the member reads, too."""

    at: datetime
    what: str
    points: int
    name: str
    says: str


class History(Struct, frozen=True):
    """The last things that happened, newest first."""

    member: str
    currency: str
    history: list[HistoryLine]


class Earning(Struct, frozen=True):
    """What one rule would give."""

    rule: str
    currency: str
    points: int


class TakenBack(Struct, frozen=True):
    """Points of one kind that a refund takes back. `missing`: of them, those that have been used."""

    currency: str
    points: int
    there: int
    missing: int


class RefundQuote(Struct, frozen=True):
    """What a refund does. `rule`: a stable id of what happens to missing points.

    id: to accept before `until`; empty where there is nothing to accept
    withhold: what the shop keeps of the money, in minor units, once it has accepted
    """

    id: str
    rule: str
    taken_back: list[TakenBack]
    withhold: int
    money: str
    until: datetime | None


class Quote(Struct, frozen=True):
    """What an order would earn, by kind of points and by rule; or what a refund would take back."""

    points: dict[str, int]
    rules: list[Earning]
    tier: str | None
    refund: RefundQuote | UnsetType = UNSET


class Accepted(Struct, frozen=True):
    """The shop does what the quote says."""

    id: str


class Redemption(Struct, frozen=True):
    """Points used, or set aside until `until`. `returned`: of those used, back again."""

    id: str
    member: str
    currency: str
    points: int
    state: Literal["held", "used", "released", "expired"]
    used: int
    returned: int
    until: datetime | None


class Activity(Struct, frozen=True):
    """What became of an activity: "posted", or "duplicate" when it was told before."""

    result: Literal["posted", "duplicate"]


class Adjustment(Struct, frozen=True):
    """Points given or taken."""

    id: str
    member: str
    currency: str
    points: int
    reason: str


class Transfer(Struct, frozen=True):
    """Points given by one member to another."""

    id: str
    member: str
    to: str
    currency: str
    points: int


class Trouble(Struct, frozen=True):
    """Why something was not done. `error`: a stable id; `facts`: the numbers it is about."""

    error: str
    message: str
    facts: dict[str, str | int]
