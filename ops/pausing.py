"""`pointpass pause`, `resume`, `paused`: what stands still, since when, by whom and why."""

import getpass
from collections.abc import Sequence
from typing import cast, get_args

import click
from rich.console import Console
from rich.markup import escape

from chalicelib.bootstrap.house import House
from chalicelib.errors import Refused
from chalicelib.events import Instant
from chalicelib.programs.pausing import Pause, What
from chalicelib.programs.program import Program
from chalicelib.services.pausing import KEPT_DAYS, USUAL_RATE
from chalicelib.services.ports.walks import Job, Walk
from ops.options import PROGRAM, STAGE
from ops.tables import Listing
from ops.target import house_of, program_of
from ops.walks import SAID_ON_PHONES, TROUBLE, show, watch
from ops.wording import moment, stamp

_screen = Console()
_DAY: Instant = 86_400_000
_DID = {"paused": "paused", "resumed": "resumed", "caught_up": "caught up"}
_SAYS: dict[What, str] = {
    "earning": "Webhooks are checked and stored; what they tell is recorded after: {resumption}",
    "redeeming": "Tills are told that nothing can be used now. What was held or reserved before can still be used.",
    "joining": "Nobody can join, and no waiting points are claimed. Cards that are there go on.",
    "messages": "Messages and new looks wait where they are. Mails that prove an address go on.",
}
_TROUBLE = {
    **TROUBLE,
    "not_paused": "{what} is not paused, and nothing waits. See: pointpass paused",
    "connection_unknown": "There is no connection called {connection}.",
    "not_by_connection": "Only earning is paused for one connection; {what} is paused for the whole program.",
    "name_missing": "Say who does it: --by NAME",
    "name_too_long": "A name has at most {most} letters.",
    "reason_too_long": "A reason has at most {most} letters.",
}
_ELSEWHERE = "Nothing was changed. What stands still is something else:"
_CLOSED = (
    "[red]{slug} is closed[/]: its tables are being put back, and nobody is served. pointpass restoring end opens it; "
    "docs/runbooks/restore.md"
)

_WHAT = click.argument("what", type=click.Choice(get_args(What)))
_CONNECTION = click.option("--connection", default="", help="Only this one; for earning.")
_REASON = click.option("--reason", default="", help="Why: whoever looks at it later reads it.")
_BY = click.option("--by", default="", help="Who does it; the user of this computer if left out.")


@click.command()
@_WHAT
@PROGRAM
@_CONNECTION
@_REASON
@_BY
@STAGE
def pause(*, what: str, program: str, connection: str, reason: str, by: str, stage: str) -> None:
    """Let something stand still, everywhere within a minute: earning, redeeming, joining or messages."""
    house = house_of(stage)
    known, chosen = program_of(house, program), cast(What, what)
    try:
        standing, is_new = house.pausing.pause(known, chosen, by=_name(by), why=reason, connection=connection)
    except Refused as err:
        raise _plainly(err) from err
    if not is_new:
        since = f"since {moment(standing.since)}, by {escape(standing.by)}"
        _screen.print(f"It is paused already, {since}. Nothing was changed.", highlight=False)
        return
    seconds = house.settings.program_cache_seconds
    _screen.print(f"[green]Paused[/] {_about(standing, known)}, everywhere within {seconds} seconds.", highlight=False)
    says = _SAYS[chosen].format(resumption=resumption(known, connection, stage))
    _screen.print(says, highlight=False, soft_wrap=True)
    if chosen == "earning":
        until = moment(standing.since + KEPT_DAYS * _DAY)
        _screen.print(f"What is stored is kept for at least {KEPT_DAYS} days: resume before {until}.", highlight=False)


@click.command()
@_WHAT
@PROGRAM
@_CONNECTION
@_REASON
@_BY
@click.option("--rate", type=int, default=USUAL_RATE, show_default=True, help="Stored deliveries a second, at most.")
@click.option("--watch", "is_watched", is_flag=True, help="Stay and show how what was stored is recorded.")
@STAGE
def resume(
    *, what: str, program: str, connection: str, reason: str, by: str, rate: int, is_watched: bool, stage: str
) -> None:
    """Let it go on. What was told meanwhile is recorded in the order in which it came; repeating is harmless."""
    house = house_of(stage)
    known, chosen = program_of(house, program), cast(What, what)
    try:
        done = house.pausing.resume(known, chosen, by=_name(by), why=reason, connection=connection, rate=rate)
    except Refused as err:
        others = _earning(house, known) if (err.reason, chosen) == ("not_paused", "earning") else []
        if not others:
            raise _plainly(err) from err
        lines = [f"{_about(each, known)}: {resumption(known, each.connection, stage)}" for each in others]
        raise click.ClickException("\n".join((_ELSEWHERE, *lines))) from err
    if done.was is None:
        _screen.print("It was not paused, and something waited still: that is recorded now.")
    else:
        seconds = house.settings.program_cache_seconds
        _screen.print(f"[green]Resumed[/] {_about(done.was, known)}, within {seconds} seconds.", highlight=False)
    if chosen == "earning":
        _show_still(house, known, stage)
    if chosen == "messages":
        for each in _under_way(house, known, *SAID_ON_PHONES):
            so_far = f"{each.done} of {each.total}" if each.total else f"{each.done}"
            _screen.print(f"{each.id} goes on within five minutes: {so_far} so far.", highlight=False, soft_wrap=True)
    if done.walk is not None:
        walk = watch(house, done.walk, _screen) if is_watched else done.walk
        show(house, walk, _screen)
        if not is_watched:
            _screen.print("How it goes: pointpass paused", highlight=False)


