"""Many seeds, on several processes, and what they came to."""

import multiprocessing
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ops.simulator.faults import contract
from ops.simulator.run import Run, run
from ops.simulator.story import story

SIZE = 1_100
"""Happenings in a story: over a thousand of them are events."""


@dataclass(slots=True)
class Summary:
    """What all runs together came to. `violations`: by seed."""

    seeds: int = 0
    events: int = 0
    handlers: int = 0
    steps: int = 0
    seconds: float = 0.0
    virtual_days: int = 0
    violations: dict[int, tuple[str, ...]] = field(default_factory=dict)
    happened: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, done: Run) -> None:
        """One more run is done."""
        self.seeds += 1
        self.events += done.events
        self.handlers += done.handlers
        self.steps += done.steps
        self.virtual_days += done.virtual_days
        self.happened += done.happened
        if done.violations:
            self.violations[done.seed] = done.violations

    @property
    def missed(self) -> list[tuple[str, str]]:
        """What the coverage contract asks for and no run has had: (call, fault or answer)."""
        return sorted(contract() - set(self.happened))

    @property
    def faults(self) -> dict[str, int]:
        """How often each fault happened, wherever, and what the stream and the neighbours did."""
        counted: Counter[str] = Counter()
        for (_, what), times in self.happened.items():
            if not what.startswith("answers "):
                counted[what] += times
        return dict(counted.most_common())

    def as_json(self) -> dict[str, object]:
        """For machines."""
        covered = len(contract()) - len(self.missed)
        return {
            "commit": commit(),
            "seeds": self.seeds,
            "events": self.events,
            "handlers": self.handlers,
            "steps": self.steps,
            "seconds": round(self.seconds, 1),
            "virtual_days": self.virtual_days,
            "faults": self.faults,
            "covered": covered,
            "coverable": len(contract()),
            "missed": [f"{site} {what}" for site, what in self.missed],
            "violations": {str(seed): list(found) for seed, found in sorted(self.violations.items())},
        }


def run_all(seeds: Iterable[int], *, size: int, processes: int, until: float | None = None) -> Iterator[Run]:
    """Run seeds, in any order. `until`: no seed is begun after this moment of `time.monotonic`."""
    jobs = ((seed, size) for seed in seeds if until is None or time.monotonic() < until)
    if processes == 1:
        yield from map(_run, jobs)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        waiting = []
        for job in jobs:
            waiting.append(pool.apply_async(_run, (job,)))
            if len(waiting) > processes:
                yield waiting.pop(0).get()
        for each in waiting:
            yield each.get()


def commit() -> str:
    """The commit that is checked out, "" where there is no git."""
    folder = Path(__file__).parent
    try:
        said = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return said.stdout.strip()


def _run(job: tuple[int, int]) -> Run:
    seed, size = job
    return run(story(seed, size))
