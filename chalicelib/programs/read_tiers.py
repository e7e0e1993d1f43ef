"""Reads the tiers: what they measure, over which time, and what each level gives."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from chalicelib.programs.definition import (
    PERKS,
    Duration,
    Lifetime,
    Measure,
    MoneySpent,
    RollingWindow,
    TierLevel,
    Tiers,
)
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, decimal, duration
from chalicelib.programs.vocabulary import Vocabulary

_GRAINS: Mapping[str, Literal["day", "week", "month"]] = {"day": "day", "week": "week", "month": "month"}
_PERKS = {perk: perk for perk in PERKS}
_MOST_LEVELS = 12


def read_tiers(spot: Spot, words: Vocabulary) -> Tiers:
    """All levels in the file's order."""
    block = Block(spot, ("measure", "window", "levels", "downgrade"))
    stand_in: Measure = MoneySpent()
    measure = block.required("measure", lambda measure: measure.read(words.measure), stand_in, "what is counted")
    levels = block.required(
        "levels",
        lambda levels: levels.items(lambda level: _level(level, measure, words), "a list of levels with name and from"),
        (),
        "the levels, lowest first",
    )
    if len(levels) > _MOST_LEVELS:
        raise Unclear(f"at most {_MOST_LEVELS} levels")
    return Tiers(
        measure=measure,
        window=block.required("window", _window, Lifetime(), "lifetime, or {rolling: 12 months}"),
        levels=levels,
        grace=block.optional("downgrade", _grace, None),
    )


def _level(spot: Spot, measure: Measure, words: Vocabulary) -> TierLevel:
    block = Block(spot, ("name", "from", "multiply", "perks"), "a level with name and from")
    return TierLevel(
        name=block.required("name", Spot.text, "", "the level's name"),
        threshold=block.required(
            "from", lambda start: start.read(lambda text: words.threshold(text, measure)), 0, "where the level begins"
        ),
        multiply=block.optional("multiply", _multiply, Fraction(1)),
        perks=block.optional(
            "perks", lambda perks: perks.items(lambda perk: perk.choice(_PERKS), f"a list of: {', '.join(PERKS)}"), ()
        ),
    )


def _multiply(spot: Spot) -> Fraction:
    times = spot.read(decimal)
    if not 0 < times <= 100:
        raise Unclear("a number above 0 and up to 100 such as 1.25")
    return times


def _window(spot: Spot) -> RollingWindow | Lifetime:
    if spot.is_text():
        return spot.choice({"lifetime": Lifetime()})
    block = Block(spot, ("rolling", "grain"), "lifetime, or {rolling: 12 months}")
    length = block.required(
        "rolling", lambda rolling: rolling.read(_some_time), Duration(1, "year"), "how long, such as 12 months"
    )
    return RollingWindow(length=length, grain=block.optional("grain", lambda grain: grain.choice(_GRAINS), "month"))


def _grace(spot: Spot) -> Duration | None:
    """How long a lost level is kept; None for `at once`."""
    if spot.is_text():
        return spot.choice({"at once": None})
    block = Block(spot, ("grace",), "at once, or {grace: 30 days}")
    return block.required("grace", lambda grace: grace.read(_some_time), None, "how long, such as 30 days")


def _some_time(text: str) -> Duration:
    length = duration(text)
    if not length.count:
        raise Unclear("a length of time above zero such as 30 days")
    return length
