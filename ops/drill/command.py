"""`pointpass drill restore` rehearses a restore; `pointpass restoring` closes and opens the doors of a real one."""

import logging
import time
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.adapters import tables
from chalicelib.config import Settings
from chalicelib.errors import LoyaltyError
from ops.drill.backups import Backup, Copies, PointInTime, RestoreFailed
from ops.drill.house import house_beside, prefix_of, set_beside
from ops.drill.rehearsal import Rehearsal, Timed
from ops.options import STAGE
from ops.target import house_of, settings_of
from ops.verifying import put_aside

_screen = Console()


@click.group()
def drill() -> None:
    """Rehearsals: what is done on a bad day, done on a good one."""


@drill.command("restore")
@click.option("--apart", type=click.IntRange(0, 60), default=1, show_default=True, help="Seconds between two tables.")
@click.option("--keep", is_flag=True, help="Leave the tables that were put back, to look at them.")
@click.option(
    "--aside",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("put-aside"),
    show_default=True,
    help="Folder for entries that the repair takes from a journal.",
)
@STAGE
def restore_(apart: int, keep: bool, aside: Path, stage: str) -> None:
    """Put every table back beside the stage's own, each as of another second, and repair what does not fit.

    The stage goes on serving and is not changed: the rehearsal has tables of its own, reaches nobody and keeps no seal.
    """
    # What its doors and services have to say is in the report.
    logging.getLogger("chalicelib").addHandler(logging.NullHandler())
    settings = settings_of(stage)
    beside = set_beside(settings)
    backup = backup_of(settings, apart)
    try:
        # What an earlier rehearsal was told to keep, or left behind when it was interrupted.
        backup.remove(prefix_of(beside))
        steps = _shown(rehearsal(beside, backup, aside))
    except (RestoreFailed, LoyaltyError) as err:
        raise click.ClickException(f"The rehearsal ended early: {err}") from err
    finally:
        if not keep:
            backup.remove(prefix_of(beside))
    whole = sum(step.milliseconds for step in steps) / 1_000
    is_good = all(step.is_good for step in steps)
    verdict = "[green]The backup can be put back.[/]" if is_good else "[red]The backup could not be put right.[/]"
    _screen.print(f"{verdict} {whole:.1f} s in all.", highlight=False)
    raise SystemExit(0 if is_good else 1)


def backup_of(settings: Settings, apart: int) -> Backup:
    """Copies where an engine of our own is told of, and DynamoDB's recovery where it is DynamoDB."""
    import boto3  # noqa: PLC0415  # no other command asks for tables as a whole

    endpoint = settings.dynamodb_endpoint_url
    client = boto3.client("dynamodb", region_name=settings.region, endpoint_url=endpoint or None)
    if not endpoint:
        return PointInTime(client, prefix_of(settings), apart)
    beside = set_beside(settings)
    return Copies(client, prefix_of(settings), lambda _: tables(beside), _now, lambda: time.sleep(apart))


def rehearsal(beside: Settings, backup: Backup, aside: Path) -> Rehearsal:
    """`beside`: the settings of the tables that are put back."""
    return Rehearsal(
        backup,
        prefix_of(beside),
        partial(house_beside, beside, by_operator=True),
        partial(house_beside, beside, by_operator=False),
        _now,
        partial(put_aside, aside),
    )


@click.group()
def restoring() -> None:
    """Close the doors while tables are put back, and open them when the ledger is right."""


@restoring.command("begin")
@STAGE
def begin_(stage: str) -> None:
    """Serve nobody: webhooks and phones are told to come again, queues wait, pages say "later"."""
    house = house_of(stage)
    programs = house.adapters.programs
    for slug in programs.slugs():
        programs.begin_restore(slug, house.adapters.clock.now())
    seconds = house.settings.program_cache_seconds
    _screen.print(f"{len(programs.slugs())} programs are closed. Every function knows it within {seconds} s: wait.")


@restoring.command("end")
@STAGE
def end_(stage: str) -> None:
    """Check every program that is closed, and serve those whose ledger is right."""
    house = house_of(stage)
    programs = house.adapters.programs
    torn = []
    for slug in filter(programs.restoring, programs.slugs()):
        program = programs.program(slug)
        found = None if program is None else house.verification.verify(program)
        wrong = 0 if found is None else len(found.violations) + found.more
        if wrong:
            torn.append(slug)
            _screen.print(
                f"[red]{slug} stays closed[/]: {wrong} promises do not hold. pointpass repair --program {slug}"
            )
        else:
            programs.end_restore(slug)
            _screen.print(f"[green]{slug} is served again.[/]")
    raise SystemExit(1 if torn else 0)


def _shown(plan: Rehearsal) -> list[Timed]:
    """Every step as soon as it is done."""
    steps = []
    for step in plan.run():
        table = Table.grid(padding=(0, 2))
        for width in (2, 26, 10, None):
            table.add_column(width=width)
        mark = "[green]✓[/]" if step.is_good else "[red]✗[/]"
        table.add_row(mark, step.name, f"{step.milliseconds / 1_000:.1f} s", step.says)
        _screen.print(table)
        steps.append(step)
    return steps


def _now() -> int:
    return time.time_ns() // 1_000_000
