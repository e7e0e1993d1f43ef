"""SQS, S3 and Secrets Manager on a laptop: moto's server behind the keeper, in a process of its own.

Never the ledger: moto forgets transactions' idempotency tokens and breaks under concurrent transactions.
`python -m ops.laptop.cloud PORT FOLDER` says "ready" and ends when its standard input closes, so that it never
outlives the stack, not even one that was killed.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from ops.laptop.home import PROJECT
from ops.laptop.keeper import Keeper

REGION = "eu-central-1"
BUCKET = "pointpass-laptop-inbox"
SEALS = "pointpass-laptop-seals"
QUEUES = ("deferred", "cards", "sweeps")
TRIES = 5
VISIBILITY_SECONDS = 60


class CloudFailed(Exception):
    """The local SQS and S3 did not start."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A running server. `queues`: URL by name: deferred, cards, sweeps and, for what failed, deferred-parked, ..."""

    process: subprocess.Popen[bytes]
    url: str
    queues: Mapping[str, str]

    @classmethod
    def start(cls, folder: Path, port: int) -> "Cloud":
        """The server on `port`, with bucket and queues, and everything kept in `folder` put back."""
        # A session of its own: Ctrl-C reaches the runner alone, which stops its parts in order.
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.laptop.cloud", str(port), str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        if process.stdout.readline().strip() != b"ready":
            raise CloudFailed(f"the local SQS and S3 did not start (it ended with {process.wait(5)})")
        url = f"http://127.0.0.1:{port}"
        rooms = [room for queue in QUEUES for room in (queue, f"{queue}-parked")]
        return cls(process, url, {room: f"{url}/123456789012/{queue_name(room)}" for room in rooms})

    def store_secrets(self, secrets: Mapping[str, Mapping[str, str]]) -> None:
        """Each secret as the JSON text that `bootstrap` reads."""
        manager = client("secretsmanager", self.url)
        for name, value in secrets.items():
            text = json.dumps(value)
            try:
                manager.create_secret(Name=name, SecretString=text)
            except manager.exceptions.ResourceExistsException:
                manager.put_secret_value(SecretId=name, SecretString=text)

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def client(service: str, url: str) -> Any:
    """A client of the local stand-ins, with keys that open nothing."""
    return boto3.client(
        service, endpoint_url=url, region_name=REGION,
        aws_access_key_id="laptop", aws_secret_access_key="laptop",  # noqa: S106  # the stand-ins check no keys
        config=Config(connect_timeout=2, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3},
            # The engine numbers its stream from 1; botocore would insist on AWS's 21 digits.
            parameter_validation=service != "dynamodbstreams",
        ),
    )  # fmt: skip


def queue_name(room: str) -> str:
    return f"pointpass-laptop-{room}"


def _serve(port: int, folder: Path) -> None:
    """Runs in the child process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    keeper = Keeper(DomainDispatcherApplication(create_backend_app), folder)
    server = make_server("127.0.0.1", port, keeper, threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _furnish(f"http://127.0.0.1:{port}")
    keeper.replay(now=time.time())
    print("ready", flush=True)
    sys.stdout = sys.stderr  # nobody reads the pipe from here on
    sys.stdin.read()
    # Nothing is lost by leaving at once: what was acknowledged is already on disk.
    os._exit(0)


def _furnish(url: str) -> None:
    s3 = client("s3", url)
    for bucket in (BUCKET, SEALS):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=SEALS, VersioningConfiguration={"Status": "Enabled"})
    sqs = client("sqs", url)
    for queue in QUEUES:
        parked = sqs.create_queue(QueueName=queue_name(f"{queue}-parked"))["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=parked, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": TRIES})
        attributes = {"VisibilityTimeout": str(VISIBILITY_SECONDS), "RedrivePolicy": redrive}
        sqs.create_queue(QueueName=queue_name(queue), Attributes=attributes)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), Path(sys.argv[2]))
