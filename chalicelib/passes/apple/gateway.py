"""One connection to a push service, kept between calls: many requests in flight, each answered or told why not.

Callers take turns: a container has one, the laptop's server a few. Nothing runs while nobody pushes; a connection that
died meanwhile is noticed by the next push, which makes another.
"""

import os
import socket
import ssl
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import msgspec

from chalicelib.passes.apple.http2 import REFUSED_STREAM, Answered, Event, Goodbye, Http2, Http2Broken, Reset

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 3.0
TOGETHER_SECONDS = 9.0
"""All of a call, waiting for its turn and another connection included."""

IDLE_SECONDS = 240.0
"""A connection unused for longer is made anew: gateways on the way drop idle ones silently (AWS NAT: 350 s)."""

IN_FLIGHT = 500
"""At most, whatever the service allows: what is under way fits into the buffers of both sides, so neither waits."""

_CONNECTIONS = 3
"""In one call: after so many the rest is for later."""

_RECEIVE_BYTES = 65_536


class Reply(msgspec.Struct, frozen=True):
    """What the service said. status 0: nothing, and `reason` says why; else its body"""

    status: int
    body: bytes = b""
    reason: str = ""


class _Work(msgspec.Struct):
    """The requests of a call, by number: waiting ones, those in flight by stream, and the replies so far."""

    paths: Sequence[str]
    secrets: Sequence[tuple[str, str]]
    names: Sequence[str]
    body: bytes
    until: float
    waiting: deque[int]
    flying: dict[int, int] = msgspec.field(default_factory=dict)
    replies: dict[int, Reply] = msgspec.field(default_factory=dict)
    repeated: set[int] = msgspec.field(default_factory=set)

    def headers(self, number: int) -> Sequence[tuple[str, str]]:
        """What a request has of its own."""
        return (*self.secrets, ("apns-id", self.names[number])) if self.names else self.secrets

    def again(self, numbers: Sequence[int], reason: str) -> None:
        """Ask once more; a second time leaves it for later."""
        for number in numbers:
            if number in self.repeated:
                self.replies[number] = Reply(0, reason=reason)
            else:
                self.repeated.add(number)
                self.waiting.append(number)

    def give_up(self, reason: str) -> None:
        """Whatever has no reply gets this one."""
        for number in range(len(self.paths)):
            self.replies.setdefault(number, Reply(0, reason=reason))
        self.waiting.clear()
        self.flying.clear()


