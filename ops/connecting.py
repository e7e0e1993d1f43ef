"""`pointpass connect` and `pointpass rotate`: a provider's way in, and a new secret without a gap."""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.connectors.contract import check_secrets
from chalicelib.connectors.rotation import ends_at, in_force, rotated
from chalicelib.errors import LoyaltyError, Refused
from chalicelib.events import Instant
from chalicelib.services.ports import Connection
from ops.listening import Listening
from ops.options import PROGRAM, STAGE, text_of
from ops.providers import GUIDES, Asked, Guide
from ops.target import house_of, program_of
from ops.wording import moment

_ANSWER = click.option(
    "--answer", "answers", multiple=True, metavar="NAME=VALUE", help="Answers a question, for scripts; @FILE reads it."
)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_NOTICE_SECONDS = 330
"""Containers keep secrets for five minutes, and connections for half a minute."""

_TROUBLE = {
    "no_secret": "Nothing can be trusted without a secret.",
    "empty_secret": "The secret is empty.",
    "too_many_secrets": "There are too many secrets. Wait until an old one has ended.",
    "secret_with_odd_characters": "The secret has blanks or odd characters. Was it copied whole?",
    "no_api_access": "This connection has no key to the provider's API.",
    "access_refused": "The provider does not accept the key, or the key may not do this.",
    "shop_domain_wrong": "The shop's address must look like your-shop.myshopify.com.",
    "address_not_public": "The provider only sends to public https addresses, and this system has none.",
    "subscription_refused": "The provider did not make a webhook. May the key read orders?",
    "provider_unreachable": "The provider does not answer. Try again later.",
    "provider_busy": "The provider is busy. Try again later.",
}

_screen = Console()


@click.command()
@click.argument("provider", type=click.Choice(sorted(GUIDES)))
@PROGRAM
@STAGE
@click.option("--name", default="", help="What the connection is called; it is part of its address.")
@click.option(
    "--role", type=click.Choice(["earns", "evidence"]), help="A shop earns; a payment provider beside it tells."
)
@click.option("--separate-shop", is_flag=True, help="Another shop of the same program: both earn.")
@click.option("--wait", default=120, show_default=True, metavar="SECONDS", help="Wait for the first event; 0 does not.")
@_ANSWER
def connect(
    *,
    provider: str,
    program: str,
    stage: str,
    name: str,
    role: str | None,
    separate_shop: bool,
    wait: int,
    answers: tuple[str, ...],
) -> None:
    """Connect a shop or a payment provider.

    Asks for what it needs, makes webhooks where the provider lets us, and says what to paste where it does not.
    """
    guide, house = GUIDES[provider](), house_of(stage)
    slug = program_of(house, program).slug
    name, role = name or guide.name, role or guide.role
    _check_place(house, Connection(slug, name, provider, role, ()), is_separate=separate_shop)
    given = _given(answers)
    told = {asked.name: _asked(asked, given) for asked in guide.asks}
    options = {asked.name: told[asked.name] for asked in guide.asks if not asked.is_secret and told[asked.name]}
    options |= {name: text for name, text in given.items() if name not in told}
    options |= {"separate_shop": "yes"} if separate_shop else {}
    secrets = tuple(told[asked.name] for asked in guide.asks if asked.is_secret and told[asked.name])
    connection = Connection(slug, name, provider, role, secrets, options)
    with plainly():
        check_secrets(secrets)
        listening = Listening.begin(house, connection)
        house.adapters.programs.connect(connection)
    _screen.print(f"Stored the connection [bold]{name}[/] of {slug}: {guide.title}, {_ROLES[role]}.", highlight=False)
    made = _subscribed(house, connection)
    accepted = house.adapters.clock.now() + house.settings.program_cache_seconds * 1_000
    _screen.print(_to_do(guide, house.books.address(connection), accepted, made))
    if wait:
        _wait(listening, wait)


@click.command()
@click.argument("connection")
@PROGRAM
@STAGE
@click.option("--hours", default=48, show_default=True, type=click.IntRange(0, 720), help="How long the old one stays.")
@_ANSWER
def rotate(connection: str, program: str, stage: str, hours: int, answers: tuple[str, ...]) -> None:
    """Give a connection a new secret. The old one stays valid until the end that is printed."""
    house = house_of(stage)
    slug, now = program_of(house, program).slug, house.adapters.clock.now()
    known = house.adapters.programs.connection(slug, connection)
    if known is None:
        names = ", ".join(each.name for each in house.adapters.programs.connections(slug)) or "none yet"
        raise click.ClickException(f"There is no connection called {connection}. Connections of {slug}: {names}.")
    guide, given = GUIDES[known.provider](), _given(answers)
    kinds = {guide.kind(secret).name: guide.kind(secret) for secret in known.secrets}
    asked = next((kind for name, kind in kinds.items() if name in given), None) or _chosen(list(kinds.values()))
    new = _asked(replace(asked, prompt=f"New: {asked.prompt}", is_optional=False), given)
    old = _replaced(known, guide, asked, new, now)
    changed = rotated(known, new, old, ends=now + hours * 3_600_000, now=now)
    with plainly():
        check_secrets(changed.secrets)
        house.adapters.programs.connect(changed)
    table = _table("secret", "valid")
    table.add_row("new", f"everywhere from {moment(now + _NOTICE_SECONDS * 1_000)}: change it at the provider then")
    table.add_row("old", f"until {moment(now + hours * 3_600_000)}")
    _screen.print(table)


