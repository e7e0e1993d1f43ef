"""What is wrong with levels that can be read: gaps, levels nobody holds, benefits that fall, abuse by refund."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from chalicelib.programs import wording
from chalicelib.programs.definition import Definition
from chalicelib.programs.durations import Duration
from chalicelib.programs.limits import Limit
from chalicelib.programs.metrics import PERIOD_MONTHS
from chalicelib.programs.noting import Note
from chalicelib.programs.tier_texts import amount_words, need_words, perk_words
from chalicelib.programs.tiers import (
    CalendarWindow,
    FromEntry,
    Lifetime,
    Measure,
    MembershipWindow,
    MoneySpent,
    PointsEarned,
    PreviousWindow,
    RollingWindow,
    Threshold,
    TierLevel,
    Tiers,
    Visits,
    Way,
    Window,
)

_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_SPAN_DAYS = {"day": 1, "week": 7, "month": 28, "billing period": 28, "year": 365}


def lint_tiers(definition: Definition) -> Iterator[Note]:
    """Everything worth mending in the levels of a definition."""
    tiers = definition.tiers
    if tiers is None or not tiers.levels:
        return
    yield from _first(definition, tiers, tiers.levels[0])
    yield from _names(tiers)
    for index, (low, high) in enumerate(pairwise(tiers.levels), start=1):
        path = f"tiers.levels[{index}]"
        yield from _step(definition, tiers, low, high, path)
        yield from _benefits(definition, low, high, path)
    for index, level in enumerate(tiers.levels):
        yield from _limits(definition, level, f"tiers.levels[{index}].limits")
        yield from _keep(definition, tiers, level, f"tiers.levels[{index}].keep")
    yield from _unreachable(definition, tiers)
    yield from _refunds(tiers)


def most_points(definition: Definition, currency: str, days: int | None) -> int | None:
    """The most points of a currency that rules can give in so many days (None: ever); None where nothing bounds it."""
    most = 0
    for rule in definition.earn.rules:
        if rule.give.currency != currency:
            continue
        if not isinstance(rule.limit, Limit):
            return None
        if rule.limit.span == "lifetime":
            most += rule.limit.most
        elif days is None:
            return None
        else:
            most += rule.limit.most * (days // _SPAN_DAYS[rule.limit.span] + 2)
    return most


def _first(definition: Definition, tiers: Tiers, level: TierLevel) -> Iterator[Note]:
    suggestion = "Let the first level begin at 0."
    if level.threshold:
        what = _reach(definition, tiers, level)
        yield Note("tiers.levels[0].from", f"members below {what} have no level", suggestion)
    elif level.ways or level.is_given_only:
        yield Note("tiers.levels[0].from", "members who have not reached it have no level", suggestion)
    if level.keep is not None:
        yield Note("tiers.levels[0].keep", "everybody has the first level, so it is never lost", "Leave this key out.")


def _names(tiers: Tiers) -> Iterator[Note]:
    seen: Counter[str] = Counter()
    for index, level in enumerate(tiers.levels):
        seen[level.name] += 1
        if seen[level.name] > 1:
            path = f"tiers.levels[{index}].name"
            yield Note(path, f'the name "{level.name}" is used twice', "Use each only once.")


def _step(definition: Definition, tiers: Tiers, low: TierLevel, high: TierLevel, path: str) -> Iterator[Note]:
    suggestion = "List the levels from low to high, each beginning above the one before."
    ways, lower = tiers.ways(high), tiers.ways(low)
    if not ways and not high.is_given_only:
        message = f'"{high.name}" does not begin above "{low.name}" ({_reach(definition, tiers, low)})'
        yield Note(f"{path}.from", message, suggestion)
    elif lower and ways and all(any(_implies(one, other) for other in ways) for one in lower):
        if low.ways or high.ways:
            message = f'nobody stays on "{low.name}": who reaches it has reached "{high.name}", too'
        else:
            message = f'"{high.name}" does not begin above "{low.name}" ({_reach(definition, tiers, low)})'
        yield Note(f"{path}.from", message, suggestion)


def _benefits(definition: Definition, low: TierLevel, high: TierLevel, path: str) -> Iterator[Note]:
    if high.multiply < low.multiply:
        message = f'"{high.name}" multiplies points less than "{low.name}"'
        yield Note(f"{path}.multiply", message, f"Use at least {wording.number(low.multiply, 'en')}.")
    keeps = "A higher level should keep what a lower one has."
    for perk in low.perks:
        if perk not in high.perks:
            message = f'"{high.name}" lacks a benefit of "{low.name}": {perk_words(definition, perk, "en")}'
            yield Note(f"{path}.perks", message, keeps, "warning")
    if low.is_unending and not high.is_unending:
        message = f'points expire on "{high.name}", but not on "{low.name}"'
        yield Note(f"{path}.points", message, keeps)
    for rule, most in low.limits.items():
        if high.limits.get(rule, _limit_of(definition, rule)) < most:
            message = f'"{rule}" gives less on "{high.name}" than on "{low.name}"'
            yield Note(f"{path}.limits", message, f"Use at least {wording.number(most, 'en')}.")
    pay = definition.pay
    if pay is not None and pay.share(high.name) < pay.share(low.name):
        shares = (wording.share(pay.share(level.name), "en") for level in (high, low))
        message = 'on "{}" points pay for {} of a purchase, on "{}" for {}'
        told = message.format(high.name, next(shares), low.name, next(shares))
        yield Note("redeem.pay.at_most", told, keeps)


def _limit_of(definition: Definition, rule: str) -> int:
    limits = [each.limit for each in definition.earn.rules if each.name == rule]
    return limits[0].most if limits and isinstance(limits[0], Limit) else 0


def _limits(definition: Definition, level: TierLevel, path: str) -> Iterator[Note]:
    limited = {rule.name for rule in definition.earn.rules if isinstance(rule.limit, Limit)}
    for rule in level.limits:
        if rule not in limited:
            message = f'no rule "{rule}" has a limit for a length of time'
            yield Note(f"{path}.{rule}", message, "Name a rule that has one, such as at_most: 500 points per month.")


def _keep(definition: Definition, tiers: Tiers, level: TierLevel, path: str) -> Iterator[Note]:
    if level.keep is None:
        return
    if isinstance(tiers.window, Lifetime) or tiers.is_kept:
        yield Note(path, f'"{level.name}" is never lost, so nothing need hold it', "Leave this key out.")
    own = level.keep
    for way in tiers.ways(level):
        for need in way:
            is_same = need.measure == own.measure and not own.of_each and own.window == tiers.window
            if is_same and need.least <= own.least:
                what = need_words(definition, need, "en")
                yield Note(f"{path}.from", f'"{level.name}" is held by {what} anyway', "Ask for less, or leave it out.")


def _unreachable(definition: Definition, tiers: Tiers) -> Iterator[Note]:
    earned = {rule.give.currency for rule in definition.earn.orders}
    for measure, _ in tiers.counted:
        if isinstance(measure, PointsEarned) and measure.currency not in earned:
            message = "orders do not earn these points, so no level above the first can be reached"
            yield Note("tiers.measure", message, "Measure points that orders earn, or money spent.")
    for index, level in enumerate(tiers.levels):
        ways = tiers.ways(level)
        bounds = [_too_much(definition, tiers, way) for way in ways]
        if ways and all(bounds):
            path = f"tiers.levels[{index}].from"
            yield Note(path, f'nobody can reach "{level.name}": {bounds[0]}', "Ask for less, or raise the limit.")


def _too_much(definition: Definition, tiers: Tiers, way: Way) -> str:
    """Why a way cannot be gone, whatever somebody buys; empty when it can."""
    for need in way:
        days = _days(need.window or tiers.window)
        match need.measure:
            case PointsEarned(currency):
                most = most_points(definition, currency, days)
            case Visits():
                most = days
            case _:
                most = None
        if most is not None and need.least > most:
            return f"at most {amount_words(definition, need.measure, most, 'en')} are possible"
    return ""


def _refunds(tiers: Tiers) -> Iterator[Note]:
    """Who may keep a level without what reached it, buys it for a day."""
    lasts = tiers.is_kept or isinstance(tiers.window, FromEntry) or any(level.keep for level in tiers.levels)
    if lasts and not tiers.is_lost_by_refund:
        message = "a level is kept although the order that reached it was sent back"
        yield Note("tiers", message, "Add after_refund: at once.", "warning")


def _implies(one: Way, other: Way) -> bool:
    """Has everybody who has gone the one way gone the other one, too?"""
    return all(any(_covers(mine, theirs) for mine in one) for theirs in other)


def _covers(mine: Threshold, theirs: Threshold) -> bool:
    return (mine.measure, mine.window) == (theirs.measure, theirs.window) and mine.least >= theirs.least


def _days(window: Window) -> int | None:
    """About the most days that count together; None for ever."""
    match window:
        case RollingWindow(length, grain) | FromEntry(length, grain):
            return _length(length) + _DAYS[grain]
        case CalendarWindow(period) | PreviousWindow(period):
            return 31 * PERIOD_MONTHS[period]
        case MembershipWindow():
            return 366
        case Lifetime():
            return None


def _length(length: Duration) -> int:
    return length.count * _DAYS[length.unit]


def _reach(definition: Definition, tiers: Tiers, level: TierLevel) -> str:
    measure: Measure = tiers.measure or MoneySpent()
    if isinstance(measure, PointsEarned):
        return wording.number(level.threshold, "en")
    return amount_words(definition, measure, level.threshold, "en")
