"""Whether the conditions of a rule hold for an order: pure, from the order's facts."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime

from chalicelib.events import OrderFacts
from chalicelib.programs.basket import Basket
from chalicelib.programs.goods import is_named
from chalicelib.programs.order_when import LAST_DAY, Hours, Named, OrderWhen

_ALWAYS = OrderWhen()


def order_holds(when: OrderWhen, facts: OrderFacts, local: datetime, *, whole: Basket, own: Basket) -> bool:
    """Do all conditions hold for the order as it is known now?

    local: when it was placed, by the program's clock      whole: what counts of it      own: what the rule counts of it
    """
    if when == _ALWAYS:
        return True
    return all(_goods(when, whole, own)) and all(_places(when, facts)) and all(_times(when, local))


def _goods(when: OrderWhen, whole: Basket, own: Basket) -> Iterator[bool]:
    if when.basket_from is not None:
        yield whole.amount >= when.basket_from
    if when.basket_below is not None:
        yield whole.amount < when.basket_below
    if when.units is not None:
        counted = own if when.units.of is None else whole.chosen(when.units.of, None)
        yield counted.pieces >= when.units.at_least
    if when.contains is not None:
        yield whole.chosen(when.contains, None).pieces > 0


def _places(when: OrderWhen, facts: OrderFacts) -> Iterator[bool]:
    yield _is_one(when.stores, facts.store)
    yield _is_one(when.terminals, facts.terminal)
    yield _is_one(when.channels, facts.channel)
    yield _is_one(when.payment_methods, facts.payment_method)
    yield _is_one(when.partners, facts.partner)


def _is_one(named: Named | None, word: str) -> bool:
    """What nobody told is none of the words, and none of those that are left out."""
    return named is None or is_named(word, named.words) != named.are_left_out


def _times(when: OrderWhen, local: datetime) -> Iterator[bool]:
    day = local.date()
    if when.since is not None:
        yield day >= when.since
    if when.until is not None:
        yield day <= when.until
    if when.weekdays:
        yield day.weekday() in when.weekdays
    if when.days:
        is_last = day.day == monthrange(day.year, day.month)[1]
        yield day.day in when.days or (is_last and LAST_DAY in when.days)
    if when.hours:
        yield any(_is_within(hours, local) for hours in when.hours)


def _is_within(hours: Hours, local: datetime) -> bool:
    now = local.time()
    if hours.since < hours.until:
        return hours.since <= now < hours.until
    return now >= hours.since or now < hours.until
