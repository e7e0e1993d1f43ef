"""What stores send and get, as JSON. Points are whole numbers, money is minor units, instants are RFC 3339 in UTC."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

_MOST = 1_000_000_000
_ID = r"^[A-Za-z0-9_-]{1,64}(?!\n)$"
"""In Python `$` lets a newline at the end through."""

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
Category = Annotated[str, Meta(min_length=1, max_length=60)]
Mark = Annotated[str, Meta(max_length=200)]
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


class Line(_Sent, frozen=True):
    """A line of an order: its goods after discounts, with the tax inside them. `promo`: below its usual price."""

    goods: Money
    sku: Mark = ""
    categories: Annotated[tuple[Category, ...], Meta(max_length=20)] = ()
    brand: Mark = ""
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    tax: Money = 0
    discount: Money = 0
    promo: bool = False


class Order(_Sent, frozen=True):
    """An order as it would be paid now; what rules ask of it is told like the sender of orders tells it."""

    goods: Money
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}(?!\n)$")]
    tax: Money = 0
    discount: Money = 0
    shipping: Money = 0
    gift_cards: Money = 0
    points_paid: Money = 0
    lines: Annotated[tuple[Line, ...], Meta(max_length=200)] = ()
    store: Mark = ""
    terminal: Mark = ""
    channel: Mark = ""
    payment_method: Mark = ""
    partner: Mark = ""


class Refund(_Sent, frozen=True):
    """Money that is about to go back. `order`: the shop's order as its sender names it, such as shopify/8209."""

    order: Annotated[str, Meta(pattern=r"^[a-z]+/[A-Za-z0-9._-]{1,80}(?!\n)$")]
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

    id: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._/-]+(?!\n)$")]


class RedemptionAsked(_Sent, frozen=True):
    """Points to use now, or with `hold_minutes` to set aside for a checkout.

    goods: what they pay for; then the program's rules of paying are asked, too
    by_category: of the goods, how much in which category, where points do not pay for all
    discount: what the members' discount took off      confirmed: who has confirmed it: their owner by PIN, an employee
    partner: the partner of the program with whom they are used, by its short name
    """

    member: Id
    points: Points
    currency: Key | None = None
    goods: Money | None = None
    by_category: Annotated[dict[Category, Money], Meta(max_length=50)] | None = None
    discount: Money = 0
    confirmed: Annotated[list[Literal["pin", "employee"]], Meta(max_length=2)] = []
    partner: Key | None = None
    hold_minutes: Annotated[int, Meta(ge=1, le=30)] | None = None


class Capture(_Sent, frozen=True):
    """Of a hold, the points to use; all of them if left out. The rest goes back."""

    points: Points | None = None


class Deed(_Sent, frozen=True):
    """Something a member did that the program rewards, once for each object, member, day, week or month.

    object: what it was done to, by your own name      undone: it was taken back, and so are its points
    at: when it was done, now if left out      length: letters that were written
    amount: what was paid, with its currency      score: 0 to 10, the answer to "would you recommend us"
    """

    type: Annotated[str, Meta(pattern=r"^[a-z]+([._][a-z]+)*(?!\n)$", max_length=40, examples=["review.created"])]
    object: Thing
    undone: bool = False
    at: Annotated[datetime, Meta(tz=True)] | None = None
    length: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    amount: Money = 0
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}(?!\n)$")] | None = None
    score: Annotated[int, Meta(ge=0, le=10)] | None = None


class ActivityTold(Deed, frozen=True):
    """Something a customer did that the program rewards, once for each object; see the deed of a member."""

    customer: Customer = Customer()


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
    """What one rule would give. `lines`: how much of it each line brings, by its place, if lines were told."""

    rule: str
    currency: str
    points: int
    lines: dict[str, int] | UnsetType = UNSET


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


class Payable(Struct, frozen=True):
    """The most of a member's points that the order can be paid with, and what they pay, in minor units."""

    currency: str
    points: int
    pays: int


class Quote(Struct, frozen=True):
    """What an order would earn, by kind of points and by rule; or what a refund would take back.

    discount: what the members' discount takes off its goods, in minor units, where the program has one
    payable: with which points a member can pay for it, where points pay
    """

    points: dict[str, int]
    rules: list[Earning]
    tier: str | None
    refund: RefundQuote | UnsetType = UNSET
    discount: int | UnsetType = UNSET
    payable: Payable | UnsetType = UNSET


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
    """What became of an activity: "posted", "duplicate" when it was told before, "taken_back" when it was undone.

    "noted": it was undone, and had given nothing.
    """

    result: Literal["posted", "duplicate", "taken_back", "noted"]


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
    """Why something was not done. `error`: a stable id; `facts`: the numbers it is about.

    cashier: what a till can show or say, by language, where somebody at the till has to know
    """

    error: str
    message: str
    facts: dict[str, str | int]
    cashier: dict[str, str] | UnsetType = UNSET
