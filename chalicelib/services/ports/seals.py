"""Where seals are kept: outside the ledger's tables, and never written over."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from chalicelib.events import Instant
from chalicelib.ledger.seals import Leaf, Seal, Signed


class Seals(Protocol):
    """Signed seals and their leaves, by program and day ("2026-06-23", again "2026-06-23_02"). Raise TryAgain."""

    def days(self, program: str) -> Sequence[str]:
        """The days that are sealed, oldest first."""

    def signed(self, program: str, day: str) -> Signed | None:
        """Raises Broken when what is kept is no seal."""

    def leaves(self, seal: Seal) -> Iterator[Leaf]:
        """The leaves of a seal, sorted by account. Raises Broken."""

    def put_leaves(self, program: str, day: str, at: Instant, part: int, leaves: Sequence[Leaf]) -> None:
        """Keep a portion of the leaves of the seal that is made at `at`. Parts are numbered from 1."""

    def put(self, seal: Seal) -> Signed | None:
        """Sign a seal and keep it. None when the day is sealed already: the first seal stays."""

    def is_signed(self, signed: Signed) -> bool:
        """Whether the signature is ours and fits the text."""

    @property
    def public_key(self) -> str:
        """The key that checks our signatures: PEM."""
