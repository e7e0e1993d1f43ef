"""`python -m ops.mutation`: how many planted mistakes in the pure rooms the tests notice, by mutmut.

Works on a copy of the checkout, so that nothing here is touched and may be edited meanwhile. Without `--sample` every
mutant is run, which takes hours; a sample is chosen by its seed alone and is the same wherever the sources are.
"""

import hashlib
import math
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import msgspec
from mutmut.stats import status_by_exit_code
from rich.console import Console
from rich.table import Table

ROOMS = {"ledger": "chalicelib.ledger.stored.*", "programs": "chalicelib.programs.metrics.*"}
"""The rooms that are measured, each with a few mutants: a run of these makes all the others."""

_KILLED = ("killed", "timeout", "segfault")
_MUTMUT = str(Path(sys.executable).with_name("mutmut"))
_HERE = Path(__file__).parents[1]
_screen = Console(width=120)


class _Results(msgspec.Struct):
    """What mutmut keeps of one source file: by mutant, the code with which its tests ended; None for not run."""

    exit_code_by_key: dict[str, int | None]


@click.command()
@click.option("--sample", default=0, help="Mutants of each room to run; 0 runs all of them.")
@click.option("--seed", default=4, show_default=True, help="Chooses the sample.")
@click.option("--room", "rooms", type=click.Choice(list(ROOMS)), multiple=True, help="Only this room.")
@click.option("--children", default=1, show_default=True, help="Processes at a time.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keeps the copy, and what mutmut found, here.")
@click.option("--show/--no-show", default=True, help="The change that each survivor makes.")
def main(*, sample: int, seed: int, rooms: tuple[str, ...], children: int, folder: Path | None, show: bool) -> None:
    """Run mutants of the pure rooms and say how many the tests noticed."""
    place = folder or Path(tempfile.mkdtemp(prefix="mutation-"))
    _screen.print(f"The copy is in {place}.", highlight=False)
    _copy(place)
    tables = []
    for room in rooms or tuple(ROOMS):
        _mutmut(place, children, ROOMS[room])
        names = sorted(name for name, _ in _results(place, room))
        wanted = chosen(names, sample, seed) if sample else names
        _mutmut(place, children, *wanted)
        found = dict(_results(place, room))
        tables.append((room, len(names), {name: status_by_exit_code[found[name]] for name in wanted}))
    _tell(tables)
    if show:
        _show(place, tables)


def chosen(names: list[str], count: int, seed: int) -> list[str]:
    """`count` of the names: those whose digest with the seed is lowest."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())[:count]


def interval(killed: int, run: int) -> tuple[float, float]:
    """Between which shares the score of all mutants lies, at 95 % (Wilson's interval)."""
    z, share = 1.959964, killed / run
    middle = share + z * z / (2 * run)
    reach = z * math.sqrt(share * (1 - share) / run + z * z / (4 * run * run))
    return (middle - reach) / (1 + z * z / run), (middle + reach) / (1 + z * z / run)


def _copy(place: Path) -> None:
    """Every file that belongs to the project, edited or not."""
    place.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=_HERE, check=True, capture_output=True
    ).stdout
    there = b"\n".join(name for name in listed.splitlines() if (_HERE / os.fsdecode(name)).exists())
    packed = subprocess.run(["tar", "cf", "-", "-T", "-"], cwd=_HERE, check=True, input=there, capture_output=True)
    subprocess.run(["tar", "xf", "-"], cwd=place, check=True, input=packed.stdout)


def _mutmut(place: Path, children: int, *names: str) -> None:
    """Runs the mutants of these names. mutmut says little that a log would want: its own last words only."""
    command = [_MUTMUT, "run", "--max-children", str(children), *names]
    few = {**os.environ, "HYPOTHESIS_PROFILE": "few"}
    done = subprocess.run(command, cwd=place, env=few, check=False, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise click.ClickException(f"mutmut could not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def _results(place: Path, room: str) -> Iterator[tuple[str, int | None]]:
    for path in sorted((place / "mutants" / "chalicelib" / room).rglob("*.meta")):
        yield from msgspec.json.decode(path.read_bytes(), type=_Results).exit_code_by_key.items()


def _tell(tables: Sequence[tuple[str, int, Mapping[str, str]]]) -> None:
    table = Table("room", "mutants", "run", "killed", "timeout", "survived", "no tests", "score", "95 %")
    for room, exist, statuses in tables:
        told, run = Counter(statuses.values()), len(statuses)
        killed = sum(told[status] for status in _KILLED)
        low, high = interval(killed, run)
        rest = run - killed - told["survived"]
        counted = (exist, run, told["killed"] + told["segfault"], told["timeout"], told["survived"], rest)
        table.add_row(room, *map(str, counted), f"{killed / run:.1%}", f"{low:.1%} - {high:.1%}")
    _screen.print(table)


def _show(place: Path, tables: Sequence[tuple[str, int, Mapping[str, str]]]) -> None:
    for name, status in (each for _, _, statuses in tables for each in statuses.items()):
        if status in _KILLED:
            continue
        shown = subprocess.run(
            [_MUTMUT, "show", name], cwd=place, check=True, capture_output=True, encoding="utf-8"
        ).stdout
        changed = [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        _screen.print("\n".join((f"\n{name}: {status}", *changed)), highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
