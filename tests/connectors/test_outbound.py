"""Calls to providers: nothing inside is reached, nobody makes us wait or read for ever."""

import contextlib
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpcore
import pytest

from chalicelib.bootstrap.adapters import named_by
from chalicelib.connectors import outbound
from chalicelib.connectors.addresses import is_public
from chalicelib.connectors.outbound import HttpApi, origin_of
from chalicelib.errors import Broken, Malformed, TryAgain
from chalicelib.services.ports import Connection
from chalicelib.store.memory.programs import MemoryPrograms

PUBLIC = "93.184.215.14"


class Desk(http.server.BaseHTTPRequestHandler):
    """A provider that does what the path asks for; `seen` keeps the requests."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        wanted = self.path.partition("?")[0]
        length = int(self.headers.get("content-length", "0"))
        sent = self.rfile.read(length)
        match wanted:
            case "/moved":
                self.answer(302, {"Location": "/elsewhere"})
            case "/busy":
                self.answer(429, {"Retry-After": "2.0"})
            case "/later":
                self.answer(503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
            case "/packed":
                self.answer(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")
            case "/endless":
                self.send_response(200)
                self.end_headers()
                with contextlib.suppress(OSError):
                    while True:
                        self.wfile.write(b"x" * 65_536)
            case "/full":
                self.answer(200, {}, b"x" * outbound.MOST_BYTES)
            case _:
                self.answer(200, {"X-Echo": wanted}, sent or b"{}")

    def do_POST(self) -> None:
        self.do_GET()

    def answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@contextlib.contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Any]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    server.seen = []  # type: ignore[attr-defined]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk() -> Iterator[Any]:
    with serving() as server:
        yield server


@pytest.fixture
def api(desk: Any) -> Iterator[HttpApi]:
    origin = f"http://127.0.0.1:{desk.server_port}"
    calls = HttpApi(is_named=lambda asked: asked == origin)
    yield calls
    calls.close()


def at(desk: Any, path: str) -> str:
    return f"http://127.0.0.1:{desk.server_port}{path}"


def test_a_call_brings_status_headers_and_the_exact_body(desk: Any, api: HttpApi) -> None:
    got = api.get(
        at(desk, "/orders?status=any"), headers={"X-Token": "t"}, query={"updated_at_min": "2026-11-22T12:00:00+00:00"}
    )
    said = api.post(at(desk, "/hooks"), headers={"Content-Type": "application/json"}, body=b'{"a": 1}')

    assert (got.status, got.headers["x-echo"], got.body) == (200, "/orders", b"{}")
    assert (said.status, said.body) == (200, b'{"a": 1}')
    path, headers = desk.seen[0]
    assert path == "/orders?status=any&updated_at_min=2026-11-22T12%3A00%3A00%2B00%3A00"
    assert headers["X-Token"] == "t"
    assert headers["Host"] == f"127.0.0.1:{desk.server_port}"


def test_a_redirect_is_an_answer_and_is_not_followed(desk: Any, api: HttpApi) -> None:
    assert api.get(at(desk, "/moved"), headers={}).status == 302
    assert [path for path, _ in desk.seen] == ["/moved"]


@pytest.mark.parametrize(("path", "facts"), [("/busy", {"status": 429, "retry_after": 2}), ("/later", {"status": 503})])
def test_a_busy_provider_is_asked_again_later_and_when_it_says(
    desk: Any, api: HttpApi, path: str, facts: dict[str, int]
) -> None:
    with pytest.raises(TryAgain) as refused:
        api.get(at(desk, path), headers={})
    assert refused.value.reason == "provider_busy"
    assert refused.value.facts == facts


def test_a_body_up_to_the_limit_is_read_and_an_endless_one_is_not(desk: Any, api: HttpApi) -> None:
    assert len(api.get(at(desk, "/full"), headers={}).body) == outbound.MOST_BYTES
    with pytest.raises(Malformed, match="answer_too_large"):
        api.get(at(desk, "/endless"), headers={})
    with pytest.raises(Malformed, match="answer_is_packed"):
        api.get(at(desk, "/packed"), headers={})
    assert api.get(at(desk, "/orders"), headers={}).status == 200


@contextlib.contextmanager
def speaking(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """A provider that does something odd with the bare connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                caller, _ = server.accept()
                with caller:
                    say(caller)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def patiently(monkeypatch: pytest.MonkeyPatch, *, read: float, whole: float) -> None:
    monkeypatch.setitem(outbound._TIMEOUT, "read", read)
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", whole)


