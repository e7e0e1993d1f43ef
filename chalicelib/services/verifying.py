"""The checker over everything stored: `pointpass verify`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.chain import decode
from chalicelib.ledger.check import Violation, violations
from chalicelib.ledger.documents import (
    ActivityDocument,
    Document,
    OrderDocument,
    PaymentDocument,
    RedemptionDocument,
    Worth,
)
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.orders import returned
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program
from chalicelib.services.ports import Audit, Clock, Views

_LAG = 60_000
"""Milliseconds that a view may be behind its journal before it counts as forgotten."""

Sums = Mapping[tuple[Reference, str], int]


@dataclass(frozen=True, slots=True)
class Found:
    """What the checker looked at, and what does not hold."""

    accounts: int
    entries: int
    documents: int
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Reads every journal and document of a program and checks all promises."""

    audit: Audit
    views: Views
    clock: Clock

    def verify(self, program: Program) -> Found:
        """Check a program. Promises 1 to 6 are the journal's own; 7: documents agree with it; 11: so do the views."""
        wrong: list[Violation] = []
        cut: set[AccountId | None] = set()
        posted: dict[tuple[Reference, str], int] = defaultdict(int)
        count = 0
        accounts = self.audit.accounts(program.slug)
        for account in accounts:
            stored = self.audit.raw_journal(program.slug, account)
            count += len(stored)
            wrong += violations(account, stored, program.timeline)
            entries = list(_readable(stored))
            if entries and entries[0].seq > 1:
                cut.add(account)  # its unclaimed beginning reached its end: the sums are no longer whole
            _add_up(entries, posted)
            wrong += self._wrong_view(program, account, entries)
        documents = self.audit.documents(program.slug)
        for document in documents:
            if not isinstance(document, PaymentDocument) and document.account not in cut:
                wrong += _wrong_document(program, document, posted)
        return Found(len(accounts), count, len(documents), tuple(wrong))

    def _wrong_view(self, program: Program, account: AccountId, entries: list[Entry]) -> Iterator[Violation]:
        seq = self.views.seq(program.slug, account)
        if not entries or seq == entries[-1].seq:
            return
        if seq > entries[-1].seq or entries[-1].at + _LAG < self.clock.now():
            yield Violation(account, entries[-1].seq, 11, f"the view stands at entry {seq}")


def _readable(stored: Sequence[tuple[int, str, str]]) -> Iterator[Entry]:
    for _, line, hashed in stored:
        try:
            yield decode(line, hashed)
        except Broken:
            return


def _add_up(entries: list[Entry], posted: dict[tuple[Reference, str], int]) -> None:
    """What each document did to the totals: earned less taken back, or redeemed."""
    for entry in entries:
        for leg in entry.legs:
            if leg.place in ("issued", "taken_back"):
                posted[entry.document, leg.currency] -= leg.points
            elif leg.place == "redeemed":
                posted[entry.document, f"{leg.currency}/redeemed"] += leg.points


def _wrong_document(program: Program, document: Document, posted: Sums) -> Iterator[Violation]:
    match document:
        case OrderDocument():
            yield from _wrong_order(program, document, posted)
        case ActivityDocument():
            yield from _wrong_worths(document.account, document.reference, document.posted, posted)
        case RedemptionDocument():
            kept = document.points - document.returned
            journal = posted.get((document.reference, f"{document.currency}/redeemed"), 0)
            if kept != journal:
                yield _differs(document.account, document.reference, kept, journal)


def _wrong_order(program: Program, document: OrderDocument, posted: Sums) -> Iterator[Violation]:
    account = document.account or AccountId("nobody")
    yield from _wrong_worths(account, document.reference, document.posted, posted)
    if document.pricing is None or document.facts is None or document.state != "posted":
        return
    definition = program.version(document.pricing.version).definition
    target = price(definition, document.pricing, document.facts, returned(document))
    should = {worth.currency: worth.points for worth in target.worths}
    are = {worth.currency: worth.points for worth in document.posted}
    if should != are:
        yield Violation(account, 0, 7, f"{document.reference} should be worth {should}, but {are} was posted")


def _wrong_worths(
    account: AccountId, reference: Reference, worths: Sequence[Worth], posted: Sums
) -> Iterator[Violation]:
    for worth in worths:
        journal = posted.get((reference, worth.currency), 0)
        if journal != worth.points:
            yield _differs(account, reference, worth.points, journal)


def _differs(account: AccountId, reference: Reference, document: int, journal: int) -> Violation:
    return Violation(account, 0, 7, f"{reference} says {document} points, its entries say {journal}")
