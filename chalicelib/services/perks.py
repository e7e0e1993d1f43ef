"""Members use benefits: a lounge visit of six a year. Each use happens once, and is counted in the same transaction."""

import msgspec

from chalicelib.errors import Broken, Refused, TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.counts import counted, uncounted
from chalicelib.ledger.offer_documents import CountDocument, PerkUseDocument
from chalicelib.programs.choosing import period_of, perks_held
from chalicelib.programs.definition import Definition
from chalicelib.programs.perks import Perk
from chalicelib.programs.program import Program
from chalicelib.programs.tiers import PERKS, level_now
from chalicelib.services.journaling import Standing, is_one, standing
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 60


class PerkLeft(msgspec.Struct, frozen=True):
    """A benefit that a member has. `used`, `most`: in the period that runs; None without a limit."""

    perk: str
    used: int = 0
    most: int | None = None


class Perks(msgspec.Struct, frozen=True):
    """Counts the use of benefits. All of it raises TryAgain, after which repeating is safe."""

    ledger: Ledger
    clock: Clock

    def of(self, program: Program, account: AccountId) -> list[PerkLeft]:
        """The benefits of a member, as their level brings them, and how much of each is left."""
        stand = standing(self.ledger, program, account, self.clock.now())
        definition = program.in_force(stand.at).definition
        found = []
        for name in perks_held(definition, level_now(definition.tiers, stand.snap.tier)):
            perk = definition.offers.perk(name)
            if perk is None or perk.times is None:
                found.append(PerkLeft(name))
            else:
                known = self._count(program, _count_reference(definition, perk, stand))
                found.append(PerkLeft(name, known.used if known else 0, perk.times.count))
        return found

    def use(self, program: Program, reference: Reference, account: AccountId, perk: str) -> PerkUseDocument:
        """Use a benefit once. A repeat is answered as the first time was.

        Raises: Refused (redeeming_paused, perk_unknown, perk_not_yours, perk_used_up; another_use when the reference
        was used).
        """
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if known is not None:
                if not isinstance(known, PerkUseDocument) or known.perk != perk:
                    raise Refused("another_use", reference=reference)
                if not is_one(self.ledger, program, known.account, account, self.clock.now()):
                    raise Refused("another_use", reference=reference)
                return known
            stand = standing(self.ledger, program, account, self.clock.now())
            use, counts = self._used(program, reference, stand, perk)
            if self._commit(program, use, counts):
                return use
        raise TryAgain("too_many_races", document=reference)

    def give_back(self, program: Program, reference: Reference) -> PerkUseDocument:
        """The benefit was not used after all. A repeat changes nothing. Raises Refused("use_unknown")."""
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if not isinstance(known, PerkUseDocument):
                raise Refused("use_unknown", name=reference)
            if known.undone:
                return known
            after = msgspec.structs.replace(known, undone=True, revision=known.revision + 1)
            count = self._count(program, known.count) if known.count is not None else None
            if self._commit(program, after, () if count is None else (uncounted(count),)):
                return after
        raise TryAgain("too_many_races", document=reference)

    def _used(
        self, program: Program, reference: Reference, stand: Standing, name: str
    ) -> tuple[PerkUseDocument, tuple[CountDocument, ...]]:
        program.goes("redeeming")
        definition = program.in_force(stand.at).definition
        perk = definition.offers.perk(name)
        if perk is None and name not in PERKS:
            raise Refused("perk_unknown", perk=name[:40])
        if name not in perks_held(definition, level_now(definition.tiers, stand.snap.tier)):
            raise Refused("perk_not_yours", perk=name)
        if perk is None or perk.times is None:
            return PerkUseDocument(reference, stand.account, name, stand.at, revision=1), ()
        where = _count_reference(definition, perk, stand)
        count = counted(self._count(program, where), where, perk.times.count, otherwise="perk_used_up")
        return PerkUseDocument(reference, stand.account, name, stand.at, revision=1, count=where), (count,)

    def _count(self, program: Program, reference: Reference) -> CountDocument | None:
        known = self.ledger.document(program.slug, reference)
        if known is not None and not isinstance(known, CountDocument):
            raise Broken("not_a_count", document=reference)
        return known

    def _commit(self, program: Program, use: PerkUseDocument, counts: tuple[CountDocument, ...]) -> bool:
        outcome = self.ledger.commit(Commit(program.slug, documents=(use, *counts)))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED


def _count_reference(definition: Definition, perk: Perk, stand: Standing) -> Reference:
    assert perk.times is not None
    name = period_of(definition, perk.times, at=stand.at, member_since=stand.snap.opened)
    return Reference(f"count/perk/{perk.key}/{name}/{stand.account}")
