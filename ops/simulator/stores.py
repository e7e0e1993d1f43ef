"""Stores in memory that tell the world what was written, and remember how it was before."""

from collections.abc import Callable
from typing import Any

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.journal import Entry
from chalicelib.members.people import Identity
from chalicelib.programs.program import Program
from chalicelib.services.ports import Card, Commit, Outcome
from chalicelib.store.memory.cards import MemoryCards
from chalicelib.store.memory.ledger import MemoryLedger
from chalicelib.store.memory.members import MemoryMembers
from chalicelib.store.memory.programs import MemoryPrograms

_EVENTUALLY = 1_000
"""Milliseconds after which a cheap read has surely seen a write."""

_CACHED = 30_000
"""Milliseconds for which a container may know the program as it was; as long as the production's setting."""


class Journal(MemoryLedger):
    """A ledger whose new entries go to a stream."""

    def __init__(self, members: MemoryMembers, written: Callable[[Entry], None]) -> None:
        super().__init__(members)
        self._written = written

    def commit(self, commit: Commit) -> Outcome:
        """ports.Ledger.commit."""
        outcome = super().commit(commit)
        if outcome is Outcome.COMMITTED:
            for entry in commit.entries:
                self._written(entry)
        return outcome


class _Remembered(dict[tuple[str, str], Identity]):
    """Identities, with what stood in their places before, and until when."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        super().__init__()
        self._now = now
        self.before: dict[tuple[str, str], tuple[Instant, Identity | None]] = {}

    def __setitem__(self, key: tuple[str, str], identity: Identity) -> None:
        self.before[key] = (self._now(), self.get(key))
        super().__setitem__(key, identity)


class People(MemoryMembers):
    """Members whose identities can be read as they were a moment ago."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        super().__init__()
        self._now = now
        self._remembered = _Remembered(now)
        self.known = self._remembered

    def past(self, program: str, index: str, *, strong: bool = False) -> tuple[Identity | None] | None:
        """The identity before its last change, if a read may still miss that; None when it may not."""
        changed_at, before = self._remembered.before.get((program, index), (0, None))
        return None if strong or changed_at + _EVENTUALLY < self._now() else (before,)


class Wallet(MemoryCards):
    """Cards that know when they were attached to the account they show."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        super().__init__()
        self._now = now
        self.attached_at: dict[str, Instant] = {}

    def attach(self, card: Card, account: AccountId) -> bool:
        """ports.Cards.attach."""
        is_attached = super().attach(card, account)
        if is_attached:
            self.attached_at[card.serial] = self._now()
        return is_attached


class Published(MemoryPrograms):
    """Programs that a container may remember as they were before the last publication."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        super().__init__()
        self._now = now
        self._before: tuple[Instant, Program | None] = (0, None)

    def publish(self, slug: str, sha: str, text: str, *, published_at: Instant, effective_at: Instant) -> None:
        self._before = (self._now(), self.program(slug))
        super().publish(slug, sha, text, published_at=published_at, effective_at=effective_at)

    def put_sheet(self, slug: str, sha: str, sheet: str) -> None:
        """ports.Programs.put_sheet."""
        self._before = (self._now(), self.program(slug))
        super().put_sheet(slug, sha, sheet)

    def past(self, slug: str) -> tuple[Any] | None:
        """The program before its last publication; None when every container has noticed that."""
        changed_at, before = self._before
        return None if before is None or changed_at + _CACHED < self._now() else (before,)