def test_a_silent_provider_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    patiently(monkeypatch, read=0.2, whole=10)
    with speaking(lambda caller: time.sleep(5)) as origin, pytest.raises(TryAgain, match="ReadTimeout"):
        HttpApi(is_named=origin.__eq__).get(origin + "/", headers={})


@pytest.mark.parametrize("begins", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_provider_that_drips_its_answer_does_not_hold_us(monkeypatch: pytest.MonkeyPatch, begins: bytes) -> None:
    def drip(caller: socket.socket) -> None:
        caller.sendall(begins)
        while True:
            caller.sendall(b"x")
            time.sleep(0.05)

    patiently(monkeypatch, read=5, whole=0.4)
    began = time.monotonic()
    with speaking(drip) as origin, pytest.raises(TryAgain, match="ReadTimeout"):
        HttpApi(is_named=origin.__eq__).get(origin + "/", headers={})
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("noise", [b"", b"hello\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"])
def test_an_answer_that_breaks_off_is_asked_for_again(noise: bytes) -> None:
    with speaking(lambda caller: caller.sendall(noise)) as origin, pytest.raises(TryAgain):
        HttpApi(is_named=origin.__eq__).get(origin + "/", headers={})


def test_nobody_at_home_is_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        origin = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(TryAgain, match="ConnectError"):
        HttpApi(is_named=origin.__eq__).get(origin + "/", headers={})


INSIDE = [
    "http://example.com/",
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://127.1:{port}/",
    "https://2130706433:{port}/",
    "https://0x7f000001:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://localhost.:{port}/",
    "https://LOCALHOST:{port}/",
    "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://①②⑦.⓪.⓪.①:{port}/",
    "https://0.0.0.0:{port}/",
    "https://[::]:{port}/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/",
    "https://10.0.0.1/",
    "https://172.16.5.4/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://[fe80::1]/",
    "https://shop:secret@example.com/",
    "https://example.com:secret@127.0.0.1:{port}/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "https:///orders",
    "//127.0.0.1:{port}/",
    "https://exa mple.com/",
    "https://[::1",
    "https://" + "a" * 300 + ".example/",
    "",
]


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_called(desk: Any, address: str) -> None:
    """However it is written; and no stand-in of ours answers unless the options name it exactly."""
    for named in ("http://127.0.0.1:1", "https://127.0.0.1"):
        with pytest.raises((Broken, TryAgain)) as refused:
            HttpApi(is_named=named.__eq__).get(address.format(port=desk.server_port), headers={})
        is_no_name = isinstance(refused.value, TryAgain) and refused.value.facts == {"cause": "name_not_found"}
        assert refused.value.reason in ("address_not_allowed", "address_unreadable") or is_no_name
    assert desk.seen == []


SECOND = ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:169.254.169.254", "224.0.0.1"]


@pytest.mark.parametrize("second", SECOND)
def test_a_name_with_one_address_inside_is_not_called_at_all(second: str) -> None:
    way = Remembering([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
    api = HttpApi(resolve=lambda host, port: [PUBLIC, second], network=way)
    with pytest.raises(Broken, match="address_not_allowed"):
        api.get("https://shop.example/", headers={})
    assert way.connected == []


class Remembering(httpcore.MockBackend):
    """A network that answers by itself and remembers whom it was asked for."""

    def __init__(self, answer: list[bytes]) -> None:
        super().__init__(answer)
        self.connected: list[tuple[str, int]] = []

    def connect_tcp(self, host: str, port: int, *told: Any, **more: Any) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        return super().connect_tcp(host, port)


def test_a_name_is_resolved_once_and_the_checked_address_is_called() -> None:
    """A name server that answers "public" first and "inside" afterwards changes nothing."""
    asked: list[str] = []

    def changing(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    way = Remembering([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
    assert HttpApi(resolve=changing, network=way).get("https://shop.example/x", headers={}).body == b"{}"
    assert asked == ["shop.example"]
    assert way.connected == [(PUBLIC, 443)]


def test_tls_and_host_ask_for_the_name_though_the_address_is_called(tmp_path: Path) -> None:
    papers = localhost_papers(tmp_path)
    names: list[str | None] = []
    asked = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    asked.load_cert_chain(papers)
    asked.sni_callback = lambda _, name, __: names.append(name)
    trusting = ssl.create_default_context(cafile=str(papers))
    with serving(asked) as desk:
        origin = f"https://localhost:{desk.server_port}"
        api = HttpApi(is_named=origin.__eq__, resolve=lambda *_: ["127.0.0.1"], tls=trusting)
        assert api.get(origin + "/orders", headers={}).status == 200
        assert names == ["localhost"]
        assert desk.seen[0][1]["Host"] == f"localhost:{desk.server_port}"

        api.close()
        stranger = f"https://127.0.0.1:{desk.server_port}"
        with pytest.raises(TryAgain, match="ConnectError"):  # the certificate is another name's
            HttpApi(is_named=stranger.__eq__, tls=trusting).get(stranger + "/orders", headers={})
        with pytest.raises(TryAgain, match="ConnectError"):  # nobody known has signed it
            HttpApi(is_named=origin.__eq__, resolve=lambda *_: ["127.0.0.1"]).get(origin + "/orders", headers={})
        assert len(desk.seen) == 1


def localhost_papers(folder: Path) -> Path:
    """A certificate for localhost and its key, in one file."""
    import subprocess

    file = folder / "localhost.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())
    return file


@pytest.mark.parametrize("header", ["line\r\nX-Other: 1", "ключ"])
def test_a_header_that_would_become_two_is_our_own_fault(desk: Any, api: HttpApi, header: str) -> None:
    with pytest.raises(Broken, match="request_malformed"):
        api.get(at(desk, "/orders"), headers={"X-Token": header})
    assert desk.seen == []


PUBLIC_ONES = ["8.8.8.8", PUBLIC, "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::808:808"]
SPECIAL = [
    "192.0.0.8", "192.88.99.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "2001::1", "2001:db8::1", "3fff::1",
    "5f00::1", "fec0::1", "ff02::1", "::127.0.0.1", "64:ff9b:1::1", "2002:a00:1::1", "fd12::1",
]  # fmt: skip


def test_public_addresses_are_told_from_special_ones() -> None:
    assert [text for text in PUBLIC_ONES + SPECIAL if is_public(text)] == PUBLIC_ONES


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin_of("http://127.0.0.1:8025/admin/api?x=1") == "http://127.0.0.1:8025"
    assert origin_of("yes") == origin_of("") == ""


def test_this_machine_is_called_only_where_a_connection_names_it() -> None:
    programs = MemoryPrograms()
    programs.publish("bean-street", "1" * 64, "", published_at=0, effective_at=0)
    options = {"api": "http://127.0.0.1:8025/v3", "shop_id": "54401"}
    programs.connect(Connection("bean-street", "pay", "yookassa", "evidence", ("test_1",), options))
    is_named = named_by(programs)
    assert is_named("http://127.0.0.1:8025")
    for other in ("http://127.0.0.1:8026", "https://127.0.0.1:8025", "http://localhost:8025", "", "54401"):
        assert not is_named(other)
