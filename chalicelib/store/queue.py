"""Queues on SQS."""

import json
from collections.abc import Mapping

from chalicelib import trace
from chalicelib.errors import TryAgain
from chalicelib.store.aws import Client, error_code


class SqsQueue:
    """ports.Queue. SQS delays by at most 900 seconds."""

    def __init__(self, client: Client, *, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: Mapping[str, str | int], *, delay_seconds: int = 0) -> None:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # see aws.py

        body = json.dumps(dict(trace.carrying(message)), separators=(",", ":"))
        try:
            self._client.call("send_message", QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_seconds)
        except (ClientError, BotoCoreError) as err:
            raise TryAgain("queue_unavailable", cause=error_code(err)) from err
