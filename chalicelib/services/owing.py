"""What a program owes its members in money: points outstanding, by age, and how likely each age is to be used."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.liability import Lot, Owed, owed
from chalicelib.ledger.vintages import Ages
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Currency
from chalicelib.programs.program import Program
from chalicelib.services.ports import Clock
from chalicelib.services.verifying import Follower, Found, Verification, Watch, unwatched

_QUARTER = 900_000
"""All zones change their day, and their clocks, at a full quarter of an hour."""


class Aged(msgspec.Struct, frozen=True):
    """Points of one age, in months. `likelihood`: to be used one day, once they can be used."""

    lot: Lot
    likelihood: Fraction


class Liability(msgspec.Struct, frozen=True):
    """One currency. `activation`: how likely points on the way become usable; `unit_cost`: minor units, None unknown.

    owed: its cost is 0 where the unit cost is unknown
    """

    currency: str
    ages: Sequence[Aged]
    activation: Fraction
    unit_cost: Fraction | None
    owed: Owed


class Owing(msgspec.Struct, frozen=True):
    """Estimates from the journal itself: it is read once, and checked on the way."""

    verification: Verification
    clock: Clock

    def report(
        self, program: Program, *, watch: Watch = unwatched, followers: Sequence[Follower] = ()
    ) -> tuple[Found, Sequence[Liability]]:
        """What the checker found, and the liability by currency. Raises TryAgain.

        followers: are shown every journal on the way
        """
        ages = Ages(_months(ZoneCalendar(program.latest.definition.time_zone)), self.clock.now())
        found = self.verification.verify(program, watch=watch, followers=[ages.follow, *followers])
        return found, [_liability(ages, currency) for currency in program.latest.definition.currencies]


def _liability(ages: Ages, currency: Currency) -> Liability:
    vintages, lots = ages.vintages[currency.key], list(ages.lots(currency.key))
    likelihood = {lot.age: vintages.likelihood(lot.age) for lot in lots}
    activation = vintages.activation()
    sum_owed = owed(lots, likelihood=likelihood, activation=activation, unit_cost=currency.worth or Fraction(0))
    aged = [Aged(lot, likelihood[lot.age]) for lot in lots]
    return Liability(currency.key, aged, activation, currency.worth, sum_owed)


def _months(calendar: ZoneCalendar) -> Callable[[Instant], int]:
    """The number of an instant's local month; each quarter of an hour is looked up once."""

    @cache
    def of_quarter(quarter: int) -> int:
        day = calendar.day(quarter * _QUARTER)
        return day.year * 12 + day.month - 1

    return lambda instant: of_quarter(instant // _QUARTER)
