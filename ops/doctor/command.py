"""`pointpass doctor`: one table of everything that can be wrong with a stage, and what to do about it."""

import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import httpx
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import SettingMissing, Settings
from chalicelib.ledger.check import Violation
from chalicelib.store.aws import error_code
from ops.accounts.google_account import GoogleAddresses, findings
from ops.accounts.papers import AUTHORITIES
from ops.accounts.place import SecretStore, place_of
from ops.accounts.post import where_mail_is
from ops.doctor import account, books, cards, storage, wallets
from ops.doctor.cloud import Cloud, StageCloud
from ops.doctor.keys import check_keys
from ops.doctor.letters import check_mail
from ops.doctor.rows import Check, Row, exit_code, looked
from ops.laptop.home import PROJECT
from ops.options import STAGE
from ops.tables import Listing

_screen = Console()
_MARKS = {"good": "[green]●[/]", "look": "[yellow]●[/]", "bad": "[red]●[/]", "unasked": "[dim]○[/]"}
_PAGE = re.compile(r"\s*(docs/\S+\.md)")
_CONNECT_SECONDS = 5.0
_POLL_SECONDS = 2.0


@click.command()
@click.option("--stack", default="", help="The CloudFormation stack; pointpass-STAGE unless named.")
@STAGE
def doctor(stack: str, stage: str) -> None:
    """Look at everything a stage needs, and say what to do. Red makes the exit code 1."""
    with _screen.status("Looking ..."):
        rows = examined(stage, stack or f"pointpass-{stage}")
    listing = Listing(("", "what", "found, and what to do"))
    for row in rows:
        listing.add_row(_MARKS[row.state], escape(row.about), escape(row.says), note=escape(_apart(row.todo)))
    listing.show(_screen)
    raise SystemExit(exit_code(rows))


def _apart(todo: str) -> str:
    """What to do, and the page that says more on a line of its own."""
    return _PAGE.sub(r"\n\1", todo).strip()


def examined(stage: str, stack: str) -> list[Row]:
    """Every row of a stage."""
    try:
        place = place_of(stage, region="")
    except (click.ClickException, SettingMissing) as err:
        says = err.message if isinstance(err, click.ClickException) else str(err)
        return [Row("settings", "bad", says, "Sign in to its account, and name its region: AWS_PROFILE, AWS_REGION")]
    except (BotoCoreError, ClientError) as err:
        return [
            Row("account", "bad", f"AWS does not let us in: {error_code(err)}", "Sign in, or choose an AWS_PROFILE")
        ]
    settings = place.settings
    assert settings is not None, "a stage that is named has settings"
    cloud, made = StageCloud(settings), list[House]()
    rows = looked([*_everywhere(settings, cloud, place.store), Check("house", lambda: _put_together(settings, made))])
    for house in made:
        rows += looked(_of_the_house(house, cloud, place.store))
    return rows + looked(_at_aws(settings, cloud, stack))


def _everywhere(settings: Settings, cloud: Cloud, store: SecretStore) -> Iterator[Check]:
    yield Check("settings", lambda: storage.check_settings(settings))
    yield Check("tables", lambda: storage.check_tables(cloud, settings))
    yield Check("queues", lambda: storage.check_queues(cloud, settings))
    yield Check("secrets", lambda: storage.check_secrets(settings, store.fetch))
    yield Check("mail server", lambda: _letters(settings))
    yield Check("clock", lambda: account.check_clock(datetime.now(UTC), _date(settings, cloud)))
    if settings.apple_secret:
        trusted = None if settings.stage == "laptop" else AUTHORITIES
        yield Check(
            "certificates",
            lambda: wallets.check_certificates(
                {settings.apple_pass_type: store.fetch(settings.apple_secret)}, datetime.now(UTC), trusted
            ),
        )
        yield Check("push service", lambda: wallets.check_push_service(settings.apple_push_url, connect))


def _put_together(settings: Settings, made: list[House]) -> list[Row]:
    """Add the house. What keeps it from being made is a row, like every other trouble."""
    made.append(assembled(settings, adapters(settings, by_operator=True)))
    return []


def _of_the_house(house: House, cloud: Cloud, store: SecretStore) -> Iterator[Check]:
    """What only the whole house can answer."""
    settings = house.settings
    now = house.adapters.clock.now()
    yield Check("connections", lambda: books.check_connections(house, now))
    yield Check("restores", lambda: books.check_restores(house))
    yield Check("keys of the stores' API", lambda: check_keys(house))
    yield Check("night", lambda: books.check_night(house, now))
    yield Check("pauses", lambda: books.check_pauses(house, now))
    if settings.stage == "laptop":
        yield Check("promises of the ledger", lambda: books.check_ledger(_violations(house)))
    else:
        yield Check("promises of the ledger", lambda: books.check_violations(cloud, settings.stage, datetime.now(UTC)))
    if settings.apple_secret:
        yield Check("Apple passes", lambda: cards.check_passes(house))
    if settings.google_issuer_id:
        yield Check("Google", lambda: _google(house, store))


def _at_aws(settings: Settings, cloud: Cloud, stack: str) -> Iterator[Check]:
    if settings.stage == "laptop":
        yield Check("AWS", lambda: [Row("AWS", "unasked", "quotas, alarms and the template are not on a laptop")])
        return
    zipped = PROJECT / "build" / settings.stage / "deployment.zip"
    yield Check("quota of functions at once", lambda: account.check_quotas(cloud))
    yield Check("alarms", lambda: account.check_alarms(cloud, settings.stage))
    yield Check("letters of alarms", lambda: account.check_letters_of_alarms(cloud, settings.stage, settings.region))
    yield Check("template", lambda: account.check_drift(cloud, stack, lambda: time.sleep(_POLL_SECONDS)))
    yield Check("version", lambda: account.check_version(cloud, stack, zipped))


def _letters(settings: Settings) -> Iterator[Row]:
    """SES is asked in its own region, which need not be the stage's."""
    return check_mail(settings, StageCloud(where_mail_is(settings)), connect, datetime.now(UTC))


def connect(host: str, port: int) -> None:
    """Open a connection and close it. Raises OSError."""
    socket.create_connection((host, port), timeout=_CONNECT_SECONDS).close()


def _violations(house: House) -> list[Violation]:
    programs = (house.adapters.programs.program(slug) for slug in house.adapters.programs.slugs())
    return [wrong for program in programs if program for wrong in house.verification.verify(program).violations]


def _google(house: House, store: SecretStore) -> Iterator[Row]:
    settings = house.settings
    addresses = GoogleAddresses(settings.google_api_url, settings.google_token_url)
    key_file = store.fetch(settings.google_secret)
    yield from wallets.check_google(
        lambda: list(findings(settings.google_issuer_id, key_file, addresses, house.adapters.clock)),
        house.adapters.programs.slugs(),
        house.google.preflight if house.google else None,
    )


def _date(settings: Settings, cloud: Cloud) -> str:
    """The Date header of AWS, or of the laptop's own server."""
    if settings.stage == "laptop":
        return httpx.get(f"{settings.base_url}/health", timeout=_CONNECT_SECONDS, trust_env=False).headers["date"]
    return account.date_of_aws(cloud)
