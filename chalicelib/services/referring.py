"""Members bring friends: both are rewarded on a kept order of the friend, until it goes back.

Who is rewarded stands in one document for each friend; the points stand in an activity of each side, written with it.
"""

from collections.abc import Callable, Sequence

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.orders import returned
from chalicelib.ledger.people_documents import ReferralDocument
from chalicelib.programs.base import earning_amount
from chalicelib.programs.conversion import rate_for
from chalicelib.programs.program import Program
from chalicelib.programs.referral import (
    Referral,
    deciding,
    with_order,
)
from chalicelib.services.journaling import standing
from chalicelib.services.ports import Audit, Clock, Commit, Ledger, Outcome
from chalicelib.services.referral_sides import Sides

_ROUNDS = 12


class Referrals(msgspec.Struct, frozen=True):
    """Follows friends' orders, merges, and what people decide who look at held referrals."""

    ledger: Ledger
    audit: Audit
    clock: Clock

    def of(self, program: Program, friend: AccountId) -> ReferralDocument | None:
        """By whom a member was brought; None when nobody did."""
        return known_referral(self.ledger, program, self._carrier(program, friend))

    def follow(self, program: Program, order: OrderDocument, in_time: Callable[[], None]) -> None:
        """News of an order: a referral counts, or counts no more. Repeating is harmless. Raises TryAgain."""
        if order.account is None or not any(version.definition.referral for version in program.versions):
            return
        for _ in range(_ROUNDS):
            in_time()
            known = known_referral(self.ledger, program, order.account)
            if known is None:
                return
            grown = self._with_order(program, known, order)
            if self._settle(program, known, grown):
                return
        raise TryAgain("too_many_races", document="referral")

    def merged(self, program: Program, account: AccountId) -> None:
        """Two accounts are one person's: nobody brings themselves, and nobody is brought twice. Raises TryAgain."""
        if not any(version.definition.referral for version in program.versions):
            return
        carrier = self._carrier(program, account)
        own, other = known_referral(self.ledger, program, account), stored_referral(self.ledger, program, carrier)
        if own is not None and other is None:  # later orders come under the account that carries the points
            alias = ReferralDocument(referral_reference(carrier), carrier, same_as=own.account, revision=1)
            self.ledger.commit(Commit(program.slug, (alias,)))
        for each in dict.fromkeys((account, carrier)):
            self._look_again(program, each)

    def release(self, program: Program, friend: AccountId, *, actor: str) -> ReferralDocument:
        """Somebody has looked at a held referral: it counts. Raises Refused("referral_unknown"), TryAgain."""
        return self._reviewed(program, friend, "open", actor)

    def refuse(self, program: Program, friend: AccountId, *, actor: str) -> ReferralDocument:
        """Somebody has looked at it: it does not count. Raises Refused("referral_unknown"), TryAgain."""
        return self._reviewed(program, friend, "refused", actor)

    def held(self, program: Program) -> Sequence[ReferralDocument]:
        """What waits for somebody to look at it, oldest first."""
        waiting = (document for document in self._all(program) if document.state == "held")
        return sorted(waiting, key=lambda document: document.claimed_at)

    # --- in detail

    def _reviewed(self, program: Program, friend: AccountId, state: str, actor: str) -> ReferralDocument:
        for _ in range(_ROUNDS):
            known = known_referral(self.ledger, program, friend)
            if known is None:
                raise Refused("referral_unknown", account=friend)
            grown = msgspec.structs.replace(known, state=state, actor=actor)
            if self._settle(program, known, grown):
                return grown
        raise TryAgain("too_many_races", document="referral")

    def _look_again(self, program: Program, friend: AccountId) -> None:
        for _ in range(_ROUNDS):
            known = known_referral(self.ledger, program, friend)
            if known is None or self._settle(program, known, known):
                return
        raise TryAgain("too_many_races", document="referral")

    def _settle(self, program: Program, known: ReferralDocument, grown: ReferralDocument) -> bool:
        """Write what has changed, with the points of both; whether nobody else was faster."""
        terms = program.version(grown.version).definition.referral
        assert terms is not None
        at = deciding(terms, grown.kept) if grown.state == "open" else None
        reason = "" if at is None else self._one_person(program, grown)
        if reason:
            at, grown = None, msgspec.structs.replace(grown, state="refused", reasons=(*grown.reasons, reason))
        sides = Sides(self.ledger, program, self.clock.now())
        if (at is not None) != grown.is_effective:
            grown = msgspec.structs.replace(grown, is_effective=at is not None)
            sides.bring(grown, at)
        if grown == known:
            return True
        grown = msgspec.structs.replace(grown, revision=known.revision + 1)
        documents = (grown, *sides.documents)
        if self.ledger.commit(Commit(program.slug, documents, tuple(sides.entries))) is Outcome.COMMITTED:
            return True
        self.clock.pause(50)
        return False

    def _one_person(self, program: Program, referral: ReferralDocument) -> str:
        """Why the friend is no other person; empty when they are."""
        carrier = self._carrier(program, referral.account)
        if referral.referrer is not None and self._carrier(program, referral.referrer) == carrier:
            return "same_person"
        if carrier == referral.account:
            return ""
        other = stored_referral(self.ledger, program, carrier)  # both accounts of one person were brought
        return "brought_before" if other is not None and other.same_as is None and other.state != "refused" else ""

    def _carrier(self, program: Program, account: AccountId) -> AccountId:
        return standing(self.ledger, program, account, self.clock.now()).account

    def _with_order(self, program: Program, known: ReferralDocument, order: OrderDocument) -> ReferralDocument:
        terms = program.version(known.version).definition.referral
        assert terms is not None
        if order.facts is None:
            return known
        at = order.facts.occurred_at
        is_kept = at >= known.claimed_at and _is_kept(program, terms, order)
        return msgspec.structs.replace(known, kept=with_order(known.kept, order.reference, at, is_kept=is_kept))

    def _all(self, program: Program) -> Sequence[ReferralDocument]:
        kept = (each.document for each in self.audit.kept_documents(program.slug))
        return [each for each in kept if isinstance(each, ReferralDocument) and each.same_as is None]


def _is_kept(program: Program, terms: Referral, order: OrderDocument) -> bool:
    """Is enough of the order paid for and not given back?"""
    facts, pricing = order.facts, order.pricing
    if facts is None or pricing is None or order.state != "posted" or not facts.is_paid or facts.is_cancelled:
        return False
    definition = program.version(pricing.version).definition
    left = earning_amount(definition.earn.base, facts.amounts, returned(order)) * rate_for(definition, pricing, facts)
    return left > 0 and left >= terms.min_order


def referral_reference(friend: AccountId) -> Reference:
    """The name of the document that says by whom a friend was brought."""
    return Reference(f"referral/{friend}")


def known_referral(ledger: Ledger, program: Program, account: AccountId) -> ReferralDocument | None:
    """By whom the owner of an account was brought, also under another account of theirs; None when nobody did."""
    known = stored_referral(ledger, program, account)
    if known is None or known.same_as is None:
        return known
    return stored_referral(ledger, program, known.same_as)


def stored_referral(ledger: Ledger, program: Program, account: AccountId) -> ReferralDocument | None:
    """The document under an account's own name."""
    stored = ledger.document(program.slug, referral_reference(account))
    return stored if isinstance(stored, ReferralDocument) else None
