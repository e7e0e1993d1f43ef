"""How far a walk has come, at a terminal: a bar while it goes, a table at its end."""

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.services.ports.walks import Walk
from ops.wording import moment

_LOOKS_SECONDS = 1.0

TROUBLE = {
    "walk_under_way": "One is under way already. Look at it with --watch, or end it with --stop.",
    "walk_unknown": "There is none.",
    "walk_done": "It has come to its end already.",
    "rate_impossible": "Choose a rate from 1 to 200 a second.",
}
"""What a walk refuses, in plain words."""


def watch(house: House, walk: Walk, screen: Console) -> Walk:
    """Show how it goes until it is done, stopped or resting; as it stands then."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(walk.job, total=walk.total or None, completed=walk.done)
        while walk.state == "running" and not _is_resting(house, walk):
            time.sleep(_LOOKS_SECONDS)
            walk = house.walking.walk(walk.program, walk.id)
            bar.update(task, completed=walk.done)
    return walk


def show(house: House, walk: Walk, screen: Console) -> None:
    """One table: what became of how many, and how fast."""
    table = Table(box=None, pad_edge=False, header_style="dim", title=walk.id, title_justify="left")
    table.add_column("")
    table.add_column("cards", justify="right")
    for outcome, count in sorted(walk.counted.items(), key=lambda each: -each[1]):
        table.add_row(outcome, str(count))
    table.add_row("in all", str(walk.done))
    screen.print(table)
    seconds = max(1, (walk.moved_at - walk.started_at) // 1_000)
    state = f"rests until {moment(walk.rests_until)}" if _is_resting(house, walk) else walk.state
    screen.print(
        f"{state}; begun {moment(walk.started_at)}; {walk.done / seconds:.1f} a second, set to {walk.rate}",
        highlight=False,
    )


def _is_resting(house: House, walk: Walk) -> bool:
    """Is it night for longer than anybody wants to look at a bar?"""
    return walk.state == "running" and walk.rests_until > house.adapters.clock.now() + 120_000
