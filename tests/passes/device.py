"""A phone that behaves like Apple Wallet's own service, passd, as far as a server can see it.

It adds a pass, registers, lists with its tag, asks with HEAD and If-Modified-Since, verifies what it is given, tries
again with growing delays and gives up, complains in Wallet's words, rotates its push token, and unregisters.

What a server must know of it, and what no page of Apple says: the tag of a list is kept whatever becomes of the passes
that stood there; a phone that registers lists at once; a 304 brings a new date, too; a pass that arrives unchanged
long after its date is complained of.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal

from pass_samples import files_of, openssl_verify

Reply = tuple[int, Mapping[str, str], bytes]
Ask = Callable[[str, str, Mapping[str, str], bytes], Reply | None]
"""(method, address, headers, body) -> (status, headers, body), or None when nothing came back."""

DELAYS = (5_000, 30_000, 120_000, 600_000)
"""Milliseconds until the next try of a request; after the last one the phone gives up."""

QUIET = 300_000
"""Nothing is complained of that changed less than so many milliseconds ago."""


@dataclass
class HeldPass:
    """A pass on the phone. `date`: the Last-Modified it came with, as it stood there."""

    data: bytes
    date: str | None = None

    def __post_init__(self) -> None:
        self.files = files_of(self.data)
        self.content: dict[str, Any] = json.loads(self.files["pass.json"])

    @property
    def serial(self) -> str:
        return str(self.content["serialNumber"])

    @property
    def values(self) -> dict[str, Any]:
        """What the store card shows, by the field's key."""
        return {field["key"]: field["value"] for group in self.content["storeCard"].values() for field in group}


@dataclass
class Task:
    """Something the phone wants of the server, at `due`, for the `tries`-th time."""

    kind: Literal["register", "unregister", "list", "get"]
    serial: str
    due: int
    tries: int = 0
    held: HeldPass | None = None


