"""`pointpass member export` and `member erase`: what is known of somebody who asks, and forgetting who wishes it."""

import json
import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import Broken, Malformed, Refused
from chalicelib.programs.program import Program
from chalicelib.services.subject import Subject
from chalicelib.web.api.words import plain
from ops.auditing import asking
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()
_MEMBER = click.argument("member")
_ONLY_MINE = 0o600


@click.command("export")
@_MEMBER
@PROGRAM
@STAGE
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A file that is made.")
def export_member(member: str, program: str, stage: str, to: Path) -> None:
    """Write down all that is known of MEMBER, in their language. MEMBER: e-mail, phone, card link or account id."""
    house = house_of(stage)
    chosen = program_of(house, program)
    subject = _found(house, chosen, member)
    try:
        told = house.disclosure.of(chosen, subject)
    except Broken as err:
        raise click.ClickException(
            "What is stored does not add up, so nothing is written. Look with: pointpass verify"
        ) from err
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_MINE)
    except OSError as err:
        raise click.ClickException(f"{to} cannot be made: {err.strerror}.") from err
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    _screen.print(f"{to}: {len(text.encode()):,} bytes. Hand it to nobody but the member.", highlight=False)


@click.command("erase")
@_MEMBER
@PROGRAM
@STAGE
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def erase_member(member: str, program: str, stage: str, dry_run: bool) -> None:
    """Forget MEMBER for good. MEMBER: e-mail, phone, card link or account id."""
    house = house_of(stage)
    chosen = program_of(house, program)
    subject = _found(house, chosen, member)
    _tell(subject)
    if dry_run:
        _screen.print("Nothing was changed.")
        return
    asking.make_sure(stage)
    with _screen.status("Forgetting ..."):
        house.subjects.forget(chosen, subject)
    _screen.print(f"[green]Done.[/] Account {subject.accounts[0]} belongs to nobody any more.", highlight=False)


def _found(house: House, program: Program, member: str) -> Subject:
    try:
        account = house.statements.account(program, member)
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    with _screen.status("Looking everywhere ..."):
        return house.subjects.of(program, account)


def _tell(subject: Subject) -> None:
    open_cards = sum(not card.is_void for card in subject.cards)
    table = Table(
        title=f"Account {subject.accounts[0]}", title_justify="left", box=None, pad_edge=False, show_header=False
    )
    for what, how in (
        ("goes", f"{len(subject.profiles)} profile(s) with their keys: name, address, phone, consents"),
        ("goes", f"{len(subject.identities)} address(es) and shop ids that lead to the account"),
        ("goes", "attributes, lists, choices and the birthday"),
        ("goes", f"{len(subject.deliveries)} kept message(s) of shops that name them"),
        ("ends", f"{open_cards} card(s); phones are told"),
        ("stays", f"the journal of {len(subject.accounts)} account(s), under random names, with its reasons"),
        ("stays", "orders by the shop's own order numbers, fees that were paid"),
        ("stays", "copies of the tables, until they age out after 35 days"),
        ("not here", "what the shop itself keeps, and an e-mail in somebody's own mailbox"),
    ):
        table.add_row(what, how)
    _screen.print(table, highlight=False)
