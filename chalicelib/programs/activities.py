"""What an activity is worth: the rules that name it, in the lots of their points. Levels multiply money only."""

from chalicelib.ledger.documents import Pricing, Rolling, Target, Worth
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.counting import wants
from chalicelib.programs.definition import ActivityRule, Definition, PointsEarned
from chalicelib.programs.lots import keep_alive, lot
from chalicelib.programs.metrics import leaves_at, metric_name


def rewarded(definition: Definition, activity: str) -> tuple[ActivityRule, ...]:
    """The rules that give points for an activity ("review.created")."""
    return tuple(rule for rule in definition.earn.activities if rule.activity == activity)


def reward(definition: Definition, pricing: Pricing, activity: str) -> Target:
    """What one activity should be worth, in the context frozen when it was first told."""
    calendar = ZoneCalendar(definition.time_zone)
    points: dict[str, int] = {}
    rules = rewarded(definition, activity)
    for rule in rules:
        points[rule.give.currency] = points.get(rule.give.currency, 0) + rule.give.points
    worths = tuple(
        Worth(
            key,
            count,
            lot(
                definition.currency(key),
                calendar,
                occurred_at=pricing.occurred_at,
                member_since=pricing.member_since,
                delivered_at=None,
                told_at=pricing.told_at,
            ),
        )
        for key, count in points.items()
    )
    return Target(
        worths=worths,
        rolling=_rolling(definition, pricing, points, calendar),
        keep_alive=keep_alive(definition, pricing.occurred_at),
        rules=tuple(rule.name for rule in rules),
        wants=wants(definition, pricing, [(rule, rule.give.points) for rule in rules]),
    )


def _rolling(
    definition: Definition, pricing: Pricing, points: dict[str, int], calendar: ZoneCalendar
) -> tuple[Rolling, ...]:
    """Points of activities count for levels that are measured in points, not for those measured in money."""
    tiers = definition.tiers
    if tiers is None or not isinstance(tiers.measure, PointsEarned) or tiers.measure.currency not in points:
        return ()
    leaves = leaves_at(tiers.window, pricing.occurred_at, calendar)
    return (Rolling(metric_name(tiers.measure), points[tiers.measure.currency], leaves),)
