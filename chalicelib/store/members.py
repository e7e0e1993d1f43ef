"""People in DynamoDB: identities, sealed profiles, single-use proofs, rate counters."""

from collections.abc import Sequence

import msgspec

from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.members.people import Identity, Member, Proof
from chalicelib.store.dynamo import Check, Delete, Dynamo, Put
from chalicelib.store.identities import IDENTITY, identity_key, identity_row, new_identity, read_identity
from chalicelib.store.tables import CounterRow, IdentityRow, KeyRow, ProfileRow, ProofRow, seconds, ttl
from chalicelib.store.vault import Vault

_PROFILE = "PROFILE"
_KEY = "KEY"
_PROOF = "PROOF"
_COUNT = "COUNT"
_TRIES = 3


class DynamoMembers:
    """ports.Members. `posting`: used where an event waits for the answer; `dynamo`: everywhere else."""

    def __init__(self, dynamo: Dynamo, *, posting: Dynamo, vault: Vault) -> None:
        self._dynamo = dynamo
        self._posting = posting
        self._vault = vault

    def identity(self, program: str, index: str, *, strong: bool = False) -> Identity | None:
        row = self._posting.get(IdentityRow, identity_key(program, index), IDENTITY, strong=strong)
        return None if row is None else read_identity(row)

    def identities(self, program: str) -> Sequence[Identity]:
        return [read_identity(row) for row in self._dynamo.scan(IdentityRow, starts=identity_key(program, ""))]

    def put_identity(self, program: str, identity: Identity, *, was: Identity | None) -> bool:
        if was is None:
            return not self._dynamo.write(new_identity(program, identity))
        row = self._dynamo.get(IdentityRow, identity_key(program, identity.index), IDENTITY)
        if row is None or read_identity(row) != was:
            return False
        unchanged = IdentityRow.body == row.body
        return not self._dynamo.write(Put(identity_row(program, identity), only_if=unchanged))

    def remove_identity(self, program: str, index: str) -> None:
        self._dynamo.write(Delete(IdentityRow, identity_key(program, index), IDENTITY))

    def member(self, program: str, member: str) -> Member | None:
        pk = _member_key(program, member)
        key = self._dynamo.get(KeyRow, pk, _KEY)
        profile = self._dynamo.get(ProfileRow, pk, _PROFILE)
        if key is None or profile is None:
            return None
        plain = self._vault.open(program, member, key.wrapped, profile.sealed)
        return msgspec.json.decode(plain, type=Member)

    def put_member(self, program: str, member: Member) -> None:
        pk = _member_key(program, member.id)
        # Erasure may come between reading the key and writing; a profile is never written without its key.
        for _ in range(_TRIES):
            key = self._dynamo.get(KeyRow, pk, _KEY)
            wrapped = self._vault.new_key(program, member.id) if key is None else key.wrapped
            sealed = self._vault.seal(program, member.id, wrapped, msgspec.json.encode(member))
            keep_key = (
                Put(KeyRow(pk=pk, sk=_KEY, wrapped=wrapped), only_if=KeyRow.pk.does_not_exist())
                if key is None
                else Check(KeyRow, pk, _KEY, only_if=KeyRow.wrapped == wrapped)
            )
            if not self._dynamo.write(keep_key, Put(ProfileRow(pk=pk, sk=_PROFILE, sealed=sealed))):
                return
        raise TryAgain("member_busy")

    def erase_member(self, program: str, member: str) -> None:
        pk = _member_key(program, member)
        self._dynamo.write(Delete(KeyRow, pk, _KEY), Delete(ProfileRow, pk, _PROFILE))

    def proof(self, program: str, key: str) -> Proof | None:
        row = self._dynamo.get(ProofRow, _proof_key(program, key), _PROOF)
        return None if row is None else msgspec.json.decode(row.body, type=Proof)

    def put_proof(self, program: str, proof: Proof, *, was: Proof | None) -> bool:
        pk = _proof_key(program, proof.key)
        row = ProofRow(pk=pk, sk=_PROOF, body=msgspec.json.encode(proof).decode(), ends_at=ttl(proof.ends_at))
        if was is None:
            return not self._dynamo.write(Put(row, only_if=ProofRow.pk.does_not_exist()))
        stored = self._dynamo.get(ProofRow, pk, _PROOF)
        if stored is None or msgspec.json.decode(stored.body, type=Proof) != was:
            return False
        return not self._dynamo.write(Put(row, only_if=ProofRow.body == stored.body))

    def count(self, program: str, counter: str, *, ends_at: Instant) -> int:
        row = self._dynamo.change(
            CounterRow,
            f"P#{program}#N#{counter}",
            _COUNT,
            actions=[CounterRow.counted.add(1), CounterRow.ends_at.set(CounterRow.ends_at | seconds(ends_at))],
        )
        return row.counted


def _member_key(program: str, member: str) -> str:
    return f"P#{program}#M#{member}"


def _proof_key(program: str, key: str) -> str:
    return f"P#{program}#R#{key}"
