"""Households: members join and leave, and use their points together in one transaction."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import Drawn, RedemptionDocument
from chalicelib.ledger.households import back, drawn_together, of_account
from chalicelib.ledger.journal import Entry, EntryKind
from chalicelib.ledger.people_documents import HouseholdDocument, HouseholdUseDocument, Share
from chalicelib.ledger.redemptions import Spending, give_back, redeem, whole_number
from chalicelib.programs.households import MOST_MEMBERS
from chalicelib.programs.paying import Purchase
from chalicelib.programs.program import Program
from chalicelib.programs.redeeming import allowed, redeemable
from chalicelib.programs.tiers import level_now
from chalicelib.services.journaling import Line, Standing, next_entry, standing
from chalicelib.services.once import after_entry
from chalicelib.services.ports import Cards, Clock, Commit, Ledger, Outcome
from chalicelib.services.rate_attributes import rate_attributes
from chalicelib.services.redeeming import active, alive, fitted, grace

_ROUNDS = 60


class Asked(msgspec.Struct, frozen=True):
    """Points that a member of a household uses. `goods`: what they pay for, in minor units; None for no goods."""

    account: AccountId
    points: int
    currency: str | None = None
    goods: int | None = None
    partner: str = ""


class HouseholdsDesk(msgspec.Struct, frozen=True):
    """Keeps households. All of it raises TryAgain, after which repeating is safe."""

    ledger: Ledger
    cards: Cards
    clock: Clock

    # --- who belongs together

    def join(self, program: Program, name: str, account: AccountId) -> HouseholdDocument:
        """A member joins the household of this name, which is new with its first member. A repeat changes nothing.

        Raises: Refused (households_not_allowed, not_a_member, in_another_household, household_full).
        """
        rules = program.in_force(self.clock.now()).definition.households
        if rules is None:
            raise Refused("households_not_allowed", program=program.slug)
        reference = household_reference(name)
        for _ in range(_ROUNDS):
            stand = self._member(program, account)
            known = self._household(program, reference) or HouseholdDocument(reference)
            own = self._membership(program, stand.account)
            if stand.account in known.accounts:
                return known
            if own.accounts:
                raise Refused("in_another_household")
            if len(known.accounts) >= min(rules.members, MOST_MEMBERS):
                raise Refused("household_full", most=rules.members)
            grown = _next(known, (*known.accounts, stand.account))
            if self._wrote(program, grown, _next(own, (AccountId(name),))):
                return grown
        raise TryAgain("too_many_races", document=reference)

    def leave(self, program: Program, account: AccountId) -> HouseholdDocument:
        """A member leaves; what is left of their own points is theirs, as it always was.

        Raises: Refused("in_no_household").
        """
        for _ in range(_ROUNDS):
            own = self._membership(program, account)
            if not own.accounts:
                raise Refused("in_no_household")
            known = self._household(program, household_reference(own.accounts[0]))
            assert known is not None
            left = tuple(each for each in known.accounts if each != account)
            smaller = _next(known, left)
            if self._wrote(program, smaller, _next(own, ())):
                return smaller
        raise TryAgain("too_many_races", document="household")

    def of(self, program: Program, account: AccountId) -> HouseholdDocument | None:
        """The household of a member; None when there is none."""
        own = self._membership(program, account)
        return self._household(program, household_reference(own.accounts[0])) if own.accounts else None

    # --- what they use

    def use(self, program: Program, reference: Reference, asked: Asked, *, actor: str) -> HouseholdUseDocument:
        """Use points of the whole household, those that end first first. A repeat is answered as the first time was.

        Raises: Malformed, Refused (redeeming_paused, in_no_household, not_enough_points, what the rules of paying say;
        another_redemption when the reference was used before).
        """
        for _ in range(_ROUNDS):
            known = self._known(program, reference)
            if known is not None:
                if (known.account, known.points) != (asked.account, asked.points):
                    raise Refused("another_redemption", reference=reference)
                return known
            program.goes("redeeming")
            household = self.of(program, asked.account)
            if household is None:
                raise Refused("in_no_household")
            stands = self._stands(program, household.accounts)
            currency = self._allowed(program, stands, asked)
            purses = {account: stand.snap.purse(currency) for account, stand in stands.items()}
            drawn = drawn_together(purses, asked.points)
            document = HouseholdUseDocument(
                reference, household.reference, asked.account, currency, asked.points, drawn, 0, asked.partner, 1
            )
            entries = _entries(program, stands, document, drawn, kind="redeemed", actor=actor, step=_spent)
            if self._wrote(program, document, entries=entries):
                return document
        raise TryAgain("too_many_races", document=reference)

    def give_back(self, program: Program, reference: Reference, in_all: int, *, actor: str) -> HouseholdUseDocument:
        """See to it that `in_all` points are back in the lots they were drawn from, each with its owner.

        Raises: Malformed, Refused (redemption_unknown, more_than_was_redeemed).
        """
        if whole_number(in_all) < 0:
            raise Refused("not_a_number_of_points", points=in_all)
        for _ in range(_ROUNDS):
            known = self._known(program, reference)
            if known is None:
                raise Refused("redemption_unknown", reference=reference)
            if known.returned >= in_all:
                return known
            parts = back(known, in_all - known.returned)
            owners = dict.fromkeys(part.account for part in parts)
            stands = self._stands(program, tuple(owners), even_one=True)
            grown = msgspec.structs.replace(known, returned=in_all, revision=known.revision + 1)
            entries = _entries(program, stands, known, parts, kind="restored", actor=actor, step=_returned)
            if self._wrote(program, grown, entries=entries):
                return grown
        raise TryAgain("too_many_races", document=reference)

    def points(self, program: Program, reference: Reference) -> int:
        """How many points were used. Raises Refused("redemption_unknown")."""
        known = self._known(program, reference)
        if known is None:
            raise Refused("redemption_unknown", reference=reference)
        return known.points

    # --- in detail

    def _allowed(self, program: Program, stands: Mapping[AccountId, Standing], asked: Asked) -> str:
        stand = next(iter(stands.values()))
        currency = redeemable(program, asked.currency, stand.at)
        if asked.goods is not None:
            definition = program.in_force(stand.at).definition
            payer = stands.get(asked.account, stand)
            rate = definition.pay.rate if definition.pay is not None else None
            known = rate_attributes(self.ledger, program.slug, rate, payer.account, payer.at)
            bought = msgspec.structs.replace(
                Purchase(asked.goods), level=level_now(definition.tiers, payer.snap.tier), attributes=known
            )
            allowed(definition, whole_number(asked.points), bought, currency)
        return currency

    def _stands(
        self, program: Program, accounts: Sequence[AccountId], *, even_one: bool = False
    ) -> dict[AccountId, Standing]:
        """Where each member stands. Accounts that are one now are read once, under the first of their names."""
        found: dict[AccountId, Standing] = {}
        carriers: set[AccountId] = set()
        for account in accounts:
            stand = standing(self.ledger, program, account, self.clock.now())
            if even_one or stand.account not in carriers:
                carriers.add(stand.account)
                found[account] = stand
        return found

    def _member(self, program: Program, account: AccountId) -> Standing:
        stand = standing(self.ledger, program, account, self.clock.now())
        is_member = stand.snap.status == "active" or bool(self.cards.cards_of(program.slug, stand.account))
        if not is_member or stand.snap.status == "closed":
            raise Refused("not_a_member", account=stand.account)
        return stand

    def _membership(self, program: Program, account: AccountId) -> HouseholdDocument:
        """Under a name of the member's own: the name of their household, so that nobody is in two."""
        reference = Reference(f"household-of/{account}")
        return self._household(program, reference) or HouseholdDocument(reference)

    def _household(self, program: Program, reference: Reference) -> HouseholdDocument | None:
        stored = self.ledger.document(program.slug, reference)
        return stored if isinstance(stored, HouseholdDocument) else None

    def _known(self, program: Program, reference: Reference) -> HouseholdUseDocument | None:
        stored = self.ledger.document(program.slug, reference)
        return stored if isinstance(stored, HouseholdUseDocument) else None

    def _wrote(
        self,
        program: Program,
        *documents: HouseholdDocument | HouseholdUseDocument,
        entries: tuple[Entry, ...] = (),
    ) -> bool:
        outcome = self.ledger.commit(Commit(program.slug, documents, entries))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED


