"""What is done with the whole ledger once a day: check it, close yesterday's totals, seal it."""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import Instant
from chalicelib.ledger.check import Violation
from chalicelib.ledger.seals import Signed
from chalicelib.ledger.totals import DayTotal
from chalicelib.programs.program import Program
from chalicelib.services.ports import Alarm, Clock
from chalicelib.services.ports.tally import Tally
from chalicelib.services.sealing import Sealing
from chalicelib.services.totalling import DayBook, Totalling
from chalicelib.services.verifying import Found, Verification, Watch, unwatched

_MOST_ALARMS = 20
"""So many violations are told one by one; the number of all is always told."""


class Audited(msgspec.Struct, frozen=True):
    """What a night found and did. `sealed`: None when the day was sealed already, or must not be."""

    found: Found
    closed: Sequence[DayTotal]
    sealed: Signed | None


class _Patience(msgspec.Struct):
    """Watches how much was read, until time is up. Raises TryAgain("night_too_long") then, with how far it came."""

    clock: Clock
    until: Instant
    read: dict[str, int] = msgspec.field(default_factory=dict)

    def watch(self, what: str, count: int) -> None:
        self.read[what] = count
        if self.clock.now() >= self.until:
            raise TryAgain("night_too_long", **self.read)


class Auditing(msgspec.Struct, frozen=True):
    """Reads everything once and lets the checker, the totals and the seal look at it together."""

    verification: Verification
    totalling: Totalling
    sealing: Sealing
    alarm: Alarm

    def night(self, program: Program, *, until: Instant | None = None, watch: Watch = unwatched) -> Audited:
        """Check against the last seal, raise an alarm for what is wrong, close yesterday, seal today.

        A ledger that lost what was sealed is not sealed again: the last good seal stays the newest.
        until: when reading stops, with nothing closed and nothing sealed; None for never, and then `watch` is told
        Raises: TryAgain, also "night_too_long" with how much was read.
        """
        watch = watch if until is None else _Patience(self.sealing.clock, until).watch
        with self.verification.new_tally() as tally:
            broken = self.sealing.load(program, tally, newest=2)
            book = self.totalling.book(program)
            found = self._read(program, tally, book, watch)
            self._tell(program, msgspec.structs.replace(found, violations=(*broken, *found.violations)))
            closed = self.totalling.close(program, book)
            sealed = None if broken or found.gone else self._seal(program, tally, found, book)
        return Audited(msgspec.structs.replace(found, violations=(*broken, *found.violations)), closed, sealed)

    def accept_restore(self, program: Program, reason: str, *, watch: Watch = unwatched) -> Signed:
        """Seal a ledger that was put back to an earlier point. The new seal says for ever what it accepts, and why.

        Raises: TryAgain; Refused (seals_are_wrong: that is no restore; ledger_is_torn: repair it first;
        nothing_is_gone: it can be sealed as every night).
        """
        with self.verification.new_tally() as tally:
            if self.sealing.load(program, tally, newest=2):
                raise Refused("seals_are_wrong", program=program.slug)
            book = self.totalling.book(program)
            found = self._read(program, tally, book, watch)
            others = len(found.violations) + found.more - found.gone
            if others:
                raise Refused("ledger_is_torn", program=program.slug, violations=others)
            if not found.gone:
                raise Refused("nothing_is_gone", program=program.slug)
            sealed = self._seal(program, tally, found, book, accepted=reason)
        if sealed is None:
            raise TryAgain("sealed_by_somebody_else", program=program.slug)
        self.alarm.raise_("restore_accepted", program=program.slug, day=sealed.seal.day, gone=found.gone)
        return sealed

    def against_seal(self, program: Program, *, watch: Watch = unwatched) -> Found:
        """Check everything, and hold it against all seals."""
        with self.verification.new_tally() as tally:
            broken = [*self.sealing.load(program, tally), *self.sealing.stale(program)]
            found = self.verification.check(program, tally, watch=watch)
        return msgspec.structs.replace(found, violations=(*broken, *found.violations))

    def _read(self, program: Program, tally: Tally, book: DayBook, watch: Watch) -> Found:
        return self.verification.check(program, tally, watch=watch, followers=[book.follow])

    def _seal(
        self, program: Program, tally: Tally, found: Found, book: DayBook, *, accepted: str = ""
    ) -> Signed | None:
        points = dict(book.now)
        return self.sealing.seal(
            program, tally, entries=found.entries, points=points, gone=found.gone, accepted=accepted
        )

    def _tell(self, program: Program, found: Found) -> None:
        for violation in found.violations[:_MOST_ALARMS]:
            self._raise(program, violation)
        count = len(found.violations) + found.more
        if count > _MOST_ALARMS:
            self.alarm.raise_("ledger_violations", program=program.slug, count=count)

    def _raise(self, program: Program, violation: Violation) -> None:
        self.alarm.raise_(
            "ledger_violation",
            program=program.slug,
            promise=violation.promise,
            account=violation.account,
            entry=violation.seq,
            says=violation.says,
        )
