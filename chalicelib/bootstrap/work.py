"""What queues, the schedule and the clock have the house do. One's trouble is not the others'."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalicelib.bootstrap.walks import WalkParts
from chalicelib.errors import LoyaltyError

if TYPE_CHECKING:
    from chalicelib.services.ports import Connection

_log = logging.getLogger(__name__)
_Failures = dict[str, list[dict[str, str]]]
Message = Mapping[str, str | int]


class Work(WalkParts):
    """Work that nobody waits for."""

    def deferred(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of deferred deliveries, and the steps of walks that record what a pause held back."""
        return self._worked_off(event, self._deferred)

    def _deferred(self, message: Message) -> None:
        if "job" in message:
            self.walking.work_off(message)
        else:
            self.hooks.work_off(message)

    def pushes(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of pushes that waited."""
        return self._worked_off(event, self._push)

    def _worked_off(self, event: Mapping[str, object], work: Callable[[Message], None]) -> _Failures:
        from chalicelib.store.messages import worked_off

        return worked_off(event, work, alarm=self.adapters.alarm)

    def _push(self, message: Message) -> None:
        if "look" in message:
            self.repushing.work_off(message)
        elif message.get("wallet") != "google":
            self.refresh.work_off(message)
        elif self.google is not None:
            self.google.refresh.work_off(message)

    def sweeps(self, event: Mapping[str, object]) -> _Failures:
        """A batch of the queue of accounts whose time has come."""
        return self._worked_off(event, self._sweep)

    def _sweep(self, message: Message) -> None:
        from chalicelib.services.walking import JOBS

        if message.get("job") in JOBS:
            self.walking.work_off(message)
        else:
            self.sweeper.work_off(message)

    def look_around(self) -> None:
        """What is done every few minutes: find accounts that are due, walks that stand still, and phones that are away.

        One's trouble is not the others'.
        """
        for look in (self.sweeper.find, self.walking.revive, self.repushing.find):
            try:
                look()
            except LoyaltyError as err:
                _log.warning("look_put_off", extra={"facts": {"why": err.reason}})

    def night(self, seconds: int) -> None:
        """What is done once a day, while few buy: for about so long, of which each program has its share.

        Those that were sealed last are the first: one that was too large yesterday has what the others leave.
        """
        end = self.adapters.clock.now() + seconds * 1_000
        if self.adapters.has_apple:
            self.adapters.tenants.warn(self.adapters.alarm)
        slugs = sorted(self._served(), key=self._newest_seal, reverse=True)
        for place, slug in enumerate(slugs):
            now = self.adapters.clock.now()
            until = now + max(0, end - now) // (len(slugs) - place)
            self._say_pause(slug)
            self._turn(slug, until)
            self._audit(slug, until)

    def _served(self) -> list[str]:
        """The programs whose turn it is. One whose tables are being put back has its next one."""
        programs = self.adapters.programs
        return [slug for slug in programs.slugs() if not programs.restoring(slug)]

    def _newest_seal(self, slug: str) -> str:
        return next(reversed(self.adapters.seals.days(slug)), "")

    def _say_pause(self, slug: str) -> None:
        """A pause keeps no night from its work, and nobody is told of it but by this."""
        from chalicelib.programs.pausing import FORGOTTEN, oldest

        program = self.adapters.programs.program(slug)
        pause = None if program is None else oldest(program.pauses)
        if pause is None:
            return
        stood = max(0, self.adapters.clock.now() - pause.since)
        hours = stood // 3_600_000
        facts = {"program": slug, "what": pause.what, "connection": pause.connection}
        _log.info("pause_stands", extra={"facts": {**facts, "hours": hours}})
        if stood >= FORGOTTEN:
            self.adapters.alarm.raise_("pause_forgotten", **facts, hours=hours)

    def _turn(self, slug: str, until: int) -> None:
        """Points that become vouchers this month. Its trouble keeps no ledger from being checked."""
        program = self.adapters.programs.program(slug)
        if program is None:
            return
        try:
            members = self.turning.monthly(program, until=until)
        except LoyaltyError as err:
            self.adapters.alarm.raise_("vouchers_not_given", program=slug, why=err.reason)
            return
        if members:
            _log.info("vouchers_given", extra={"facts": {"program": slug, "members": members}})

    def _audit(self, slug: str, until: int) -> None:
        """Check, sum and seal one program. Its trouble is not the others'."""
        program = self.adapters.programs.program(slug)
        if program is None:
            return
        began = self.adapters.clock.now()
        try:
            audited = self.auditing.night(program, until=until)
        except LoyaltyError as err:
            if err.reason == "night_too_long":
                took = (self.adapters.clock.now() - began) // 1_000
                self.adapters.alarm.raise_(err.reason, program=slug, seconds=took, **err.facts)
                return
            self.adapters.alarm.raise_("ledger_not_checked", program=slug, why=err.reason)
            return
        found = audited.found
        facts = {"accounts": found.accounts, "entries": found.entries, "per_second": found.per_second}
        wrong = len(found.violations) + found.more
        sealed = 1 if audited.sealed else 0
        _log.info("ledger_checked", extra={"facts": {"program": slug, **facts, "violations": wrong, "sealed": sealed}})

    def reconcile(self, seconds: int) -> None:
        """Read the books of every connection that can be read, for about so long; the next time goes on from there."""
        from chalicelib.connectors.books import reconciles

        deadline = self.adapters.clock.now() + seconds * 1_000
        for slug in self._served():
            for connection in self.adapters.programs.connections(slug):
                if reconciles(connection.provider):
                    self._reconcile(connection, deadline)

    def _reconcile(self, connection: Connection, deadline: int) -> None:
        """One connection's trouble is not the others'."""
        about = {"program": connection.program, "connection": connection.name}
        try:
            found = self.reconciler.run(connection, deadline=deadline)
        except LoyaltyError as err:
            if err.reason != "no_api_access":  # nobody gave us a key to these books, and nobody promised one
                self.adapters.alarm.raise_("books_not_read", **about, why=err.reason)
            return
        facts = {"seen": found.seen, "new": found.new, "at_risk": found.at_risk, "unclear": found.unclear}
        _log.info("books_read", extra={"facts": about | facts})
