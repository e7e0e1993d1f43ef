"""Limits that span orders, and counts of a day, made anew from what they count."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import Instant, Reference
from chalicelib.ledger.caps import Count, cap_reference, counts, wrong_limit
from chalicelib.ledger.documents import ActivityDocument, ByHandDocument, CapDocument, Document, OrderDocument
from chalicelib.ledger.journal import Entry
from chalicelib.programs.program import Program
from chalicelib.services.by_hand import count_reference
from chalicelib.services.pen import ACTOR, Pen
from chalicelib.services.reposting import Batch, Priced, worth_of


class LimitMending(msgspec.Struct, frozen=True):
    """Counts limits anew. Raises Refused or Broken for what must be looked at by a person."""

    pen: Pen

    def recount(self, program: Program, references: Collection[Reference]) -> None:
        """Let limits say what their orders count.

        A member's limit that cut too much, or too little, for the orders that are left is applied to them anew, in the
        order in which they were made. What a budget granted stays granted.
        """
        counting = self._counting(program, references)
        for reference in references:
            orders = counting[reference]
            known = self.pen.ledger.document(program.slug, reference)
            before = known if isinstance(known, CapDocument) else None
            if before is None and not orders:
                continue
            cap = _counted(program, reference, before, orders)
            if wrong_limit(cap):
                self._apply_anew(program, cap, orders)
            else:
                self.pen.write(program, (msgspec.structs.replace(cap, revision=cap.revision + 1),))

    def write_count(self, program: Program, reference: Reference, points: int) -> None:
        """Let the count of a day say so many points."""
        known = self.pen.ledger.document(program.slug, reference)
        if not isinstance(known, ByHandDocument):
            _, _, currency, _, by = reference.split("/", 4)
            known = ByHandDocument(reference, by, currency)
        self.pen.write(program, (msgspec.structs.replace(known, points=points, revision=known.revision + 1),))

    def _apply_anew(self, program: Program, cap: CapDocument, orders: Sequence[Priced]) -> None:
        account = cap.account or orders[0].account
        assert account is not None
        batch = Batch(self.pen.ledger, program, self.pen.stand(program, account))
        batch.caps[cap.reference] = msgspec.structs.replace(cap, wanted=0, given=0)
        for order in orders:
            if not batch.has_room(order):
                raise Refused("too_many_orders_for_one_limit", document=cap.reference, orders=len(orders))
            cuts = tuple(cut for cut in order.cuts if cut.cap != cap.reference)
            if isinstance(order, OrderDocument):
                batch.add(msgspec.structs.replace(order, cuts=cuts), actor=ACTOR)
            else:
                batch.add(msgspec.structs.replace(order, cuts=cuts), actor=ACTOR)
        self.pen.write(program, (*batch.documents, *batch.counted.values()), batch.entries)

    def _counting(self, program: Program, references: Collection[Reference]) -> Mapping[Reference, list[Priced]]:
        """By limit, the documents that count towards it, the oldest first."""
        found: dict[Reference, list[Priced]] = defaultdict(list)
        for kept in self.pen.audit.kept_documents(program.slug):
            document = kept.document
            if isinstance(document, OrderDocument | ActivityDocument):
                for cap, _ in counts(document):
                    if cap in references:
                        found[cap].append(document)
        for orders in found.values():
            orders.sort(key=lambda order: (order.pricing.occurred_at if order.pricing else 0, order.reference))
        return found


def _counted(
    program: Program, reference: Reference, known: CapDocument | None, orders: Sequence[Priced]
) -> CapDocument:
    """The limit with the sums of its orders, at the revision that is stored."""
    count = Count()
    for order in orders:
        for cap, own in counts(order):
            count = count.plus(own) if cap == reference else count
    if known is None:
        currency = next(cut.currency for order in orders for cut in order.cuts if cut.cap == reference)
        account = None if reference.startswith("budget/") else orders[0].account
        known = CapDocument(reference, currency, _most(program, reference, orders), account=account)
    most = max(known.most, count.given)
    return msgspec.structs.replace(known, most=most, wanted=count.wanted, given=count.given)


def _most(program: Program, reference: Reference, orders: Sequence[Priced]) -> int:
    """The highest that any version has named which prices one of the orders."""
    return max(
        (
            want.most
            for order in orders
            if order.account is not None
            for want in worth_of(program, order).wants
            if cap_reference(want, order.account) == reference
        ),
        default=0,
    )


class DayCounts(msgspec.Struct):
    """What was moved by hand in the last days, as entries tell it and as the counts say."""

    program: Program
    since: Instant
    moved: Counter[Reference] = msgspec.field(default_factory=Counter)
    told: dict[Reference, int] = msgspec.field(default_factory=dict)

    def entry(self, entry: Entry) -> None:
        """Count what an entry moved by hand."""
        if entry.at < self.since or entry.kind not in ("adjusted", "transferred"):
            return
        places = ("issued", "taken_back") if entry.kind == "adjusted" else ("transferred",)
        by = entry.actor if entry.kind == "adjusted" else entry.account
        for leg in entry.legs:
            if leg.place in places and (entry.kind == "adjusted" or leg.points > 0):
                reference = count_reference(self.program, entry.at, what=entry.kind, by=by, currency=leg.currency)
                self.moved[reference] += abs(leg.points)

    def document(self, document: Document) -> None:
        """Note a count."""
        if isinstance(document, ByHandDocument):
            self.told[document.reference] = document.points

    def wrong(self, now: Instant) -> Iterator[tuple[Reference, int]]:
        """Counts of these days that are not what was moved, and what was. Without a limit nothing is counted."""
        definition = self.program.in_force(now).definition
        limits = {"adjusted": definition.adjustments.at_most, "transferred": definition.transfers.at_most}
        first = count_reference(self.program, self.since, what="", by="", currency="").split("/")[3]
        for reference in sorted({*self.moved, *self.told}):
            _, what, currency, day, _ = reference.split("/", 4)
            is_counted = reference in self.told or currency in limits.get(what, {})
            if day > first and is_counted and self.told.get(reference, 0) != self.moved[reference]:
                yield reference, self.moved[reference]
