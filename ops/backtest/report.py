"""What a back-test came to, before it is told to anybody, and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from chalicelib.programs.backtest.figures import Month, Points
from chalicelib.programs.backtest.model import Model
from chalicelib.programs.backtest.replay import Replay
from chalicelib.programs.backtest.verdict import Comparison, Reach, Verdict, compared, reach, verdict
from chalicelib.programs.definition import Definition
from ops.backtest.layouts import Layout
from ops.backtest.table import Reading


@dataclass(frozen=True, slots=True)
class Result:
    """One program over the history."""

    file: str
    replay: Replay
    verdict: Verdict
    reach: Reach

    @property
    def definition(self) -> Definition:
        """The rules that were tried."""
        return self.replay.definition

    @property
    def months(self) -> Sequence[Month]:
        """Oldest first."""
        return self.replay.months

    def points(self, currency: str) -> Points:
        """Of one currency, all months together."""
        total = Points()
        for month in self.months:
            part = month.points[currency]
            total.issued += part.issued
            total.redeemed += part.redeemed
            total.expired += part.expired
            total.taken_back += part.taken_back
            total.debt += part.debt
        return total

    @property
    def is_worth_known(self) -> bool:
        """Does the definition say what a point is worth, of every kind that was given?"""
        return all(
            currency.worth is not None or not self.points(currency.key).issued
            for currency in self.definition.currencies
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a back-test was made: how points are used, and what money counts as.

    rates: what one unit of other money counts as, as it was asked for      is_own_money: amounts are taken as they are
    """

    model: Model
    margin: Fraction | None
    rates: Mapping[str, Fraction]
    is_own_money: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One or two programs over one file."""

    orders: str
    layout: Layout
    reading: Reading
    terms: Terms
    results: tuple[Result, ...]
    comparison: Comparison | None

    @property
    def first(self) -> Result:
        """The program that was asked about."""
        return self.results[0]


def report(
    orders: str, layout: Layout, reading: Reading, terms: Terms, replays: Sequence[tuple[str, Replay]]
) -> Report:
    """Sum up finished replays: (file, replay) of one program, or of two that were fed the same events."""
    results = tuple(Result(file, replay, verdict(replay, terms.margin), reach(replay)) for file, replay in replays)
    comparison = compared(replays[0][1], replays[1][1]) if len(replays) > 1 else None
    return Report(orders, layout, reading, terms, results, comparison)


def as_json(told: Report) -> dict[str, Any]:
    """Everything as plain data. Money in whole minor units, shares and medians as numbers."""
    books = told.first.replay.books
    return {
        "orders": told.orders,
        "layout": told.layout.name,
        "rows": told.reading.rows,
        "left_out": dict(told.reading.left_out),
        "broken": told.reading.broken,
        "redemption": {
            "chance": float(told.terms.model.chance),
            "least": told.terms.model.least,
            "seed": told.terms.model.seed,
        },
        "margin": _number(told.terms.margin),
        "rates": {money: str(rate) for money, rate in told.terms.rates.items()},
        "as_program_money": told.terms.is_own_money,
        "books": {
            "orders": books.orders,
            "guest_orders": books.guest_orders,
            "returns": books.returned,
            "unmatched_returns": books.unmatched,
            "other_money": dict(books.other_money),
        },
        "programs": [_program(result) for result in told.results],
        "comparison": None if told.comparison is None else _comparison(told.comparison),
    }


def _program(result: Result) -> dict[str, Any]:
    books, found = result.replay.books, result.verdict
    return {
        "program": result.definition.program,
        "file": result.file,
        "money": result.definition.money,
        "sales": _money(books.sales),
        "returned": _money(books.returns),
        "guest_sales": _money(books.guest_sales),
        "unmatched_money": _money(books.unmatched_money),
        "points": {currency.key: _points(result.points(currency.key)) for currency in result.definition.currencies},
        "times_used": result.replay.uses,
        "is_worth_known": result.is_worth_known,
        "worth_used": _money(found.used),
        "worth_held": _money(found.open),
        "cost": _money(found.cost),
        "share_of_sales": _number(found.share_of_sales),
        "share_of_margin": _number(found.share_of_margin),
        "left_of_margin": None if found.left is None else _money(found.left),
        "more_sales_to_break_even": _number(found.more_sales),
        "red_months": list(found.red_months),
        "members": result.reach.members,
        "reached_a_reward": result.reach.reached,
        "days_to_first_reward": _number(result.reach.days),
        "orders_to_first_reward": _number(result.reach.orders),
        "months": [_month(month) for month in result.months],
    }


def _month(month: Month) -> dict[str, Any]:
    return {
        "month": month.name,
        "sales": _money(month.sales),
        "members": month.members,
        "levels": dict(month.levels),
        "held": month.held,
        "points": {key: _points(part) for key, part in month.points.items()},
    }


def _points(part: Points) -> dict[str, int]:
    return {
        "issued": part.issued,
        "redeemed": part.redeemed,
        "expired": part.expired,
        "taken_back": part.taken_back,
        "outstanding": part.outstanding,
        "owed_by_members": part.debt,
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "points": list(found.points),
        "best": _money(found.best),
        "worst": _money(found.worst),
        "groups": [
            {
                "orders": [group.least, group.most],
                "gain": group.gain,
                "lose": group.lose,
                "same": group.same,
                "gained": _money(group.gained),
                "lost": _money(group.lost),
            }
            for group in found.groups
        ],
        "levels": [{"here": here, "there": there, "members": n} for (here, there), n in sorted(found.levels.items())],
    }


def _money(amount: Fraction) -> int:
    return round(amount)


def _number(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)
