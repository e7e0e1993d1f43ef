"""Inbox and queue in memory."""

import json
import threading
from collections.abc import Mapping, Sequence

from chalicelib import trace
from chalicelib.services.ports import Delivery
from chalicelib.services.ports.deliveries import arrival
from chalicelib.store.inbox import delivery_key, delivery_text, moved, read_delivery

Message = dict[str, str | int]


class MemoryInbox:
    """ports.Inbox."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, bytes] = {}

    def keep(self, delivery: Delivery, why: str) -> str:
        text = delivery_text(delivery)
        key = delivery_key(delivery, why, text)
        with self._lock:
            self._kept[key] = text
        return key

    def read(self, key: str) -> Delivery | None:
        with self._lock:
            text = self._kept.get(key)
        return None if text is None else read_delivery(text)

    def kept(self, why: str) -> Sequence[str]:
        with self._lock:
            return sorted(key for key in self._kept if key.split("/")[2] == why)

    def waiting(self, program: str, *, behind: str, limit: int) -> Sequence[str]:
        with self._lock:
            paused = [key for key in self._kept if key.split("/")[2] == "paused" and key.split("/")[0] == program]
        return sorted((key for key in paused if arrival(key) > arrival(behind)), key=arrival)[:limit]

    def move(self, key: str, why: str) -> bool:
        place = moved(key, why)
        with self._lock:
            text = self._kept.pop(key, None)
            if text is not None:
                self._kept[place] = text
        return text is not None

    def remove(self, key: str) -> None:
        with self._lock:
            self._kept.pop(key, None)


class MemoryQueue:
    """ports.Queue. Messages are JSON on their way, as in SQS; `take` hands them out, delays and all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[str, int]] = []

    def send(self, message: Mapping[str, str | int], *, delay_seconds: int = 0) -> None:
        text = json.dumps(dict(trace.carrying(message)))
        with self._lock:
            self._waiting.append((text, delay_seconds))

    def take(self) -> Sequence[tuple[Message, int]]:
        """All waiting messages with their delays in seconds, oldest first; they are gone from the queue."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return [(json.loads(text), delay) for text, delay in taken]
