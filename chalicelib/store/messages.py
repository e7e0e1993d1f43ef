"""Batches of a queue, in Lambda's event shape."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib import trace
from chalicelib.errors import Broken, TryAgain
from chalicelib.services.ports import Alarm

_log = logging.getLogger(__name__)


def worked_off(
    event: Mapping[str, Any], work: Callable[[Mapping[str, str | int]], None], *, alarm: Alarm
) -> dict[str, list[dict[str, str]]]:
    """Do the work of each message; those that could not be done are named, and come again until they are parked."""
    failures = []
    for record in event["Records"]:
        with trace.carried(json.loads(record["body"])) as message:
            try:
                work(message)
            except TryAgain as err:
                _log.warning("message_put_off", extra={"facts": {"why": err.reason}})
                failures.append({"itemIdentifier": str(record["messageId"])})
            except Broken as err:
                alarm.raise_("message_broken", why=err.reason, message=str(record["messageId"]))
                failures.append({"itemIdentifier": str(record["messageId"])})
    return {"batchItemFailures": failures}
