"""People as the services see them."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.events import Instant
from chalicelib.members.people import Identity, Member, Proof


class Members(Protocol):
    """People: identities by blind index, profiles encrypted per member, single-use proofs."""

    def identity(self, program: str, index: str, *, strong: bool = False) -> Identity | None: ...

    def identities(self, program: str) -> Sequence[Identity]:
        """All of them, for operators."""

    def put_identity(self, program: str, identity: Identity, *, was: Identity | None) -> bool:
        """Write if the stored one still equals `was` (None: absent). False when somebody was faster."""

    def remove_identity(self, program: str, index: str) -> None:
        """Forget an identity. Idempotent."""

    def member(self, program: str, member: str) -> Member | None:
        """The profile, decrypted; None when it was erased or never was."""

    def put_member(self, program: str, member: Member) -> None: ...

    def erase_member(self, program: str, member: str) -> None:
        """Remove the profile and shred its key."""

    def proof(self, program: str, key: str) -> Proof | None: ...

    def put_proof(self, program: str, proof: Proof, *, was: Proof | None) -> bool: ...

    def count(self, program: str, counter: str, *, ends_at: Instant) -> int:
        """Add one to a rate counter that disappears at `ends_at`; the new value."""


class Vault(Protocol):
    """Keyed functions over personal data."""

    def index(self, program: str, kind: str, value: str) -> str:
        """Blind index of a normalised identity: HMAC-SHA256 under the program's key, hex."""

    def digest(self, secret: str) -> str:
        """How a random secret (card link, mail link) is stored: SHA-256, hex."""

    def mark(self, purpose: str, text: str) -> str:
        """What nobody else can write under a text: HMAC-SHA256 by the key of one purpose, hex."""

    def code_hash(self, code: str) -> str:
        """How a short code is stored: slow and salted."""

    def code_matches(self, code: str, hashed: str) -> bool: ...

    def lock(self, program: str, text: str) -> str:
        """A text of a program that is no person's, so that only `unlock` can read it."""

    def unlock(self, program: str, locked: str) -> str:
        """The inverse. Raises Broken when it was changed or belongs to another program."""
