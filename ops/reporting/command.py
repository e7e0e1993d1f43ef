"""`pointpass report`: the command line."""

import json
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console

from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.services.reporting import Reporting
from ops.backtest.screen import show
from ops.backtest.voice import Language
from ops.options import PROGRAM, STAGE, margin_of
from ops.reporting.telling import Asked, as_json, told
from ops.reporting.voice import ReportVoice
from ops.target import house_of, program_of

_screen = Console()
_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "since", type=_DAY, help="The first day; without it, the last twelve months.")
@click.option("--margin", metavar="60%", help="Your margin: with it the report says whether the program pays.")
@click.option("--language", default="en", show_default=True, type=click.Choice(["en", "ru"]))
@click.option("--json", "as_plain", is_flag=True, help="As JSON, for other programs.")
@click.option("--html", "html_file", type=_OUT, help="Write a page with charts, all in one file.")
@PROGRAM
@STAGE
def report(
    *,
    since: datetime | None,
    margin: str | None,
    language: Language,
    as_plain: bool,
    html_file: Path | None,
    program: str,
    stage: str,
) -> None:
    """What the program does for the shop: who comes back, who cares, what it costs and what is still owed.

    Every figure is counted from the journal and the orders themselves, which are checked on the way.
    """
    asked, voice, house = Asked(margin_of(margin)), ReportVoice(language), house_of(stage)
    known = program_of(house, program)
    own = house.adapters
    service = Reporting(house.owing, house.recommending, own.audit, own.clock)
    start = _start(known, since, own.clock.now())
    if as_plain and html_file is None:
        found = service.report(known, since=start)
    else:
        with _screen.status("Reading every entry ..."):
            found = service.report(known, since=start)
    if found.found.violations:
        raise click.ClickException("The ledger is not clean: see pointpass verify.")
    if html_file:
        from ops.reporting.page import page  # noqa: PLC0415  # only a page needs the chart library

        html_file.write_text(page(found, asked, voice), encoding="utf-8")
    if as_plain:
        click.echo(json.dumps(as_json(found, asked), indent=1, ensure_ascii=False))
    else:
        show(told(found, asked, voice), voice, _screen)


def _start(program: Program, since: datetime | None, now: Instant) -> Instant:
    """The first instant of the period, on the program's clock."""
    calendar = ZoneCalendar(program.in_force(now).definition.time_zone)
    today = calendar.day(now)
    first = since.date() if since else _eleven_months_before(today)
    if first > today:
        raise click.BadParameter("say a day that has begun", param_hint="--from")
    return calendar.start(first)


def _eleven_months_before(day: date) -> date:
    """With the month that is running, twelve."""
    place = day.year * 12 + day.month - 1 - 11
    return date(place // 12, place % 12 + 1, 1)
