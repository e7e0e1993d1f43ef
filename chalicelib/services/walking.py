"""One throttled way through everything of a program: a batch at a time, by a message that sends itself on.

How far a walk has come is one row, and every step of it a conditional write: whatever is delivered twice, late, or to
two workers is done once, and after a death at any point at most the batch that was under way is repeated. A message
that is lost is sent again by the schedule.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.errors import Broken, LoyaltyError, Refused, TryAgain
from chalicelib.events import Instant
from chalicelib.programs.program import Program
from chalicelib.services.pacing import next_turn, turn_of
from chalicelib.services.ports import Alarm, Clock, Programs, Queue
from chalicelib.services.ports.walks import Campaign, Job, Walk, Walks

JOBS = ("publish", "walk", "missed")
"""The messages of the queue that are for walks."""

USUAL_RATE = 20
"""A second: purchases must not feel it. Source of the bound: Google Wallet takes 20 requests a second of one issuer."""

HIGHEST_RATE = 200
"""A second. One worker at a time goes: beyond this it would be the machine that sets the pace."""

_BATCH_MILLISECONDS = 2_000
_MOST_TOGETHER = 200
_WORKS_MILLISECONDS = 7_000
"""A message is worked on for so long: ten of them, which may come together, end before their container does."""

_HOLD_MILLISECONDS = 120_000
"""Longer than a container lives. Whoever holds a batch and died is followed by another one then."""

_APART_SECONDS = 10
"""So far apart may the clocks of two containers be."""

_REST_SECONDS = 60
_LONGEST_DELAY_SECONDS = 900
_LONGEST_REST: Instant = (_LONGEST_DELAY_SECONDS - _APART_SECONDS) * 1_000
"""What rests no longer is woken by its message, which comes when the rest is over by anybody's clock."""

_SILENCE_MILLISECONDS = 180_000
"""A walk of which nobody has heard for so long has lost its message."""

PAUSED_MILLISECONDS = 60_000
"""A walk that is paused looks so often whether it may go on, as far as the schedule comes by."""

_PASSED: Instant = 0
"""Nobody asked the index again: some instant that has passed."""

_ROUNDS = 5

_log = logging.getLogger(__name__)


class Stop(NamedTuple):
    """One account or card on the way. `noted`: what the due index says of an account."""

    name: str
    noted: Instant | None = None


class Stretch(NamedTuple):
    """What comes next on the way. `cursor` opens what follows; "" ends it. It may be empty although more follows."""

    stops: Sequence[Stop]
    cursor: str


class Round(Protocol):
    """What the walks of one job go through, and what they do there."""

    def stretch(self, program: Program, *, cursor: str, limit: int) -> Stretch:
        """The next stops, about so many at most."""

    def visit(self, program: Program, walk: Walk, stop: Stop) -> str:
        """Do what is to be done; in a word, what came of it. Repeating is harmless. Raises TryAgain, Broken."""

    def opens_at(self, program: Program, walk: Walk, now: Instant) -> Instant:
        """From when the walk may go on; `now` or earlier when it may at once."""


