"""Blocks of a definition for codes that are worth money: vouchers and gift cards."""

from typing import Literal

import msgspec

from chalicelib.programs.durations import Duration
from chalicelib.programs.titles import Titles

MOST_VOUCHERS = 20


class Automatic(msgspec.Struct, frozen=True):
    """Points that become vouchers by themselves: each `every` of `currency` are the worth of the voucher once.

    least: from so many points on      months: in which of them, on the first day; () for as soon as they are there
    is_one: one voucher for all of them together, not one for each `every`
    """

    currency: str
    every: int
    least: int
    months: tuple[int, ...] = ()
    is_one: bool = False


class Voucher(msgspec.Struct, frozen=True):
    """A kind of voucher or gift card.

    worth: in minor units; the least and the most of one whose worth is said when it is given out, else both the same
    lives: from its day to the end of the day on which that time is over      min_order: the least order it is used for
    use: once, and what is left is lost; or in parts      codes: made by us, or out of a pool that was brought along
    """

    key: str
    names: Titles
    least: int
    most: int
    lives: Duration
    use: Literal["once", "in parts"] = "once"
    min_order: int = 0
    codes: Literal["made", "imported"] = "made"
    automatic: Automatic | None = None
