"""Reads how points are earned: which part of an order counts, and the rules."""

from collections.abc import Collection, Mapping
from typing import Literal

from chalicelib.programs.definition import ActivityRule, Base, Earn, OrderRule
from chalicelib.programs.read_activities import ACTIVITY_KEYS, read_activity_rule
from chalicelib.programs.read_goods import read_goods
from chalicelib.programs.read_groups import group_names, read_groups, with_currency
from chalicelib.programs.read_order_rule import ORDER_RULE_KEYS, read_order_rule
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear
from chalicelib.programs.vocabulary import Vocabulary

_MOST_RULES = 50
_EXPECTED = "a list of rules, each with name and give"
_KEYS = tuple(dict.fromkeys((*ORDER_RULE_KEYS, *ACTIVITY_KEYS)))
_IN: Mapping[str, Literal["included", "excluded"]] = {"included": "included", "excluded": "excluded"}
_DISCOUNTS: Mapping[str, Literal["deducted", "ignored"]] = {"deducted": "deducted", "ignored": "ignored"}
_PAID: Mapping[str, Literal["included", "excluded", "no points at all"]] = {
    "included": "included",
    "excluded": "excluded",
    "no points at all": "no points at all",
}


def read_earn(spot: Spot, words: Vocabulary) -> Earn:
    """The base and all rules, in the file's order."""
    block = Block(spot, ("base", "rules", "groups"))
    groups = block.optional("groups", group_names, ())
    base = block.optional("base", _base, Base())
    rules = block.required(
        "rules",
        lambda rules: rules.items(lambda rule: read_rule(rule, words, groups), _EXPECTED),
        (),
        "what earns points",
    )
    if len(rules) > _MOST_RULES:
        raise Unclear(f"at most {_MOST_RULES} rules")
    rules = tuple(with_currency(rule, rules) for rule in rules)
    return Earn(base, rules, block.optional("groups", lambda spot: read_groups(spot, rules, words, groups), ()))


def _base(spot: Spot) -> Base:
    block = Block(spot, ("of", "except", "tax", "shipping", "discounts", "gift_cards", "paid_with_points"))
    block.optional("of", lambda of: of.choice({"goods": "goods"}), "goods")
    usual = Base()
    return Base(
        tax=block.optional("tax", lambda tax: tax.choice(_IN), usual.tax),
        shipping=block.optional("shipping", lambda shipping: shipping.choice(_IN), usual.shipping),
        discounts=block.optional("discounts", lambda discounts: discounts.choice(_DISCOUNTS), usual.discounts),
        gift_cards=block.optional("gift_cards", lambda cards: cards.choice(_IN), usual.gift_cards),
        paid_with_points=block.optional("paid_with_points", lambda paid: paid.choice(_PAID), usual.paid_with_points),
        without=block.optional("except", read_goods, None),
    )


def read_rule(spot: Spot, words: Vocabulary, groups: Collection[str]) -> OrderRule | ActivityRule:
    """One rule, for orders or for an activity."""
    # `on` decides which keys a rule may have, so it is looked at before they are checked.
    wanted = Block(spot, _KEYS, "a rule with name and give").fields.get("on")
    if wanted is None or wanted.node.value == "order.paid":
        return read_order_rule(spot, words, groups)
    return read_activity_rule(spot, words, order_keys=ORDER_RULE_KEYS)
