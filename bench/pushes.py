"""Pushes over one connection: ours beside the libraries that could have carried them.

The service is node's HTTP/2 server with a client certificate, on the other core; it allows 100 requests in flight, and
says in the end what reached it. Clients take turns in short slices, so that a noisy moment hits all of them.
"""

import asyncio
import io
import itertools
import json
import shutil
import socket
import ssl
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aioapns
import httpx
import pycurl
from aioapns.connection import APNsProductionClientProtocol
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ResponseReceived, StreamEnded
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.pinned import one_core
from chalicelib.passes.apple.gateway import Gateway, client_tls
from ops.laptop.authority import Papers, ensure

TITLE = "Pushes over one HTTP/2 connection, 100 in flight (taken in turns)"

_SERVER = Path(__file__).parent / "push_server.mjs"
_PASS_TYPE = "pass.example.bench"
_IN_FLIGHT, _BATCH, _ROUNDS = 100, 400, 15
_BODY = b"{}"

Push = Callable[[list[str]], None]
"""Push to every token; returns when all of them were accepted."""


@dataclass(frozen=True, slots=True)
class Service:
    """The running server."""

    process: subprocess.Popen[str]
    port: int
    papers: Papers

    def tls(self) -> ssl.SSLContext:
        """What a client needs to be let in."""
        pems = (self.papers.certificate, self.papers.intermediate, self.papers.key)
        return client_tls(str(self.papers.push_root), *(path.read_bytes() for path in pems))

    def seen(self) -> dict[str, int]:
        """What has reached it: requests, tokens, connections."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())  # type: ignore[no-any-return]


def measure(screen: Console) -> Table:
    """Medians of the slices, the client's own processor time, and the ratio to aioapns in the slice beside it."""
    rates: dict[str, list[float]] = {}
    spent: dict[str, list[float]] = {}
    with one_core() as others, tempfile.TemporaryDirectory() as folder, _service(Path(folder), others) as service:
        with asyncio.Runner() as runner:
            clients = _clients(service, Path(folder), runner)
            numbers = itertools.count()
            for name, push in clients.items():  # connect
                push([f"{next(numbers):064x}" for _ in range(_IN_FLIGHT)])
                rates[name], spent[name] = [], []
            for _ in track(range(_ROUNDS), "Pushing", console=screen, transient=True):
                for name, push in clients.items():
                    tokens = [f"{next(numbers):064x}" for _ in range(_BATCH)]
                    began, cpu = time.perf_counter(), time.process_time()
                    push(tokens)
                    rates[name].append(_BATCH / (time.perf_counter() - began))
                    spent[name].append((time.process_time() - cpu) / _BATCH * 1e6)
        seen = service.seen()
    pushed = len(clients) * (_IN_FLIGHT + _ROUNDS * _BATCH)
    if (seen["requests"], seen["tokens"], seen["connections"]) != (pushed, pushed, len(clients)):
        raise SystemExit(f"{pushed} pushes on {len(clients)} connections were sent, but the service saw {seen}")
    table = Table(
        "client", "pushes a second", "microseconds of the client", "pushes, to aioapns", "microseconds, to aioapns"
    )
    for name in clients:
        faster = statistics.median(a / b for a, b in zip(rates[name], rates["aioapns"], strict=True))
        lighter = statistics.median(b / a for a, b in zip(spent[name], spent["aioapns"], strict=True))
        told = (f"{statistics.median(rates[name]):,.0f}", f"{statistics.median(spent[name]):,.0f}")
        table.add_row(name, *told, f"{faster:.1f}x", f"{lighter:.1f}x less")
    return table


