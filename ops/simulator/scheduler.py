"""Virtual time, and who goes next. A handler runs until it calls a port; there it waits, and others run.

One heap of (instant, number, what to do) decides everything, so the same seed makes the same run. A handler is a
greenlet: production code stays as it is and is stopped in the middle.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from greenlet import getcurrent, greenlet

from chalicelib.errors import LoyaltyError
from chalicelib.events import Instant


class Died(BaseException):
    """A container ends between two calls: nothing of ours sees it, so nothing of ours can catch it."""


class Unsettled(Exception):
    """The world does not come to rest."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The handler answered."""

    value: Any


@dataclass(frozen=True, slots=True)
class Said:
    """The handler answered with one of the five kinds of "no"."""

    error: LoyaltyError


@dataclass(frozen=True, slots=True)
class Gone:
    """The handler died: nobody got an answer."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """An error that nobody foresaw."""

    error: Exception


Ended = Returned | Said | Gone | Crashed


@dataclass(slots=True)
class Handler:
    """One invocation of one container. `skew`: how far its clock is off; `ends_at`: when it is cut off."""

    name: str
    rng: random.Random
    skew: int
    ends_at: Instant
    body: Callable[[], Any]
    ended: Callable[[Ended], None]
    greenlet: Any = None
    outcome: Ended = field(default_factory=Gone)

    def live(self) -> None:
        """The whole life of the handler, in its own greenlet."""
        try:
            self.outcome = Returned(self.body())
        except Died:
            self.outcome = Gone()
        except LoyaltyError as err:
            self.outcome = Said(err)
        except Exception as err:  # the oracle reports it
            self.outcome = Crashed(err)


class Scheduler:
    """Runs what is due, in the order of virtual time. `now` is the true time that no container knows exactly."""

    def __init__(self, start: Instant, *, most_steps: int) -> None:
        self.now = start
        self.steps = 0
        self.handlers = 0
        self.current: Handler | None = None
        self._most_steps = most_steps
        self._due: list[tuple[Instant, int, Callable[[], None]]] = []
        self._number = 0

    def at(self, instant: Instant, do: Callable[[], None]) -> None:
        """Do something later; of two things at the same instant, the first that was asked for."""
        self._number += 1
        heapq.heappush(self._due, (max(instant, self.now), self._number, do))

    def start(self, handler: Handler) -> None:
        """Let a handler begin now."""
        self.handlers += 1
        handler.greenlet = greenlet(handler.live)
        self.at(self.now, lambda: self._go_on(handler))

    def wait(self, milliseconds: int) -> None:
        """The current handler waits; others run meanwhile. A handler whose time is up dies here."""
        handler = self.current
        assert handler is not None
        self.at(self.now + milliseconds, lambda: self._go_on(handler))
        handler.greenlet.parent.switch()
        if self.now > handler.ends_at:
            raise Died

    def dawdle(self, most_milliseconds: int) -> None:
        """The current handler waits for some while."""
        assert self.current is not None
        self.wait(self.current.rng.randrange(most_milliseconds + 1))

    def run(self) -> None:
        """Until nothing is due any more. Raises Unsettled when that takes too long."""
        while self._due:
            self.now, _, do = heapq.heappop(self._due)
            do()
            self.steps += 1
            if self.steps > self._most_steps:
                raise Unsettled

    def _go_on(self, handler: Handler) -> None:
        handler.greenlet.parent = getcurrent()
        self.current = handler
        handler.greenlet.switch()
        self.current = None
        if handler.greenlet.dead:
            handler.ended(handler.outcome)