class _Line:
    """A connected socket and what is spoken on it."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext, headers: Sequence[tuple[str, str]]) -> None:
        """Raises OSError."""
        plain = socket.create_connection((host, port), CONNECT_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket = tls.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
        if self.socket.selected_alpn_protocol() != "h2":
            self.socket.close()
            raise ConnectionError("no HTTP/2")
        authority = host if port == 443 else f"{host}:{port}"
        pseudo = ((":method", "POST"), (":scheme", "https"), (":authority", authority))
        self.speech = Http2(pseudo, headers)
        self.used_at = time.monotonic()
        self.is_fresh = True  # nothing was asked here before this call

    def flush(self) -> None:
        """Send what waits. Raises OSError."""
        if out := self.speech.taken():
            self.socket.settimeout(ANSWER_SECONDS)
            self.socket.sendall(out)

    def hear(self, seconds: float) -> list[Event]:
        """What comes next. Raises OSError, TimeoutError when nothing does, Http2Broken."""
        self.socket.settimeout(max(seconds, 0.001))
        data = self.socket.recv(_RECEIVE_BYTES)
        if not data:
            raise ConnectionError("hung up")
        self.used_at = time.monotonic()
        return self.speech.receive(data)


class Gateway:
    """A push service as one client sees it. url: "https://host:port"; headers: of every request"""

    def __init__(self, url: str, *, tls: ssl.SSLContext, headers: Sequence[tuple[str, str]]) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 443
        self._tls = tls
        self._headers = headers
        self._line: _Line | None = None
        self._turn = threading.Lock()

    def post(
        self,
        paths: Sequence[str],
        *,
        body: bytes = b"{}",
        secrets: Sequence[tuple[str, str]] = (),
        names: Sequence[str] = (),
    ) -> Sequence[Reply]:
        """One request for each path, side by side; the replies in their order. Never raises.

        secrets: headers of this call     names: of the notifications, in the order of the paths; or none
        A 403 is about us: what has not been sent by then is not sent, and answered so.
        """
        until = time.monotonic() + TOGETHER_SECONDS
        work = _Work(paths, secrets, names, body, until, deque(range(len(paths))))
        if not self._turn.acquire(timeout=TOGETHER_SECONDS):
            work.give_up("no_answer")
        else:
            try:
                self._work_off(work)
            finally:
                self._turn.release()
        return [work.replies[number] for number in range(len(paths))]

    def close(self) -> None:
        """Hang up. The next call connects again."""
        with self._turn:
            self._hang_up()

    def _work_off(self, work: _Work) -> None:
        for _ in range(_CONNECTIONS):
            try:
                line = self._connected()
            except OSError:
                return work.give_up("no_connection")
            was_fresh, line.is_fresh = line.is_fresh, False
            heard_at = line.used_at
            try:
                self._converse(line, work)
            except TimeoutError:
                self._hang_up()
                if was_fresh or line.used_at != heard_at or time.monotonic() >= work.until:
                    return work.give_up("no_answer")
                self._lost(work, "no_answer")  # not a word on an old connection: it was dead
            except (OSError, Http2Broken):
                self._hang_up()
                self._lost(work, "no_connection", was_told=line.speech.is_leaving)
            if line.speech.is_leaving:
                self._hang_up()
            if not work.waiting:
                break
        return work.give_up("no_connection")

    def _lost(self, work: _Work, reason: str, *, was_told: bool = False) -> None:
        """The connection is gone with what was in flight. was_told: it said before which of it would be answered"""
        numbers = list(work.flying.values())
        work.flying.clear()
        if was_told:
            work.repeated.update(numbers)
        work.again(numbers, reason)

    def _converse(self, line: _Line, work: _Work) -> None:
        """Until every request is answered, or the service takes no more. Raises OSError, TimeoutError, Http2Broken."""
        speech = line.speech
        while work.flying or (work.waiting and not speech.is_leaving):
            while work.waiting and len(work.flying) < IN_FLIGHT and speech.can_ask(work.body):
                number = work.waiting.popleft()
                work.flying[speech.ask(work.paths[number], work.body, work.headers(number))] = number
            line.flush()
            left = work.until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            for event in line.hear(min(left, ANSWER_SECONDS)):
                _note(event, work)
        line.flush()

    def _connected(self) -> _Line:
        """The kept connection, or another. Raises OSError."""
        line = self._line
        if line is not None and time.monotonic() - line.used_at >= IDLE_SECONDS:
            self._hang_up()
        if self._line is None:
            self._line = _Line(self._host, self._port, self._tls, self._headers)
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.socket.close()
            self._line = None


def _note(event: Event, work: _Work) -> None:
    match event:
        case Answered(stream, status, body):
            if (number := work.flying.pop(stream, None)) is not None:
                work.replies[number] = Reply(status, body)
            if status == 403:
                for each in work.waiting:
                    work.replies[each] = Reply(status, body)
                work.waiting.clear()
        case Reset(stream, code):
            if (number := work.flying.pop(stream, None)) is not None:
                if code == REFUSED_STREAM:
                    work.again([number], "refused")
                else:
                    work.replies[number] = Reply(0, reason="reset")
        case Goodbye(last, _, _):  # those after `last` were not looked at, those before it will be answered
            unseen = [stream for stream in work.flying if stream > last]
            work.waiting.extendleft(work.flying.pop(stream) for stream in reversed(unseen))


def client_tls(root: str, *pems: bytes) -> ssl.SSLContext:
    """The client's side of TLS. pems: certificate, intermediate and key; none to show no certificate.

    root: PEM file of authorities to trust instead of the public ones, "" for those. The ssl module reads keys from
    files only: one is written for a moment, private.
    """
    context = ssl.create_default_context(cafile=root or certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    if not pems:
        return context
    with tempfile.TemporaryDirectory(prefix="pointpass-") as folder:
        path = Path(folder, "client.pem")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"\n".join(pems))
        context.load_cert_chain(path)
    return context
