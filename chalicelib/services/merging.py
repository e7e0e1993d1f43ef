"""Two accounts of one person become one, once; an operator can do it by hand, and undo it for a while.

Documents keep their account: later news of them follows `merged to`. A reward that both accounts have had for the same
thing is kept once. Points that count towards a limit stay counted where they were: each account's documents keep their
own limits, and new ones count with the account that stayed.
"""

import msgspec

from chalicelib.errors import Broken, TryAgain
from chalicelib.events import AccountId
from chalicelib.ledger.documents import ActivityDocument, Document, MergeDocument
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.merging import merge
from chalicelib.programs.program import Program
from chalicelib.services.journaling import InTime, Line, Standing, next_entry, standing, unhurried
from chalicelib.services.knowing import joined
from chalicelib.services.once import Twice, after_entry, following, kept_once, merge_reference, taken
from chalicelib.services.parting import Parting
from chalicelib.services.ports import Clock, Commit, Ledger, Outcome

_ROUNDS = 12


class Cause(msgspec.Struct, frozen=True):
    """Why two accounts are one person's: who says so, and what leads to the one that leaves.

    identities, cards: what is pointed to the other account; kept, so that an undoing can point it back
    """

    actor: str = "member"
    reason: str = ""
    identities: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()


class Joining(msgspec.Struct, frozen=True):
    """Moves one account's points into another's."""

    ledger: Ledger
    clock: Clock

    def merge(
        self,
        program: Program,
        source: AccountId,
        into: AccountId,
        cause: Cause,
        *,
        even_empty: bool = False,
        in_time: InTime = unhurried,
    ) -> MergeDocument | None:
        """Move everything of `source` into `into`, once; None when they are one already or there is nothing to move.

        An account without any entry is merged, too, if an identity leads to it (or `even_empty`): a document that is
        worth nothing yet, or an order that is just being recorded, may name it.
        Raises: TryAgain.
        """
        for _ in range(_ROUNDS):
            now = self.clock.now()
            in_time()
            leaving = standing(self.ledger, program, source, now)
            in_time()
            staying = standing(self.ledger, program, into, now)
            is_empty = leaving.before is None and not cause.identities and not even_empty
            if leaving.account == staying.account or is_empty:
                return None
            in_time()
            document = self._document(program, leaving, staying, cause, in_time)
            twice = kept_once(self.ledger, program, leaving.account, staying.account, in_time=in_time)
            in_time()
            document = _with(document, twice)
            known = joined(self.ledger, program, leaving.account, staying.account)
            commit = _commit(program, leaving, staying, document, twice)
            commit = msgspec.structs.replace(commit, documents=(*commit.documents, *known))
            if self.ledger.commit(commit) is Outcome.COMMITTED:
                return self.keep_once(program, document, in_time=in_time) if twice.is_more else document
            self.clock.pause(50)
        raise TryAgain("too_many_races", document=merge_reference(source))

    def _document(
        self, program: Program, leaving: Standing, staying: Standing, cause: Cause, in_time: InTime
    ) -> MergeDocument:
        reference = merge_reference(leaving.account)
        known = self.ledger.document(program.slug, reference)
        if known is not None and not isinstance(known, MergeDocument):
            raise Broken("not_a_merge", document=reference)
        if known is not None and known.undone:  # perhaps by somebody who died before rewards were given again
            known = Parting(self.ledger, self.clock).apart(program, known, "system", in_time=in_time)
        legs, rolled = len(leaving.settled.legs), len(leaving.settled.rolled)
        return MergeDocument(
            reference,
            leaving.account,
            staying.account,
            revision=known.revision + 1 if known else 1,
            at=leaving.at,
            arrived=staying.before.seq + 1 if staying.before else 1,
            share=(legs, rolled),
            status=leaving.snap.status,
            actor=cause.actor,
            reason=cause.reason,
            identities=cause.identities,
            cards=cause.cards,
        )

    def keep_once(self, program: Program, document: MergeDocument, *, in_time: InTime = unhurried) -> MergeDocument:
        """What did not fit into the merge's own transaction: rewards kept once, some at a time. Raises TryAgain."""
        for _ in range(_ROUNDS * _ROUNDS):
            twice = kept_once(self.ledger, program, document.account, document.into, in_time=in_time)
            if not twice.noted and not twice.reversed:
                return document
            in_time()
            stand = standing(self.ledger, program, document.into, self.clock.now())
            grown = _with(msgspec.structs.replace(document, revision=document.revision + 1), twice)
            documents, entries = _reversals(program, stand, twice, "system")
            changed: tuple[Document, ...] = (grown, *twice.noted, *twice.merges, *documents)
            outcome = self.ledger.commit(Commit(program.slug, changed, entries))
            if outcome is Outcome.COMMITTED:
                document = grown
            else:
                stored = self.ledger.document(program.slug, document.reference)
                document = stored if isinstance(stored, MergeDocument) else document
        raise TryAgain("too_many_races", document=document.reference)


def _with(document: MergeDocument, twice: Twice) -> MergeDocument:
    return msgspec.structs.replace(
        document,
        noted=(*document.noted, *(each.reference for each in twice.noted)),
        reversed=(*document.reversed, *(each.reference for each in twice.reversed)),
    )


def _commit(program: Program, leaving: Standing, staying: Standing, document: MergeDocument, twice: Twice) -> Commit:
    merged = merge(leaving.snap, staying.snap, program.timeline.calendar)
    line = Line(
        kind="merged",
        document=document.reference,
        occurred_at=leaving.at,
        actor=document.actor,
        version=leaving.before.version if leaving.before else program.in_force(leaving.at).sha,
        legs=merged.out_legs,
        rolled=merged.out_rolled,
        status="merged",
        merged_to=staying.account,
    )
    out = next_entry(leaving, program, line)
    arrived = msgspec.structs.replace(
        line, legs=merged.in_legs, rolled=merged.in_rolled, status="active", merged_to=None
    )
    into = next_entry(staying, program, arrived)
    documents, entries = _reversals(program, after_entry(staying, into), twice, document.actor)
    return Commit(program.slug, (document, *twice.noted, *twice.merges, *documents), (out, into, *entries))


def _reversals(
    program: Program, stand: Standing, twice: Twice, actor: str
) -> tuple[tuple[ActivityDocument, ...], tuple[Entry, ...]]:
    """Rewards taken back, each in an entry of its own after the one where the account stands."""
    documents, entries = [], []
    for document in twice.reversed:
        posting = taken(program, stand, document)
        documents.append(posting.document)
        if posting.legs or posting.rolled:
            stand = following(program, stand, posting, actor)
            assert stand.before is not None
            entries.append(stand.before)
    return tuple(documents), tuple(entries)
