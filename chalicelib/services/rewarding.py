"""Somebody did something worth points: once for each person and object, however often it is told."""

from dataclasses import dataclass, replace

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, ActivityTold, Instant, Reference
from chalicelib.ledger.documents import ActivityDocument, Pricing
from chalicelib.ledger.orders import post
from chalicelib.programs.activities import reward, rewarded
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Accounts, Found, Nobody
from chalicelib.services.claiming import Claims
from chalicelib.services.journaling import Line, Standing, in_time, next_entry
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
            if self.ledger.document(program.slug, reference) is not None:
                return "duplicate"
            in_time(self.clock, deadline)
            stand = self.claims.stand(program, found, in_time=lambda: in_time(self.clock, deadline))
            document, line = _decided(program, told, stand, reference, actor)
            outcome = self._post(program, found, stand, document, line)
            if outcome is Outcome.COMMITTED:
                return "posted"
            if outcome is Outcome.CONFLICT:
                self.clock.pause(50)
        raise TryAgain("too_many_races", document=told.type)

    def _post(self, program: Program, found: Found, stand: Standing, document: ActivityDocument, line: Line) -> Outcome:
        if found.is_claimed and stand.snap.status == "unclaimed":
            line = replace(line, status="active")
        entry = next_entry(stand, program, line)
        return self.ledger.commit(
            Commit(
                program=program.slug,
                documents=(document,),
                entries=(entry,),
                identities=found.first_seen,
                ends_at=self.accounts.ends_at(program, entry.snap.status, stand.at),
            )
        )


def _decided(
    program: Program, told: ActivityTold, stand: Standing, reference: Reference, actor: str
) -> tuple[ActivityDocument, Line]:
    version = program.in_force(told.occurred_at)
    pricing = Pricing(version.sha, stand.snap.tier.at(told.occurred_at), told.occurred_at, stand.snap.opened)
    target = reward(version.definition, pricing, told.type)
    bare = ActivityDocument(reference, stand.account, pricing, revision=1)
    posting = post(bare, target, stand.snap, at=stand.at, calendar=program.timeline.calendar)
    line = Line(
        kind=posting.kind,
        document=reference,
        occurred_at=told.occurred_at,
        actor=actor,
        version=version.sha,
        event=told.delivery,
        rules=target.rules,
        legs=posting.legs,
        rolled=posting.rolled,
    )
    return posting.document, line


def _reference(told: ActivityTold, account: AccountId) -> Reference:
    return Reference(f"activity/{told.type}/{account}/{told.object}")
