"""A sender told us about an order: the points follow, exactly once, however often and in whatever order it is told."""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Literal

import msgspec

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import Instant, OrderFacts, OrderTold, Reference
from chalicelib.ledger.documents import CapDocument, OrderDocument, PaymentDocument, Target
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.orders import Posting, absorbed, lines_returned, newest, post, returned, told_at
from chalicelib.members.people import Identity
from chalicelib.programs.conversion import exchange
from chalicelib.programs.looking import kept
from chalicelib.programs.pricing import frozen, price
from chalicelib.programs.program import Program
from chalicelib.programs.reaching import reached_with
from chalicelib.programs.tiers import level_held
from chalicelib.services.accounts import Accounts, Nobody
from chalicelib.services.claiming import Claims
from chalicelib.services.journaling import InTime, Line, Standing, in_time, next_entry
from chalicelib.services.judging import judged
from chalicelib.services.limiting import limited
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12

Follower = Callable[[Program, OrderDocument, Callable[[], None]], None]
"""Is shown each order as it was recorded, and what to call before each call of a store. Raises TryAgain."""

Result = Literal["posted", "duplicate", "kept", "ignored", "refused"]


class Recorded(msgspec.Struct, frozen=True):
    """What became of an event. `reason` says why it was ignored or refused; `entry` is what was posted.

    identity: the known identity that led to the account
    """

    result: Result
    document: OrderDocument
    entry: Entry | None = None
    identity: Identity | None = None

    @property
    def reason(self) -> str:
        return self.document.reason


class _Case(msgspec.Struct, frozen=True):
    """One message on its way into the ledger: what was told, by whom, until when, and the payments it names first."""

    program: Program
    told: OrderTold
    actor: str
    deadline: Instant | None
    payments: tuple[PaymentDocument, ...] = ()


