"""A program definition as it was read: who runs the program and what it promises.

Every type here is one block of the YAML file. Everything in it has an effect: what nothing enforces is not accepted
by `reading`. Money is in minor units of `Definition.money`, points are whole, shares are exact fractions.
"""

import enum
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.money import Rounding
from chalicelib.programs.by_hand import Adjustments, Merges, Transfers
from chalicelib.programs.card import CardLook
from chalicelib.programs.deeds import Declared, Once
from chalicelib.programs.durations import Duration
from chalicelib.programs.goods import Goods
from chalicelib.programs.groups import Group
from chalicelib.programs.households import Households
from chalicelib.programs.limits import Budget, Limit
from chalicelib.programs.membership import Membership
from chalicelib.programs.nps import Nps
from chalicelib.programs.offers import Offers
from chalicelib.programs.partners import Partner
from chalicelib.programs.paying import Pay, PayOff, PayOut
from chalicelib.programs.rates import DayRate
from chalicelib.programs.referral import Referral
from chalicelib.programs.refunds import Refunds
from chalicelib.programs.tiers import Tiers
from chalicelib.programs.when import When


class Moment(enum.Enum):
    """To which moment of the calendar a shifted instant is moved."""

    SAME_TIME = "same time"
    START_OF_DAY = "start of day"
    END_OF_DAY = "end of day"
    END_OF_WEEK = "end of week"
    END_OF_MONTH = "end of month"
    END_OF_QUARTER = "end of quarter"
    END_OF_HALF_YEAR = "end of half-year"
    END_OF_YEAR = "end of year"


# --- who runs it --------------------------------------------------------------------------------------------------


class Business(msgspec.Struct, frozen=True):
    """Who runs the program. `contact` is an e-mail or web address; `terms` the owner's own terms, if there are any."""

    name: str
    legal_name: str
    contact: str
    privacy: str
    terms: str | None = None


class Guests(msgspec.Struct, frozen=True):
    """Buyers who have not joined: for how many days their points wait; None keeps none."""

    keep_days: int | None


# --- currencies: when points may be used --------------------------------------------------------------------------


class AtOnce(msgspec.Struct, frozen=True):
    """Usable the moment they are earned."""


class After(msgspec.Struct, frozen=True):
    """Usable some time after the order, or after its delivery, at a moment of the calendar.

    give_up: how long after the order points wait for a delivery that nobody tells of; None for ever
    """

    wait: Duration
    moment: Moment
    counted_from: Literal["order", "delivery"] = "order"
    give_up: Duration | None = None


Availability = AtOnce | After


class Unlimited(msgspec.Struct, frozen=True):
    """Points that do not expire."""


class Lasting(msgspec.Struct, frozen=True):
    """Each lot lives for `life` and then to the given end; one told late at least `min_life` from then."""

    life: Duration
    moment: Moment
    min_life: Duration | None = None


class Inactivity(msgspec.Struct, frozen=True):
    """All points live until nothing was earned or used for `life`."""

    life: Duration
    moment: Moment


class MembershipYear(msgspec.Struct, frozen=True):
    """Points end with the year that began on the day, or an anniversary of the day, of the account's first entry."""


Expiry = Unlimited | Lasting | Inactivity | MembershipYear


class Currency(msgspec.Struct, frozen=True):
    """A kind of points.

    names: CLDR plural forms by language: {"en": {"one": "bean", "other": "beans"}}
    worth: what one is worth when it is used, in minor units of the program's money; None when nothing says so
    warn: how long before their last day the card tells that points end; None for not at all
    """

    key: str
    names: Mapping[str, Mapping[str, str]]
    worth: Fraction | None
    available: Availability
    expires: Expiry
    warn: Duration | None = None


# --- earning ------------------------------------------------------------------------------------------------------


class Base(msgspec.Struct, frozen=True):
    """Which part of an order earns. `without`: goods that no rule counts."""

    tax: Literal["included", "excluded"] = "included"
    shipping: Literal["included", "excluded"] = "excluded"
    discounts: Literal["deducted", "ignored"] = "deducted"
    gift_cards: Literal["included", "excluded"] = "excluded"
    paid_with_points: Literal["included", "excluded", "no points at all"] = "excluded"
    without: Goods | None = None


class PerStep(msgspec.Struct, frozen=True):
    """`points` for every full `step` minor units."""

    points: int
    step: int
    currency: str


class Percent(msgspec.Struct, frozen=True):
    """A share of the money, one point for each whole unit of money. `full`: only every full so much counts."""

    share: Fraction
    currency: str
    full: int | None = None


class Fixed(msgspec.Struct, frozen=True):
    """The same points each time."""

    points: int
    currency: str


class PerItem(msgspec.Struct, frozen=True):
    """The same points for each piece of the goods that the rule counts."""

    points: int
    currency: str


