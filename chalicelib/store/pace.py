"""A pace that all workers keep together: one row that says when the next turn is free.

Turns are a fixed time apart, so that no second, wherever it begins, holds more than `per_second` of them. Whoever takes
a turn moves the row on, if nobody else has moved it since it was read. The containers' clocks are assumed to agree.
"""

from chalicelib.errors import TryAgain
from chalicelib.events import Instant
from chalicelib.store.dynamo import Dynamo, Put
from chalicelib.store.tables import PaceRow

_PACE = "PACE"
_TRIES = 12


def gap(per_second: int) -> int:
    """Milliseconds between two turns, rounded up."""
    return -(-1_000 // per_second)


class DynamoPace:
    """ports.google.Pace. `neighbour`: who is called, "google"."""

    def __init__(self, dynamo: Dynamo, neighbour: str, *, per_second: int) -> None:
        self._dynamo = dynamo
        self._key = f"T#{neighbour}"
        self._gap = gap(per_second)

    def turn(self, now: Instant, *, within: int) -> int | None:
        for _ in range(_TRIES):
            row = self._dynamo.get(PaceRow, self._key, _PACE)
            mine = now if row is None else max(now, row.next_at)
            if mine - now > within:
                return None
            unmoved = PaceRow.pk.does_not_exist() if row is None else PaceRow.next_at == row.next_at
            if not self._dynamo.write(Put(PaceRow(pk=self._key, sk=_PACE, next_at=mine + self._gap), only_if=unmoved)):
                return mine - now
        raise TryAgain("pace_busy")
