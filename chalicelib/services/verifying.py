"""The checker over everything stored: `pointpass verify`, and every night.

Promises 1 to 6 are each journal's own (`ledger.check`). The others are between journals, documents, views and time:
7 a document's entries come to what it says, and that is what its rules give; 8 no fact is counted twice; 9 what was
used is in the journal exactly once, and no entry is there for a fact that nobody knows; 10 a hold is captured once at
most; 11 views are the newest entries; 12 nothing waits longer than it may; 14 what was sealed is still there.
(13, that no entry is ever changed or removed, is watched by the journal's stream.)

One pass over the journals and one over the documents. What they leave behind goes to a tally on disk, so that memory
does not grow with the ledger.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

import msgspec

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.caps import counts
from chalicelib.ledger.check import Violation, examined
from chalicelib.ledger.documents import CapDocument, Document
from chalicelib.ledger.journal import Entry
from chalicelib.ledger.seals import Leaf
from chalicelib.ledger.stored import Stored, checkable
from chalicelib.ledger.sums import Moved, done, owners, said
from chalicelib.programs.program import Program
from chalicelib.services.limits_look import LimitsLook
from chalicelib.services.overdue import overdue, parked_too_long
from chalicelib.services.ports import Audit, Clock, Ledger, Views
from chalicelib.services.ports.ledger import Kept
from chalicelib.services.ports.tally import Head, Tally, Told
from chalicelib.services.second_look import SecondLook, ended_by
from chalicelib.services.targets import once, wrong_target

MOST_TOLD = 1_000
"""Violations beyond these are counted, not kept."""

Follower = Callable[[AccountId, Sequence[Entry]], None]
"""Is shown every account's readable entries, oldest first."""
Watch = Callable[[str, int], None]
"""Is told what is read ("entries", "documents") and how many there were so far."""


def unwatched(what: str, count: int) -> None:
    """Nobody watches."""


class Found(msgspec.Struct, frozen=True):
    """What the checker looked at, and what does not hold.

    more: violations that are not among `violations`      milliseconds: how long it took
    gone: of all violations, entries that were sealed and are not there any more
    """

    accounts: int
    entries: int
    documents: int
    violations: tuple[Violation, ...]
    more: int = 0
    milliseconds: int = 0
    gone: int = 0

    @property
    def per_second(self) -> int:
        """Entries checked in a second; 0 when it took no time."""
        return self.entries * 1_000 // self.milliseconds if self.milliseconds else 0


class _Pass(msgspec.Struct):
    """One reading of a program: what was counted and found so far."""

    program: Program
    tally: Tally
    now: Instant
    watch: Watch
    followers: Sequence[Follower]
    accounts: int = 0
    entries: int = 0
    documents: int = 0
    wrong: list[Violation] = msgspec.field(default_factory=list)
    more: int = 0
    gone: int = 0

    def add(self, violations: Iterable[Violation]) -> None:
        for violation in violations:
            self.gone += violation.promise == 14
            if len(self.wrong) < MOST_TOLD:
                self.wrong.append(violation)
            else:
                self.more += 1


