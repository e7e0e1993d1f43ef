"""`pointpass totals` and `pointpass liability`: how many points there are, day by day, and what they will cost."""

import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import click
import msgspec
from rich.console import Console
from rich.table import Table

from chalicelib.ledger.totals import DayTotal
from chalicelib.money import exponent
from chalicelib.services.owing import Liability
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()
_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "since", type=_DAY, help="The first day.")
@click.option("--to", "until", type=_DAY, help="The last day.")
@_JSON
@PROGRAM
@STAGE
def totals(since: object, until: object, as_json: bool, program: str, stage: str) -> None:
    """Points issued, used, expired and owed, day by day.

    Days that are over are exact, and each opens with the closing before it. Today is summed
    so far, from the journals of those who moved.
    """
    house = house_of(stage)
    days = house.totalling.days(program_of(house, program), _day(since, "0000-00-00"), _day(until, "9999-99-99"))
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(days), indent=1))
        return
    if not days:
        _screen.print("There are no totals yet. Days are summed at night.")
        return
    _screen.print(_days_table(days))


@click.command()
@_JSON
@PROGRAM
@STAGE
def liability(as_json: bool, program: str, stage: str) -> None:
    """What the points outstanding will cost, by their age and by how likely they are to be used.

    The likelihood is learned from this program's own journal.
    """
    house = house_of(stage)
    known = program_of(house, program)
    with _screen.status("Reading every entry ..."):
        found, owed = house.owing.report(known)
    if found.violations:
        raise click.ClickException("The ledger is not clean: see pointpass verify.")
    money = known.latest.definition.money
    if as_json:
        click.echo(json.dumps([_plain(each, money) for each in owed], indent=1))
        return
    for each in owed:
        _screen.print(_liability_table(each, money))


def _day(told: object, otherwise: str) -> str:
    return told.date().isoformat() if hasattr(told, "date") else otherwise


def _days_table(days: Sequence[DayTotal]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("day", min_width=10)
    table.add_column("points")
    for heading in _HEADINGS:
        table.add_column(heading, justify="right")
    for total in days:
        flow = msgspec.structs.astuple(total.flow)
        numbers = (total.opening, *flow, total.ended, total.closing)
        day = total.day if total.is_exact else f"{total.day} so far"
        table.add_row(day, total.currency, *(str(number) for number in numbers))
    return table


_HEADINGS = (
    "opens", "issued", "used", "expired", "taken\nback", "by\nhand", "sent", "guests\nended", "closes",
)  # fmt: skip


def _liability_table(each: Liability, money: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title=each.currency, title_justify="left")
    for heading in ("months old", "points", "usable one day", "used one day", "expected"):
        table.add_column(heading, justify="right")
    for aged in each.ages:
        activation = each.activation if aged.lot.is_pending else Fraction(1)
        expected = aged.lot.points * activation * aged.likelihood
        cells = (_percent(activation), _percent(aged.likelihood), _rounded(expected, 0))
        table.add_row(str(aged.lot.age), str(aged.lot.points), *cells)
    table.add_section()
    table.add_row("all", str(each.owed.points), "", "", _rounded(each.owed.expected, 0))
    table.add_row("cost", _cost(each, money))
    return table


def _plain(each: Liability, money: str) -> dict[str, object]:
    """Fractions as exact texts ("3/4"); the cost also in the program's money, rounded."""
    return {
        "currency": each.currency,
        "points": each.owed.points,
        "expected": str(each.owed.expected),
        "unit_cost_minor_units": None if each.unit_cost is None else str(each.unit_cost),
        "cost": _cost(each, money),
        "activation": str(each.activation),
        "ages": [
            {
                "months": aged.lot.age,
                "points": aged.lot.points,
                "on_the_way": aged.lot.is_pending,
                "likelihood": str(aged.likelihood),
            }
            for aged in each.ages
        ],
    }


def _cost(each: Liability, money: str) -> str:
    if each.unit_cost is None:
        return "unknown: the definition does not say what a point is worth"
    places = exponent(money)
    return f"{_rounded(each.owed.cost / 10**places, places)} {money}"


def _percent(share: Fraction) -> str:
    return f"{_rounded(share * 100, 1)} %"


def _rounded(number: Fraction, places: int) -> str:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
