"""Points are used, set aside for a checkout, and given back when what they were used for is undone.

A reference is good for one redemption, and each of its steps happens once, however often it is asked for.
"""

from collections.abc import Callable

import msgspec

from chalicelib.errors import Broken, Refused, TryAgain
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.bounds import bounded, prolong, shared_end
from chalicelib.ledger.documents import RedemptionDocument
from chalicelib.ledger.holds import capture, hold, is_captured, is_released, release
from chalicelib.ledger.journal import EntryKind, Leg, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.redemptions import Spending, give_back, redeem, whole_number
from chalicelib.programs.lots import keep_alive
from chalicelib.programs.paying import Purchase
from chalicelib.programs.program import Program
from chalicelib.programs.redeeming import allowed, redeemable, restored_until
from chalicelib.programs.tiers import level_now
from chalicelib.services.accounts import Accounts
from chalicelib.services.journaling import Line, Standing, is_one, next_entry, standing
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome
from chalicelib.services.rate_attributes import rate_attributes
from chalicelib.services.undoing import undone

_ROUNDS = 60
"""A redemption that loses every race to others is refused by the balance long before this."""


class Redemptions(msgspec.Struct, frozen=True):
    """Uses points. All of it raises TryAgain, after which repeating is safe, and Malformed for what is no number."""

    ledger: Ledger
    accounts: Accounts
    clock: Clock

    def redeem(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        points: int,
        *,
        actor: str,
        currency: str | None = None,
        goods: Purchase | int | None = None,
        partner: str = "",
    ) -> RedemptionDocument:
        """Use `points` of a currency, the main one unless it is named. A repeat is answered as the first time was.

        goods: what they pay for, in minor units, or all that is known of it: then the program's rules of paying are
        asked, too      partner: with whom they are used, where the program has partners
        Raises: Refused (redeeming_paused, not_enough_points, unknown_currency; what `allowed` raises;
        another_redemption when the reference was used for something else).
        """

        def decide(_: RedemptionDocument | None, stand: Standing) -> Spending:
            program.goes("redeeming")
            used = self._currency(program, stand, points, currency, goods)
            fresh = RedemptionDocument(reference, account, used, points, revision=1, partner=partner)
            return active(program, stand, redeem(fresh, stand.snap))

        def answered(known: RedemptionDocument | None) -> RedemptionDocument | None:
            return known and self._same(program, known, account, points, currency, is_hold=False)

        return self.once(program, Step(reference, account, "redeemed", actor, answered, decide))

    def hold(
        self,
        program: Program,
        reference: Reference,
        account: AccountId,
        points: int,
        *,
        until: Instant,
        actor: str,
        currency: str | None = None,
        goods: Purchase | int | None = None,
        partner: str = "",
    ) -> RedemptionDocument:
        """Set points aside until `until`, half an hour at most. A repeat is answered with the hold as it is now.

        goods: see `redeem`, whose refusals there are, too. Raises: Refused("too_many_open_holds").
        """

        def decide(_: RedemptionDocument | None, stand: Standing) -> Spending:
            program.goes("redeeming")
            used = self._currency(program, stand, points, currency, goods)
            fresh = RedemptionDocument(reference, account, used, points, revision=1, partner=partner)
            return hold(fresh, stand.snap, at=stand.at, until=until)

        def answered(known: RedemptionDocument | None) -> RedemptionDocument | None:
            return known and self._same(program, known, account, points, currency, is_hold=True)

        return self.once(program, Step(reference, account, "held", actor, answered, decide))

    def capture(
        self, program: Program, reference: Reference, points: int | None = None, *, actor: str
    ) -> RedemptionDocument:
        """Use what a hold set aside, or `points` of it; the rest goes back. A repeat is answered as the first time was.

        After its time a hold is a new redemption, if there are still enough points.
        Raises: Refused (redemption_unknown, already_released, already_captured when for other points,
        more_than_was_held, not_enough_points).
        """

        def decide(known: RedemptionDocument | None, stand: Standing) -> Spending:
            return active(program, stand, capture(_next(known), stand.snap, points, at=stand.at))

        def answered(known: RedemptionDocument | None) -> RedemptionDocument | None:
            return known if is_captured(_expected(known, reference), points) else None

        return self.once(program, Step(reference, None, "redeemed", actor, answered, decide))

    def release(self, program: Program, reference: Reference, *, actor: str) -> RedemptionDocument:
        """Let what a hold set aside go back to where it came from. A repeat is answered as the first time was.

        Raises: Refused (redemption_unknown, already_captured, expired).
        """

        def decide(known: RedemptionDocument | None, stand: Standing) -> Spending:
            return fitted(program, stand, release(_next(known), stand.snap, at=stand.at))

        def answered(known: RedemptionDocument | None) -> RedemptionDocument | None:
            return known if is_released(_expected(known, reference)) else None

        return self.once(program, Step(reference, None, "released", actor, answered, decide))

    def give_back(
        self, program: Program, reference: Reference, in_all: int, *, actor: str, grace_until: Instant | None = None
    ) -> RedemptionDocument:
        """See to it that `in_all` points of a redemption are back in their own lots; a repeat changes nothing.

        grace_until: until when they can be used at least; the program says so unless it is given
        What was handed out for them is counted back, and vouchers are cancelled, once all of them are back.
        Raises: Refused (redemption_unknown, more_than_was_redeemed, voucher_used).
        """
        if whole_number(in_all) < 0:
            raise Refused("not_a_number_of_points", points=in_all)

        def decide(known: RedemptionDocument | None, stand: Standing) -> Spending:
            fresh = _next(known)
            spending = give_back(
                fresh,
                stand.snap,
                in_all - fresh.returned,
                at=stand.at,
                grace_until=grace(program, stand) if grace_until is None else grace_until,
                alive_until=alive(program, stand).get(fresh.currency, 0),
            )
            after = spending.document
            if after.returned == after.used:
                more = undone(self.ledger, program.slug, after, stand.at)
                spending = msgspec.structs.replace(spending, more=more)
            return fitted(program, stand, spending)

        def answered(known: RedemptionDocument | None) -> RedemptionDocument | None:
            return known if _expected(known, reference).returned >= in_all else None

        return self.once(program, Step(reference, None, "restored", actor, answered, decide))

    def reverse(self, program: Program, reference: Reference, *, actor: str) -> RedemptionDocument:
        """Undo a redemption: what was bought with the points was not used, came to its end or could not be made.

        All its points go back to their own lots, with the program's grace. A hold that is still open is released.
        Raises: Refused (redemption_unknown, expired).
        """
        known = _expected(self._known(program, reference), reference)
        if known.state == "used":
            return self.give_back(program, reference, known.used, actor=actor)
        return self.release(program, reference, actor=actor)

    def _known(self, program: Program, reference: Reference) -> RedemptionDocument | None:
        stored = self.ledger.document(program.slug, reference)
        return stored if isinstance(stored, RedemptionDocument) else None

    def once(self, program: Program, step: "Step") -> RedemptionDocument:
        """Do a step unless it was done, whoever else is at it. Raises what the step raises, and TryAgain."""
        for _ in range(_ROUNDS):
            known = self._known(program, step.reference)
            answer = step.answered(known)
            if answer is not None:
                return answer
            account = known.account if known is not None else step.account
            assert account is not None
            stand = standing(self.ledger, program, account, self.clock.now())
            try:
                spending = step.decide(known, stand)
            except (Refused, Broken):
                # The document was read before the entry: the same step, done in between, is no reason to refuse it.
                if self._known(program, step.reference) == known:
                    raise
                continue
            if self._post(program, stand, spending, step.kind, step.actor):
                return spending.document
        raise TryAgain("too_many_races", document=step.reference)

    def _same(
        self,
        program: Program,
        known: RedemptionDocument,
        account: AccountId,
        points: int,
        currency: str | None,
        *,
        is_hold: bool,
    ) -> RedemptionDocument:
        """The redemption that was asked for before. Who asks again may know the account by its new name only."""
        asked = (points, currency or known.currency, is_hold)
        is_same = asked == (known.points, known.currency, known.until is not None) and not known.reward
        if not is_same or not self.is_one(program, account, known.account):
            raise Refused("another_redemption", reference=known.reference)
        return known

    def is_one(self, program: Program, one: AccountId, other: AccountId) -> bool:
        return is_one(self.ledger, program, one, other, self.clock.now())

    def _currency(
        self, program: Program, stand: Standing, points: int, currency: str | None, goods: Purchase | int | None
    ) -> str:
        """Which points are used, once the program allows it."""
        used = redeemable(program, currency, stand.at)
        if goods is not None:
            bought = goods if isinstance(goods, Purchase) else Purchase(goods)
            definition = program.in_force(stand.at).definition
            rate = definition.pay.rate if definition.pay is not None else None
            known = rate_attributes(self.ledger, program.slug, rate, stand.account, stand.at)
            bought = msgspec.structs.replace(
                bought, level=level_now(definition.tiers, stand.snap.tier), attributes=known
            )
            allowed(definition, whole_number(points), bought, used)
        return used

    def _post(self, program: Program, stand: Standing, spending: Spending, kind: EntryKind, actor: str) -> bool:
        line = Line(
            kind=kind,
            document=spending.document.reference,
            occurred_at=stand.at,
            actor=actor,
            version=program.in_force(stand.at).sha,
            rules=(spending.document.reward,) if spending.document.reward else (),
            legs=spending.legs,
        )
        entry = next_entry(stand, program, line)
        outcome = self.ledger.commit(
            Commit(
                program=program.slug,
                documents=(spending.document, *spending.more),
                entries=(entry,),
                ends_at=self.accounts.ends_at(program, entry),
            )
        )
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED


