"""Merges, and merges that were undone, of which a restore lost a part.

Both sides of a merge have an entry, made at one instant, and so have both sides of its undoing. A side without the
other one never happened: it is put aside with what comes behind it, and the last that is known to have been meant,
by the document or by any entry, is done once more.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import msgspec

from chalicelib.errors import Broken, Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import ActivityDocument, MergeDocument
from chalicelib.ledger.mending import Step
from chalicelib.ledger.settle import settle
from chalicelib.programs.program import Program
from chalicelib.services.journaling import unhurried
from chalicelib.services.merging import Cause, Joining
from chalicelib.services.merging_by_hand import MergesByHand
from chalicelib.services.once import following, kept_once, renamed, taken
from chalicelib.services.parting import Parting
from chalicelib.services.pen import ACTOR, Pen

Cut = Callable[[AccountId, int], None]
"""Puts the entries of a journal behind a number aside."""


class MergeMending(msgspec.Struct, frozen=True):
    """Makes a merge whole. Raises Refused or Broken for what must be looked at by a person."""

    pen: Pen
    joining: Joining
    parting: Parting
    by_hand: MergesByHand

    def mend(self, program: Program, reference: Reference, seen: Sequence[AccountId], cut: Cut) -> None:
        """Bring a merge's document and its entries together."""
        source = AccountId(reference.removeprefix("merge/"))
        document = self._document(program, reference)
        steps = self._steps(program, reference, document, (source, *seen))
        is_meant, into = _meant(document, steps, source)
        steps = self._without_halves(program, reference, document, (source, *seen), cut)
        is_merged = bool(steps) and steps[-1].entry.kind == "merged"
        if is_merged:
            document = self._rebuilt(program, document, steps, source)
        elif document is not None and not document.undone:
            document = self._write(program, msgspec.structs.replace(document, undone=True))
        elif document is None and steps:
            document = self._rebuilt(program, None, steps, source, undone=True)
        if is_meant and not is_merged:
            self._merge(program, document, source, into)
        elif is_merged and not is_meant:
            self.by_hand.unmerge(program, source, actor=ACTOR)

    def reward_once(self, program: Program, document: MergeDocument | ActivityDocument) -> None:
        """Keep rewards once that one person has twice, and give those again that two people may both have."""
        match document:
            case MergeDocument(undone=True):
                self._part(program, document.account)
            case MergeDocument():
                self._keep_once(program, self.joining.keep_once(program, document))
            case ActivityDocument():
                other = self.pen.ledger.document(program.slug, document.counted or document.reference)
                is_note = isinstance(other, ActivityDocument) and other.pricing == document.pricing
                if is_note:
                    self.parting.open_again(program, document.reference)
                else:
                    self.parting.give_again(program, document.reference, ACTOR)

    def is_apart(self, program: Program, document: ActivityDocument) -> bool:
        """Whether a reward is counted with another account that is not one with its own."""
        if not document.counted:
            return False
        other = self.pen.ledger.document(program.slug, document.counted)
        if not isinstance(other, ActivityDocument):
            return True
        one, two = (self.pen.stand(program, each.account).account for each in (document, other))
        return one != two

    def is_half_done(self, program: Program, document: MergeDocument) -> bool:
        """Whether rewards are not kept once although it is merged, or are kept once although it was undone."""
        if document.undone:
            return any(self._is_counted_elsewhere(program, reference) for reference in document.reversed)
        twice = kept_once(self.pen.ledger, program, document.account, document.into, in_time=unhurried)
        return bool(twice.noted or twice.reversed or self._twice(program, document) or self._unnoted(program, document))

    def _unnoted(self, program: Program, document: MergeDocument) -> list[ActivityDocument]:
        """Rewards of the account that left, posted again since, as they are to be noted for the one that stayed."""
        found = []
        for own in self._rewards(program, document.account, document.into):
            reference = renamed(own, document.into)
            is_own = own.account == document.account and own.counted is None
            if is_own and self.pen.ledger.document(program.slug, reference) is None:
                found.append(ActivityDocument(reference, document.into, own.pricing, 1, counted=own.reference))
        return found

    def _keep_once(self, program: Program, document: MergeDocument) -> None:
        for note in self._unnoted(program, document):
            noted = (*document.noted, note.reference)
            document = msgspec.structs.replace(document, noted=noted, revision=document.revision + 1)
            self.pen.write(program, (document, note))
        for later in self._twice(program, document):
            stand = self.pen.stand(program, later.account)
            posting = taken(program, stand, later)
            entry = following(program, stand, posting, ACTOR).before
            document = msgspec.structs.replace(
                document, reversed=(*document.reversed, later.reference), revision=document.revision + 1
            )
            self.pen.write(program, (document, posting.document), () if entry is None else (entry,))

    def _twice(self, program: Program, document: MergeDocument) -> list[ActivityDocument]:
        """Rewards that both still have, the later ones, as they will be; also those that were posted again since."""
        found = []
        for own in self._rewards(program, document.account, document.into):
            other = self.pen.ledger.document(program.slug, renamed(own, document.into))
            is_own = own.account == document.account and own.counted is None
            if is_own and isinstance(other, ActivityDocument) and other.counted is None:
                later, first = (own, other) if own.pricing.occurred_at >= other.pricing.occurred_at else (other, own)
                found.append(msgspec.structs.replace(later, counted=first.reference, revision=later.revision + 1))
        return found

    def _rewards(self, program: Program, source: AccountId, into: AccountId) -> Iterator[ActivityDocument]:
        """Rewards that are named in either journal."""
        named = [entry.document for account in (source, into) for entry in self.pen.journal(program, account)]
        for reference in dict.fromkeys(each for each in named if each.startswith("activity/")):
            document = self.pen.ledger.document(program.slug, reference)
            if isinstance(document, ActivityDocument):
                yield document

    def _is_counted_elsewhere(self, program: Program, reference: Reference) -> bool:
        known = self.pen.ledger.document(program.slug, reference)
        return isinstance(known, ActivityDocument) and bool(known.counted)

    def _part(self, program: Program, source: AccountId) -> None:
        """What follows a merge that was undone: it is done when the undoing is asked for again."""
        try:
            self.by_hand.unmerge(program, source, actor=ACTOR)
        except Refused as err:
            if err.reason != "already_unmerged":
                raise

    def _merge(
        self, program: Program, document: MergeDocument | None, source: AccountId, into: AccountId | None
    ) -> None:
        if into is None:
            raise Broken("merged_with_nobody_knows_whom", document=source)
        cause = Cause(ACTOR)
        if document is not None and document.into == into:
            cause = Cause(document.actor, document.reason, document.identities, document.cards)
        merged = self.joining.merge(program, source, into, cause, even_empty=True)
        if merged is not None and document is not None:
            self._write(program, self._with_rewards(program, merged, document))

    def _with_rewards(self, program: Program, document: MergeDocument, before: MergeDocument) -> MergeDocument:
        """The document, and what an earlier one of the same merge knew of rewards that are kept once still."""
        noted, reversed_ = (
            tuple(dict.fromkeys((*now, *(each for each in then if self._is_counted_elsewhere(program, each)))))
            for now, then in ((document.noted, before.noted), (document.reversed, before.reversed))
        )
        return msgspec.structs.replace(document, noted=noted, reversed=reversed_)

    def _without_halves(
        self,
        program: Program,
        reference: Reference,
        document: MergeDocument | None,
        accounts: Sequence[AccountId],
        cut: Cut,
    ) -> list[Step]:
        """The entries that are left when every half, and what comes behind it, has been put aside."""
        while True:
            steps = self._steps(program, reference, document, accounts)
            pairs: dict[tuple[int, str], list[Step]] = defaultdict(list)
            for step in steps:
                pairs[step.entry.occurred_at, step.entry.kind].append(step)
            halves = [pair[0].entry for pair in pairs.values() if len(pair) == 1]
            if not halves:
                return steps
            for half in halves:
                cut(half.account, half.seq - 1)

    def _steps(
        self,
        program: Program,
        reference: Reference,
        document: MergeDocument | None,
        accounts: Sequence[AccountId],
    ) -> list[Step]:
        found = self.pen.steps(program, reference, document, list(dict.fromkeys(accounts)))
        own = [step for step in found if step.entry.kind in ("merged", "unmerged")]
        return sorted(own, key=lambda step: (step.entry.occurred_at, step.entry.kind))

    def _rebuilt(
        self,
        program: Program,
        document: MergeDocument | None,
        steps: Sequence[Step],
        source: AccountId,
        *,
        undone: bool = False,
    ) -> MergeDocument:
        """The document of the last merge, as its entries tell it. Who and what led there is lost with a document."""
        merged = [step for step in steps if step.entry.kind == "merged"]
        at = merged[-1].entry.occurred_at
        out = next(step for step in merged if step.entry.account == source and step.entry.occurred_at == at)
        arrived = next(step.entry for step in merged if step.entry.account != source and step.entry.occurred_at == at)
        if document is not None and document.at == at:
            fresh = msgspec.structs.replace(document, undone=undone)
            return document if fresh == document else self._write(program, fresh)
        legs, rolled, status = 0, 0, out.entry.snap.status
        if out.before is not None:
            time = settle(out.before.snap, program.timeline, since=out.before.at, at=out.entry.at)
            legs, rolled, status = len(time.legs), len(time.rolled), out.before.snap.status
        noted, reversed_ = self._kept_once(program, source, arrived.account)
        return self._write(
            program,
            MergeDocument(
                Reference(f"merge/{source}"),
                source,
                arrived.account,
                revision=document.revision if document is not None else 0,
                undone=undone,
                at=at,
                arrived=arrived.seq,
                share=(legs, rolled),
                status="unclaimed" if status == "merged" else status,
                actor=out.entry.actor,
                noted=noted,
                reversed=reversed_,
            ),
        )

    def _kept_once(
        self, program: Program, source: AccountId, into: AccountId
    ) -> tuple[tuple[Reference, ...], tuple[Reference, ...]]:
        """Rewards that are only noted for the account that stayed, and those that were taken back."""
        noted: list[Reference] = []
        reversed_: list[Reference] = []
        for own in self._rewards(program, source, into):
            if own.counted:
                reversed_.append(own.reference)
            elif own.account == source:
                other = self.pen.ledger.document(program.slug, renamed(own, into))
                is_note = isinstance(other, ActivityDocument) and other.pricing == own.pricing
                if isinstance(other, ActivityDocument) and is_note and other.counted == own.reference:
                    noted.append(other.reference)
        return tuple(noted), tuple(reversed_)

    def _write(self, program: Program, document: MergeDocument) -> MergeDocument:
        after = msgspec.structs.replace(document, revision=document.revision + 1)
        self.pen.write(program, (after,))
        return after

    def _document(self, program: Program, reference: Reference) -> MergeDocument | None:
        document = self.pen.ledger.document(program.slug, reference)
        return document if isinstance(document, MergeDocument) else None


def _meant(document: MergeDocument | None, steps: Sequence[Step], source: AccountId) -> tuple[bool, AccountId | None]:
    """Whether the two are to be one, by the last that is known of it; and with whom, None when nobody knows."""
    last = steps[-1].entry if steps else None
    into = document.into if document is not None else None
    if last is None:
        return document is not None and not document.undone, into
    is_later = document is not None and document.at > last.occurred_at
    is_same = document is not None and document.at == last.occurred_at and last.kind == "merged"
    if document is not None and (is_later or is_same):
        return not document.undone, into
    for step in steps:
        if step.entry.kind == "merged":
            into = step.entry.snap.merged_to if step.entry.account == source else step.entry.account
    return last.kind == "merged", into
