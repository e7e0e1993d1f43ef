"""`pointpass reprice`: price again, by a good version, what a bad one priced."""

import getpass
from collections import Counter

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from chalicelib.errors import LoyaltyError, Refused
from chalicelib.services.correcting import Corrected, pair
from ops.auditing.asking import make_sure
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_LISTED = 20
_TROUBLE = {
    "version_unknown": "There is no such version. Give the first 6 digits of its name, or more.",
    "version_unclear": "Several versions begin like that. Give more digits of the name.",
    "same_version": "Both names are of one version.",
    "other_money": "These versions count in different money. One cannot correct the other.",
}

_screen = Console()


@click.command()
@PROGRAM
@STAGE
@click.option("--version", "bad", required=True, help="The version that was wrong: its name, or the first digits.")
@click.option("--with", "good", required=True, help="The version to price with instead.")
@click.option("--do", "is_real", is_flag=True, help="Post the differences. Without this nothing is written.")
@click.option("--by", default=getpass.getuser, show_default="your user name", help="Who corrects; it is recorded.")
def reprice(*, program: str, stage: str, bad: str, good: str, is_real: bool, by: str) -> None:
    """Correct what a wrong version of the rules gave.

    Shows who gains and who loses. Nothing is written without --do. Repeating is harmless: what is corrected stays so.
    """
    house = house_of(stage)
    known = program_of(house, program)
    try:
        wrong, right = pair(known, bad, good)
    except Refused as err:
        raise click.ClickException(_TROUBLE[err.reason]) from err
    found = house.corrections.priced(known, wrong)
    plans = [
        house.corrections.plan(known, documents, right)
        for documents in track(found.values(), "Reading", console=_screen, transient=True)
    ]
    _show(plans, known.latest.definition.main.key)
    if not is_real:
        _screen.print("Nothing was written. Add --do to post this.")
        return
    make_sure(stage)
    done: list[Corrected] = []
    try:
        for documents in track(found.values(), "Correcting", console=_screen, transient=True):
            done.append(house.corrections.post(known, documents, right, actor=by))
    except LoyaltyError as err:
        raise click.ClickException(
            f"Stopped after {len(done)} of {len(found)} accounts: {err}. Run it again; it goes on where it stopped."
        ) from err
    _show(done, known.latest.definition.main.key)
    _screen.print(f"Corrected {sum(each.documents for each in done)} orders and activities.")


def _show(accounts: list[Corrected], main: str) -> None:
    """The sums by kind of points, and the accounts that change most."""
    sums = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("points", "members who gain", "points gained", "members who lose", "points lost", "in all"):
        sums.add_column(heading, justify="left" if heading == "points" else "right")
    for currency in sorted({key for each in accounts for key in each.changed} | {main}):
        changes = [points for each in accounts if (points := each.changed.get(currency, 0))]
        gained, lost = ([change for change in changes if change * sign > 0] for sign in (1, -1))
        row = (len(gained), sum(gained), len(lost), sum(lost), sum(changes))
        sums.add_row(currency, *(str(number) for number in row))
    _screen.print(sums)
    _screen.print(_counted(accounts))
    changed = sorted((each for each in accounts if each.is_change), key=_weight, reverse=True)
    if changed:
        _screen.print(_most(changed))
    if len(changed) > _LISTED:
        _screen.print(f"... and {len(changed) - _LISTED} more accounts.")


def _counted(accounts: list[Corrected]) -> str:
    levels = Counter(each.level_before != each.level_after for each in accounts)[True]
    documents, cards = sum(each.documents for each in accounts), sum(each.cards for each in accounts)
    return f"{documents} orders and activities of {len(accounts)} accounts; {cards} cards change, {levels} levels."


def _most(changed: list[Corrected]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("account", "points", "before", "after", "level"):
        table.add_column(heading, justify="right" if heading in ("before", "after") else "left")
    for each in changed[:_LISTED]:
        level = "" if each.level_before == each.level_after else f"{each.level_before} -> {each.level_after}"
        for currency in each.changed or {"": 0}:
            before, after = (str(there.get(currency, 0)) if currency else "" for there in (each.before, each.after))
            table.add_row(each.account, currency, before, after, level)
    return table


def _weight(account: Corrected) -> int:
    return sum(abs(points) for points in account.changed.values())
