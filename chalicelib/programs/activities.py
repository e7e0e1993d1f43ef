"""What an activity is worth: the rules that name it, in the lots of their points. Levels multiply money only."""

from collections.abc import Iterable

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.documents import Deed, Pricing, Target, Worth
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.counting import period, wants
from chalicelib.programs.deeds import Once
from chalicelib.programs.definition import ActivityRule, After, Currency, Definition, Moment
from chalicelib.programs.lots import is_unending, keep_alive, lot
from chalicelib.programs.measuring import by_activity, by_referral
from chalicelib.programs.member_counters import given_once
from chalicelib.programs.referral import JOINED, REFERRED

DONE = (Deed(done_at=1),)
"""A deed of which nothing more is known than that it was done."""


def rewarded(definition: Definition, activity: str) -> tuple[ActivityRule, ...]:
    """The rules that give points for an activity ("review.created")."""
    return tuple(rule for rule in definition.earn.activities if rule.activity == activity)


def once_per(definition: Definition, activity: str) -> Once:
    """What an activity is rewarded once for: all its rules say the same."""
    return next((rule.once_per for rule in rewarded(definition, activity)), "object")


def thing(definition: Definition, activity: str, named: str, done_at: Instant) -> str:
    """What makes a deed one with another, so that both count once: its object, or the day on which it was done.

    named: what it was done to, as its sender names it
    """
    match once_per(definition, activity):
        case "object":
            return named
        case "member":
            return "once"
        case span:
            return period(span, ZoneCalendar(definition.time_zone), occurred_at=done_at, member_since=done_at)


def counts(rule: ActivityRule, pricing: Pricing) -> bool:
    """Did the rule's conditions on the member hold when the activity was first told?"""
    return not rule.when.asks_member or rule.name in pricing.held


def reward(definition: Definition, pricing: Pricing, activity: str, deeds: Iterable[Deed] = DONE) -> Target:
    """What one activity should be worth, in the context frozen when it was first told.

    deeds: what was done and not taken back since; several count as one
    """
    calendar, done = ZoneCalendar(definition.time_zone), tuple(deeds)
    points: dict[str, int] = {}
    rules = [rule for rule in rewarded(definition, activity) if counts(rule, pricing) and _is_enough(rule, done)]
    for rule in rules:
        points[rule.give.currency] = points.get(rule.give.currency, 0) + rule.give.points
    worths = tuple(
        Worth(
            key,
            count,
            lot(
                _kind(definition, activity, key),
                calendar,
                occurred_at=pricing.occurred_at,
                member_since=pricing.member_since,
                delivered_at=None,
                told_at=pricing.told_at,
                is_unending=is_unending(definition, pricing.tier),
            ),
        )
        for key, count in points.items()
    )
    return Target(
        worths=worths,
        rolling=(
            *by_activity(definition, pricing, points),
            *(by_referral(definition, pricing, int(bool(done))) if activity == REFERRED else ()),
            *given_once(definition, pricing, {rule.name: rule.give.points for rule in rules}),
        ),
        keep_alive=keep_alive(definition, pricing.occurred_at),
        rules=tuple(rule.name for rule in rules),
        wants=wants(definition, pricing, [(rule, rule.give.points) for rule in rules]),
    )


def _kind(definition: Definition, activity: str, currency: str) -> Currency:
    """The points; those for a friend wait until the friend's order can no longer go back."""
    kind, terms = definition.currency(currency), definition.referral
    if activity not in (REFERRED, JOINED) or terms is None or terms.after is None:
        return kind
    return msgspec.structs.replace(kind, available=After(terms.after, Moment.START_OF_DAY))


def _is_enough(rule: ActivityRule, done: Iterable[Deed]) -> bool:
    """Is one of them all that the rule asks for?"""
    return any(deed.length >= rule.min_length and deed.amount >= rule.min_amount for deed in done)
