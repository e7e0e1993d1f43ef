"""`pointpass mail`: does a letter arrive, and what must the domain say so that it does?"""

import json
import re

import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.system import SystemChance, SystemClock
from chalicelib.config import Settings
from chalicelib.errors import Broken, Malformed, TryAgain
from chalicelib.store.aws import error_code
from chalicelib.web.post import SmtpMailer, server_of
from ops.accounts.place import Place, place_of, plain
from ops.accounts.post import (
    Identity,
    identify,
    is_in_sandbox,
    is_ses,
    records,
    suppress_bounces,
    trouble,
    where_mail_is,
)
from ops.doctor.cloud import Cloud, StageCloud
from ops.options import STAGE

_screen = Console()
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_WORDS = {
    "mail_settings": "POINTPASS_SMTP_URL is no address of a mail server: smtps://user@host:465.",
    "secret_missing": "The secret {name}, which holds the mail server's password, is not there.",
}


@click.group()
def mail() -> None:
    """Letters: send a test, and print what the domain's DNS needs."""


@mail.command()
@click.option("--to", required=True, help="Who gets the test letter.")
@STAGE
def check(to: str, stage: str) -> None:
    """Send the letter that members get, with a code that opens nothing, and say what failed."""
    place = place_of(stage, region="")
    told = place.settings
    assert told is not None, "a stage that is named has settings"
    try:
        host, place_of_mail = server_of(told.smtp_url)[0], where_mail_is(told)
    except Broken as err:
        raise plain(err, _WORDS) from err
    if is_ses(host) and _sandboxed(StageCloud(place_of_mail)):
        _screen.print("SES is in its sandbox: only verified addresses get mail, 200 a day. Ask for production access.")
    try:
        _mailer(told, place).send_proof(
            to, language="en", business=f"Mail check of {stage}", code="000000", link=told.base_url
        )
    except Malformed as err:
        which = "recipient" if err.reason == "not_an_address" else "sender (POINTPASS_MAIL_FROM)"
        raise click.ClickException(f"The {which} is no mail address.") from err
    except Broken as err:
        raise plain(err, _WORDS) from err
    except TryAgain as err:
        raise click.ClickException(f"{host}: {trouble(err)}") from err
    _screen.print(
        f"{host} took the letter. It is from {told.mail_from}. Look into the spam folder, too; if it lies there, see: "
        f"pointpass mail records {told.mail_from.rpartition('@')[2].rstrip('>')}",
        highlight=False,
        soft_wrap=True,
    )


@mail.command("records")
@click.argument("domain")
@click.option("--ses", is_flag=True, help="Make the domain known to Amazon SES, and print the keys it gives.")
@STAGE
def show_records(domain: str, stage: str, *, ses: bool) -> None:
    """Print what to set in the DNS of DOMAIN: SPF, DKIM and DMARC."""
    domain = domain.lower().rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise click.ClickException("This is no domain. Write it like example.com.")
    identity, region = None, ""
    if ses:
        settings = place_of(stage, region="").settings
        assert settings is not None, "a stage that is named has settings"
        try:
            told = where_mail_is(settings)
        except Broken as err:
            raise plain(err, _WORDS) from err
        identity, region = _identified(StageCloud(told), domain), told.region
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("type", "name", "value", "why"):
        table.add_column(heading, overflow="fold")
    for each in records(domain, identity, region):
        table.add_row(each.kind, each.name, each.value, each.why)
    _screen.print(table)
    if identity is not None:
        found = "has found them" if identity.is_verified else "looks for them for up to 72 hours"
        _screen.print(f"SES {found}. See again with the same command.", highlight=False)


def _identified(cloud: Cloud, domain: str) -> Identity:
    try:
        identity = identify(cloud, domain)
        is_on = suppress_bounces(cloud)
    except (BotoCoreError, ClientError) as err:
        raise click.ClickException(f"SES does not answer as it should: {error_code(err)}.") from err
    if is_on:
        _screen.print("Addresses that bounce or complain get no further mail: SES keeps the list.", highlight=False)
    else:
        _screen.print(
            "Run this again when SES is out of its sandbox: only then it lets the list of bounced addresses be set.",
            highlight=False,
        )
    return identity


def _sandboxed(cloud: Cloud) -> bool:
    """False also when this computer may not ask."""
    try:
        return is_in_sandbox(cloud)
    except (BotoCoreError, ClientError):
        return False


def _mailer(told: Settings, place: Place) -> SmtpMailer:
    password = json.loads(place.store.fetch(told.smtp_secret))["password"] if told.smtp_secret else ""
    return SmtpMailer(
        told.smtp_url, mail_from=told.mail_from, clock=SystemClock(), chance=SystemChance(), password=password
    )
