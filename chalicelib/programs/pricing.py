"""What an order is worth under a definition: pure, from the facts and the frozen context alone.

The same facts give the same target in whatever order they were told; the ledger posts the difference.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from chalicelib.errors import Broken
from chalicelib.events import Amounts, Instant, LineBack, OrderFacts
from chalicelib.ledger.documents import Pricing, Target, Worth
from chalicelib.programs.basket import NOTHING_GONE, Basket, Gone, basket
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.conversion import exchange, rate_for
from chalicelib.programs.counting import wants
from chalicelib.programs.definition import Definition
from chalicelib.programs.giving import Earned, Seen, given, line_points
from chalicelib.programs.looking import counts_lines
from chalicelib.programs.lots import is_unending, keep_alive, late_from, lot
from chalicelib.programs.measuring import by_order, visits
from chalicelib.programs.member_counters import counted_order
from chalicelib.programs.program import Version


def frozen(
    version: Version,
    facts: OrderFacts,
    *,
    tier: str,
    member_since: Instant,
    told_at: Instant,
    held: tuple[str, ...] = (),
) -> Pricing:
    """The context that prices an order from its first sight on. Raises Broken for money that is not taken.

    held: names of the rules whose conditions on the member hold, see `member_conditions`
    """
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
        held=held,
    )


def multiplier(definition: Definition, tier: str) -> Fraction:
    """How many times the points a member of `tier` gets; 1 for a tier the definition does not know."""
    if definition.tiers is not None:
        for level in definition.tiers.levels:
            if level.name == tier:
                return level.multiply
    return Fraction(1)


def price(
    definition: Definition,
    pricing: Pricing,
    facts: OrderFacts,
    returned: Amounts,
    lines_returned: Mapping[str, LineBack] | None = None,
) -> Target:
    """What the order should be worth now: the points of its amounts less what was `returned`.

    An order that is not paid, is cancelled or in other money is worth no points, in the lots it would have had. Any
    order counts as activity, whatever became of it, so that the end does not depend on what was told first. Limits
    that span orders are not applied here: what they have to count stands in `wants`.

    lines_returned: what is known to have gone back of single lines
    """
    calendar = ZoneCalendar(definition.time_zone)
    rate = rate_for(definition, pricing, facts)
    gone = Gone(returned, lines_returned or {})
    seen = _seen(definition, facts, gone, rate, local=calendar.local(pricing.occurred_at), held=pricing.held)
    lines = given(definition, seen, multiplier(definition, pricing.tier))
    rules_given = [(rule, line.points) for rule, line in zip(definition.earn.orders, lines, strict=True)]
    left, by_rule = seen.left, {line.rule: line.points for line in lines}
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
                is_unending=is_unending(definition, pricing.tier),
            ),
        )
        for currency in definition.currencies
    )
    return Target(
        worths=worths,
        rolling=(
            *by_order(definition, pricing, {worth.currency: worth.points for worth in worths}, left),
            *counted_order(definition, pricing, facts, returned, money=int(left.amount), given=by_rule),
        ),
        keep_alive=keep_alive(definition, pricing.occurred_at),
        rules=tuple(line.rule for line in lines if line.points),
        wants=(*wants(definition, pricing, rules_given), *visits(definition, pricing, left)),
    )


def explain(
    definition: Definition,
    facts: OrderFacts,
    tier: str,
    gone: Gone | None = None,
    *,
    rate: Fraction | None = None,
    held: Collection[str] = (),
    at: Instant | None = None,
) -> Sequence[Earned]:
    """What each rule for orders gives, in the file's order; rules that give nothing are there with 0.

    rate: of the order's money, see `rate_for`; None counts the program's own money only
    held: names of the rules whose conditions on the member held, see `Pricing`
    at: when the order counts as placed, see `Pricing`; None for when it says itself
    """
    if rate is None:
        rate = Fraction(facts.currency == definition.money)
    local = ZoneCalendar(definition.time_zone).local(facts.occurred_at if at is None else at)
    seen = _seen(definition, facts, gone or NOTHING_GONE, rate, local=local, held=held)
    return given(definition, seen, multiplier(definition, tier))


def explain_lines(
    definition: Definition, pricing: Pricing, facts: OrderFacts, earned: Sequence[Earned]
) -> Sequence[Mapping[str, int]]:
    """What each line brings of what each rule gives, in the file's order; see `giving.line_points`."""
    local, rate = ZoneCalendar(definition.time_zone).local(pricing.occurred_at), rate_for(definition, pricing, facts)
    whole = basket(definition.earn.base, facts, NOTHING_GONE, rate, by_line=True)
    return line_points(definition, Seen(facts, whole, whole, local, pricing.held), earned)


def _seen(
    definition: Definition, facts: OrderFacts, gone: Gone, rate: Fraction, *, local: datetime, held: Collection[str]
) -> Seen:
    """What earns of the order, in the program's minor units; nothing while the order earns nothing at all."""
    if not facts.is_paid or facts.is_cancelled:
        return Seen(facts, Basket(), Basket(), local, held)
    base, by_line = definition.earn.base, counts_lines(definition)
    left = basket(base, facts, gone, rate, by_line=by_line)
    whole = left if gone == NOTHING_GONE else basket(base, facts, NOTHING_GONE, rate, by_line=by_line)
    return Seen(facts, left, whole, local, held)
