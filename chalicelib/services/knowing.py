"""What is known of members beside points is told here, once for each change, and forgotten when they wish it."""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import Refused, TryAgain
from chalicelib.events import AccountId
from chalicelib.ledger.documents import MergeDocument
from chalicelib.ledger.member_document import MemberDocument, completed, erased
from chalicelib.programs.learning import Fact, learned, tidied
from chalicelib.programs.member_conditions import Occasion, keeps_knowledge, standing_benefits
from chalicelib.programs.program import Program
from chalicelib.programs.tiers import level_now
from chalicelib.services.journaling import Standing, standing
from chalicelib.services.judging import known_member
from chalicelib.services.once import merge_reference
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome
from chalicelib.services.together import is_parted, together

_ROUNDS = 5


class Knowledge(msgspec.Struct, frozen=True):
    """What is known of a member now, and the benefits that follow from it."""

    document: MemberDocument
    benefits: tuple[str, ...]


class Knowing(msgspec.Struct, frozen=True):
    """Keeps what is known of members."""

    ledger: Ledger
    clock: Clock

    def of(self, program: Program, account: AccountId) -> Knowledge:
        """What is known of the member to whom an account belongs. Raises: TryAgain."""
        stand = standing(self.ledger, program, account, self.clock.now())
        return self._with_benefits(program, stand, known_member(self.ledger, program.slug, stand.account))

    def tell(self, program: Program, account: AccountId, facts: Sequence[Fact], *, revision: int) -> Knowledge:
        """Learn some facts, all or none.

        revision: of the document that the teller has seen, 0 where nothing was known; whoever comes second is refused
        Raises: Refused (member_changed, not_a_member, and what the rules say of each fact), Malformed, TryAgain.
        """
        for _ in range(_ROUNDS):
            stand = standing(self.ledger, program, account, self.clock.now())
            if stand.before is not None and stand.snap.status != "active":
                raise Refused("not_a_member")
            known = known_member(self.ledger, program.slug, stand.account)
            if known.revision != revision:
                raise Refused("member_changed", revision=known.revision)
            definition = program.in_force(stand.at).definition
            grown = tidied(definition, known)
            for fact in facts:
                grown = learned(definition, grown, fact, stand.at)
            if grown == known:
                return self._with_benefits(program, stand, known)
            grown = msgspec.structs.replace(grown, revision=revision + 1)
            if self._is_written(program, grown):
                return self._with_benefits(program, stand, grown)
        raise TryAgain("too_many_races", document=f"member/{account}")

    def _is_written(self, program: Program, grown: MemberDocument) -> bool:
        match self.ledger.commit(Commit(program.slug, documents=(grown,))):
            case Outcome.COMMITTED:
                return True
            case Outcome.CONFLICT:
                self.clock.pause(50)
                return False
            case _:  # somebody was faster, or nobody knows: it may have been ourselves
                return self.ledger.document(program.slug, grown.reference) == grown

    def forget(self, program: str, account: AccountId) -> None:
        """Remove what is personal, here and of every account that became one with this one. Repeating is harmless.

        One that was parted from it again is somebody else's, and stays as it is.
        """
        left, seen = list(together(self.ledger, program, account)), set[AccountId]()
        while left:
            known = self._forgotten(program, left.pop())
            self._unnamed(program, known.account)
            seen.add(known.account)
            others = (each for each in known.joined if each not in seen)
            left += [each for each in others if not is_parted(self.ledger, program, each)]

    def _unnamed(self, program: str, account: AccountId) -> None:
        """The document of the account's own merge, without the indexes of its person's addresses."""
        for _ in range(_ROUNDS):
            merged = self.ledger.document(program, merge_reference(account))
            if not isinstance(merged, MergeDocument) or not merged.identities:
                return
            bare = msgspec.structs.replace(merged, identities=(), revision=merged.revision + 1)
            if self.ledger.commit(Commit(program, documents=(bare,))) is Outcome.COMMITTED:
                return
            self.clock.pause(50)
        raise TryAgain("too_many_races", document=merge_reference(account))

    def _forgotten(self, program: str, account: AccountId) -> MemberDocument:
        for _ in range(_ROUNDS):
            known = known_member(self.ledger, program, account)
            bare = erased(known)
            if bare == known:
                return known
            bare = msgspec.structs.replace(bare, revision=known.revision + 1)
            if self.ledger.commit(Commit(program, documents=(bare,))) is Outcome.COMMITTED:
                return bare
            self.clock.pause(50)
        raise TryAgain("too_many_races", document=f"member/{account}")

    def _with_benefits(self, program: Program, stand: Standing, known: MemberDocument) -> Knowledge:
        definition = program.in_force(stand.at).definition
        level = level_now(definition.tiers, stand.snap.tier)
        occasion = Occasion(stand.account, stand.at, stand.snap, level, known=known)
        return Knowledge(known, standing_benefits(definition, occasion))


def joined(ledger: Ledger, program: Program, leaving: AccountId, staying: AccountId) -> tuple[MemberDocument, ...]:
    """What to write when two accounts become one: the document of the one that stays, completed from the other's.

    The other one's stays as it is, so that both can be parted again. Programs that keep none read none.
    """
    if not any(keeps_knowledge(version.definition) for version in program.versions):
        return ()
    other = known_member(ledger, program.slug, leaving)
    if not other.revision:
        return ()
    own = known_member(ledger, program.slug, staying)
    return (msgspec.structs.replace(completed(own, other), revision=own.revision + 1),)