class Walking(msgspec.Struct, frozen=True):
    """Begins walks, and takes their steps.

    notice_seconds: for so long a worker may remember a program as it was
    elsewhere: the queues of jobs whose workers may do what the others may not
    """

    walks: Walks
    programs: Programs
    queue: Queue
    alarm: Alarm
    clock: Clock
    rounds: Mapping[Job, Round]
    notice_seconds: int
    elsewhere: Mapping[Job, Queue] = msgspec.field(default_factory=dict)

    # --- what operators do

    def begin(self, walk: Walk) -> Walk:
        """Let a walk begin; one that has begun already is left alone. As it stands. Raises TryAgain."""
        _check(walk.rate)
        if self.walks.put_walk(walk):
            self._send(walk, delay=walk.rests_until - self.clock.now())
            return walk
        return self.walk(walk.program, walk.id)

    def start(self, program: Program, job: Job, *, rate: int, total: int = 0, campaign: Campaign | None = None) -> Walk:
        """Let a new walk begin, when every worker has noticed what the program looks like now.

        Raises: Refused (walk_under_way: one of this kind goes already; messages_paused: what is said in a pause would
        go out whenever somebody ends it), TryAgain.
        """
        if job == "message" and program.is_paused("messages"):
            raise Refused("messages_paused", program=program.slug)
        for known in self.of(program.slug, job):
            if known.state == "running":
                raise Refused("walk_under_way", walk=known.id)
        now = self.clock.now()
        name = f"{job}-{now // 1_000}" if campaign is None or job != "message" else campaign.message.id
        walk = Walk(program.slug, name, job, rate, now, total=total, campaign=campaign, moved_at=now)
        if job == "republish":
            walk = msgspec.structs.replace(walk, rests_until=now + (self.notice_seconds + _APART_SECONDS) * 1_000)
        if job == "withdraw":  # by then, whoever was still telling cards has ended
            walk = msgspec.structs.replace(walk, rests_until=now + _HOLD_MILLISECONDS)
        return self.begin(walk)

    def walk(self, program: str, walk: str) -> Walk:
        """How far it has come. Raises Refused (walk_unknown)."""
        known = self.walks.walk(program, walk)
        if known is None:
            raise Refused("walk_unknown", walk=walk)
        return known

    def of(self, program: str, *jobs: Job) -> Sequence[Walk]:
        """The walks of some jobs that are kept, the newest first."""
        found = [walk for walk in self.walks.walks() if walk.program == program and walk.job in jobs]
        return sorted(found, key=lambda walk: -walk.started_at)

    def stop(self, program: str, walk: str) -> Walk:
        """Let it stand still after the batch that is under way. Raises Refused, TryAgain."""
        return self._ordered(program, walk, lambda known: msgspec.structs.replace(known, state="stopped"))

    def resume(self, program: str, walk: str, *, rate: int | None = None) -> Walk:
        """Let it go on where it stopped. Raises Refused (walk_unknown, walk_done), TryAgain."""

        def resumed_from(known: Walk) -> Walk:
            # The new plan begins where the next turn of the old one would have been.
            next_at = known.paced_from + turn_of(known.paced, known.rate)
            plan = msgspec.structs.replace(known, paced_from=next_at, paced=0, rate=rate or known.rate)
            return msgspec.structs.replace(plan, state="running", turn=known.turn + 1)

        if rate is not None:
            _check(rate)
        resumed = self._ordered(program, walk, resumed_from)
        self._send(resumed, delay=resumed.held_until - self.clock.now())
        return resumed

    def withdraw(self, program: Program, walk: str, *, rate: int) -> Walk:
        """Take back what a message's walk has said: the walk that does it. Repeating is harmless.

        Raises: Refused (walk_unknown, walk_under_way), TryAgain.
        """
        known = self.walk(program.slug, walk)
        if known.job != "message":
            raise Refused("walk_unknown", walk=walk)
        if known.state != "withdrawn":
            known = self._ordered(
                program.slug, walk, lambda each: msgspec.structs.replace(each, state="withdrawn"), is_last=True
            )
        return self.start(program, "withdraw", rate=rate, total=known.total, campaign=known.campaign)

    def _ordered(self, program: str, walk: str, change: "_Change", *, is_last: bool = False) -> Walk:
        for _ in range(_ROUNDS):
            known = self.walk(program, walk)
            if known.state in ("done", "withdrawn") and not is_last:
                raise Refused("walk_done", walk=walk)
            changed = msgspec.structs.replace(change(known), revision=known.revision + 1, moved_at=self.clock.now())
            if self.walks.put_walk(changed):
                return changed
        raise TryAgain("walk_moved", walk=walk)

    # --- the schedule

    def revive(self) -> int:
        """Send on walks whose message was lost, and those whose time of rest is over; how many."""
        now = self.clock.now()
        lost = [walk for walk in self.walks.walks() if _is_lost(walk, now)]
        for walk in lost:
            self._send(walk)
        return len(lost)

    # --- the queue

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """One message of the queue. Raises TryAgain; Broken for one that cannot be read."""
        program = self.programs.program(str(message["program"]))
        if program is None:
            raise Broken("program_gone", program=str(message["program"]))
        match message["job"]:
            case "publish":
                self._come_into_force(program, message)
            case "walk":
                self._go_on(program, str(message["walk"]), int(message["turn"]))
            case "missed":
                self._go_back(program, message)
            case job:
                raise Broken("unknown_job", job=str(job))

    def _come_into_force(self, program: Program, message: Mapping[str, str | int]) -> None:
        """A version was published: at its time, every account is looked at."""
        sha, effective_at = str(message["sha"]), int(message["effective_at"])
        if (sha, effective_at) not in {(version.sha, version.effective_at) for version in program.versions}:
            raise TryAgain("version_not_seen", program=program.slug)
        wait = effective_at - self.clock.now()
        if wait > 0:
            self.queue.send(message, delay_seconds=min(_LONGEST_DELAY_SECONDS, -(-wait // 1_000)))
            return
        now, walk = self.clock.now(), f"version/{sha[:12]}/{effective_at}"
        # A message of the release before this one may say how far its own walk had come.
        cursor = str(message.get("cursor", ""))
        self.begin(Walk(program.slug, walk, "publish", USUAL_RATE, now, cursor=cursor, moved_at=now))

    def _go_on(self, program: Program, name: str, turn: int) -> None:
        """Take some steps, if it is this message's turn and nobody is at it."""
        walk, now = self.walks.walk(program.slug, name), self.clock.now()
        if walk is None or walk.state != "running" or walk.turn != turn or max(walk.held_until, walk.rests_until) > now:
            return
        taken = msgspec.structs.replace(
            walk, revision=walk.revision + 1, held_until=now + _HOLD_MILLISECONDS, moved_at=now
        )
        if not self.walks.put_walk(taken):
            return  # another worker has it
        ends_at = now + _WORKS_MILLISECONDS
        before, going = taken, self._step(program, taken, ends_at)
        while going is not None and going.held_until:
            before, going = going, self._step(program, going, ends_at)
        if going is not None and going.state == "running":
            rest = going.rests_until - self.clock.now() if going.rests_until else 0
            # Whoever was woken and rests again is the schedule's: nobody knows when a pause ends.
            if not rest or (not before.rests_until and rest <= _LONGEST_REST):
                self._send(going, delay=rest)

    def _step(self, program: Program, walk: Walk, ends_at: Instant) -> Walk | None:
        """One batch. The walk after it, released (held_until 0) if this worker's time is over; None if it is lost."""
        now = self.clock.now()
        opens_at = self.rounds[walk.job].opens_at(program, walk, now)
        if opens_at > now:
            rests = msgspec.structs.replace(walk, held_until=0, turn=walk.turn + 1, rests_until=opens_at, moved_at=now)
            return self._written(walk, rests)
        limit = max(1, min(_MOST_TOGETHER, walk.rate * _BATCH_MILLISECONDS // 1_000))
        stretch = self.rounds[walk.job].stretch(program, cursor=walk.cursor, limit=limit)
        after = self._batch(program, walk, stretch.stops)
        now = self.clock.now()
        after = msgspec.structs.replace(after, cursor=stretch.cursor, moved_at=now, rests_until=0)
        if not stretch.cursor:
            self._end(after)
            after = msgspec.structs.replace(after, state="done", held_until=0, turn=walk.turn + 1)
        elif now < ends_at:
            after = msgspec.structs.replace(after, held_until=now + _HOLD_MILLISECONDS)
        else:
            after = msgspec.structs.replace(after, held_until=0, turn=walk.turn + 1)
        return self._written(walk, after)

    def _batch(self, program: Program, walk: Walk, stops: Sequence[Stop]) -> Walk:
        """Visit each in its turn. What must be repeated gets a message of its own: the walk waits for nobody."""
        counted, missed = Counter(walk.counted), []
        for stop in stops:
            walk = next_turn(walk, self.clock)
            try:
                counted[self.rounds[walk.job].visit(program, walk, stop)] += 1
            except TryAgain as err:
                _log.warning("visit_put_off", extra={"facts": {"walk": walk.id, "at": stop.name, "why": err.reason}})
                counted["put off"] += 1
                missed.append(stop.name)
            except LoyaltyError as err:
                counted["broken"] += 1
                self.alarm.raise_("visit_broken", walk=walk.id, at=stop.name, why=err.reason)
        if missed:
            told: dict[str, str | int] = {"job": "missed", "program": program.slug, "walk": walk.id}
            self._queue(walk).send({**told, "names": " ".join(missed)}, delay_seconds=_REST_SECONDS)
        return msgspec.structs.replace(walk, done=walk.done + len(stops), counted=dict(counted))

    def _written(self, before: Walk, after: Walk) -> Walk | None:
        """Write what a step came to; None if the walk went on without this worker.

        An operator's order that came meanwhile is kept.
        """
        after = msgspec.structs.replace(after, revision=before.revision + 1)
        for _ in range(_ROUNDS):
            if self.walks.put_walk(after):
                return after
            known = self.walks.walk(before.program, before.id)
            if known is None or (known.turn, known.held_until) != (before.turn, before.held_until):
                return None
            after = msgspec.structs.replace(after, revision=known.revision + 1)
            if known.state == "withdrawn" or (known.state == "stopped" and after.state != "done"):
                after = msgspec.structs.replace(after, state=known.state, held_until=0)
        raise TryAgain("walk_moved", walk=before.id)

    def _go_back(self, program: Program, message: Mapping[str, str | int]) -> None:
        """What could not be done when the walk came by. Raises TryAgain: the queue counts its tries."""
        walk = self.walks.walk(program.slug, str(message["walk"]))
        if walk is None or walk.state == "withdrawn":
            return
        now = self.clock.now()
        opens_at = self.rounds[walk.job].opens_at(program, walk, now)
        wait = _LONGEST_DELAY_SECONDS * 1_000 if walk.state == "stopped" else opens_at - now
        if wait > 0:
            self._queue(walk).send(message, delay_seconds=min(_LONGEST_DELAY_SECONDS, -(-wait // 1_000)))
            return
        for name in str(message["names"]).split():
            self.rounds[walk.job].visit(program, walk, Stop(name, noted=_PASSED))

    def _end(self, walk: Walk) -> None:
        """Before its end is written, so that it is not lost: after the accounts, the cards that have none yet."""
        facts: dict[str, str | int] = {"program": walk.program, "walk": walk.id, "done": walk.done, **walk.counted}
        _log.info("walk_done", extra={"facts": facts})
        if walk.job == "publish":
            now = self.clock.now()
            self.begin(Walk(walk.program, f"cards/{walk.id}", "republish", walk.rate, now, moved_at=now))

    def _send(self, walk: Walk, *, delay: Instant = 0) -> None:
        message: dict[str, str | int] = {"job": "walk", "program": walk.program, "walk": walk.id, "turn": walk.turn}
        later = -(-delay // 1_000) + _APART_SECONDS if delay > 0 else 0
        self._queue(walk).send(message, delay_seconds=min(_LONGEST_DELAY_SECONDS, later))

    def _queue(self, walk: Walk) -> Queue:
        return self.elsewhere.get(walk.job, self.queue)


class _Change(Protocol):
    def __call__(self, known: Walk, /) -> Walk: ...


def _is_lost(walk: Walk, now: Instant) -> bool:
    """Whether nobody will take its next step: its time of rest is over, or nobody has heard of it for long."""
    is_over = 0 < walk.rests_until <= now
    is_silent = not walk.rests_until and max(walk.moved_at + _SILENCE_MILLISECONDS, walk.held_until) <= now
    return walk.state == "running" and (is_over or is_silent)


def _check(rate: int) -> None:
    if not 1 <= rate <= HIGHEST_RATE:
        raise Refused("rate_impossible", rate=rate)
