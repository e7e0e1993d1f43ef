"""A report at a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

from ops.backtest.telling import Story, TableText, VerdictText
from ops.backtest.voice import Voice

_COLOURS = {"black": "green", "red": "red", "unknown": "yellow"}


def show(story: Story, voice: Voice, screen: Console) -> None:
    """Verdict first, then the figures behind it."""
    screen.print(f"[bold]{escape(story.title)}[/]\n[dim]{story.subtitle}[/]", highlight=False)
    for verdict in story.verdicts:
        screen.print(_panel(verdict, is_one=len(story.verdicts) == 1))
    for table in story.tables:
        screen.print(Padding(_table(table), (1, 0, 0, 0)))
        if table.key == "changes":
            for sentence in story.changes:
                screen.print(sentence, highlight=False)
    _list(voice.say("assumed"), story.assumed, screen)
    _list(voice.say("left_out"), story.left_out or (voice.say("nothing_left_out"),), screen)


def _panel(verdict: VerdictText, *, is_one: bool) -> Panel:
    head, *rest = verdict.sentences
    colour = _COLOURS[verdict.sign]
    text = "\n".join([f"[bold {colour}]{head}[/]", *rest])
    return Panel(text, title=None if is_one else escape(verdict.name), title_align="left", border_style=colour)


def _table(told: TableText) -> Table:
    table = Table(
        title=escape(told.title), title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim"
    )
    table.show_header = any(told.headings)
    for place, heading in enumerate(told.headings):
        table.add_column(escape(heading), justify="right" if place else "left")
    for row in told.rows:
        table.add_row(*map(escape, row))
    return table


def _list(title: str, lines: tuple[str, ...], screen: Console) -> None:
    screen.print(f"\n[bold]{title}[/]")
    for line in lines:
        screen.print(f"  {line}", highlight=False)
