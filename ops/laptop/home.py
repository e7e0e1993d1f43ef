"""`.local/`: where a laptop keeps what must outlive a restart."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class AlreadyRunning(Exception):
    """Another stack holds this state folder."""


@dataclass(frozen=True, slots=True)
class Home:
    """The state folder. Everything in it is the owner's alone (mode 0700): it holds keys and invented people."""

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> "Home":
        """The folder, made when it is missing, and locked until this process ends. Raises: AlreadyRunning."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        home = cls(folder)
        home._lock()
        return home

    def forget(self) -> None:
        """Empty the folder."""
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    def _lock(self) -> None:
        # The lock belongs to the open file: the system drops it when the process dies, however it dies. The
        # descriptor is left open on purpose; Python does not hand it on to child processes.
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(str(self.folder)) from error

    def path(self, *parts: str) -> Path:
        """A path below the folder; its parents exist."""
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def remembered(self, name: str, make: Callable[[], str]) -> str:
        """The text kept under `name`, made once with `make`."""
        path = self.path("kept", name)
        if not path.exists():
            write_whole(path, make().encode())
        return path.read_text()

    def write_json(self, name: str, value: object) -> None:
        write_whole(self.path(name), json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads it, after whatever crash, sees all of it or none."""
    fresh = path.with_name(f".{path.name}.fresh-{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
