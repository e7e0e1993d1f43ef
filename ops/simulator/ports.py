"""A port in a world that goes wrong: every call takes time, and may be delayed, refused, doubted or the last one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import TryAgain
from chalicelib.services.ports import Outcome
from ops.simulator.faults import SITES, Fault, told_as
from ops.simulator.scheduler import Died
from ops.simulator.weather import Weather

_SLOWEST = 3_000
_USUAL = (1, 1, 2, 3, 5, 8, 13, 21, 34)
"""Milliseconds that a call takes."""

Stale = Callable[..., Any]


class Hurt:
    """Any port. `stale`: how reads that need not be the newest answer from the past, by method.

    A call that faults.py does not name goes through unhurt; the tests see to it that each is named.
    """

    def __init__(self, port: type, name: str, real: Any, weather: Weather, stale: Mapping[str, Stale]) -> None:
        for method in dir(port):
            if method.startswith("_"):
                continue
            site, call = f"{name}.{method}", getattr(real, method)
            if site in SITES:
                call = _hurt(site, call, weather, stale.get(method))
            setattr(self, method, call)


def _hurt(site: str, real: Callable[..., Any], weather: Weather, stale: Stale | None) -> Callable[..., Any]:
    happened, scheduler = weather.happened, weather.scheduler

    def call(*args: Any, **named: Any) -> Any:
        handler = scheduler.current
        if handler is None:  # the oracle looks
            return real(*args, **named)
        fault = weather.strikes(site, handler.rng)
        scheduler.wait(handler.rng.choice(_USUAL))
        if fault is None:
            reply = real(*args, **named)
        else:
            reply = _Struck(fault, site, real, stale, weather).answer(*args, **named)
        happened[site, f"answers {told_as(reply)}"] += 1
        return reply

    return call


@dataclass(frozen=True, slots=True)
class _Struck:
    """A call at which a fault happens."""

    fault: Fault
    site: str
    real: Callable[..., Any]
    stale: Stale | None
    weather: Weather

    def answer(self, *args: Any, **named: Any) -> Any:
        """What comes of it. Raises Died, TryAgain."""
        if self.fault is Fault.STALE:
            return self._past(*args, **named)
        self.weather.note(self.site, self.fault.value)
        match self.fault:
            case Fault.DIES_BEFORE:
                raise Died
            case Fault.THROTTLED:
                raise TryAgain("store_throttled")
            case Fault.MET:
                return Outcome.CONFLICT
            case Fault.UNKNOWN_NOT_DONE:
                return Outcome.UNKNOWN
            case Fault.SLOW:
                self.weather.scheduler.dawdle(_SLOWEST)
                return self.real(*args, **named)
        self.real(*args, **named)
        match self.fault:
            case Fault.DIES_AFTER:
                raise Died
            case Fault.ANSWER_LOST:
                raise TryAgain("store_did_not_answer")
            case _:  # UNKNOWN_DONE: it stays unknown also where it was refused
                return Outcome.UNKNOWN

    def _past(self, *args: Any, **named: Any) -> Any:
        """What a read that is behind says; where there is no other past, the present."""
        past = self.stale(*args, **named) if self.stale else None
        if past is None:
            return self.real(*args, **named)
        self.weather.note(self.site, self.fault.value)
        return past[0]
