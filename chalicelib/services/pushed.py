"""Which pushes this container has sent: a stream that repeats itself here pushes once, and nothing is stored for it."""

from chalicelib.events import Instant

_MOST = 1_000
"""Cards; the oldest are forgotten first."""


class Pushed:
    """The last change of each card whose push went out. A container that died has none, and pushes again."""

    def __init__(self) -> None:
        self._changes: dict[str, Instant] = {}

    def note(self, serial: str, changed_at: Instant) -> None:
        """Every push service has answered for this change, or the push waits in the queue."""
        self._changes.pop(serial, None)
        self._changes[serial] = changed_at
        if len(self._changes) > _MOST:
            del self._changes[next(iter(self._changes))]

    def has(self, serial: str, changed_at: Instant) -> bool:
        """Whether the push of this change went out from here."""
        return self._changes.get(serial) == changed_at
