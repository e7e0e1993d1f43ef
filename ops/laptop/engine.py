"""The DynamoDB engine of laptops and tests: `dynoxide`, one static binary over one SQLite file.

It does what the ledger needs and what moto cannot: concurrent transactions, idempotency tokens, streams, capacity
units. Table names need 11 characters or more: its stream shard ids are made of them, and botocore wants 28 characters.
"""

import http.client
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ops.laptop.home import PROJECT

START_SECONDS = 10.0
STOP_SECONDS = 5.0


class EngineMissing(Exception):
    """The engine is not installed. The text is one line that says how to mend that."""


class EngineFailed(Exception):
    """The engine did not start; the text is its own last words."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine. `database`: the file it keeps its state in; None when it forgets everything on `stop`."""

    process: subprocess.Popen[bytes]
    port: int
    database: Path | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def start(cls, binary: Path, *, database: Path | None = None, port: int | None = None) -> "Engine":
        """An engine that answers on `port`, or on any free one. Raises EngineFailed."""
        chosen = _free_port() if port is None else port
        if _is_taken(chosen):
            raise EngineFailed(f"the DynamoDB engine did not start: port {chosen} is taken")
        command = [str(binary), "serve", "--host", "127.0.0.1", "--port", str(chosen)]
        if database is not None:
            command += ["--db-path", str(database)]
        with tempfile.TemporaryFile() as said:
            try:
                # A session of its own: Ctrl-C reaches the runner alone, which stops its parts in order.
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
                )
            except OSError as error:
                raise EngineFailed(f"{binary} cannot be run here: {error.strerror}") from error
            engine = cls(process, chosen, database)
            if engine._comes_up():
                return engine
            engine.stop()
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
        raise EngineFailed(f"the DynamoDB engine did not start: {lines[-1] if lines else 'it said nothing'}")

    def answers(self) -> bool:
        """Whether it is up: its process lives and the port answers."""
        if self.process.poll() is not None:
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End it and wait until it is gone; harmless when it already is."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _comes_up(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.02)
        return False


def find(named: str = "") -> Path:
    """The engine's binary: the file `named` (the variable DYNOXIDE), else on PATH, else in node_modules.

    Raises: EngineMissing.
    """
    if named:
        if Path(named).is_file():
            return Path(named)
        raise EngineMissing(f"DYNOXIDE names {named}, and there is no such file")
    on_path = shutil.which("dynoxide")
    if on_path:
        return Path(on_path)
    for binary in sorted((PROJECT / "node_modules" / "@dynoxide").glob("*/dynoxide*")):
        if binary.is_file():
            return binary
    raise EngineMissing("the DynamoDB engine is missing: run `npm ci`, or set DYNOXIDE= to a dynoxide binary")


def _is_taken(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
