"""Documents of one account posted anew, outside any message of a sender: after a correction, after an agreement."""

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import Reference
from chalicelib.ledger.books import carried_over
from chalicelib.ledger.caps import changing, counted
from chalicelib.ledger.deeds import kept_deeds
from chalicelib.ledger.documents import ActivityDocument, CapDocument, Cut, OrderDocument, Target
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.orders import Posting, lines_returned, post, returned
from chalicelib.ledger.settle import Settled
from chalicelib.programs.activities import reward
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program
from chalicelib.services.journaling import Line, Standing, next_entry
from chalicelib.services.ports import Commit, Ledger

Priced = OrderDocument | ActivityDocument
_MOST_ITEMS = 100
"""Of one transaction of DynamoDB."""


def worth_of(program: Program, document: Priced) -> Target:
    """What a document should be worth by its own version, if no limit spanned orders. Raises Broken."""
    pricing = document.pricing
    if pricing is None:
        raise Broken("not_priced", document=document.reference)
    definition = program.version(pricing.version).definition
    if isinstance(document, ActivityDocument):
        activity = document.reference.removeprefix("activity/").partition(f"/{document.account}/")[0]
        return reward(definition, pricing, activity, kept_deeds(document))
    if document.facts is None:
        raise Broken("no_facts", document=document.reference)
    return price(definition, pricing, document.facts, returned(document), lines_returned(document))


class Batch(msgspec.Struct):
    """Documents posted one after the other from one standing, and written together, all or nothing.

    stand: where the account stands after what was added so far
    """

    ledger: Ledger
    program: Program
    stand: Standing
    documents: list[Priced] = msgspec.field(default_factory=list)
    entries: list[Entry] = msgspec.field(default_factory=list)
    caps: dict[Reference, CapDocument | None] = msgspec.field(default_factory=dict)
    counted: dict[Reference, CapDocument] = msgspec.field(default_factory=dict)

    def has_room(self, document: Priced) -> bool:
        """Does the document fit into the same transaction, with every limit it may count for?"""
        more = 2 + len(worth_of(self.program, document).wants) + len(document.cuts)
        return len(self.documents) + len(self.entries) + len(self.counted) + more <= _MOST_ITEMS

    def add(self, document: Priced, *, actor: str, is_repriced: bool = False) -> None:
        """Post the document as it is now; without a difference it is only written. Raises TryAgain, Broken.

        is_repriced: its version was replaced, so what was agreed on under the old one is carried over
        """
        document = msgspec.structs.replace(document, revision=document.revision + 1)
        target, cuts = self._limited(document, worth_of(self.program, document))
        document = msgspec.structs.replace(document, cuts=cuts)
        if is_repriced and isinstance(document, OrderDocument):
            document = carried_over(document, {worth.currency: worth.points for worth in target.worths})
        assert document.pricing is not None
        stand, pricing = self.stand, document.pricing
        posting = self._posted(document, target)
        self.documents.append(posting.document)
        if not posting.legs and not posting.rolled:
            return
        line = Line(
            kind="corrected",
            document=document.reference,
            occurred_at=pricing.occurred_at if posting.kind == "earned" else stand.at,
            actor=actor,
            version=pricing.version,
            name=document.name if isinstance(document, OrderDocument) else "",
            rules=target.rules,
            legs=posting.legs,
            rolled=posting.rolled,
        )
        entry = next_entry(stand, self.program, line)
        self.entries.append(entry)
        self.stand = Standing(entry.account, entry, Settled(entry.snap, (), ()), entry.at)

    def _posted(self, document: Priced, target: Target) -> Posting[OrderDocument] | Posting[ActivityDocument]:
        assert document.pricing is not None
        snap, at, calendar = self.stand.snap, self.stand.at, self.program.timeline.calendar
        ways = self.program.version(document.pricing.version).definition.refunds.ways
        if isinstance(document, OrderDocument):
            return post(document, target, snap, at=at, calendar=calendar, ways=ways)
        return post(document, target, snap, at=at, calendar=calendar, ways=ways)

    def commit(self, ends_at: int | None) -> Commit:
        """All of it. `ends_at`: when the items of an unclaimed account may go."""
        return Commit(
            program=self.program.slug,
            documents=(*self.documents, *self.counted.values()),
            entries=tuple(self.entries),
            ends_at=ends_at,
        )

    def _limited(self, document: Priced, target: Target) -> tuple[Target, tuple[Cut, ...]]:
        """The target within its limits, each of which is written once for the whole batch."""
        account = document.account or self.stand.account
        for reference in changing(target, document.cuts, account):
            if reference not in self.caps:
                self.caps[reference] = self._cap(reference)
        within = counted(target, document.cuts, account, self.caps)
        for cap in within.caps:
            self.counted[cap.reference] = cap
            self.caps[cap.reference] = msgspec.structs.replace(cap, revision=cap.revision - 1)
        return within.target, within.cuts

    def _cap(self, reference: Reference) -> CapDocument | None:
        stored = self.ledger.document(self.program.slug, reference)
        if stored is not None and not isinstance(stored, CapDocument):
            raise Broken("not_a_limit", document=reference)
        return stored