_ROLES = {"earns": "its orders earn points", "evidence": "it confirms payments and refunds of the shop's orders"}


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Our errors in words for people."""
    try:
        yield
    except LoyaltyError as err:
        raise click.ClickException(_plain(err)) from err


def _plain(problem: LoyaltyError) -> str:
    return _TROUBLE.get(problem.reason, f"It did not work: {problem.reason.replace('_', ' ')}.")


def _check_place(house: House, wanted: Connection, *, is_separate: bool) -> None:
    """Is there room for a connection of this name and role? Of activities no purchase is told twice."""
    if not _NAME.fullmatch(wanted.name):
        raise click.ClickException("A connection's name has small letters, digits and hyphens; a letter comes first.")
    others = house.adapters.programs.connections(wanted.program)
    if wanted.name in {other.name for other in others}:
        raise click.ClickException(
            f"There is a connection called {wanted.name} already. A new secret for it: pointpass rotate {wanted.name}. "
            "Another connection: choose its name with --name."
        )
    earning = [other.name for other in others if _earns_by_orders(other)]
    if _earns_by_orders(wanted) and earning and not is_separate:
        raise click.ClickException(
            f"{earning[0]} earns already: one purchase told by both would earn twice. A payment provider beside a "
            "shop: --role evidence. Another shop with purchases of its own: --separate-shop."
        )


def _earns_by_orders(connection: Connection) -> bool:
    return connection.role == "earns" and connection.provider != "standard"


def _given(answers: Sequence[str]) -> Mapping[str, str]:
    given = {}
    for answer in answers:
        name, equals, value = answer.partition("=")
        if not equals:
            raise click.ClickException(f"Write --answer {name}=VALUE.")
        given[name] = text_of(Path(value[1:])).strip() if value.startswith("@") else value
    return given


def _asked(asked: Asked, given: Mapping[str, str]) -> str:
    """The answer; "" for an optional one that was left out."""
    default = "" if asked.is_optional else None
    if asked.name in given:
        value = given[asked.name]
    else:
        value = click.prompt(asked.prompt, hide_input=asked.is_secret, default=default, show_default=False)
    value = value.strip()
    if not value and not asked.is_optional:
        raise click.ClickException(f"{asked.prompt}: this is needed.")
    if value and asked.prefixes and not value.startswith(asked.prefixes):
        raise click.ClickException(f"{asked.prompt}: it should begin with {' or '.join(asked.prefixes)}.")
    return value


def _chosen(kinds: Sequence[Asked]) -> Asked:
    if len(kinds) == 1:
        return kinds[0]
    names = click.Choice([kind.name for kind in kinds])
    chosen = click.prompt("Which one is new", type=names, default=kinds[0].name)
    return next(kind for kind in kinds if kind.name == chosen)


def _replaced(known: Connection, guide: Guide, asked: Asked, new: str, now: int) -> str:
    """The secret that the new one takes the place of."""
    valid = [secret for secret in in_force(known, now).secrets if guide.kind(secret) == asked]
    if new in valid:
        raise click.ClickException("This secret is in use already.")
    leaving = next((end for secret in valid if (end := ends_at(known, secret)) is not None), None)
    if leaving is not None:
        raise click.ClickException(f"Two secrets are valid already. The older one ends at {moment(leaving)}.")
    return valid[0] if valid else new


def _subscribed(house: House, connection: Connection) -> Sequence[str] | None:
    """Topics of webhooks that the provider now has; None when they must be made by hand."""
    try:
        with _screen.status("Making webhooks at the provider ..."):
            made = house.books.subscribe(connection)
    except LoyaltyError as err:
        if not (isinstance(err, Refused) and err.reason == "no_api_access"):
            _screen.print(f"[yellow]{_plain(err)}[/] Webhooks must be made by hand.", highlight=False)
        return None
    return made or None


def _to_do(guide: Guide, address: str, accepted: Instant, made: Sequence[str] | None) -> Table:
    table = _table("", "")
    if made:
        table.add_row("made", "\n".join(made))
        table.add_row("they send to", address)
    else:
        table.add_row("paste", f"[bold]{address}[/]")
        table.add_row("where", guide.where)
        table.add_row("topics", "\n".join(guide.topics))
    table.add_row("accepted", f"from {moment(accepted)}")
    for place, sentence in enumerate(guide.know):
        table.add_row("good to know" if not place else "", sentence)
    return table


def _wait(listening: Listening, seconds: int) -> None:
    """Until the first event, or the end of our patience."""
    ends = time.monotonic() + seconds
    with _screen.status(f"Waiting up to {seconds} seconds for the first event. Place an order, or send a test ..."):
        heard = listening.heard()
        while not heard and time.monotonic() < ends:
            time.sleep(min(listening.patience_seconds, max(0.0, ends - time.monotonic())))
            heard = listening.heard()
    if not heard:
        _screen.print("Nothing has come yet. What comes later is counted all the same: pointpass trace ORDER shows it.")
        return
    table = _table("first event", "what became of it")
    for what, became in heard:
        table.add_row(what, became)
    _screen.print(table)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=any(headings))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
