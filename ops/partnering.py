"""`pointpass settle`: what partners owe the program for a month, and what they are owed."""

import json
from datetime import datetime
from fractions import Fraction

import click
from rich.console import Console
from rich.table import Table

from chalicelib.money import exponent
from chalicelib.programs import wording
from chalicelib.programs.settling import HOST, Account
from chalicelib.services.settling import Statement
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()


@click.command()
@click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="Such as 2026-10.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs. Money in minor units.")
@PROGRAM
@STAGE
def settle(month: datetime, as_json: bool, program: str, stage: str) -> None:
    """Points that partners pay for, points used with them, and what is owed. All of it sums to nothing."""
    house = house_of(stage)
    known = program_of(house, program)
    if not any(version.definition.partners for version in known.versions):
        raise click.ClickException("The program has no partners.")
    with _screen.status("Reading every entry ..."):
        told = house.settling.settle(known, month.year, month.month)
    if as_json:
        click.echo(json.dumps(_as_json(told), indent=1))
        return
    _screen.print(_table(told))
    for currency, flow in told.journal.items():
        _screen.print(f"In the journal: {flow.given} {currency} given, {flow.used} used.", highlight=False)


def _table(told: Statement) -> Table:
    table = Table("partner", "points it pays for", "points used", "friends", "owes", title=told.month)
    for each in told.accounts:
        table.add_row(each.name, _numbers(each.given), _numbers(each.used), str(each.friends), _money(told, each.key))
    table.add_section()
    table.add_row("the program", "", "", "", _money(told, HOST))
    return table


def _numbers(by_currency: object) -> str:
    assert isinstance(by_currency, dict)
    return ", ".join(f"{_number(count)} {currency}" for currency, count in by_currency.items() if count)


def _number(count: Fraction | int) -> str:
    """Exact where it is whole, else to a hundredth."""
    return wording.number(Fraction(round(Fraction(count) * 100), 100), "en")


def _money(told: Statement, key: str) -> str:
    owes = told.owes[key]
    digits = exponent(told.money)
    whole, rest = divmod(abs(owes), 10**digits)
    amount = f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"
    return f"{'-' if owes < 0 else ''}{amount} {told.money}"


def _as_json(told: Statement) -> dict[str, object]:
    return {
        "month": told.month,
        "money": told.money,
        "partners": {each.key: _partner(told, each) for each in told.accounts},
        "program": {"owes": told.owes[HOST]},
        "journal": {currency: {"given": flow.given, "used": flow.used} for currency, flow in told.journal.items()},
    }


def _partner(told: Statement, each: Account) -> dict[str, object]:
    return {
        "name": each.name,
        "pays_for": {currency: str(count) for currency, count in each.given.items()},
        "used": dict(each.used),
        "friends": each.friends,
        "owes": told.owes[each.key],
    }