@contextmanager
def _service(folder: Path, cores: Sequence[int]) -> Iterator[Service]:
    papers = ensure(folder / "papers", pass_type=_PASS_TYPE, team="TEAM123456", organisation="Bench")
    pinned = ["taskset", "-c", ",".join(map(str, cores))] if shutil.which("taskset") else []
    files = (papers.push_certificate, papers.push_key, papers.root)
    command = [*pinned, "node", str(_SERVER), *map(str, files), str(_IN_FLIGHT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Service(process, int(process.stdout.readline()), papers)
        assert process.stdin is not None
        process.stdin.close()


def _clients(service: Service, folder: Path, runner: asyncio.Runner) -> dict[str, Push]:
    return {
        "pointpass": _pointpass(service),
        "h2 on a socket": _h2(service),
        "pycurl": _pycurl(service, folder),
        "httpx": _httpx(service, runner),
        "aioapns": _aioapns(service, folder, runner),
    }


def _path(token: str) -> str:
    return f"/3/device/{token}"


def _pointpass(service: Service) -> Push:
    headers = (("apns-topic", _PASS_TYPE),)
    gateway = Gateway(f"https://127.0.0.1:{service.port}", tls=service.tls(), headers=headers)

    def push(tokens: list[str]) -> None:
        assert all(reply.status == 200 for reply in gateway.post([_path(token) for token in tokens]))

    return push


def _h2(service: Service) -> Push:
    line = service.tls().wrap_socket(socket.create_connection(("127.0.0.1", service.port)), server_hostname="127.0.0.1")
    speech = H2Connection(H2Configuration(validate_outbound_headers=False, validate_inbound_headers=False))
    speech.initiate_connection()
    common = [(":method", "POST"), (":scheme", "https"), (":authority", "127.0.0.1")]

    def push(tokens: list[str]) -> None:
        waiting, open_, accepted = list(tokens), 0, 0
        while waiting or open_:
            while waiting and open_ < _IN_FLIGHT:
                stream = speech.get_next_available_stream_id()
                speech.send_headers(stream, [*common, (":path", _path(waiting.pop())), ("apns-topic", _PASS_TYPE)])
                speech.send_data(stream, _BODY, end_stream=True)
                open_ += 1
            line.sendall(speech.data_to_send())
            for event in speech.receive_data(line.recv(65_536)):
                if isinstance(event, ResponseReceived):
                    accepted += dict(event.headers)[b":status"] == b"200"
                elif isinstance(event, StreamEnded):
                    open_ -= 1
        assert accepted == len(tokens)

    return push


def _pycurl(service: Service, folder: Path) -> Push:
    chain = folder / "chain.pem"
    chain.write_bytes(service.papers.certificate.read_bytes() + service.papers.intermediate.read_bytes())
    multi = pycurl.CurlMulti()
    multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)
    multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, 1)
    multi.setopt(pycurl.M_MAX_CONCURRENT_STREAMS, _IN_FLIGHT)
    idle = []
    for _ in range(_IN_FLIGHT):
        easy = pycurl.Curl()
        easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        easy.setopt(pycurl.PIPEWAIT, 1)
        easy.setopt(pycurl.CAINFO, str(service.papers.push_root))
        easy.setopt(pycurl.SSLCERT, str(chain))
        easy.setopt(pycurl.SSLKEY, str(service.papers.key))
        easy.setopt(pycurl.HTTPHEADER, [f"apns-topic: {_PASS_TYPE}"])
        easy.setopt(pycurl.COPYPOSTFIELDS, _BODY)
        easy.setopt(pycurl.WRITEDATA, io.BytesIO())
        idle.append(easy)

    def push(tokens: list[str]) -> None:
        waiting, accepted, done = list(tokens), 0, 0
        while done < len(tokens):
            while waiting and idle:
                easy = idle.pop()
                easy.setopt(pycurl.URL, f"https://127.0.0.1:{service.port}{_path(waiting.pop())}")
                multi.add_handle(easy)
            multi.perform()
            _, finished, failed = multi.info_read()
            for easy in finished:
                accepted += easy.getinfo(pycurl.RESPONSE_CODE) == 200
            for easy in (*finished, *(each for each, *_ in failed)):
                multi.remove_handle(easy)
                idle.append(easy)
                done += 1
            if not finished:
                multi.select(0.1)
        assert accepted == len(tokens)

    return push


def _httpx(service: Service, runner: asyncio.Runner) -> Push:
    limits = httpx.Limits(max_connections=1)
    url = f"https://127.0.0.1:{service.port}"
    client = httpx.AsyncClient(http1=False, http2=True, verify=service.tls(), limits=limits, base_url=url, timeout=60)

    async def all_of(tokens: list[str]) -> None:
        room = asyncio.Semaphore(_IN_FLIGHT)

        async def one(token: str) -> int:
            async with room:
                answer = await client.post(_path(token), content=_BODY, headers={"apns-topic": _PASS_TYPE})
            return answer.status_code

        assert set(await asyncio.gather(*map(one, tokens))) == {200}

    return lambda tokens: runner.run(all_of(tokens))


def _aioapns(service: Service, folder: Path, runner: asyncio.Runner) -> Push:
    APNsProductionClientProtocol.APNS_SERVER = "127.0.0.1"
    APNsProductionClientProtocol.APNS_PORT = service.port
    papers, both = service.papers, folder / "both.pem"
    both.write_bytes(b"".join(path.read_bytes() for path in (papers.certificate, papers.intermediate, papers.key)))
    client: list[aioapns.APNs] = []

    async def all_of(tokens: list[str]) -> None:
        if not client:
            made = aioapns.APNs(client_cert=str(both), topic=_PASS_TYPE, max_connections=1, ssl_context=service.tls())
            client.append(made)
        room = asyncio.Semaphore(_IN_FLIGHT)

        async def one(token: str) -> bool:
            async with room:
                request = aioapns.NotificationRequest(device_token=token, message={})
                return (await client[0].send_notification(request)).is_successful

        assert all(await asyncio.gather(*map(one, tokens)))

    return lambda tokens: runner.run(all_of(tokens))
