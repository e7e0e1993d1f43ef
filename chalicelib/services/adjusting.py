"""Somebody of the shop gives or takes points by hand, with a reason that the member reads."""

import msgspec

from chalicelib.errors import Malformed, Refused, TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.adjusting import adjust
from chalicelib.ledger.documents import AdjustmentDocument, ByHandDocument, Lot
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.lots import expires_at, keep_alive
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Accounts
from chalicelib.services.by_hand import awake, counted, is_currency, is_open, is_whole
from chalicelib.services.journaling import Line, Standing, is_one, next_entry, standing
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12
LONGEST_REASON = 140
_MOST_POINTS = 1_000_000_000


class Adjustments(msgspec.Struct, frozen=True):
    """Adjusts accounts, each time once however often it is asked for."""

    ledger: Ledger
    accounts: Accounts
    clock: Clock

    def adjust(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        points: int,
        *,
        currency: str,
        reason: str,
        actor: str,
    ) -> AdjustmentDocument:
        """Give `points`, or take them when they are below zero. A repeat is answered as the first time was.

        Points that are given can be used at once and live as if they were earned now.
        Raises: TryAgain, Malformed (not_a_number_of_points, reason_missing, reason_too_long), Refused
        (unknown_currency, account_closed, not_enough_points, limit_of_the_day; another_adjustment when the reference
        was used before).
        """
        is_whole(points, least=-_MOST_POINTS)
        said = readable(reason)
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if known is not None:
                done = _same(known, currency, points, said, reference)
                if not is_one(self.ledger, program, done.account, account, self.clock.now()):
                    raise Refused("another_adjustment", reference=reference)
                return done
            stand = standing(self.ledger, program, account, self.clock.now())
            is_currency(program, stand, currency)
            is_open(account, stand)
            document = AdjustmentDocument(
                reference, stand.account, currency, points, said, actor, _lot(program, stand, currency), revision=1
            )
            if self._post(program, stand, document):
                return document
        raise TryAgain("too_many_races", document=reference)

    def _post(self, program: Program, stand: Standing, document: AdjustmentDocument) -> bool:
        definition, calendar = program.in_force(stand.at).definition, program.timeline.calendar
        alive = keep_alive(definition, stand.at).get(document.currency)
        line = Line(
            kind="adjusted",
            document=document.reference,
            occurred_at=stand.at,
            actor=document.actor,
            version=program.in_force(stand.at).sha,
            name=document.reason,
            legs=adjust(document, stand.snap, at=stand.at, calendar=calendar, alive=alive),
        )
        most = definition.adjustments.at_most.get(document.currency)
        counts: tuple[ByHandDocument, ...] = ()
        if most is not None:
            counts = (
                counted(
                    self.ledger,
                    program,
                    stand,
                    what="adjusted",
                    by=document.actor,
                    currency=document.currency,
                    points=abs(document.points),
                    most=most,
                ),
            )
        entry = next_entry(stand, program, awake(stand, line))
        ends_at = self.accounts.ends_at(program, entry)
        outcome = self.ledger.commit(
            Commit(program.slug, documents=(document, *counts), entries=(entry,), ends_at=ends_at)
        )
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED


def _lot(program: Program, stand: Standing, currency: str) -> Lot:
    definition = program.in_force(stand.at).definition
    calendar, expires = ZoneCalendar(definition.time_zone), definition.currency(currency).expires
    return Lot(expires_at(expires, calendar, earned_at=stand.at, member_since=stand.snap.opened))


def readable(reason: str) -> str:
    """The reason in one line. Raises Malformed."""
    said = " ".join("".join(letter for letter in reason if letter.isprintable() or letter.isspace()).split())
    if not said:
        raise Malformed("reason_missing")
    if len(said) > LONGEST_REASON:
        raise Malformed("reason_too_long", most=LONGEST_REASON, letters=len(said))
    return said


def _same(known: object, currency: str, points: int, reason: str, reference: Reference) -> AdjustmentDocument:
    if not isinstance(known, AdjustmentDocument) or (known.currency, known.points, known.reason) != (
        currency,
        points,
        reason,
    ):
        raise Refused("another_adjustment", reference=reference)
    return known
