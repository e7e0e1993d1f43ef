"""What each rule for orders gives for one order, alone and beside the other rules of its group."""

from collections.abc import Collection, Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from chalicelib.events import OrderFacts
from chalicelib.money import exponent, spread
from chalicelib.programs.basket import Basket, Item
from chalicelib.programs.definition import (
    Definition,
    Fixed,
    Give,
    OrderRule,
    Percent,
    PerItem,
    PerStep,
    Step,
    Steps,
    Times,
)
from chalicelib.programs.groups import Take
from chalicelib.programs.order_conditions import order_holds


class Earned(msgspec.Struct, frozen=True):
    """What one rule gives for an order.

    base: the amount that earns, in whole minor units      before, points: without and with the tier's multiplier
    """

    rule: str
    currency: str
    base: int
    before: int
    points: int


class Seen(msgspec.Struct, frozen=True):
    """What the rules see of an order.

    left, whole: what counts of it after and before refunds      local: when it was placed, by the program's clock
    held: names of the rules whose conditions on the member held
    """

    facts: OrderFacts
    left: Basket
    whole: Basket
    local: datetime
    held: Collection[str]


def given(definition: Definition, seen: Seen, times: Fraction) -> list[Earned]:
    """What each rule gives, in the file's order; 0 where it gives nothing. `times`: the tier's multiplier."""
    rules = definition.earn.orders
    plain = _points(definition, seen, Fraction(1))
    multiplied = plain if times == 1 else _points(definition, seen, times)
    return [
        Earned(rule.name, rule.give.currency, int(_own(rule, seen.left).amount), before, points)
        for rule, before, points in zip(rules, plain, multiplied, strict=True)
    ]


def line_points(definition: Definition, seen: Seen, earned: Sequence[Earned]) -> list[dict[str, int]]:
    """What each line of the order brings of what each rule gives, by the line's id: whole points that add up to it.

    A rule that gives nothing, or counts no known line, has no lines. What a line does not bring is of no known goods.
    """
    found, rules = [], definition.earn.orders
    for rule, line in zip(rules, earned, strict=True):
        counts = rule
        if isinstance(rule.give, Times):
            counts = next(first for first in rules if first.group == rule.group)
        items = _own(counts, seen.left).items if line.points else ()
        parts = spread(line.points, [item.amount for item in items])
        found.append({item.line.id: part for item, part in zip(items, parts, strict=True) if item.line.id})
    return found


def _points(definition: Definition, seen: Seen, times: Fraction) -> list[int]:
    rules, money = definition.earn.orders, definition.money
    points = [_alone(rule, money, seen, times) for rule in rules]
    for group in definition.earn.groups:
        members = [index for index, rule in enumerate(rules) if rule.group == group.name]
        if group.take == "multiply":
            together = _multiplied([rules[index] for index in members], money, seen, times)
        else:
            together = _taken(group.take, [points[index] for index in members])
        most = _most(group.at_most, group.share, money, seen.left.amount)
        for index, count in zip(members, _bounded(together, most), strict=True):
            points[index] = count
    return points


def _taken(take: Take, points: Sequence[int]) -> list[int]:
    match take:
        case "largest":
            chosen = points.index(max(points, default=0)) if points else 0
        case "first":
            chosen = next((index for index, count in enumerate(points) if count), 0)
        case _:
            return list(points)
    return [count if index == chosen else 0 for index, count in enumerate(points)]


def _multiplied(rules: Sequence[OrderRule], money: str, seen: Seen, times: Fraction) -> list[int]:
    """What the first rule gives, and what each of the others adds to that."""
    first, *others = rules
    points = [_alone(first, money, seen, times)]
    for rule in others:
        if isinstance(rule.give, Times) and _counts(rule, seen):
            times *= rule.give.factor
        points.append(_alone(first, money, seen, times) - sum(points))
    return points


def _bounded(points: Sequence[int], most: int | None) -> list[int]:
    """No more than `most` together: the first rules come first."""
    if most is None:
        return list(points)
    left, bounded = most, []
    for count in points:
        bounded.append(min(count, left))
        left -= bounded[-1]
    return bounded


def _alone(rule: OrderRule, money: str, seen: Seen, times: Fraction) -> int:
    """Whole points of one rule: what bounds one order first, then rounded once per order, or piece by piece."""
    left = _own(rule, seen.left)
    if left.amount <= 0 or _own(rule, _asked(rule, seen)).amount < rule.min_order or not _counts(rule, seen):
        return 0
    most = _most(rule.at_most, rule.share, money, seen.left.amount)
    if rule.rounded == "per item":
        points = sum(_of_item(rule, money, item, times) for item in left.items)
        return points if most is None else min(points, most)
    exact = exact_points(rule.give, money, left.amount, left.pieces) * times
    bounds = [exact]
    if rule.at_most is not None:
        bounds.append(Fraction(rule.at_most))
    if rule.share is not None:
        bounds.append(_of_money(rule.share, money, seen.left.amount))
    return rule.rounding.whole(min(bounds))


def _of_item(rule: OrderRule, money: str, item: Item, times: Fraction) -> int:
    """A line's points, each of its pieces rounded on its own."""
    pieces = max(1, item.pieces)
    return pieces * rule.rounding.whole(exact_points(rule.give, money, item.amount / pieces, 1) * times)


def _most(at_most: int | None, share: Fraction | None, money: str, amount: Fraction) -> int | None:
    """The most points of one order; None for no bound."""
    bounds = [] if at_most is None else [at_most]
    if share is not None:
        bounds.append(int(_of_money(share, money, amount)))
    return min(bounds, default=None)


def _of_money(share: Fraction, money: str, amount: Fraction) -> Fraction:
    return share * amount / Fraction(10 ** exponent(money))


def exact_points(give: Give, money: str, amount: Fraction, pieces: int) -> Fraction:
    """Points for an amount, unrounded and unmultiplied."""
    match give:
        case PerStep(points, step):
            return Fraction(points * (amount // step))
        case Percent(share, _, full):
            return _of_money(share, money, amount if full is None else Fraction(full * (amount // full)))
        case Fixed(points):
            return Fraction(points)
        case PerItem(points):
            return Fraction(points * pieces)
        case Steps(steps):
            return exact_points(_step(steps, amount).give, money, amount, pieces)
        case Times():
            return Fraction(0)


def _step(steps: Sequence[Step], amount: Fraction) -> Step:
    return next((step for step in steps if step.below is None or amount < step.below), steps[-1])


def _counts(rule: OrderRule, seen: Seen) -> bool:
    """Do the rule's conditions hold, on the order now and on the member when the order was first seen?"""
    if rule.when.asks_member and rule.name not in seen.held:
        return False
    asked = _asked(rule, seen)
    return order_holds(rule.when.order, seen.facts, seen.local, whole=asked, own=_own(rule, asked))


def _asked(rule: OrderRule, seen: Seen) -> Basket:
    """By what it is decided whether the order is large enough."""
    return seen.left if rule.when_refunded_below == "recheck" else seen.whole


def _own(rule: OrderRule, basket: Basket) -> Basket:
    return basket.chosen(rule.of, rule.without)
