"""What must hold of an order so that a rule counts."""

from datetime import date, time

import msgspec

from chalicelib.programs.goods import Goods

LAST_DAY = 0
"""Stands for the last day of a month among its days."""


class Named(msgspec.Struct, frozen=True):
    """One of `words`, whatever their case; or, with `are_left_out`, none of them."""

    words: tuple[str, ...]
    are_left_out: bool = False


class Hours(msgspec.Struct, frozen=True):
    """From the first minute on, until just before the second; over midnight where the second is not the later one."""

    since: time
    until: time


class Units(msgspec.Struct, frozen=True):
    """At least so many pieces of `of`; None for the goods that the rule counts."""

    at_least: int
    of: Goods | None = None


class OrderWhen(msgspec.Struct, frozen=True):
    """Conditions on an order's own facts; None and empty ones hold for every order.

    basket_from, basket_below: what counts of the order, in minor units: at least the one, less than the other
    contains: the order has such goods
    since, until: first and last day      weekdays: 0 is Monday      days: of the month, LAST_DAY for its last
    """

    basket_from: int | None = None
    basket_below: int | None = None
    units: Units | None = None
    contains: Goods | None = None
    stores: Named | None = None
    terminals: Named | None = None
    channels: Named | None = None
    payment_methods: Named | None = None
    partners: Named | None = None
    since: date | None = None
    until: date | None = None
    weekdays: tuple[int, ...] = ()
    hours: tuple[Hours, ...] = ()
    days: tuple[int, ...] = ()
