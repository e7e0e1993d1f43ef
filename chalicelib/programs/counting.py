"""Limits that span orders: in which period something counts, and what an order asks of each limit."""

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.events import Instant
from chalicelib.ledger.documents import Pricing, Want
from chalicelib.programs.calendar import ZoneCalendar, add_months
from chalicelib.programs.definition import ActivityRule, Definition, OrderRule
from chalicelib.programs.limits import Budget, Limit, Span
from chalicelib.programs.metrics import metric_name
from chalicelib.programs.tiers import PointsEarned


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
    measured = {measure for measure, _ in tiers.counted} if tiers is not None else set()
    level = tiers.level(pricing.tier) if tiers is not None else None
    own = level.limits if level is not None else {}
    found = []
    for name, currency, limit, points in _bounded(definition, given):
        measure = PointsEarned(currency)
        metric = metric_name(measure) if measure in measured else ""
        match limit:
            case Limit(most, span):
                since = pricing.member_since
                within = period(span, calendar, occurred_at=pricing.occurred_at, member_since=since)
                found.append(Want(name, currency, points, own.get(name, most), period=within, metric=metric))
            case Budget(of, when_short):
                found.append(Want(name, currency, points, of, metric=metric, when_short=when_short))
    return tuple(found)


def _bounded(
    definition: Definition, given: Sequence[tuple[OrderRule | ActivityRule, int]]
) -> Iterator[tuple[str, str, Limit | Budget | None, int]]:
    """By name, what may be bounded: each rule, and each group of the rules that were asked."""
    for rule, points in given:
        yield rule.name, rule.give.currency, rule.limit, points
    for group in definition.earn.groups:
        members = [(rule, points) for rule, points in given if isinstance(rule, OrderRule) and rule.group == group.name]
        if members:
            yield group.name, members[0][0].give.currency, group.limit, sum(points for _, points in members)


def _billing_start(born: date, day: date) -> date:
    months = 12 * (day.year - born.year) + day.month - born.month
    start = add_months(born, months)
    return start if start <= day else add_months(born, months - 1)
