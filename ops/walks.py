"""How far a walk has come, at a terminal: a bar while it goes, a table at its end."""

import time
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.events import Instant
from chalicelib.services.ports.walks import Job, Walk
from ops.wording import moment

_LOOKS_SECONDS = 1.0
_VISITS: Mapping[Job, str] = {"publish": "accounts", "resume": "deliveries"}
"""What a walk goes through; cards unless it is said here."""

SAID_ON_PHONES: Sequence[Job] = ("message", "republish")
"""What stands still while messages are paused."""

_SOON: Instant = 120_000
_LAST_LOOK = (
    "It has come to the end of what waited. One more look comes by itself then, for what was stored by whoever had "
    "not noticed the end of the pause yet."
)
_PAUSED = "Messages are paused. It goes on by itself within five minutes of their end: pointpass resume messages"
_NIGHT = "It is night where its members are. It goes on by itself in the morning."

TROUBLE = {
    "walk_under_way": "One is under way already. Look at it with --watch, or end it with --stop.",
    "walk_unknown": "There is none.",
    "walk_done": "It has come to its end already.",
    "rate_impossible": "Choose a rate from 1 to 200 a second.",
}
"""What a walk refuses, in plain words."""


def watch(house: House, walk: Walk, screen: Console) -> Walk:
    """Show how it goes until it is done, stopped, or rests for what is not worth waiting for; as it stands then."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(_heading(house, walk), total=walk.total or None, completed=walk.done)
        while walk.state == "running" and not why_it_rests(house, walk):
            time.sleep(_LOOKS_SECONDS)
            walk = house.walking.walk(walk.program, walk.id)
            bar.update(task, completed=walk.done, description=_heading(house, walk))
    return walk


def show(house: House, walk: Walk, screen: Console) -> None:
    """One table: what became of how many, and how fast."""
    screen.print(walk.id, style="italic", highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    table.add_column(_VISITS.get(walk.job, "cards"), justify="right")
    for outcome, count in sorted(walk.counted.items(), key=lambda each: -each[1]):
        table.add_row(outcome, str(count))
    table.add_row("in all", str(walk.done))
    screen.print(table)
    seconds = max(1, (walk.moved_at - walk.started_at) // 1_000)
    why = why_it_rests(house, walk)
    state = walk.state if not why else "waits" if why == _PAUSED else f"rests until {moment(walk.rests_until)}"
    screen.print(
        f"{state}; begun {moment(walk.started_at)}; {walk.done / seconds:.1f} a second, set to {walk.rate}",
        highlight=False,
    )
    if why:
        screen.print(why, highlight=False)


def why_it_rests(house: House, walk: Walk) -> str:
    """What a walk waits for that nobody wants to look at a bar for; "" while it goes, or soon goes on."""
    if walk.state != "running" or not walk.rests_until:
        return ""
    if walk.job == "resume":
        return _LAST_LOOK
    if walk.job in SAID_ON_PHONES and _is_paused(house, walk.program):
        return _PAUSED
    return _NIGHT if walk.rests_until > house.adapters.clock.now() + _SOON else ""


def _is_paused(house: House, slug: str) -> bool:
    program = house.adapters.programs.program(slug)
    return program is not None and program.is_paused("messages")


def _heading(house: House, walk: Walk) -> str:
    is_resting = walk.rests_until > house.adapters.clock.now()
    return f"{walk.job}, waits until {moment(walk.rests_until)}" if is_resting else walk.job
