"""Starts the parts of the laptop stack in order, says where they answer, and stops them in reverse."""

import importlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.laptop import apns, authority, engine, google, opening
from ops.laptop.clockwork import Schedule, schedules
from ops.laptop.cloud import REGION, Cloud, client
from ops.laptop.connections import SHOP_ID, connections, secret_of
from ops.laptop.environment import GOOGLE_ISSUER, PASS_TYPE, TEAM, Addresses, kept_secrets, settings
from ops.laptop.google_papers import Notary, account_public_key, service_account
from ops.laptop.home import PROJECT, AlreadyRunning, Home
from ops.laptop.outbox import Outbox, start_post_office
from ops.laptop.queues import QueueReader
from ops.laptop.stream import StreamReader
from ops.laptop.yookassa_shop import YooKassaShop

PROGRAM = "bean-street"
CONNECTION = "shop"
HOST = "127.0.0.1"


class CannotStart(Exception):
    """The text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs beneath the app."""

    home: Home
    papers: authority.Papers
    push: apns.PushService
    database: engine.Engine
    cloud: Cloud
    outbox: Outbox
    smtp_url: str
    google: google.WalletService
    google_account: Path


def start(stack: ExitStack, home: Home, port: int) -> dict[str, Any]:
    """Start everything; `stack` stops it again, last first. The content of stack.json. Raises CannotStart."""
    _must_be_free(port)
    base_url = f"http://{HOST}:{port}"
    parts = _parts(stack, home)
    addresses = Addresses(
        base_url=base_url, dynamodb_url=parts.database.url, cloud_url=parts.cloud.url,
        deferred_url=parts.cloud.queues["deferred"], cards_url=parts.cloud.queues["cards"],
        sweeps_url=parts.cloud.queues["sweeps"],
        push_url=parts.push.url, smtp_url=parts.smtp_url,
        google_url=parts.google.url, google_token_url=parts.google.token_url,
        google_save_url=parts.google.save_url, google_keys_url=parts.google.keys_url,
    )  # fmt: skip
    environment = settings(addresses, parts.papers)
    os.environ.update(environment)
    home.write_json("environment.json", environment)
    kassa = _kassa(stack, home, f"{base_url}/hooks/{PROGRAM}/kassa")
    told_by = connections(home, PROGRAM, kassa.url)
    opening.furnish(
        PROJECT / "programs" / f"{PROGRAM}.yaml", told_by,
        wardrobe=home.path("looks.json"), region=REGION, dynamodb_url=parts.database.url,
    )  # fmt: skip
    told: dict[str, Any] = {
        "base_url": base_url,
        "program": PROGRAM,
        "outbox_url": f"{base_url}/outbox",
        "connections": {
            each.name: {
                "provider": each.provider,
                "role": each.role,
                "url": f"{base_url}/hooks/{PROGRAM}/{each.name}",
                "secret": each.secrets[0],
            }
            for each in told_by
        },
        "apple": {
            "root_certificate": _from_project(parts.papers.root),
            "pass_type": PASS_TYPE,
            "team": TEAM,
            "push_url": parts.push.url,
        },
        "google": {
            "api_url": parts.google.url,
            "issuer_id": GOOGLE_ISSUER,
            "service_account": _from_project(parts.google_account),
        },
        "dynamodb_url": parts.database.url,
        "sqs_url": parts.cloud.url,
        "api_key": home.remembered("api-key", lambda: f"pp_test_{secrets.token_urlsafe(24)}"),
    }
    opening.admit(PROGRAM, told["api_key"])
    _serve(stack, parts, port, told, kassa)
    return told


