"""Somebody did something worth points: once for each person and thing, however often it is told, until it is undone."""

from collections.abc import Callable
from fractions import Fraction

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, ActivityTold, Instant, Reference
from chalicelib.ledger.caps import Counted
from chalicelib.ledger.deeds import folded, is_told, kept_deeds, with_deeds
from chalicelib.ledger.documents import ActivityDocument, Deed, Document, Pricing, Target
from chalicelib.ledger.orders import Posting, post
from chalicelib.programs.activities import once_per, reward, rewarded, thing
from chalicelib.programs.conversion import exchange
from chalicelib.programs.definition import Definition
from chalicelib.programs.lots import late_from
from chalicelib.programs.program import Program, Version
from chalicelib.programs.tiers import level_held
from chalicelib.services.accounts import Accounts, Found, Nobody
from chalicelib.services.answering import Answers, is_answer
from chalicelib.services.by_hand import awake
from chalicelib.services.claiming import Claims
from chalicelib.services.journaling import MOST_HOPS, Line, Standing, in_time, next_entry
from chalicelib.services.judging import judged
from chalicelib.services.limiting import limited
from chalicelib.services.once import NOWHERE
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12


class Rewards(msgspec.Struct, frozen=True):
    """Posts activities."""

    ledger: Ledger
    accounts: Accounts
    claims: Claims
    clock: Clock

    def reward(
        self,
        program: Program,
        told: ActivityTold,
        *,
        actor: str,
        deadline: Instant | None,
        account: AccountId | None = None,
    ) -> str:
        """Post what the program gives for the activity, or take back what it gave when it was undone.

        account: whose it is, where that is known; otherwise the customer's who was told
        What became of it: "posted", "taken_back", "noted", "duplicate", or why nothing was posted. Raises: TryAgain.
        """
        is_kept = is_answer(program, told)
        if not _is_rewarded(program, told):
            return self._answered(program, told, account) if is_kept else "not_rewarded"
        if is_kept and (said := self._answered(program, told, account)) not in ("noted", "duplicate"):
            return said
        return self._recorded(program, told, account, actor=actor, deadline=deadline)

    def _recorded(
        self, program: Program, told: ActivityTold, account: AccountId | None, *, actor: str, deadline: Instant | None
    ) -> str:
        outcome = Outcome.COMMITTED
        for _ in range(_ROUNDS):
            in_time(self.clock, deadline)
            found = self._found(program, told, account, strong=outcome is Outcome.IDENTITY_TAKEN)
            if isinstance(found, Nobody):
                return found.reason
            known = self._known(program, told, found.account)
            if _adds_nothing(program, told, known):
                return "duplicate"
            in_time(self.clock, deadline)
            stand = self.claims.stand(program, found, in_time=lambda: in_time(self.clock, deadline))
            if stand.account != found.account and not known.revision:  # merged: it counts where the points are
                in_time(self.clock, deadline)
                known = self._known(program, told, stand.account)
                if _adds_nothing(program, told, known):
                    return "duplicate"
            held = self._held(program, told, stand, known, lambda: in_time(self.clock, deadline))
            grown, target = _priced(program, told, stand, known, held)
            counted = limited(
                self.ledger,
                program.slug,
                grown.account,
                target,
                grown.cuts,
                in_time=lambda: in_time(self.clock, deadline),
            )
            posting = _decided(program, stand, grown, counted)
            line = _line(program, told, posting, target.rules, actor)
            in_time(self.clock, deadline)
            outcome = self._post(program, found, stand, (posting.document, *counted.caps), line)
            if outcome is Outcome.COMMITTED:
                return _result(told, known, target, line)
            if outcome is Outcome.CONFLICT:
                self.clock.pause(50)
        raise TryAgain("too_many_races", document=told.type)

    def _found(
        self, program: Program, told: ActivityTold, account: AccountId | None, *, strong: bool
    ) -> Found | Nobody:
        if account is not None:
            return Found(account)
        return self.accounts.of_customer(program, told.customer, strong=strong)

    def _answered(self, program: Program, told: ActivityTold, account: AccountId | None) -> str:
        """Keep what a member thinks of the program: "noted", or why not."""
        found = self._found(program, told, account, strong=False)
        if isinstance(found, Nobody):
            return found.reason
        is_new = Answers(self.ledger, self.clock).keep(program, found.account, told, found.first_seen)
        return "noted" if is_new else "duplicate"

    def _known(self, program: Program, told: ActivityTold, account: AccountId) -> ActivityDocument:
        """The document in which the thing is counted, here or in another account of the same person; a new one."""
        version = program.in_force(told.occurred_at)
        reference = _reference(version.definition, told, account)
        fresh = ActivityDocument(reference, account, Pricing(version.sha, "", told.occurred_at, 0))
        for _ in range(MOST_HOPS):
            stored = self.ledger.document(program.slug, reference)
            if not isinstance(stored, ActivityDocument):
                return fresh
            if stored.counted == NOWHERE:  # its accounts are one no more: it may be told again
                return msgspec.structs.replace(fresh, revision=stored.revision)
            if stored.counted is None:
                return with_deeds(stored)
            reference = stored.counted
        return fresh

    def _held(
        self,
        program: Program,
        told: ActivityTold,
        stand: Standing,
        known: ActivityDocument,
        before_it_is_late: Callable[[], None],
    ) -> tuple[str, ...]:
        """What is judged when the activity is first told, and never again."""
        if is_told(known.deeds):
            return ()
        version = program.in_force(told.occurred_at)
        at = told.occurred_at
        return judged(self.ledger, program.slug, version, stand, at=at, reference=None, in_time=before_it_is_late)

    def _post(
        self, program: Program, found: Found, stand: Standing, documents: tuple[Document, ...], line: Line
    ) -> Outcome:
        if not line.legs and not line.rolled:  # a limit let nothing through: it is counted, and nothing moves
            return self.ledger.commit(Commit(program.slug, documents=documents, identities=found.first_seen))
        if found.is_claimed and stand.snap.status == "unclaimed":
            line = msgspec.structs.replace(line, status="active")
        elif found.known is None and not found.is_new:  # a card led here
            line = awake(stand, line)
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


