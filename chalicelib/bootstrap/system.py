"""The real clock, the real randomness, and where alarms go."""

import json
import logging
import os
import random
import secrets
import sys
import time
from typing import Any

from chalicelib import trace
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


def log_as_json() -> None:
    """Let the house's own lines go out as JSON, beside what a library warns of.

    Where a function's log is JSON, Lambda's client sets the root logger to the level of that log, and a library that
    tells of every request would write addresses of cards into it. Lines of the house do not pass there. Source:
    github.com/aws/aws-lambda-python-runtime-interface-client, awslambdaric/bootstrap.py, `_setup_logging`.
    """
    logging.getLogger().setLevel(logging.WARNING)
    lines = logging.StreamHandler()
    lines.setLevel(logging.INFO)
    lines.setFormatter(JsonLines())
    log = logging.getLogger("chalicelib")
    log.handlers = [lines]
    log.setLevel(logging.INFO)
    log.propagate = False


def keep_figures(stage: str) -> None:
    """Add up what a dashboard draws, too: a metric is paid for by the month, whether anybody looks or not."""
    from chalicelib.bootstrap.figures import Figures

    log = logging.getLogger("chalicelib")
    log.addHandler(Figures(stage, lambda line: sys.stderr.write(f"{line}\n")))
    log.setLevel(logging.DEBUG)


def request_ends() -> None:
    """What was added up while requests were answered may be told now."""
    for handler in logging.getLogger("chalicelib").handlers:
        if hasattr(handler, "request_ends"):
            handler.request_ends(SystemClock().now())
