"""Somebody did something worth points: once for each person and object, however often it is told."""

from dataclasses import dataclass, replace

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, ActivityTold, Instant, Reference
from chalicelib.ledger.caps import Counted
from chalicelib.ledger.documents import ActivityDocument, Document, Pricing, Target
from chalicelib.ledger.orders import Posting, post
from chalicelib.programs.activities import reward, rewarded
from chalicelib.programs.lots import late_from
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Accounts, Found, Nobody
from chalicelib.services.claiming import Claims
from chalicelib.services.journaling import Line, Standing, in_time, next_entry
from chalicelib.services.limiting import limited
from chalicelib.services.once import NOWHERE
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Rewards:
    """Posts activities."""

    ledger: Ledger
    accounts: Accounts
    claims: Claims
    clock: Clock

    def reward(self, program: Program, told: ActivityTold, *, actor: str, deadline: Instant | None) -> str:
        """Post what the program gives for the activity. What became of it: "posted", "duplicate" or why nothing was.

        Raises: TryAgain.
        """
        if not rewarded(program.in_force(told.occurred_at).definition, told.type):
            return "not_rewarded"
        outcome = Outcome.COMMITTED
        for _ in range(_ROUNDS):
            in_time(self.clock, deadline)
            found = self.accounts.of_customer(program, told.customer, strong=outcome is Outcome.IDENTITY_TAKEN)
            if isinstance(found, Nobody):
                return found.reason
            reference = _reference(told, found.account)
            known = self.ledger.document(program.slug, reference)
            if _is_told(known):
                return "duplicate"
            in_time(self.clock, deadline)
            stand = self.claims.stand(program, found, in_time=lambda: in_time(self.clock, deadline))
            if stand.account != found.account:  # merged: the thing counts where the points are
                in_time(self.clock, deadline)
                reference = _reference(told, stand.account)
                known = self.ledger.document(program.slug, reference)
                if _is_told(known):
                    return "duplicate"
            bare, target = _priced(program, told, stand, reference, known)
            counted = limited(
                self.ledger, program.slug, stand.account, target, (), in_time=lambda: in_time(self.clock, deadline)
            )
            posting = _decided(program, stand, bare, counted)
            line = _line(told, posting, target.rules, actor)
            in_time(self.clock, deadline)
            outcome = self._post(program, found, stand, (posting.document, *counted.caps), line)
            if outcome is Outcome.COMMITTED:
                return "posted" if line.legs or line.rolled else "limit_reached"
            if outcome is Outcome.CONFLICT:
                self.clock.pause(50)
        raise TryAgain("too_many_races", document=told.type)

    def _post(
        self, program: Program, found: Found, stand: Standing, documents: tuple[Document, ...], line: Line
    ) -> Outcome:
        if not line.legs and not line.rolled:  # a limit let nothing through: it is counted, and nothing moves
            return self.ledger.commit(Commit(program.slug, documents=documents, identities=found.first_seen))
        if found.is_claimed and stand.snap.status == "unclaimed":
            line = replace(line, status="active")
        entry = next_entry(stand, program, line)
        return self.ledger.commit(
            Commit(
                program=program.slug,
                documents=documents,
                entries=(entry,),
                identities=found.first_seen,
                ends_at=self.accounts.ends_at(program, entry),
            )
        )


def _is_told(known: Document | None) -> bool:
    """Has it been counted, here or in another account of the same person?"""
    return known is not None and not (isinstance(known, ActivityDocument) and known.counted == NOWHERE)


def _priced(
    program: Program, told: ActivityTold, stand: Standing, reference: Reference, known: Document | None
) -> tuple[ActivityDocument, Target]:
    """The document in its frozen context, and what it would be worth without limits."""
    version = program.in_force(told.occurred_at)
    pricing = Pricing(
        version.sha,
        stand.snap.tier.at(told.occurred_at),
        told.occurred_at,
        stand.snap.opened,
        told_at=late_from(version.definition, stand.at),
    )
    bare = ActivityDocument(reference, stand.account, pricing, revision=known.revision + 1 if known else 1)
    return bare, reward(version.definition, pricing, told.type)


def _decided(program: Program, stand: Standing, bare: ActivityDocument, counted: Counted) -> Posting[ActivityDocument]:
    """Post what its limits leave of the target."""
    bare = msgspec.structs.replace(bare, cuts=counted.cuts)
    return post(bare, counted.target, stand.snap, at=stand.at, calendar=program.timeline.calendar)


def _line(told: ActivityTold, posting: Posting[ActivityDocument], rules: tuple[str, ...], actor: str) -> Line:
    return Line(
        kind=posting.kind,
        document=posting.document.reference,
        occurred_at=told.occurred_at,
        actor=actor,
        version=posting.document.pricing.version,
        event=told.delivery,
        rules=rules,
        legs=posting.legs,
        rolled=posting.rolled,
    )


def _reference(told: ActivityTold, account: AccountId) -> Reference:
    return Reference(f"activity/{told.type}/{account}/{told.object}")
