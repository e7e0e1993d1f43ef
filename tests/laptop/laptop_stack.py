"""A whole laptop stack in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ops.laptop.home import PROJECT

START_SECONDS = 60


def a_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class LaptopStack:
    """`make run` as a process. It can be stopped, killed and started again on the same state.

    command: what starts it
    """

    def __init__(self, folder: Path, command: Sequence[str] = (sys.executable, "-m", "ops.laptop")) -> None:
        self.folder = folder
        self.command = command
        self.port = a_free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.folder / "stack.json").read_bytes())
        return told

    def start(self) -> None:
        (self.folder / "stack.json").unlink(missing_ok=True)
        environment = os.environ | {"PORT": str(self.port), "LOCAL": str(self.folder), "RESET": ""}
        with (self.folder.parent / "stack.log").open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not (self.folder / "stack.json").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(self.said())
            time.sleep(0.1)

    def said(self) -> str:
        """Everything that its terminal shows."""
        return (self.folder.parent / "stack.log").read_text()

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)