@click.command()
@PROGRAM
@click.option("--trail", "lines", type=click.IntRange(1, 1_000), help="Show so many of the last pauses and ends, too.")
@STAGE
def paused(program: str, lines: int | None, stage: str) -> None:
    """Show what stands still, since when, by whom and why, and what waits to be recorded."""
    house = house_of(stage)
    slugs = [program] if program else list(house.adapters.programs.slugs())
    programs = [program_of(house, slug) for slug in slugs]
    rows = [(known, standing) for known in programs for standing in house.pausing.standing(known)]
    if rows:
        _table(rows).show(_screen)
    closed = [known.slug for known in programs if house.adapters.programs.restoring(known.slug)]
    for slug in closed:
        _screen.print(_CLOSED.format(slug=slug), highlight=False, soft_wrap=True)
    if not rows and not closed:
        _screen.print("Nothing is paused.")
    for known in programs:
        _show_waiting(house, known)
    if lines:
        _show_trail(house, programs, lines)


def resumption(known: Program, connection: str, stage: str) -> str:
    """What is typed to end a pause of earning, of one connection or ("") of the program."""
    words = ["pointpass resume earning", "--program", known.slug]
    words += ["--connection", connection] if connection else []
    words += ["--stage", stage] if stage != "laptop" else []
    return " ".join(words)


def _earning(house: House, known: Program) -> list[Pause]:
    """The pauses of earning that are not ended yet: each holds what it is about, whatever else is resumed."""
    return [each for each in house.pausing.standing(known) if each.what == "earning" and not each.resumed_at]


def _show_still(house: House, known: Program, stage: str) -> None:
    for each in _earning(house, known):
        command = resumption(known, each.connection, stage)
        says = f"[yellow]Still paused[/]: {_about(each, known)}. To end that: {command}"
        _screen.print(says, highlight=False, soft_wrap=True)


def _table(rows: list[tuple[Program, Pause]]) -> Listing:
    table = Listing(("program", "paused", "connection", "since, UTC", "by", "why", "state"))
    for known, standing in rows:
        is_over = bool(standing.resumed_at)
        table.add_row(
            known.slug,
            standing.what,
            standing.connection or "all",
            stamp(standing.since),
            escape(standing.by),
            escape(standing.why),
            f"catching up since {stamp(standing.resumed_at)}" if is_over else "stands still",
        )
    return table


def _show_waiting(house: House, known: Program) -> None:
    waiting = house.pausing.waiting(known)
    if waiting:
        _screen.print(f"{known.slug}: {waiting} deliveries wait to be recorded.", highlight=False)
    jobs: Sequence[Job] = ("resume", *SAID_ON_PHONES) if known.is_paused("messages") else ("resume",)
    for walk in _under_way(house, known, *jobs):
        show(house, walk, _screen)


def _under_way(house: House, known: Program, *jobs: Job) -> list[Walk]:
    return [walk for walk in house.walking.of(known.slug, *jobs) if walk.state == "running"]


def _show_trail(house: House, programs: list[Program], lines: int) -> None:
    table = Listing(("when, UTC", "program", "what", "connection", "by", "why"))
    for known in programs:
        for line in house.adapters.programs.pause_trail(known.slug, limit=lines):
            did = f"{line.what} {_DID[line.did]}"
            about = line.connection or "all"
            table.add_row(stamp(line.at), known.slug, did, about, escape(line.by), escape(line.why))
    table.show(_screen)


def _about(standing: Pause, known: Program) -> str:
    by_connection = f" of {standing.connection}" if standing.connection else ""
    return f"{standing.what}{by_connection} in {known.slug}"


def _name(by: str) -> str:
    return by or getpass.getuser()


def _plainly(err: Refused) -> click.ClickException:
    return click.ClickException(_TROUBLE[err.reason].format(**err.facts))
