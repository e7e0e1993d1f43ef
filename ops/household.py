"""`pointpass household`: members who use their points together."""

import secrets

import click
from rich.console import Console

from chalicelib.bootstrap.house import House
from chalicelib.errors import Malformed, Refused
from chalicelib.ledger.people_documents import HouseholdDocument
from chalicelib.programs.program import Program
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()


@click.group()
def household() -> None:
    """Members who use their points together."""


@household.command()
@click.argument("members", nargs=-1, required=True)
@click.option("--household", "name", default="", help="A household that is there; a new one if left out.")
@PROGRAM
@STAGE
def join(members: tuple[str, ...], name: str, program: str, stage: str) -> None:
    """Let members join a household. MEMBERS: e-mail, phone, card link or account id each."""
    house, known = _opened(stage, program)
    name = name or secrets.token_urlsafe(12)
    for member in members:
        try:
            joined = house.households.join(known, name, house.statements.account(known, member))
        except (Refused, Malformed) as err:
            raise click.ClickException(f"{member}: {plain(err)}") from err
    _show(joined)


@household.command()
@click.argument("member")
@PROGRAM
@STAGE
def leave(member: str, program: str, stage: str) -> None:
    """Let a member leave, with what is left of their own points. MEMBER: e-mail, phone, card link or account id."""
    house, known = _opened(stage, program)
    try:
        left = house.households.leave(known, house.statements.account(known, member))
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    _show(left)


@household.command()
@click.argument("member")
@PROGRAM
@STAGE
def show(member: str, program: str, stage: str) -> None:
    """Show a member's household. MEMBER: e-mail, phone, card link or account id."""
    house, known = _opened(stage, program)
    try:
        found = house.households.of(known, house.statements.account(known, member))
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    if found is None:
        raise click.ClickException("This member is in no household.")
    _show(found)


def _opened(stage: str, program: str) -> tuple[House, Program]:
    house = house_of(stage)
    return house, program_of(house, program)


def _show(known: HouseholdDocument) -> None:
    members = ", ".join(known.accounts) or "nobody"
    _screen.print(f"{known.reference.removeprefix('household/')}: {members}", highlight=False)
