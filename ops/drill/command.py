"""`pointpass drill restore` rehearses a restore; `pointpass restoring` closes and opens the doors of a real one."""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.adapters import tables
from chalicelib.config import Settings
from chalicelib.errors import LoyaltyError
from chalicelib.services.ports import Programs
from chalicelib.store.tables import ROOMS
from ops.drill.backups import Backup, Copies, PointInTime, RestoreFailed
from ops.drill.copying import GOOD, Copying
from ops.drill.house import house_beside, prefix_of, set_beside
from ops.drill.rehearsal import Rehearsal, Timed
from ops.options import STAGE
from ops.target import LAPTOP, house_of, settings_of
from ops.verifying import check_aside, put_aside

_screen = Console()
_REPLACED = """\
aws dynamodb update-table --table-name {table} --no-deletion-protection-enabled
aws dynamodb delete-table --table-name {table}
aws dynamodb wait table-not-exists --table-name {table}
aws dynamodb restore-table-from-backup --target-table-name {table} --backup-arn {backup}
aws dynamodb wait table-exists --table-name {table}"""
"""Nobody's role removes a table of the stage: it is the one step that cannot be undone."""


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
    check_aside(aside)
    beside = set_beside(settings)
    backup = backup_of(settings, apart)
    plan = rehearsal(beside, backup, aside)
    try:
        # What an earlier rehearsal was told to keep, or left behind when it was interrupted.
        backup.remove(prefix_of(beside))
        steps = _shown(plan)
    except (RestoreFailed, LoyaltyError) as err:
        raise click.ClickException(f"The rehearsal ended early: {err}") from err
    finally:
        if not keep:
            backup.remove(prefix_of(beside))
    whole = sum(step.milliseconds for step in steps) / 1_000
    is_good = all(step.is_good for step in steps)
    _screen.print(f"{_verdict(is_good, plan.torn)} {whole:.1f} s in all.", highlight=False, soft_wrap=True)
    raise SystemExit(0 if is_good else 1)


def _verdict(is_good: bool, torn: int) -> str:
    if not is_good:
        return "[red]The backup could not be put right.[/]"
    if not torn:
        return (
            "[yellow]The tables came back. Nothing was torn, so no repair was tried[/]: rehearse while people buy (on "
            "the laptop: pointpass traffic, in another terminal)."
        )
    return f"{torn} promises did not hold, and all do now. [green]The backup can be put back.[/]"


def backup_of(settings: Settings, apart: int) -> Backup:
    """Copies where an engine of our own is told of, and DynamoDB's recovery where it is DynamoDB."""
    client = _dynamodb(settings)
    if not settings.dynamodb_endpoint_url:
        return PointInTime(client, prefix_of(settings), apart)
    beside = set_beside(settings)
    return Copies(client, prefix_of(settings), lambda _: tables(beside), _now, lambda: time.sleep(apart))


def _closed(programs: Programs, stage: str) -> Sequence[str]:
    """The stage's programs. Raises ClickException when one of them is served.

    None where the table that says so is lost: it lets nobody in either.
    """
    try:
        slugs = programs.slugs()
        served = [slug for slug in slugs if not programs.restoring(slug)]
    except LoyaltyError:
        _screen.print("The table [bold]programs[/] cannot be read: nobody is let in.")
        return []
    if served:
        raise click.ClickException(
            f"Somebody is served: {', '.join(served)}. Close the doors first: pointpass restoring begin --stage {stage}"
        )
    return slugs


def _dynamodb(settings: Settings) -> Any:
    import boto3  # noqa: PLC0415  # no other command asks for tables as a whole

    endpoint = settings.dynamodb_endpoint_url
    return boto3.client("dynamodb", region_name=settings.region, endpoint_url=endpoint or None)


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


@restoring.command("copy")
@click.argument("rooms", nargs=-1, required=True, type=click.Choice(ROOMS))
@click.option(
    "--at", required=True, type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="The second, of the last 35 days."
)
@STAGE
def copy_(rooms: tuple[str, ...], at: datetime, stage: str) -> None:
    """Put tables back beside the stage's own, as of one second and closed, and make the backups that replace those.

    ROOMS: journal, documents, members, cards, views, programs, access. The stage's own tables are not changed.
    """
    if stage == LAPTOP:
        raise click.ClickException(
            "The tables of the laptop keep no past to copy: name a stage with --stage. What a restore is like on the "
            "laptop: pointpass drill restore"
        )
    settings = settings_of(stage)
    slugs = _closed(house_of(stage).adapters.programs, stage)
    beside = set_beside(settings, GOOD)
    copying = Copying(
        _dynamodb(settings),
        prefix_of(settings),
        prefix_of(beside),
        lambda: house_beside(beside, by_operator=True).adapters.programs,
        slugs,
        _now,
        time.sleep,
        _screen.print,
    )
    try:
        for each in copying.run(list(dict.fromkeys(rooms)), at.replace(tzinfo=UTC)):
            _screen.print(f"\n[bold]{each.table}[/], as an administrator:", highlight=False)
            click.echo(_REPLACED.format(table=each.table, backup=each.backup))
    except (RestoreFailed, ClientError, BotoCoreError) as err:
        raise click.ClickException(f"Nothing of the stage was changed, and not every copy was made: {err}") from err


@restoring.command("end")
@STAGE
def end_(stage: str) -> None:
    """Check every program that is closed, and serve those whose ledger is right."""
    house = house_of(stage)
    programs = house.adapters.programs
    torn = []
    closed = list(filter(programs.restoring, programs.slugs()))
    if not closed:
        _screen.print("No program is closed: everybody is served.")
    for slug in closed:
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
