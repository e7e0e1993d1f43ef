"""The journal's stream: in order for each account, repeated until it was followed, and sometimes long after."""

import random
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.events import Instant
from ops.simulator.queues import Start
from ops.simulator.scheduler import Ended, Returned, Scheduler

_SHARDS = 3
_MOST = 25
_SECOND = 1_000
_HOUR = 3_600 * _SECOND
_TRIES = 8
"""Then a batch is parked, and somebody sends it again by hand: much later, and out of order."""

Record = dict[str, Any]


class SimulatedStream:
    """Shards of records. `handle`: the production's handler; set when there is a house.

    counted: how often a batch was repeated, parked, out of order, poisoned
    """

    def __init__(
        self,
        scheduler: Scheduler,
        rng: random.Random,
        start: Start,
        is_calm: Callable[[], bool],
        note: Callable[[str], None],
    ) -> None:
        self.handle: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
        self.stalled_until: Instant = 0
        self._scheduler = scheduler
        self._rng = rng
        self._start = start
        self._is_calm = is_calm
        self._note = note
        self._shards: tuple[deque[Record], ...] = tuple(deque() for _ in range(_SHARDS))
        self._busy = [False] * _SHARDS
        self._tries = [0] * _SHARDS
        self._number = 0
        self._batch = 0

    def written(self, keys: tuple[str, str], line: str, hashed: str) -> None:
        """A new item: primary key, text and hash."""
        image = {"pk": {"S": keys[0]}, "sk": {"S": keys[1]}, "line": {"S": line}, "hash": {"S": hashed}}
        shard = zlib.crc32(keys[0].encode()) % _SHARDS
        self._shards[shard].append(self._record("INSERT", image))
        if not self._is_calm() and self._rng.random() < 0.004:
            self._note("poison")
            self._shards[shard].append(self._record("INSERT", image | {"line": {"S": "{"}}))
        self._look(shard, self._rng.randrange(300))

    def _record(self, name: str, image: Mapping[str, Any]) -> Record:
        self._number += 1
        keys = {"pk": image["pk"], "sk": image["sk"]}
        told = {"Keys": keys, "NewImage": image, "SequenceNumber": f"{self._number:021d}"}
        return {"eventID": str(self._number), "eventName": name, "eventSource": "aws:dynamodb", "dynamodb": told}

    def _look(self, shard: int, milliseconds: int) -> None:
        if not self._busy[shard]:
            self._busy[shard] = True
            wanted = self._scheduler.now + milliseconds
            self._scheduler.at(max(wanted, self.stalled_until), lambda: self._read(shard))

    def _read(self, shard: int) -> None:
        if self._scheduler.now < self.stalled_until:
            self._busy[shard] = False
            self._look(shard, 0)
            return
        count = min(len(self._shards[shard]), self._rng.randint(1, _MOST))
        batch = [self._shards[shard][place] for place in range(count)]
        self._deliver(batch, lambda ended: self._followed(shard, batch, ended))

    def _deliver(self, batch: list[Record], ended: Callable[[Ended], None]) -> None:
        handle = self.handle
        assert handle is not None
        self._batch += 1
        self._start(f"stream/{self._batch}", lambda: handle({"Records": batch}), ended)

    def _followed(self, shard: int, batch: list[Record], ended: Ended) -> None:
        done = self._done(batch, ended)
        for _ in range(done):
            self._shards[shard].popleft()
        self._tries[shard] = 0 if done else self._tries[shard] + 1
        if self._tries[shard] >= _TRIES:
            self._note("parked")
            self._tries[shard] = 0
            parked = [self._shards[shard].popleft() for _ in range(len(batch) - done)]
            self._again(parked, _HOUR)
        elif done and not self._is_calm() and self._rng.random() < 0.03:
            self._note("replayed")
            self._again(batch[:done], self._rng.choice((_SECOND, 60 * _SECOND, _HOUR)))
        self._busy[shard] = False
        if self._shards[shard]:
            self._look(shard, 0 if done else self._rng.randrange(_SECOND * 2 ** min(6, self._tries[shard]) + 1))

    def _done(self, batch: list[Record], ended: Ended) -> int:
        if not isinstance(ended, Returned):
            return 0
        failed = {failure["itemIdentifier"] for failure in ended.value["batchItemFailures"]}
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        return min((numbers.index(number) for number in failed), default=len(batch))

    def _again(self, batch: list[Record], milliseconds: int) -> None:
        """The same records once more, beside newer ones and in any order, until they are followed."""
        mixed = list(batch)
        if self._rng.random() < 0.5:
            self._note("out of order")
            self._rng.shuffle(mixed)

        def ended(outcome: Ended) -> None:
            left = mixed[self._done(mixed, outcome) :]
            if left:
                self._again(left, 60 * _SECOND)

        self._scheduler.at(self._scheduler.now + milliseconds, lambda: self._deliver(mixed, ended))
