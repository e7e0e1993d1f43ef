"""Stand-ins for the outside world: a clock that is set by hand, seeded chance, and doors that remember."""

import base64
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalicelib.connectors.api import Reply
from chalicelib.errors import Refused, TryAgain
from chalicelib.services.ports import PushAnswer, PushReaction, Registration

NOON = 1_782_216_000_000
"""23 June 2026, 12:00 UTC."""
SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass
class HandClock:
    """ports.Clock that moves when a test says so. Pauses are counted, not waited for."""

    instant: int = NOON
    pauses: int = 0

    def now(self) -> int:
        return self.instant

    def pause(self, most_milliseconds: int) -> None:
        self.pauses += 1

    def wait(self, milliseconds: int) -> None:
        self.instant += milliseconds

    def forward(self, milliseconds: int) -> None:
        self.instant += milliseconds


class SeededChance:
    """ports.Chance whose every run is the same."""

    def __init__(self, seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)

    def token(self) -> str:
        with self._lock:
            return base64.urlsafe_b64encode(self._random.randbytes(16)).decode().rstrip("=")

    def digits(self, count: int) -> str:
        with self._lock:
            return f"{self._random.randrange(10**count):0{count}d}"


@dataclass(frozen=True)
class Letter:
    """A mail as its reader gets it."""

    to: str
    language: str
    business: str
    code: str
    link: str
    about: str = "proof"

    @property
    def token(self) -> str:
        """What stands in /proof/{token}."""
        return self.link.rpartition("/")[2]


@dataclass
class Outbox:
    """ports.Mailer that keeps its letters. `is_down`: nothing is accepted."""

    letters: list[Letter] = field(default_factory=list)
    is_down: bool = False

    def send_proof(self, to: str, *, language: str, business: str, code: str, link: str) -> None:
        if self.is_down:
            raise TryAgain("mail_not_sent", why="server_refused")
        self.letters.append(Letter(to, language, business, code, link))

    def send_link(self, to: str, *, language: str, business: str, link: str, is_known: bool) -> None:
        if self.is_down:
            raise TryAgain("mail_not_sent", why="server_refused")
        self.letters.append(Letter(to, language, business, "", link, "card" if is_known else "no card"))

    def send_farewell(self, to: str, *, language: str, business: str, code: str) -> None:
        if self.is_down:
            raise TryAgain("mail_not_sent", why="server_refused")
        self.letters.append(Letter(to, language, business, code, "", "farewell"))


@dataclass
class RememberingPusher:
    """ports.Pusher: what was pushed, one list of tokens a call. `answers`: by token, else delivered."""

    calls: list[list[str]] = field(default_factory=list)
    answers: dict[str, PushAnswer] = field(default_factory=dict)
    dies: bool = False

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, PushAnswer]:
        if self.dies:
            raise ContainerDied
        self.calls.append([registration.push_token for registration in registrations])
        delivered = PushAnswer(PushReaction.DELIVERED, "200")
        return {device.push_token: self.answers.get(device.push_token, delivered) for device in registrations}


class ContainerDied(BaseException):
    """The process ends between two calls: nothing of ours sees it, so nothing of ours can catch it."""


@dataclass
class RememberingAlarm:
    """ports.Alarm: names and facts, in order."""

    raised: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)

    def raise_(self, name: str, **facts: str | int) -> None:
        self.raised.append((name, facts))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.raised]


class Wrapped:
    """A port whose every call goes through `around(name, call)`: to take time, to fail, or to watch."""

    def __init__(self, port: Any, around: Callable[[str, Callable[[], Any]], Any]) -> None:
        self._port = port
        self._around = around

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)
        if not callable(real):
            return real

        def call(*args: Any, **named: Any) -> Any:
            return self._around(name, lambda: real(*args, **named))

        return call


class FailsOnce:
    """In the way of every call of a port (see Wrapped): the first call of this name fails, those after it go through.

    failed: the call's name, once it has failed
    """

    def __init__(self, name: str, reason: str) -> None:
        self.failed: list[str] = []
        self._name = name
        self._reason = reason

    def __call__(self, name: str, call: Callable[[], object]) -> object:
        if name == self._name and not self.failed:
            self.failed.append(name)
            raise TryAgain(self._reason)
        return call()


class Silence:
    """connectors.api.Api that nobody answers."""

    def get(self, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Reply:
        raise TryAgain("provider_unreachable")

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Reply:
        raise TryAgain("provider_unreachable")


class BetweenReads:
    """Does something once before a call: after a document was read and before the newest entry is."""

    def __init__(self, call: str = "newest") -> None:
        self.call = call
        self.happens: Callable[[], Any] | None = None

    def __call__(self, name: str, call: Callable[[], Any]) -> Any:
        happens = self.happens if name == self.call else None
        if happens is not None:
            self.happens = None
            happens()
        return call()


def refusal(act: Callable[..., object], *args: Any, **more: Any) -> str:
    """Why it is refused; empty when it is not: refusal(anna.pays, 100, "50")."""
    try:
        act(*args, **more)
    except Refused as err:
        return err.reason
    return ""


def fifty_at_once(act: Callable[[int], Any]) -> Counter[str]:
    """What became of fifty attempts at once: how many succeeded (""), and why the others were refused."""
    ends, ready = Counter[str](), threading.Barrier(50)

    def run(number: int) -> None:
        ready.wait()
        ends[refusal(lambda: act(number))] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends.total() == 50
    return ends


@contextmanager
def serving(desk: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on this computer, while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), desk)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
