"""Finds points that can be used by somebody who never bought anything: joining again and again would pay."""

from collections.abc import Iterator

from chalicelib.programs.definition import ActivityRule, Definition
from chalicelib.programs.noting import Note

_AT_THE_DOOR = frozenset({"app.installed", "profile.filled", "newsletter.joined", "link.shared"})
"""Activities that need no purchase, and that anybody can do on the first day."""


def lint_welcome(definition: Definition) -> Iterator[Note]:
    """A gift on the first day must not be enough for a reward without an order."""
    for index, rule in enumerate(definition.earn.rules):
        if not isinstance(rule, ActivityRule) or not _is_at_the_door(definition, rule):
            continue
        least = _least(definition, rule.give.currency)
        if least is not None and rule.give.points > least:
            message = f"{rule.give.points} points for no purchase, and {least} are enough to use: nobody has to buy"
            suggestion = "Give fewer, ask for more at once, or let points pay for a part of an order only."
            yield Note(f"earn.rules[{index}].give", message, suggestion, "warning")


def _is_at_the_door(definition: Definition, rule: ActivityRule) -> bool:
    """Does it count on the first day? What the program itself declares and counts once is taken to be such a thing."""
    is_own = any(rule.activity == declared.key for declared in definition.activities)
    return rule.activity in _AT_THE_DOOR or (is_own and rule.once_per == "member")


def _least(definition: Definition, currency: str) -> int | None:
    """The fewest points that bring something without a payment; None where there is nothing like that."""
    ways = [reward.price for reward in definition.offers.rewards if reward.currency == currency]
    pay, out = definition.pay, definition.pay_out
    if pay is not None and pay.currency == currency and pay.at_most == 1 and not (pay.leave or pay.min_order):
        ways.append(pay.min_points)
    if out is not None and out.currency == currency:
        ways.append(out.min_points)
    return min(ways, default=None)
