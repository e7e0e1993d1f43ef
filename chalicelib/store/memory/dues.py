"""The due index in memory."""

import threading
from collections.abc import Sequence

from chalicelib.events import AccountId, Instant
from chalicelib.ledger.journal import Entry
from chalicelib.services.ports.sweeps import Due, DuePage

_DAY = 86_400_000


class MemoryDues:
    """The part of ports.Views that sweeps ask for. `newest`: the entry each account's view stands at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.newest: dict[tuple[str, AccountId], Entry] = {}
        self.due_at: dict[tuple[str, AccountId], Instant] = {}
        self._swept_until: Instant | None = None

    def due(self, *, since: Instant, until: Instant, limit: int) -> Sequence[Due]:
        with self._lock:
            found = [Due(program, account, at) for (program, account), at in self.due_at.items()]
        waiting = [due for due in found if since // _DAY <= due.at // _DAY and due.at <= until]
        return sorted(waiting, key=lambda due: due.at)[:limit]

    def move_due(self, program: str, account: AccountId, *, seq: int, due: Instant | None) -> bool:
        with self._lock:
            stands = self.newest.get((program, account))
            if stands is None or stands.seq != seq:
                return False
            self._note((program, account), due)
            return True

    def dues(self, program: str, *, cursor: str, limit: int) -> DuePage:
        with self._lock:
            known = sorted(account for owner, account in self.newest if owner == program and account > cursor)
            page = [(account, self.due_at.get((program, account))) for account in known[:limit]]
        return DuePage(page, page[-1][0] if len(known) > limit else "")

    def swept_until(self) -> Instant | None:
        return self._swept_until

    def put_swept_until(self, instant: Instant) -> None:
        self._swept_until = instant

    def _note(self, key: tuple[str, AccountId], due: Instant | None) -> None:
        if due is None:
            self.due_at.pop(key, None)
        else:
            self.due_at[key] = due
