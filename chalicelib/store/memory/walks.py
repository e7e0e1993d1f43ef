"""Walks, and the looks at phones that were told, in memory."""

import threading
from collections.abc import Sequence

from chalicelib.events import Instant
from chalicelib.services.ports.walks import Looks, Unfetched, Walk


class MemoryWalks:
    """ports.Walks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._walks: dict[tuple[str, str], Walk] = {}

    def walk(self, program: str, walk: str) -> Walk | None:
        with self._lock:
            return self._walks.get((program, walk))

    def put_walk(self, walk: Walk) -> bool:
        with self._lock:
            stored = self._walks.get((walk.program, walk.id))
            if (0 if stored is None else stored.revision) != walk.revision - 1:
                return False
            self._walks[walk.program, walk.id] = walk
            return True

    def walks(self) -> Sequence[Walk]:
        with self._lock:
            return [walk for _, walk in sorted(self._walks.items())]


class MemoryRepushes:
    """ports.Repushes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looks: set[tuple[Instant, str]] = set()
        self._until: Instant | None = None

    def note(self, serial: str, at: Instant) -> None:
        with self._lock:
            self._looks.add((at, serial))

    def waiting(self, *, since: Instant, until: Instant, limit: int) -> Looks:
        with self._lock:
            due = [Unfetched(serial, at) for at, serial in sorted(self._looks) if since <= at <= until]
        if len(due) < limit:
            return Looks(due, until)
        last = due[limit - 1].at
        return Looks([look for look in due if look.at <= last], last + 1)

    def looked_until(self) -> Instant | None:
        return self._until

    def put_looked_until(self, instant: Instant) -> None:
        self._until = instant
