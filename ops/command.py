"""`pointpass`: what an operator does at a terminal."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.errors import Malformed
from chalicelib.money import minor_units
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint as lint_definition
from chalicelib.programs.program import sha_of
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.texts import explain_text
from chalicelib.programs.texts import terms as written_terms
from ops.backtest.command import backtest
from ops.books import liability, totals
from ops.by_hand import adjust, merge, unmerge
from ops.connecting import connect, rotate
from ops.inbox import inbox
from ops.keys import key
from ops.options import PROGRAM, STAGE
from ops.reconciling import reconcile
from ops.repricing import reprice
from ops.simulator.command import simulate
from ops.statement import statement
from ops.target import house_of, program_of
from ops.traffic import traffic
from ops.verifying import night, repair, reseal, verify
from ops.wording import moment, sample_order

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_LANGUAGE = click.option("--language", default="en", show_default=True, help="Language of the text: en or ru.")

_screen = Console()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run, check and look after a Pointpass loyalty program."""


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint(files: tuple[Path, ...]) -> None:
    """Check program definitions: what is wrong, where, and what would help."""
    wrong = 0
    for file in files:
        try:
            findings = lint_definition(read(file.read_text(), file=str(file)), file=str(file))
        except DefinitionError as err:
            findings = list(err.findings)
        wrong += sum(finding.weight == "error" for finding in findings)
        for finding in findings:
            colour = "red" if finding.weight == "error" else "yellow"
            _screen.print(f"[{colour}]{finding.weight}[/] {finding}", highlight=False, soft_wrap=True)
        if not findings:
            _screen.print(f"[green]good[/] {file}", highlight=False)
    raise SystemExit(1 if wrong else 0)


@main.command()
@_FILE
@_LANGUAGE
@click.option("--order", help='What an order would earn: "45.20 EUR".')
@click.option("--tier", default="", help="The buyer's level, with --order.")
def explain(file: Path, language: str, order: str | None, tier: str) -> None:
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
    _screen.print(sample_order(definition, goods, currency, tier, language))


@main.command()
@_FILE
@_LANGUAGE
def terms(file: Path, language: str) -> None:
    """Write the terms that members read, from the rules themselves."""
    for section in written_terms(_read(file), language):
        click.echo(f"{section.title}\n" + "".join(f"  {sentence}\n" for sentence in section.sentences))


@main.command()
@_FILE
@STAGE
def publish(file: Path, stage: str) -> None:
    """Publish a definition as an immutable version. Orders of the past keep the version that priced them."""
    text = file.read_text()
    errors = [finding for finding in lint_definition(_read(file), file=str(file)) if finding.weight == "error"]
    if errors:
        raise click.ClickException("\n".join(str(finding) for finding in errors))
    published = house_of(stage).publishing.publish(text, file=str(file))
    version = sha_of(text)[:12]
    if not published.is_new:
        _screen.print(f"Version {version} is the newest already; nothing changed.")
        return
    _screen.print(f"Published version {version}, in force from {moment(published.effective_at)}.")


@main.command()
@click.argument("order")
@PROGRAM
@STAGE
def trace(order: str, program: str, stage: str) -> None:
    """Follow one order from the shop to the phone, and say where it stopped. ORDER: its id or number."""
    house = house_of(stage)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("", "station", "when", "what"):
        table.add_column(heading)
    steps = house.tracing.trace(program_of(house, program), order)
    for step in steps:
        mark = "[green]✓[/]" if step.is_reached else "[red]✗[/]"
        table.add_row(mark, step.station, moment(step.at) if step.at else "", step.says)
    _screen.print(table)
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
    backtest,
    connect,
    inbox,
    key,
    merge,
    reconcile,
    reprice,
    rotate,
    statement,
    traffic,
    unmerge,
    verify,
    repair,
    night,
    reseal,
    totals,
    liability,
    simulate,
):
    main.add_command(command)


def _read(file: Path) -> Definition:
    try:
        return read(file.read_text(), file=str(file))
    except DefinitionError as err:
        raise click.ClickException("\n" + "\n".join(str(finding) for finding in err.findings)) from err
