"""A line of the log, as JSON."""

import json
import logging
import time
from typing import Any

from chalicelib import trace
from chalicelib.events import Instant


def timestamp(instant: Instant) -> str:
    """RFC 3339, in UTC."""
    seconds, milliseconds = divmod(instant, 1_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, event and its facts. Nothing that was not named a fact is written, nor is
    a fact that is empty.

    timestamp: as Lambda knows it: it adds one of its own, and takes every line for INFO, where there is none
    trace: the id of what it belongs to, from the front door to the push; a fact called "delivery" is that id
    ms: milliseconds since that began, where it is known
    Source: docs.aws.amazon.com/lambda, "Log-level filtering".
    """

    def format(self, record: logging.LogRecord) -> str:
        at, facts = int(record.created * 1_000), dict(getattr(record, "facts", {}))
        line: dict[str, Any] = {"timestamp": timestamp(at), "level": record.levelname, "event": record.msg}
        known, delivery = trace.current(), facts.pop("delivery", "")
        if delivery:
            line["trace"] = trace.id_of(str(delivery))
        elif known is not None:
            line["trace"] = known.id
        if known is not None:
            line["ms"] = at - known.since
        line |= {name: value for name, value in facts.items() if value != ""}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, separators=(",", ":"), ensure_ascii=False)