@dataclass
class Device:
    """One phone. `verify_every`: how many of the passes it is given openssl looks at (every n-th, the first always)."""

    name: str
    ask: Ask
    root: Path
    verify_every: int = 1
    is_automatic: bool = True
    passes: dict[str, HeldPass] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    registered: set[str] = field(default_factory=set)
    tokens: int = 1
    seen: int = 0
    gave_up: int = 0

    @property
    def push_token(self) -> str:
        return f"{self.name}-{self.tokens}"

    # --- what its owner and Apple do

    def add(self, data: bytes, now: int) -> None:
        """The owner taps "add" on a pass from a page. A pass that does not verify is not added."""
        held = self._verified(data)
        self.passes[held.serial] = held
        self.tasks = [task for task in self.tasks if task.serial != held.serial]
        self._later("register", held.serial, now)

    def remove(self, serial: str, now: int) -> None:
        """The owner deletes the pass; what was planned for it is not done any more."""
        held = self.passes.pop(serial)
        self.registered.discard(serial)
        self.tasks = [task for task in self.tasks if task.serial != serial]
        self._later("unregister", serial, now, held)

    def rotate(self, now: int) -> None:
        """The token of the phone changes: every pass is registered again."""
        self.tokens += 1
        for serial in self.passes:
            self._later("register", serial, now)

    def pushed(self, now: int) -> None:
        """An empty push: something changed."""
        if self.is_automatic and self.passes:
            self._later("list", "", now)

    def refresh(self, serial: str, now: int) -> None:
        """The owner pulls the card down."""
        self._later("get", serial, now)

    # --- what it does by itself

    def next_due(self) -> int | None:
        return min((task.due for task in self.tasks), default=None)

    def run(self, now: int) -> None:
        """Do everything that is due, and what follows from it."""
        while ready := [task for task in self.tasks if task.due <= now]:
            task = min(ready, key=lambda each: each.due)
            self.tasks.remove(task)
            if not self._done(task, now):
                self._again(task, now)

    def complain(self) -> Reply | None:
        """Send what there is to complain of."""
        logs, self.logs = self.logs, []
        url = next(iter(self.passes.values())).content["webServiceURL"]
        return self.ask("POST", f"{url}/v1/log", {}, json.dumps({"logs": logs}).encode())

    def _later(self, kind: Any, serial: str, due: int, held: HeldPass | None = None) -> None:
        """A task that waits already is not doubled."""
        if not any((task.kind, task.serial) == (kind, serial) and not task.tries for task in self.tasks):
            self.tasks.append(Task(kind, serial, due, held=held))

    def _again(self, task: Task, now: int) -> None:
        if task.tries == len(DELAYS):
            self.gave_up += 1
            return
        self.tasks.append(Task(task.kind, task.serial, now + DELAYS[task.tries], task.tries + 1, task.held))

    def _done(self, task: Task, now: int) -> bool:
        match task.kind:
            case "list":
                return self._list(now)
            case "get":
                return task.serial not in self.passes or self._get(self.passes[task.serial], now)
            case _:
                return self._register(task, now)

    def _register(self, task: Task, now: int) -> bool:
        held = task.held or self.passes.get(task.serial)
        if held is None:
            return True
        method, body = ("DELETE", b"") if task.kind == "unregister" else ("POST", self._enrolment())
        address = f"{self._registrations(held)}/{held.serial}"
        reply = self.ask(method, address, {"authorization": _proof(held)}, body)
        if reply is None or reply[0] not in (200, 201):
            self._report(f"{method} registration", reply)
            return False
        if task.kind == "register":
            self.registered.add(held.serial)
            self._later("list", "", now)
        return True

    def _enrolment(self) -> bytes:
        return json.dumps({"pushToken": self.push_token}).encode()

    def _list(self, now: int) -> bool:
        if not self.passes:
            return True
        held = next(iter(self.passes.values()))
        pass_type = held.content["passTypeIdentifier"]
        tag = self.tags.get(pass_type)
        query = f"?passesUpdatedSince={tag}" if tag is not None else ""
        reply = self.ask("GET", self._registrations(held) + query, {}, b"")
        if reply is None or reply[0] not in (200, 204):
            self._report("Get serial #s task", reply)
            return False
        if reply[0] == 200:
            self._listed(json.loads(reply[2]), pass_type, tag, now)
        return True

    def _listed(self, said: dict[str, Any], pass_type: str, tag: str | None, now: int) -> None:
        assert isinstance(said["lastUpdated"], str)
        if said["lastUpdated"] == tag:
            self.logs.append(f"{len(said['serialNumbers'])} serial numbers but the lastUpdated tag remained the same.")
        self.tags[pass_type] = said["lastUpdated"]  # before a single pass was fetched
        for serial in said["serialNumbers"]:
            if serial in self.passes:
                self._later("get", serial, now)
            elif not any(task.kind == "unregister" and task.serial == serial for task in self.tasks):
                self.logs.append(f"Update requested for unregistered serial number {serial}")

    def _get(self, held: HeldPass, now: int) -> bool:
        content = held.content
        address = f"{content['webServiceURL']}/v1/passes/{content['passTypeIdentifier']}/{held.serial}"
        headers = {"authorization": _proof(held)}
        if held.date is not None:
            headers["if-modified-since"] = held.date
            asked = self.ask("HEAD", address, headers, b"")
            if asked is not None and asked[0] == 304:
                return self._unchanged(held, asked[1], now)
        reply = self.ask("GET", address, headers, b"")
        if reply is not None and reply[0] == 304:
            return self._unchanged(held, reply[1], now)
        if reply is None or reply[0] != 200:
            self._report("Get pass task", reply)
            return False
        self._received(held, reply)
        return True

    def _unchanged(self, held: HeldPass, headers: Mapping[str, str], now: int) -> bool:
        since = parsedate_to_datetime(held.date or "").timestamp() * 1_000
        if now - since >= QUIET:
            self.logs.append(f"Server requested update to serial number '{held.serial}', but the pass was unchanged.")
        held.date = headers.get("Last-Modified")
        return True

    def _received(self, held: HeldPass, reply: Reply) -> None:
        fresh = self._verified(reply[2])
        fresh.date = reply[1].get("Last-Modified")
        assert fresh.serial == held.serial
        if fresh.date is None:
            self.logs.append("Server returned the pass data but did not provide a 'last-modified' header.")
        if held.date is not None and fresh.files["manifest.json"] == held.files["manifest.json"]:
            self.logs.append("Server ignored the 'if-modified-since' header and returned the full unchanged pass data.")
        self.passes[held.serial] = fresh

    def _verified(self, data: bytes) -> HeldPass:
        held = HeldPass(data)
        self.seen += 1
        names = set(held.files) - {"manifest.json", "signature"}
        digests = {name: hashlib.sha1(held.files[name], usedforsecurity=False).hexdigest() for name in names}
        assert json.loads(held.files["manifest.json"]) == digests
        if (self.seen - 1) % self.verify_every == 0:
            with tempfile.TemporaryDirectory() as folder:
                parts = {"signature": held.files["signature"], "content": held.files["manifest.json"]}
                assert openssl_verify("smime", Path(folder), root=self.root, **parts) == 0, "the signature is bad"
        return held

    def _registrations(self, held: HeldPass) -> str:
        content = held.content
        return f"{content['webServiceURL']}/v1/devices/{self.name}/registrations/{content['passTypeIdentifier']}"

    def _report(self, what: str, reply: Reply | None) -> None:
        if reply is not None:
            why = "Authentication failure" if reply[0] == 401 else f"Unexpected response code {reply[0]}"
            self.logs.append(f"{what} encountered error: {why}")


def _proof(held: HeldPass) -> str:
    return f"ApplePass {held.content['authenticationToken']}"