def _is_rewarded(program: Program, told: ActivityTold) -> bool:
    """Does the program give anything for it? What is undone may have been rewarded by any version."""
    versions = program.versions if told.undone_at is not None else (program.in_force(told.occurred_at),)
    return any(rewarded(version.definition, told.type) for version in versions)


def _adds_nothing(program: Program, told: ActivityTold, known: ActivityDocument) -> bool:
    return _deeds(program, told, known) == known.deeds


def _deeds(program: Program, told: ActivityTold, known: ActivityDocument) -> dict[str, Deed]:
    """What was told so far, with this."""
    definition = program.in_force(told.occurred_at).definition
    name = "" if once_per(definition, told.type) == "object" else told.object
    return dict(folded(known.deeds, name, _deed(definition, told)))


def _deed(definition: Definition, told: ActivityTold) -> Deed:
    if told.undone_at is not None:
        return Deed(undone_at=told.undone_at)
    amount = told.amount
    if told.money and told.money != definition.money:
        counts = exchange(definition, told.money, told.occurred_at)
        amount = int(amount * Fraction(counts.rate)) if counts is not None else 0
    return Deed(done_at=told.occurred_at, length=told.length, amount=amount)


def _priced(
    program: Program, told: ActivityTold, stand: Standing, known: ActivityDocument, held: tuple[str, ...]
) -> tuple[ActivityDocument, Target]:
    """The document in its frozen context, and what it would be worth without limits."""
    deeds = _deeds(program, told, known)
    pricing = known.pricing if is_told(known.deeds) else _frozen(program.in_force(told.occurred_at), told, stand, held)
    account = known.account if known.revision else stand.account
    grown = msgspec.structs.replace(known, account=account, pricing=pricing, deeds=deeds, revision=known.revision + 1)
    definition = program.version(pricing.version).definition
    return grown, reward(definition, pricing, told.type, kept_deeds(grown))


def _frozen(version: Version, told: ActivityTold, stand: Standing, held: tuple[str, ...]) -> Pricing:
    return Pricing(
        version.sha,
        level_held(version.definition.tiers, stand.snap.tier, told.occurred_at),
        told.occurred_at,
        stand.snap.opened,
        told_at=late_from(version.definition, stand.at),
        held=held,
    )


def _decided(program: Program, stand: Standing, grown: ActivityDocument, counted: Counted) -> Posting[ActivityDocument]:
    """Post the difference to what its limits leave of the target."""
    grown = msgspec.structs.replace(grown, cuts=counted.cuts)
    return post(grown, counted.target, stand.snap, at=stand.at, calendar=program.timeline.calendar)


def _line(
    program: Program, told: ActivityTold, posting: Posting[ActivityDocument], rules: tuple[str, ...], actor: str
) -> Line:
    """What takes points back names the rules that had given them, so that it can be told from what counts once."""
    pricing = posting.document.pricing
    if posting.kind == "taken_back":
        rules = tuple(rule.name for rule in rewarded(program.version(pricing.version).definition, told.type))
    return Line(
        kind=posting.kind,
        document=posting.document.reference,
        occurred_at=told.undone_at or told.occurred_at,
        actor=actor,
        version=pricing.version,
        event=told.delivery,
        rules=rules,
        legs=posting.legs,
        rolled=posting.rolled,
    )


def _result(told: ActivityTold, known: ActivityDocument, target: Target, line: Line) -> str:
    if line.legs or line.rolled:
        return "taken_back" if line.kind == "taken_back" else "posted"
    if told.undone_at is not None:
        return "noted"
    if is_told(known.deeds):
        return "duplicate"
    return "limit_reached" if any(worth.points for worth in target.worths) else "conditions_not_met"


def _reference(definition: Definition, told: ActivityTold, account: AccountId) -> Reference:
    return Reference(f"activity/{told.type}/{account}/{thing(definition, told.type, told.object, told.occurred_at)}")
