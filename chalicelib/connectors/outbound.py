"""Calls to providers: over https to public addresses, bounded in time and size, never redirected.

Where a call goes may be said by a shop's settings or by a provider's answer, so every address is checked, and the
checked one is connected to: a name is resolved once, and TLS still asks for the certificate of the name.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpcore
import httpx

from chalicelib.connectors.addresses import is_loopback, is_public
from chalicelib.connectors.api import Reply
from chalicelib.errors import Broken, Malformed, TryAgain

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
WHOLE_SECONDS = 10.0
"""A whole call, however slowly its bytes drip."""

MOST_BYTES = 1_000_000
_IDLE_SECONDS = 30.0
_ADDRESSES_TRIED = 3
_TIMEOUT = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": CONNECT_SECONDS}

Resolve = Callable[[str, int], Sequence[str]]


def resolved(host: str, port: int) -> Sequence[str]:
    """Addresses of a host, in the order the system prefers. Raises TryAgain, Broken."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as err:
        raise TryAgain("provider_unreachable", cause="name_not_found") from err
    except UnicodeError as err:  # a label of more than 63 characters
        raise Broken("address_unreadable") from err
    return [str(address[0]) for *_, address in found]


def nowhere(origin: str) -> bool:
    """No address of this machine may be called."""
    return False


class HttpApi:
    """connectors.api.Api. One per container; its connections are kept for a short while. Threads may share it.

    is_named: may this origin on the machine itself ("http://127.0.0.1:8025") be called? Only where a connection's
        options name it: a laptop's stand-ins, a tunnel.
    """

    def __init__(
        self,
        *,
        is_named: Callable[[str], bool] = nowhere,
        resolve: Resolve = resolved,
        network: httpcore.NetworkBackend | None = None,
        tls: Any = None,
    ) -> None:
        self._is_named = is_named
        self._way = _CheckedWay(network or httpcore.SyncBackend(), resolve)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, network_backend=self._way, max_connections=20, keepalive_expiry=_IDLE_SECONDS
        )

    def get(self, url: str, *, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> Reply:
        return self._asked("GET", self._allowed(url, query or {}), headers, None)

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Reply:
        return self._asked("POST", self._allowed(url, {}), headers, body)

    def close(self) -> None:
        self._pool.close()

    def _allowed(self, url: str, query: Mapping[str, str]) -> httpx.URL:
        """The address, read once: what is checked is what is called. Raises Broken."""
        try:
            parsed = httpx.URL(url)
            parsed = parsed.copy_merge_params(dict(query)) if query else parsed
        except (httpx.InvalidURL, UnicodeError) as err:
            raise Broken("address_unreadable") from err
        if not parsed.host or parsed.userinfo or parsed.scheme not in ("http", "https"):
            raise Broken("address_not_allowed", host=parsed.host[:80])
        is_allowed = self._is_named(origin_of(url)) if is_loopback(parsed.host) else parsed.scheme == "https"
        if not is_allowed:
            raise Broken("address_not_allowed", host=parsed.host[:80])
        return parsed

    def _asked(self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes | None) -> Reply:
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = {"user-agent": "pointpass", "accept-encoding": "identity", **headers}
        try:
            told = [(name.encode("ascii"), text.encode("ascii")) for name, text in sent.items()]
            with (
                self._way.within(WHOLE_SECONDS),
                self._pool.stream(method, target, headers=told, content=body, extensions={"timeout": _TIMEOUT}) as got,
            ):
                answered = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in got.headers}
                _check_status(got.status, answered)
                return Reply(got.status, answered, _read(got, answered))
        except (httpcore.LocalProtocolError, UnicodeEncodeError) as err:
            raise Broken("request_malformed", cause=type(err).__name__) from err
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as err:
            raise TryAgain("provider_unreachable", cause=type(err).__name__) from err


def origin_of(url: str) -> str:
    """ "http://127.0.0.1:8025" of any address under it; "" of what is no address."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return ""
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}" if parsed.host else ""


def _check_status(status: int, headers: Mapping[str, str]) -> None:
    if status != 429 and status < 500:
        return
    facts = {"status": status}
    wait = headers.get("retry-after", "").partition(".")[0]  # Shopify writes "2.0"; a date is not worth reading
    if wait.isascii() and wait.isdigit():
        facts["retry_after"] = min(int(wait), 3_600)
    raise TryAgain("provider_busy", **facts)


def _read(got: httpcore.Response, headers: Mapping[str, str]) -> bytes:
    """The body, as long as it stays below the limit. A packed one was not asked for and may be of any size."""
    if headers.get("content-encoding", "identity") != "identity":
        raise Malformed("answer_is_packed")
    body = bytearray()
    for piece in got.iter_stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Malformed("answer_too_large", at_most=MOST_BYTES)
    return bytes(body)


class _CheckedWay(httpcore.NetworkBackend):
    """Resolves, checks and connects; and gives each thread's call one deadline for all its reads and writes."""

    def __init__(self, network: httpcore.NetworkBackend, resolve: Resolve) -> None:
        self._network = network
        self._resolve = resolve
        self._call = threading.local()

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """The calling thread's call may take this long."""
        self._call.ends = time.monotonic() + seconds
        try:
            yield
        finally:
            self._call.ends = None

    def left(self, timeout: float | None) -> float | None:
        """What a step may take: its own time-out, or what is left of the call."""
        ends = getattr(self._call, "ends", None)
        if ends is None:
            return timeout
        remaining = float(ends) - time.monotonic()
        if remaining <= 0:
            raise httpcore.ReadTimeout("the whole call took too long")
        return remaining if timeout is None else min(timeout, remaining)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._checked(host, port)
        failed: Exception | None = None
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                stream = self._network.connect_tcp(address, port, self.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as err:
                failed = err
            else:
                return _TimedStream(stream, self)
        raise failed or httpcore.ConnectError("no address")

    def _checked(self, host: str, port: int) -> Sequence[str]:
        """Addresses of `host`, all of which may be reached. One that may not be refuses them all."""
        addresses = self._resolve(host, port)
        for address in addresses:
            if not is_public(address) and not (is_loopback(host) and is_loopback(address)):
                raise Broken("address_not_allowed", host=host[:80])
        return addresses

    def connect_unix_socket(self, *_: object, **__: object) -> httpcore.NetworkStream:
        raise Broken("address_not_allowed")

    def sleep(self, seconds: float) -> None:
        self._network.sleep(seconds)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every step keeps to the deadline of the call that uses it."""

    def __init__(self, stream: httpcore.NetworkStream, way: _CheckedWay) -> None:
        self._stream = stream
        self._way = way

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._way.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._way.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._way.left(timeout))
        return _TimedStream(secured, self._way)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
