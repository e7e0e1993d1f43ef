"""What a repair reads and writes: a document's entries wherever they are, and the next entry that puts it right."""

from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.errors import Refused
from chalicelib.events import AccountId, Reference
from chalicelib.ledger.chain import decode
from chalicelib.ledger.documents import Document
from chalicelib.ledger.journal import Entry, EntryKind, Leg, Rolled
from chalicelib.ledger.mending import Step
from chalicelib.ledger.sums import done, owners
from chalicelib.programs.program import Program
from chalicelib.services.accounts import Accounts
from chalicelib.services.by_hand import awake
from chalicelib.services.journaling import Line, Standing, next_entry, standing
from chalicelib.services.ports import Audit, Clock, Commit, Ledger, Outcome

ACTOR = "repair"


class Pen(msgspec.Struct, frozen=True):
    """Reads journals whole and writes single entries."""

    ledger: Ledger
    audit: Audit
    accounts: Accounts
    clock: Clock

    def stand(self, program: Program, account: AccountId) -> Standing:
        """The account, or the one that carries it, settled to now."""
        return standing(self.ledger, program, account, self.clock.now())

    def journal(self, program: Program, account: AccountId) -> Iterator[Entry]:
        """All entries of an account, oldest first."""
        return (decode(row.line, row.hash) for row in self.audit.raw_journal(program.slug, account))

    def steps(
        self, program: Program, reference: Reference, document: Document | None, seen: Sequence[AccountId]
    ) -> Sequence[Step]:
        """A document's entries: in its owners' journals and in those that were seen to name it, oldest first."""
        found: list[Step] = []
        for account in dict.fromkeys((*(owners(document) if document else ()), *seen)):
            before = None
            for entry in self.journal(program, account):
                if any(moved.reference == reference for moved in done(entry)):
                    found.append(Step(before, entry))
                before = entry
        return sorted(found, key=lambda step: step.entry.at)

    def entry(
        self,
        program: Program,
        stand: Standing,
        kind: EntryKind,
        reference: Reference,
        legs: Sequence[Leg],
        *,
        rolled: Sequence[Rolled] = (),
        actor: str = ACTOR,
        name: str = "",
    ) -> Entry:
        """The next entry of an account."""
        version = program.in_force(stand.at).sha
        line = Line(kind, reference, stand.at, actor, version, name=name, legs=tuple(legs), rolled=tuple(rolled))
        return next_entry(stand, program, line if kind == "redeemed" else awake(stand, line))

    def write(self, program: Program, documents: Sequence[Document], entries: Sequence[Entry] = ()) -> None:
        """Write them together. Raises Refused("somebody_else_writes")."""
        ends = [self.accounts.ends_at(program, entry) for entry in entries]
        ends_at = ends[0] if len(ends) == 1 else None
        outcome = self.ledger.commit(Commit(program.slug, tuple(documents), tuple(entries), ends_at=ends_at))
        if outcome is not Outcome.COMMITTED:
            raise Refused("somebody_else_writes", outcome=outcome.value)
