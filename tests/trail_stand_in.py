"""A bucket in memory for the trail of commands."""

from collections.abc import Mapping, Sequence
from typing import Any

from ops.auditing.deeds import Deed, Kind
from ops.auditing.ground import Ground
from ops.auditing.trail import Line, Trail

EVER = 4_000_000_000_000
"""In the year 2096."""


class BucketStandIn:
    """store.seals.Objects. `trouble`: raised by every call while it is set"""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.trouble: Exception | None = None

    def read(self, key: str) -> bytes | None:
        self._look()
        return self.objects.get(key)

    def write(self, key: str, body: bytes) -> bool:
        self._look()
        if key in self.objects:
            return False
        self.objects[key] = body
        return True

    def keys(self, starts: str) -> Sequence[str]:
        self._look()
        return sorted(key for key in self.objects if key.startswith(starts))

    def _look(self) -> None:
        if self.trouble is not None:
            raise self.trouble


class GroundStandIn:
    """ops.auditing.ground.ground_of, for any stage. `asked`: what it was asked for     `caller`: at AWS"""

    def __init__(self) -> None:
        self.bucket = BucketStandIn()
        self.asked: list[tuple[str, Kind]] = []
        self.caller = ""

    def __call__(self, deed: Deed, kind: Kind, params: Mapping[str, Any]) -> Ground:
        stage = str(params["stage"])
        self.asked.append((stage, kind))
        is_bare = bool(deed.bare and params.get(deed.bare))
        trail = None if is_bare else Trail(self.bucket)
        return Ground(stage, self.caller, trail, may_be_new=deed.ground == "account", is_bare=is_bare)

    @property
    def lines(self) -> list[Line]:
        """The newest first."""
        return Trail(self.bucket).since(1_750_000_000_000, EVER)
