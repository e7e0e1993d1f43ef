"""What an operator stops in seconds, and lets go on: earning, redeeming, joining, messages.

A pause is a row beside the program's versions, read with them and as long remembered: no purchase pays for it. What
connections tell meanwhile is authenticated and stored. `resume` begins a walk that records it in its turn
(catching_up.py); until the walk has come to the newest, what is told goes on waiting behind what was told before.
"""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import Instant
from chalicelib.programs.pausing import Pause, What, standing_still
from chalicelib.programs.program import Program
from chalicelib.services.catching_up import beginning
from chalicelib.services.ports import Clock, Inbox, PauseLine, Programs
from chalicelib.services.ports.walks import Walk
from chalicelib.services.walking import HIGHEST_RATE, Walking

LONGEST_REASON = 200
LONGEST_NAME = 60
USUAL_RATE = 100
"""Deliveries a second. They are recorded one after the other, so that the ledger itself sets a slower pace."""

KEPT_DAYS = 15
"""What waits is stored where every raw body is: a pause that lasts longer loses what came first. The least that a stage
may be told (InboxDays); 30 unless it is."""

_COUNTED = 20_000
_PAGE = 1_000
_ROUNDS = 5


class Resumed(msgspec.Struct, frozen=True):
    """What goes on. `walk`: records what waited, None where nothing could. was: None where nothing was paused."""

    was: Pause | None
    walk: Walk | None


class Pausing(msgspec.Struct, frozen=True):
    """Pauses and resumes. Everything raises TryAgain, after which repeating is safe."""

    programs: Programs
    inbox: Inbox
    walking: Walking
    clock: Clock

    def pause(
        self, program: Program, what: What, *, by: str, why: str = "", connection: str = ""
    ) -> tuple[Pause, bool]:
        """Let something stand still; the pause, and whether it is new: what stands still already is left alone.

        Raises: Refused (connection_unknown, not_by_connection, name_missing, name_too_long, reason_too_long).
        """
        self._check(program, what, connection, by, why)
        for _ in range(_ROUNDS):
            was, now = self._standing(program, what, connection), self.clock.now()
            if was is not None and not was.resumed_at:
                return was, False
            pause = Pause(what, now, by, why, connection)
            line = PauseLine(now, "paused", what, connection, by, why)
            if self.programs.put_pause(program.slug, pause, line, was=was):
                return pause, True
        raise TryAgain("too_many_races", program=program.slug)

    def resume(
        self,
        program: Program,
        what: What,
        *,
        by: str,
        why: str = "",
        connection: str = "",
        rate: int = USUAL_RATE,
    ) -> Resumed:
        """Let it go on, and record what waited. Where nothing is paused, what waits still is recorded.

        Raises: as `pause`, and Refused (rate_impossible; not_paused: and nothing waits but what another pause holds).
        """
        self._check(program, what, connection, by, why)
        if not 1 <= rate <= HIGHEST_RATE:
            raise Refused("rate_impossible", rate=rate)
        for _ in range(_ROUNDS):
            was, now = self._standing(program, what, connection), self.clock.now()
            if was is None:
                if what != "earning" or not self._free(program)[0]:
                    raise Refused("not_paused", what=what)
                return Resumed(None, self._caught_up(program, rate))
            line = PauseLine(now, "resumed", what, connection, by, why)
            if what != "earning":
                if self.programs.lift(program.slug, was, line):
                    return Resumed(was, None)
            elif was.resumed_at or self.programs.put_pause(
                program.slug, msgspec.structs.replace(was, resumed_at=now), line, was=was
            ):
                return Resumed(was, self._caught_up(program, rate, resumed_at=was.resumed_at))
        raise TryAgain("too_many_races", program=program.slug)

    def standing(self, program: Program) -> Sequence[Pause]:
        """All that is paused now, the oldest first."""
        return sorted(self.programs.pauses(program.slug), key=lambda pause: pause.since)

    def waiting(self, program: Program) -> int:
        """How many deliveries wait; 20 000 stands for any greater number."""
        return self._counted(program, ())[0]

    def _free(self, program: Program) -> tuple[int, bool]:
        """As `_counted`: what no pause holds any more. Behind a flood that one does hold, nothing is looked for."""
        return self._counted(program, self.programs.pauses(program.slug))

    def _counted(self, program: Program, pauses: Sequence[Pause]) -> tuple[int, bool]:
        """How many of the first 20 000 that wait are not held by these pauses; whether there are no more behind."""
        count, seen, behind = 0, 0, ""
        while seen < _COUNTED:
            page = self.inbox.waiting(program.slug, behind=behind, limit=_PAGE)
            count += sum(not standing_still(pauses, key.split("/")[1]) for key in page)
            seen += len(page)
            if len(page) < _PAGE:
                return count, True
            behind = page[-1]
        return count, False

    def _caught_up(self, program: Program, rate: int, *, resumed_at: Instant = 0) -> Walk:
        """The walk that records what waits. Each resumption has its own: two at once do nothing twice.

        resumed_at: of a resumption that died before its walk; the clock it went by may be ahead of this one
        """
        now, (count, is_all) = self.clock.now(), self._free(program)
        total = count if is_all else 0
        walk = Walk(program.slug, f"resume-{now}", "resume", rate, now, total=total, moved_at=now)
        return self.walking.begin(msgspec.structs.replace(walk, cursor=beginning(max(now, resumed_at))))

    def _standing(self, program: Program, what: What, connection: str) -> Pause | None:
        found = self.programs.pauses(program.slug)
        return next((each for each in found if (each.what, each.connection) == (what, connection)), None)

    def _check(self, program: Program, what: What, connection: str, by: str, why: str) -> None:
        if connection and what != "earning":
            raise Refused("not_by_connection", what=what)
        if connection and not self.programs.is_connected(program.slug, connection):
            raise Refused("connection_unknown", connection=connection[:40])
        if not by.strip():
            raise Refused("name_missing")
        if len(by) > LONGEST_NAME:
            raise Refused("name_too_long", most=LONGEST_NAME)
        if len(why) > LONGEST_REASON:
            raise Refused("reason_too_long", most=LONGEST_REASON)
