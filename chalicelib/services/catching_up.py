"""What was told during a pause is recorded afterwards: in the order in which it came, and each delivery once.

The walk goes through what waits twice. On the first way new deliveries still join at the end of the line, so that an
order is never recorded before the one that came before it. When there is nothing more, the pause is taken away. Some
containers notice that a little later and store a few more: the last way, when all have noticed, is for those, and for
what could not be recorded at once. It is a rest of a minute that ends by a message of its own.
"""

from collections.abc import Callable

import msgspec

from chalicelib.events import Instant
from chalicelib.programs.pausing import standing_still
from chalicelib.programs.program import Program
from chalicelib.services.ports import Clock, Delivery, Inbox, PauseLine, Programs
from chalicelib.services.ports.walks import Walk
from chalicelib.services.walking import Stop, Stretch

ACTOR = "pointpass"
_LATE: Instant = 30_000
"""Longer than a webhook takes that came while its container still thought of the pause."""

_FIRST, _LAST = "first", "last"


def beginning(at: Instant) -> str:
    """The cursor of a walk that an operator begins: what was resumed until `at` is taken away at its end."""
    return f"{_FIRST} {at} "


class CatchingUp(msgspec.Struct, frozen=True):
    """services.walking.Round through what waits of a program.

    A cursor is "first <resumed until> <key>" or "last <from when> <key>"; the key is the one that was visited last.
    record: understands and records a delivery, as the queue does; raises TryAgain, Broken
    notice_seconds: for so long a container may remember a program as it was
    """

    programs: Programs
    inbox: Inbox
    record: Callable[[Delivery], None]
    clock: Clock
    notice_seconds: int

    def stretch(self, program: Program, *, cursor: str, limit: int) -> Stretch:
        """The next deliveries. Those of a connection that stands still are left where they are."""
        way, instant, behind = cursor.split(" ")
        keys = self.inbox.waiting(program.slug, behind=behind, limit=limit)
        if keys:
            pauses = self.programs.pauses(program.slug)
            stops = [Stop(key) for key in keys if not standing_still(pauses, key.split("/")[1])]
            return Stretch(stops, f"{way} {instant} {keys[-1]}")
        if way == _LAST:
            return Stretch((), "")
        self._take_away(program, int(instant))
        opens_at = self.clock.now() + self.notice_seconds * 1_000 + _LATE
        return Stretch((), f"{_LAST} {opens_at} ")

    def visit(self, program: Program, walk: Walk, stop: Stop) -> str:
        """ "recorded", "paused again", or "gone" where another walk was faster. Raises TryAgain, Broken."""
        delivery = self.inbox.read(stop.name)
        if delivery is None:
            return "gone"
        # A pause that this worker remembers may be over: only one that came after the walk began is news.
        newer = [pause for pause in program.pauses if pause.since > walk.started_at]
        if standing_still(newer, delivery.connection):
            return "paused again"
        self.record(delivery)
        self.inbox.remove(stop.name)
        return "recorded"

    def opens_at(self, program: Program, walk: Walk, now: Instant) -> Instant:
        """At once; the last way when every container has noticed. What was put off may come when the walk has ended."""
        way, _, rest = walk.cursor.partition(" ")
        return int(rest.partition(" ")[0]) if way == _LAST else now

    def _take_away(self, program: Program, until: Instant) -> None:
        """The pauses whose end has been caught up with."""
        for pause in self.programs.pauses(program.slug):
            if pause.what == "earning" and 0 < pause.resumed_at <= until:
                now = self.clock.now()
                line = PauseLine(now, "caught_up", pause.what, pause.connection, ACTOR, "")
                self.programs.lift(program.slug, pause, line)
