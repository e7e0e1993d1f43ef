"""Doing something to the ledger without doing it: every write stays here, and can be looked at.

A rehearsal reads what is stored, and what it wrote itself before that. It is thrown away afterwards.
"""

from collections.abc import Sequence

from chalicelib.errors import Broken
from chalicelib.events import AccountId, Instant, Reference
from chalicelib.ledger.documents import Document
from chalicelib.ledger.journal import Entry
from chalicelib.members.people import Identity, Member, Proof
from chalicelib.services.ports import Commit, Delivery, Ledger, Members, Outcome


class RehearsedMembers:
    """ports.Members over the real ones; identities are written here. Nothing else may be."""

    def __init__(self, real: Members) -> None:
        self._real = real
        self.written: dict[tuple[str, str], Identity] = {}

    def identity(self, program: str, index: str, *, strong: bool = False) -> Identity | None:
        return self.written.get((program, index)) or self._real.identity(program, index, strong=strong)

    def identities(self, program: str) -> Sequence[Identity]:
        return self._real.identities(program)

    def put_identity(self, program: str, identity: Identity, *, was: Identity | None) -> bool:
        if self.identity(program, identity.index, strong=True) != was:
            return False
        self.written[program, identity.index] = identity
        return True

    def member(self, program: str, member: str) -> Member | None:
        return self._real.member(program, member)

    def proof(self, program: str, key: str) -> Proof | None:
        return self._real.proof(program, key)

    def remove_identity(self, program: str, index: str) -> None:
        raise Broken("rehearsal_writes_nothing")

    def put_member(self, program: str, member: Member) -> None:
        raise Broken("rehearsal_writes_nothing")

    def erase_member(self, program: str, member: str) -> None:
        raise Broken("rehearsal_writes_nothing")

    def put_proof(self, program: str, proof: Proof, *, was: Proof | None) -> bool:
        raise Broken("rehearsal_writes_nothing")

    def count(self, program: str, counter: str, *, ends_at: Instant) -> int:
        raise Broken("rehearsal_writes_nothing")


class RehearsedLedger:
    """ports.Ledger over the real one. `documents` and `entries`: what would have been written, in order."""

    def __init__(self, real: Ledger, members: RehearsedMembers) -> None:
        self._real = real
        self._members = members
        self.documents: dict[Reference, Document] = {}
        self.written: list[Entry] = []

    def document(self, program: str, reference: Reference) -> Document | None:
        return self.documents.get(reference) or self._real.document(program, reference)

    def newest(self, program: str, account: AccountId) -> Entry | None:
        mine = self._mine(account)
        return mine[-1] if mine else self._real.newest(program, account)

    def entries(self, program: str, account: AccountId, *, newest_first: bool, limit: int | None) -> Sequence[Entry]:
        stored = self._real.entries(program, account, newest_first=False, limit=None)
        whole = [*stored, *self._mine(account)]
        return (whole[::-1] if newest_first else whole)[:limit]

    def commit(self, commit: Commit) -> Outcome:
        for document in commit.documents:
            stored = self.document(commit.program, document.reference)
            if document.revision != (stored.revision if stored else 0) + 1:
                return Outcome.DOCUMENT_MOVED
        for entry in commit.entries:
            newest = self.newest(commit.program, entry.account)
            if entry.seq != (newest.seq if newest else 0) + 1:
                return Outcome.ENTRY_TAKEN
        for identity in commit.identities:
            if not self._members.put_identity(commit.program, identity, was=None):
                return Outcome.IDENTITY_TAKEN
        self.documents |= {document.reference: document for document in commit.documents}
        self.written += commit.entries
        return Outcome.COMMITTED

    def keep_documents(self, program: str, references: Sequence[Reference]) -> None:
        """Nothing here has an end."""

    def _mine(self, account: AccountId) -> list[Entry]:
        return [entry for entry in self.written if entry.account == account]


class NoInbox:
    """ports.Inbox that keeps nothing."""

    def keep(self, delivery: Delivery, why: str) -> str:
        return f"{delivery.program}/{delivery.connection}/{why}"

    def read(self, key: str) -> Delivery | None:
        return None

    def kept(self, why: str) -> Sequence[str]:
        return ()

    def waiting(self, program: str, *, behind: str, limit: int) -> Sequence[str]:
        return ()

    def move(self, key: str, why: str) -> bool:
        raise Broken("rehearsal_writes_nothing")

    def remove(self, key: str) -> None:
        raise Broken("rehearsal_writes_nothing")


class NoAlarm:
    """ports.Alarm that wakes nobody."""

    def raise_(self, name: str, **facts: str | int) -> None: ...
