"""`pointpass pass-type`: a program gets a pass type of its own at Apple."""

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import LoyaltyError
from chalicelib.services.ports import Wallet
from ops.options import STAGE
from ops.target import house_of, program_of
from ops.wording import moment

_screen = Console()


@click.command("pass-type")
@click.argument("program", default="")
@click.option("--name", default="", help="Apple's name of it: pass.com.your-shop.card. Without it they are listed.")
@click.option("--team", default="", help="Apple's name of the team that owns it.")
@click.option("--secret", default="", help="Name of the secret with its certificate, key and intermediate.")
@STAGE
def pass_type(*, program: str, name: str, team: str, secret: str, stage: str) -> None:
    """Give PROGRAM a pass type of its own: new cards are signed with it, cards that are out keep theirs.

    Its papers are checked first: nothing is stored that could sign nothing.
    """
    house = house_of(stage)
    known = program_of(house, program)
    if name:
        _give(house, Wallet(known.slug, name, team, secret, since=house.adapters.clock.now()))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("pass type", "team", "for new cards since"):
        table.add_column(heading)
    for wallet in house.adapters.programs.wallets(known.slug):
        table.add_row(wallet.pass_type, wallet.team, moment(wallet.since))
    _screen.print(table if table.row_count else f"{known.slug} shares the pass type of this system.")


def _give(house: House, wallet: Wallet) -> None:
    folder = f"pointpass-{house.settings.stage}-apple/"
    if not wallet.secret.startswith(folder):  # what signs may read these alone
        raise click.BadParameter(f"its name begins with {folder}", param_hint="--secret")
    owner = next((each for each in house.adapters.programs.every_wallet() if each.pass_type == wallet.pass_type), None)
    if owner is not None and owner.program != wallet.program:
        raise click.ClickException(f"{wallet.pass_type} belongs to {owner.program}.")
    try:
        house.adapters.tenants.check(wallet)
    except LoyaltyError as err:
        facts = ", ".join(f"{key} {fact}" for key, fact in err.facts.items())
        raise click.ClickException(f"These papers cannot sign: {err.reason.replace('_', ' ')} ({facts}).") from err
    house.adapters.programs.put_wallet(wallet)
