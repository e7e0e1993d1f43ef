"""How bad things are: which fault happens at which call. Everything is drawn from the handler's own seed."""

import random
from collections import Counter
from dataclasses import dataclass, field

from chalicelib.events import Instant
from ops.simulator.faults import SITES, Fault
from ops.simulator.scheduler import Scheduler

_FIRST_CALLS = 0.25
"""Chance of a fault at the first calls of a kind in a run, which then fades: rare calls must fail, too."""

_FOCUS = 0.15
_FOCUSED = 6
_RATES = (0.0, 0.001, 0.004, 0.008, 0.015, 0.025)


@dataclass(slots=True)
class Weather:
    """Draws faults.

    rate: chance of a fault at any call      calm_from: nothing goes wrong any more
    focus: faults that happen especially often in this run      outages: neighbours that are down, until when
    happened: what happened at which call, and how often      calls: how often each was made
    """

    scheduler: Scheduler
    rate: float
    calm_from: Instant
    focus: frozenset[tuple[str, Fault]]
    outages: dict[str, Instant] = field(default_factory=dict)
    happened: Counter[tuple[str, str]] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)

    def strikes(self, site: str, rng: random.Random) -> Fault | None:
        """The fault that is tried at this call, if any."""
        now = self.scheduler.now
        self.calls[site] = made = self.calls[site] + 1
        if now >= self.calm_from:
            return None
        faults = SITES[site].faults
        if self.outages.get(site.partition(".")[0], 0) > now and Fault.THROTTLED in faults:
            return Fault.THROTTLED
        luck = rng.random() - self.rate - _FIRST_CALLS / (1 + made / 4)
        if luck < 0:
            return rng.choice(faults)
        if luck < _FOCUS:
            fault = rng.choice(faults)
            return fault if (site, fault) in self.focus else None
        return None

    def is_calm(self) -> bool:
        """Has everything that can go wrong gone wrong?"""
        return self.scheduler.now >= self.calm_from

    def note(self, site: str, what: str) -> None:
        """Something happened at a call."""
        self.happened[site, what] += 1


def forecast(rng: random.Random, scheduler: Scheduler, calm_from: Instant) -> Weather:
    """The weather of a seed: from almost fair to a storm."""
    every = [(name, fault) for name, site in SITES.items() for fault in site.faults]
    return Weather(scheduler, rng.choice(_RATES), calm_from, frozenset(rng.sample(every, _FOCUSED)))