class Step(msgspec.Struct, frozen=True):
    """What an order of less than `below` minor units gives; None for every larger one."""

    below: int | None
    give: PerStep | Percent | Fixed


class Steps(msgspec.Struct, frozen=True):
    """The whole amount by the first step that it is below; the last one is for all above."""

    steps: tuple[Step, ...]
    currency: str


class Times(msgspec.Struct, frozen=True):
    """So many times what the first rule of its group gives."""

    factor: Fraction
    currency: str


Give = PerStep | Percent | Fixed | PerItem | Steps | Times


class OrderRule(msgspec.Struct, frozen=True):
    """What a paid order earns.

    min_order: the least base, in minor units; 0 for none      at_most: the most points of one order; None for no limit
    when_refunded_below: what a refund that takes the order below `min_order` leaves: nothing, or the share that is kept
    limit: what bounds the points of several orders together
    when: what must hold, so that the rule counts
    of, without: the goods that it counts, and those that it leaves out; None for all, and for none
    rounded: once for the whole order, or for each piece of goods
    share: the most points of one order, as a share of what counts of the order
    group: the name of the group of rules it belongs to; empty for none
    """

    name: str
    give: Give
    rounding: Rounding = Rounding.DOWN
    min_order: int = 0
    when_refunded_below: Literal["recheck", "proportional"] = "recheck"
    at_most: int | None = None
    limit: Limit | Budget | None = None
    when: When = msgspec.field(default_factory=When)
    of: Goods | None = None
    without: Goods | None = None
    rounded: Literal["per order", "per item"] = "per order"
    share: Fraction | None = None
    group: str = ""


class ActivityRule(msgspec.Struct, frozen=True):
    """What an activity earns, once for what `once_per` says.

    min_length: letters that must be written      min_amount: money that must be paid, in minor units; 0 for none
    """

    name: str
    activity: str
    give: Fixed
    limit: Limit | Budget | None = None
    when: When = msgspec.field(default_factory=When)
    once_per: Once = "object"
    min_length: int = 0
    min_amount: int = 0


class Earn(msgspec.Struct, frozen=True):
    """How points are earned, in the file's order. `groups`: what rules that name one give together."""

    base: Base
    rules: tuple[OrderRule | ActivityRule, ...]
    groups: tuple[Group, ...] = ()

    @property
    def orders(self) -> tuple[OrderRule, ...]:
        """The rules for paid orders."""
        return tuple(rule for rule in self.rules if isinstance(rule, OrderRule))

    @property
    def activities(self) -> tuple[ActivityRule, ...]:
        """The rules for what members do besides buying."""
        return tuple(rule for rule in self.rules if isinstance(rule, ActivityRule))


# --- all of it ----------------------------------------------------------------------------------------------------


class Lines(dict[str, int]):
    """The line of every path in the file. Where something stands makes no other program of it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lines)

    __hash__ = None  # as every dictionary

    def __repr__(self) -> str:
        return f"<lines of {len(self)} paths>"


class Definition(msgspec.Struct, frozen=True):
    """A whole program.

    money: the ISO 4217 code in which it counts      takes: rates of other money that orders may be in
    lines: finds a path in the file      notice_days: how long before it counts a change for the worse is published
    """

    program: str
    mode: Literal["live", "test"]
    business: Business
    money: str
    time_zone: str
    languages: tuple[str, ...]
    guests: Guests
    currencies: tuple[Currency, ...]
    earn: Earn
    card: CardLook
    takes: Mapping[str, tuple[DayRate, ...]] = msgspec.field(default_factory=dict)
    tiers: Tiers | None = None
    refunds: Refunds = msgspec.field(default_factory=Refunds)
    pay: Pay | None = None
    pay_out: PayOut | None = None
    pay_off: PayOff | None = None
    offers: Offers = msgspec.field(default_factory=Offers)
    adjustments: Adjustments = msgspec.field(default_factory=Adjustments)
    transfers: Transfers = msgspec.field(default_factory=Transfers)
    merges: Merges = msgspec.field(default_factory=Merges)
    membership: Membership = msgspec.field(default_factory=Membership)
    activities: tuple[Declared, ...] = ()
    nps: Nps | None = None
    referral: Referral | None = None
    partners: tuple[Partner, ...] = ()
    households: Households | None = None
    notice_days: int | None = None
    lines: Lines = msgspec.field(default_factory=Lines)

    def currency(self, key: str) -> Currency:
        """The currency named `key`. Raises KeyError for one the definition does not have."""
        for currency in self.currencies:
            if currency.key == key:
                return currency
        raise KeyError(key)

    @property
    def main(self) -> Currency:
        """The currency the card shows: the first one."""
        return self.currencies[0]
