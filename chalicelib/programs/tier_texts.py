"""Sentences about levels: how they are reached, held and lost. Part of the terms, and of the reasons on a card."""

from collections.abc import Iterator
from functools import reduce

from chalicelib.programs import wording
from chalicelib.programs.definition import Definition, Inactivity
from chalicelib.programs.durations import Duration
from chalicelib.programs.phrases import PHRASES
from chalicelib.programs.tier_phrases import COUNTED, MONTHS, TIER_PHRASES
from chalicelib.programs.tiers import (
    CalendarWindow,
    CategoriesUsed,
    FromEntry,
    Lifetime,
    Measure,
    MembershipWindow,
    MoneySpent,
    Orders,
    PointsEarned,
    PreviousWindow,
    Referrals,
    RollingWindow,
    Threshold,
    TierLevel,
    Tiers,
    Units,
    Visits,
    Way,
)
from chalicelib.programs.titles import title


def tier_lines(definition: Definition, language: str, *, is_for_owner: bool) -> list[str]:
    """Everything about levels; for the owner also that there are none."""
    say = _Sayer(definition, language)
    tiers = definition.tiers
    if tiers is None:
        return [say("no_tiers")] if is_for_owner else []
    lines = [_measured(say, tiers), *_window(say, tiers)]
    for level in tiers.levels:
        lines += _level(say, tiers, level)
    lines.append(say("same_order" if tiers.is_for_same_order else "before_order"))
    if is_for_owner:
        lines += [say("same_times")]
    return [*lines, *_lost(say, tiers)]


def level_lines(definition: Definition, tiers: Tiers, level: TierLevel, language: str) -> list[str]:
    """One level: how it is reached and what it brings."""
    return _level(_Sayer(definition, language), tiers, level)


def amount_words(definition: Definition, measure: Measure, count: int, language: str) -> str:
    """So much of a measure: "€100", "300 beans", "5 orders"."""
    match measure:
        case MoneySpent():
            return wording.money(count, definition.money, language)
        case PointsEarned(currency):
            return wording.points(definition.currency(currency).names, count, language)
        case Units(of):
            return TIER_PHRASES[language]["need_units"].format(count=wording.number(count, language), of=of)
        case _:
            forms = COUNTED[f"{language} {_KINDS[type(measure)]}"]
            return f"{wording.number(count, language)} {wording.form(forms, count, language)}"


def need_words(definition: Definition, threshold: Threshold, language: str) -> str:
    """A threshold in words that stand by themselves: "€100 spent", "5 orders in all your time"."""
    reach = amount_words(definition, threshold.measure, threshold.of_each or threshold.least, language)
    phrases = TIER_PHRASES[language]
    match threshold.measure:
        case MoneySpent():
            reach = phrases["need_money"].format(reach=reach)
        case PointsEarned():
            reach = phrases["need_points"].format(reach=reach)
        case _:
            pass
    return phrases["ever"].format(need=reach) if isinstance(threshold.window, Lifetime) else reach


def perk_words(definition: Definition, key: str, language: str) -> str:
    """What a benefit is called: a usual one in our words, one of the definition's own in its words."""
    perk = definition.offers.perk(key)
    return title(perk.names, language) if perk is not None else PHRASES[language].get(key, key)


_KINDS = {Orders: "orders", Visits: "visits", CategoriesUsed: "categories", Referrals: "referrals"}
_BY = {
    PointsEarned: "by_points",
    MoneySpent: "by_money",
    Orders: "by_orders",
    Visits: "by_visits",
    Referrals: "by_referrals",
}


class _Sayer:
    """Says phrases of one definition in one language."""

    def __init__(self, definition: Definition, language: str) -> None:
        self.definition = definition
        self.language = language
        self.phrases = {**PHRASES[language], **TIER_PHRASES[language]}

    def __call__(self, phrase: str, **words: str) -> str:
        return self.phrases[phrase].format(**words)

    def ways(self, ways: tuple[Way, ...]) -> str:
        each = [self._joined("and", [need_words(self.definition, need, self.language) for need in way]) for way in ways]
        return self._joined("or", each)

    def _joined(self, phrase: str, parts: list[str]) -> str:
        return reduce(lambda one, other: self(phrase, one=one, other=other), parts)


def _measured(say: _Sayer, tiers: Tiers) -> str:
    if tiers.measure is None or any(level.ways for level in tiers.levels):
        used = next((measure.names for measure, _ in tiers.counted if isinstance(measure, CategoriesUsed)), ())
        ways = say("by_ways")
        return f"{ways} {say('categories', names=', '.join(used))}" if used else ways
    match tiers.measure:
        case Units(of):
            return say("by_units", of=of)
        case CategoriesUsed(names):
            return say("by_categories", names=", ".join(names))
        case measure:
            return say(_BY[type(measure)])


