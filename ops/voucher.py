"""`pointpass voucher`: vouchers and gift cards given out, looked at, used and given back; codes brought into a pool."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console

from chalicelib.bootstrap.house import House
from chalicelib.errors import Malformed, Refused
from chalicelib.events import Reference
from chalicelib.ledger.offer_documents import VoucherDocument
from chalicelib.money import minor_units
from chalicelib.programs import wording
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.programs.titles import title
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE, operator, text_of
from ops.target import house_of, program_of

_screen = Console()
_NAME = re.compile(r"[A-Za-z0-9._:@-]{1,80}")
_MOST_CODES = 100_000
_MOST_BYTES = 30_000_000
"""That many codes of the longest sort, and more."""
_AMOUNT = click.argument("amount")
_CODE = click.argument("code")
_REFERENCE = click.option("--reference", default="", help="A name of your own: the same one never happens twice.")


@click.group()
def voucher() -> None:
    """Vouchers and gift cards. Amounts are written like 25.00, in the program's money."""


@voucher.command()
@click.argument("kind")
@click.option("--worth", default="", help="What it is worth, such as 25.00; where its kind does not say it alone.")
@click.option("--member", default="", help="Whose it is: e-mail, phone, card link or account id.")
@_REFERENCE
@PROGRAM
@STAGE
def issue(*, kind: str, worth: str, member: str, reference: str, program: str, stage: str) -> None:
    """Give out a voucher of KIND, or sell a gift card; prints its code."""
    name = _named(reference)
    house, chosen = _opened(stage, program)

    def act() -> VoucherDocument:
        account = house.statements.account(chosen, member) if member else None
        amount = _minor(chosen, worth) if worth else None
        done = house.vouchers.issue(chosen, f"operator/{name}", kind, worth=amount, account=account)
        _screen.print(f"[bold]{done.code}[/]", highlight=False)
        return done.voucher

    _tell(chosen, act)


@voucher.command()
@_CODE
@PROGRAM
@STAGE
def look(code: str, program: str, stage: str) -> None:
    """What the voucher with this CODE is, and what is left of it."""
    house = house_of(stage)
    chosen = program_of(house, program)
    _tell(chosen, lambda: house.vouchers.look(chosen, code))


@voucher.command()
@_CODE
@_AMOUNT
@click.option("--goods", default="", help="What is bought, such as 40.00; the amount itself if left out.")
@_REFERENCE
@PROGRAM
@STAGE
def use(*, code: str, amount: str, goods: str, reference: str, program: str, stage: str) -> None:
    """Pay AMOUNT of a purchase with a voucher; --reference is the checkout's name."""
    name = _named(reference)
    house, chosen = _opened(stage, program)

    def act() -> VoucherDocument:
        pays = _minor(chosen, amount)
        return house.vouchers.use(chosen, code, name, pays, goods=_minor(chosen, goods) if goods else pays)

    _tell(chosen, act, f"Checkout: {name}")


@voucher.command("give-back")
@_CODE
@_AMOUNT
@click.option("--reference", required=True, help="The checkout's name, as `use` printed it.")
@PROGRAM
@STAGE
def give_back(code: str, amount: str, reference: str, program: str, stage: str) -> None:
    """See to it that AMOUNT of what a checkout was paid with is on the voucher again."""
    name = _named(reference)
    house, chosen = _opened(stage, program)
    _tell(chosen, lambda: house.vouchers.give_back(chosen, code, name, _minor(chosen, amount)))


@voucher.command()
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PROGRAM
@STAGE
def bring(kind: str, file: Path, program: str, stage: str) -> None:
    """Put the codes in FILE, one a line, into the pool of KIND. Those that are there already are left alone."""
    lines = text_of(file, most=_MOST_BYTES).removeprefix("\ufeff").splitlines()
    codes = [line.strip() for line in lines if line.strip()]
    if not 0 < len(codes) <= _MOST_CODES:
        raise click.ClickException(f"1 to {_MOST_CODES:,} codes in a file; this one has {len(codes):,}.")
    house, chosen = _opened(stage, program)
    try:
        new, known = house.vouchers.bring(chosen, kind, codes)
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    _screen.print(f"[green]Done[/]: {new} new, {known} there before.", highlight=False)


@voucher.command()
@click.argument("redemption")
@PROGRAM
@STAGE
def undo(redemption: str, program: str, stage: str) -> None:
    """What a member exchanged points for was not handed out: give the points back. REDEMPTION: the id of the API."""
    house, chosen = _opened(stage, program)
    try:
        reference = Reference(f"redemption/api/{redemption}")
        done = house.catalogue.undo(chosen, reference, actor=operator())
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    _screen.print(f"[green]Done[/]: {done.returned} {done.currency} are back.", highlight=False)


def _opened(stage: str, program: str) -> tuple[House, Program]:
    house = house_of(stage)
    return house, program_of(house, program)


def _named(reference: str) -> str:
    if reference and not _NAME.fullmatch(reference):
        raise click.ClickException("Write the reference in letters, digits and . _ : @ - only.")
    return reference or secrets.token_urlsafe(12)


def _minor(program: Program, text: str) -> int:
    """ "25.00" in minor units of the program's money. Raises Malformed."""
    return minor_units(text, program.latest.definition.money)


def _tell(program: Program, act: Callable[[], VoucherDocument], more: str = "") -> None:
    """Do it, and say how the voucher stands then."""
    try:
        done = act()
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    definition = program.latest.definition
    kind = definition.offers.voucher(done.key)
    name = title(kind.names, definition.languages[0]) if kind is not None else done.key
    left, worth = (wording.money(each, definition.money, "en") for each in (done.left, done.worth))
    last = ZoneCalendar(definition.time_zone).day(done.ends - 1).isoformat()
    _screen.print(f"{name}: {left} of {worth} left, {done.state}, last day {last}", highlight=False)
    if more:
        _screen.print(more, highlight=False)
