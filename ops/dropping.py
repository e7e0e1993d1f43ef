"""`pointpass inbox drop`: what waits for the end of a pause and is not the shop's is never recorded."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.money import decimal_text
from chalicelib.programs.program import Program
from chalicelib.services.dropping import AT_ONCE, MOST, Contents, came
from ops.auditing import asking
from ops.options import PROGRAM, STAGE
from ops.pausing import resumption
from ops.target import house_of, program_of
from ops.wording import moment

_screen = Console()
_READ = 2_000
"""So many are read for the table: each is a call, and a provider may be asked what it means by one."""

_TROUBLE = {
    "connection_unknown": "There is no connection called {connection}.",
    "not_standing_still": (
        "What {connection} tells does not stand still, so that it would be recorded while it is dropped. "
        "First: pointpass pause earning --connection {connection}"
    ),
}
_IN_DOUBT = (
    "{dropped:,} were dropped before that was noticed; of the last {at_once} of them some may be recorded, too. "
)
_MINUTE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@click.option("--connection", required=True, help="Whose deliveries.")
@PROGRAM
@click.option("--since", type=_MINUTE, help="What came then or later, in UTC; the first that waits if left out.")
@click.option("--until", type=_MINUTE, help="What came before, in UTC; now if left out.")
@click.option("--back", "is_back", is_flag=True, help="The other way: let what was dropped wait again.")
@click.option("--dry-run", is_flag=True, help="Only show what that would be.")
@STAGE
def drop(
    *,
    connection: str,
    program: str,
    since: datetime | None,
    until: datetime | None,
    is_back: bool,
    dry_run: bool,
    stage: str,
) -> None:
    """Set aside what waits for the end of a pause: never to be recorded, but kept in the inbox like all else there."""
    house = house_of(stage)
    known = program_of(house, program)
    first = 0 if since is None else _instant(since)
    last = house.adapters.clock.now() + 1 if until is None else _instant(until)
    keys = _chosen(house, known, connection, first, last, is_back=is_back)
    if not keys:
        _screen.print("Nothing of it was dropped." if is_back else "Nothing of it waits.")
        return
    _show(house, known, connection, keys)
    if dry_run:
        _screen.print("Nothing was changed.")
        return
    asking.make_sure(stage)
    moving = track(keys, "Moving", console=_screen, transient=True)
    if is_back:
        commands = _resumptions(house, known, connection, stage)
        _screen.print(f"[green]Done.[/] {house.dropping.bring_back(moving):,} wait again. To record them:")
        _screen.print(*commands, sep="\n", highlight=False, soft_wrap=True)
    else:
        count = _dropped(house, known, connection, moving)
        _screen.print(f"[green]Done.[/] {count:,} were dropped. A mistake? The same command with --back")
    if len(keys) == MOST:
        _screen.print(f"There may be more: {MOST:,} are moved at once. Type it again.", highlight=False)


def _chosen(
    house: House, known: Program, connection: str, first: Instant, last: Instant, *, is_back: bool
) -> Sequence[str]:
    try:
        with _screen.status("Looking through the inbox ..."):
            return house.dropping.chosen(known, connection, since=first, until=last, is_back=is_back)
    except Refused as err:
        raise _plainly(err) from err


def _dropped(house: House, known: Program, connection: str, keys: Iterable[str]) -> int:
    try:
        return house.dropping.drop(known, connection, keys)
    except Refused as err:
        raise _plainly(err) from err


def _plainly(err: Refused) -> click.ClickException:
    before = _IN_DOUBT.format(at_once=AT_ONCE, **err.facts) if err.facts.get("dropped") else ""
    return click.ClickException(before + _TROUBLE[err.reason].format(**err.facts))


def _resumptions(house: House, known: Program, connection: str, stage: str) -> Sequence[str]:
    """What is typed so that what waits of a connection is recorded: each pause that holds it is ended."""
    holding = [
        each.connection
        for each in house.pausing.standing(known)
        if each.what == "earning" and not each.resumed_at and each.concerns(connection)
    ]
    return [resumption(known, name, stage) for name in holding or [connection]]


def _show(house: House, known: Program, connection: str, keys: Sequence[str]) -> None:
    """How many, from when until when, and what they say."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("deliveries", f"{len(keys):,} by {connection}, to {known.slug}")
    table.add_row("the first", moment(came(keys[0])))
    table.add_row("the last", moment(came(keys[-1])))
    read = keys[:_READ]
    contents = house.dropping.contents(track(read, "Reading", console=_screen, transient=True))
    for kind, count in sorted(contents.kinds.items(), key=lambda each: (-each[1], each[0])):
        table.add_row(kind, f"{count:,}")
    if contents.orders:
        table.add_row("bought", f"{_sums(contents)} in {contents.orders:,} different orders or payments")
    if len(read) < len(keys):
        table.add_row("read", f"only the first {_READ:,}")
    _screen.print(table, highlight=False)


def _sums(contents: Contents) -> str:
    sums = (f"{decimal_text(minor, currency)} {currency}" for currency, minor in sorted(contents.bought.items()))
    return " + ".join(sums) or "nothing"


def _instant(told: datetime) -> Instant:
    return int(told.replace(tzinfo=UTC).timestamp()) * 1_000
