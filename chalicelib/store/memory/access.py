"""Keys of the stores' API, and those who work at the till, in memory."""

import threading
from collections.abc import Mapping, Sequence

from chalicelib.services.ports.access import ApiKey, StaffUser, Tries


class MemoryAccess:
    """ports.access.Access and ports.access.Staff."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, ApiKey] = {}
        self._used: dict[str, str] = {}
        self._staff: dict[tuple[str, str], StaffUser] = {}
        self._tries: dict[tuple[str, str], Tries] = {}

    def key(self, key_id: str) -> ApiKey | None:
        with self._lock:
            return self._keys.get(key_id)

    def all_keys(self) -> Sequence[ApiKey]:
        with self._lock:
            return list(self._keys.values())

    def put_key(self, key: ApiKey, *, was: ApiKey | None) -> bool:
        with self._lock:
            if self._keys.get(key.id) != was:
                return False
            self._keys[key.id] = key
            return True

    def note_use(self, key_id: str, day: str) -> None:
        with self._lock:
            self._used[key_id] = max(day, self._used.get(key_id, ""))

    def last_uses(self) -> Mapping[str, str]:
        with self._lock:
            return dict(self._used)

    def staff(self, program: str, name: str) -> StaffUser | None:
        with self._lock:
            return self._staff.get((program, name))

    def all_staff(self, program: str) -> Sequence[StaffUser]:
        with self._lock:
            return [user for (owner, _), user in sorted(self._staff.items()) if owner == program]

    def put_staff(self, user: StaffUser, *, was: StaffUser | None) -> bool:
        with self._lock:
            if self._staff.get((user.program, user.name)) != was:
                return False
            self._staff[user.program, user.name] = user
            return True

    def tries(self, program: str, who: str) -> Tries | None:
        with self._lock:
            return self._tries.get((program, who))

    def put_tries(self, program: str, who: str, tries: Tries, *, was: Tries | None) -> bool:
        with self._lock:
            if self._tries.get((program, who)) != was:
                return False
            self._tries[program, who] = tries
            return True
