"""Lambda's side of a function: the runtime API, and the process that asks it for work.

Source: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. The process is Amazon's own runtime interface client on
a bare interpreter: it finds the zip's files and nothing of the environment that the tests run in.
"""

import json
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import files
from pathlib import Path
from typing import Any

_VERSION = "/2018-06-01/runtime"
_CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")
_START_SECONDS = 60
_STOP_SECONDS = 10


class FunctionFailed(Exception):
    """The function raised: the type of its error, and what Lambda would show of it."""


@dataclass
class _Invocation:
    event: Any
    deadline: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: str = ""


class LambdaFunction:
    """One function in a process of its own; it answers one event at a time, as Lambda's containers do."""

    def __init__(
        self, handler: str, *, task: Path, runtime: Path, environment: Mapping[str, str], seconds: int, log: Path
    ) -> None:
        self._seconds = seconds
        self._log = log
        self._one_by_one = threading.Lock()
        self._waiting: queue.Queue[_Invocation | None] = queue.Queue()
        self._running: dict[str, _Invocation] = {}
        self.is_ready = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-S", "-B", "-m", "awslambdaric", handler],
                cwd=task,
                env={
                    **environment,
                    "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
                    "LAMBDA_TASK_ROOT": str(task),
                    "_HANDLER": handler,
                    "PYTHONPATH": f"{task}:{runtime}",
                },
                stdout=output,
                stderr=output,
            )

    def invoke(self, event: Any) -> Any:
        """What the function returns. Raises FunctionFailed when it raises, or takes longer than its time-out."""
        with self._one_by_one:
            # The container starts before the clock of its first event does.
            assert self.is_ready.wait(_START_SECONDS), self.log()
            invocation = _Invocation(event, time.time() + self._seconds)
            self._running[invocation.id] = invocation
            self._waiting.put(invocation)
            if not invocation.answered.wait(self._seconds):
                raise FunctionFailed(f"it did not answer within {self._seconds} s\n{self.log()}")
        if invocation.error:
            raise FunctionFailed(f"{invocation.error}\n{self.log()}")
        return invocation.answer

    def log(self) -> str:
        """Everything the function wrote."""
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(_STOP_SECONDS)
        self._waiting.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        function = self

        class RuntimeApi(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or every answer waits for a delayed acknowledgement
            wbufsize = -1

            def do_GET(self) -> None:
                assert self.path == f"{_VERSION}/invocation/next"
                function.is_ready.set()
                invocation = function._waiting.get()
                if invocation is None:
                    return
                self._say(
                    200,
                    json.dumps(invocation.event).encode(),
                    {
                        "Content-Type": "application/json",  # without one the client dies
                        "Lambda-Runtime-Aws-Request-Id": invocation.id,
                        "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1_000)),
                        "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:f",
                        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
                    },
                )

            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers["Content-Length"]))
                self._say(202, b"{}", {})
                request_id, _, kind = self.path.removeprefix(f"{_VERSION}/invocation/").partition("/")
                if kind in ("response", "error"):
                    invocation = function._running.pop(request_id)
                    if kind == "response":
                        invocation.answer = json.loads(said)
                    else:
                        invocation.error = json.loads(said)["errorType"]
                    invocation.answered.set()

            def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        return RuntimeApi


def lay_out_client(folder: Path) -> Path:
    """The runtime interface client alone, as Lambda has it beside the interpreter."""
    folder.mkdir()
    for distribution in _CLIENT:
        for file in files(distribution) or ():
            if ".." not in file.parts:
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(Path(str(file.locate())).read_bytes())
    return folder
