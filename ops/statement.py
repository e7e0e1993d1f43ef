"""`pointpass statement`: everything that happened to a member's points, in plain words, with what stood after it."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.cards.movements import Figures
from chalicelib.cards.reasons import Reason, names_of, reason
from chalicelib.cards.statement import Statement, StatementLine
from chalicelib.errors import Broken, Refused
from chalicelib.events import AccountId, Instant
from chalicelib.programs import wording
from chalicelib.programs.days import local
from chalicelib.programs.program import Program
from chalicelib.programs.texts import spoken
from ops.options import PROGRAM, STAGE
from ops.statement_words import HEADINGS
from ops.target import house_of, program_of

_screen = Console()
_DAY = click.DateTime(["%Y-%m-%d"])
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command()
@click.argument("member")
@PROGRAM
@STAGE
@click.option("--language", default="en", show_default=True, help="Language of the text: en or ru.")
@click.option("--from", "first", type=_DAY, help="The first day, for example 2026-03-01.")
@click.option("--to", "last", type=_DAY, help="The last day.")
@click.option("--json", "form", flag_value="json", help="As JSON.")
@click.option("--csv", "form", flag_value="csv", help="As a table for a spreadsheet.")
def statement(
    *,
    member: str,
    program: str,
    stage: str,
    language: str,
    first: datetime | None,
    last: datetime | None,
    form: str | None,
) -> None:
    """Tell what happened to a member's points and why. MEMBER: e-mail, phone, card link or account id."""
    house = house_of(stage)
    chosen = program_of(house, program)
    zone = chosen.latest.definition.time_zone
    since = _instant(first, zone) if first else 0
    until = _instant(last + timedelta(days=1), zone) if last else None
    found = _statements(house, chosen, _account(house, chosen, member), since, until)
    said_in = spoken(chosen.latest.definition, language)
    match form:
        case "json":
            click.echo(json.dumps([_plain(each, chosen, said_in) for each in found], ensure_ascii=False, indent=2))
        case "csv":
            click.echo(_spreadsheet(found, chosen, said_in), nl=False)
        case _:
            for each in found:
                _screen.print(_table(each, chosen, said_in))


def _account(house: House, program: Program, member: str) -> AccountId:
    try:
        return house.statements.account(program, member)
    except Refused as err:
        raise click.ClickException("Nobody is known by that name, or nothing has happened to their points.") from err


def _statements(
    house: House, program: Program, account: AccountId, since: Instant, until: Instant | None
) -> list[Statement]:
    try:
        return list(house.statements.of(program, account, since=since, until=until))
    except Broken as err:
        raise click.ClickException(
            "What is stored does not add up, so no statement is written. Look with: pointpass verify"
        ) from err


def _instant(day: datetime, zone: str) -> Instant:
    """The local midnight with which a day begins."""
    return int(day.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


def _table(told: Statement, program: Program, language: str) -> Table:
    words = HEADINGS[language]
    names = _names(told, program, language)
    table = Table(title=names, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for heading in ("day", "what", "points", "usable", "coming", "held", "owed", "level"):
        is_number = heading in ("points", "usable", "coming", "held", "owed")
        table.add_column(words[heading], justify="right" if is_number else "left", no_wrap=heading == "day")
    figures = _figures(told.opening, language)
    table.add_row("", f"[bold]{words['opening']}[/]", "", *figures, told.lines[0].level if told.lines else told.level)
    for line in told.lines:
        why = _reason(line, told, program, language)
        table.add_row(
            _when(line, program),
            f"{escape(why.what)}\n[dim]{escape(why.why)}[/]",
            _signed(line.row.points, language),
            *_figures(line.after, language),
            line.level,
        )
    table.add_row("", f"[bold]{words['closing']}[/]", "", *_figures(told.closing, language), told.level)
    return table


def _plain(told: Statement, program: Program, language: str) -> dict[str, Any]:
    return {
        "program": program.slug,
        "points": _names(told, program, language),
        "opening": msgspec.structs.asdict(told.opening),
        "rows": [
            {
                "at": local(line.row.posted_at, program.latest.definition.time_zone).isoformat(),
                "happened": local(line.row.at, program.latest.definition.time_zone).isoformat(),
                "what": (why := _reason(line, told, program, language)).what,
                "reason": why.why,
                "points": line.row.points,
                "after": msgspec.structs.asdict(line.after),
                "level": line.level,
            }
            for line in told.lines
        ],
        "closing": msgspec.structs.asdict(told.closing),
        "level": told.level,
    }


def _spreadsheet(found: list[Statement], program: Program, language: str) -> str:
    """All currencies in one table. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    words = HEADINGS[language]
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")  # RFC 4180
    columns = ("kind", "day", "what", "reason", "points", "usable", "coming", "held", "owed", "level")
    writer.writerow([words[column] for column in columns])
    for told in found:
        kind = _cell(_names(told, program, language))
        writer.writerow([kind, "", words["opening"], "", "", *_numbers(told.opening), ""])
        for line in told.lines:
            why = _reason(line, told, program, language)
            texts = (_when(line, program), why.what, why.why)
            row = [kind, *map(_cell, texts), line.row.points, *_numbers(line.after), _cell(line.level)]
            writer.writerow(row)
        writer.writerow([kind, "", words["closing"], "", "", *_numbers(told.closing), _cell(told.level)])
    return page.getvalue()


def _names(told: Statement, program: Program, language: str) -> str:
    """The points' name, as many of them are called."""
    names = names_of(program, told.currency)
    spoken_name = language if language in names else next(iter(names))
    return wording.form(names[spoken_name], 5, spoken_name)


def _figures(figures: Figures, language: str) -> list[str]:
    return [wording.number(count, language) if count else "" for count in _numbers(figures)]


def _numbers(figures: Figures) -> tuple[int, int, int, int]:
    return figures.usable, figures.coming, figures.held, figures.owed


def _signed(points: int, language: str) -> str:
    return f"{'+' if points > 0 else ''}{wording.number(points, language)}" if points else ""


def _when(line: StatementLine, program: Program) -> str:
    return local(line.row.posted_at, program.latest.definition.time_zone).strftime("%Y-%m-%d %H:%M")


def _cell(text: str) -> str:
    """Source: OWASP, CSV injection."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _reason(line: StatementLine, told: Statement, program: Program, language: str) -> Reason:
    return reason(line.row, program, told.currency, language)