class Verification(msgspec.Struct, frozen=True):
    """Reads every journal, document and view of a program and checks all promises."""

    ledger: Ledger
    audit: Audit
    views: Views
    clock: Clock
    new_tally: Callable[[], AbstractContextManager[Tally]]

    def verify(self, program: Program, *, watch: Watch = unwatched, followers: Sequence[Follower] = ()) -> Found:
        """Check a program. Raises TryAgain."""
        with self.new_tally() as tally:
            return self.check(program, tally, watch=watch, followers=followers)

    def check(
        self, program: Program, tally: Tally, *, watch: Watch = unwatched, followers: Sequence[Follower] = ()
    ) -> Found:
        """The same with the caller's tally: it may hold sealed entries, and knows every newest entry afterwards."""
        began = self.clock.now()
        reading = _Pass(program, tally, began, watch, followers)
        for viewed in self.views.each(program.slug):
            tally.view(viewed)
        for account, stored in self.audit.journals(program.slug):
            self._read_journal(reading, account, stored)
        for kept in self.audit.kept_documents(program.slug):
            self._read_document(reading, kept)
        reading.add(self._compared(program, tally))
        return Found(
            reading.accounts,
            reading.entries,
            reading.documents,
            tuple(reading.wrong),
            reading.more,
            self.clock.now() - began,
            reading.gone,
        )

    def _read_journal(self, reading: _Pass, account: AccountId, stored: Sequence[Stored]) -> None:
        rows = checkable(stored, reading.now)
        limit = ended_by(reading.program, reading.now)
        found = list(examined(account, rows, reading.program.timeline, ended_by=limit))
        entries = [entry for entry in found if isinstance(entry, Entry)]
        if len(entries) < len(found):
            reading.add(self._again().journal(reading.program, account))
        leaf = reading.tally.sealed(account)
        if leaf is not None:
            reading.add(_unsealed(leaf, stored, reading.now))
        reading.accounts += 1
        reading.entries += len(stored)
        reading.watch("entries", reading.entries)
        if not entries:
            return
        newest, ended = entries[-1], {row.seq for row in rows if row.has_ended(reading.now)}
        is_cut = bool(ended) or entries[0].seq > 1
        head = Head(account, newest.seq, newest.hash, newest.at, rows[-1].ends_at, is_cut, newest.snap.merged_to)
        reading.tally.journal(head, (moved for entry in entries if entry.seq not in ended for moved in done(entry)))
        reading.add(overdue(newest, reading.now))
        for follow in reading.followers:
            follow(account, entries)

    def _read_document(self, reading: _Pass, kept: Kept) -> None:
        if kept.ends_at is not None and kept.ends_at <= reading.now:
            return
        reading.documents += 1
        reading.watch("documents", reading.documents)
        document = kept.document
        if document is None:
            reading.add([Violation(AccountId("nobody"), 0, 7, f"{kept.reference} cannot be read")])
            return
        own = owners(document)
        sums = said(document, reading.now)
        reading.tally.document(
            Told(kept.reference, own, once(document)), (Moved(kept.reference, *each) for each in sums.items())
        )
        count_limits(reading.tally, document)
        account = own[0] if own else AccountId("nobody")
        reading.add(Violation(account, 0, 7, says) for says in wrong_target(reading.program, document))
        reading.add(parked_too_long(document, reading.now))

    def _compared(self, program: Program, tally: Tally) -> Iterator[Violation]:
        again = self._again()
        for reference in tally.suspects():
            yield from again.document(program, reference, tally.journals_of(reference))
        for account, what in tally.twice():
            yield Violation(account, 0, 8, f"one person was rewarded more than once for {what}")
        yield from self._wrong_limits(program, tally)
        for viewed in tally.unlike():
            yield from again.view(program, viewed)
        now = self.clock.now()
        for leaf in tally.lost():
            yield from _unsealed(leaf, (), now)

    def _wrong_limits(self, program: Program, tally: Tally) -> Iterator[Violation]:
        limits = list(tally.overdrawn())
        if limits:
            whole = {head.account for head in tally.heads() if not head.is_cut}
            look = LimitsLook(self.ledger, self.audit, self.clock)
            yield from look.wrong(program, limits, is_whole=lambda account: account in whole)

    def _again(self) -> SecondLook:
        return SecondLook(self.ledger, self.audit, self.views, self.clock)


def count_limits(tally: Tally, document: Document) -> None:
    """Let the tally hold a limit against the documents that count towards it."""
    if isinstance(document, CapDocument):
        tally.limit(document.reference, document.wanted, document.given)
    for cap, count in counts(document):
        tally.limit(cap, -count.wanted, -count.given)


def _unsealed(leaf: Leaf, stored: Sequence[Stored], now: Instant) -> Iterator[Violation]:
    """Whether the entry that was sealed is there no more. Promise 2 says whether its text still has this hash."""
    row = next((row for row in stored if row.seq == leaf.seq), None)
    if row is None:
        if not leaf.ends_at or leaf.ends_at > now:
            yield Violation(leaf.account, leaf.seq, 14, "an entry that was sealed has been taken away")
    elif row.hash != leaf.hash:
        yield Violation(leaf.account, leaf.seq, 14, "an entry that was sealed has been replaced by another")
