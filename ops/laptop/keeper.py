"""Keeps what moto would forget: objects, messages and secrets, on disk before they are acknowledged.

moto holds everything in memory. An acknowledged webhook that was deferred lives only in S3 and SQS until its handler
has run, so the laptop must not lose it, not even to `kill -9`. The keeper stands in front of moto as WSGI middleware:
a request that stores something is written to a file once moto has accepted it and before the answer leaves; a request
that deletes removes the file. At start every kept request is simply made again.
"""

import hashlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ops.laptop.home import write_whole

Environ = dict[str, Any]
Answer = tuple[str, list[tuple[str, str]], bytes]
Application = Callable[[Environ, Callable[..., object]], Iterable[bytes]]

JSON_SERVICES = ("AmazonSQS", "secretsmanager")
BUCKETS = "s3"
SECRET_WRITES = ("CreateSecret", "PutSecretValue", "UpdateSecret")


@dataclass(slots=True)
class Keeper:
    """WSGI middleware around `inner` that keeps stored things below `folder`.

    receipts: receipt handle -> the kept file of the message it will delete
    """

    inner: Application
    folder: Path
    receipts: dict[str, Path] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)  # SQS message id -> its kept file
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        status, headers, answer = self._ask(environ)
        if status.startswith("2"):
            self._remember(environ, body, answer)
        start_response(status, headers)
        return [answer]

    def replay(self, *, now: float) -> int:
        """Make every kept request again, buckets before objects are the caller's duty; how many there were."""
        kept = sorted(path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        for path in kept:
            head, _, body = path.read_bytes().partition(b"\n")
            environ = json.loads(head)
            if "due_at" in environ:
                message = json.loads(body)
                message["DelaySeconds"] = max(0, min(900, round(environ.pop("due_at") - now)))
                body = json.dumps(message).encode()
            status, _, answer = self._ask(_environ(environ, body))
            if not status.startswith("2"):
                raise RuntimeError(f"a kept request was refused after a restart: {path}: {status}")
            if environ.get("HTTP_X_AMZ_TARGET", "").startswith("AmazonSQS."):
                self.files[json.loads(answer)["MessageId"]] = path
        return len(kept)

    def _ask(self, environ: Environ) -> Answer:
        said: list[Any] = []
        chunks = self.inner(environ, lambda status, headers, *_: said.extend((status, headers)))
        body = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        return said[0], said[1], body

    def _remember(self, environ: Environ, body: bytes, answer: bytes) -> None:
        service, _, action = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        with self.lock:
            match service:
                case "AmazonSQS":
                    self._message(action, environ, body, answer)
                case "secretsmanager":
                    if action in SECRET_WRITES:
                        self._secret(environ, json.loads(body))
                case "":
                    self._object(environ, body)

    def _object(self, environ: Environ, body: bytes) -> None:
        path = environ["PATH_INFO"]
        if path.count("/") < 2 or path.startswith("/moto-api") or environ.get("QUERY_STRING", "").startswith("delete"):
            return  # a bucket, or moto's own pages: made at each start
        file = self.folder / BUCKETS / _file_name(path)
        if environ["REQUEST_METHOD"] == "PUT":
            self._keep(file, environ, body)
        elif environ["REQUEST_METHOD"] == "DELETE":
            file.unlink(missing_ok=True)

    def _secret(self, environ: Environ, asked: Mapping[str, Any]) -> None:
        """Kept as a creation with the newest value, whichever call stored it."""
        name = asked.get("Name") or asked["SecretId"]
        fresh = {"Name": name} | {key: asked[key] for key in ("SecretString", "SecretBinary") if key in asked}
        if len(fresh) > 1:
            environ = environ | {"HTTP_X_AMZ_TARGET": "secretsmanager.CreateSecret"}
            self._keep(self.folder / "secrets" / _file_name(name), environ, json.dumps(fresh).encode())

    def _message(self, action: str, environ: Environ, body: bytes, answer: bytes) -> None:
        asked, told = json.loads(body), json.loads(answer or b"{}")
        match action:
            case "SendMessage":
                self._sent(environ, asked, told["MessageId"])
            case "SendMessageBatch":
                ids = {entry["Id"]: entry["MessageId"] for entry in told.get("Successful", ())}
                for entry in asked["Entries"]:
                    if (name := entry.pop("Id")) in ids:
                        self._sent(environ, entry | {"QueueUrl": asked["QueueUrl"]}, ids[name])
            case "ReceiveMessage":
                for message in told.get("Messages", ()):
                    if message["MessageId"] in self.files:
                        self.receipts[message["ReceiptHandle"]] = self.files[message["MessageId"]]
            case "DeleteMessage":
                self._deleted(asked["ReceiptHandle"])
            case "DeleteMessageBatch":
                gone = {entry["Id"] for entry in told.get("Successful", ())}
                for entry in asked["Entries"]:
                    if entry["Id"] in gone:
                        self._deleted(entry["ReceiptHandle"])
            case "PurgeQueue":
                self._purged(asked["QueueUrl"])

    def _sent(self, environ: Environ, message: Mapping[str, Any], message_id: str) -> None:
        queue = message["QueueUrl"].rstrip("/").rsplit("/", 1)[-1]
        path = self.folder / "sqs" / queue / message_id
        due_at = time.time() + message.get("DelaySeconds", 0)
        environ = environ | {"HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage", "due_at": due_at}
        self._keep(path, environ, json.dumps(message).encode())
        self.files[message_id] = path

    def _deleted(self, receipt: str) -> None:
        path = self.receipts.pop(receipt, None)
        if path is not None:
            path.unlink(missing_ok=True)
            self.files = {message: file for message, file in self.files.items() if file != path}
            self.receipts = {handle: file for handle, file in self.receipts.items() if file != path}

    def _purged(self, queue_url: str) -> None:
        folder = self.folder / "sqs" / queue_url.rstrip("/").rsplit("/", 1)[-1]
        for path in folder.glob("*"):
            path.unlink()

    def _keep(self, path: Path, environ: Environ, body: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        head = {key: value for key, value in environ.items() if isinstance(value, str | float) and _is_request(key)}
        write_whole(path, json.dumps(head).encode() + b"\n" + body)


def _is_request(name: str) -> bool:
    return name.startswith("HTTP_") or name in (
        "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "due_at",
    )  # fmt: skip


def _environ(head: Mapping[str, Any], body: bytes) -> Environ:
    return {
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": "",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
        "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **head,
    }  # fmt: skip


def _file_name(name: str) -> str:
    """A readable file name; a long one ends in a digest, because file systems stop at 255 bytes."""
    text = quote(name, safe="")
    return text if len(text) < 200 else f"{text[:150]}-{hashlib.sha256(name.encode()).hexdigest()}"
