"""A stand-in for Apple's push service: HTTP/2 over TLS, and nobody without the pass type's certificate.

It refuses what Apple refuses, with Apple's words, and lets a phone page wait for its push. Source:
developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns.
"""

import asyncio
import json
import re
import socket
import ssl
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config

from ops.laptop.authority import Papers

_PATH = re.compile(r"/3/device/(?P<token>[^/]{1,2000})")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PAYLOAD_BYTES = 4_096
_REMEMBERED = 1_000

HANG_UP, SILENCE = 1, 2
"""Statuses in the table of answers: drop the connection; never answer."""


@dataclass(frozen=True, slots=True)
class Push:
    """A push that was accepted. `at`: milliseconds since 1970, a little later than the one before; `name`: apns-id"""

    token: str
    at: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Peer:
    """A connected client and the topic its certificate allows."""

    topic: str
    writer: asyncio.StreamWriter


@dataclass(slots=True)
class PushService:
    """The running stand-in.

    answers: by token, what to answer instead of 200, first to last; a test fills it
    pushes: the last accepted ones     connections: how many were made since the start
    """

    url: str
    answers: dict[str, list[tuple[int, str]]]
    on_push: Callable[[str, int], None] | None
    pushes: deque[Push] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    connections: int = 0
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _peers: dict[tuple[str, int], _Peer] = field(default_factory=dict)

    def wait_for(self, token: str, *, after: int, timeout: float) -> int | None:
        """When `token` was pushed later than `after`; None when that does not happen within `timeout` seconds."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._newest(token) > after, timeout)
            newest = self._newest(token)
        return newest if newest > after else None

    def stop(self) -> None:
        """Drop every connection and end the thread."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)
            self._thread = None

    def _newest(self, token: str) -> int:
        return max((push.at for push in self.pushes if push.token == token), default=-1)

    def _accept(self, token: str, name: str) -> None:
        with self._arrived:
            last = self.pushes[-1].at if self.pushes else 0
            push = Push(token, max(_now(), last + 1), name)
            self.pushes.append(push)
            self._arrived.notify_all()
        if self.on_push is not None:
            self.on_push(push.token, push.at)

    async def _application(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """One request. The topic a connection may use is the user id of its client certificate."""
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body") or len(body) > _PAYLOAD_BYTES:
                break
        peer = tuple(scope["client"])
        token, refusal = _refusal(scope, body, self._peers[peer].topic)
        status, reason = refusal or self._prescribed(token)
        if status == SILENCE:
            await self._stopping.wait()
        if status in (SILENCE, HANG_UP):
            self._peers[peer].writer.transport.abort()
            return
        name = _header(scope, b"apns-id") or _new_id()
        if status == 200:
            self._accept(token, name)
        said: dict[str, str | int] = {"reason": reason}
        if status == 410:
            said["timestamp"] = _now()
        await send({"type": "http.response.start", "status": status, "headers": [(b"apns-id", name.encode())]})
        await send({"type": "http.response.body", "body": b"" if status == 200 else json.dumps(said).encode()})

    def _prescribed(self, token: str) -> tuple[int, str]:
        waiting = self.answers.get(token)
        return waiting.pop(0) if waiting else (200, "")

    async def _serve(self, listening: socket.socket, tls: ssl.SSLContext, ready: threading.Event) -> None:
        config = Config()
        config.keep_alive_timeout = 600
        context = WorkerContext(None)
        application = ASGIWrapper(self._application)
        serving: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            async def speak() -> None:
                await TCPServer(application, self._loop, config, context, {}, reader, writer)

            name = writer.get_extra_info("peername")
            peer = _Peer(_user_id(writer.get_extra_info("peercert")), writer)
            self.connections += 1
            self._peers[name] = peer
            task = asyncio.create_task(speak())
            serving.add(task)
            await asyncio.wait((task,))
            serving.discard(task)
            if self._peers.get(name) is peer:  # the port may already serve somebody else
                del self._peers[name]

        server = await asyncio.start_server(connected, sock=listening, ssl=tls)
        ready.set()
        await self._stopping.wait()
        server.close()
        for each in tuple(self._peers.values()):
            each.writer.transport.abort()
        for task in tuple(serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await server.wait_closed()

    def _run(self, listening: socket.socket, tls: ssl.SSLContext, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(listening, tls, ready))
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()


def start(
    papers: Papers,
    *,
    port: int = 0,
    answers: dict[str, list[tuple[int, str]]] | None = None,
    on_push: Callable[[str, int], None] | None = None,
) -> PushService:
    """Serve on 127.0.0.1 in a thread of its own; port 0 takes a free one. Ready when it returns."""
    listening = socket.create_server(("127.0.0.1", port))
    service = PushService(f"https://127.0.0.1:{listening.getsockname()[1]}", answers or {}, on_push)
    ready = threading.Event()
    arguments = (listening, _tls(papers), ready)
    service._thread = threading.Thread(target=service._run, args=arguments, name="push-stand-in", daemon=True)
    service._thread.start()
    if not ready.wait(10):
        raise RuntimeError("the push stand-in did not start")
    return service


def _tls(papers: Papers) -> ssl.SSLContext:
    """TLS 1.2 or later, HTTP/2, and a client certificate that our root leads to."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    context.load_cert_chain(papers.push_certificate, papers.push_key)
    context.load_verify_locations(papers.root)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _refusal(scope: Mapping[str, Any], body: bytes, own_topic: str) -> tuple[str, tuple[int, str] | None]:
    """The token, and what is wrong with the request, if anything."""
    path = _PATH.fullmatch(scope["raw_path"].decode("latin-1"))
    if path is None:
        return "", (404, "BadPath")
    token = unquote(path["token"])
    if scope["method"] != "POST":
        return token, (405, "MethodNotAllowed")
    topic = _header(scope, b"apns-topic")
    if not topic:
        return token, (400, "MissingTopic")
    if topic != own_topic:
        return token, (400, "TopicDisallowed")
    is_named = _UUID.fullmatch(_header(scope, b"apns-id") or _new_id())
    if not is_named or len(body) > _PAYLOAD_BYTES:
        return token, (413, "PayloadTooLarge") if is_named else (400, "BadMessageId")
    try:
        payload = json.loads(body)
    except ValueError:
        payload = None
    return token, None if isinstance(payload, dict) else (400, "PayloadEmpty")


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    value: bytes = dict(scope["headers"]).get(name, b"")
    return value.decode("latin-1")


def _user_id(certificate: Mapping[str, Any] | None) -> str:
    """The subject's user id of a client certificate, as the ssl module tells it."""
    subject = (certificate or {}).get("subject", ())
    return next((value for part in subject for name, value in part if name in ("userId", "UID")), "")


def _now() -> int:
    return time.time_ns() // 1_000_000


def _new_id() -> str:
    return str(uuid.uuid4())
