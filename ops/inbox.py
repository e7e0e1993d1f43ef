"""`pointpass inbox`: what was kept of deliveries, why, and what a replay would change."""

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import LoyaltyError, Malformed, Refused
from chalicelib.services.inbox import WHYS, Difference, Kept, Rehearsed
from chalicelib.services.ports import Delivery
from ops.dropping import drop
from ops.options import STAGE
from ops.redacting import safe_body, safe_headers
from ops.target import house_of
from ops.wording import moment

_screen = Console()
_SAYS = {
    "quarantined": "not understood",
    "refused": "the program's rules say no",
    "paused": "waits for the end of a pause",
    "dropped": "dropped by an operator",
    "deferred": "recorded from the queue",
    "data-request": "a person asks for their data",
}
_STATES = {"parked": "waiting", "posted": "posted", "ignored": "ignored", "refused": "refused"}


@click.group()
def inbox() -> None:
    """Look at deliveries that were kept, replay them, and drop those that must never be recorded."""


inbox.add_command(drop)


@inbox.command("list")
@STAGE
@click.option("--why", type=click.Choice(WHYS), help="Only what was kept for this reason.")
@click.option("--connection", default="", help="Only what came in by this connection.")
def list_kept(stage: str, why: str | None, connection: str) -> None:
    """List what is kept: for 30 days, the newest first."""
    house = house_of(stage)
    with _screen.status("Looking through the inbox ..."):
        found = [each for each in house.replay.kept(*((why,) if why else ())) if connection in ("", each.connection)]
    if not found:
        _screen.print("Nothing is kept.")
        return
    table = _table("number", "day", "program", "connection", "why")
    for each in found:
        table.add_row(each.number, each.day, each.program, each.connection, _SAYS[each.why])
    _screen.print(table)


@inbox.command()
@click.argument("key")
@STAGE
def show(key: str, stage: str) -> None:
    """Show one delivery without secrets and personal data. KEY: its number in the list."""
    kept, delivery = _find(house_of(stage), key)
    table = _table("", "")
    table.add_row("kept because", _SAYS[kept.why])
    table.add_row("came", f"{moment(delivery.received_at)}, to {kept.program}, by {kept.connection}")
    for name, text in safe_headers(delivery.headers).items():
        table.add_row(name, text)
    _screen.print(table)
    click.echo(safe_body(delivery.body))


@inbox.command()
@click.argument("key")
@STAGE
@click.option("--dry-run", is_flag=True, help="Only show the difference; this is what happens without --yes, too.")
@click.option("--yes", is_flag=True, help="Do it.")
def replay(key: str, stage: str, dry_run: bool, yes: bool) -> None:
    """Understand one delivery anew and show what that changes. KEY: its number in the list."""
    if dry_run and yes:
        raise click.ClickException("Either --dry-run or --yes.")
    house = house_of(stage)
    _, delivery = _find(house, key)
    try:
        with _screen.status("Understanding it anew ..."):
            rehearsed = house.replay.rehearse(delivery)
        _show(rehearsed)
        if not yes:
            _screen.print("Nothing was changed. To do it: add --yes")
            return
        with _screen.status("Recording ..."):
            house.replay.replay(delivery)
    except Malformed as err:
        raise click.ClickException(f"It is still not understood: {_because(err)}.") from err
    except LoyaltyError as err:
        raise click.ClickException(f"It cannot be replayed: {_because(err)}.") from err
    _screen.print("[green]Done.[/]")


def _find(house: House, key: str) -> tuple[Kept, Delivery]:
    try:
        return house.replay.find(key)
    except Refused as err:
        if err.reason == "several_are_called_so":
            raise click.ClickException(f"Several begin with {key}. Give more of the number.") from err
        raise click.ClickException(f"Nothing called {key} is kept. See: pointpass inbox list") from err


def _show(rehearsed: Rehearsed) -> None:
    if rehearsed.differences:
        table = _table("what", "currency", "points now", "after", "difference", "then it is")
        for each in rehearsed.differences:
            for currency, before, after in each.points or (("", 0, 0),):
                counted = (str(before), str(after), f"{after - before:+d}") if each.points else ("", "", "none")
                table.add_row(each.name or each.reference, currency, *counted, _then(each))
        _screen.print(table)
    for sentence in rehearsed.beside:
        _screen.print(f"It asks to: {sentence}.", highlight=False)
    if not rehearsed.differences and not rehearsed.beside:
        _screen.print("It says nothing that is not known already.")


def _then(difference: Difference) -> str:
    reason = difference.reason.replace("_", " ")
    return f"{_STATES[difference.state]}{f': {reason}' if reason else ''}"


def _because(problem: LoyaltyError) -> str:
    place = problem.facts.get("why") or problem.facts.get("header") or problem.facts.get("topic") or ""
    return f"{problem.reason.replace('_', ' ')}{f' ({place})' if place else ''}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=any(headings))
    for heading in headings:
        table.add_column(heading, overflow="fold", justify="right" if heading in _NUMBERS else "left")
    return table


_NUMBERS = ("points now", "after", "difference")
