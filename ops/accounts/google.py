"""`pointpass google`: the issuer account and the key that speaks for it."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.system import SystemClock
from chalicelib.errors import TryAgain
from ops.accounts.google_account import DEMO_MODE, Finding, GoogleAddresses, findings
from ops.accounts.place import place_of, plain
from ops.options import STAGE

_screen = Console()
_KEY_BYTES = 65_536
_GOOGLE = GoogleAddresses("https://walletobjects.googleapis.com", "https://oauth2.googleapis.com/token")
_STEPS = (
    "Sign up at https://pay.google.com/business/console, choose Google Wallet API and build a first pass. It costs "
    "nothing. The issuer id stands at the top of that page.",
    "At https://console.cloud.google.com choose a project (it costs nothing, either) and enable the Google Wallet API.",
    "There, IAM, Service accounts: create one without any role. Keys, Add key, JSON: a file is downloaded.",
    "Back in the Google Pay & Wallet console, Users, Invite a user: the service account's e-mail, as Developer.",
    "pointpass google setup --issuer ISSUER_ID --key-file FILE.json",
    "Until publishing access is granted the account is in demo mode: only testers whom you name there can save a card, "
    "and it says [TEST ONLY]. Ask for it in the console once a program's card can be shown in a screenshot.",
)
_WORDS = {"secrets_unavailable": "The place where secrets are kept does not answer ({cause})."}


@click.group()
def google() -> None:
    """Google Wallet: what to do at Google, and the key that speaks for the issuer."""


@google.command()
@click.option("--issuer", default="", help="The issuer id: digits only.")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Google's JSON file with the service account's key.",
)
@click.option("--secret", default="", help="The secret's name, where the stage has no settings yet.")
@click.option("--region", default="", help="The region, with --secret.")
@STAGE
def setup(*, issuer: str, key_file: Path | None, secret: str, region: str, stage: str) -> None:
    """Say what to do at Google; with an issuer and a key file, check them and keep the key as the stage's secret."""
    if not issuer or key_file is None:
        for number, step in enumerate(_STEPS, start=1):
            _screen.print(f"{number}. {step}", highlight=False, soft_wrap=True)
        return
    if not (issuer.isascii() and issuer.isdigit()):
        raise click.ClickException("An issuer id has digits only. It stands at the top of the Google Wallet API page.")
    place = place_of(stage, region=region)
    told = place.settings
    name = secret or (told.google_secret if told else "")
    if not name:
        raise click.ClickException(f"{stage} has no Google Wallet yet. Name its secret: --secret NAME --region REGION.")
    if key_file.stat().st_size > _KEY_BYTES:
        raise click.ClickException("This is no key of a service account: it is too large.")
    text = key_file.read_text(errors="replace")
    addresses = GoogleAddresses(told.google_api_url, told.google_token_url) if told else _GOOGLE
    found = list(findings(issuer, text, addresses, SystemClock()))
    _tell(found)
    if not all(each.is_good for each in found):
        raise click.ClickException("Nothing was kept. Put right what is marked, and run it again.")
    try:
        place.store.keep(name, text)
    except TryAgain as err:
        raise plain(err, _WORDS) from err
    _screen.print(
        f"Kept as the secret {name}. The stage is told by: GoogleIssuer={issuer} GoogleSecret={name}\n"
        f"Delete {key_file}: whoever has it speaks for your account.\n"
        f"Whether the account is in demo mode, in which only testers can save, Google's API does not say. {DEMO_MODE}.",
        highlight=False,
        soft_wrap=True,
    )


def _tell(found: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for each in found:
        table.add_row("[green]✓[/]" if each.is_good else "[red]✗[/]", each.about, each.says, each.todo)
    _screen.print(table)
