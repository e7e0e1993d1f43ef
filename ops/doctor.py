"""`pointpass doctor`: what would keep a program's cards out of the wallets, before anybody stands at a till with it."""

from collections.abc import Iterator
from dataclasses import dataclass

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import LoyaltyError
from chalicelib.events import AccountId
from chalicelib.programs.program import Program
from chalicelib.services.ports import Card
from ops.options import STAGE
from ops.target import house_of, program_of

_screen = Console()
_NOBODY = "doctor"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. is_grave: cards cannot be added, or will not follow their points"""

    wallet: str
    says: str
    is_grave: bool = False


@click.command()
@click.argument("program", default="")
@STAGE
def doctor(*, program: str, stage: str) -> None:
    """Look for what would keep the cards of PROGRAM out of the wallets. Nothing is changed.

    Apple: the certificates of its pass types, and a pass as Apple wants it. Google: its own judgement of a card.
    """
    house = house_of(stage)
    known = program_of(house, program)
    findings = [*_apple(house, known), *_google(house, known)]
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "wallet", "what"):
        table.add_column(heading)
    for finding in findings:
        table.add_row("[red]✗[/]" if finding.is_grave else "[green]✓[/]", finding.wallet, escape(finding.says))
    _screen.print(table)
    raise SystemExit(1 if any(finding.is_grave for finding in findings) else 0)


def _apple(house: House, program: Program) -> Iterator[Finding]:
    now, tenants = house.adapters.clock.now(), house.adapters.tenants
    refused = tenants.refused(now)
    for pass_type in dict.fromkeys(tenants.pass_types(program.slug)):
        if pass_type in refused:
            yield Finding("Apple", f"{pass_type} signs nothing: {_said(refused[pass_type])}", is_grave=True)
            continue
        ends = [each for each in tenants.expiring(now) if each.pass_type == pass_type]
        yield Finding("Apple", f"{pass_type} can sign")
        yield from (Finding("Apple", f"{pass_type}: its {each.which} ends in {each.days} days") for each in ends)
    if tenants.pass_type_of(program.slug) in refused:
        return
    try:
        drawn = house.adapters.issuer.issue(house.rendering.showing.face(_nobodys(program, now)).face, _NOBODY)
    except LoyaltyError as err:
        yield Finding("Apple", f"a pass cannot be made: {_said(err)}", is_grave=True)
        return
    yield Finding("Apple", f"a pass is within Apple's limits: {len(drawn) / 1_000:.0f} kB")


def _google(house: House, program: Program) -> Iterator[Finding]:
    if house.google is None:
        yield Finding("Google", "not set up: cards have no button for it")
        return
    try:
        flaws = house.google.preflight(program.slug)
    except LoyaltyError as err:
        yield Finding("Google", _said(err), is_grave=True)
        return
    for flaw in flaws:
        yield Finding(
            "Google", ": ".join(text for text in (flaw.about, flaw.reason, flaw.words) if text), is_grave=True
        )
    if not flaws:
        yield Finding("Google", "would take a card and its save link")


def _nobodys(program: Program, now: int) -> Card:
    """The card of somebody who does not exist."""
    return Card(program.slug, _NOBODY, AccountId(_NOBODY), _NOBODY, "", _NOBODY, language="", opened_at=now)


def _said(err: LoyaltyError) -> str:
    facts = ", ".join(f"{name} {fact}" for name, fact in err.facts.items())
    return f"{err.reason.replace('_', ' ')} ({facts})" if facts else err.reason.replace("_", " ")
