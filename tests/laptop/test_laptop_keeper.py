"""What was acknowledged survives the death of the process that held it."""

import io
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ops.laptop.cloud import BUCKET, Cloud, client
from ops.laptop.keeper import Keeper


@contextmanager
def cloud(folder: Path, port: int) -> Iterator[Cloud]:
    running = Cloud.start(folder, port)
    try:
        yield running
    finally:
        running.stop()


def kill(running: Cloud) -> None:
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()


def test_kill_loses_no_object_message_or_secret(tmp_path: Path, free_port: int) -> None:
    with cloud(tmp_path, free_port) as running:
        client("s3", running.url).put_object(Bucket=BUCKET, Key="a/b c/ü.json", Body=b"\x00\xffraw")
        client("sqs", running.url).send_message(QueueUrl=running.queues["deferred"], MessageBody='{"key":"a"}')
        running.store_secrets({"some/name": {"master": "old"}})
        running.store_secrets({"some/name": {"master": "new"}})
        kill(running)
    with cloud(tmp_path, free_port) as running:
        kept = client("s3", running.url).get_object(Bucket=BUCKET, Key="a/b c/ü.json")["Body"].read()
        assert kept == b"\x00\xffraw"
        answer = client("sqs", running.url).receive_message(QueueUrl=running.queues["deferred"], WaitTimeSeconds=2)
        assert [message["Body"] for message in answer["Messages"]] == ['{"key":"a"}']
        secret = client("secretsmanager", running.url).get_secret_value(SecretId="some/name")
        assert secret["SecretString"] == '{"master": "new"}'


def test_what_was_finished_does_not_come_back(tmp_path: Path, free_port: int) -> None:
    with cloud(tmp_path, free_port) as running:
        s3, sqs, queue = client("s3", running.url), client("sqs", running.url), running.queues["cards"]
        s3.put_object(Bucket=BUCKET, Key="done", Body=b"x")
        s3.delete_object(Bucket=BUCKET, Key="done")
        entries = [{"Id": str(number), "MessageBody": f"{number}"} for number in range(3)]
        sqs.send_message_batch(QueueUrl=queue, Entries=entries)
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2)["Messages"]
        for message in messages:
            if message["Body"] != "1":
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        kill(running)
    with cloud(tmp_path, free_port) as running:
        assert "Contents" not in client("s3", running.url).list_objects_v2(Bucket=BUCKET)
        answer = client("sqs", running.url).receive_message(
            QueueUrl=running.queues["cards"], MaxNumberOfMessages=10, WaitTimeSeconds=2
        )
        assert [message["Body"] for message in answer["Messages"]] == ["1"]


@pytest.mark.parametrize(("later_seconds", "left_seconds"), [(0, 600), (200, 400), (10_000, 0)])
def test_delayed_message_keeps_its_hour(tmp_path: Path, later_seconds: int, left_seconds: int) -> None:
    heard: list[dict[str, Any]] = []

    def queue(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        heard.append(json.loads(environ["wsgi.input"].read()))
        start_response("200 OK", [])
        return [b'{"MessageId": "one"}']

    body = b'{"QueueUrl": "http://queues/1/cards", "MessageBody": "soon", "DelaySeconds": 600}'
    asked = {
        "HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    Keeper(queue, tmp_path)(asked, lambda *_: None)
    Keeper(queue, tmp_path).replay(now=time.time() + later_seconds)
    assert [message["MessageBody"] for message in heard] == ["soon", "soon"]
    assert heard[1]["DelaySeconds"] == pytest.approx(left_seconds, abs=5)
