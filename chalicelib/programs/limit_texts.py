"""Sentences about limits that span orders, and about other money: part of the terms."""

from collections.abc import Callable

from chalicelib.money import exponent
from chalicelib.programs import wording
from chalicelib.programs.definition import ActivityRule, Definition, OrderRule
from chalicelib.programs.limits import Budget, Limit

Say = Callable[..., str]
"""A phrase by its name, with the words for its places."""


def limit_lines(rule: OrderRule | ActivityRule, say: Say, points: Callable[[int, str], str]) -> list[str]:
    """What bounds a rule beyond one order; nothing when nothing does. `points`: a number of a currency in words."""
    currency = rule.give.currency
    match rule.limit:
        case Limit(most, span):
            line = say(f"at_most_{span.replace(' ', '_')}", points=points(most, currency))
            return [line, say("surplus")]
        case Budget(of, when_short):
            line = say("budget", points=points(of, currency))
            return [line, say(f"budget_{when_short.replace(' ', '_')}"), say("budget_freed")]
        case None:
            return []


def money_lines(definition: Definition, language: str, say: Say, *, every_rate: bool) -> list[str]:
    """Which money counts, and at which rate: the last one of each money, or every one for the owner."""
    own = wording.money_name(definition.money, language)
    if not definition.takes:
        return [say("one_money", money=own)]
    lines = [say("own_money", money=own), say("other_money")]
    for code, rates in definition.takes.items():
        in_order = sorted(rates, key=lambda rate: rate.since)
        for each in in_order if every_rate else in_order[-1:]:
            one = 10 ** exponent(code)
            worth = wording.money(one * each.rate, definition.money, language)
            told = {"one": wording.money(one, code, language), "worth": worth}
            lines.append(say("rate", day=wording.day(each.since, language), **told))
    return lines
