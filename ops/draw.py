"""`pointpass draw`: who has won, drawn so that anybody can draw again."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.errors import Malformed, Refused
from chalicelib.programs.draws import Drawing, drawing, listed, read_list
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE, text_of
from ops.target import house_of, program_of

_screen = Console()
_MOST_BYTES = 200_000_000
"""Some four million members with tickets."""
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def draw() -> None:
    """Prize draws. The seed's SHA-256 stands in the definition; list and seed are published with the winners."""


@draw.command("tickets")
@click.argument("name")
@click.argument("file", type=_FILE)
@PROGRAM
@STAGE
def tickets_(name: str, file: Path, program: str, stage: str) -> None:
    """Write the tickets of the draw NAME, as they were when it closed, to FILE: account,tickets."""
    house = house_of(stage)
    chosen = program_of(house, program)
    try:
        found = house.draws.tickets(chosen, house.draws.named(chosen, name))
    except Refused as err:
        raise click.ClickException(plain(err)) from err
    file.write_text("".join(listed(found.items())), encoding="utf-8")
    _screen.print(f"{sum(found.values())} tickets of {len(found)} members: {file}", highlight=False)


@draw.command("winners")
@click.argument("name")
@click.option("--seed", required=True, prompt=True, hide_input=True, help="The secret word.")
@PROGRAM
@STAGE
def winners_(name: str, seed: str, program: str, stage: str) -> None:
    """Draw the winners of the draw NAME from the journal."""
    house = house_of(stage)
    chosen = program_of(house, program)
    try:
        _print(house.draws.draw(chosen, house.draws.named(chosen, name), seed))
    except Refused as err:
        raise click.ClickException(plain(err)) from err


@draw.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed", required=True, help="The word that was told with the winners.")
@click.option("--sha", required=True, help="Its SHA-256, as the terms have told it before.")
@click.option("--winners", required=True, type=click.IntRange(min=1, max=1_000), help="How many win.")
def check_(file: Path, seed: str, sha: str, winners: int) -> None:
    """Draw again from a published list of tickets: anybody can, and nothing but FILE is needed."""
    try:
        tickets = read_list(text_of(file, most=_MOST_BYTES).splitlines())
        _print(drawing(tickets, seed=seed, commitment=sha.lower(), winners=winners))
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err


def _print(drawn: Drawing) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("place", "ticket", "account"):
        table.add_column(heading, justify="left" if heading == "account" else "right")
    for winner in drawn.winners:
        table.add_row(str(winner.place), str(winner.ticket), winner.account)
    _screen.print(table)
    _screen.print(f"{drawn.tickets} tickets of {drawn.members} members, SHA-256 of the list: {drawn.digest}")
