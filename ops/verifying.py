"""`pointpass verify` and `pointpass repair`: is the ledger right, and what to do when a restore left it torn."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from chalicelib.errors import Refused
from chalicelib.events import AccountId
from chalicelib.ledger.seals import Seal
from chalicelib.ledger.stored import Stored
from chalicelib.programs.program import Program
from chalicelib.services.repairing import Step
from chalicelib.services.verifying import Found, Watch
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()
_errors = Console(stderr=True)
_NOT_RESEALED = {
    "seals_are_wrong": "The seals themselves are wrong, which no restore does. See pointpass verify --seal.",
    "ledger_is_torn": "Other promises do not hold. Put the ledger right first: pointpass repair.",
    "nothing_is_gone": "Everything that was sealed is there. The next night will seal as ever.",
}


@click.command()
@click.option("--seal", is_flag=True, help="Hold everything against the sealed days, too.")
@PROGRAM
@STAGE
def verify(seal: bool, program: str, stage: str) -> None:
    """Check every promise of the ledger over everything that is stored."""
    house = house_of(stage)
    known = program_of(house, program)
    with _progress() as progress:
        watch = _watching(progress)
        found = (
            house.auditing.against_seal(known, watch=watch) if seal else house.verification.verify(known, watch=watch)
        )
    for violation in found.violations:
        where = f"{violation.account} entry {violation.seq}" if violation.seq else violation.account
        _errors.print(f"[red]promise {violation.promise}[/] {where}: {violation.says}", highlight=False, soft_wrap=True)
    if seal:
        _tell_seals(house.adapters.seals.days(known.slug), house.adapters.seals.public_key)
        _tell_breaks(house.auditing.sealing.breaks(known))
    wrong = len(found.violations) + found.more
    verdict = f"[red]{wrong} violations[/]" if wrong else "[green]clean[/]"
    _screen.print(f"{_counted(found)}: {verdict}", highlight=False)
    raise SystemExit(1 if wrong else 0)


@click.command()
@PROGRAM
@STAGE
def night(program: str, stage: str) -> None:
    """Check everything, close the days that are over, and seal today: what is done every night, without its time limit.

    For a ledger that has grown too large for the time a night has.
    """
    house = house_of(stage)
    known = program_of(house, program)
    with _progress() as progress:
        audited = house.auditing.night(known, watch=_watching(progress))
    wrong = len(audited.found.violations) + audited.found.more
    verdict = f"[red]{wrong} violations[/], see pointpass verify --seal" if wrong else "[green]clean[/]"
    _screen.print(f"{_counted(audited.found)}: {verdict}", highlight=False)
    sealed = f"sealed as {audited.sealed.seal.day}" if audited.sealed else "not sealed"
    _screen.print(f"{len(audited.closed)} totals of days closed, {sealed}.", highlight=False)
    raise SystemExit(1 if wrong else 0)


@click.command()
@click.option("--reason", required=True, help="Why entries that were sealed are gone. It stays in the seal for ever.")
@PROGRAM
@STAGE
def reseal(reason: str, program: str, stage: str) -> None:
    """Seal a ledger that was put back to an earlier point, so that its nights can go on.

    The new seal names the one that it does not extend, how many entries are gone, and the reason. `pointpass verify
    --seal` tells it ever after. Put the ledger right first: pointpass repair.
    """
    said = " ".join(reason.split())
    if not said:
        raise click.ClickException("Say why the entries are gone.")
    house = house_of(stage)
    known = program_of(house, program)
    try:
        with _progress() as progress:
            sealed = house.auditing.accept_restore(known, said, watch=_watching(progress))
    except Refused as err:
        raise click.ClickException(_NOT_RESEALED[err.reason]) from err
    _tell_breaks([sealed.seal])


@click.command()
@click.option("--do", "is_meant", is_flag=True, help="Do it. Without this nothing is changed.")
@click.option(
    "--aside",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("put-aside"),
    show_default=True,
    help="Folder for entries that are taken from a journal.",
)
@PROGRAM
@STAGE
def repair(is_meant: bool, aside: Path, program: str, stage: str) -> None:
    """Put a ledger right that was restored from a backup, while nobody else writes.

    Says what would be done first. With --do it is done, and everything is checked again.
    """
    house = house_of(stage)
    known = program_of(house, program)
    if not is_meant:
        with _screen.status("Looking for what is missing ..."):
            steps = house.repairing.plan(known)
        _tell_steps(steps)
        _screen.print("Nothing was changed. To do it: add --do" if steps else "Nothing is missing.")
        return
    check_aside(aside)
    with _screen.status("Putting it right ..."):
        done = house.repairing.do(known, lambda account, rows: put_aside(aside, known, account, rows))
        found = house.verification.verify(known)
    _tell_steps(done)
    left = len(found.violations) + found.more
    _screen.print("[green]The ledger is clean.[/]" if not left else f"[red]{left} violations are left.[/]")
    raise SystemExit(1 if left else 0)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[counted]}"),
        TimeElapsedColumn(),
        console=_errors,
        transient=True,
    )


def _watching(progress: Progress) -> Watch:
    task = progress.add_task("Checking", total=None, counted="")

    def watch(what: str, count: int) -> None:
        if count % 100 == 0:
            progress.update(task, counted=f"{count} {what}")

    return watch


def _counted(found: Found) -> str:
    speed = f", {found.per_second} entries a second" if found.per_second else ""
    return f"{found.accounts} accounts, {found.entries} entries, {found.documents} documents{speed}"


def _tell_seals(days: Sequence[str], public_key: str) -> None:
    said = f"{len(days)} days are sealed, {days[0]} to {days[-1]}." if days else "No day is sealed yet."
    _screen.print(f"{said} Seals are signed with the key of\n{public_key.strip()}", highlight=False)


def _tell_breaks(seals: Sequence[Seal]) -> None:
    for seal in seals:
        _screen.print(
            f"[yellow]The seal of {seal.day} does not extend the one before it[/]: "
            f"{seal.gone} sealed entries were gone. "
            f"Reason: {escape(seal.accepted)}",
            highlight=False,
            soft_wrap=True,
        )


def _tell_steps(steps: Sequence[Step]) -> None:
    for step in steps:
        mark = "[green]done[/] " if step.is_done else ""
        _screen.print(f"{mark}{step.says}", highlight=False, soft_wrap=True)


def check_aside(folder: Path) -> None:
    """Whether entries could be kept there; what was made for that is removed. Raises ClickException.

    Asked before anything is done: a repair that has taken an entry away must not lose it.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
        for each in made:
            each.rmdir()
    except OSError as err:
        raise click.ClickException(
            f"Nothing was done: entries that a repair takes from a journal cannot be kept in {folder}: {err.strerror}. "
            "Another folder: --aside FOLDER"
        ) from err


def put_aside(folder: Path, program: Program, account: AccountId, rows: Sequence[Stored]) -> None:
    """Keep entries that a repair takes from a journal, in a file of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{program.slug}-{account}-{rows[0].seq}.json"
    file.write_text(json.dumps([row._asdict() for row in rows], indent=1))
