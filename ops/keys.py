"""`pointpass key`: keys of the stores' API. A key is shown once; afterwards only its beginning is known."""

import click
from rich.console import Console
from rich.markup import escape

from chalicelib.bootstrap.house import House
from chalicelib.errors import Malformed, Refused
from chalicelib.programs.program import Program
from chalicelib.services.keys import SCOPES
from chalicelib.services.ports.access import Scope
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE, KeyName
from ops.tables import Listing
from ops.target import house_of, program_of
from ops.wording import stamp

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
    try:
        _show(house.keys.create(program_of(house, program), name, scopes))
    except Malformed as err:
        raise click.ClickException(plain(err)) from err


@key.command("list")
@PROGRAM
@STAGE
def list_keys(program: str, stage: str) -> None:
    """List the keys of a program, the newest first."""
    house = house_of(stage)
    listing = Listing(
        ("key", "name", "may", "made", "days old", "last used", "ends, UTC"), right=frozenset({"days old"})
    )
    for use in house.keys.uses(program_of(house, program)):
        each = use.key
        listing.add_row(
            f"{each.id}...",
            escape(each.name),
            ", ".join(each.scopes),
            stamp(each.created_at)[:10],
            str(use.age_days),
            use.used_on or "not known",
            stamp(each.ends_at) if each.ends_at is not None else "",
        )
    listing.show(_screen)


@key.command()
@click.argument("key_id", metavar="KEY", type=KeyName())
@PROGRAM
@STAGE
def rotate(key_id: str, program: str, stage: str) -> None:
    """Make a new key in place of one that works, and goes on for one more day.

    KEY: its beginning, as the list shows it, or the whole of it.
    """
    house, chosen = _owned(stage, program, key_id)
    try:
        _show(house.keys.rotate(key_id, chosen))
    except Refused as err:
        raise click.ClickException(plain(err)) from err


@key.command()
@click.argument("key_id", metavar="KEY", type=KeyName())
@PROGRAM
@STAGE
def revoke(key_id: str, program: str, stage: str) -> None:
    """End a key now. KEY: its beginning, as the list shows it, or the whole of it."""
    house, _ = _owned(stage, program, key_id)
    house.keys.revoke(key_id)
    _screen.print("[green]Done.[/] The key is worth nothing any more.")


def _owned(stage: str, program: str, key_id: str) -> tuple[House, Program]:
    """The house and the program whose key this is."""
    house = house_of(stage)
    chosen = program_of(house, program)
    if key_id not in {each.id for each in house.keys.of(chosen)}:
        raise click.ClickException(plain(Refused("key_unknown")))
    return house, chosen


def _show(text: str) -> None:
    click.echo(text)
    click.echo("Keep it now: it is not shown again.", err=True)
