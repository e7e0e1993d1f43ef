"""The push that tells a phone to ask: an empty message over one HTTP/2 connection, with the pass's own certificate.

Source: developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns and
.../handling-notification-responses-from-apns; for passes the topic is the pass type and the payload is empty.

A thread with an event loop owns the connection for the life of the container. Callers are threads (handlers, the
laptop's server) and hand their pushes over; the connection carries them side by side, is kept between calls, and is
touched by one thread only, which the protocol's state demands.
"""

import asyncio
import os
import ssl
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec

from chalicelib.events import Instant
from chalicelib.services.ports import PushAnswer, PushReaction, Registration

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 3.0
TOGETHER_SECONDS = 9.0
"""Both attempts of a push, queueing included."""

IDLE_SECONDS = 240.0
"""A connection unused for longer is made anew: gateways on the way drop idle ones silently (AWS NAT: 350 s)."""

_DEAD = frozenset({"Unregistered", "ExpiredToken"})


class _Said(msgspec.Struct):
    """The body of an error. `timestamp`: milliseconds, since when the token has been dead."""

    reason: str = ""
    timestamp: Instant | None = None


class ApplePusher:
    """Pushes for one pass type. Make one per container; `close` ends its thread.

    url: Apple's host or a stand-in      certificate_pem: the pass certificate      key_pem: its key
    intermediate_pem: sent with it       root: PEM file of authorities to trust instead of the public ones, "" for those
    """

    def __init__(
        self,
        url: str,
        *,
        pass_type: str,
        certificate_pem: bytes,
        key_pem: bytes,
        intermediate_pem: bytes,
        root: str = "",
    ) -> None:
        self._url = url.rstrip("/")
        self._client = httpx.AsyncClient(
            http1=False,
            http2=True,
            verify=_tls(certificate_pem, key_pem, intermediate_pem, root),
            headers={"apns-topic": pass_type, "content-type": "application/json"},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=1, keepalive_expiry=IDLE_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="apple-push", daemon=True)
        self._thread.start()

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, PushAnswer]:
        """One empty push per token, side by side; what came back, by token. Never raises for a token."""
        tokens = list(dict.fromkeys(each.push_token for each in registrations))
        if not tokens:
            return {}
        work = asyncio.run_coroutine_threadsafe(self._push_all(tokens), self._loop)
        try:
            answers = work.result(TOGETHER_SECONDS + 1)
        except NotInTime:
            work.cancel()
            return dict.fromkeys(tokens, PushAnswer(PushReaction.LATER, "no_answer"))
        return dict(zip(tokens, answers, strict=True))

    def close(self) -> None:
        """Close the connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result(ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_SECONDS)
        self._loop.close()

    async def _push_all(self, tokens: Sequence[str]) -> list[PushAnswer]:
        return await asyncio.gather(*(self._push_one(token) for token in tokens))

    async def _push_one(self, token: str) -> PushAnswer:
        try:
            async with asyncio.timeout(TOGETHER_SECONDS):
                return answer_of(await self._post(token))
        except (httpx.TimeoutException, TimeoutError):
            return PushAnswer(PushReaction.LATER, "no_answer")
        except (httpx.HTTPError, OSError):
            return PushAnswer(PushReaction.LATER, "no_connection")

    async def _post(self, token: str) -> httpx.Response:
        """One push; a second time if the kept connection had died since the last call, or the service says goodbye."""
        url = f"{self._url}/3/device/{quote(token, safe='')}"
        with suppress(httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.ProtocolError):
            return await self._client.post(url, content=b"{}")
        return await self._client.post(url, content=b"{}")


def answer_of(response: httpx.Response) -> PushAnswer:
    """What an answer asks of us."""
    said = _said(response.content)
    reason = said.reason or f"status_{response.status_code}"
    match response.status_code:
        case 200:
            return PushAnswer(PushReaction.DELIVERED, said.reason)
        case 410 if reason in _DEAD:
            return PushAnswer(PushReaction.FORGET, reason, said.timestamp)
        case 400 if reason == "BadDeviceToken":
            return PushAnswer(PushReaction.FORGET, reason)
        case 410 | 429:
            return PushAnswer(PushReaction.LATER, reason)
        case status if status >= 500:
            return PushAnswer(PushReaction.LATER, reason)
        case _:
            return PushAnswer(PushReaction.STOP, reason)


def _said(body: bytes) -> _Said:
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Said()
    return said if said.reason.isascii() and said.reason.isalnum() and len(said.reason) <= 64 else _Said()


def _tls(certificate_pem: bytes, key_pem: bytes, intermediate_pem: bytes, root: str) -> ssl.SSLContext:
    """The client's side of TLS. The ssl module reads keys from files only: one is written for a moment, private."""
    context = ssl.create_default_context(cafile=root) if root else httpx.create_ssl_context()
    with tempfile.TemporaryDirectory(prefix="pointpass-") as folder:
        path = Path(folder, "client.pem")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"\n".join((certificate_pem, intermediate_pem, key_pem)))
        context.load_cert_chain(path)
    return context
