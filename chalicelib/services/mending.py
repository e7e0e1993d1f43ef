"""One document and its entries brought together again, by the rules that post everything else."""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.documents import (
    ActivityDocument,
    AdjustmentDocument,
    Document,
    OrderDocument,
    RedemptionDocument,
    Rolling,
    Target,
    TransferDocument,
    Worth,
)
from chalicelib.ledger.journal import Tier
from chalicelib.ledger.level_document import LevelDocument
from chalicelib.ledger.mending import FACTS_LOST, Step, aligned, rebuilt
from chalicelib.ledger.mending_households import told_together
from chalicelib.ledger.orders import Posting, post
from chalicelib.ledger.people_documents import HouseholdUseDocument
from chalicelib.programs.program import Program
from chalicelib.programs.tiers import level_now
from chalicelib.services.journaling import Standing
from chalicelib.services.mending_merges import Cut
from chalicelib.services.mending_uses import give_again, readjust, respend, transfer_again
from chalicelib.services.pen import ACTOR, Pen
from chalicelib.services.reposting import Batch


class Mending(msgspec.Struct, frozen=True):
    """Puts single documents right. Raises Refused or Broken for what must be looked at by a person."""

    pen: Pen

    def mend(self, program: Program, reference: Reference, seen: Sequence[AccountId], cut: Cut) -> None:
        """Bring a document and its entries together. `seen`: accounts whose entries name it."""
        document = self.pen.ledger.document(program.slug, reference)
        steps = self.pen.steps(program, reference, document, seen)
        match document:
            case None:
                self._rebuild(program, reference, steps, cut)
            case OrderDocument() | ActivityDocument():
                self._repost(program, document, steps)
            case RedemptionDocument():
                respend(self.pen, program, document, steps)
            case LevelDocument():
                give_again(self.pen, program, document, steps)
            case AdjustmentDocument():
                readjust(self.pen, program, document, steps)
            case TransferDocument():
                transfer_again(self.pen, program, document, steps)
            case HouseholdUseDocument():
                self._regather(program, document, steps)
            case _:
                raise Broken("needs_a_person", document=reference)

    def open_again(self, program: Program, account: AccountId) -> None:
        """Take back what an account was given, and let its documents forget what they know: it is told again."""
        for reference in dict.fromkeys(entry.document for entry in self.pen.journal(program, account)):
            document = self.pen.ledger.document(program.slug, reference)
            if isinstance(document, OrderDocument | ActivityDocument) and document.account == account:
                stand = self.pen.stand(program, account)
                posting = _taken_back(program, document, stand)
                after: Document = posting.document
                if isinstance(document, OrderDocument):
                    after = OrderDocument(reference)
                after = msgspec.structs.replace(after, revision=document.revision + 1)
                if posting.legs or posting.rolled:
                    legs, rolled = posting.legs, posting.rolled
                    entry = self.pen.entry(program, stand, "taken_back", reference, legs, rolled=rolled)
                    self.pen.write(program, (after,), (entry,))
                else:
                    self.pen.write(program, (after,))

    def _rebuild(self, program: Program, reference: Reference, steps: Sequence[Step], cut: Cut) -> None:
        if not steps:  # they have been put aside since
            return
        if reference.startswith("household-use/"):
            document: Document | None = told_together(reference, steps)
        else:
            document = _anew(program, reference, steps)
        if document is None and steps[0].entry.kind == "transferred":
            for step in steps:  # nobody knows who the other one was: half a gift never happened
                cut(step.entry.account, step.entry.seq - 1)
            return
        if document is None:
            raise Broken("needs_a_person", document=reference)
        self.pen.write(program, (document,))

    def _regather(self, program: Program, document: HouseholdUseDocument, steps: Sequence[Step]) -> None:
        """Let the document say what its members' entries did: whoever's entry is lost has the points again."""
        told = told_together(document.reference, steps)
        after = msgspec.structs.replace(
            document,
            points=told.points if told else 0,
            drawn=told.drawn if told else (),
            returned=told.returned if told else 0,
            revision=document.revision + 1,
        )
        self.pen.write(program, (after,))

    def _repost(self, program: Program, document: OrderDocument | ActivityDocument, steps: Sequence[Step]) -> None:
        """Let the document say what its entries did, then post what is missing."""
        if isinstance(document, OrderDocument) and (document.facts is None or document.pricing is None):
            self._wait(program, document, steps)
            return
        if isinstance(document, ActivityDocument) and document.counted:
            self._take_back(program, aligned(document, steps))
            return
        account = document.account or steps[0].entry.account
        batch = Batch(self.pen.ledger, program, self.pen.stand(program, account))
        if isinstance(document, OrderDocument):
            batch.add(aligned(document, steps), actor=ACTOR)
        else:
            batch.add(aligned(document, steps), actor=ACTOR)
        self.pen.write(program, (*batch.documents, *batch.counted.values()), batch.entries)

    def _take_back(self, program: Program, document: ActivityDocument) -> None:
        """A reward that is counted with another account is worth nothing here."""
        stand = self.pen.stand(program, document.account)
        posting = _taken_back(program, document, stand)
        after = msgspec.structs.replace(posting.document, revision=document.revision + 1)
        moved = posting.legs or posting.rolled
        kind, legs, rolled = posting.kind, posting.legs, posting.rolled
        entry = self.pen.entry(program, stand, kind, document.reference, legs, rolled=rolled) if moved else None
        self.pen.write(program, (after,), () if entry is None else (entry,))

    def _wait(self, program: Program, document: OrderDocument, steps: Sequence[Step]) -> None:
        """The entries know more than the document, which waits to be told again."""
        if not steps:  # it was made anew from entries that have been put aside since
            nothing = msgspec.structs.replace(document, posted=(), rolled=(), revision=document.revision + 1)
            self.pen.write(program, (nothing,))
            return
        lost = _anew(program, document.reference, steps)
        assert isinstance(lost, OrderDocument)
        known = msgspec.structs.replace(
            aligned(document, steps),
            account=lost.account,
            name=document.name or lost.name,
            pricing=document.pricing or lost.pricing,
            reason=FACTS_LOST,
            revision=document.revision + 1,
        )
        self.pen.write(program, (known,))


def _taken_back(
    program: Program, document: OrderDocument | ActivityDocument, stand: Standing
) -> Posting[OrderDocument] | Posting[ActivityDocument]:
    nothing = Target(
        worths=tuple(Worth(worth.currency, 0, worth.lot) for worth in document.posted),
        rolling=tuple(Rolling(rolling.metric, 0, rolling.leaves) for rolling in document.rolled),
    )
    calendar = program.timeline.calendar
    if isinstance(document, OrderDocument):
        return post(document, nothing, stand.snap, at=stand.at, calendar=calendar)
    return post(document, nothing, stand.snap, at=stand.at, calendar=calendar)


def _anew(program: Program, reference: Reference, steps: Sequence[Step]) -> Document | None:
    version = program.version(steps[0].entry.version)
    return rebuilt(reference, steps, version.sha, first_level=level_now(version.definition.tiers, Tier()))
