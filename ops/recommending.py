"""`pointpass nps`: would members recommend the program."""

import json
from datetime import datetime
from fractions import Fraction

import click
from rich.console import Console

from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Moment
from chalicelib.programs.nps import Score
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "since", type=_DAY, help="The first day.")
@click.option("--to", "until", type=_DAY, help="The last day.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@PROGRAM
@STAGE
def nps(since: datetime | None, until: datetime | None, as_json: bool, program: str, stage: str) -> None:
    """The net promoter score: the share of promoters less that of critics."""
    house = house_of(stage)
    known = program_of(house, program)
    definition = known.latest.definition
    if definition.nps is None:
        raise click.ClickException("No answers are kept. Add to the program: nps: {replace_within: 90 days}")
    calendar = ZoneCalendar(definition.time_zone)
    first = calendar.start(since.date()) if since else 0
    end = calendar.moved(calendar.start(until.date()), Moment.END_OF_DAY) if until else None
    told = house.recommending.score(known, since=first, until=end)
    if as_json:
        click.echo(json.dumps(_as_json(told)))
        return
    if told.value is None:
        _screen.print("Nobody has answered yet, so there is no score.")
        return
    _screen.print(f"[bold]{_signed(told.value)}[/] of {told.answers} answers", highlight=False)
    _screen.print(f"{told.promoters} promoters, {told.passives} passives, {told.critics} critics", highlight=False)


def _as_json(told: Score) -> dict[str, str | int | None]:
    value = None if told.value is None else _signed(told.value)
    return {"score": value, "promoters": told.promoters, "passives": told.passives, "critics": told.critics}


def _signed(value: Fraction) -> str:
    """ "+30", "-3.4": to a tenth, half to even."""
    tenths = round(value * 10)
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else "+" if tenths else ""
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"
