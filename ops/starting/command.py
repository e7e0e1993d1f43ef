"""`pointpass new`: six questions, and a definition that lints clean."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from ops.starting.answers import LANGUAGES, Answers, asks_for_size, objection, templates, written

_screen = Console()


@click.command()
@click.argument("name")
@click.option("--from", "template", type=click.Choice(templates()), default="shop-points", show_default=True)
@click.option("--business", help="The name people know.")
@click.option("--contact", help="Where members write to: an e-mail or web address.")
@click.option("--money", help="The money of the shop, such as EUR.")
@click.option("--time-zone", "zone", help="Whose clock counts, such as Europe/Berlin.")
@click.option("--languages", help="Languages of the members, such as en,ru.")
@click.option("--back", help="How much of a purchase comes back, such as 5%.")
@click.option("--size", type=int, help="How many stamps fill a card.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not said here is as it usually is.")
def new(name: str, template: str, yes: bool, **said: Any) -> None:
    """Begin a program: six questions, one file NAME.yaml that has nothing to mend.

    \b
    shop-points     points for purchases, which pay a part of the next ones
    cashback        a share comes back after the return window, and pays for whole purchases
    levels          points, and levels that multiply them
    reviews         points for purchases and for reviews
    coffee-stamps   a stamp for every purchase, and a full card is a free drink
    """
    file = Path(f"{name}.yaml")
    if file.exists():
        raise click.ClickException(f"{file} exists already; nothing was written.")
    answers = Answers(name)
    if wrong := objection(template, answers, "program", name):
        raise click.ClickException(f"The name of the program: {wrong}")
    for asked, question in _questions(template):
        answers = _answered(template, answers, asked, question, said[asked], is_quiet=yes)
    file.write_text(written(template, answers), encoding="utf-8")
    _screen.print(f"[green]Written:[/] {file}. It has nothing to mend.\n", highlight=False)
    _screen.print(f"  pointpass explain {file}                       what it means", highlight=False)
    _screen.print(f"  pointpass backtest {file} --orders orders.csv  try it on last year's orders", highlight=False)
    _screen.print(f"  pointpass publish {file}", highlight=False)


def _questions(template: str) -> list[tuple[str, str]]:
    last = ("size", "How many stamps fill a card") if asks_for_size(template) else ("back", "How much comes back")
    return [
        ("business", "What is the business called"),
        ("contact", "Where do members write to"),
        ("money", "The money of the shop"),
        ("zone", "Whose clock counts"),
        ("languages", f"Languages of the members, of {','.join(LANGUAGES)}"),
        last,
    ]


def _answered(template: str, answers: Answers, asked: str, question: str, said: Any, *, is_quiet: bool) -> Answers:
    """The answers with one more: from the options, or asked for until it is good."""
    usual = getattr(answers, asked)
    shown = ",".join(usual) if asked == "languages" else usual
    if said is None and is_quiet:
        return answers
    while True:
        typed = said if said is not None else click.prompt(question, default=shown, type=type(shown))
        value, wrong = _understood(template, answers, asked, typed)
        if not wrong:
            return replace(answers, **{asked: value})
        if said is not None:
            raise click.ClickException(f"{question}: {wrong}")
        click.echo(f"  {wrong}")


def _understood(template: str, answers: Answers, asked: str, typed: Any) -> tuple[Any, str]:
    if asked == "languages":
        typed = tuple(dict.fromkeys(code.strip() for code in typed.split(",")))
        if not typed or not set(typed) <= set(LANGUAGES):
            return typed, f"expected one or more of {', '.join(LANGUAGES)}"
    elif isinstance(typed, str):
        typed = typed.strip()
    return typed, objection(template, answers, asked, typed)
