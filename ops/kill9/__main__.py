"""`python -m ops.kill9 --kills 200`: the long trial."""

import os
import secrets
import tempfile
from pathlib import Path

import click
from rich.console import Console

from ops.kill9.trial import Report, trial
from ops.laptop.engine import find

_screen = Console()


@click.command()
@click.option("--kills", default=200, show_default=True, help="Rounds, each of which ends in a kill.")
@click.option("--seed", type=int, help="Repeats which facts happen; when each is killed depends on the machine, too.")
def main(kills: int, seed: int | None) -> None:
    """Kill the posting process and the engine at random moments; nothing acknowledged may be lost or doubled."""
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    with tempfile.TemporaryDirectory() as folder, _screen.status("Starting ...") as status:
        database = Path(folder) / "ledger.db"

        def watch(report: Report) -> None:
            status.update(f"{report.kills.total()} of {kills} kills, {len(report.violations)} violations")

        report = trial(find(os.environ.get("DYNOXIDE", "")), database, kills=kills, seed=chosen, watch=watch)
    for violation in report.violations:
        _screen.print(f"[red]{violation}[/]", highlight=False)
    killed = ", ".join(f"{what} {count}" for what, count in sorted(report.kills.items()))
    _screen.print(
        f"seed {report.seed}: {report.kills.total()} kills ({killed}) in {report.seconds:.0f} s\n"
        f"acknowledged {report.acknowledged}, refused {report.refused}, on the way and there {report.unanswered}\n"
        f"checked {report.checks} times: {report.entries} entries, {report.documents} documents\n"
        f"violations: {len(report.violations)}",
        highlight=False,
    )
    raise SystemExit(1 if report.violations else 0)


if __name__ == "__main__":
    main()
