"""What time does to accounts that nobody touches: they are found by their due index and settled in their turn.

`find` runs on the schedule and puts accounts that are due on the queue, slowly; `work_off` sweeps them. An account is
always read strongly, so a repeat, a late message or a race finds nothing left to do. What is shown and spent is settled
whenever it is read: a sweep that comes late is late news, never a wrong number.

A version that was published may change any account: at its effective time every account of the program is swept once,
by a walk (walking.py, new_versions.py).
"""

import logging
from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.due import next_due
from chalicelib.programs.program import Program
from chalicelib.services.journaling import Line, Standing, next_entry, standing
from chalicelib.services.ports import Alarm, Clock, Commit, Ledger, Outcome, Programs, Queue, Views
from chalicelib.services.refreshing import Refresh

ACTOR = "pointpass"

_log = logging.getLogger(__name__)
_PER_SECOND = 20
"""Accounts. A month's end makes everybody due at once; purchases must not feel it."""

_SPREAD_SECONDS = 300
"""What is found in one go is swept over so long: then the schedule comes again."""

_TOGETHER = 10
"""Accounts of one message: little enough to be done long before it is handed out again."""

_ROUNDS = 12
_PASSED: Instant = 0
"""The index says some instant that has passed: more need not be known."""

_LOOK_BACK: Instant = 2 * 86_400_000
"""The journal's stream may be a day behind, and with it the index."""


class Sweeper(msgspec.Struct, frozen=True):
    """Settles accounts when their time has come."""

    ledger: Ledger
    views: Views
    programs: Programs
    refresh: Refresh
    queue: Queue
    alarm: Alarm
    clock: Clock

    # --- finding

    def find(self) -> int:
        """Queue the accounts that are due, oldest first, as many as are swept until the next time; their number."""
        now = self.clock.now()
        since = self.views.swept_until()
        if since is None:
            since = self._first_publication(now)
        found = self.views.due(since=since, until=now, limit=_PER_SECOND * _SPREAD_SECONDS)
        by_program: dict[str, list[AccountId]] = {}
        for due in found:
            by_program.setdefault(due.program, []).append(due.account)
        position = 0
        for program, accounts in by_program.items():
            for start in range(0, len(accounts), _TOGETHER):
                batch = accounts[start : start + _TOGETHER]
                message: dict[str, str | int] = {"job": "due", "program": program, "accounts": " ".join(batch)}
                self.queue.send(message, delay_seconds=position // _PER_SECOND)
                position += len(batch)
        # What was found counts as due until it has left the index: a message may be lost.
        self.views.put_swept_until(min([now - _LOOK_BACK, *(due.at for due in found)]))
        _log.info("sweeps_found", extra={"facts": {"accounts": len(found)}})
        return len(found)

    def _first_publication(self, now: Instant) -> Instant:
        """Before it there were no points that could be due."""
        programs = (self.programs.program(slug) for slug in self.programs.slugs())
        return min((program.versions[0].published_at for program in programs if program is not None), default=now)

    # --- working off

    def work_off(self, message: Mapping[str, str | int]) -> None:
        """One message of the queue. Raises TryAgain; Broken for one that cannot be read."""
        program = self.programs.program(str(message["program"]))
        if program is None:
            raise Broken("program_gone", program=str(message["program"]))
        match message["job"]:
            case "due" | "again" as job:  # "again": of the release before this one
                accounts = [AccountId(each) for each in str(message["accounts"]).split()]
                if self._trouble(program, [(account, _PASSED) for account in accounts], is_new_version=job == "again"):
                    raise TryAgain("accounts_not_swept", program=program.slug)
            case job:
                raise Broken("unknown_job", job=job)

    def _trouble(
        self, program: Program, accounts: Sequence[tuple[AccountId, Instant | None]], *, is_new_version: bool
    ) -> list[AccountId]:
        """Sweep accounts, each with what the index says of it; the ones to be repeated. One's trouble is its own."""
        again = []
        for account, noted in accounts:
            try:
                self.sweep(program, account, noted=noted, is_new_version=is_new_version)
            except TryAgain as err:
                _log.warning("sweep_put_off", extra={"facts": {"account": account, "why": err.reason}})
                again.append(account)
            except Broken as err:
                self.alarm.raise_("sweep_broken", account=account, why=err.reason)
        return again

    # --- one account

    def sweep(
        self,
        program: Program,
        account: AccountId,
        *,
        noted: Instant | None = _PASSED,
        is_new_version: bool = False,
    ) -> bool:
        """Post what time did to an account, if it did anything; True when there was something to post.

        One strong read, and one conditional put when there is something to post. Whoever loses the race for the next
        entry looks again: the winner's entry was settled, too. An account to which nothing happened may have a warning
        due, or a new version's face: its cards are refreshed and its due instant moves on.

        noted: what the index says      is_new_version: a version has come into force that the index knows nothing of
        Raises: TryAgain, Broken.
        """
        for _ in range(_ROUNDS):
            stand = standing(self.ledger, program, account, self.clock.now())
            before = stand.before
            if before is None or before.account != account or before.snap.status != "active":
                self._drop(program, account, noted)
                return False
            if stand.snap == before.snap:
                self._move_on(program, stand, noted, is_new_version=is_new_version)
                return False
            match self.ledger.commit(
                Commit(program.slug, entries=(next_entry(stand, program, _line(stand, program)),))
            ):
                case Outcome.COMMITTED:
                    return True  # the stream brings the entry to the view, the cards and the index
                case Outcome.CONFLICT:
                    self.clock.pause(50)
        raise TryAgain("too_many_races", account=account)

    def _move_on(self, program: Program, stand: Standing, noted: Instant | None, *, is_new_version: bool) -> None:
        assert stand.before is not None
        since_then = next_due(stand.before.snap, program.timeline, stand.before.at)
        if is_new_version or (since_then is not None and since_then <= stand.at):
            self.refresh.account(program.slug, stand.account)
        # Where somebody was faster this writes nothing: the stream brings the entry that they wrote, and its day.
        due = next_due(stand.snap, program.timeline, stand.at)
        if due != noted:
            self.views.move_due(program.slug, stand.account, seq=stand.before.seq, due=due)

    def _drop(self, program: Program, account: AccountId, noted: Instant | None) -> None:
        """Nothing of this account waits for its day: take it off the index, if its view does not say otherwise."""
        seq = self.views.seq(program.slug, account) if noted is not None else 0
        if seq:
            self.views.move_due(program.slug, account, seq=seq, due=None)


def _line(stand: Standing, program: Program) -> Line:
    assert stand.before is not None
    return Line(
        kind="settled",
        document=Reference(f"sweep/{stand.account}/{stand.before.seq + 1}"),
        occurred_at=stand.at,
        actor=ACTOR,
        version=program.in_force(stand.at).sha,
    )
