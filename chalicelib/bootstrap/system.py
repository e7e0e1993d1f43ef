"""The real clock, the real randomness, and where alarms go."""

import json
import logging
import os
import random
import secrets
import time
from typing import Any

from chalicelib.bootstrap.bells import BELLS
from chalicelib.events import Instant


class SystemClock:
    """The real time."""

    def now(self) -> Instant:
        return time.time_ns() // 1_000_000

    def pause(self, most_milliseconds: int) -> None:
        time.sleep(random.uniform(0, most_milliseconds / 1_000))  # noqa: S311  # it only keeps two apart

    def wait(self, milliseconds: Instant) -> None:
        time.sleep(milliseconds / 1_000)


class SystemChance:
    """The operating system's randomness."""

    def token(self) -> str:
        return secrets.token_urlsafe(16)

    def digits(self, count: int) -> str:
        return f"{secrets.randbelow(10**count):0{count}d}"


class LoggedAlarm:
    """An alarm is a metric in CloudWatch's embedded format: a line of the log that becomes a number.

    It counts its own name and the alarm that the name rings. Its dimension is the stage: two stages of one account must
    not ring each other's bells.
    Source: docs.aws.amazon.com, "Specification: Embedded metric format".
    """

    def raise_(self, name: str, **facts: str | int) -> None:
        counted = [each for each in (name, BELLS.get(name)) if each]
        metrics = [{"Name": each, "Unit": "Count"} for each in counted]
        metric = {"Namespace": "Pointpass", "Dimensions": [["stage"]], "Metrics": metrics}
        stamp = {"Timestamp": SystemClock().now(), "CloudWatchMetrics": [metric]}
        stage = os.environ.get("POINTPASS_STAGE", "")
        told = {**facts, **dict.fromkeys(counted, 1), "stage": stage, "_aws": stamp}
        logging.getLogger("chalicelib.alarm").error(name, extra={"facts": told})


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, event and its facts. Nothing that was not named a fact is written."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"at": int(record.created * 1_000), "level": record.levelname, "event": record.msg}
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, separators=(",", ":"), ensure_ascii=False)


def log_as_json() -> None:
    """Let the house's own lines go out as JSON, beside whatever a library writes."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    log = logging.getLogger("chalicelib")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
