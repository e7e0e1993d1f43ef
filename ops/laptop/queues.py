"""Lambda's event source for a queue: receives, calls the handler, deletes what was not reported as failed."""

import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.laptop.stream import Handler

BATCH = 10
WAIT_SECONDS = 1  # short, so that stopping does not wait long


@dataclass(slots=True)
class QueueReader:
    """Serves one queue on a thread of its own until `stop`. What fails comes back after `retry_seconds`."""

    sqs: Any
    url: str
    handler: Handler
    region: str
    retry_seconds: int = 5
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._serve, name=self.url.rsplit("/", 1)[-1], daemon=True)
        self._thread.start()

    def halt(self) -> None:
        """Take no further batch."""
        self._stop.set()

    def stop(self) -> None:
        """Returns when the batch in hand is finished."""
        self.halt()
        if self._thread is not None:
            self._thread.join(10)

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                self._take()
            except (BotoCoreError, ClientError) as error:
                if not self._stop.wait(1):
                    print(f"{self.url.rsplit('/', 1)[-1]}: {error}")

    def _take(self) -> None:
        answer = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=BATCH, WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"],
        )  # fmt: skip
        messages = answer.get("Messages", [])
        if not messages:
            return
        failed = self._call(messages)
        for message in messages:
            handle = message["ReceiptHandle"]
            if message["MessageId"] in failed:
                self.sqs.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=self.retry_seconds
                )
            else:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=handle)

    def _call(self, messages: Sequence[Mapping[str, Any]]) -> set[str]:
        """Ids of the messages that must come again."""
        records = [self._as_lambda_sees_it(message) for message in messages]
        try:
            answer = self.handler({"Records": records}, None) or {}
        except Exception:  # the outermost caller: whatever a handler raises means "repeat"
            traceback.print_exc()
            return {record["messageId"] for record in records}
        return {item["itemIdentifier"] for item in answer.get("batchItemFailures", ())}

    def _as_lambda_sees_it(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Source: docs.aws.amazon.com/lambda/latest/dg/with-sqs.html."""
        attributes = {
            name: {_lower_first(key): value for key, value in attribute.items()}
            for name, attribute in message.get("MessageAttributes", {}).items()
        }
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": attributes,
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{self.region}:123456789012:{self.url.rsplit('/', 1)[-1]}",
            "awsRegion": self.region,
        }


def _lower_first(word: str) -> str:
    return word[:1].lower() + word[1:]
