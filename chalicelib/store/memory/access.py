"""Keys of the stores' API in memory."""

import threading
from collections.abc import Sequence

from chalicelib.services.ports.access import ApiKey


class MemoryAccess:
    """ports.Access."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, ApiKey] = {}

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
