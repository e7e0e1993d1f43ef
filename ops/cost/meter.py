"""Counts what a bill is made of while handlers run: calls of AWS, capacity units, and bytes of logs."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from botocore.endpoint import Endpoint

from chalicelib import trace
from chalicelib.bootstrap.lines import JsonLines

_TOOK = 100
_READS = ("GetItem", "Query", "Scan", "BatchGetItem")


@dataclass(slots=True)
class Tally:
    """What was seen since the last look.

    calls: by service and operation, "dynamodb.GetItem"     reads, writes: DynamoDB's own capacity units
    lines, line_bytes: the house's own log
    """

    calls: Counter[str] = field(default_factory=Counter)
    reads: float = 0
    writes: float = 0
    lines: int = 0
    line_bytes: int = 0

    def call(self, service: str, operation: str, answer: Mapping[str, Any]) -> None:
        """One call that was answered; each time that botocore repeated it is a request of its own."""
        self.calls[f"{service}.{operation}"] += 1 + int(answer["ResponseMetadata"].get("RetryAttempts", 0))
        if service == "dynamodb":
            consumed = answer.get("ConsumedCapacity", [])
            figures = consumed if isinstance(consumed, list) else [consumed]
            units = sum(figure["CapacityUnits"] for figure in figures)
            if operation in _READS:
                self.reads += units
            else:
                self.writes += units


class Meter(logging.Handler):
    """Listens at botocore's endpoint, where every request passes, and at the house's log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(JsonLines())
        self._tally = Tally()

    def take(self) -> Tally:
        """All since the last look."""
        taken, self._tally = self._tally, Tally()
        return taken

    def emit(self, record: logging.LogRecord) -> None:
        """A line says how many milliseconds it took: three digits of them, whatever they were here."""
        told, known = copy(record), trace.current()
        if known is not None:
            told.created = (known.since + _TOOK) / 1_000
        self._tally.lines += 1
        self._tally.line_bytes += len(self.format(told).encode())

    @contextmanager
    def running(self) -> Iterator["Meter"]:
        """Count until the end of the block."""
        log, asked = logging.getLogger("chalicelib"), Endpoint.make_request
        level, handlers, propagates = log.level, log.handlers, log.propagate

        def counted(endpoint: Any, operation: Any, request: Mapping[str, Any]) -> Any:
            answer = asked(endpoint, operation, request)
            service = operation.service_model.service_name
            self._tally.call(service, operation.name, answer[1])
            return answer

        Endpoint.make_request = counted
        log.handlers, log.propagate = [self], False
        log.setLevel(logging.INFO)
        try:
            yield self
        finally:
            Endpoint.make_request = asked
            log.handlers, log.propagate = handlers, propagates
            log.setLevel(level)
