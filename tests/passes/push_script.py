"""A push service that follows a script, frame by frame: what hypercorn never does. The protocol is h2's, not ours."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived, StreamEnded
from h2.settings import SettingCodes, Settings
from hyperframe.frame import Frame, GoAwayFrame

from ops.laptop.authority import Papers

ALPN = ["h2"]


@dataclass
class Peer:
    """One client. `asked`: stream and token of every request so far, in their order."""

    line: ssl.SSLSocket
    speech: H2Connection
    asked: list[tuple[int, str]] = field(default_factory=list)
    headers: dict[int, dict[bytes, bytes]] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)

    def settle(self, **settings: int) -> None:
        """Tell the client what holds from now on: MAX_CONCURRENT_STREAMS=3."""
        self.speech.update_settings({SettingCodes[name]: value for name, value in settings.items()})
        self.flush()

    def wait(self, count: int, *, seconds: float = 5) -> bool:
        """Read until so many requests have come whole; False when they do not within the time."""
        self.line.settimeout(seconds)
        while len(self.whole) < count:
            try:
                data = self.line.recv(65_536)
            except TimeoutError:
                return False
            if not data:
                return False
            for event in self.speech.receive_data(data):
                if isinstance(event, RequestReceived):
                    headers = dict(event.headers)
                    self.headers[event.stream_id] = headers
                    self.asked.append((event.stream_id, headers[b":path"].decode().removeprefix("/3/device/")))
                elif isinstance(event, StreamEnded):
                    self.whole.add(event.stream_id)
            self.flush()
        return True

    def answer(self, *streams: int, status: int = 200, body: bytes = b"") -> None:
        for stream in streams:
            self.speech.send_headers(stream, [(":status", str(status)), ("apns-id", "x" * 36)], end_stream=not body)
            if body:
                self.speech.send_data(stream, body, end_stream=True)
        self.flush()

    def reset(self, stream: int, code: int) -> None:
        self.speech.reset_stream(stream, code)
        self.flush()

    def goodbye(self, last: int) -> None:
        """Past h2, which would not let anything follow."""
        self.frame(GoAwayFrame(0, last_stream_id=last))

    def frame(self, frame: Frame) -> None:
        self.line.sendall(frame.serialize())

    def flush(self) -> None:
        if data := self.speech.data_to_send():
            self.line.sendall(data)


Script = Callable[[Peer], None]


@dataclass
class Scripted:
    """peers: the clients so far      failed: what went wrong in a script, for the test to raise"""

    url: str
    peers: list[Peer] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)

    def tokens(self) -> list[list[str]]:
        """What was asked on each connection."""
        return [[token for _, token in peer.asked] for peer in self.peers]


@contextmanager
def scripted(papers: Papers, *scripts: Script, needs_certificate: bool = True, **opening: int) -> Iterator[Scripted]:
    """Serve one connection per script, in their order; further ones are not accepted. opening: the first settings"""
    listening = socket.create_server(("127.0.0.1", 0))
    service = Scripted(f"https://127.0.0.1:{listening.getsockname()[1]}")
    thread = threading.Thread(
        target=_serve, args=(listening, _tls(papers, needs_certificate), scripts, service, opening), daemon=True
    )
    thread.start()
    try:
        yield service
    finally:
        listening.close()
        thread.join(10)
    for error in service.failed:
        raise error


def _serve(
    listening: socket.socket,
    tls: ssl.SSLContext,
    scripts: Sequence[Script],
    service: Scripted,
    opening: Mapping[str, int],
) -> None:
    first = {SettingCodes[name]: value for name, value in opening.items()}
    open_lines = []
    try:
        listening.settimeout(5)
        for script in scripts:
            plain, _ = listening.accept()
            line = tls.wrap_socket(plain, server_side=True)
            open_lines.append(line)
            peer = Peer(line, H2Connection(H2Configuration(client_side=False, header_encoding=None)))
            peer.speech.local_settings = Settings(client=False, initial_values=first)
            peer.speech.initiate_connection()
            service.peers.append(peer)
            with suppress(OSError):  # the client may hang up in the middle of a script
                peer.flush()
                script(peer)
    except BaseException as err:  # raised again by the test
        service.failed.append(err)
    finally:
        listening.close()
        for line in open_lines:
            line.close()


def _tls(papers: Papers, needs_certificate: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=papers.root)
    context.set_alpn_protocols(ALPN)
    context.load_cert_chain(papers.push_certificate, papers.push_key)
    context.verify_mode = ssl.CERT_REQUIRED if needs_certificate else ssl.CERT_OPTIONAL
    return context
