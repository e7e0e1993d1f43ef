"""`pointpass export`: a program's books as JSON Lines, described in docs/export.md."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.programs.program import Program
from chalicelib.services.exporting import ExportPage
from ops.export.shelf import Shelf, ShelfTaken
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()
FORMAT = 1
_STEPS = ("programs", "journals", "cards", "vouchers")


@click.command()
@PROGRAM
@STAGE
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), required=True, help="A folder of its own.")
@click.option("--personal", is_flag=True, help="With names, addresses and phone numbers.")
def export(program: str, stage: str, to: Path, personal: bool) -> None:
    """Write a program's books as JSON Lines. After a break the same command goes on where it stopped."""
    house = house_of(stage)
    chosen = program_of(house, program)
    about = {"format": FORMAT, "program": chosen.slug, "stage": stage, "personal": personal}
    try:
        shelf = Shelf(to, about)
    except ShelfTaken as err:
        raise click.ClickException(f"Nothing was written into {to}: {err}. Name an empty folder.") from err
    except OSError as err:
        says = f"Nothing was written into {to}: {err.strerror}. Name a folder that can be made."
        raise click.ClickException(says) from err
    try:
        with _screen.status("Reading ...") as status:
            for step in _STEPS:
                for _ in write(shelf, house, chosen, step, personal=personal):
                    lines = ", ".join(f"{count:,} {name}" for name, count in shelf.lines().items() if count)
                    status.update(f"Written: {lines}")
    except BaseException:
        shelf.leave()
        raise
    counted = shelf.lines()
    made_at = datetime.fromtimestamp(house.adapters.clock.now() // 1_000, UTC).isoformat()
    manifest = shelf.close(made_at=made_at)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("file")
    table.add_column("lines", justify="right")
    for name, count in counted.items():
        table.add_row(f"{name}.jsonl", f"{count:,}")
    _screen.print(table)
    _screen.print(f"Digests and counts: {manifest}", highlight=False)
    if personal:
        _screen.print("[yellow]It holds personal data[/]: keep it where nobody else reads it, and delete it in time.")


def write(shelf: Shelf, house: House, program: Program, step: str, *, personal: bool) -> Iterator[None]:
    """One step of an export, from where it stopped. A step that cannot go on in its middle counts when it is whole."""
    cursor = shelf.cursor(step)
    if cursor is None:
        return
    for page in _pages(shelf, house, program, step, cursor, personal=personal):
        shelf.put(page.lines)
        if page.cursor:
            shelf.keep(step, page.cursor)
        yield
    shelf.keep(step, "")


def _pages(
    shelf: Shelf, house: House, program: Program, step: str, cursor: str, *, personal: bool
) -> Iterator[ExportPage]:
    exporting = house.exporting
    match step:
        case "programs":
            return exporting.programs(program)
        case "journals":
            return exporting.journals(program, cursor)
        case "cards":
            return exporting.held(program, cursor, personal=personal, is_fresh=shelf.is_fresh)
        case _:
            return exporting.vouchers(program)
