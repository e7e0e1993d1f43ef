"""The real clock, the real randomness, and where alarms and the log go."""

import logging
import os
import random
import secrets
import sys
import time

from chalicelib.bootstrap.bells import BELLS
from chalicelib.bootstrap.lines import JsonLines
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
        """Does not begin with a hyphen: a command would take such a name for one of its options."""
        while (made := secrets.token_urlsafe(16)).startswith("-"):
            pass
        return made

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
