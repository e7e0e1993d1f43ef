"""Two accounts that were one are two again: each may have the rewards that only one of them could have."""

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import ActivityDocument, Document, MergeDocument
from chalicelib.ledger.journal import Entry
from chalicelib.programs.program import Program
from chalicelib.services.journaling import InTime, standing, unhurried
from chalicelib.services.once import NOWHERE, following, given_again, merges_between, renamed
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12
Change = tuple[tuple[Document, ...], tuple[Entry, ...]]
"""Documents and entries to write."""


class Parting(msgspec.Struct, frozen=True):
    """Undoes what a merge did to rewards. Raises TryAgain."""

    ledger: Ledger
    clock: Clock

    def apart(
        self, program: Program, document: MergeDocument, actor: str, *, in_time: InTime = unhurried
    ) -> MergeDocument:
        """All rewards of a merge that was undone, one after the other; the merge as it stands then.

        Each step is written with the merge's own document, which names what is left to do: whoever died is followed
        by the next one, and who is late does nothing to accounts that have been merged again.
        """
        for _ in range(_ROUNDS + len(document.noted) + len(document.reversed)):
            left = (*document.noted, *document.reversed)
            if not document.undone or not left:
                return document
            in_time()
            document = self._step(program, document, left[0], actor)
        raise TryAgain("too_many_races", document=document.reference)

    def open_again(self, program: Program, reference: Reference) -> None:
        """A thing that was only noted for this account may be told of it."""
        for _ in range(_ROUNDS):
            if self._commit(program, self._opened(program, reference)):
                return
        raise TryAgain("too_many_races", document=reference)

    def give_again(self, program: Program, reference: Reference, actor: str) -> None:
        """A reward that was taken back, because the other account had it too, is given once more."""
        for _ in range(_ROUNDS):
            if self._commit(program, self._given(program, reference, actor)):
                return
        raise TryAgain("too_many_races", document=reference)

    def _step(self, program: Program, document: MergeDocument, reference: Reference, actor: str) -> MergeDocument:
        """The merge's document after one more reward, or as somebody else has left it."""
        is_note = reference in document.noted
        documents, entries = self._opened(program, reference) if is_note else self._given(program, reference, actor)
        after = msgspec.structs.replace(
            document,
            revision=document.revision + 1,
            noted=tuple(each for each in document.noted if each != reference),
            reversed=tuple(each for each in document.reversed if each != reference),
        )
        if self._commit(program, ((after, *documents), entries)):
            return after
        stored = self.ledger.document(program.slug, document.reference)
        return stored if isinstance(stored, MergeDocument) else document

    def _opened(self, program: Program, reference: Reference) -> Change:
        known = self.ledger.document(program.slug, reference)
        if not isinstance(known, ActivityDocument) or not known.counted:
            return (), ()
        return (msgspec.structs.replace(known, counted=NOWHERE, revision=known.revision + 1),), ()

    def _given(self, program: Program, reference: Reference, actor: str) -> Change:
        known = self.ledger.document(program.slug, reference)
        if not isinstance(known, ActivityDocument) or not known.counted:
            return (), ()
        stand = standing(self.ledger, program, known.account, self.clock.now())
        fresh = msgspec.structs.replace(known, counted=None, revision=known.revision + 1)
        posting = given_again(program, stand, fresh)
        after = following(program, stand, posting, actor)
        assert after.before is not None
        return (posting.document, *self._noted(program, known, stand.account)), (after.before,)

    def _noted(self, program: Program, reward: ActivityDocument, carrier: AccountId) -> tuple[Document, ...]:
        """A reward that is given again inside another account is noted there, as the one was that has left."""
        reference = renamed(reward, carrier)
        note = self.ledger.document(program.slug, reference)
        is_free = note is None or (isinstance(note, ActivityDocument) and note.counted == NOWHERE)
        if carrier == reward.account or not is_free:
            return ()
        revision = note.revision + 1 if note is not None else 1
        noted = ActivityDocument(reference, carrier, reward.pricing, revision=revision, counted=reward.reference)
        merges = merges_between(self.ledger, program, reward.account, carrier)
        told = (
            msgspec.structs.replace(each, noted=(*each.noted, reference), revision=each.revision + 1) for each in merges
        )
        return (noted, *told)

    def _commit(self, program: Program, change: Change) -> bool:
        """False when somebody was faster."""
        documents, entries = change
        if not documents and not entries:
            return True
        outcome = self.ledger.commit(Commit(program.slug, documents=documents, entries=entries))
        if outcome is Outcome.CONFLICT:
            self.clock.pause(50)
        return outcome is Outcome.COMMITTED
