"""What an order is worth under a definition: pure, from the facts and the frozen context alone.

The same facts give the same target in whatever order they were told; the ledger posts the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.errors import Broken
from chalicelib.events import Amounts, Instant, OrderFacts
from chalicelib.ledger.documents import Pricing, Rolling, Target, Worth
from chalicelib.money import exponent
from chalicelib.programs.base import earning_amount
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.conversion import exchange, rate_for
from chalicelib.programs.counting import wants
from chalicelib.programs.definition import (
    Definition,
    Fixed,
    Give,
    MoneySpent,
    OrderRule,
    Percent,
    PerStep,
    PointsEarned,
)
from chalicelib.programs.lots import keep_alive, late_from, lot
from chalicelib.programs.metrics import leaves_at, metric_name
from chalicelib.programs.program import Version


@dataclass(frozen=True, slots=True)
class Earned:
    """What one rule gives for an order.

    base: the amount that earns, in whole minor units      before, points: without and with the tier's multiplier
    """

    rule: str
    currency: str
    base: int
    before: int
    points: int


def frozen(version: Version, facts: OrderFacts, *, tier: str, member_since: Instant, told_at: Instant) -> Pricing:
    """The context that prices an order from its first sight on. Raises Broken for money that is not taken."""
    counts = exchange(version.definition, facts.currency, facts.occurred_at)
    if counts is None:
        raise Broken("money_is_not_taken", money=facts.currency)
    return Pricing(
        version=version.sha,
        tier=tier,
        occurred_at=facts.occurred_at,
        member_since=member_since,
        money=counts.money,
        rate=counts.rate,
        told_at=late_from(version.definition, told_at),
    )


def multiplier(definition: Definition, tier: str) -> Fraction:
    """How many times the points a member of `tier` gets; 1 for a tier the definition does not know."""
    if definition.tiers is not None:
        for level in definition.tiers.levels:
            if level.name == tier:
                return level.multiply
    return Fraction(1)


def price(definition: Definition, pricing: Pricing, facts: OrderFacts, returned: Amounts) -> Target:
    """What the order should be worth now: the points of its amounts less what was `returned`.

    An order that is not paid, is cancelled or in other money is worth no points, in the lots it would have had. Any
    order counts as activity, whatever became of it, so that the end does not depend on what was told first. Limits
    that span orders are not applied here: what they have to count stands in `wants`.
    """
    calendar = ZoneCalendar(definition.time_zone)
    rate = rate_for(definition, pricing, facts)
    lines = explain(definition, facts, pricing.tier, returned, rate=rate)
    given = [(rule, line.points) for rule, line in zip(definition.earn.orders, lines, strict=True)]
    worths = tuple(
        Worth(
            currency=currency.key,
            points=sum(line.points for line in lines if line.currency == currency.key),
            lot=lot(
                currency,
                calendar,
                occurred_at=pricing.occurred_at,
                member_since=pricing.member_since,
                delivered_at=facts.delivered_at,
                told_at=pricing.told_at,
            ),
        )
        for currency in definition.currencies
    )
    return Target(
        worths=worths,
        rolling=_rolling(definition, pricing, worths, _amount(definition, facts, returned, rate), calendar),
        keep_alive=keep_alive(definition, pricing.occurred_at),
        rules=tuple(line.rule for line in lines if line.points),
        wants=wants(definition, pricing, given),
    )


def explain(
    definition: Definition,
    facts: OrderFacts,
    tier: str,
    returned: Amounts | None = None,
    *,
    rate: Fraction | None = None,
) -> Sequence[Earned]:
    """What each rule for orders gives, in the file's order; rules that give nothing are there with 0.

    rate: of the order's money, see `rate_for`; None counts the program's own money only
    """
    nothing = Amounts()
    if rate is None:
        rate = Fraction(facts.currency == definition.money)
    left = _amount(definition, facts, returned or nothing, rate)
    whole = _amount(definition, facts, nothing, rate)
    times = multiplier(definition, tier)
    lines = []
    for rule in definition.earn.orders:
        exact = _exact_points(rule, definition.money, left, whole)
        before, points = (_rounded(rule, exact * by) for by in (Fraction(1), times))
        lines.append(Earned(rule.name, rule.give.currency, int(left), before, points))
    return lines


def _amount(definition: Definition, facts: OrderFacts, returned: Amounts, rate: Fraction) -> Fraction:
    """The part of the order that earns, in the program's minor units; nothing while the order earns nothing at all."""
    if not facts.is_paid or facts.is_cancelled:
        return Fraction(0)
    return earning_amount(definition.earn.base, facts.amounts, returned) * rate


def _exact_points(rule: OrderRule, money: str, left: Fraction, whole: Fraction) -> Fraction:
    """Points of `left`, unrounded and unmultiplied. `whole` is the amount before any refund."""
    asked = left if rule.when_refunded_below == "recheck" else whole
    if left <= 0 or asked < rule.min_order:
        return Fraction(0)
    return _given(rule.give, money, left)


def _given(give: Give, money: str, amount: Fraction) -> Fraction:
    match give:
        case PerStep(points, step):
            return Fraction(points * (amount // step))
        case Percent(share, _, full):
            counted = amount if full is None else Fraction(full * (amount // full))
            return share * counted / Fraction(10 ** exponent(money))
        case Fixed(points):
            return Fraction(points)


def _rounded(rule: OrderRule, exact: Fraction) -> int:
    """Whole points: the limit first, then rounded once per order and rule."""
    limited = exact if rule.at_most is None else min(exact, Fraction(rule.at_most))
    return rule.rounding.whole(limited)


def _rolling(
    definition: Definition, pricing: Pricing, worths: Sequence[Worth], amount: Fraction, calendar: ZoneCalendar
) -> tuple[Rolling, ...]:
    """What the order adds to the tiers' measure."""
    tiers = definition.tiers
    if tiers is None:
        return ()
    match tiers.measure:
        case PointsEarned(currency):
            points = sum(worth.points for worth in worths if worth.currency == currency)
        case MoneySpent():
            points = int(amount)
    leaves = leaves_at(tiers.window, pricing.occurred_at, calendar)
    return (Rolling(metric=metric_name(tiers.measure), points=points, leaves=leaves),)
