"""`pointpass`: what an operator does at a terminal."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chalicelib.errors import Malformed
from chalicelib.events import Instant
from chalicelib.money import minor_units
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint as lint_definition
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.texts import explain_text
from chalicelib.programs.texts import terms as written_terms
from ops.accounts.apple import apple
from ops.accounts.google import google
from ops.accounts.mail import mail
from ops.auditing.attending import Attended
from ops.auditing.command import trail
from ops.backtest.command import backtest
from ops.books import liability, totals
from ops.by_hand import adjust, level, merge, unmerge
from ops.connecting import connect, rotate
from ops.cost.command import cost
from ops.deploying.command import deploy, rollback, teardown
from ops.doctor.command import doctor
from ops.draw import draw
from ops.drill.command import drill, restoring
from ops.export.command import export
from ops.friends import referral
from ops.household import household
from ops.inbox import inbox
from ops.keys import key
from ops.language.command import schema
from ops.looking import all_of
from ops.member import member
from ops.messaging import message
from ops.options import PROGRAM, STAGE, text_of
from ops.partnering import settle
from ops.pass_types import pass_type
from ops.pausing import pause, paused, resume
from ops.person import erase_member, export_member
from ops.phones import phones
from ops.preview.command import preview
from ops.publishing import publish
from ops.recommending import nps
from ops.reconciling import reconcile
from ops.reporting.command import report
from ops.repricing import reprice
from ops.republishing import republish
from ops.simulator.command import simulate
from ops.staff import staff
from ops.starting.command import new
from ops.statement import statement
from ops.tables import Listing
from ops.target import house_of, program_of
from ops.traffic import traffic
from ops.verifying import night, repair, reseal, verify
from ops.voucher import voucher
from ops.wording import sample_order, stamp

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_LANGUAGE = click.option("--language", default="en", show_default=True, help="Language of the text: en or ru.")

_COLOURS = {"error": "red", "warning": "yellow", "note": "dim"}
_screen = Console()


@click.group(cls=Attended, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run, check and look after a Pointpass loyalty program."""


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(files: tuple[Path, ...]) -> None:
    """Check program definitions: what is wrong, where, and what would help."""
    wrong = 0
    for file in files:
        try:
            findings = lint_definition(read(text_of(file), file=str(file)), file=str(file))
        except DefinitionError as err:
            findings = list(err.findings)
        wrong += sum(finding.weight == "error" for finding in findings)
        for finding in findings:
            colour = _COLOURS[finding.weight]
            _screen.print(f"[{colour}]{finding.weight}[/] {finding}", highlight=False, soft_wrap=True)
        if all(finding.weight == "note" for finding in findings):
            _screen.print(f"[green]good[/] {file}", highlight=False)
    raise SystemExit(1 if wrong else 0)


@main.command()
@_FILE
@_LANGUAGE
@click.option("--order", help='What an order would earn: "45.20 EUR".')
@click.option("--tier", default="", help="The buyer's level, with --order.")
@click.option("--holds", multiple=True, help="A rule whose conditions on the buyer hold, with --order.")
@click.option("--at", help='When it is placed, by the program\'s clock: "2026-05-31 18:00". Now if left out.')
def explain(*, file: Path, language: str, order: str | None, tier: str, holds: tuple[str, ...], at: str | None) -> None:
    """Say a definition in plain words, with everything that holds because nothing else was said."""
    definition = _read(file)
    if order is None:
        click.echo(explain_text(definition, language), nl=False)
        return
    amount, _, currency = order.partition(" ")
    try:
        goods = minor_units(amount, currency)
    except Malformed as err:
        raise click.ClickException('Write the order as an amount and a currency, for example "45.20 EUR".') from err
    asking = [rule.name for rule in definition.earn.orders if rule.when.asks_member]
    if unknown := set(holds) - set(asking):
        raise click.ClickException(f"No rule of this name asks for the buyer: {min(unknown)}.")
    placed = _placed(at, definition.time_zone)
    _screen.print(sample_order(definition, goods, currency, at=placed, tier=tier, language=language, held=holds))
    if left_out := [name for name in asking if name not in holds]:
        _screen.print(f"Not counted, as it depends on the buyer (--holds NAME): {', '.join(left_out)}", highlight=False)


def _placed(at: str | None, time_zone: str) -> Instant:
    """When an order is placed, by the program's clock; now where nothing is said."""
    if at is None:
        return int(datetime.now(UTC).timestamp() * 1_000)
    try:
        local = datetime.fromisoformat(at)
    except ValueError as err:
        raise click.ClickException('Write the moment as a day and a time, for example "2026-05-31 18:00".') from err
    return int(local.replace(tzinfo=ZoneInfo(time_zone)).timestamp() * 1_000)


@main.command()
@_FILE
@_LANGUAGE
def terms(file: Path, language: str) -> None:
    """Write the terms that members read, from the rules themselves."""
    for section in written_terms(_read(file), language):
        click.echo(f"{section.title}\n" + "".join(f"  {sentence}\n" for sentence in section.sentences))


@main.command()
@click.argument("what")
@PROGRAM
@STAGE
def trace(what: str, program: str, stage: str) -> None:
    """Follow something from the shop to the phone, and say where it stopped.

    WHAT: an order's id or number, a delivery's id as the log and the shop have it, or a card's serial.
    """
    house = house_of(stage)
    listing = Listing(("", "station", "when, UTC", "what"))
    try:
        steps = house.tracing.trace(program_of(house, program), what)
    except Malformed as err:
        raise click.BadParameter("say an order, a delivery or a card's serial", param_hint="WHAT") from err
    for step in steps:
        mark = "[green]✓[/]" if step.is_reached else "[red]✗[/]"
        listing.add_row(mark, step.station, stamp(step.at) if step.at else "", escape(step.says))
    listing.show(_screen)
    if ids := list(dict.fromkeys(step.called for step in steps if step.called)):
        click.echo(f"\nIts lines in the log (CloudWatch Logs Insights, docs/looking.md):\n{all_of(ids)}")
    raise SystemExit(0 if all(step.is_reached for step in steps) else 1)


@main.command()
@PROGRAM
@STAGE
def waiting(program: str, stage: str) -> None:
    """Count the points that nobody has claimed yet."""
    house = house_of(stage)
    names = {"email": "by e-mail", "phone": "by phone", "customer": "by the shop's customer id alone, no address"}
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("known")
    table.add_column("people", justify="right")
    table.add_column("points waiting", justify="right")
    for row in house.unclaimed.count(program_of(house, program)):
        table.add_row(names[row.kind], str(row.identities), str(row.points))
    _screen.print(table)


for command in (
    adjust,
    apple,
    backtest,
    connect,
    cost,
    deploy,
    doctor,
    draw,
    drill,
    export,
    restoring,
    google,
    inbox,
    key,
    level,
    mail,
    member,
    merge,
    message,
    new,
    pass_type,
    pause,
    paused,
    phones,
    publish,
    reconcile,
    report,
    reprice,
    republish,
    resume,
    rollback,
    rotate,
    schema,
    statement,
    traffic,
    trail,
    unmerge,
    verify,
    repair,
    night,
    reseal,
    totals,
    liability,
    simulate,
    staff,
    nps,
    preview,
    referral,
    settle,
    household,
    voucher,
    teardown,
):
    main.add_command(command)
for command in (erase_member, export_member):
    member.add_command(command)


def _read(file: Path) -> Definition:
    try:
        return read(text_of(file), file=str(file))
    except DefinitionError as err:
        raise click.ClickException("\n" + "\n".join(str(finding) for finding in err.findings)) from err
