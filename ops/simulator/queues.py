"""A queue like SQS: at least once, in no order, with delays; what is not worked off comes again, for ever."""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from ops.simulator.scheduler import Ended, Returned, Scheduler

_MOST = 10
_AT_ONCE = 5
"""Batches; Lambda is told how many at most."""

_SECOND = 1_000
_VISIBLE_AGAIN = (60 * _SECOND, 360 * _SECOND)
_PARKED_AFTER = 5
_LET_GO_AFTER = 4 * _PARKED_AFTER
_BY_HAND = 3_600 * _SECOND
"""A message that failed so often is parked, and somebody sends it again an hour later."""

_AGAIN_AFTER_ALL = 0.03
"""Chance that a message is delivered once more though it was worked off."""

Start = Callable[[str, Callable[[], Any], Callable[[Ended], None]], None]
"""Start a handler: its name, its body, and what hears how it ended."""


class SimulatedQueue:
    """ports.Queue. `work`: the production's handler of a batch, in Lambda's event shape; set when there is a house.

    is_lossy: its parked messages are sent again a few times only: some can never be worked off (a version that was
        announced and then not published), and most of what the others ask for is found anew
    """

    def __init__(
        self, name: str, scheduler: Scheduler, rng: random.Random, start: Start, *, is_lossy: bool = False
    ) -> None:
        self.name = name
        self.work: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
        self.delivered = 0
        self._scheduler = scheduler
        self._rng = rng
        self._start = start
        self._is_lossy = is_lossy
        self._received: Counter[str] = Counter()
        self._visible: list[tuple[str, str]] = []
        self._number = 0
        self._is_polling = False
        self._in_flight = 0
        self._batch = 0

    def send(self, message: Mapping[str, str | int], *, delay_seconds: int = 0) -> None:
        """ports.Queue.send. SQS delays by at most 900 seconds."""
        assert 0 <= delay_seconds <= 900, "SQS would refuse this delay"
        self._number += 1
        self._show_later((f"m{self._number}", json.dumps(dict(message))), delay_seconds * _SECOND)

    def _show_later(self, message: tuple[str, str], milliseconds: int) -> None:
        self._scheduler.at(self._scheduler.now + milliseconds, lambda: self._show(message))

    def _show(self, message: tuple[str, str]) -> None:
        self._visible.append(message)
        self._look()

    def _look(self) -> None:
        if self._visible and not self._is_polling:
            self._is_polling = True
            self._scheduler.at(self._scheduler.now + self._rng.randrange(400), self._poll)

    def _poll(self) -> None:
        self._is_polling = False
        self._rng.shuffle(self._visible)
        while self._visible and self._in_flight < _AT_ONCE:
            batch, self._visible = self._visible[:_MOST], self._visible[_MOST:]
            self._in_flight += 1
            self._deliver(batch)

    def _deliver(self, batch: list[tuple[str, str]]) -> None:
        records = [
            {"messageId": number, "body": body, "eventSource": "aws:sqs", "attributes": {}} for number, body in batch
        ]
        self._batch += 1
        self.delivered += len(batch)
        work = self.work
        assert work is not None
        self._start(
            f"{self.name}/{self._batch}",
            lambda: work({"Records": records}),
            lambda ended: self._worked(batch, ended),
        )

    def _worked(self, batch: list[tuple[str, str]], ended: Ended) -> None:
        self._in_flight -= 1
        self._look()
        failed = {number for number, _ in batch}
        if isinstance(ended, Returned):
            failed = {failure["itemIdentifier"] for failure in ended.value["batchItemFailures"]}
        for message in batch:
            self._received[message[0]] += 1
            if message[0] in failed and self._received[message[0]] % _PARKED_AFTER == 0:
                if not self._is_lossy or self._received[message[0]] < _LET_GO_AFTER:
                    self._show_later(message, _BY_HAND)
            elif message[0] in failed or self._rng.random() < _AGAIN_AFTER_ALL:
                self._show_later(message, self._rng.randint(*_VISIBLE_AGAIN))