class Step(msgspec.Struct, frozen=True):
    """One step of a redemption, which happens once.

    account: of a redemption that is not known yet      answered: what a repeat is answered with; None to go on
    decide: what the step does to the account as it stands
    """

    reference: Reference
    account: AccountId | None
    kind: EntryKind
    actor: str
    answered: Callable[[RedemptionDocument | None], RedemptionDocument | None]
    decide: Callable[[RedemptionDocument | None, Standing], Spending]


def _expected(known: RedemptionDocument | None, reference: Reference) -> RedemptionDocument:
    if known is None:
        raise Refused("redemption_unknown", reference=reference)
    return known


def _next(known: RedemptionDocument | None) -> RedemptionDocument:
    assert known is not None
    return msgspec.structs.replace(known, revision=known.revision + 1)


def grace(program: Program, stand: Standing) -> Instant:
    return restored_until(program.in_force(stand.at).definition, stand.at)


def alive(program: Program, stand: Standing) -> dict[str, Instant]:
    """By currency that lives as long as its owner is active: until when the points that are there do."""
    definition = program.in_force(stand.at).definition
    return {currency: shared_end(stand.snap.purse(currency)) for currency in keep_alive(definition, stand.at)}


def active(program: Program, stand: Standing, spending: Spending) -> Spending:
    """Using points is activity: what is left of the currencies that live by it lives on."""
    definition = program.in_force(stand.at).definition
    legs = list(spending.legs)
    for currency, ends in keep_alive(definition, stand.at).items():
        left = applied(stand.snap, legs).purse(currency)
        legs += prolong(left, currency, max(ends, shared_end(left)))
    return fitted(program, stand, msgspec.structs.replace(spending, legs=tuple(legs)))


def fitted(program: Program, stand: Standing, spending: Spending) -> Spending:
    """Within bounds: what went back to its own lot may have brought one lot too many."""
    snap: Snapshot = applied(stand.snap, spending.legs)
    more: list[Leg] = bounded(snap, spending.document.currency, program.timeline.calendar)
    return msgspec.structs.replace(spending, legs=(*spending.legs, *more))
