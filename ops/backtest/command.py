"""`pointpass backtest`: the command line."""

import json
import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from chalicelib.errors import Malformed
from chalicelib.money import exponent
from chalicelib.programs.backtest.model import Model, model_of
from chalicelib.programs.backtest.replay import Replay
from chalicelib.programs.definition import Definition
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.rates import DayRate
from chalicelib.programs.reading import DefinitionError, read
from ops.backtest.importing import Source, read_orders
from ops.backtest.markdown import markdown
from ops.backtest.report import Report, Terms, as_json, report
from ops.backtest.screen import show
from ops.backtest.spool import Spool
from ops.backtest.table import BrokenLine
from ops.backtest.telling import told
from ops.backtest.voice import Language, Voice
from ops.options import margin_of, text_of

_CODE = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)
_MONEY = click.option(
    "--money", "rates", multiple=True, metavar="GBP=1.17", help="What one unit of other money counts as, all the time."
)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--orders", required=True, type=_FILE, help="The order history, as CSV or gzipped CSV.")
@click.option("--against", type=_FILE, help="Another definition: who gains, who loses, and what it costs.")
@click.option(
    "--redeem",
    default="50%",
    show_default=True,
    metavar="MODEL",
    help='How members use points: "never", "always", "50%", or "50% from 100": at least 100 points, half of the time.',
)
@click.option("--seed", default=1, show_default=True, help="Another seed, another draw of who uses points.")
@click.option("--margin", metavar="60%", help="Your margin; without it the least one that is enough is told.")
@_MONEY
@click.option(
    "--as-program-money", is_flag=True, help="Take all amounts for the program's money, whatever they are in."
)
@click.option("--skip-broken", is_flag=True, help="Go on after lines that cannot be understood, and list them all.")
@click.option("--language", default="en", show_default=True, type=click.Choice(["en", "ru"]))
@click.option("--json", "json_file", type=_OUT, help="Write all figures as JSON.")
@click.option("--html", "html_file", type=_OUT, help="Write a page with charts, all in one file.")
@click.option("--markdown", "markdown_file", type=_OUT, help="Write Markdown for a pull request.")
def backtest(
    *,
    file: Path,
    orders: Path,
    against: Path | None,
    redeem: str,
    seed: int,
    margin: str | None,
    rates: Sequence[str],
    as_program_money: bool,
    skip_broken: bool,
    language: Language,
    json_file: Path | None,
    html_file: Path | None,
    markdown_file: Path | None,
) -> None:
    """Try it on last year's orders: what would this program have cost, and who would have gained?

    Sales and returns are replayed in the order of time by the same rules that price real orders. Nothing is stored
    and nothing leaves this computer.

    \b
    The file of orders is one of
      order,date,customer,amount     the amount is that of the goods, with tax, after discounts; where there are
                                     any, also currency, tax, discount, shipping, gift_cards, and refund_of:
                                     the order of which this amount went back
      a Shopify export               Orders > Export
      a WooCommerce export           Analytics > Orders > Download, or the order export extensions
      one row an invoice             InvoiceNo, InvoiceDate, CustomerID, Quantity, UnitPrice
    """
    screen = Console()
    terms = Terms(_model(redeem, seed), margin_of(margin), dict(map(_rate, rates)), as_program_money)
    files = [file, *([against] if against else [])]
    programs = [_program(each, terms) for each in files]
    money = {program.latest.definition.money for program in programs}
    if len(money) > 1:
        raise click.ClickException(f"These programs count in different money: {', '.join(sorted(money))}.")
    try:
        found = _replayed(orders, list(zip(map(str, files), programs, strict=True)), terms, skip_broken, screen)
    except BrokenLine as err:
        raise click.ClickException(
            f"{err}\nNothing was replayed. --skip-broken goes on and lists all such lines."
        ) from err
    for line in found.reading.broken:
        screen.print(f"[yellow]skipped[/] {escape(line)}", highlight=False, soft_wrap=True)
    voice = Voice(language)
    story = told(found, voice)
    show(story, voice, screen)
    if json_file:
        json_file.write_text(json.dumps(as_json(found), indent=2, ensure_ascii=False) + "\n")
    if html_file:
        from ops.backtest.page import page  # noqa: PLC0415  # only a page needs the chart library

        html_file.write_text(page(found, story, voice))
    if markdown_file:
        markdown_file.write_text(markdown(story, voice))


def _replayed(
    orders: Path, programs: Sequence[tuple[str, Program]], terms: Terms, skip_broken: bool, screen: Console
) -> Report:
    first = programs[0][1].latest.definition
    source = Source(
        path=orders,
        zone=ZoneInfo(first.time_zone),
        currency=first.money,
        money=first.money if terms.is_own_money else "",
        skip_broken=skip_broken,
    )
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Spool() as spool, Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("Reading orders", total=None)
        layout, reading = read_orders(source, spool, tick=lambda: progress.advance(task))
        progress.update(task, visible=False)
        replays = [(name, Replay(program, terms.model, spool.shelf())) for name, program in programs]
        for event in progress.track(spool.events(), total=spool.count, description="Replaying"):
            for _, replay in replays:
                replay.take(event)
        for _, replay in replays:
            replay.finish()
    _some_counted(replays[0][1])
    return report(str(orders), layout, reading, terms, replays)


def _some_counted(replay: Replay) -> None:
    books, own = replay.books, replay.definition.money
    if books.orders == 0 and books.other_money:
        other = books.other_money.most_common(1)[0][0]
        raise click.ClickException(
            f"All orders are in {other}, and the program counts in {own}. Say what it counts as, for example"
            f" --money {other}=1.17, or take amounts as they are: --as-program-money."
        )
    if books.orders == 0:
        raise click.ClickException("There is no paid order in this file.")


def _program(file: Path, terms: Terms) -> Program:
    text = text_of(file)
    try:
        definition = read(text, file=str(file))
    except DefinitionError as err:
        raise click.ClickException("\n" + "\n".join(str(finding) for finding in err.findings)) from err
    version = Version(sha_of(text), _taking(definition, terms), published_at=0, effective_at=0)
    return Program(definition.program, (version,))


def _taking(definition: Definition, terms: Terms) -> Definition:
    """The definition with the rates that were asked for instead of its own."""
    own = exponent(definition.money)
    asked = {
        money: (DayRate(date.min, rate * Fraction(10) ** (own - exponent(money))),)
        for money, rate in terms.rates.items()
    }
    return msgspec.structs.replace(definition, takes={**definition.takes, **asked})


def _model(text: str, seed: int) -> Model:
    try:
        return model_of(text, seed=seed)
    except Malformed as err:
        raise click.BadParameter('say "never", "always", "50%" or "50% from 100"', param_hint="--redeem") from err


def _rate(text: str) -> tuple[str, Fraction]:
    money, _, rate = text.partition("=")
    if _CODE.fullmatch(money) and _NUMBER.fullmatch(rate) and (known := Fraction(rate)) > 0:
        return money, known
    raise click.BadParameter("say what one unit is in the program's money, such as GBP=1.17", param_hint="--money")
