"""Day totals, and a bucket for seals, in memory."""

import threading
from collections.abc import Sequence

from chalicelib.ledger.totals import DayTotal


class MemoryTotals:
    """ports.totals.Totals."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed: dict[tuple[str, str, str], DayTotal] = {}

    def close(self, program: str, total: DayTotal) -> None:
        with self._lock:
            self._closed[program, total.currency, total.day] = total

    def closed(self, program: str, currency: str, since: str, until: str) -> Sequence[DayTotal]:
        with self._lock:
            found = sorted((key, total) for key, total in self._closed.items() if key[:2] == (program, currency))
        return [total for (_, _, day), total in found if since <= day <= until]

    def last_closed(self, program: str, currency: str) -> DayTotal | None:
        return next(reversed(self.closed(program, currency, "", "~")), None)


class MemoryObjects:
    """store.seals.Objects. Tests may reach into `bodies` to spoil something."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def read(self, key: str) -> bytes | None:
        return self.bodies.get(key)

    def write(self, key: str, body: bytes) -> bool:
        return self.bodies.setdefault(key, body) is body

    def keys(self, starts: str) -> Sequence[str]:
        return sorted(key for key in self.bodies if key.startswith(starts))