class Recorder(msgspec.Struct, frozen=True):
    """Posts orders. One read of the document, one of the newest entry, one transaction; nothing else in between.

    followers: what an order brings about elsewhere; told again with each repeat, so that nothing is forgotten
    """

    ledger: Ledger
    accounts: Accounts
    claims: Claims
    clock: Clock
    followers: tuple[Follower, ...] = ()

    def record(self, program: Program, told: OrderTold, *, actor: str, deadline: Instant | None) -> Recorded:
        """Fold what was told into its document and post the difference.

        deadline: an inline caller's; when it is near the rest is left to the queue.
        Raises: TryAgain when time ran out, a neighbour is down or the races did not end; repeating is always safe.
        """
        told = kept(program, told)
        outcome = Outcome.COMMITTED
        for _ in range(_ROUNDS):
            in_time(self.clock, deadline)
            document = self._document(program, told)
            payments = self._payments(program, document, told, deadline)
            grown = absorbed(document, _with_evidence(told, payments))
            if grown == document and document.revision:
                self._tell_followers(program, document, deadline)
                return Recorded("duplicate", document)
            case = _Case(program, told, actor, deadline, payments)
            outcome, recorded = self._attempt(case, grown, strong=outcome is Outcome.IDENTITY_TAKEN)
            if outcome is Outcome.COMMITTED:
                self._follow_up(case, recorded)
                self._tell_followers(program, recorded.document, deadline)
                return recorded
            if outcome is Outcome.CONFLICT:
                self.clock.pause(50)
        raise TryAgain("too_many_races", document=told.reference)

    def _tell_followers(self, program: Program, document: OrderDocument, deadline: Instant | None) -> None:
        for follow in self.followers:
            follow(program, document, lambda: in_time(self.clock, deadline))

    def _document(self, program: Program, told: OrderTold) -> OrderDocument:
        stored = self.ledger.document(program.slug, told.reference)
        if stored is None:
            return OrderDocument(reference=told.reference)
        if not isinstance(stored, OrderDocument):
            raise Broken("not_an_order", document=told.reference)
        return stored

    def _payments(
        self, program: Program, document: OrderDocument, told: OrderTold, deadline: Instant | None
    ) -> tuple[PaymentDocument, ...]:
        """The payments that this message names for the first time, as they will say which order they paid for."""
        fresh = []
        for name in told.payments:
            if name not in document.payments:
                in_time(self.clock, deadline)
                known = payment_document(self.ledger, program.slug, name)
                fresh.append(msgspec.structs.replace(known, order=told.reference, revision=known.revision + 1))
        return tuple(fresh)

    def _attempt(self, case: _Case, grown: OrderDocument, *, strong: bool) -> tuple[Outcome, Recorded]:
        grown = msgspec.structs.replace(grown, revision=grown.revision + 1)
        waiting = _nothing_to_post(case.program, grown, case.told)
        if waiting is not None:
            return self._keep(case, waiting)
        before_it_is_late = self._before_it_is_late(case)
        before_it_is_late()
        found = self.accounts.of_document(case.program, grown, case.told.customer, strong=strong)
        if isinstance(found, Nobody):
            return self._keep(case, _uncredited(grown, found))
        before_it_is_late()
        stand = self.claims.stand(case.program, found, in_time=before_it_is_late)
        grown, target = _priced(case, grown, stand, partial(self._held, case, grown, stand))
        counted = limited(
            self.ledger,
            case.program.slug,
            grown.account or stand.account,
            target,
            grown.cuts,
            in_time=before_it_is_late,
        )
        grown = msgspec.structs.replace(grown, cuts=counted.cuts)
        posting, line = _decided(case, grown, counted.target, stand)
        if found.is_claimed and stand.snap.status == "unclaimed":
            line = msgspec.structs.replace(line, status="active")
        before_it_is_late()
        if not line.legs and not line.rolled:
            if found.is_claimed and stand.before is None:
                # News of this document will find the account through it, and not through its owner's name.
                self.claims.activate(case.program, stand.account, in_time=before_it_is_late)
            return self._keep(case, posting.document, found.first_seen, counted.caps)
        entry = next_entry(stand, case.program, line)
        outcome = self.ledger.commit(
            Commit(
                program=case.program.slug,
                documents=(posting.document, *case.payments, *counted.caps),
                entries=(entry,),
                identities=found.first_seen,
                ends_at=self.accounts.ends_at(case.program, entry),
            )
        )
        return outcome, Recorded("posted", posting.document, entry, found.known)

    def _held(self, case: _Case, grown: OrderDocument, stand: Standing, level: str | None = None) -> tuple[str, ...]:
        """What is judged when the order is first seen, and never again. `level`: as in `judged`."""
        if grown.pricing is not None or grown.facts is None:
            return ()
        return judged(
            self.ledger,
            case.program.slug,
            case.program.in_force(grown.facts.occurred_at),
            stand,
            at=grown.facts.occurred_at,
            reference=grown.reference,
            level=level,
            in_time=lambda: in_time(self.clock, case.deadline),
        )

    def _keep(
        self,
        case: _Case,
        document: OrderDocument,
        first_seen: tuple[Identity, ...] = (),
        caps: tuple[CapDocument, ...] = (),
    ) -> tuple[Outcome, Recorded]:
        """Write the document without an entry: it waits, it says why nothing follows, or it is worth nothing yet.

        first_seen: the identity that leads to the account which the document names from now on
        caps: limits to which it counts, though they let nothing of it through
        """
        commit = Commit(case.program.slug, documents=(document, *case.payments, *caps), identities=first_seen)
        results: dict[str, Result] = {"ignored": "ignored", "refused": "refused"}
        return self.ledger.commit(commit), Recorded(results.get(document.state, "kept"), document)

    def _follow_up(self, case: _Case, recorded: Recorded) -> None:
        """What an order tells of people beside its points. The next order tries again."""
        known, customer = recorded.identity, case.told.customer
        if known is not None and customer.key is not None:
            # A proved identity and a shop's customer id in one order belong together.
            with contextlib.suppress(TryAgain):
                self.claims.link(case.program, known, customer.key, in_time=self._before_it_is_late(case))

    def _before_it_is_late(self, case: _Case) -> InTime:
        return lambda: in_time(self.clock, case.deadline)


