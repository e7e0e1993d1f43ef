"""What is wrong with rules for orders that can be read: groups that change nothing, steps down, limits too many."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice, pairwise

from chalicelib.money import exponent
from chalicelib.programs import wording
from chalicelib.programs.apart import counts_on, together
from chalicelib.programs.definition import Definition, Give, OrderRule, Percent, PerStep, Step, Steps, Times
from chalicelib.programs.giving import exact_points
from chalicelib.programs.groups import Group
from chalicelib.programs.limits import MOST_LIMITS
from chalicelib.programs.noting import Note

_MOST_CHOICES = 2_000
"""Of rules that can count together. Where there are more, all rules are taken to be together: too much, never less."""


def lint_orders(definition: Definition) -> Iterator[Note]:
    """Everything worth mending in groups, steps and choices of goods."""
    yield from _groups(definition)
    for index, rule in enumerate(definition.earn.rules):
        if isinstance(rule.give, Steps):
            yield from _steps(definition, rule.give, f"earn.rules[{index}].steps")
    for index, rule in enumerate(definition.earn.rules):
        of, without = getattr(rule, "of", None), getattr(rule, "without", None)
        if of is not None and of == without:
            message = "the rule leaves out all the goods that it counts"
            yield Note(f"earn.rules[{index}].except", message, "Leave one of the two out.")


def share_back(definition: Definition, currency: str, level: str = "") -> Fraction:
    """The most points of a currency that one line of an order brings for each whole unit of money, unmultiplied.

    Rules that are never together do not add up: those of other levels, of other goods, of other shops...
    level: of the member; empty where there is none
    """
    rules = [rule for rule in definition.earn.orders if counts_on(rule.when.member, level)]
    if all(rule.give.currency != currency for rule in rules):
        return Fraction(0)
    choices = islice(together(rules), _MOST_CHOICES + 1)
    found = [_sum(definition, [rules[place] for place in sorted(chosen)], currency) for chosen in choices]
    if len(found) > _MOST_CHOICES:
        return _sum(definition, rules, currency)
    return max(found)


def _sum(definition: Definition, rules: Sequence[OrderRule], currency: str) -> Fraction:
    """What rules give that all count at once."""
    unit = Fraction(10 ** exponent(definition.money))
    shares = {rule.name: _share(rule.give, currency, unit) for rule in rules}
    for rule in rules:
        if rule.share is not None:
            shares[rule.name] = min(shares[rule.name], rule.share)
    alone = sum((shares[rule.name] for rule in rules if not rule.group), Fraction(0))
    return alone + sum((_together(group, rules, shares) for group in definition.earn.groups), Fraction(0))


def _together(group: Group, rules: Sequence[OrderRule], shares: dict[str, Fraction]) -> Fraction:
    members = [rule for rule in rules if rule.group == group.name]
    found = [shares[rule.name] for rule in members]
    match group.take:
        case "largest" | "first":
            whole = max(found, default=Fraction(0))
        case _:
            whole = sum(found, Fraction(0))
    for rule in members:
        if isinstance(rule.give, Times):
            whole *= max(Fraction(1), rule.give.factor)
    return whole if group.share is None else min(whole, group.share)


def _share(give: Give, currency: str, unit: Fraction) -> Fraction:
    match give:
        case PerStep(count, step, key) if key == currency:
            return count * unit / step
        case Percent(share, key) if key == currency:
            return share
        case Steps(steps):
            return max((_share(step.give, currency, unit) for step in steps), default=Fraction(0))
        case _:
            return Fraction(0)


def _groups(definition: Definition) -> Iterator[Note]:
    earn = definition.earn
    names = {rule.name for rule in earn.rules}
    for group in earn.groups:
        path = f"earn.groups.{group.name}"
        if group.name in names:
            yield Note(path, f'the name "{group.name}" is a rule\'s, too', "Use each name only once.")
        members = [rule for rule in earn.orders if rule.group == group.name]
        is_bounded = group.at_most is not None or group.share is not None or group.limit is not None
        if not is_bounded and (len(members) == 1 or group.take == "add up"):
            yield Note(path, "this group changes nothing", "Add what bounds it, or another way to take its rules.")
    rules = sum(rule.limit is not None for rule in earn.rules)
    groups = sum(group.limit is not None for group in earn.groups)
    if groups and rules <= MOST_LIMITS < rules + groups:
        message = (
            f"{rules + groups} rules and groups have a budget or a limit for a length of time, "
            f"at most {MOST_LIMITS} are possible"
        )
        yield Note("earn.groups", message, "Join groups, or leave limits out: each of them makes every order slower.")


def _steps(definition: Definition, give: Steps, path: str) -> Iterator[Note]:
    """A larger order should not bring fewer points than a smaller one."""
    for index, (low, high) in enumerate(pairwise(give.steps), start=1):
        assert low.below is not None
        before, after = (_points(definition, step, low.below - less) for step, less in ((low, 1), (high, 0)))
        if after < before:
            money = wording.money(low.below, definition.money, "en")
            message = f"an order of {money} brings fewer points than a smaller one"
            yield Note(f"{path}[{index}]", message, "Let larger orders bring at least as much.", "warning")


def _points(definition: Definition, step: Step, amount: int) -> int:
    return int(exact_points(step.give, definition.money, Fraction(amount), 0))
