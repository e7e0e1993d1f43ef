"""A queue on a laptop calls its handler as Lambda does."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from laptop_stack import a_free_port

from ops.laptop.cloud import REGION, Cloud, client
from ops.laptop.queues import QueueReader


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud.start(tmp_path_factory.mktemp("cloud"), a_free_port())
    yield running
    running.stop()


class Handler:
    """Notes what it was given; what is in `refused` fails that many times."""

    def __init__(self, refused: dict[str, int]) -> None:
        self.refused = refused
        self.done: list[str] = []
        self.records: list[dict[str, Any]] = []
        self.changed = threading.Condition()

    def __call__(self, event: Any, _context: object) -> dict[str, Any]:
        failures = []
        with self.changed:
            for record in event["Records"]:
                self.records.append(record)
                if self.refused.get(record["body"], 0) > 0:
                    self.refused[record["body"]] -= 1
                    failures.append({"itemIdentifier": record["messageId"]})
                else:
                    self.done.append(record["body"])
            self.changed.notify_all()
        return {"batchItemFailures": failures}

    def wait_for(self, count: int) -> list[str]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.done) >= count, 30), self.done
            return sorted(self.done)


def served(cloud: Cloud, handler: Handler) -> QueueReader:
    sqs = client("sqs", cloud.url)
    return QueueReader(sqs, cloud.queues["deferred"], handler, REGION, retry_seconds=0)


def test_only_what_failed_comes_again(cloud: Cloud) -> None:
    sqs, handler = client("sqs", cloud.url), Handler({"b": 2})
    for body in ("a", "b", "c"):
        sqs.send_message(QueueUrl=cloud.queues["deferred"], MessageBody=body)
    reader = served(cloud, handler)
    reader.start()
    assert handler.wait_for(3) == ["a", "b", "c"]
    reader.stop()
    tries = [record["attributes"]["ApproximateReceiveCount"] for record in handler.records if record["body"] == "b"]
    assert tries == ["1", "2", "3"]


def test_what_always_fails_is_parked_after_five_tries(cloud: Cloud) -> None:
    sqs, handler = client("sqs", cloud.url), Handler({"poison": 99})
    sqs.send_message(QueueUrl=cloud.queues["deferred"], MessageBody="poison")
    reader = served(cloud, handler)
    reader.start()
    parked = sqs.receive_message(QueueUrl=cloud.queues["deferred-parked"], WaitTimeSeconds=20)
    reader.stop()
    assert [message["Body"] for message in parked["Messages"]] == ["poison"]
    assert len(handler.records) == 5


def test_record_has_the_shape_that_lambda_gives(cloud: Cloud) -> None:
    sqs, handler = client("sqs", cloud.url), Handler({})
    sqs.send_message(QueueUrl=cloud.queues["deferred"], MessageBody="{}")
    reader = served(cloud, handler)
    reader.start()
    handler.wait_for(1)
    reader.stop()
    record = handler.records[0]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == f"arn:aws:sqs:{REGION}:123456789012:pointpass-laptop-deferred"
    assert set(record) >= {"messageId", "receiptHandle", "body", "attributes", "messageAttributes", "md5OfBody"}
