"""Somebody of the shop gives a level until a day, or takes it back: an invitation, a status of another program."""

from datetime import date, timedelta

import msgspec

from chalicelib.errors import Broken, Malformed, Refused, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.level_document import LevelDocument, change
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Accounts
from chalicelib.services.adjusting import readable
from chalicelib.services.by_hand import awake, is_open
from chalicelib.services.journaling import Line, Standing, is_one, next_entry, standing
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12
_MOST_YEARS = 100


class GivenLevels(msgspec.Struct, frozen=True):
    """Gives levels, each time once however often it is asked for."""

    ledger: Ledger
    accounts: Accounts
    clock: Clock

    def give(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        level: str,
        *,
        until: Instant | None,
        reason: str,
        actor: str,
    ) -> LevelDocument:
        """Give a level until an instant (None: for good). A repeat is answered as the first time was.

        A level that is reached beside it is held as ever, and a higher one counts.
        Raises: TryAgain, Malformed (day_is_over, reason_missing, reason_too_long), Refused (unknown_level,
        account_closed; another_level when the reference was used before).
        """
        said, ends = readable(reason), NEVER if until is None else until
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if known is not None:
                given = _same(known, level, ends, said)
                if not is_one(self.ledger, program, given.account, account, self.clock.now()):
                    raise Refused("another_level", reference=reference)
                return given
            stand = standing(self.ledger, program, account, self.clock.now())
            is_open(account, stand)
            _is_level(program, level, stand.at)
            if ends <= stand.at:
                raise Malformed("day_is_over")
            document = LevelDocument(reference, stand.account, level, ends, said, actor, revision=1)
            if self._post(program, stand, document, there=0, actor=actor):
                return document
        raise TryAgain("too_many_races", document=reference)

    def ends(self, program: Program, last: date | None) -> Instant | None:
        """The end of a local day, None for a level without one. Raises Malformed("day_too_far")."""
        if last is None:
            return None
        now = self.clock.now()
        calendar = ZoneCalendar(program.in_force(now).definition.time_zone)
        if last.year > calendar.day(now).year + _MOST_YEARS:
            raise Malformed("day_too_far")
        return calendar.start(last + timedelta(days=1))

    def withdraw(self, program: Program, reference: Reference, *, actor: str) -> LevelDocument:
        """Take a level back before its time; the member keeps what is reached beside it. A repeat, or a day
        that has come already, changes nothing.

        Raises: TryAgain, Refused (unknown_level_given).
        """
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if not isinstance(known, LevelDocument):
                raise Refused("unknown_level_given", reference=reference)
            stand = standing(self.ledger, program, known.account, self.clock.now())
            if known.withdrawn_at or known.until <= stand.at:
                return known
            document = msgspec.structs.replace(
                known, withdrawn_at=stand.at, withdrawn_by=actor, revision=known.revision + 1
            )
            if self._post(program, stand, document, there=known.measured, actor=actor):
                return document
        raise TryAgain("too_many_races", document=reference)

    def _post(self, program: Program, stand: Standing, document: LevelDocument, *, there: int, actor: str) -> bool:
        line = Line(
            kind="adjusted",
            document=document.reference,
            occurred_at=stand.at,
            actor=actor,
            version=program.in_force(stand.at).sha,
            name=document.reason,
            rolled=change(document, there, stand.at),
        )
        entry = next_entry(stand, program, awake(stand, line))
        ends_at = self.accounts.ends_at(program, entry)
        outcome = self.ledger.commit(Commit(program.slug, documents=(document,), entries=(entry,), ends_at=ends_at))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED


def _is_level(program: Program, level: str, at: Instant) -> None:
    tiers = program.in_force(at).definition.tiers
    if tiers is None or tiers.level(level) is None:
        levels = ", ".join(each.name for each in tiers.levels) if tiers is not None else ""
        raise Refused("unknown_level", level=level[:40], levels=levels[:200])


def _same(known: object, level: str, until: Instant, reason: str) -> LevelDocument:
    if not isinstance(known, LevelDocument):
        raise Broken("not_a_level_given")
    if (known.level, known.until, known.reason) != (level, until, reason):
        raise Refused("another_level", reference=known.reference)
    return known
