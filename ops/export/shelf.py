"""The folder of an export: files that only grow, and how far each has come, so that it can go on after a break."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.events import Instant
from chalicelib.services.exporting import ExportLine

FILES = ("programs", "accounts", "entries", "cards", "members", "vouchers")
MANIFEST = "manifest.json"
_PROGRESS = "progress.sqlite"
_CHUNK = 1 << 20
_ONLY_MINE = 0o600


class ShelfTaken(Exception):
    """The folder holds something else."""


class Shelf:
    """What is written of an export, and what of that counts: lines behind the last `keep` are written anew.

    about: whose export it is, as in the manifest; a folder of another one is refused with ShelfTaken. Raises OSError.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = {each.name for each in folder.iterdir()}
        if MANIFEST in found:
            raise ShelfTaken("there is a whole export already")
        if found and _PROGRESS not in found:
            raise ShelfTaken("there is something else in it")
        self._folder = folder
        self._about = dict(about)
        # Before SQLite, whose own error names no cause.
        (folder / _PROGRESS).touch(mode=_ONLY_MINE)
        self._book = sqlite3.connect(folder / _PROGRESS, isolation_level=None)
        self._book.execute("create table if not exists kept (name text primary key, value text)")
        self._book.execute("create table if not exists members (id text primary key)")
        said = self._kept("about", self._about)
        if said != self._about:
            raise ShelfTaken("another export was begun in it")
        self._tally: dict[str, dict[str, int]] = self._kept(
            "tally", {name: {"lines": 0, "bytes": 0, "from": 0, "until": 0} for name in FILES}
        )
        self._steps: dict[str, str] = self._kept("steps", {})
        for name in FILES:
            path = self.path(name)
            path.touch(mode=_ONLY_MINE)
            with path.open("r+b") as file:
                file.truncate(self._tally[name]["bytes"])
        self._book.execute("begin")

    def path(self, name: str) -> Path:
        """Where a file is."""
        return self._folder / f"{name}.jsonl"

    def cursor(self, step: str) -> str | None:
        """Where a step goes on: "" from its beginning, None when it is done."""
        told = self._steps.get(step, "")
        return None if told == "done" else told.removeprefix("at ")

    def lines(self) -> Mapping[str, int]:
        """How many lines each file has."""
        return {name: told["lines"] for name, told in self._tally.items()}

    def is_fresh(self, member: str) -> bool:
        """Whether a member was not met before; they are now."""
        return bool(self._book.execute("insert or ignore into members values (?)", (member,)).rowcount)

    def put(self, lines: Sequence[ExportLine]) -> None:
        """Write lines behind those that are there."""
        texts: dict[str, list[bytes]] = {}
        for line in lines:
            texts.setdefault(line.file, []).append(msgspec.json.encode(line.says) + b"\n")
            self._count(line.file, line.at, len(texts[line.file][-1]))
        for name, own in texts.items():
            with self.path(name).open("ab") as file:
                file.writelines(own)

    def keep(self, step: str, cursor: str) -> None:
        """All that was put so far counts. cursor: where the step goes on; "" when it is done"""
        self._steps[step] = f"at {cursor}" if cursor else "done"
        for name, value in (("tally", self._tally), ("steps", self._steps)):
            self._book.execute("insert or replace into kept values (?, ?)", (name, json.dumps(value)))
        self._book.execute("commit")
        self._book.execute("begin")

    def close(self, *, made_at: str) -> Path:
        """Say what is in the folder, and forget how it came to be."""
        self._book.execute("commit")
        self._book.close()
        files = {
            name: {"file": f"{name}.jsonl", **told, "sha256": self._digest(name)} for name, told in self._tally.items()
        }
        manifest = self._folder / MANIFEST
        manifest.touch(mode=_ONLY_MINE)
        manifest.write_text(json.dumps({**self._about, "made_at": made_at, "files": files}, indent=1) + "\n")
        (self._folder / _PROGRESS).unlink()
        return manifest

    def leave(self) -> None:
        """Stop in the middle: what was kept stays."""
        self._book.execute("rollback")
        self._book.close()

    def _count(self, name: str, at: Instant, size: int) -> None:
        told = self._tally[name]
        told["lines"] += 1
        told["bytes"] += size
        if at:
            told["from"] = min(told["from"] or at, at)
            told["until"] = max(told["until"], at)

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        with self.path(name).open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def _kept(self, name: str, otherwise: Any) -> Any:
        row = self._book.execute("select value from kept where name = ?", (name,)).fetchone()
        if row is None:
            self._book.execute("insert into kept values (?, ?)", (name, json.dumps(otherwise)))
            return otherwise
        return json.loads(row[0])
