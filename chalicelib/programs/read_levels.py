"""Reads levels: how each is reached and held, and what it gives."""

import re
from collections.abc import Mapping
from fractions import Fraction

import msgspec
import yaml

from chalicelib.programs.durations import Duration
from chalicelib.programs.gauge import Gauge
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.tiers import (
    PERKS,
    Measure,
    Period,
    PreviousWindow,
    RollingWindow,
    Threshold,
    TierLevel,
    Way,
)
from chalicelib.programs.values import Unclear, decimal, duration
from chalicelib.programs.vocabulary import Vocabulary

_MOST_LEVELS = 12
_MOST_WAYS = 4
_LEVEL_KEYS = ("name", "from", "keep", "multiply", "perks", "limits", "points")
_INVITATION = "by invitation"
_MOST_PERIODS = 12
_PERIODS = re.compile(r"([0-9]{1,2}) (month|quarter|year)s?")
_NAMED: Mapping[str, Period] = {"month": "month", "quarter": "quarter", "year": "year"}


def read_levels(spot: Spot, measure: Measure | None, gauge: Gauge) -> tuple[TierLevel, ...]:
    """All levels in the file's order. `measure`: what plain numbers count; None where there are none."""
    levels = spot.items(lambda level: _level(level, measure, gauge), "a list of levels with name and from")
    if len(levels) > _MOST_LEVELS:
        raise Unclear(f"at most {_MOST_LEVELS} levels")
    return levels


def is_plain(spot: Spot, gauge: Gauge) -> bool:
    """Does any level begin at a number that does not say what it counts?"""
    for level in spot.node.value if isinstance(spot.node, yaml.SequenceNode) else []:
        for key, value in level.value if isinstance(level, yaml.MappingNode) else []:
            if key.value == "from" and isinstance(value, yaml.ScalarNode) and not _says_itself(value.value, gauge):
                return True
    return False


def _says_itself(text: str, gauge: Gauge) -> bool:
    if text.strip() in ("0", _INVITATION) or text.removesuffix(" ever").endswith("used"):
        return True
    try:
        gauge.threshold(text.strip())
    except Unclear:
        return False
    return True


def _level(spot: Spot, measure: Measure | None, gauge: Gauge) -> TierLevel:
    block = Block(spot, _LEVEL_KEYS, "a level with name and from")
    starts = block.required("from", lambda start: _from(start, measure, gauge), _Start(), "where the level begins")
    return TierLevel(
        name=block.required("name", Spot.text, "", "the level's name"),
        threshold=starts.threshold,
        ways=starts.ways,
        is_given_only=starts.is_given_only,
        keep=block.optional("keep", lambda keep: _keep(keep, measure, gauge), None),
        multiply=block.optional("multiply", _multiply, Fraction(1)),
        perks=block.optional("perks", lambda perks: _perks(perks, gauge.words), ()),
        limits=block.optional("limits", lambda limits: _limits(limits, gauge.words), {}),
        is_unending=block.optional("points", lambda points: points.choice({"never expire": True}), False),
    )


class _Start(msgspec.Struct, frozen=True):
    threshold: int = 0
    ways: tuple[Way, ...] = ()
    is_given_only: bool = False


def _from(spot: Spot, measure: Measure | None, gauge: Gauge) -> _Start:
    """A number, a number that says what it counts, {any: [...]}, {all: [...]}, or `by invitation`."""
    if spot.is_text():
        return spot.read(lambda text: _start(text, measure, gauge))
    return _Start(ways=_ways(spot, gauge))


def _start(text: str, measure: Measure | None, gauge: Gauge) -> _Start:
    if text == _INVITATION:
        return _Start(is_given_only=True)
    if text == "0":
        return _Start()
    if measure is None:
        return _Start(ways=((gauge.threshold(text),),))
    try:
        told = gauge.threshold(text)
    except Unclear:
        return _Start(gauge.plain(text, measure))
    return _Start(told.least) if told == Threshold(measure, told.least) else _Start(ways=((told,),))


