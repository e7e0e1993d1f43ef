"""`pointpass reconcile`: read a provider's own list of orders now, and see what its webhooks did not tell."""

import click
from rich.console import Console
from rich.table import Table

from chalicelib.connectors.books import reconciles
from chalicelib.services.reconciling import Reconciled
from ops.connecting import plainly
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of

_screen = Console()


@click.command()
@click.argument("connection")
@PROGRAM
@STAGE
def reconcile(connection: str, program: str, stage: str) -> None:
    """Find orders that no webhook told us about.

    They are recorded like all others. Repeating is harmless.
    """
    house = house_of(stage)
    known = house.adapters.programs.connection(program_of(house, program).slug, connection)
    if known is None:
        raise click.ClickException(f"There is no connection called {connection}.")
    if not reconciles(known.provider):
        raise click.ClickException("This provider cannot be asked for its orders.")
    found = Reconciled()
    with plainly(), _screen.status("Reading the provider's list ...") as status:
        for found in house.reconciler.pages(known):
            status.update(f"Reading the provider's list: {found.seen} orders, {found.new} of them new ...")
    if found.is_paused:
        raise click.ClickException(
            f"Earning is paused for {connection}, so nothing was read; the next reading goes on from where the last "
            "one ended. See: pointpass paused"
        )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("")
    table.add_column("", justify="right")
    table.add_row("orders listed", str(found.seen))
    table.add_row("that we did not know", str(found.new))
    table.add_row("at risk: not told within ten minutes", str(found.at_risk))
    table.add_row("not understood, see pointpass inbox list", str(found.unclear))
    if found.subscribed:
        table.add_row("webhooks made again", ", ".join(found.subscribed))
    _screen.print(table)