def _priced(
    case: _Case, grown: OrderDocument, stand: Standing, held: Callable[..., tuple[str, ...]]
) -> tuple[OrderDocument, Target]:
    """The document in its frozen context, and what it would be worth if no limit spanned orders.

    held: the rules whose conditions on the member hold, at the level there was or at the one that is said
    """
    facts = grown.facts
    assert facts is not None
    pricing = grown.pricing
    if pricing is None:
        version = case.program.in_force(facts.occurred_at)
        bare = frozen(
            version,
            facts,
            tier=level_held(version.definition.tiers, stand.snap.tier, facts.occurred_at),
            member_since=stand.snap.opened,
            told_at=stand.at,
            held=held(),
        )
        pricing = reached_with(case.program, bare, facts, stand.snap, stand.at, held=held)
    grown = msgspec.structs.replace(
        grown, account=grown.account or stand.account, pricing=pricing, state="posted", reason=""
    )
    definition = case.program.version(pricing.version).definition
    return grown, price(definition, pricing, facts, returned(grown), lines_returned(grown))


def _decided(case: _Case, grown: OrderDocument, target: Target, stand: Standing) -> tuple[Posting[OrderDocument], Line]:
    """The pure heart: post the difference to the target within its limits."""
    facts, pricing = grown.facts, grown.pricing
    assert facts is not None
    assert pricing is not None
    ways = case.program.version(pricing.version).definition.refunds.ways
    posting = post(grown, target, stand.snap, at=stand.at, calendar=case.program.timeline.calendar, ways=ways)
    line = Line(
        kind=posting.kind,
        document=grown.reference,
        occurred_at=facts.occurred_at if posting.kind == "earned" else told_at(grown),
        actor=case.actor,
        version=pricing.version,
        name=grown.name,
        event=case.told.delivery,
        rules=target.rules,
        legs=posting.legs,
        rolled=posting.rolled,
    )
    return posting, line


def payment_document(ledger: Ledger, program: str, name: str) -> PaymentDocument:
    """What is known of a payment under one of its names ("stripe/pi_3N..."). Raises Broken."""
    reference = Reference(f"payment/{name}")
    stored = ledger.document(program, reference)
    if stored is None:
        return PaymentDocument(reference)
    if not isinstance(stored, PaymentDocument):
        raise Broken("not_a_payment", document=reference)
    return stored


def _with_evidence(told: OrderTold, payments: tuple[PaymentDocument, ...]) -> OrderTold:
    """What was told, with what the payment providers have said of these payments before."""
    evidence = dict(told.evidence)
    for payment in payments:
        evidence = newest(evidence, payment.evidence)
    return msgspec.structs.replace(told, evidence=evidence)


def _nothing_to_post(program: Program, grown: OrderDocument, told: OrderTold) -> OrderDocument | None:
    """The document as it is kept when no account is needed: ignored, refused, or waiting; None to go on."""
    facts = grown.facts
    is_test = told.is_test or grown.reason == "test_order"  # not every message of a test order says that it is one
    if is_test and grown.pricing is None and program.latest.definition.mode == "live":
        return _stopped(grown, "ignored", "test_order")
    if facts is None:
        return grown
    if grown.pricing is None and not _counts(program, facts):
        return _stopped(grown, "refused", "another_currency")
    if grown.pricing is None and (facts.is_cancelled or not facts.is_paid):
        return grown
    return None


def _counts(program: Program, facts: OrderFacts) -> bool:
    """Does the program take the order's money on its day?"""
    definition = program.in_force(facts.occurred_at).definition
    return exchange(definition, facts.currency, facts.occurred_at) is not None


def _uncredited(document: OrderDocument, nobody: Nobody) -> OrderDocument:
    """A message that names nobody, as one about a refund, does not change why its order was ignored."""
    if document.state == "ignored" and nobody.reason == "nobody_to_credit":
        return document
    return _stopped(document, "ignored", nobody.reason)


def _stopped(document: OrderDocument, state: Literal["ignored", "refused"], reason: str) -> OrderDocument:
    return msgspec.structs.replace(document, state=state, reason=reason)