def _window(say: _Sayer, tiers: Tiers) -> list[str]:
    match tiers.window:
        case RollingWindow(length, grain):
            lines = [say("rolling", length=_period(say, length)), say(f"grain_{grain}")]
        case FromEntry(length, grain):
            kept = say("from_entry", length=_period(say, length))
            lines = [say("rolling", length=_period(say, length)), say(f"grain_{grain}"), kept]
        case CalendarWindow(period, int(month)):
            lines = [say(f"calendar_{_key(period)}"), say("valid_through", month=MONTHS[say.language][month - 1])]
        case CalendarWindow(period, valid):
            lines = [say(f"calendar_{_key(period)}"), say(f"valid_{valid}_{_key(period)}")]
        case PreviousWindow(period):
            lines = [say(f"previous_{_key(period)}")]
        case MembershipWindow(is_next_too):
            lines = [say("membership"), say("membership_next" if is_next_too else "membership_itself")]
        case Lifetime():
            lines = [say("lifetime")]
    return lines


def _level(say: _Sayer, tiers: Tiers, level: TierLevel) -> list[str]:
    told = {"name": level.name, "times": wording.number(level.multiply, say.language)}
    if level.is_given_only:
        lines = [say("level_given", **told)]
    elif level.ways:
        lines = [say("level_ways", ways=say.ways(level.ways), **told)]
    elif level.threshold and tiers.measure is not None:
        reach = amount_words(say.definition, tiers.measure, level.threshold, say.language)
        lines = [say("level", reach=reach, **told)]
    else:
        lines = [say("first_level", **told)]
    if level.perks:
        perks = ", ".join(perk_words(say.definition, perk, say.language) for perk in level.perks)
        lines += [say("perks", name=level.name, perks=perks)]
    lines += _kept(say, level)
    for rule, most in level.limits.items():
        lines += [say("limit", name=level.name, rule=rule, points=_limit(say, rule, most))]
    return [*lines, *_unending(say, level)] if level.is_unending else lines


def _unending(say: _Sayer, level: TierLevel) -> Iterator[str]:
    """Points that end by inactivity do not while the level is held; of others, those that are earned on it."""
    by_idling = [isinstance(currency.expires, Inactivity) for currency in say.definition.currencies]
    if not all(by_idling):
        yield say("unending", name=level.name)
    if any(by_idling):
        yield say("unending_held", name=level.name)


def _limit(say: _Sayer, rule: str, most: int) -> str:
    currency = next((each.give.currency for each in say.definition.earn.rules if each.name == rule), "")
    if not currency:
        return wording.number(most, say.language)
    return wording.points(say.definition.currency(currency).names, most, say.language)


def _kept(say: _Sayer, level: TierLevel) -> list[str]:
    if level.keep is None:
        return []
    need = need_words(say.definition, level.keep, say.language)
    match level.keep.window:
        case RollingWindow(length):
            kept = say("keep_in", name=level.name, length=_period(say, length), need=need)
        case PreviousWindow(period, count):
            unit = "month" if period in ("quarter", "half-year") else period
            months = {"quarter": 3, "half-year": 6}.get(period, 1)
            length = Duration(count * months, unit)  # type: ignore[arg-type]
            kept = say("keep_each", name=level.name, length=_period(say, length), need=need)
        case _:
            return []
    return [kept, say("keep_first", name=level.name)]


def _lost(say: _Sayer, tiers: Tiers) -> list[str]:
    if tiers.is_kept:
        lines = [say("lost_never")]
    elif tiers.grace is None:
        is_later = tiers.lost_with is not None or isinstance(tiers.window, FromEntry)
        is_later = is_later or any(level.keep is not None for level in tiers.levels)
        lines = [] if is_later else [say("lost_at_once")]
    else:
        lines = [say("lost_later", length=_period(say, tiers.grace))]
    if tiers.lost_with is not None:
        lines += [say(f"lost_with_{_key(tiers.lost_with)}")]
    if tiers.one_level_every is not None:
        lines += [say("one_level", length=_period(say, tiers.one_level_every))]
    return [*lines, say("after_refund")] if tiers.is_lost_by_refund else lines


def _period(say: _Sayer, length: Duration) -> str:
    return wording.period(length, say.language)


def _key(period: str) -> str:
    return period.replace("-", "_")