def _parts(stack: ExitStack, home: Home) -> Parts:
    binary = engine.find(os.environ.get("DYNOXIDE", ""))
    papers = authority.ensure(home.path("apple"), pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee")
    push = apns.start(papers)
    stack.callback(push.stop)
    database = engine.Engine.start(binary, database=home.path("ledger.sqlite"))
    stack.callback(database.stop)
    home.write_json("engine.json", {"pid": database.process.pid, "database": str(database.database)})
    cloud = Cloud.start(home.path("cloud"), free_port())
    stack.callback(cloud.stop)
    google_account = service_account(home.path("google", "account.json"))
    cloud.store_secrets(kept_secrets(home, papers, google_account))
    outbox = Outbox(home.path("outbox"))
    smtp_port = free_port()
    stack.callback(start_post_office(outbox, smtp_port).stop)
    wallet = google.start(
        account_public_key(google_account),
        Notary.ensure(home.path("google", "notary.json")),
        issuer_id=GOOGLE_ISSUER,
        kept_at=home.path("google", "cards.json"),
    )
    stack.callback(wallet.stop)
    return Parts(home, papers, push, database, cloud, outbox, f"smtp://{HOST}:{smtp_port}", wallet, google_account)


def _kassa(stack: ExitStack, home: Home, hook_url: str) -> YooKassaShop:
    """The payment provider that signs nothing and is asked instead."""
    kassa = YooKassaShop(
        SHOP_ID,
        (secret_of(home, "kassa"),),
        clock=lambda: time.time_ns() // 1_000_000,
        new_id=lambda: secrets.token_bytes(16),
        hook_url=hook_url,
        currency="EUR",
        kept_in=home.path("kassa.json"),
    ).start()
    stack.callback(kassa.stop)
    return kassa


def _serve(stack: ExitStack, parts: Parts, port: int, told: dict[str, Any], kassa: YooKassaShop) -> None:
    """The app behind HTTP, the stream, the queues and the clock."""
    from ops.laptop import routes, server  # noqa: PLC0415  # Chalice's own import takes a while

    front = importlib.import_module("app")
    home = parts.home
    orders = home.path("orders.json")
    root = parts.papers.root
    demo = routes.Demo.open(told, orders, parts.outbox, parts.push, root, wallet=parts.google, kassa=kassa)
    routes.register(front.app, demo)
    door = server.open_door(front.app, HOST, port)
    stack.callback(door.server.server_close)
    server.answer_on_a_thread(door)
    stack.callback(door.shutdown)
    database, cloud = parts.database, parts.cloud
    streams = client("dynamodbstreams", database.url)
    journal = client("dynamodb", database.url).describe_table(TableName="pointpass-laptop-journal")["Table"]
    places = home.path("stream.json"), home.path("parked")
    readers: list[StreamReader | QueueReader | Schedule] = [
        StreamReader(streams, journal["LatestStreamArn"], front.on_journal, *places, REGION),
        QueueReader(client("sqs", cloud.url), cloud.queues["deferred"], front.on_deferred, REGION),
        QueueReader(client("sqs", cloud.url), cloud.queues["cards"], front.on_cards, REGION),
        QueueReader(client("sqs", cloud.url), cloud.queues["sweeps"], front.on_sweeps, REGION),
        *schedules(front.app, lambda name: getattr(front, name), REGION),
    ]
    for reader in readers:
        reader.start()
        stack.callback(reader.stop)
    for reader in readers:
        stack.callback(reader.halt)  # all are told before the first is waited for


def main() -> int:
    """`python -m ops.laptop`: PORT=8000, RESET=1 forgets the past, LOCAL= another state folder."""
    port = int(os.environ.get("PORT") or 8000)
    folder = Path(os.environ.get("LOCAL") or PROJECT / ".local")
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    began = time.monotonic()
    with ExitStack() as stack:
        try:
            home = Home.open(folder)
            _end_orphan(home)
            if os.environ.get("RESET") in ("1", "yes", "true"):
                home.forget()
            running = start(stack, home, port)
        except AlreadyRunning:
            print(f"The stack is already running on {folder}: stop it first.", file=sys.stderr)
            return 1
        except (CannotStart, engine.EngineMissing, engine.EngineFailed) as error:
            print(str(error), file=sys.stderr)
            return 1
        home.write_json("stack.json", running)
        stack.callback(home.path("stack.json").unlink, missing_ok=True)
        _say_where(running, time.monotonic() - began)
        while not stopping.wait(1):
            pass  # a signal that another thread received does not wake this one: it looks for itself
        print("Stopping.", flush=True)
    return 0


def _say_where(running: dict[str, Any], seconds: float) -> None:
    url = running["base_url"]
    print(
        f"\n  Pointpass runs here (started in {seconds:.1f} s)\n\n"
        f"  shop and phone   {url}/\n"
        f"  the program      {url}/p/{PROGRAM}\n"
        f"  letters          {url}/outbox\n"
        f"  webhooks         {running['connections'][CONNECTION]['url']}\n\n"
        "  Ctrl-C stops it; everything is kept in .local/ (make run RESET=1 forgets it).\n",
        flush=True,
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _must_be_free(port: int) -> None:
    """Said before anything is started; a port lost in the meantime is an OSError."""
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        raise CannotStart(f"port {port} cannot be used ({error.strerror}): make run PORT={port + 1}") from error


def _from_project(path: Path) -> str:
    """A path as seen from the project's folder, or in full when it lies elsewhere."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def _end_orphan(home: Home) -> None:
    """End the engine of a stack that was killed: it would still hold the ledger's file."""
    path = home.path("engine.json")
    if not path.exists():
        return
    left = json.loads(path.read_bytes())
    if left["database"] in _command_of(left["pid"]):
        os.kill(left["pid"], signal.SIGTERM)
        for _ in range(100):
            if _is_gone(left["pid"]):
                break
            time.sleep(0.05)
    path.unlink()


def _command_of(pid: int) -> str:
    """What a process was started as; empty when there is none. Small Linux images have no `ps`, macOS no /proc."""
    if Path("/proc/self").exists():
        path = Path(f"/proc/{pid}/cmdline")
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace") if path.exists() else ""
    asked = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
