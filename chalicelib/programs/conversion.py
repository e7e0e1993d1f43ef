"""Orders in other money than the program's: at the rate of their day, frozen when the order is first seen."""

from fractions import Fraction

import msgspec

from chalicelib.events import Instant, OrderFacts
from chalicelib.ledger.documents import Pricing
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition


class Exchange(msgspec.Struct, frozen=True):
    """How an order's money counts: `money` and `rate` as `Pricing` keeps them, both empty for the program's own."""

    money: str = ""
    rate: str = ""


def exchange(definition: Definition, money: str, occurred_at: Instant) -> Exchange | None:
    """How money of the local day of `occurred_at` counts; None when the program does not take it (yet).

    The newest rate that is not later than the day counts: a day without one uses the last known.
    """
    if money == definition.money:
        return Exchange()
    day = ZoneCalendar(definition.time_zone).day(occurred_at)
    rates = [rate for rate in definition.takes.get(money, ()) if rate.since <= day]
    if not rates:
        return None
    return Exchange(money, str(max(rates, key=lambda rate: rate.since).rate))


def rate_for(definition: Definition, pricing: Pricing, facts: OrderFacts) -> Fraction:
    """What one minor unit of the order is in minor units of the program's money; 0 for money it was not priced in."""
    if facts.currency != (pricing.money or definition.money):
        return Fraction(0)
    return Fraction(pricing.rate or 1)
