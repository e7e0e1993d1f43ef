"""Two accounts that were one are two again: each may have the rewards that only one of them could have."""

from dataclasses import dataclass

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import Reference
from chalicelib.ledger.documents import ActivityDocument, MergeDocument
from chalicelib.programs.program import Program
from chalicelib.services.journaling import InTime, standing, unhurried
from chalicelib.services.once import NOWHERE, following, given_again
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Parting:
    """Undoes what a merge did to rewards. Each step can be repeated. Raises TryAgain."""

    ledger: Ledger
    clock: Clock

    def apart(self, program: Program, document: MergeDocument, actor: str, *, in_time: InTime = unhurried) -> None:
        """All rewards of a merge that was undone."""
        for reference in document.noted:
            in_time()
            self.open_again(program, reference)
        for reference in document.reversed:
            in_time()
            self.give_again(program, reference, actor)

    def open_again(self, program: Program, reference: Reference) -> None:
        """A thing that was only noted for this account may be told of it."""
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if not isinstance(known, ActivityDocument) or not known.counted:
                return
            free = msgspec.structs.replace(known, counted=NOWHERE, revision=known.revision + 1)
            if self.ledger.commit(Commit(program.slug, documents=(free,))) is Outcome.COMMITTED:
                return
        raise TryAgain("too_many_races", document=reference)

    def give_again(self, program: Program, reference: Reference, actor: str) -> None:
        """A reward that was taken back, because the other account had it too, is given once more."""
        for _ in range(_ROUNDS):
            known = self.ledger.document(program.slug, reference)
            if not isinstance(known, ActivityDocument) or not known.counted:
                return
            stand = standing(self.ledger, program, known.account, self.clock.now())
            fresh = msgspec.structs.replace(known, counted=None, revision=known.revision + 1)
            posting = given_again(program, stand, fresh)
            after = following(program, stand, posting, actor)
            assert after.before is not None
            commit = Commit(program.slug, documents=(posting.document,), entries=(after.before,))
            if self.ledger.commit(commit) is Outcome.COMMITTED:
                return
        raise TryAgain("too_many_races", document=reference)
