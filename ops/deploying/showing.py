"""What a terminal shows of a deployment: what would change, how far it is, and what went wrong by name."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from ops.deploying.account import Change, Step
from ops.deploying.going_back import Move, shown
from ops.deploying.preflight import Finding

_COLOURS = {"good": "green", "warning": "yellow", "error": "red", "Add": "green", "Remove": "red"}
_MOST_NAMES = 3
"""Of what is new or changed in place; more are counted."""


def show_findings(screen: Console, findings: Iterable[Finding]) -> list[str]:
    """Show each as it is found. What those are about that forbid to go on."""
    wrong: list[str] = []
    for finding in findings:
        colour = _COLOURS[finding.weight]
        said = f"  [{colour}]{finding.weight:8}[/] {finding.about}: {finding.says}"
        screen.print(said, highlight=False, soft_wrap=True)
        wrong += [finding.about] if finding.weight == "error" else []
    return wrong


def show_changes(screen: Console, changes: Sequence[Change]) -> None:
    """A row for what is done to each kind. What is taken away or made anew is always named."""
    table = Table("", "kind", "how many", "what", box=None, pad_edge=False, header_style="dim")
    for rows in _alike(changes):
        first = rows[0]
        anew = "" if first.replaces == "False" else f", made anew: {first.replaces.lower()}"
        action = f"[{_COLOURS.get(first.action, 'yellow')}]{first.action.lower()}[/]{anew}"
        names = [each.name for each in rows]
        is_named = anew or first.action == "Remove" or len(names) <= _MOST_NAMES
        table.add_row(action, first.kind.removeprefix("AWS::"), str(len(names)), ", ".join(names) if is_named else "")
    screen.print(table)


def show_moves(screen: Console, moves: Sequence[Move]) -> None:
    """A row for each function: number, package and day of the version that callers meet, and of the one they would."""
    table = Table("function", "callers meet", "they would meet", box=None, pad_edge=False, header_style="dim")
    for each in moves:
        table.add_row(each.function, shown(each.now), f"[yellow]{shown(each.to)}[/]" if each.is_one else "the same")
    screen.print(table)


def show_steps(screen: Console, steps: Iterable[Step], total: int = 0) -> None:
    """How far it is, in one line of a terminal, elsewhere a line for each step that ended; what failed stays."""
    done: set[str] = set()
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=total or None)
        for each in steps:
            if each.status.endswith("_COMPLETE"):
                done.add(each.name)
            bar.update(task, completed=min(len(done), total or len(done)), description=f"{each.name}")
            if "FAILED" in each.status or "ROLLBACK" in each.status:
                said = f"  [red]{each.status.lower():28}[/] {each.name} {each.why}"
                screen.print(said, highlight=False, soft_wrap=True)
            elif not screen.is_terminal and each.status.endswith("_COMPLETE"):
                counted = f"{min(len(done), total)}/{total} " if total else ""
                screen.print(f"  {counted}{each.status.lower()} {each.name}", highlight=False, soft_wrap=True)


def _alike(changes: Sequence[Change]) -> Iterator[list[Change]]:
    def sort(change: Change) -> tuple[str, str, str]:
        return (change.action, change.kind, change.replaces)

    for _, rows in groupby(sorted(changes, key=lambda change: (*sort(change), change.name)), key=sort):
        yield list(rows)