def _ways(spot: Spot, gauge: Gauge) -> tuple[Way, ...]:
    expected = 'a number, "by invitation", or a block such as {any: ["100 EUR spent", "3 effective referrals"]}'
    block = Block(spot, ("any", "all"), expected)
    if len(block.fields) != 1:
        raise Unclear(expected)
    if "all" in block.fields:
        return (block.required("all", lambda needs: _all(needs, gauge), (), expected),)
    ways = block.required("any", lambda ways: ways.items(lambda way: _way(way, gauge), expected), (), expected)
    if len(ways) > _MOST_WAYS:
        raise Unclear(f"at most {_MOST_WAYS} ways")
    return ways


def _way(spot: Spot, gauge: Gauge) -> Way:
    if spot.is_text():
        return (spot.read(gauge.threshold),)
    block = Block(spot, ("all",), 'what is needed, or {all: ["100 EUR spent", "3 orders"]}')
    return block.required("all", lambda needs: _all(needs, gauge), (), "what is needed, all of it")


def _all(spot: Spot, gauge: Gauge) -> Way:
    needs = spot.items(lambda need: need.read(gauge.threshold), 'a list such as ["100 EUR spent", "3 orders"]')
    if len(needs) > _MOST_WAYS:
        raise Unclear(f"at most {_MOST_WAYS} things that are needed together")
    return needs


def _keep(spot: Spot, measure: Measure | None, gauge: Gauge) -> Threshold:
    """{from: 15000 RUB, in: 3 months}, or {from: 5000 RUB, in_each_of: 3 months}."""
    expected = "what holds the level, such as {from: 5000 EUR spent, in: 3 months}"
    block = Block(spot, ("from", "in", "in_each_of"), expected)
    if ("in" in block.fields) == ("in_each_of" in block.fields):
        raise Unclear(expected)
    least = block.required("from", lambda start: start.read(lambda text: _need(text, measure, gauge)), None, expected)
    length = block.optional("in", lambda within: within.read(_some_time), Duration(1, "month"))
    each = block.optional("in_each_of", lambda each: each.read(_periods), None)
    if least is None or least.least < 1:
        raise Unclear(expected)
    if each is not None:
        return Threshold(least.measure, each.count, each, of_each=least.least)
    return Threshold(least.measure, least.least, RollingWindow(length, "month"))


def _need(text: str, measure: Measure | None, gauge: Gauge) -> Threshold:
    start = _start(text, measure, gauge)
    if start.is_given_only or (start.ways and start.ways[0][0].window is not None):
        raise Unclear("what is needed, without a time of its own")
    if start.ways:
        return start.ways[0][0]
    if measure is None:
        raise Unclear("what is needed and what it counts, such as 5000 EUR spent")
    return Threshold(measure, start.threshold)


def _some_time(text: str) -> Duration:
    length = duration(text)
    if not length.count:
        raise Unclear("a length of time above zero such as 3 months")
    return length


def _periods(text: str) -> PreviousWindow:
    match = _PERIODS.fullmatch(text)
    if match is None or not 0 < int(match[1]) <= _MOST_PERIODS:
        raise Unclear(f"1 to {_MOST_PERIODS} full months, quarters or years, such as 3 months")
    return PreviousWindow(_NAMED[match[2]], int(match[1]))


def _limits(spot: Spot, words: Vocabulary) -> Mapping[str, int]:
    """{shopping: 5000 points}: by the name of the rule."""
    block = Block(spot, None, "names of rules with points, such as {shopping: 5000 points}")
    found = {}
    for name in block.fields:
        most = block.optional(name, lambda most: most.read(words.points), None)
        if most is not None:
            found[name] = most.points
    return found


def _perks(spot: Spot, words: Vocabulary) -> tuple[str, ...]:
    known = {perk: perk for perk in (*PERKS, *words.perks)}
    return spot.items(lambda perk: perk.choice(known), f"a list of: {', '.join(known)}")


def _multiply(spot: Spot) -> Fraction:
    times = spot.read(decimal)
    if not 0 < times <= 100:
        raise Unclear("a number above 0 and up to 100 such as 1.25")
    return times
