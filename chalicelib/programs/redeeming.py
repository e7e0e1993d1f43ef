"""What a program says of using points: how few, for how much of a purchase, and how long returned ones live."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition, Moment
from chalicelib.programs.durations import Duration
from chalicelib.programs.paying import Pay, PayOff, PayOut, Purchase, Rate, Rates
from chalicelib.programs.program import Program


def allowed(definition: Definition, points: int, goods: Purchase | int | None, currency: str | None = None) -> None:
    """Say no where the rules of paying with points do.

    goods: what is bought, in minor units of the program's money, or all that is known of it; None where the points buy
        no goods, as a coupon's do: then only the fewest points are asked for
    currency: of the points; the one that pays unless it is said
    Raises: Refused("nothing_is_paid_with_points", "below_minimum", "order_too_small", "categories_needed",
    "not_with_a_discount", "rate_not_known", "not_in_steps", "more_than_the_share", "confirmation_needed").
    """
    pay = definition.pay
    if pay is None or currency not in (None, pay.currency):
        if goods is None:
            return
        raise Refused("nothing_is_paid_with_points", currency=currency or definition.main.key)
    if points < pay.min_points:
        raise Refused("below_minimum", asked=points, least=pay.min_points)
    if goods is None:
        return
    purchase = goods if isinstance(goods, Purchase) else Purchase(goods)
    most = _most(definition, pay, purchase)
    if points % (step := step_of(pay, purchase.attributes)):
        raise Refused("not_in_steps", asked=points, step=step)
    if most is not None and points > most:
        share = pay.share(purchase.level)
        raise Refused("more_than_the_share", asked=points, most=most, goods=purchase.goods, share=str(share))
    _confirmed(pay, purchase, paid(definition, points, purchase.attributes))


def payable(definition: Definition, points: int, goods: Purchase | int) -> int:
    """The most of `points` that a purchase can be paid with; 0 for none. Who has to confirm is not asked."""
    pay = definition.pay
    if pay is None:
        return 0
    purchase = goods if isinstance(goods, Purchase) else Purchase(goods)
    try:
        most = _most(definition, pay, purchase)
    except Refused:
        return 0
    usable = points if most is None else min(points, most)
    usable -= usable % step_of(pay, purchase.attributes)
    return usable if usable >= max(1, pay.min_points) else 0


def paid(definition: Definition, points: int, attributes: Mapping[str, int]) -> int:
    """What so many points pay, in minor units; a fraction of one is not paid. 0 where nothing says what they do."""
    pay = definition.pay
    if pay is None:
        return 0
    rate = rate_of(pay.rate, attributes)
    if rate is not None:
        return rate.worth(points)
    return int(points * (definition.currency(pay.currency).worth or 0))


def rate_of(rate: Rate | Rates | None, attributes: Mapping[str, int]) -> Rate | None:
    """The rate for a member of whom so much is known. Raises Refused("rate_not_known") where no step counts."""
    if not isinstance(rate, Rates):
        return rate
    known = attributes.get(rate.attribute)
    found = [each for start, each in rate.steps if known is not None and start <= known]
    if not found:
        raise Refused("rate_not_known", attribute=rate.attribute)
    return found[-1]


def step_of(pay: Pay, attributes: Mapping[str, int]) -> int:
    """Only multiples of so many points pay."""
    rate = rate_of(pay.rate, attributes)
    return pay.step if rate is None else lcm(pay.step, rate.points)


def exchanged(change: PayOut | PayOff, points: int, attributes: Mapping[str, int]) -> int:
    """What points are exchanged for, in minor units. Raises Refused (below_minimum, not_in_steps, rate_not_known)."""
    if points < change.min_points:
        raise Refused("below_minimum", asked=points, least=change.min_points)
    rate = rate_of(change.rate, attributes)
    assert rate is not None
    if points % rate.points:
        raise Refused("not_in_steps", asked=points, step=rate.points)
    return rate.worth(points)


def _most(definition: Definition, pay: Pay, purchase: Purchase) -> int | None:
    """The most points that may pay for the purchase, before steps; None where nothing says what they are worth."""
    if purchase.goods < pay.min_order:
        raise Refused("order_too_small", goods=purchase.goods, least=pay.min_order)
    discount = definition.offers.discount
    if discount is not None and not discount.with_points and purchase.discount:
        raise Refused("not_with_a_discount", discount=purchase.discount)
    if pay.not_for and purchase.by_category is None:
        raise Refused("categories_needed", not_for=", ".join(pay.not_for)[:200])
    left_out = {name.lower(): amount for name, amount in (purchase.by_category or {}).items()}
    payable_goods = max(0, purchase.goods - sum(left_out.get(name, 0) for name in pay.not_for))
    share = pay.share(purchase.level)
    most = max(Fraction(0), min(share * payable_goods, Fraction(purchase.goods - pay.leave)))
    rate = rate_of(pay.rate, purchase.attributes)
    if rate is not None:
        return int(most / rate.money) * rate.points
    worth = definition.currency(pay.currency).worth
    return None if worth is None else int(most / worth)


def _confirmed(pay: Pay, purchase: Purchase, money: int) -> None:
    for each in pay.confirm:
        if money > each.above and each.how not in purchase.confirmed:
            raise Refused("confirmation_needed", how=each.how, above=each.above)


def restored_until(definition: Definition, at: Instant) -> Instant:
    """Until when points that are given back at `at` can be used at least; `at` itself without a grace.

    A day counts to its end: returned on 5 July with a grace of 14 days, they can be used through 19 July.
    """
    days = definition.refunds.restore_grace_days
    if not days:
        return at
    calendar = ZoneCalendar(definition.time_zone)
    return calendar.moved(calendar.shifted(at, Duration(days, "day")), Moment.END_OF_DAY)


def redeemable(program: Program, currency: str | None, at: Instant) -> str:
    """The currency that is to be used: the one named, or the main one of the version in force.

    One that an earlier version had is known for ever: what its owners hold can be used. Raises Refused.
    """
    if currency is None:
        return program.in_force(at).definition.main.key
    ruled = [version for version in program.versions if version.since <= at] or program.versions[:1]
    if any(known.key == currency for version in ruled for known in version.definition.currencies):
        return currency
    raise Refused("unknown_currency", currency=currency[:40])
