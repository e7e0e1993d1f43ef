"""Reads one rule for paid orders."""

import re
from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from chalicelib.money import Rounding
from chalicelib.programs.definition import Fixed, Give, OrderRule, Percent, PerStep, Step, Steps, Times
from chalicelib.programs.read_activities import ACTIVITY_KEYS
from chalicelib.programs.read_goods import read_goods
from chalicelib.programs.read_limits import read_bounds
from chalicelib.programs.read_when import read_when
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, decimal
from chalicelib.programs.vocabulary import Vocabulary
from chalicelib.programs.when import When

ORDER_RULE_KEYS = (
    "name",
    "on",
    "give",
    "steps",
    "of",
    "except",
    "rounding",
    "min_order",
    "when_refunded_below",
    "at_most",
    "budget",
    "count_full",
    "when",
    "group",
)
_WITH_TIMES = ("name", "on", "give", "when", "group")
_TIMES = re.compile(r"(\S+) times")
_MOST_STEPS = 20
_ROUNDINGS = {rounding.value: rounding for rounding in Rounding}
_ROUNDED: Mapping[str, Literal["per order", "per item"]] = {"per order": "per order", "per item": "per item"}
_BELOW: Mapping[str, Literal["recheck", "proportional"]] = {"recheck": "recheck", "proportional": "proportional"}


def read_order_rule(spot: Spot, words: Vocabulary, groups: Collection[str]) -> OrderRule:
    """`groups`: names of the groups that the definition has."""
    block = Block(spot, None)
    for key in block.fields:
        if key in ACTIVITY_KEYS and key not in ORDER_RULE_KEYS:
            block.object_to(key, "only a rule for an activity has this key")
    give = _give(block, words)
    if isinstance(give, Times):
        for key in block.fields:
            if key in ORDER_RULE_KEYS and key not in _WITH_TIMES:
                block.object_to(key, "a rule that multiplies another one leaves this to that rule")
    if "count_full" in block.fields:
        give = _counting_full(block, give, words)
    if "when_refunded_below" in block.fields and "min_order" not in block.fields and "when" not in block.fields:
        block.object_to("when_refunded_below", "this says what happens below min_order, which is missing")
    bounds = read_bounds(block, give, words)
    rounding, rounded = block.optional("rounding", _rounding, (Rounding.DOWN, "per order"))
    return OrderRule(
        name=block.required("name", Spot.text, "", "a short name that members see"),
        give=give,
        rounding=rounding,
        min_order=block.optional("min_order", lambda least: least.read(words.amount), 0),
        when_refunded_below=block.optional("when_refunded_below", lambda below: below.choice(_BELOW), "recheck"),
        at_most=bounds.order,
        limit=bounds.limit,
        when=block.optional("when", lambda when: read_when(when, words), When()),
        of=block.optional("of", read_goods, None),
        without=block.optional("except", read_goods, None),
        rounded=rounded,
        share=bounds.share,
        group=_group(block, give, groups),
    )


def _group(block: Block, give: Give, groups: Collection[str]) -> str:
    known = {name: name for name in groups}
    if isinstance(give, Times):
        return block.required(
            "group", lambda group: group.choice(known), "", "the group whose first rule it multiplies"
        )
    return block.optional("group", lambda group: group.choice(known), "")


def _give(block: Block, words: Vocabulary) -> Give:
    if "steps" not in block.fields:
        return block.required("give", lambda give: _given(give, words), Fixed(1, ""), "what it gives")
    if "give" in block.fields:
        block.object_to("give", "a rule with steps says in each of them what it gives")
    return block.optional("steps", lambda steps: _steps(steps, words), Fixed(1, ""))


def _given(spot: Spot, words: Vocabulary) -> Give:
    if spot.is_text() and (match := _TIMES.fullmatch(spot.node.value.strip())):
        factor = decimal(match[1])
        if factor <= 1:
            raise Unclear("a number above one such as 2 times")
        return Times(factor, "")  # what it multiplies says which points they are
    return spot.read(words.give)


def _steps(spot: Spot, words: Vocabulary) -> Steps:
    """[{below: 555 RUB, give: 1 point per 20 RUB}, {give: 1 point per 10 RUB}], from small orders to large ones."""
    steps = spot.items(lambda step: _step(step, words), "a list of steps, each with below and give")
    if len(steps) > _MOST_STEPS:
        raise Unclear(f"at most {_MOST_STEPS} steps")
    below = [step.below for step in steps[:-1]]
    known = [amount for amount in below if amount is not None]
    if len(known) < len(below) or known != sorted(set(known)):
        raise Unclear("steps from small orders to large ones, each but the last with an amount that it is below")
    if steps and steps[-1].below is not None:
        raise Unclear("a last step without below, for all larger orders")
    currencies = {step.give.currency for step in steps}
    if len(currencies) > 1:
        raise Unclear("steps that all give the same points")
    return Steps(steps, next(iter(currencies), ""))


def _step(spot: Spot, words: Vocabulary) -> Step:
    block = Block(spot, ("below", "give"), "a step with below and give")
    give = block.required("give", lambda give: give.read(words.give), Fixed(1, ""), "what it gives")
    if not isinstance(give, PerStep | Percent | Fixed):
        raise Unclear("points for an amount, a share of it, or a number of points")
    return Step(block.optional("below", lambda below: below.read(words.amount), None), give)


def _counting_full(block: Block, give: Give, words: Vocabulary) -> Give:
    full = block.optional("count_full", lambda full: full.read(words.amount), None)
    if isinstance(give, Percent):
        return msgspec.structs.replace(give, full=full)
    block.object_to("count_full", 'only a percentage has this key; "1 point per 20 EUR" counts full steps already')
    return give


def _rounding(spot: Spot) -> tuple[Rounding, Literal["per order", "per item"]]:
    """{down: per order}: how a fraction of a point becomes whole, once for each order or for each piece of goods."""
    block = Block(spot, _ROUNDINGS, "how to round, such as {down: per order}")
    if len(block.fields) != 1:
        raise Unclear("one way to round, such as {down: per order}")
    word = next(iter(block.fields))
    return _ROUNDINGS[word], block.optional(word, lambda when: when.choice(_ROUNDED), "per order")
