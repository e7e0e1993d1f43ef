"""What conditions on the member count: orders, money and rules that have given, as rolling metrics of the account.

A refund that takes an order back takes it out of every count, as everywhere. Counting begins with the version that
asks for it first.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from chalicelib.events import Amounts, OrderFacts
from chalicelib.ledger.documents import Pricing, Rolling
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.member_when import MemberWhen
from chalicelib.programs.metrics import leaves_at
from chalicelib.programs.tiers import Lifetime, RollingWindow

_ABOUT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_BY_DAY, _BY_WEEK = 31, 200
"""The longest windows, in days, that are forgotten day by day and week by week; longer ones month by month."""
_MANY_ORDERS, _MUCH_MONEY = 99, 9_999_999
_NEXT_BIRTHDAY = Duration(330, "day")
"""Nobody has birthday twice within this time, even one who corrects the day."""


class Counter(msgspec.Struct, frozen=True):
    """A count of an account: `orders` that were kept, or the `money` of them that earns."""

    metric: str
    counts: Literal["orders", "money"]
    window: RollingWindow | Lifetime


def orders_ever() -> Counter:
    """All orders that were kept."""
    return Counter("orders ever", "orders", Lifetime())


def orders_in(length: Duration) -> Counter:
    """Orders of the last so much time."""
    return Counter(f"orders {length.count} {length.unit}", "orders", window(length))


def money_in(length: Duration) -> Counter:
    """Money of the last so much time, in minor units."""
    return Counter(f"money {length.count} {length.unit}", "money", window(length))


def window(length: Duration) -> RollingWindow:
    """The last `length`, forgotten as finely as an account has room for."""
    about = length.count * _ABOUT_DAYS[length.unit]
    return RollingWindow(length, "day" if about <= _BY_DAY else "week" if about <= _BY_WEEK else "month")


def gave(rule: str) -> str:
    """The metric that remembers that a rule has given points."""
    return f"got {rule}"


def remembers(when: MemberWhen) -> Duration | None:
    """For how long a rule must remember that it has given; None when it need not."""
    found = [when.once_in] if when.once_in is not None else []
    if when.birthday is not None and when.birthday.only_first:
        found.append(_NEXT_BIRTHDAY)
    return max(found, key=lambda length: length.count * _ABOUT_DAYS[length.unit], default=None)


def counters(definition: Definition) -> tuple[Counter, ...]:
    """Every count that some condition of the definition needs."""
    found = {counter for rule in definition.earn.orders for counter in _asked(rule.when.member)}
    found |= {counter for rule in definition.earn.activities for counter in _asked(rule.when.member)}
    return tuple(sorted(found, key=lambda counter: counter.metric))


def _asked(when: MemberWhen) -> Iterator[Counter]:
    if when.order_number is not None or when.back_after is not None:
        yield orders_ever()
    if when.back_after is not None:
        yield orders_in(when.back_after)
    if when.orders_within is not None:
        yield orders_in(when.orders_within.within)
    if when.spent is not None:
        yield money_in(when.spent.within)
    for each in when.any_of:
        yield from _asked(each)


def counted_order(
    definition: Definition,
    pricing: Pricing,
    facts: OrderFacts,
    returned: Amounts,
    *,
    money: int,
    given: Mapping[str, int],
) -> tuple[Rolling, ...]:
    """What an order adds to the counts. `money`: of it that earns; `given`: points of each rule."""
    if not any(rule.when.asks_member for rule in definition.earn.rules):
        return ()
    calendar = ZoneCalendar(definition.time_zone)
    adds = {"orders": int(_is_kept(facts, returned)), "money": money}
    found = [
        Rolling(counter.metric, adds[counter.counts], leaves_at(counter.window, pricing.occurred_at, calendar))
        for counter in counters(definition)
        if adds[counter.counts]
    ]
    return (*found, *given_once(definition, pricing, given))


def given_once(definition: Definition, pricing: Pricing, given: Mapping[str, int]) -> tuple[Rolling, ...]:
    """That rules have given, for those which must remember it. `given`: points of each rule, by its name."""
    calendar = ZoneCalendar(definition.time_zone)
    found = []
    for rule in definition.earn.rules:
        if not rule.when.asks_member:
            continue
        length = remembers(rule.when.member)
        if length is not None and given.get(rule.name):
            leaves = leaves_at(RollingWindow(length, "day"), pricing.occurred_at, calendar)
            found.append(Rolling(gave(rule.name), 1, leaves))
    return tuple(found)


class Fullest(msgspec.Struct, frozen=True):
    """A count at its fullest: how many cells it has, and the largest number in each."""

    metric: str
    cells: int
    points: int


def fullest(definition: Definition) -> Iterator[Fullest]:
    """How much room the counts take in the account of an eager member."""
    for counter in counters(definition):
        points = _MANY_ORDERS if counter.counts == "orders" else _MUCH_MONEY
        yield Fullest(counter.metric, _cells(counter.window), points)
    for rule in definition.earn.rules:
        if remembers(rule.when.member) is not None:
            yield Fullest(gave(rule.name), 1, 1)


def _cells(window: RollingWindow | Lifetime) -> int:
    match window:
        case RollingWindow(length, grain):
            return length.count * _ABOUT_DAYS[length.unit] // _ABOUT_DAYS[grain] + 1
        case _:
            return 1


def _is_kept(facts: OrderFacts, returned: Amounts) -> bool:
    """Is something left of the order?"""
    left = facts.amounts.less(returned)
    return facts.is_paid and not facts.is_cancelled and left.goods + left.gift_cards + left.shipping > 0
