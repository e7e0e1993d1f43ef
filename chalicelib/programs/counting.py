"""Limits that span orders: in which period something counts, and what an order asks of each limit."""

from collections.abc import Sequence
from datetime import date

from chalicelib.events import Instant
from chalicelib.ledger.documents import Pricing, Want
from chalicelib.programs.calendar import ZoneCalendar, add_months
from chalicelib.programs.definition import (
    ActivityRule,
    Definition,
    OrderRule,
    PointsEarned,
)
from chalicelib.programs.limits import Budget, Limit, Span
from chalicelib.programs.metrics import metric_name


def period(span: Span, calendar: ZoneCalendar, *, occurred_at: Instant, member_since: Instant) -> str:
    """The name of the period in which something counts, by the program's clock: "2026-01-31", "2026-W05", "2026-01".

    A billing period begins each month on the day on which the member began: 16 March to 15 April for one of a 16th; in
    a month without that day, on its last day.
    """
    day = calendar.day(occurred_at)
    match span:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{day:%Y-%m}"
        case "year":
            return f"{day:%Y}"
        case "billing period":
            return f"from-{_billing_start(calendar.day(member_since), day).isoformat()}"
        case "lifetime":
            return "lifetime"


def wants(
    definition: Definition, pricing: Pricing, given: Sequence[tuple[OrderRule | ActivityRule, int]]
) -> tuple[Want, ...]:
    """What rules with a limit give, for the limits to count. `given`: each rule and its points before the limit."""
    calendar = ZoneCalendar(definition.time_zone)
    tiers = definition.tiers
    measure = tiers.measure if tiers is not None and isinstance(tiers.measure, PointsEarned) else None
    found = []
    for rule, points in given:
        currency = rule.give.currency
        metric = metric_name(measure) if measure is not None and measure.currency == currency else ""
        match rule.limit:
            case Limit(most, span):
                since = pricing.member_since
                name = period(span, calendar, occurred_at=pricing.occurred_at, member_since=since)
                found.append(Want(rule.name, currency, points, most, period=name, metric=metric))
            case Budget(of, when_short):
                found.append(Want(rule.name, currency, points, of, metric=metric, when_short=when_short))
    return tuple(found)


def _billing_start(born: date, day: date) -> date:
    months = 12 * (day.year - born.year) + day.month - born.month
    start = add_months(born, months)
    return start if start <= day else add_months(born, months - 1)
