"""`pointpass staff`: who works at the till. A password is typed unseen, or made and shown once; it is no argument."""

import secrets

import click
from rich.console import Console
from rich.table import Table

from chalicelib.errors import Malformed, Refused
from chalicelib.members.identity import email as spelled
from chalicelib.services.ports.access import Role
from chalicelib.services.staff import ROLES
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()
_ROLE = click.Choice(ROLES)
_TYPED = click.option("--type-it", is_flag=True, help="Type the password yourself, unseen; else one is made.")


@click.group()
def staff() -> None:
    """Look after those who work at the till: cashiers, managers, owners."""


@staff.command()
@click.argument("name")
@PROGRAM
@STAGE
@click.option("--role", type=_ROLE, required=True, help="cashier: points are used; manager: given, too; owner: all.")
@click.option("--email", default="", help="Their own address as a member: to this account they cannot give anything.")
@_TYPED
def add(*, name: str, program: str, stage: str, role: Role, email: str, type_it: bool) -> None:
    """Let somebody sign in. NAME: small letters, digits, - and _; it stands beside what they do by hand."""
    house = house_of(stage)
    chosen = program_of(house, program)
    own = spelled(email) if email else ""
    if own is None:
        raise click.ClickException("This is no e-mail address.")
    index = house.adapters.vault.index(chosen.slug, "email", own) if own else ""
    password, is_typed = _password(type_it)
    try:
        house.staff_room.add(chosen, name, role, password, own=index)
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    _show(password, is_typed)


@staff.command("list")
@PROGRAM
@STAGE
def list_staff(program: str, stage: str) -> None:
    """List everybody: their role, and when they signed in last."""
    house = house_of(stage)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("name", "role", "signed in", "own account", ""):
        table.add_column(heading)
    for user in house.staff_room.of(program_of(house, program)):
        own = "kept apart" if user.own else "not told"
        table.add_row(user.name, user.role, user.signed_in_on or "never", own, "disabled" if user.is_disabled else "")
    _screen.print(table if table.row_count else "Nobody yet. Begin with: pointpass staff add NAME --role owner")


@staff.command()
@click.argument("name")
@PROGRAM
@STAGE
@_TYPED
def password(name: str, program: str, stage: str, type_it: bool) -> None:
    """Give somebody another password. Whatever they have signed in ends, and so does a wait after wrong tries."""
    house = house_of(stage)
    chosen = program_of(house, program)
    text, is_typed = _password(type_it)
    try:
        house.staff_room.set_password(chosen, name, text)
    except Refused as err:
        raise click.ClickException(plain(err)) from err
    _show(text, is_typed)
    if any(user.is_disabled for user in house.staff_room.of(chosen) if user.name == name):
        click.echo(f"{name} is disabled and stays out: pointpass staff enable {name}", err=True)


@staff.command()
@click.argument("name")
@click.argument("role", type=_ROLE)
@PROGRAM
@STAGE
def role(name: str, role: Role, program: str, stage: str) -> None:
    """Give somebody another role. They sign in again."""
    house = house_of(stage)
    try:
        house.staff_room.set_role(program_of(house, program), name, role)
    except Refused as err:
        raise click.ClickException(plain(err)) from err
    _screen.print(f"[green]Done.[/] {name} is {role} from the next sign-in on.", highlight=False)


@staff.command()
@click.argument("name")
@PROGRAM
@STAGE
def disable(name: str, program: str, stage: str) -> None:
    """Keep somebody out from now on, wherever they are signed in."""
    _set_disabled(name, program, stage, is_disabled=True)
    _screen.print(f"[green]Done.[/] {name} is signed out everywhere, and cannot sign in.", highlight=False)


@staff.command()
@click.argument("name")
@PROGRAM
@STAGE
def enable(name: str, program: str, stage: str) -> None:
    """Let somebody sign in again, with the password they had."""
    _set_disabled(name, program, stage, is_disabled=False)
    _screen.print(f"[green]Done.[/] {name} can sign in.", highlight=False)


@staff.command()
@click.argument("name")
@PROGRAM
@STAGE
def remove(name: str, program: str, stage: str) -> None:
    """Somebody has left: end what they have signed in, and keep no more than the name."""
    house = house_of(stage)
    try:
        house.staff_room.remove(program_of(house, program), name)
    except Refused as err:
        raise click.ClickException(plain(err)) from err
    _screen.print(
        f"[green]Done.[/] {name} is signed out everywhere and works here no more. What they did keeps the name.",
        highlight=False,
    )


def _set_disabled(name: str, program: str, stage: str, *, is_disabled: bool) -> None:
    house = house_of(stage)
    try:
        house.staff_room.set_disabled(program_of(house, program), name, is_disabled=is_disabled)
    except Refused as err:
        raise click.ClickException(plain(err)) from err


def _password(type_it: bool) -> tuple[str, bool]:
    """A password, and whether somebody typed it."""
    if type_it:
        return click.prompt("Password", hide_input=True, confirmation_prompt=True), True
    return secrets.token_urlsafe(12), False


def _show(text: str, is_typed: bool) -> None:
    if is_typed:
        _screen.print("[green]Done.[/]")
        return
    click.echo(text)
    click.echo("Hand it over now: it is not shown again.", err=True)
