"""`pointpass referral`: referrals that are held until somebody has looked at them."""

from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from chalicelib.errors import Malformed, Refused
from chalicelib.events import AccountId
from chalicelib.ledger.people_documents import ReferralDocument
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE, operator
from ops.target import house_of, program_of

_screen = Console()
_WHY = {
    "same_card": "paid with the card of the referrer or of another friend",
    "same_device": "uses the device of the referrer or of another friend",
    "same_address": "lives at the same address",
    "same_person": "is the referrer",
    "brought_before": "was brought under another account",
}


@click.group()
def referral() -> None:
    """Members who bring friends: what is held, and what becomes of it."""


@referral.command("list")
@PROGRAM
@STAGE
def held(program: str, stage: str) -> None:
    """Referrals that wait for somebody to look at them, oldest first."""
    house = house_of(stage)
    waiting = house.referrals.held(program_of(house, program))
    if not waiting:
        _screen.print("Nothing waits.")
        return
    table = Table("friend", "code", "came", "orders", "why", "beside that")
    for each in waiting:
        came = datetime.fromtimestamp(each.claimed_at / 1000, UTC).date().isoformat()
        table.add_row(each.account, each.code, came, str(len(each.kept)), _words(each.reasons), _words(each.flags))
    _screen.print(table)


@referral.command()
@click.argument("friend")
@PROGRAM
@STAGE
def release(friend: str, program: str, stage: str) -> None:
    """Let a referral count. FRIEND: the account id that `list` shows."""
    _reviewed(friend, program, stage, counts=True)


@referral.command()
@click.argument("friend")
@PROGRAM
@STAGE
def refuse(friend: str, program: str, stage: str) -> None:
    """Let a referral count no more; what it has given is taken back. FRIEND: the account id that `list` shows."""
    _reviewed(friend, program, stage, counts=False)


def _reviewed(friend: str, program: str, stage: str, *, counts: bool) -> None:
    house = house_of(stage)
    known, actor = program_of(house, program), operator()
    review = house.referrals.release if counts else house.referrals.refuse
    try:
        done: ReferralDocument = review(known, AccountId(friend), actor=actor)
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    after = "counts" if counts else "does not count"
    _screen.print(f"[green]Done.[/] {done.account} {after}.", highlight=False)


def _words(reasons: tuple[str, ...]) -> str:
    return ", ".join(_WHY.get(reason, reason) for reason in reasons)
