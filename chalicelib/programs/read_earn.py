"""Reads how points are earned: which part of an order counts, and the rules."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from chalicelib.money import Rounding
from chalicelib.programs.definition import ActivityRule, Base, Earn, Fixed, Give, OrderRule, Percent
from chalicelib.programs.read_limits import read_limits
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear
from chalicelib.programs.vocabulary import Vocabulary

_MOST_RULES = 50
_ORDER_KEYS = (
    "name",
    "on",
    "give",
    "rounding",
    "min_order",
    "when_refunded_below",
    "at_most",
    "budget",
    "count_full",
)
_ACTIVITY_KEYS = ("name", "on", "give", "once_per", "at_most", "budget")
_KEYS = tuple(dict.fromkeys((*_ORDER_KEYS, *_ACTIVITY_KEYS)))
_EVENTS = {"order.paid": "order.paid", "review.created": "review.created"}
_ROUNDINGS = {rounding.value: rounding for rounding in Rounding}
_IN: Mapping[str, Literal["included", "excluded"]] = {"included": "included", "excluded": "excluded"}
_DISCOUNTS: Mapping[str, Literal["deducted", "ignored"]] = {"deducted": "deducted", "ignored": "ignored"}
_PAID: Mapping[str, Literal["included", "excluded", "no points at all"]] = {
    "included": "included",
    "excluded": "excluded",
    "no points at all": "no points at all",
}
_BELOW: Mapping[str, Literal["recheck", "proportional"]] = {"recheck": "recheck", "proportional": "proportional"}


def read_earn(spot: Spot, words: Vocabulary) -> Earn:
    """The base and all rules, in the file's order."""
    block = Block(spot, ("base", "rules"))
    base = block.optional("base", _base, Base())
    rules = block.required(
        "rules",
        lambda rules: rules.items(lambda rule: _rule(rule, words), "a list of rules, each with name and give"),
        (),
        "what earns points",
    )
    if len(rules) > _MOST_RULES:
        raise Unclear(f"at most {_MOST_RULES} rules")
    return Earn(base, rules)


def _base(spot: Spot) -> Base:
    block = Block(spot, ("of", "tax", "shipping", "discounts", "gift_cards", "paid_with_points"))
    block.optional("of", lambda of: of.choice({"goods": "goods"}), "goods")
    usual = Base()
    return Base(
        tax=block.optional("tax", lambda tax: tax.choice(_IN), usual.tax),
        shipping=block.optional("shipping", lambda shipping: shipping.choice(_IN), usual.shipping),
        discounts=block.optional("discounts", lambda discounts: discounts.choice(_DISCOUNTS), usual.discounts),
        gift_cards=block.optional("gift_cards", lambda cards: cards.choice(_IN), usual.gift_cards),
        paid_with_points=block.optional("paid_with_points", lambda paid: paid.choice(_PAID), usual.paid_with_points),
    )


def _rule(spot: Spot, words: Vocabulary) -> OrderRule | ActivityRule:
    # `on` decides which keys a rule may have, so it is looked at before they are checked.
    wanted = Block(spot, _KEYS, "a rule with name and give").fields.get("on")
    if wanted is None or wanted.node.value == "order.paid":
        return _order_rule(spot, words)
    return _activity_rule(spot, words)


def _order_rule(spot: Spot, words: Vocabulary) -> OrderRule:
    block = Block(spot, None)
    if "once_per" in block.fields:
        block.object_to("once_per", "only a rule for an activity has this key")
    give = block.required("give", lambda give: give.read(words.give), Fixed(1, ""), "what it gives")
    if "count_full" in block.fields:
        give = _counting_full(block, give, words)
    if "when_refunded_below" in block.fields and "min_order" not in block.fields:
        block.object_to("when_refunded_below", "this says what happens below min_order, which is missing")
    most, limit = read_limits(block, give, words)
    return OrderRule(
        name=block.required("name", Spot.text, "", "a short name that members see"),
        give=give,
        rounding=block.optional("rounding", _rounding, Rounding.DOWN),
        min_order=block.optional("min_order", lambda least: least.read(words.amount), 0),
        when_refunded_below=block.optional("when_refunded_below", lambda below: below.choice(_BELOW), "recheck"),
        at_most=most,
        limit=limit,
    )


def _counting_full(block: Block, give: Give, words: Vocabulary) -> Give:
    full = block.optional("count_full", lambda full: full.read(words.amount), None)
    if isinstance(give, Percent):
        return replace(give, full=full)
    block.object_to("count_full", 'only a percentage has this key; "1 point per 20 EUR" counts full steps already')
    return give


def _rounding(spot: Spot) -> Rounding:
    """{down: per order}: how a fraction of a point becomes whole, once for each order."""
    block = Block(spot, _ROUNDINGS, "how to round, such as {down: per order}")
    if len(block.fields) != 1:
        raise Unclear("one way to round, such as {down: per order}")
    word = next(iter(block.fields))
    block.optional(word, lambda when: when.choice({"per order": True}), True)
    return _ROUNDINGS[word]


def _activity_rule(spot: Spot, words: Vocabulary) -> ActivityRule:
    block = Block(spot, None)
    block.optional("on", lambda on: on.choice(_EVENTS), "")
    for key in block.fields:
        if key in _KEYS and key not in _ACTIVITY_KEYS:
            block.object_to(key, "only a rule for orders has this key")
    block.required("once_per", lambda once: once.choice({"object": True}), True, "object")
    give = block.required("give", lambda give: give.read(words.points), Fixed(1, ""), "points such as 20 points")
    most, limit = read_limits(block, give, words)
    if most is not None:
        block.object_to("at_most", "an activity has no order: say per day, per month or another length of time")
    return ActivityRule(
        name=block.required("name", Spot.text, "", "a short name that members see"),
        activity="review.created",
        give=give,
        limit=limit,
    )
