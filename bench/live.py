"""From the answered webhook to the phone that holds the new pass, on the laptop stack."""

import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ops.laptop.runner import free_port
from ops.laptop.shopify_books import Buyer, Item
from ops.laptop.shopify_sender import Sender

TITLE = "200 purchases, one after another: webhook and phone (milliseconds)"
_PURCHASES = 200
_START_SECONDS = 60


def measure(screen: Console) -> Table:
    """The webhook's own time, and the time from its answer until the phone has fetched the new points."""
    answered, live = [], []
    with _stack() as told, httpx.Client(base_url=told["base_url"], timeout=30) as client:
        phone = _Phone.with_card(client, told)
        shop = told["connections"]["shop"]
        sender = Sender(shop["secret"], "bench.myshopify.com", clock=_milliseconds, new_id=lambda: secrets.randbits(50))
        buyer = Buyer(id=7, email=phone.email, first_name="Kim")
        for _ in track(range(_PURCHASES), description="buying", console=screen, transient=True):
            signed = sender.paid(sender.order(buyer, [Item("House beans", 1_000)]))
            began = time.perf_counter()
            client.post(shop["url"], content=signed.body, headers=signed.headers).raise_for_status()
            at_answer = time.perf_counter()
            phone.wait_for_change()
            answered.append((at_answer - began) * 1_000)
            live.append((time.perf_counter() - at_answer) * 1_000)
    table = Table("hop", "p50", "p90", "p99", "slowest")
    table.add_row("webhook, asked to answered", *_figures(answered))
    table.add_row("answered to the new pass on the phone", *_figures(live))
    return table


def _figures(taken: list[float]) -> list[str]:
    cuts = statistics.quantiles(taken, n=100)
    return [f"{value:.0f}" for value in (cuts[49], cuts[89], cuts[98], max(taken))]


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class _Phone:
    """Does what a phone does: registers, waits for the push, asks what changed, fetches the pass."""

    client: httpx.Client
    email: str
    pass_type: str
    serial: str
    authorization: dict[str, str]
    push_token: str
    points: int
    last_push: int = 0
    tag: str = ""
    modified: str = ""

    @classmethod
    def with_card(cls, client: httpx.Client, told: dict[str, Any]) -> "_Phone":
        """Join, confirm the address with the code of the mail, add the pass, register."""
        email = f"kim{secrets.token_hex(4)}@customers.example"
        began = _milliseconds()
        form = {"email": email, "language": "en", "consent": "on"}
        link = client.post(f"/p/{told['program']}/join", data=form).headers["location"].partition("?")[0]
        code = client.get("/demo/phone/code", params={"to": email, "after": str(began)}).json()["code"]
        client.post(f"{link}/proof", data={"code": code})
        content = _content(client.get(f"{link}/apple").content)
        authorization = {"Authorization": f"ApplePass {content['authenticationToken']}"}
        phone = cls(
            client=client,
            email=email,
            pass_type=content["passTypeIdentifier"],
            serial=content["serialNumber"],
            authorization=authorization,
            push_token=secrets.token_hex(32),
            points=_points(content),
        )
        registration = f"/apple/v1/devices/bench/registrations/{phone.pass_type}/{phone.serial}"
        client.post(registration, json={"pushToken": phone.push_token}, headers=authorization).raise_for_status()
        return phone

    def wait_for_change(self) -> None:
        """Returns when the pass on the phone shows other points than before."""
        before = self.points
        while self.points == before:
            asked = {"token": self.push_token, "after": str(self.last_push)}
            self.last_push = self.client.get("/demo/phone/pushes", params=asked).json()["last"]
            self._fetch()

    def _fetch(self) -> None:
        listed = self.client.get(
            f"/apple/v1/devices/bench/registrations/{self.pass_type}", params={"passesUpdatedSince": self.tag}
        )
        if listed.status_code == 204:
            return
        self.tag = listed.json()["lastUpdated"]
        fetched = self.client.get(
            f"/apple/v1/passes/{self.pass_type}/{self.serial}",
            headers=self.authorization | {"If-Modified-Since": self.modified},
        )
        if fetched.status_code == 200:
            self.modified = fetched.headers["last-modified"]
            self.points = _points(_content(fetched.content))


def _content(pass_file: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(ZipFile(BytesIO(pass_file)).read("pass.json"))
    return content


def _points(content: dict[str, Any]) -> int:
    return int(content["storeCard"]["primaryFields"][0]["value"])


@contextmanager
def _stack() -> Iterator[dict[str, Any]]:
    """The laptop stack with nothing in it, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"LOCAL": folder, "PORT": str(free_port()), "RESET": "1"}
        log = Path(folder).parent / f"{Path(folder).name}.log"
        with log.open("wb") as lines:
            process = subprocess.Popen(
                [sys.executable, "-m", "ops.laptop"], env=environment, stdout=lines, stderr=lines
            )
        try:
            yield _ready(Path(folder) / "stack.json", process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_START_SECONDS)
            log.unlink()


def _ready(path: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if path.exists():
            told: dict[str, Any] = json.loads(path.read_text())
            return told
        time.sleep(0.1)
    raise SystemExit("The laptop stack did not start; `make run` says why.")
