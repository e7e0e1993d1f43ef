"""Reads the conditions of a rule on the order."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time

import yaml

from chalicelib.programs.order_when import LAST_DAY, Hours, Named, OrderWhen, Units
from chalicelib.programs.read_goods import read_goods, read_words
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, calendar_day, nearest, whole
from chalicelib.programs.vocabulary import Vocabulary

ORDER_KEYS = (
    "basket",
    "units",
    "contains",
    "stores",
    "terminals",
    "channels",
    "payment_methods",
    "partners",
    "from",
    "until",
    "weekdays",
    "hours",
    "days_of_month",
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]|24):([0-5][0-9])")
_MOST_UNITS = 10_000
_MOST_HOURS = 12


def read_order_when(block: Block, words: Vocabulary) -> OrderWhen:
    """The keys of `block` that are about the order."""
    least, below = block.optional("basket", lambda basket: _basket(basket, words), (None, None))
    since = block.optional("from", lambda day: day.read(_day), None)
    until = block.optional("until", lambda day: day.read(_day), None)
    if since is not None and until is not None and until < since:
        block.object_to("until", "the last day comes before the first one")
    return OrderWhen(
        basket_from=least,
        basket_below=below,
        units=block.optional("units", _units, None),
        contains=block.optional("contains", read_goods, None),
        stores=block.optional("stores", lambda named: _named(named, "stores"), None),
        terminals=block.optional("terminals", lambda named: _named(named, "terminals"), None),
        channels=block.optional("channels", lambda named: _named(named, "channels"), None),
        payment_methods=block.optional("payment_methods", lambda named: _named(named, "payment methods"), None),
        partners=block.optional("partners", lambda named: _named(named, "partners"), None),
        since=since,
        until=until,
        weekdays=block.optional("weekdays", lambda days: _several(days, _weekday, "a list of weekdays"), ()),
        hours=block.optional("hours", _all_hours, ()),
        days=block.optional("days_of_month", lambda days: _several(days, _day_of_month, "a list of days"), ()),
    )


def _basket(spot: Spot, words: Vocabulary) -> tuple[int | None, int | None]:
    expected = f"amounts such as {{from: 20 {words.money}, below: 50 {words.money}}}"
    block = Block(spot, ("from", "below"), expected)
    if not block.fields:
        raise Unclear(expected)
    least = block.optional("from", lambda amount: amount.read(words.amount), None)
    below = block.optional("below", lambda amount: amount.read(words.amount), None)
    if least is not None and below is not None and below <= least:
        block.object_to("below", "no amount is at least the one and below the other")
    return least, below


def _units(spot: Spot) -> Units:
    block = Block(spot, ("at_least", "of"), "a number of pieces such as {at_least: 2}")
    least = block.required("at_least", lambda count: count.read(_count), 1, "how many pieces, such as 2")
    return Units(least, block.optional("of", read_goods, None))


def _count(text: str) -> int:
    count = whole(text)
    if not 1 <= count <= _MOST_UNITS:
        raise Unclear(f"a whole number from 1 to {_MOST_UNITS}")
    return count


def _named(spot: Spot, what: str) -> Named:
    """ "[one, two]", or "{except: [three]}"."""
    expected = f"a list of {what}, or {{except: [...]}}"
    if isinstance(spot.node, yaml.MappingNode):
        block = Block(spot, ("except",), expected)
        if not block.fields:
            raise Unclear(expected)
        return Named(block.optional("except", lambda words: read_words(words, what), ()), are_left_out=True)
    return Named(read_words(spot, what))


def _several(spot: Spot, understand: Callable[[str], int], expected: str) -> tuple[int, ...]:
    """Each once, in any order."""
    return tuple(dict.fromkeys(spot.items(lambda one: one.read(understand), expected)))


def _day(text: str) -> date:
    return calendar_day(text, "2026-05-31")


def _weekday(text: str) -> int:
    known: Mapping[str, int] = {name: index for index, name in enumerate(WEEKDAYS)}
    if text not in known:
        raise Unclear(f"one of: {', '.join(known)}", nearest(text, known))
    return known[text]


def _day_of_month(text: str) -> int:
    if text == "last":
        return LAST_DAY
    if not text.isdecimal() or not 1 <= int(text) <= 31:
        raise Unclear("a day of the month from 1 to 31, or last")
    return int(text)


def _all_hours(spot: Spot) -> tuple[Hours, ...]:
    """ "17:00-19:00", or a list of them."""
    if spot.is_text():
        return (spot.read(_hours),)
    found = spot.items(lambda one: one.read(_hours), "hours such as 17:00-19:00")
    if len(found) > _MOST_HOURS:
        raise Unclear(f"at most {_MOST_HOURS} spans of hours")
    return found


def _hours(text: str) -> Hours:
    match = _HOURS.fullmatch(text)
    if match is None or (match[3] == "24" and match[4] != "00") or text[:5] == text[6:]:
        raise Unclear("hours such as 17:00-19:00")
    until = time(0) if match[3] == "24" else time(int(match[3]), int(match[4]))
    return Hours(time(int(match[1]), int(match[2])), until)
