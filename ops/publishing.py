"""`pointpass publish`: what changes and who it moves, and only then an immutable version, with its pictures."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from chalicelib.events import Instant
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.reading import DefinitionError, read
from chalicelib.programs.texts import explain_text, terms
from chalicelib.programs.wording import money, number, points
from chalicelib.services.previewing import Moves, Preview
from chalicelib.services.publishing import broken_by
from ops.auditing.asking import make_sure
from ops.looks import PictureRefused, prepared
from ops.options import STAGE, text_of
from ops.target import LAPTOP, house_of
from ops.wording import moment

_screen = Console()
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "since", type=_DAY, help="From which day it counts; as soon as possible without it.")
@click.option("--yes", is_flag=True, help="Do not ask. A named stage's name is asked for all the same.")
@click.option("--language", default="en", show_default=True, help="Language in which the changes are told: en or ru.")
@STAGE
def publish(file: Path, since: datetime | None, yes: bool, language: str, stage: str) -> None:
    """Publish a definition as an immutable version. Orders of the past keep the version that priced them.

    First it shows what changes for members, sentence by sentence, and who moves to another level. What makes points
    that members hold worth less or harder to use has to be published as long before as the program promises (notice).
    The card's pictures are prepared for every wallet; where only they changed, the newest version gets the new ones.
    """
    text = text_of(file)
    definition = _good(text, file)
    house = house_of(stage)
    publishing, program = house.publishing, house.adapters.programs.program(definition.program)
    version = sha_of(text)[:12]
    pictures = _pictures(definition, file)
    if program is not None and program.latest.sha == sha_of(text):
        sheet = house.adapters.pictures.keep(pictures)
        if not publishing.dress(program, program.latest.sha, sheet):
            _screen.print(f"Version {version} is the newest already; nothing changed.")
            return
        _screen.print(f"Version {version} is the newest already; its pictures are other ones now.")
        _screen.print(f"`pointpass republish {program.slug}` brings them to the cards that are out already.")
        return
    asked = _asked(definition, program, since, house.adapters.clock.now())
    if program is not None:
        new = Version(sha_of(text), definition, house.adapters.clock.now(), publishing.effective_at(program, asked))
        if broken := broken_by(program, new, file=str(file)):
            raise click.ClickException("\n" + "\n".join(str(finding) for finding in broken))
        _show(program, new, Preview(house.adapters.ledger, house.adapters.audit), language)
        if not yes and stage == LAPTOP:
            click.confirm("Publish it?", abort=True)
        make_sure(stage)
    sheet = house.adapters.pictures.keep(pictures)
    published = publishing.publish(text, file=str(file), since=asked, sheet=sheet)
    _screen.print(f"Published version {version}, in force from {moment(published.effective_at)}.")


def _good(text: str, file: Path) -> Definition:
    try:
        definition = read(text, file=str(file))
    except DefinitionError as err:
        raise click.ClickException("\n" + "\n".join(str(finding) for finding in err.findings)) from err
    errors = [finding for finding in lint(definition, file=str(file)) if finding.weight == "error"]
    if errors:
        raise click.ClickException("\n" + "\n".join(str(finding) for finding in errors))
    return definition


def _pictures(definition: Definition, file: Path) -> Mapping[str, bytes]:
    """Those of the card, made from what lies beside the file."""
    with Progress(console=_screen, transient=True) as progress:
        task = progress.add_task("Preparing pictures", total=None)
        try:
            return prepared(definition, file.parent, told=lambda _: progress.advance(task))
        except PictureRefused as err:
            raise click.ClickException(str(err)) from err


def _asked(definition: Definition, program: Program | None, since: datetime | None, now: Instant) -> Instant | None:
    """The first instant of the day that was asked for, on the program's clock."""
    if since is None:
        return None
    if program is None:
        raise click.BadParameter("the first version counts at once; leave this out", param_hint="--from")
    start = ZoneCalendar(definition.time_zone).start(since.date())
    if start <= now:
        raise click.BadParameter("say a day that is still to come", param_hint="--from")
    return start


def _show(program: Program, new: Version, preview: Preview, language: str) -> None:
    now = program.in_force(new.since)
    _screen.print(f"In force then: version {now.sha[:12]}. To be published: {new.sha[:12]}.\n", highlight=False)
    for waiting in (version for version in program.versions if version.since > new.since):
        told = f"Version {waiting.sha[:12]} is published already and takes its place on {moment(waiting.since)}."
        _screen.print(f"[yellow]{told}[/]\n", highlight=False)
    changes = list(changed(now.definition, new.definition, language))
    if not changes:
        _screen.print("Not a word of the terms changes.\n")
    for change in changes:
        colour = {"-": "red", "+": "green"}.get(change.sign, "bold")
        _screen.print(f"[{colour}]{escape(f'{change.sign} {change.sentence}'.strip())}[/]", highlight=False)
    with Progress(console=_screen, transient=True) as progress:
        task = progress.add_task("Reading accounts", total=None)
        moves = preview.moves(program, new, lambda done, total: progress.update(task, completed=done, total=total))
    _tell(moves, now.definition, new.definition, language)


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence that goes ("-") or comes ("+"), or the heading ("") over such sentences."""

    sign: str
    sentence: str


def changed(before: Definition, after: Definition, language: str) -> Iterator[Change]:
    """What members will read otherwise, then what only the owner does; unchanged sentences are left out."""
    was, would = (_sections(definition, language) for definition in (before, after))
    headings = list(dict.fromkeys([*was, *would]))
    for heading in headings:
        different = list(_different(was.get(heading, ()), would.get(heading, ())))
        if different:
            yield Change("", heading)
            yield from different


def _sections(definition: Definition, language: str) -> dict[str, list[str]]:
    """The sentences of the terms and, where the owner reads more, of the explanation, by heading."""
    found = {section.title: list(section.sentences) for section in terms(definition, language)}
    for block in explain_text(definition, language).strip().split("\n\n"):
        heading, *lines = block.splitlines()
        own = found.setdefault(heading, [])
        own += [line.strip() for line in lines if line.strip() not in own]
    return found


def _different(was: Sequence[str], would: Sequence[str]) -> Iterator[Change]:
    for line in difflib.ndiff(list(was), list(would)):
        if line[:2] in ("- ", "+ "):
            yield Change(line[0], line[2:])


def _tell(moves: Moves, before: Definition, after: Definition, language: str) -> None:
    if before.tiers or after.tiers:
        table = Table(box=None, pad_edge=False, header_style="dim", title="members", title_justify="left")
        for heading in ("now", "then", "members"):
            table.add_column(heading, justify="right" if heading == "members" else "left")
        for (here, there), count in sorted(moves.levels.items(), key=lambda each: (each[0][0] == each[0][1], each[0])):
            is_same = here == there
            table.add_row(here or "no level", "stay" if is_same else there or "no level", number(count, language))
        _screen.print(table)
    _screen.print(
        f"\n{number(moves.members, language)} members, {number(moves.moved, language)} of them change their level."
    )
    for key, held in moves.held.items():
        known = next(currency for one in (before, after) for currency in one.currencies if currency.key == key)
        told = f"Members hold {points(known.names, held.points, language)}"
        if held.was != held.would_be:
            was = "nothing" if held.was is None else money(held.was, before.money, language)
            would = "nothing" if held.would_be is None else money(held.would_be, after.money, language)
            told += f", worth {was} now and {would} then"
        _screen.print(f"{told}.", highlight=False)