_Step = Callable[[Program, Standing, HouseholdUseDocument, Sequence[Share], AccountId], Spending]


def household_reference(name: str) -> Reference:
    """Where the members of a household stand."""
    return Reference(f"household/{name}")


def _entries(
    program: Program,
    stands: Mapping[AccountId, Standing],
    document: HouseholdUseDocument,
    shares: Sequence[Share],
    *,
    kind: EntryKind,
    actor: str,
    step: _Step,
) -> tuple[Entry, ...]:
    """One entry for each member whose points move; accounts that became one since have theirs one after the other."""
    entries: list[Entry] = []
    newest: dict[AccountId, Standing] = {}
    for account in dict.fromkeys(share.account for share in shares):
        stand = newest.get(stands[account].account, stands[account])
        line = Line(
            kind=kind,
            document=document.reference,
            occurred_at=stand.at,
            actor=actor,
            version=program.in_force(stand.at).sha,
            legs=step(program, stand, document, shares, account).legs,
        )
        entry = next_entry(stand, program, line)
        entries.append(entry)
        newest[stand.account] = after_entry(stand, entry)
    return tuple(entries)


def _spent(
    program: Program, stand: Standing, document: HouseholdUseDocument, shares: Sequence[Share], account: AccountId
) -> Spending:
    own = RedemptionDocument(document.reference, account, document.currency, of_account(shares, account))
    return active(program, stand, redeem(own, stand.snap))


def _returned(
    program: Program, stand: Standing, document: HouseholdUseDocument, shares: Sequence[Share], account: AccountId
) -> Spending:
    """The member's own part of the draw, less what came back before: that is the longest-lived part, for them too."""
    drawn = [share for share in document.drawn if share.account == account]
    used = of_account(drawn, account)
    before = of_account(back(msgspec.structs.replace(document, returned=0), document.returned), account)
    own = RedemptionDocument(
        document.reference,
        account,
        document.currency,
        used,
        used=used,
        returned=before,
        drawn=tuple(Drawn(share.ends, share.points) for share in drawn),
    )
    spending = give_back(
        own,
        stand.snap,
        of_account(shares, account),
        at=stand.at,
        grace_until=grace(program, stand),
        alive_until=alive(program, stand).get(document.currency, 0),
    )
    return fitted(program, stand, spending)


def _next(document: HouseholdDocument, accounts: tuple[AccountId, ...]) -> HouseholdDocument:
    return msgspec.structs.replace(document, accounts=accounts, revision=document.revision + 1)
