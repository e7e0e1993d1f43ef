"""Sentences about what a rule for orders counts, when it does, and what rules of a group give together."""

from collections.abc import Callable, Iterator, Sequence
from datetime import time

import msgspec

from chalicelib.programs import wording
from chalicelib.programs.definition import Earn, OrderRule, PerItem, Step, Steps, Times
from chalicelib.programs.goods import Goods
from chalicelib.programs.limit_texts import Say, limit_lines
from chalicelib.programs.order_phrases import ORDER_PHRASES
from chalicelib.programs.order_when import LAST_DAY, Hours, OrderWhen

Money = Callable[[int], str]
Points = Callable[[int, str], str]


def give_lines(
    rule: OrderRule, language: str, points: Points, money: Money, simple: Callable[[OrderRule], list[str]]
) -> list[str]:
    """What a rule gives that is no plain amount, share or number. `simple`: the same for each of its steps."""
    match rule.give:
        case PerItem(count, currency):
            return [_say(language, "per_item", points=points(count, currency))]
        case Times(factor):
            return [_say(language, "times", times=wording.number(factor, language))]
        case Steps(steps):
            return list(_steps(rule, steps, language, money, simple))
        case _:
            return simple(rule)


def _steps(
    rule: OrderRule, steps: Sequence[Step], language: str, money: Money, simple: Callable[[OrderRule], list[str]]
) -> Iterator[str]:
    reached = None
    for step in steps:
        line = simple(msgspec.structs.replace(rule, give=step.give))[0]
        within = line[:1].lower() + line[1:]
        if step.below is not None:
            yield _say(language, "below", money=money(step.below), line=within)
        else:
            yield line if reached is None else _say(language, "from", money=money(reached), line=within)
        reached = step.below


def min_order_line(rule: OrderRule, language: str, money: Money, say: Say) -> str:
    """The least amount: of the goods that the rule counts where those are not all."""
    if rule.of is None and rule.without is None:
        return say("min_order", money=money(rule.min_order))
    return _say(language, "min_goods", money=money(rule.min_order))


def condition_lines(rule: OrderRule, language: str, money: Money, *, is_short: bool = False) -> list[str]:
    """What the rule counts and when; nothing for a rule that always counts everything.

    is_short: without what a refund does to it
    """
    lines = []
    if rule.of is not None:
        kinds = _kinds(rule.of, language)
        lines.append(_say(language, "of" if len(kinds) == 1 else "of_all", goods="; ".join(kinds)))
    if rule.without is not None:
        lines.append(_say(language, "except", goods=_goods(rule.without, language)))
    when = rule.when.order
    asked = [*_amounts(when, language, money)]
    if asked and not rule.min_order and not is_short:
        asked.append(_say(language, rule.when_refunded_below))
    return [*lines, *asked, *_places(when, language), *_times(when, language)]


def rounding_line(rule: OrderRule, language: str, say: Say) -> list[str]:
    """How fractions of a point become whole; a rule that multiplies another one leaves that to it."""
    if isinstance(rule.give, Times):
        return []
    if rule.rounded == "per item":
        return [_say(language, rule.rounding.value)]
    return [say(rule.rounding.value.replace(" ", "_"))]


def share_lines(rule: OrderRule, language: str) -> list[str]:
    """The most of an order that comes back."""
    return [] if rule.share is None else [_say(language, "share", share=wording.share(rule.share, language))]


def base_lines(earn: Earn, language: str) -> list[str]:
    """What no rule counts."""
    without = earn.base.without
    return [] if without is None else [_say(language, "never", goods=_goods(without, language))]


def group_lines(earn: Earn, language: str, say: Say, points: Points) -> list[str]:
    """What the rules of each group give together, and what bounds that."""
    lines = []
    for group in earn.groups:
        members = [rule for rule in earn.orders if rule.group == group.name]
        if not members:
            continue
        quotes = "«{}»" if language == "ru" else "\N{LEFT DOUBLE QUOTATION MARK}{}\N{RIGHT DOUBLE QUOTATION MARK}"
        lines.append(_say(language, group.take, rules=", ".join(quotes.format(rule.name) for rule in members)))
        together = msgspec.structs.replace(members[0], at_most=group.at_most, share=group.share, limit=group.limit)
        if together.at_most is not None:
            lines.append(say("at_most", points=points(together.at_most, together.give.currency)))
        lines += [*share_lines(together, language), *limit_lines(together, say, points)]
    return lines


def _say(language: str, phrase: str, **words: str) -> str:
    return ORDER_PHRASES[language][phrase].format(**words)


def _kinds(goods: Goods, language: str) -> list[str]:
    named = {"categories": goods.categories, "brands": goods.brands, "skus": goods.skus}
    kinds = [_say(language, kind, words=", ".join(words)) for kind, words in named.items() if words]
    return kinds if goods.price == "any" else [*kinds, _say(language, goods.price)]


def _goods(goods: Goods, language: str) -> str:
    return "; ".join(_kinds(goods, language))


def _amounts(when: OrderWhen, language: str, money: Money) -> Iterator[str]:
    if when.basket_from is not None:
        yield _say(language, "basket_from", money=money(when.basket_from))
    if when.basket_below is not None:
        yield _say(language, "basket_below", money=money(when.basket_below))
    if when.units is not None:
        count = wording.number(when.units.at_least, language)
        if when.units.of is None:
            yield _say(language, "units", count=count)
        else:
            yield _say(language, "units_of", count=count, goods=_goods(when.units.of, language))
    if when.contains is not None:
        yield _say(language, "contains", goods=_goods(when.contains, language))


def _places(when: OrderWhen, language: str) -> Iterator[str]:
    places = {
        "stores": when.stores,
        "terminals": when.terminals,
        "channels": when.channels,
        "payment_methods": when.payment_methods,
        "partners": when.partners,
    }
    for place, named in places.items():
        if named is not None:
            phrase = f"{place}_except" if named.are_left_out else place
            yield _say(language, phrase, words=", ".join(named.words))


def _times(when: OrderWhen, language: str) -> Iterator[str]:
    since, until = (wording.day(day, language) if day is not None else "" for day in (when.since, when.until))
    if since or until:
        yield _say(language, "dates" if since and until else "since" if since else "until", since=since, until=until)
    if when.weekdays:
        yield _say(
            language, "weekdays", words=", ".join(wording.weekday(day, language) for day in sorted(when.weekdays))
        )
    if when.days:
        days = [str(day) for day in sorted(when.days) if day != LAST_DAY]
        last = [_say(language, "last_day")] if LAST_DAY in when.days else []
        yield _say(language, "days", words=", ".join([*days, *last]))
    if when.hours:
        yield _say(language, "hours", words=", ".join(_span(hours, language) for hours in when.hours))


def _span(hours: Hours, language: str) -> str:
    until = "24:00" if hours.until == time(0) else hours.until.strftime("%H:%M")
    return _say(language, "span", since=hours.since.strftime("%H:%M"), until=until)
