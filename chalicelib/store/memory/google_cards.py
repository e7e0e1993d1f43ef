"""What Google Wallet knows of the cards, and a pace, in memory."""

import threading

from chalicelib.events import Instant
from chalicelib.services.ports.google import GoogleState, Told
from chalicelib.store.pace import gap


class MemoryGoogleCards:
    """ports.google.GoogleCards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, GoogleState] = {}
        self._classes: dict[str, str] = {}
        self._nonces: set[str] = set()

    def state(self, serial: str) -> GoogleState | None:
        with self._lock:
            return self._states.get(serial)

    def put_state(self, state: GoogleState) -> bool:
        with self._lock:
            return self._write(state)

    def put_told(self, state: GoogleState, *, nonce: str, ends_at: Instant) -> Told:
        with self._lock:
            if nonce in self._nonces:
                return Told.REPEATED
            if not self._write(state):
                return Told.MOVED
            self._nonces.add(nonce)
            return Told.WRITTEN

    def class_face(self, name: str) -> str:
        with self._lock:
            return self._classes.get(name, "")

    def put_class_face(self, name: str, face: str) -> None:
        with self._lock:
            self._classes[name] = face

    def _write(self, state: GoogleState) -> bool:
        stored = self._states.get(state.serial)
        if (0 if stored is None else stored.revision) != state.revision - 1:
            return False
        self._states[state.serial] = state
        return True


class MemoryPace:
    """ports.google.Pace."""

    def __init__(self, *, per_second: int) -> None:
        self._lock = threading.Lock()
        self._gap = gap(per_second)
        self._next_at: Instant = 0

    def turn(self, now: Instant, *, within: int) -> int | None:
        with self._lock:
            mine = max(now, self._next_at)
            if mine - now > within:
                return None
            self._next_at = mine + self._gap
            return mine - now
