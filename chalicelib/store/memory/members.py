"""People in memory."""

import threading
from collections.abc import Sequence

from chalicelib.events import Instant
from chalicelib.members.people import Identity, Member, Proof


class MemoryMembers:
    """ports.Members. Nothing is encrypted and nothing is ever removed by its end.

    `known`: identities by program and blind index, guarded by `lock`; the ledger's commit writes here, too.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: dict[tuple[str, str], Identity] = {}
        self._profiles: dict[tuple[str, str], Member] = {}
        self._proofs: dict[tuple[str, str], Proof] = {}
        self._counters: dict[tuple[str, str], int] = {}

    def identity(self, program: str, index: str, *, strong: bool = False) -> Identity | None:
        with self.lock:
            return self.known.get((program, index))

    def identities(self, program: str) -> Sequence[Identity]:
        with self.lock:
            return [identity for (owner, _), identity in self.known.items() if owner == program]

    def put_identity(self, program: str, identity: Identity, *, was: Identity | None) -> bool:
        with self.lock:
            if self.known.get((program, identity.index)) != was:
                return False
            self.known[program, identity.index] = identity
            return True

    def remove_identity(self, program: str, index: str) -> None:
        with self.lock:
            self.known.pop((program, index), None)

    def member(self, program: str, member: str) -> Member | None:
        with self.lock:
            return self._profiles.get((program, member))

    def put_member(self, program: str, member: Member) -> None:
        with self.lock:
            self._profiles[program, member.id] = member

    def erase_member(self, program: str, member: str) -> None:
        with self.lock:
            self._profiles.pop((program, member), None)

    def proof(self, program: str, key: str) -> Proof | None:
        with self.lock:
            return self._proofs.get((program, key))

    def put_proof(self, program: str, proof: Proof, *, was: Proof | None) -> bool:
        with self.lock:
            if self._proofs.get((program, proof.key)) != was:
                return False
            self._proofs[program, proof.key] = proof
            return True

    def count(self, program: str, counter: str, *, ends_at: Instant) -> int:
        with self.lock:
            value = self._counters.get((program, counter), 0) + 1
            self._counters[program, counter] = value
            return value
