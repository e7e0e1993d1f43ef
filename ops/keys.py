"""`pointpass key`: keys of the stores' API. A key is shown once; afterwards only its beginning is known."""

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import Refused
from chalicelib.programs.program import Program
from chalicelib.services.keys import SCOPES
from chalicelib.services.ports.access import Scope
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of
from ops.wording import moment

_screen = Console()


@click.group()
def key() -> None:
    """Make, list and end the keys that stores use."""


@key.command()
@click.argument("name")
@PROGRAM
@STAGE
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    required=True,
    help="read: look; redeem: use points; manage: everything else. May be given several times.",
)
def create(name: str, program: str, stage: str, scopes: tuple[Scope, ...]) -> None:
    """Make a key. NAME: who will use it."""
    house = house_of(stage)
    _show(house.keys.create(program_of(house, program), name, scopes))


@key.command("list")
@PROGRAM
@STAGE
def list_keys(program: str, stage: str) -> None:
    """List the keys of a program, the newest first."""
    house = house_of(stage)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("key", "name", "may", "made", "days old", "last used", "ends"):
        table.add_column(heading, justify="right" if heading == "days old" else "left")
    for use in house.keys.uses(program_of(house, program)):
        each = use.key
        ends = moment(each.ends_at) if each.ends_at is not None else ""
        age, used = str(use.age_days), use.used_on or "not known"
        table.add_row(f"{each.id}...", each.name, ", ".join(each.scopes), moment(each.created_at), age, used, ends)
    _screen.print(table)


@key.command()
@click.argument("key_id", metavar="KEY")
@PROGRAM
@STAGE
def rotate(key_id: str, program: str, stage: str) -> None:
    """Make a new key in place of one, which works for one more day. KEY: its beginning, as the list shows it."""
    house, chosen = _owned(stage, program, key_id)
    _show(house.keys.rotate(_beginning(key_id), chosen))


@key.command()
@click.argument("key_id", metavar="KEY")
@PROGRAM
@STAGE
def revoke(key_id: str, program: str, stage: str) -> None:
    """End a key now. KEY: its beginning, as the list shows it."""
    house, _ = _owned(stage, program, key_id)
    house.keys.revoke(_beginning(key_id))
    _screen.print("[green]Done.[/] The key is worth nothing any more.")


def _owned(stage: str, program: str, key_id: str) -> tuple[House, Program]:
    """The house and the program whose key this is."""
    house = house_of(stage)
    chosen = program_of(house, program)
    if _beginning(key_id) not in {each.id for each in house.keys.of(chosen)}:
        raise click.ClickException(plain(Refused("key_unknown")))
    return house, chosen


def _beginning(key_id: str) -> str:
    return key_id.removesuffix("...")


def _show(text: str) -> None:
    click.echo(text)
    click.echo("Keep it now: it is not shown again.", err=True)
