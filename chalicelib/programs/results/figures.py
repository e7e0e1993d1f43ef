"""The figures owners watch: do members come back, do they care for the program, and does it pay for itself.

repeat rate       of those who bought in the period, how many bought more than once
engagement        of all members, how many earned or used points in the period
inactive          of all members, how many did neither for 180 days
redemption rate   of all points ever given, how many were used
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from statistics import median

import msgspec

from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.results.habits import Gathering, Habit, Moved

INACTIVE_DAYS = 180
_DAY = 86_400_000
_NONE = Fraction(0)


class MonthFigures(msgspec.Struct):
    """One month. Money in minor units. `active`: members who bought      used_worth: of the points that were used."""

    name: str
    sales: Fraction = _NONE
    orders: int = 0
    active: int = 0
    issued: Counter[str] = msgspec.field(default_factory=Counter)
    used: Counter[str] = msgspec.field(default_factory=Counter)
    expired: Counter[str] = msgspec.field(default_factory=Counter)
    used_worth: Fraction = _NONE


class Figures(msgspec.Struct, frozen=True):
    """All of them, of one period. Money in minor units of the program's money; shares are None where nobody counts.

    buyers, repeaters: members who bought, and who did so more than once     left: who ended their membership
    sales: of members, in the period      lifetime_sales: since the beginning
    issued, used, expired: points ever, by kind      used_worth: of the points used in the period
    rewarded: who ever used points      first_reward_days: the median from joining to that
    """

    members: int = 0
    guests: int = 0
    left: int = 0
    buyers: int = 0
    repeaters: int = 0
    engaged: int = 0
    inactive: int = 0
    orders: int = 0
    sales: Fraction = _NONE
    lifetime_sales: Fraction = _NONE
    rewarded: int = 0
    first_reward_days: Fraction | None = None
    issued: Mapping[str, int] = msgspec.field(default_factory=dict)
    used: Mapping[str, int] = msgspec.field(default_factory=dict)
    expired: Mapping[str, int] = msgspec.field(default_factory=dict)
    used_worth: Fraction = _NONE
    months: Sequence[MonthFigures] = ()

    @property
    def repeat_rate(self) -> Fraction | None:
        return _share(self.repeaters, self.buyers)

    @property
    def engagement(self) -> Fraction | None:
        return _share(self.engaged, self.members)

    @property
    def inactive_share(self) -> Fraction | None:
        return _share(self.inactive, self.members)

    @property
    def average_order(self) -> Fraction | None:
        return self.sales / self.orders if self.orders else None

    @property
    def orders_per_buyer(self) -> Fraction | None:
        return _share(self.orders, self.buyers)

    @property
    def lifetime_value(self) -> Fraction | None:
        """What a member has spent so far, on average."""
        return self.lifetime_sales / self.members if self.members else None

    @property
    def rewarded_share(self) -> Fraction | None:
        return _share(self.rewarded, self.members)

    def redemption_rate(self, currency: str) -> Fraction | None:
        """Of one kind of points."""
        return _share(self.used.get(currency, 0), self.issued.get(currency, 0))

    def breakage(self, currency: str) -> Fraction | None:
        """Of the points of one kind that were given, how many expired so far."""
        return _share(self.expired.get(currency, 0), self.issued.get(currency, 0))

    def left_of_margin(self, margin: Fraction) -> Fraction:
        """What is left of the margin of the period's sales after the points that were used in it."""
        return self.sales * margin - self.used_worth


class Period(msgspec.Struct, frozen=True):
    """From `since` to `now`, in the months of a calendar."""

    since: Instant
    now: Instant
    calendar: ZoneCalendar

    def holds(self, at: Instant) -> bool:
        """Is an instant in it?"""
        return self.since <= at <= self.now

    def month(self, at: Instant) -> str:
        """ "2026-03"."""
        return self.calendar.day(at).isoformat()[:7]

    def months(self) -> list[str]:
        """All of them, oldest first."""
        first, last = self.calendar.day(self.since), self.calendar.day(self.now)
        count = (last.year - first.year) * 12 + last.month - first.month
        places = [first.year * 12 + first.month - 1 + number for number in range(count + 1)]
        return [f"{place // 12}-{place % 12 + 1:02d}" for place in places]


def figures(gathering: Gathering, definition: Definition, period: Period) -> Figures:
    """The figures of a period that ends now."""
    people = list(gathering.people())
    members = [habit for habit in people if habit.status == "active"]
    waits = [habit.rewarded - habit.joined for habit in members if habit.rewarded and habit.joined is not None]
    bought = [[order for order in habit.bought if period.holds(order.at)] for habit in members]
    ever = {what: Counter[str]() for what in ("issued", "redeemed", "expired", "taken_back")}
    for moved in gathering.moved:
        ever[moved.what][moved.currency] += moved.points
    months = _months(gathering, members, definition, period)
    return Figures(
        members=len(members),
        guests=sum(habit.status == "unclaimed" for habit in people),
        left=sum(habit.status == "closed" for habit in people),
        buyers=sum(bool(orders) for orders in bought),
        repeaters=sum(len(orders) > 1 for orders in bought),
        engaged=sum(habit.active is not None and habit.active >= period.since for habit in members),
        inactive=sum(_is_inactive(habit, period.now) for habit in members),
        orders=sum(map(len, bought)),
        sales=sum((order.goods for orders in bought for order in orders), _NONE),
        lifetime_sales=sum((order.goods for habit in members for order in habit.bought), _NONE),
        rewarded=len(waits),
        first_reward_days=Fraction(median(waits)) / _DAY if waits else None,
        issued={key: points - ever["taken_back"][key] for key, points in ever["issued"].items()},
        used=dict(ever["redeemed"]),
        expired=dict(ever["expired"]),
        used_worth=sum((month.used_worth for month in months), _NONE),
        months=months,
    )


def _is_inactive(habit: Habit, now: Instant) -> bool:
    return habit.active is None or now - habit.active >= INACTIVE_DAYS * _DAY


def _months(
    gathering: Gathering, members: Iterable[Habit], definition: Definition, period: Period
) -> list[MonthFigures]:
    """Every month of the period, oldest first, also those in which nothing happened."""
    worth = {currency.key: currency.worth or _NONE for currency in definition.currencies}
    months = {name: MonthFigures(name) for name in period.months()}
    for habit in members:
        orders = [order for order in habit.bought if period.holds(order.at)]
        for order in orders:
            months[period.month(order.at)].sales += order.goods
            months[period.month(order.at)].orders += 1
        for name in {period.month(order.at) for order in orders}:
            months[name].active += 1
    for moved in gathering.moved:
        if period.holds(moved.at):
            _add(months[period.month(moved.at)], moved, worth)
    return list(months.values())


def _add(month: MonthFigures, moved: Moved, worth: Mapping[str, Fraction]) -> None:
    match moved.what:
        case "issued":
            month.issued[moved.currency] += moved.points
        case "taken_back":
            month.issued[moved.currency] -= moved.points
        case "redeemed":
            month.used[moved.currency] += moved.points
            month.used_worth += moved.points * worth.get(moved.currency, _NONE)
        case "expired":
            month.expired[moved.currency] += moved.points


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
