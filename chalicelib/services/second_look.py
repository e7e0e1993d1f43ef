"""A second, exact look at whatever seemed wrong while the whole ledger was read.

Reading everything takes minutes, in which the ledger goes on: what was read at different moments need not agree. So
nothing is called wrong before it was read again, at one moment: a document before and after its entries.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.chain import decode
from chalicelib.ledger.check import Violation, examined
from chalicelib.ledger.documents import Document, RedemptionDocument
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.stored import checkable, lasting
from chalicelib.ledger.sums import done, owners, said
from chalicelib.programs.program import Program
from chalicelib.services.ports import Audit, Clock, Ledger, Views
from chalicelib.services.ports.ledger import Viewed

_TRIES = 5
_DAY = 86_400_000
_LAG = 60_000
"""Milliseconds that a view may be behind its journal before it counts as forgotten."""


def ended_by(program: Program, now: Instant) -> Instant:
    """Entries made later than this have not reached their end, whatever version kept them."""
    keeps = [version.definition.guests.keep_days for version in program.versions]
    return now - min((days for days in keeps if days is not None), default=0) * _DAY


class Deeds(msgspec.Struct):
    """What the journals of one person did for one document.

    sums: by what is counted      at: the newest entry that names it
    strays: entries in journals that are not its owners'      is_whole: False when some entries have ended
    """

    sums: Counter[str] = msgspec.field(default_factory=Counter)
    at: tuple[AccountId, int] | None = None
    strays: list[tuple[AccountId, int]] = msgspec.field(default_factory=list)
    is_whole: bool = True


class SecondLook(msgspec.Struct, frozen=True):
    """Reads single accounts and documents, strongly consistent."""

    ledger: Ledger
    audit: Audit
    views: Views
    clock: Clock

    def journal(self, program: Program, account: AccountId) -> Sequence[Violation]:
        """What is wrong with an account's journal."""
        now = self.clock.now()
        rows = checkable(self.audit.raw_journal(program.slug, account), now)
        found = examined(account, rows, program.timeline, ended_by=ended_by(program, now))
        return [each for each in found if isinstance(each, Violation)]

    def document(self, program: Program, reference: Reference, seen: Sequence[AccountId]) -> Iterator[Violation]:
        """How a document and its entries differ. `seen`: accounts whose entries name it."""
        for _ in range(_TRIES):
            document = self.ledger.document(program.slug, reference)
            deeds = self.deeds(program, reference, document, seen)
            if self.ledger.document(program.slug, reference) == document:
                yield from _differences(reference, document, deeds, self.clock.now())
                return

    def is_right(self, program: Program, reference: Reference, seen: Sequence[AccountId]) -> bool:
        """Whether all entries of a document are there, and come to what it says."""
        document = self.ledger.document(program.slug, reference)
        deeds = self.deeds(program, reference, document, seen)
        return deeds.is_whole and not any(_differences(reference, document, deeds, self.clock.now()))

    def deeds(
        self, program: Program, reference: Reference, document: Document | None, seen: Sequence[AccountId] = ()
    ) -> Deeds:
        """What the entries did for a document: in its owners' journals, those they became, and where it was seen."""
        deeds, read = Deeds(), dict.fromkeys(owners(document) if document else ())
        waiting = list(read)
        while waiting:
            for entry in self._entries(program, waiting.pop(), deeds):
                into = entry.snap.merged_to
                if into is not None and into not in read:
                    read[into] = None
                    waiting.append(into)
                _count(deeds, reference, entry)
        for account in seen:
            if account not in read:
                self._stray(program, account, reference, deeds, is_owned=document is not None)
        return deeds

    def _stray(
        self, program: Program, account: AccountId, reference: Reference, deeds: Deeds, *, is_owned: bool
    ) -> None:
        """Entries in a journal that is not an owner's. What came to nothing there has been put right."""
        own = Deeds()
        numbers = [entry.seq for entry in self._entries(program, account, deeds) if _count(own, reference, entry)]
        deeds.sums.update(own.sums)
        deeds.at = own.at or deeds.at
        if is_owned and any(own.sums.values()):
            deeds.strays += [(account, number) for number in numbers]

    def view(self, program: Program, viewed: Viewed) -> Iterator[Violation]:
        """Whether an account's view is its newest entry, or will be within a minute. `viewed`: what it showed."""
        account = viewed.account
        newest = self._newest(program, account)
        seq = self.views.seq(program.slug, account)
        if newest is None:
            if seq and not self.audit.raw_journal(program.slug, account):
                yield Violation(account, seq, 11, "the view shows an account that has no journal")
            return
        if seq > newest.seq or (seq < newest.seq and newest.at + _LAG < self.clock.now()):
            yield Violation(account, newest.seq, 11, f"the view stands at entry {seq}")
        elif seq == newest.seq == viewed.seq and viewed.hash != newest.hash:
            yield Violation(account, newest.seq, 11, "the view shows another entry under this number")

    def _newest(self, program: Program, account: AccountId) -> Entry | None:
        try:
            return self.ledger.newest(program.slug, account)
        except Broken:
            return None

    def _entries(self, program: Program, account: AccountId, deeds: Deeds) -> Iterator[Entry]:
        now = self.clock.now()
        journal = lasting(self.audit.raw_journal(program.slug, account), now)
        if not journal or journal[0].seq > 1:
            deeds.is_whole = False
        for row in journal:
            try:
                yield decode(row.line, row.hash)
            except Broken:
                deeds.is_whole = False
                return


def _count(deeds: Deeds, reference: Reference, entry: Entry) -> bool:
    """Add what an entry did for the document; whether it did anything."""
    own = [moved for moved in done(entry) if moved.reference == reference]
    for moved in own:
        deeds.sums[moved.what] += moved.points
    if own:
        deeds.at = (entry.account, entry.seq)
    return bool(own)


def _differences(reference: Reference, document: Document | None, deeds: Deeds, now: Instant) -> Iterator[Violation]:
    account, seq = deeds.at or (_owner(document), 0)
    if document is None:
        if deeds.at is not None:
            yield Violation(account, seq, 9, f"there is no document {reference}, but an entry was made for it")
        return
    for stray_account, stray in deeds.strays:
        yield Violation(stray_account, stray, 8, f"{reference} belongs to {_owner(document)}, and is counted here too")
    if deeds.strays or not deeds.is_whole:
        return
    wanted = said(document, now)
    for what in sorted({*wanted, *deeds.sums}):
        should, did = wanted.get(what, 0), deeds.sums[what]
        if should != did and not _will_be_freed(document, what, did):
            yield Violation(account, seq, _promise(document, what, did), _differs(reference, what, should, did))


def _will_be_freed(document: Document, what: str, did: int) -> bool:
    """A hold whose time is over still is in the journal until its account's next entry."""
    return (
        isinstance(document, RedemptionDocument)
        and document.state == "held"
        and what == f"{document.currency} held"
        and did == document.points
    )


def _promise(document: Document, what: str, did: int) -> int:
    if what.endswith(" times used"):
        return 10 if did > 1 else 9
    return 9 if isinstance(document, RedemptionDocument) and did == 0 else 7


def _differs(reference: Reference, what: str, should: int, did: int) -> str:
    return f"{reference} says {should} {what}, its entries say {did}"


def _owner(document: Document | None) -> AccountId:
    own = owners(document) if document else ()
    return own[0] if own else AccountId("nobody")


def sums_of(deeds: Deeds) -> Mapping[str, int]:
    """What the entries came to, without what came to nothing."""
    return {what: points for what, points in deeds.sums.items() if points}
