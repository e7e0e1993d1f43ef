"""Reads the tiers: what they measure, over which time, and how levels are lost."""

from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.programs.durations import Duration
from chalicelib.programs.gauge import Gauge
from chalicelib.programs.read_levels import is_plain, read_levels
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.tiers import (
    CalendarWindow,
    CategoriesUsed,
    FromEntry,
    Grain,
    Lifetime,
    Measure,
    MembershipWindow,
    MoneySpent,
    Period,
    PreviousWindow,
    RollingWindow,
    TierLevel,
    Tiers,
    Visits,
    Window,
)
from chalicelib.programs.values import Unclear, duration
from chalicelib.programs.vocabulary import Vocabulary

_GRAINS: Mapping[str, Grain] = {"day": "day", "week": "week", "month": "month"}
_PERIODS: Mapping[str, Period] = {"month": "month", "quarter": "quarter", "half-year": "half-year", "year": "year"}
_LOST_WITH = {f"end of {period}": period for period in _PERIODS.values()}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LATER = {f"through {month} after the next year": number for number, month in enumerate(_MONTHS, start=1)}
_WINDOWS = ("rolling", "from_entry", "calendar", "previous", "membership")
_WINDOW = "lifetime, or a block such as {rolling: 12 months} or {calendar: year}"
_MOST_CATEGORIES = 12
_KEYS = (
    "measure",
    "categories",
    "window",
    "levels",
    "downgrade",
    "after_refund",
    "new_level_from",
)


def read_tiers(spot: Spot, words: Vocabulary) -> Tiers:
    """All levels in the file's order."""
    block = Block(spot, _KEYS)
    names = block.optional("categories", _categories, ())
    gauge = Gauge(words, names)
    measure: Measure | None = None
    if "measure" in block.fields or "levels" not in block.fields or is_plain(block.fields["levels"], gauge):
        stand_in: Measure = MoneySpent()
        measure = block.required("measure", lambda told: told.read(gauge.measure), stand_in, "what is counted")
    levels: Sequence[TierLevel] = block.required(
        "levels",
        lambda levels: read_levels(levels, measure, gauge),
        (),
        "the levels, lowest first",
    )
    window = block.required("window", _window, Lifetime(), "lifetime, or {rolling: 12 months}")
    found = Tiers(
        measure=measure,
        window=window,
        levels=tuple(levels),
        is_lost_by_refund=block.optional("after_refund", _after_refund, False),
        is_for_same_order=block.optional("new_level_from", _new_level_from, False),
    )
    if found.is_for_same_order and any(isinstance(measure, Visits) for measure, _ in found.counted):
        block.object_to(
            "new_level_from", "whether an order is one more visit is not known before it: say the next order"
        )
    if names and not any(isinstance(measure, CategoriesUsed) for measure, _ in found.counted):
        block.object_to("categories", 'no level asks for "categories used"')
    return block.optional("downgrade", lambda downgrade: _downgrade(downgrade, found), found)


def _categories(spot: Spot) -> tuple[str, ...]:
    names = spot.items(Spot.text, "a list of categories such as [coffee, cakes]")
    if len(names) > _MOST_CATEGORIES or len({name.casefold() for name in names}) < len(names):
        raise Unclear(f"at most {_MOST_CATEGORIES} different categories")
    return names


def _after_refund(spot: Spot) -> bool:
    return spot.choice({"at once": True, "as downgrade": False})


def _new_level_from(spot: Spot) -> bool:
    return spot.choice({"the order that reaches it": True, "the next order": False})


def _window(spot: Spot) -> Window:
    if spot.is_text():
        return spot.choice({"lifetime": Lifetime()})
    block = Block(spot, (*_WINDOWS, "grain", "valid"), _WINDOW)
    named = [key for key in _WINDOWS if key in block.fields]
    if len(named) != 1:
        raise Unclear(_WINDOW)
    (kind,) = named
    if "grain" in block.fields and kind not in ("rolling", "from_entry"):
        block.object_to("grain", "only a length of time is forgotten bit by bit")
    if "valid" in block.fields and kind not in ("calendar", "membership"):
        block.object_to("valid", "only a calendar period or a year of membership is valid for longer than itself")
    usual_grain: Grain = "month"
    grain = block.optional("grain", lambda grain: grain.choice(_GRAINS), usual_grain)
    usual = Duration(1, "year")
    match kind:
        case "rolling":
            return RollingWindow(_length(block, kind, usual), grain)
        case "from_entry":
            return FromEntry(_length(block, kind, usual), grain)
        case "calendar":
            return _calendar(block)
        case "previous":
            return PreviousWindow(block.optional(kind, lambda period: period.choice(_PERIODS), "month"))
        case _:
            block.optional(kind, lambda year: year.choice({"year": True}), True)
            valid = {"through the next year": True}
            return MembershipWindow(block.optional("valid", lambda through: through.choice(valid), False))


def _length(block: Block, key: str, usual: Duration) -> Duration:
    return block.required(key, lambda length: length.read(some_time), usual, "how long, such as 12 months")


def _calendar(block: Block) -> CalendarWindow:
    period = block.optional("calendar", lambda period: period.choice(_PERIODS), "year")
    valid = {f"through the next {period}": "next", **(_LATER if period == "year" else {})}
    through = block.optional("valid", lambda through: through.choice(valid), "itself")
    return CalendarWindow(period, through)  # type: ignore[arg-type]


def _downgrade(spot: Spot, tiers: Tiers) -> Tiers:
    """The tiers with what is said of losing a level."""
    if spot.is_text():
        return msgspec.structs.replace(tiers, is_kept=spot.choice({"at once": False, "never": True}))
    block = Block(spot, ("grace", "at", "one_level_every"), "at once, never, or {grace: 30 days}")
    if not block.fields:
        raise Unclear("at once, never, or {grace: 30 days}")
    if "grace" in block.fields and any(level.keep is not None for level in tiers.levels):
        block.object_to("grace", "a level with terms of its own to hold it is judged on its day")
    if "grace" in block.fields and isinstance(tiers.window, FromEntry):
        block.object_to("grace", "a level that is kept for a length of time is judged when that is over")
    return msgspec.structs.replace(
        tiers,
        grace=block.optional("grace", lambda grace: grace.read(some_time), None),
        lost_with=block.optional("at", lambda at: at.choice(_LOST_WITH), None),
        one_level_every=block.optional("one_level_every", lambda every: every.read(some_time), None),
    )


def some_time(text: str) -> Duration:
    """A length of time above zero."""
    length = duration(text)
    if not length.count:
        raise Unclear("a length of time above zero such as 30 days")
    return length
