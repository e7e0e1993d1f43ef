"""`pointpass cost`."""

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from ops.cost import page, record, sheets
from ops.cost.bill import BUSY, PURCHASE, REFRESH
from ops.cost.record import Record
from ops.cost.run import NotAlike, recorded
from ops.laptop.cloud import CloudFailed
from ops.laptop.engine import EngineFailed, EngineMissing

_screen = Console()


@click.command()
@click.option("--kept", is_flag=True, help="Price what was counted before; nothing is started.")
@click.option("--markdown", is_flag=True, help="Keep what was counted, and write docs/cost.md and its picture anew.")
@click.option("--prices", is_flag=True, help="Also show every price, its day and where it was read.")
def cost(*, kept: bool, markdown: bool, prices: bool) -> None:
    """Count a purchase from the webhook to the push, and a phone's refresh, and price them by AWS's list.

    It runs on this computer: nothing is asked of AWS. What cannot be counted here is in ops/cost/assumptions.yaml.
    """
    found = record.read() if kept else _counted()
    for sheet in (
        sheets.lines(found, PURCHASE, "A million purchases, webhook to push, dollars"),
        sheets.lines(found, BUSY, "A million purchases within the quiet time after a push, dollars"),
        sheets.lines(found, REFRESH, "A million card refreshes by phones, dollars"),
        sheets.regions(found),
        sheets.durations(found),
        sheets.memories(found),
        sheets.months(found),
        sheets.savings(found),
        *([sheets.listed()] if prices else []),
        sheets.goals(found),
    ):
        _screen.print(sheets.rich_table(sheet))
        _screen.print()
    if markdown:
        record.write(found)
        page.write(found)
        _screen.print(f"Written: {page.PAGE.name}, {page.PICTURE.name}, {record.FILE.name}", highlight=False)


def _counted() -> Record:
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=_screen, transient=True) as progress:
        task = progress.add_task("starting the engine")
        try:
            return recorded(on_step=lambda step: progress.update(task, description=step))
        except (EngineMissing, EngineFailed, CloudFailed, NotAlike) as err:
            raise click.ClickException(str(err)) from err
