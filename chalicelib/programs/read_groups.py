"""Reads groups of rules: `groups: {chosen: {take: largest, at_most: 3000 points per billing period}}`."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from chalicelib.programs.definition import ActivityRule, Fixed, OrderRule, Times
from chalicelib.programs.groups import Group, Take
from chalicelib.programs.read_limits import read_bounds
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear
from chalicelib.programs.vocabulary import Vocabulary

_MOST_GROUPS = 20
_LONGEST_NAME = 60
_TAKES: Mapping[str, Take] = {"add up": "add up", "largest": "largest", "multiply": "multiply", "first": "first"}
_KEYS = ("take", "at_most", "budget")


def group_names(spot: Spot) -> tuple[str, ...]:
    """The names of the groups, before they are read."""
    names = tuple(Block(spot, None, "groups by name, each with take").fields)
    if len(names) > _MOST_GROUPS:
        raise Unclear(f"at most {_MOST_GROUPS} groups")
    if any(not name.strip() or len(name) > _LONGEST_NAME for name in names):
        raise Unclear(f"names of groups of at most {_LONGEST_NAME} characters")
    return names


def read_groups(
    spot: Spot, rules: Sequence[OrderRule | ActivityRule], words: Vocabulary, names: Collection[str]
) -> tuple[Group, ...]:
    """The groups in the file's order. `rules`: those that may name them."""
    block = Block(spot, names)
    found = [block.optional(name, lambda one, name=name: _group(name, one, rules, words), None) for name in names]  # type: ignore[misc]
    return tuple(group for group in found if group is not None)


def _group(name: str, spot: Spot, rules: Sequence[OrderRule | ActivityRule], words: Vocabulary) -> Group:
    members = [rule for rule in rules if isinstance(rule, OrderRule) and rule.group == name]
    if not members:
        raise Unclear("a group that rules for orders name")
    block = Block(spot, _KEYS, "what the rules of the group give together, such as {take: largest}")
    usual: Take = "add up"
    take = block.required("take", lambda take: take.choice(_TAKES), usual, f"one of: {', '.join(_TAKES)}")
    bounds = read_bounds(block, Fixed(1, _currency(members)), words)
    if take == "multiply" and not _is_product(members):
        block.object_to("take", 'its first rule gives points, and every other one is such as "2 times"')
    if take != "multiply" and any(isinstance(rule.give, Times) for rule in members):
        block.object_to("take", 'a rule such as "2 times" belongs to a group with take: multiply')
    if len({rule.give.currency for rule in members if not isinstance(rule.give, Times)}) > 1:
        block.object_to("take", "the rules of a group give the same points")
    if bounds.limit is not None and any(rule.limit is not None for rule in members):
        block.object_to("at_most" if "budget" not in block.fields else "budget", "its rules have such limits already")
    return Group(name, take, at_most=bounds.order, share=bounds.share, limit=bounds.limit)


def _is_product(members: Sequence[OrderRule]) -> bool:
    first, *others = (isinstance(rule.give, Times) for rule in members)
    return not first and all(others)


def _currency(members: Sequence[OrderRule]) -> str:
    return next((rule.give.currency for rule in members if not isinstance(rule.give, Times)), "")


def with_currency(
    rule: OrderRule | ActivityRule, rules: Sequence[OrderRule | ActivityRule]
) -> OrderRule | ActivityRule:
    """A rule that multiplies another one gives the points of that."""
    if not isinstance(rule, OrderRule) or not isinstance(rule.give, Times):
        return rule
    members = [other for other in rules if isinstance(other, OrderRule) and other.group == rule.group]
    return msgspec.structs.replace(rule, give=msgspec.structs.replace(rule.give, currency=_currency(members)))
