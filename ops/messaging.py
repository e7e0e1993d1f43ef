"""`pointpass message`: the shop says something to its members, on their cards."""

from collections.abc import Mapping, Sequence

import click
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from chalicelib.bootstrap.house import House
from chalicelib.errors import Refused
from chalicelib.programs.program import Program
from chalicelib.services.messages import LONGEST, MOST_A_WEEK
from chalicelib.services.ports.walks import Campaign, Walk
from chalicelib.services.walking import USUAL_RATE
from ops.options import STAGE
from ops.target import house_of, program_of
from ops.walks import TROUBLE, show, watch

_screen = Console()
_WRONG = TROUBLE | {
    "walk_unknown": "No message of {program} is called {walk}. See the newest: pointpass message {program}",
    "message_language_missing": "The program speaks {language}, too. Write the text in it: --text {language}=...",
    "message_language_unknown": "The program does not speak {language}.",
    "message_too_long": "The text in {language} has {letters} letters. " + f"A card shows {LONGEST} at most.",
    "message_unprintable": "The text in {language} has characters that cannot be printed, or is of several lines.",
    "message_level_unknown": "The program has no level {level}.",
    "message_segment_unknown": "The program has no segment {segment}.",
    "messages_paused": "Messages are paused in {program}, so nothing was begun and nothing will go out by itself. "
    "Why: pointpass paused. To say it, let them go on first: pointpass resume messages --program {program}",
}


@click.command()
@click.argument("program", default="")
@click.option("--text", "texts", multiple=True, help='In every language of the program: en="The pie is back".')
@click.option("--level", default="", help="Only members of this level.")
@click.option("--segment", default="", help="Only members of this segment.")
@click.option("--rate", type=int, default=USUAL_RATE, show_default=True, help="Cards a second; never more.")
@click.option("--at-night", is_flag=True, help="Also from 21:00 to 9:00 of the program's time.")
@click.option("--dry-run", is_flag=True, help="Count who would get it, by level, and send nothing.")
@click.option("--withdraw", default="", help="Take a message off all cards again, by its name.")
@click.option("--watch", "is_watched", is_flag=True, help="Stay and show how it goes; that of before, without --text.")
@STAGE
def message(*, program: str, texts: Sequence[str], withdraw: str, is_watched: bool, stage: str, **more: object) -> None:
    """Say something to the members of PROGRAM who agreed to be told, on their cards.

    A card gets one message a day and few a week; nobody is told twice. What was said can be taken back.
    """
    house = house_of(stage)
    known = program_of(house, program)
    try:
        walk = _walk(house, known, _spoken(texts), withdraw, more)
    except Refused as err:
        raise click.ClickException(_WRONG[err.reason].format(**{"program": known.slug, **err.facts})) from err
    if walk is None:
        return
    if is_watched:
        walk = watch(house, walk, _screen)
    show(house, walk, _screen)


def _walk(
    house: House, program: Program, texts: Mapping[str, str], withdraw: str, more: Mapping[str, object]
) -> Walk | None:
    """The walk that was asked for: begun, or looked at; None for a count."""
    rate = more["rate"]
    assert isinstance(rate, int)
    if withdraw:
        return house.walking.withdraw(program, withdraw, rate=rate)
    if not texts:
        newest = next(iter(house.walking.of(program.slug, "message", "withdraw")), None)
        if newest is None:
            raise click.ClickException("Say what: --text en=... in every language of the program.")
        return newest
    level, segment = str(more["level"]), str(more["segment"])
    campaign = house.messages.campaign(program, texts, level=level, segment=segment, at_night=bool(more["at_night"]))
    if more["dry_run"]:
        _preview(program, campaign)
        _count(house, program, campaign)
        return None
    total = house.republishing.count(program)
    walk = house.walking.start(program, "message", rate=rate, total=total, campaign=campaign)
    _preview(program, campaign)
    _screen.print(f"Take it back with: pointpass message {program.slug} --withdraw {walk.id}", highlight=False)
    return walk


def _spoken(texts: Sequence[str]) -> dict[str, str]:
    spoken = {}
    for text in texts:
        language, mark, words = text.partition("=")
        if not mark:
            raise click.BadParameter(
                'write it as LANGUAGE="text", for example en="The pie is back"', param_hint="--text"
            )
        spoken[language.strip()] = words
    return spoken


def _preview(program: Program, campaign: Campaign) -> None:
    """How it reads, as on a lock screen: who speaks, and what it says."""
    for language, words in campaign.message.words.items():
        title = f"{program.latest.definition.business.name} · {language}"
        _screen.print(Panel(words, title=title, title_align="left", width=60))


def _count(house: House, program: Program, campaign: Campaign) -> None:
    found = house.messages.audience(program, campaign)
    outcomes = sorted({outcome for _, outcome in found}, key=lambda outcome: (outcome != "told", outcome))
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("level")
    for outcome in outcomes:
        table.add_column(outcome, justify="right")
    for level in sorted({level for level, _ in found}):
        table.add_row(level or "none", *(str(found.get((level, outcome), 0)) for outcome in outcomes))
    _screen.print(table)
    told = sum(count for (_, outcome), count in found.items() if outcome == "told")
    _screen.print(f"{told} cards would get it now, at most {MOST_A_WEEK} messages a week each. Nothing was sent.")
