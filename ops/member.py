"""`pointpass member`: what is known of a member beside points, shown and set by hand."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import Broken, Malformed, Refused
from chalicelib.events import Instant
from chalicelib.ledger.member_document import Value
from chalicelib.passes.apple.bundle import bundle
from chalicelib.programs.definition import Definition
from chalicelib.programs.learning import Attribute, Born, Fact, FeeRefunded, Listed, Picked, PlanPaid
from chalicelib.programs.member_conditions import paid_period
from chalicelib.programs.read_member_when import value_of
from chalicelib.programs.values import Unclear
from chalicelib.programs.vocabulary import Vocabulary
from chalicelib.services.knowing import Knowledge
from chalicelib.services.ports import Card
from chalicelib.web.api.words import plain
from ops.options import PROGRAM, STAGE
from ops.target import house_of, program_of
from ops.wording import moment

_screen = Console()
_MEMBER = click.argument("member")


@click.group()
def member() -> None:
    """Show and set what is known of a member: attributes, segments, choices, plans, the birthday."""


@member.command()
@_MEMBER
@PROGRAM
@STAGE
def show(member: str, program: str, stage: str) -> None:
    """What is known of MEMBER: e-mail, phone, card link or account id."""
    house = house_of(stage)
    chosen = program_of(house, program)
    try:
        known = house.knowing.of(chosen, house.statements.account(chosen, member))
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    now = house.adapters.clock.now()
    _print(chosen.in_force(now).definition, known, now)


@member.command()
@_MEMBER
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A file without its ending.")
@STAGE
def passes(*, member: str, to: Path, stage: str) -> None:
    """Write the Apple passes of MEMBER, in every program that knows them, for a mail: one file, whoever reads it."""
    house = house_of(stage)
    signed = {f"{card.program}-{card.serial}": house.rendering.download(card).body for card in _cards(house, member)}
    if not signed:
        raise click.ClickException("Nobody is called so.")
    try:
        data = next(iter(signed.values())) if len(signed) == 1 else bundle(signed)
    except Broken as err:
        raise click.ClickException(str(err)) from err
    path = to.with_name(f"{to.name}.pkpass" if len(signed) == 1 else f"{to.name}.pkpasses")
    path.write_bytes(data)
    _screen.print(f"{len(signed)} in {path}")


def _cards(house: House, member: str) -> Iterator[Card]:
    """The cards of a member in every program; those of an ended membership are left out."""
    for slug in house.adapters.programs.slugs():
        program = house.adapters.programs.program(slug)
        assert program is not None
        try:
            account = house.statements.account(program, member)
        except (Refused, Malformed):
            continue
        yield from (card for card in house.adapters.cards.cards_of(slug, account) if not card.is_void)


@member.command("set")
@_MEMBER
@PROGRAM
@STAGE
@click.option("--attribute", multiple=True, help='Such as "student=yes"; nothing after = takes the value away.')
@click.option("--in", "on_lists", multiple=True, help="A segment to which the member belongs from now on.")
@click.option("--out", "off_lists", multiple=True, help="A segment to which the member no longer belongs.")
@click.option("--birthday", help="Such as 1990-02-28.")
@click.option("--choose", multiple=True, help='Such as "favourites=tea,cakes".')
@click.option("--paid", help="A plan whose fee was paid.")
@click.option("--trial", help="A plan whose trial begins.")
@click.option("--refunded", help="A plan whose fee went back.")
def set_(*, member: str, program: str, stage: str, **told: Sequence[str] | str | None) -> None:
    """Change what is known of MEMBER: e-mail, phone, card link or account id. All changes or none."""
    house = house_of(stage)
    chosen = program_of(house, program)
    now = house.adapters.clock.now()
    definition = chosen.in_force(now).definition
    facts = _facts(definition, told, now)
    if not facts:
        raise click.ClickException("Say what to change; see --help.")
    try:
        account = house.statements.account(chosen, member)
        seen = house.knowing.of(chosen, account).document.revision
        known = house.knowing.tell(chosen, account, facts, revision=seen)
    except (Refused, Malformed) as err:
        raise click.ClickException(plain(err)) from err
    _print(definition, known, house.adapters.clock.now())


def _facts(definition: Definition, told: dict[str, Sequence[str] | str | None], now: Instant) -> list[Fact]:
    facts: list[Fact] = [Attribute(*_valued(definition, text), now) for text in told["attribute"] or ()]
    facts += [Listed(name, is_on, now) for key, is_on in _LISTS for name in told[key] or ()]
    if isinstance(birthday := told["birthday"], str):
        facts.append(Born(birthday))
    for text in told["choose"] or ():
        name, _, options = text.partition("=")
        facts.append(Picked(name, tuple(option.strip() for option in options.split(","))))
    if isinstance(refunded := told["refunded"], str):
        facts.append(FeeRefunded(refunded))
    if isinstance(trial := told["trial"], str):
        facts.append(PlanPaid(trial, is_trial=True))
    if isinstance(paid := told["paid"], str):
        facts.append(PlanPaid(paid))
    return facts


_LISTS = (("on_lists", True), ("off_lists", False))


def _valued(definition: Definition, text: str) -> tuple[str, Value | None]:
    """ "student=yes" as the attribute and its value."""
    name, _, written = text.partition("=")
    kind = definition.membership.attributes.get(name)
    if kind is None or not written:
        return name, None  # that there is no such attribute is for the program to say
    words = Vocabulary()
    words.take_money(definition.money)
    try:
        return name, value_of(kind, written, words)
    except Unclear as err:
        raise click.ClickException(f"The attribute {name} needs {err.expected}.") from err


def _print(definition: Definition, known: Knowledge, now: Instant) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    document = known.document
    if document.birthday is not None:
        table.add_row("birthday", document.birthday.day)
    for name, values in document.attributes.items():
        table.add_row(name, f"{_words(values[-1].value)}, since {moment(values[-1].since)}")
    for name in document.lists:
        if document.is_on(name, now):
            table.add_row("segment", name)
    for each in document.choices:
        if each.since <= now < each.until:
            table.add_row(each.choice, f"{', '.join(each.picked)} until {moment(each.until)}")
    for plan in definition.membership.plans:
        if (period := paid_period(definition, document, plan.name, now)) is not None:
            table.add_row("plan", f"{plan.name}{' on trial' if period.is_trial else ''} until {moment(period.until)}")
    for benefit in known.benefits:
        table.add_row("has", benefit)
    _screen.print(table if table.row_count else "Nothing is known of this member.", highlight=False)


def _words(value: Value | None) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
