"""What conditions on members, and what is declared for them, still get wrong."""

from collections import Counter
from collections.abc import Callable, Iterator

from chalicelib.programs.definition import ActivityRule, Definition
from chalicelib.programs.member_when import MemberWhen
from chalicelib.programs.noting import Note
from chalicelib.programs.paying import Rates
from chalicelib.programs.titles import missing_titles
from chalicelib.programs.values import nearest

_ORDERS: tuple[tuple[str, Callable[[MemberWhen], object]], ...] = (
    ("order_number", lambda when: when.order_number),
    ("back_after", lambda when: when.back_after),
    ("orders", lambda when: when.orders_within),
    ("surprise", lambda when: when.surprise),
)


def lint_membership(definition: Definition) -> Iterator[Note]:
    """Conditions that never hold or ask for what is not there; declarations on which nothing depends."""
    whens = list(_conditions(definition))
    for path, when in whens:
        yield from _levels(definition, path, when)
        yield from _contradictions(path, when)
    for index, rule in enumerate(definition.earn.rules):
        path = f"earn.rules[{index}].when"
        if isinstance(rule, ActivityRule):
            yield from _of_orders(path, rule.when.member)
        yield from _again_and_again(path, rule.when.member)
    yield from _unused(definition, [when for _, when in whens])
    yield from _drawn_alike(definition)
    yield from _called(definition)


def _conditions(definition: Definition) -> Iterator[tuple[str, MemberWhen]]:
    """Every block of conditions, those inside others too, and its path."""
    found = [(f"earn.rules[{index}].when", rule.when.member) for index, rule in enumerate(definition.earn.rules)]
    benefits = definition.membership.benefits
    found += [(f"benefits[{index}].while", benefit.while_) for index, benefit in enumerate(benefits)]
    for path, when in found:
        yield path, when
        for index, each in enumerate(when.any_of):
            yield f"{path}.any_of[{index}]", each


def _levels(definition: Definition, path: str, when: MemberWhen) -> Iterator[Note]:
    known = [level.name for level in definition.tiers.levels] if definition.tiers is not None else []
    for name in when.levels:
        if name not in known:
            meant = nearest(name, known)
            suggestion = f'Did you mean "{meant}"?' if meant else "Name a level of tiers."
            yield Note(f"{path}.level", f'there is no level "{name}", so this never holds', suggestion)


def _contradictions(path: str, when: MemberWhen) -> Iterator[Note]:
    for key, one, other in (("not_in", when.in_lists, when.not_in), ("without_plan", when.plans, when.without_plans)):
        if one and set(one) <= set(other):
            yield Note(
                f"{path}.{key}", "what is asked for is left out again, so this never holds", "Leave one of both out."
            )


def _of_orders(path: str, when: MemberWhen) -> Iterator[Note]:
    for block_path, block in ((path, when), *((f"{path}.any_of[{i}]", each) for i, each in enumerate(when.any_of))):
        for key, asked in _ORDERS:
            if asked(block) is not None:
                message = "this is about an order, and the rule rewards something else"
                yield Note(f"{block_path}.{key}", message, "Leave it out, or let the rule reward orders.")


def _again_and_again(path: str, when: MemberWhen) -> Iterator[Note]:
    if when.orders_within is not None and when.once_in is None:
        message = f"every order after number {when.orders_within.count} in that time earns this again"
        yield Note(f"{path}.orders", message, "Add once_in with the same time to give it once.", "warning")


def _unused(definition: Definition, whens: list[MemberWhen]) -> Iterator[Note]:
    """What is kept for nothing is a warning; what members pay for or pick for nothing must be mended."""
    known = definition.membership
    tested = {test.name for when in whens for test in when.attributes} | _in_rates(definition)
    asked = {name for when in whens for name in (*when.in_lists, *when.not_in)}
    suggestion = "Let a rule or a benefit ask for it, or leave it out."
    for name in known.attributes:
        if name not in tested:
            yield Note(f"members.attributes.{name}", f'nothing depends on "{name}"', suggestion, "warning")
    for index, name in enumerate(known.lists):
        if name not in asked:
            yield Note(f"segments[{index}]", f'nothing depends on "{name}"', suggestion, "warning")
    paid = {name for when in whens for name in (*when.plans, *when.without_plans)}
    for plan in known.plans:
        if plan.name not in paid:
            yield Note(f"plans.{plan.name}", "nothing depends on this plan, so its fee buys nothing", suggestion)
    yield from _unused_lots(definition, whens)


def _unused_lots(definition: Definition, whens: list[MemberWhen]) -> Iterator[Note]:
    chosen = {when.chosen for when in whens}
    for choice in definition.membership.choices:
        for option in choice.options:
            if option not in chosen and option not in choice.always:
                message = f'nothing depends on the option "{option}", so picking it brings nothing'
                yield Note(f"choices.{choice.name}.of", message, "Let a rule ask for it with chosen, or leave it out.")
    groups = {when.group.group for when in whens if when.group is not None}
    for group in definition.membership.groups:
        if group not in groups:
            yield Note(group, "nothing depends on this group", f"Let a rule ask for it: group: not {group}.")


def _in_rates(definition: Definition) -> set[str]:
    """Attributes on which the worth of points depends."""
    ways = (definition.pay, definition.pay_out, definition.pay_off)
    rates = [way.rate for way in ways if way is not None]
    return {rate.attribute for rate in rates if isinstance(rate, Rates)}


def _called(definition: Definition) -> Iterator[Note]:
    known = definition.membership
    for word, titles in known.names.items():
        path = f"members.names.{word}"
        if word not in known.words:
            meant = nearest(word, known.words)
            suggestion = f'Did you mean "{meant}"?' if meant else "Leave it out."
            yield Note(path, f'nothing is called "{word}" here', suggestion)
        for language in missing_titles(titles, definition.languages):
            yield Note(
                path, f"the name in {language} is missing", "Add it in each of the program's languages.", "warning"
            )


def _drawn_alike(definition: Definition) -> Iterator[Note]:
    groups = definition.membership.groups
    if len({drawn.salt for drawn in groups.values()}) < len(groups):
        message = "pilot and holdout have the same salt, so the smaller one is a part of the other"
        yield Note("holdout.salt", message, "Give each a word of its own.")
    seeds = Counter(rule.when.member.surprise.seed for rule in definition.earn.rules if rule.when.member.surprise)
    for index, rule in enumerate(definition.earn.rules):
        surprise = rule.when.member.surprise
        if surprise is not None and seeds[surprise.seed] > 1:
            message = "another rule has the same seed, so the same orders are drawn by both"
            yield Note(f"earn.rules[{index}].when.surprise.seed", message, "Give each a word of its own.", "warning")
