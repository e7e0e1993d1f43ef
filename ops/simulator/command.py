"""`pointpass simulate`: let everything go wrong, and see whether a point is lost."""

import itertools
import json
import time
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ops.simulator.faults import contract
from ops.simulator.planted import planted, seeds_needed
from ops.simulator.run import run
from ops.simulator.running import SIZE, Summary, run_all
from ops.simulator.shrinking import is_still_wrong, shrunk
from ops.simulator.story import Story, story

_MANY = 100
"""From so many seeds on, everything that can go wrong must have gone wrong somewhere."""
_SHOWN = 12

_screen = Console()


@click.command()
@click.option("--seeds", default=40, show_default=True, help="How many worlds to run.")
@click.option("--first", default=0, show_default=True, help="The first seed.")
@click.option("--hours", type=float, help="Run new seeds for so long instead.")
@click.option("--seed", type=int, help="Run one seed again, and show it.")
@click.option("--size", default=SIZE, show_default=True, help="Happenings in each story.")
@click.option("--processes", default=2, show_default=True)
@click.option("--require-coverage", is_flag=True, help="Be red unless every fault happened at every call.")
@click.option("--shrink/--no-shrink", default=True, help="Find the smallest story that goes wrong.")
@click.option("--planted", "is_planted", is_flag=True, help="Plant known mistakes and count the seeds that find them.")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write a summary for machines.")
def simulate(  # noqa: PLR0917  # click passes them by name
    seeds: int,
    first: int,
    hours: float | None,
    seed: int | None,
    size: int,
    processes: int,
    require_coverage: bool,
    shrink: bool,
    is_planted: bool,
    file: Path | None,
) -> None:
    """Run the services in worlds that go wrong.

    Each seed is a story of shops, people and phones, in which containers die between any two calls, stores are busy
    and do not answer, and messages come late, twice and out of order. At the end nothing may be lost or doubled.
    """
    if is_planted:
        raise SystemExit(_show_planted(size))
    if seed is not None:
        raise SystemExit(_show_one(story(seed, size), shrink=shrink))
    summary = _run_many(seeds, first, hours, size, processes)
    if file is not None:
        file.write_text(json.dumps(summary.as_json(), indent=1) + "\n")
    is_red = _show(summary, must_cover=require_coverage or summary.seeds >= _MANY)
    if summary.violations and shrink:
        worst = min(summary.violations)
        _show_shrunk(story(worst, size), summary.violations[worst])
    raise SystemExit(1 if is_red else 0)


def _run_many(seeds: int, first: int, hours: float | None, size: int, processes: int) -> Summary:
    began = time.monotonic()
    until = None if hours is None else began + hours * 3_600
    chosen = range(first, first + seeds) if until is None else itertools.count(first)
    summary = Summary()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=_screen
    )
    with bar:
        task = bar.add_task("seeds", total=None if until else seeds)
        for done in run_all(chosen, size=size, processes=processes, until=until):
            summary.add(done)
            for violation in done.violations[:_SHOWN]:
                bar.console.print(f"[red]seed {done.seed}[/] {violation}", highlight=False, soft_wrap=True)
            bar.update(task, advance=1, description=f"{summary.events:,} events")
    summary.seconds = time.monotonic() - began
    return summary


def _show(summary: Summary, *, must_cover: bool) -> bool:
    """The last table; True when the run is red."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("", style="dim")
    table.add_column("", justify="right")
    rate = summary.events / summary.seconds if summary.seconds else 0
    table.add_row("seeds", f"{summary.seeds:,}")
    table.add_row("source events", f"{summary.events:,}")
    table.add_row("events per second", f"{rate:,.0f}")
    table.add_row("handlers", f"{summary.handlers:,}")
    table.add_row("steps", f"{summary.steps:,}")
    table.add_row("virtual days", f"{summary.virtual_days:,}")
    for fault, times in summary.faults.items():
        table.add_row(fault, f"{times:,}")
    missed = summary.missed
    table.add_row("call sites covered", f"{len(contract()) - len(missed)}/{len(contract())}")
    table.add_row("violations", f"{sum(map(len, summary.violations.values()))}")
    _screen.print(table)
    colour = "red" if must_cover else "yellow"
    for site, what in missed:
        _screen.print(f"[{colour}]never happened[/] {site}: {what}", highlight=False)
    return bool(summary.violations) or (must_cover and bool(missed))


def _show_one(told: Story, *, shrink: bool) -> int:
    done = run(told)
    for violation in done.violations:
        _screen.print(f"[red]violation[/] {violation}", highlight=False, soft_wrap=True)
    counted = f"{done.events} events, {done.handlers} handlers, {done.steps} steps in {done.seconds:.1f} s"
    _screen.print(f"seed {done.seed}: {counted}, violations {len(done.violations)}, digest {done.digest[:16]}")
    if done.violations and shrink:
        _show_shrunk(told, done.violations)
    return 1 if done.violations else 0


def _show_shrunk(told: Story, violations: tuple[str, ...]) -> None:
    with _screen.status(f"Looking for the smallest story of seed {told.seed} that goes wrong ..."):
        small = shrunk(told, is_still_wrong(violations))
    _screen.print(f"seed {told.seed}, as little of it as still goes wrong:", highlight=False)
    _screen.print(f"  {told.rules}", highlight=False, soft_wrap=True)
    for happening in small.happenings:
        _screen.print(f"  +{happening.at / 1000:.3f} s  {happening.says()}", highlight=False, soft_wrap=True)


def _show_planted(size: int) -> int:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("planted mistake")
    table.add_column("seeds until found", justify="right")
    table.add_column("found as")
    lost = 0
    for mistake in planted():
        needed, violation = seeds_needed(mistake, size=size)
        lost += not needed
        table.add_row(mistake.name, str(needed) if needed else "[red]not found[/]", violation[:90])
    _screen.print(table)
    return 1 if lost else 0
