"""`pointpass trail`: who did what to a stage, and how it ended."""

import re
import time
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from chalicelib.errors import TryAgain
from ops.auditing.ground import trail_of
from ops.auditing.trail import Begun, Closed, Line
from ops.options import STAGE
from ops.tables import Listing
from ops.target import LAPTOP
from ops.wording import stamp

_screen = Console()
_DAYS = 30
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COLOURS = {"done": "green", "refused": "yellow", "broke": "red"}


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help=f"First day, UTC; {_DAYS} days ago if left out.")
@click.option("--who", default="", help="Only lines in which this stands: a user, who said it, or the caller at AWS.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one line each, for other programs.")
@STAGE
def trail(since: datetime | None, who: str, as_json: bool, stage: str) -> None:
    """Who did what to a stage, and how it ended: the newest first, at most 1000 lines.

    A command that was killed has begun and not ended. Nothing here can be changed or removed by a command.
    """
    now = time.time_ns() // 1_000_000
    start = now - _DAYS * 86_400_000 if since is None else int(since.replace(tzinfo=UTC).timestamp()) * 1_000
    try:
        lines = [line for line in trail_of(stage).since(start, now) if _is_of(line.begun, who)]
    except TryAgain as err:
        if stage == LAPTOP and err.facts.get("cause") == "EndpointConnectionError":
            raise click.ClickException("The laptop system does not answer. Is it running?") from err
        raise click.ClickException(f"The trail of {stage} does not answer ({err}).") from err
    if as_json:
        for line in lines:
            click.echo(msgspec.json.encode(line).decode())
        return
    if not lines:
        _screen.print("Nothing was done.")
        return
    _listing(lines).show(_screen)


def _listing(lines: list[Line]) -> Listing:
    listing = Listing(("when, UTC", "who", "command", "with", "ended"))
    for line in lines:
        begun = line.begun
        given = " ".join(f"{name}={value}" for name, value in begun.arguments.items())
        listing.add_row(stamp(begun.at), escape(_who(begun)), begun.command, escape(given), _ended(begun, line.closed))
    return listing


def _who(begun: Begun) -> str:
    says = f"{begun.by}, typed by {begun.user}" if begun.by else begun.user
    kind, _, name = begun.caller.rpartition(":")[2].partition("/")
    if kind == "assumed-role":
        role, _, session = name.partition("/")
        return f"{says} as {session}, role {role}"
    return f"{says} as {name or kind}" if begun.caller else says


def _ended(begun: Begun, closed: Closed | None) -> str:
    if closed is None:
        return "[red]begun, and not ended[/]"
    why = _CAPITAL.sub(" ", closed.why).lower().replace("_", " ")
    if closed.outcome == "refused":
        why = why or "what was said is not kept"
    told = f"[{_COLOURS[closed.outcome]}]{closed.outcome}[/]" + (f": {escape(why)}" if why else "")
    return f"{told}, {(closed.at - begun.at) / 1_000:.1f} s"


def _is_of(begun: Begun, who: str) -> bool:
    return any(who in name for name in (begun.user, begun.by, begun.caller))
