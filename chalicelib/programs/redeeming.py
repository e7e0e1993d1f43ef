"""What a program says of using points: how few, for how much of a purchase, and how long returned ones live."""

from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition, Duration, Moment
from chalicelib.programs.program import Program


def allowed(definition: Definition, points: int, goods: int | None, currency: str | None = None) -> None:
    """Say no where the rules of paying with points do.

    goods: what is bought, in minor units of the program's money; None where the points buy no goods, as a coupon's do:
        then only the fewest points are asked for      currency: of the points; the one that pays unless it is said
    Raises: Refused("nothing_is_paid_with_points", "below_minimum", "more_than_the_share").
    """
    pay = definition.pay
    if pay is None or currency not in (None, pay.currency):
        if goods is None:
            return
        raise Refused("nothing_is_paid_with_points", currency=currency or definition.main.key)
    if points < pay.min_points:
        raise Refused("below_minimum", asked=points, least=pay.min_points)
    worth = definition.currency(pay.currency).worth
    if goods is None or worth is None:
        return
    if points * worth > pay.at_most * goods:
        most = int(pay.at_most * goods / worth)
        raise Refused("more_than_the_share", asked=points, most=most, goods=goods, share=str(pay.at_most))


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
