"""`pointpass adjust`, `level`, `merge` and `unmerge`: what an operator does to accounts by hand."""

import re
import secrets
from datetime import datetime

import click
from rich.console import Console

from chalicelib.bootstrap.house import House
from chalicelib.errors import LoyaltyError, Malformed, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.programs.program import Program
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE, operator
from ops.target import house_of, program_of

_screen = Console()
_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{22,}")
_NAME = re.compile(r"[A-Za-z0-9._:@-]{1,80}")
_REASON = click.option("--reason", required=True, help="Why, in words.")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("member")
@click.argument("points", type=int)
@PROGRAM
@STAGE
@click.option("--reason", required=True, help="Why, in words that the member reads: at most 140 letters.")
@click.option("--reference", default="", help="A name of your own: the same one never counts twice.")
@click.option("--currency", default="", help="Which points; not needed for the first kind.")
def adjust(*, member: str, points: int, program: str, stage: str, reason: str, reference: str, currency: str) -> None:
    """Give points to a member, or take some with a minus. MEMBER: e-mail, phone, card link or account id."""
    if reference and not _NAME.fullmatch(reference):
        raise click.ClickException("Write the reference in letters, digits and . _ : @ - only.")
    house, chosen = _opened(stage, program)
    name = Reference(f"adjustment/{reference or secrets.token_urlsafe(12)}")
    key = currency or chosen.latest.definition.main.key
    try:
        account = house.statements.account(chosen, member)
        done = house.adjustments.adjust(chosen, name, account, points, currency=key, reason=reason, actor=operator())
    except (Refused, Malformed) as err:
        raise _refusal(err) from err
    _screen.print(f"[green]Done[/]: {done.points:+d} {done.currency}. Reference: {reference or name.partition('/')[2]}")


@click.command()
@click.argument("member")
@click.argument("name", required=False, default="")
@PROGRAM
@STAGE
@click.option("--until", type=click.DateTime(formats=["%Y-%m-%d"]), help="The last day; for good without one.")
@click.option("--reason", default="", help="Why, in words that the member reads: at most 140 letters.")
@click.option("--reference", default="", help="A name of your own: the same one never counts twice.")
@click.option("--withdraw", is_flag=True, help="Take back the level that --reference names.")
def level(
    *,
    member: str,
    name: str,
    program: str,
    stage: str,
    until: datetime | None,
    reason: str,
    reference: str,
    withdraw: bool,
) -> None:
    """Give a member the level NAME until a day, or take it back. MEMBER: e-mail, phone, card link or account id."""
    if reference and not _NAME.fullmatch(reference):
        raise click.ClickException("Write the reference in letters, digits and . _ : @ - only.")
    house, chosen = _opened(stage, program)
    given = Reference(f"level/{reference or secrets.token_urlsafe(12)}")
    try:
        ends = house.levels.ends(chosen, None if until is None else until.date())
        account = house.statements.account(chosen, member)
        if withdraw:
            done = house.levels.withdraw(chosen, given, actor=operator())
        else:
            done = house.levels.give(chosen, given, account, name, until=ends, reason=reason, actor=operator())
    except (Refused, Malformed) as err:
        raise _refusal(err) from err
    what = "Taken back" if done.withdrawn_at else "Done"
    _screen.print(f"[green]{what}[/]: {done.level}. Reference: {given.partition('/')[2]}", highlight=False)


@click.command()
@click.argument("account")
@click.argument("into")
@PROGRAM
@STAGE
@_REASON
def merge(account: str, into: str, program: str, stage: str, reason: str) -> None:
    """Join two accounts of one person: everything of ACCOUNT moves to INTO. Each: e-mail, phone or account id."""
    house, chosen = _opened(stage, program)
    try:
        source, target = (_account(house, chosen, named) for named in (account, into))
        done = house.merges.merge(chosen, source, target, reason=reason, actor=operator())
    except (Refused, Malformed) as err:
        raise _refusal(err) from err
    days = chosen.latest.definition.merges.undo_days
    _screen.print(f"[green]Done.[/] To undo it within {days} days: pointpass unmerge {done.account}", highlight=False)


@click.command()
@click.argument("account")
@PROGRAM
@STAGE
def unmerge(account: str, program: str, stage: str) -> None:
    """Part two accounts again. ACCOUNT: the id of the one that was moved; `pointpass merge` has printed it."""
    house, chosen = _opened(stage, program)
    try:
        done = house.merges.unmerge(chosen, AccountId(account), actor=operator())
    except (Refused, Malformed) as err:
        raise _refusal(err) from err
    _screen.print(f"[green]Done.[/] {done.account} and {done.into} are two accounts again.", highlight=False)


def _opened(stage: str, program: str) -> tuple[House, Program]:
    house = house_of(stage)
    return house, program_of(house, program)


def _account(house: House, program: Program, named: str) -> AccountId:
    """An account's own id as it is, since it may have been merged before; else whoever is called so."""
    return AccountId(named) if _ACCOUNT.fullmatch(named) else house.statements.account(program, named)


def _refusal(err: LoyaltyError) -> click.ClickException:
    return click.ClickException(plain(err))
