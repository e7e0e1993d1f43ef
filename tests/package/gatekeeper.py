"""Stands between a function and the stand-ins of AWS, and lets through what the function's role allows.

The stand-ins ask nobody for permission. A function that works here has, in its packaged role, every permission it
used; one that lacks a permission is refused as AWS would refuse it, and the refusal is remembered.
"""

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import ses_stand_in
from deployed import ACCOUNT, REGION, Role
from recovery_stand_in import NEEDED_ON_TARGET, RESTORES

_ITEMS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_OBJECTS = {"PUT": "PutObject", "GET": "GetObject", "HEAD": "GetObject", "DELETE": "DeleteObject"}
_HOP = ("connection", "content-length", "expect", "transfer-encoding")


class Gatekeeper:
    """One function's way to AWS. `dynamodb`, `cloud`, `ses`: the addresses of the stand-ins behind it.

    used: every permission that was needed, as (action, resource)     refused: those that the role does not give
    """

    def __init__(self, role: Role, *, dynamodb: str, cloud: str, ses: str = "") -> None:
        self.used: set[tuple[str, str]] = set()
        self.refused: list[tuple[str, str]] = []
        self._role = role
        self._dynamodb, self._cloud, self._ses = (urlsplit(each).netloc for each in (dynamodb, cloud, ses))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _lets_through(self, needed: list[tuple[str, str]]) -> bool:
        assert needed, "a call that this gatekeeper does not know"
        self.used |= set(needed)
        refused = [permission for permission in needed if not self._role.allows(*permission)]
        self.refused += refused
        return not refused

    def _host(self, target: str, path: str) -> str:
        if path.startswith(ses_stand_in.BEGINS):
            return self._ses
        return self._dynamodb if target.startswith("DynamoDB") else self._cloud

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Gate(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle_expect_100(self) -> bool:
                """Said at once: who puts an object waits a second for it."""
                goes_on = super().handle_expect_100()
                self.wfile.flush()
                return goes_on

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                target = self.headers.get("X-Amz-Target", "")
                if not gate._lets_through(list(_permissions(self.command, self.path, target, body))):
                    self._say(400, {}, b'{"__type": "AccessDeniedException", "message": "not in the role"}')
                    return
                line = http.client.HTTPConnection(gate._host(target, self.path), timeout=30)
                try:
                    kept = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
                    line.request(self.command, self.path, body, kept)
                    answer = line.getresponse()
                    self._say(answer.status, dict(answer.getheaders()), answer.read())
                finally:
                    line.close()

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815  # the server looks for these names

            def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in (*_HOP, "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        return Gate


def _permissions(method: str, path: str, target: str, body: bytes) -> Iterator[tuple[str, str]]:
    """What a call needs. Sources: the service authorization reference of each service; for transactions,
    docs.aws.amazon.com/amazondynamodb, "Using IAM with DynamoDB transactions".
    """
    service, _, operation = target.partition(".")
    told = json.loads(body) if target else {}
    match service:
        case "DynamoDB_20120810" if operation == "TransactWriteItems":
            for item in told["TransactItems"]:
                for kind, write in item.items():
                    yield f"dynamodb:{_ITEMS[kind]}", _table(write["TableName"])
        case "DynamoDB_20120810" if operation == RESTORES:
            yield f"dynamodb:{operation}", _table(told["SourceTableName"])
            for action in NEEDED_ON_TARGET:
                yield f"dynamodb:{action}", _table(told["TargetTableName"])
        case "DynamoDB_20120810" if "BackupArn" in told:
            yield f"dynamodb:{operation}", told["BackupArn"]
        case "DynamoDB_20120810":
            index = f"/index/{told['IndexName']}" if "IndexName" in told else ""
            yield f"dynamodb:{operation}", _table(told["TableName"]) + index
        case "AmazonSQS":
            yield f"sqs:{operation}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{told['QueueUrl'].rpartition('/')[2]}"
        case "secretsmanager":
            # A secret's ARN ends with six characters that nobody chose.
            named = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{told.get('SecretId') or told['Name']}-AbCdEf"
            yield f"secretsmanager:{operation}", named
        case "" if path.startswith(ses_stand_in.BEGINS):
            yield ses_stand_in.permission(method, path, body)
        case "":
            named = urlsplit(path).path.strip("/")
            yield f"s3:{_OBJECTS[method] if '/' in named else 'ListBucket'}", f"arn:aws:s3:::{named}"


def _table(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
