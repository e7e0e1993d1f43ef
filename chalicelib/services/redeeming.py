"""Points are used, and given back when a purchase that used them is undone."""

from dataclasses import dataclass

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.journal import Entry, EntryKind
from chalicelib.ledger.moves import applied
from chalicelib.ledger.posting import bounded
from chalicelib.ledger.redemptions import Spending, give_back, redeem
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Accounts
from chalicelib.services.journaling import Line, Standing, next_entry, standing
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 60
"""A redemption that loses every race to others is refused by the balance long before this."""


@dataclass(frozen=True, slots=True)
class Redemptions:
    """Uses points, each redemption once however often it is asked for."""

    ledger: Ledger
    accounts: Accounts
    clock: Clock

    def redeem(
        self, program: Program, reference: Reference, account: AccountId, points: int, *, actor: str
    ) -> RedemptionDocument:
        """Use `points` of the program's first currency. A repeat is answered as the first time was.

        Raises: Refused (not_enough_points; another_redemption when the reference was used for other points).
        """
        for _ in range(_ROUNDS):
            known = self._known(program, reference)
            if known is not None:
                if (known.points, known.account) != (points, account):
                    raise Refused("another_redemption", reference=reference)
                return known
            stand = standing(self.ledger, program, account, self.clock.now())
            fresh = RedemptionDocument(
                reference, account, program.latest.definition.currencies[0].key, points, revision=1
            )
            spent = redeem(fresh, stand.snap)
            if self._post(program, stand, spent, "redeemed", actor):
                return spent.document
        raise TryAgain("too_many_races", document=reference)

    def give_back(
        self, program: Program, reference: Reference, in_all: int, *, actor: str, grace_until: Instant
    ) -> RedemptionDocument:
        """See to it that `in_all` points of a redemption are back in their own lots; a repeat changes nothing.

        Lots that expired meanwhile live until `grace_until`.
        Raises: Refused (redemption_unknown, more_than_was_redeemed).
        """
        for _ in range(_ROUNDS):
            known = self._known(program, reference)
            if known is None:
                raise Refused("redemption_unknown", reference=reference)
            if known.returned >= in_all:
                return known
            stand = standing(self.ledger, program, known.account, self.clock.now())
            returned = give_back(known, stand.snap, in_all - known.returned, at=stand.at, grace_until=grace_until)
            document = msgspec.structs.replace(returned.document, revision=known.revision + 1)
            fitted = bounded(applied(stand.snap, returned.legs), known.currency, program.timeline.calendar)
            if self._post(program, stand, Spending(document, (*returned.legs, *fitted)), "restored", actor):
                return document
        raise TryAgain("too_many_races", document=reference)

    def _known(self, program: Program, reference: Reference) -> RedemptionDocument | None:
        stored = self.ledger.document(program.slug, reference)
        return stored if isinstance(stored, RedemptionDocument) else None

    def _post(self, program: Program, stand: Standing, spending: Spending, kind: EntryKind, actor: str) -> bool:
        entry = self._entry(program, stand, spending, kind, actor)
        outcome = self.ledger.commit(
            Commit(
                program=program.slug,
                documents=(spending.document,),
                entries=(entry,),
                ends_at=self.accounts.ends_at(program, entry.snap.status, stand.at),
            )
        )
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED

    def _entry(self, program: Program, stand: Standing, spending: Spending, kind: EntryKind, actor: str) -> Entry:
        line = Line(
            kind=kind,
            document=spending.document.reference,
            occurred_at=stand.at,
            actor=actor,
            version=program.in_force(stand.at).sha,
            legs=spending.legs,
        )
        return next_entry(stand, program, line)
