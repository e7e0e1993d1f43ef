"""The packaged functions at work: each in a process of its own, between the template's environment and stand-ins."""

import base64
import itertools
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deployed import ACCOUNT, REGION, Deployed
from gatekeeper import Gatekeeper
from gateway import Reply, http_event, parts, reply
from runtime_api import LambdaFunction

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import Settings
from chalicelib.programs.reading import read
from chalicelib.services.ports import Connection, Wallet
from chalicelib.store.dynamo import Dynamo
from ops.laptop import apns, authority, google, google_papers
from ops.laptop.cloud import Cloud, client
from ops.laptop.engine import Engine
from ops.laptop.home import PROJECT
from ops.laptop.outbox import Outbox, start_post_office
from ops.laptop.queues import QueueReader
from ops.laptop.runner import free_port
from ops.laptop.stream import StreamReader
from ops.looks import prepared

PROGRAM, SECRET = "bean-street", "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"
PASS_TYPE, TEAM = "pass.com.example.packaged", "PACKAGED01"
TENANT, OWN_PASS_TYPE, OWN_TEAM = "tea-lane", "pass.com.example.tea", "TEALANE001"
"""A program with a pass type of its own."""
GOOGLE_ISSUER = "3388000000000000002"
_places = itertools.count()
DOORS = ("Hooks", "Wallets", "Pages", "StoresApi")
_QUIET_SECONDS = "1"  # thirty in the cloud: the trailing push, or a new version, would keep a test waiting


@dataclass(frozen=True)
class Yard:
    """Where containers are started. `task`: the unpacked zip     `runtime`: Amazon's client     `folder`: for logs

    gates: those of every container there was, by the name of its function
    """

    deployed: Deployed
    environment: Mapping[str, str]
    task: Path
    runtime: Path
    folder: Path
    gates: dict[str, list[Gatekeeper]] = field(default_factory=dict)

    def used(self, name: str) -> set[tuple[str, str]]:
        """Every permission that a function has needed so far, as (action, resource)."""
        return set().union(*(gate.used for gate in self.gates.get(name, [])))

    @contextmanager
    def container(self, name: str, *, handler: str = "") -> Iterator[tuple[LambdaFunction, Gatekeeper]]:
        """A fresh container of a function, and the gatekeeper on its way to AWS. `handler`: in place of its own"""
        told, properties = self.environment, self.deployed.resources[name]["Properties"]
        gate = Gatekeeper(
            self.deployed.role(name),
            dynamodb=told["POINTPASS_DYNAMODB_ENDPOINT_URL"],
            cloud=told["POINTPASS_AWS_ENDPOINT_URL"],
        )
        self.gates.setdefault(name, []).append(gate)
        function = LambdaFunction(
            handler or properties["Handler"],
            task=self.task,
            runtime=self.runtime,
            environment={**told, **_as_on_lambda(gate.url), **_log_of(properties["LoggingConfig"])},
            seconds=properties["Timeout"],
            log=self.folder / f"{name}-{gate.url.rpartition(':')[2]}.log",
        )
        try:
            yield function, gate
        finally:
            function.stop()
            gate.stop()


@dataclass(frozen=True)
class PackagedCloud:
    """What a test may touch. `house`: an operator's, with every permission."""

    deployed: Deployed
    yard: Yard
    functions: Mapping[str, LambdaFunction]
    gates: Mapping[str, Gatekeeper]
    push: apns.PushService
    google: google.WalletService
    outbox: Outbox
    house: House
    cloud: Cloud
    journal_arn: str
    folder: Path

    def ask(self, method: str, address: str, body: bytes | None = None, **headers: str) -> Reply:
        """A request as an HTTP API hands it to the door of its route."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        door, _ = self.door(method, address)
        # Each from an address of its own: so many letters are asked for from one place, and no more.
        event = http_event(method, address, headers=named, body=body, sender=f"198.51.100.{next(_places) % 250}")
        return reply(self.functions[door].invoke(event))

    def door(self, method: str, address: str) -> tuple[str, str]:
        """The function that a request is for, and its route."""
        routes = self.deployed.routes()
        resource, _ = parts(address, routes)
        return routes[resource][method], resource

    @contextmanager
    def following(self) -> Iterator[None]:
        """Lambda's event sources at work: the journal's stream and the queues."""
        streams, sqs = (
            client("dynamodbstreams", self.house.settings.dynamodb_endpoint_url),
            client("sqs", self.cloud.url),
        )

        def handed_to(function: str) -> Any:
            return lambda told, _context: self.functions[function].invoke(told)

        places = self.folder / "stream.json", self.folder / "parked"
        readers: list[StreamReader | QueueReader] = [
            StreamReader(streams, self.journal_arn, handed_to("OnJournal"), *places, REGION),
            QueueReader(sqs, self.house.settings.deferred_queue_url, handed_to("OnDeferred"), REGION),
            QueueReader(sqs, self.house.settings.cards_queue_url, handed_to("OnCards"), REGION),
            QueueReader(sqs, self.house.settings.sweeps_queue_url, handed_to("OnSweeps"), REGION),
        ]
        for reader in readers:
            reader.start()
        try:
            yield
        finally:
            for reader in readers:
                reader.stop()
            streams.close()
            sqs.close()

    def refused(self) -> dict[str, list[tuple[str, str]]]:
        """What each function wanted and may not do."""
        return {name: gate.refused for name, gate in self.gates.items() if gate.refused}


@contextmanager
def packaged_cloud(
    deployed: Deployed, engine: Engine, *, task: Path, runtime: Path, folder: Path
) -> Iterator[PackagedCloud]:
    """Everything started; stopped again at the end, last first."""
    with ExitStack() as stack:
        papers = authority.ensure(folder / "apple", pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee")
        own = authority.ensure(folder / "own", pass_type=OWN_PASS_TYPE, team=OWN_TEAM, organisation="Tea Lane")
        push = apns.start(_trusting(papers, own, folder / "both-roots.pem"))
        stack.callback(push.stop)
        account = google_papers.service_account(folder / "google.json")
        known = google_papers.account_public_key(account)
        wallet = google.start(known, google_papers.Notary(), issuer_id=GOOGLE_ISSUER)
        stack.callback(wallet.stop)
        cloud = Cloud.start(folder / "cloud", free_port())
        stack.callback(cloud.stop)
        outbox, smtp_port = Outbox(folder / "outbox"), free_port()
        stack.callback(start_post_office(outbox, smtp_port).stop)
        environment = deployed.environment() | {
            "POINTPASS_INBOX_BUCKET": _bucket(deployed, cloud, "POINTPASS_INBOX_BUCKET"),
            "POINTPASS_SEALS_BUCKET": _bucket(deployed, cloud, "POINTPASS_SEALS_BUCKET"),
            "POINTPASS_DEFERRED_QUEUE_URL": _queue(deployed, cloud, "DeferredQueue"),
            "POINTPASS_CARDS_QUEUE_URL": _queue(deployed, cloud, "CardsQueue"),
            "POINTPASS_SWEEPS_QUEUE_URL": _queue(deployed, cloud, "SweepsQueue"),
            "POINTPASS_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "POINTPASS_APPLE_PUSH_URL": push.url,
            "POINTPASS_APPLE_PUSH_ROOT": str(papers.push_root),
            "POINTPASS_GOOGLE_API_URL": wallet.url,
            "POINTPASS_GOOGLE_TOKEN_URL": wallet.token_url,
            "POINTPASS_GOOGLE_SAVE_URL": wallet.save_url,
            "POINTPASS_GOOGLE_KEYS_URL": wallet.keys_url,
            "POINTPASS_PUSH_QUIET_SECONDS": _QUIET_SECONDS,
            "POINTPASS_PROGRAM_CACHE_SECONDS": _QUIET_SECONDS,
            "POINTPASS_AWS_ENDPOINT_URL": cloud.url,
            "POINTPASS_DYNAMODB_ENDPOINT_URL": engine.url,
        }
        cloud.store_secrets(
            _secrets(environment, papers)
            | {f"pointpass-dev-apple/{TENANT}": _pems(own)}
            | {environment["POINTPASS_GOOGLE_SECRET"]: json.loads(account.read_text())}
        )
        settings = Settings.from_environment(environment)
        prefix = settings.table("journal").removesuffix("-journal")
        Dynamo(prefix, region=REGION, endpoint=engine.url).create_tables()
        house = assembled(settings, adapters(settings))
        _open_programs(house)
        yard = Yard(deployed, environment, task, runtime, folder)
        functions, gates = {}, {}
        for name in (*DOORS, "OnJournal", "OnDeferred", "OnCards", "OnSweeps"):
            functions[name], gates[name] = stack.enter_context(yard.container(name))
        described = client("dynamodb", engine.url)
        journal = described.describe_table(TableName=settings.table("journal"))["Table"]["LatestStreamArn"]
        described.close()
        yield PackagedCloud(deployed, yard, functions, gates, push, wallet, outbox, house, cloud, journal, folder)


def _open_programs(house: House) -> None:
    """Two with their pictures: one whose shop sends webhooks, and one that has its own pass type at Apple."""
    text = (PROJECT / "programs" / f"{PROGRAM}.yaml").read_text()
    for slug in (PROGRAM, TENANT):
        own = text.replace(f"program: {PROGRAM}", f"program: {slug}")
        pictures = prepared(read(own, file=f"{slug}.yaml"), PROJECT / "programs")
        house.publishing.publish(own, file=f"{slug}.yaml", sheet=house.adapters.pictures.keep(pictures))
    house.adapters.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET,)))
    house.adapters.programs.put_wallet(
        Wallet(TENANT, OWN_PASS_TYPE, OWN_TEAM, f"pointpass-dev-apple/{TENANT}", since=house.adapters.clock.now())
    )


def _trusting(papers: authority.Papers, own: authority.Papers, path: Path) -> authority.Papers:
    """Papers of a push service that knows both pass types' clients."""
    path.write_bytes(papers.root.read_bytes() + own.root.read_bytes())
    return replace(papers, root=path)


def _as_on_lambda(gate: str) -> dict[str, str]:
    """What Lambda itself sets, and the gatekeeper's address in place of Amazon's."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_LAMBDA_FUNCTION_NAME": "packaged",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python",
        "POINTPASS_AWS_ENDPOINT_URL": gate,
        "POINTPASS_DYNAMODB_ENDPOINT_URL": gate,
    }


def _log_of(told: Mapping[str, Any]) -> dict[str, str]:
    """How a function's log is to be written, as Lambda says it to its runtime.

    Source: github.com/aws/aws-lambda-python-runtime-interface-client, awslambdaric/bootstrap.py.
    """
    level = {"AWS_LAMBDA_LOG_LEVEL": told["ApplicationLogLevel"]} if "ApplicationLogLevel" in told else {}
    return {"AWS_LAMBDA_LOG_FORMAT": told.get("LogFormat", "Text"), **level}


def _secrets(environment: Mapping[str, str], papers: authority.Papers) -> dict[str, Mapping[str, str]]:
    return {
        environment["POINTPASS_VAULT_SECRET"]: {"master": base64.b64encode(bytes(range(32))).decode()},
        environment["POINTPASS_APPLE_SECRET"]: _pems(papers),
        environment["POINTPASS_SMTP_SECRET"]: {"password": "of nobody: the post office asks for none"},
    }


def _pems(papers: authority.Papers) -> dict[str, str]:
    pems = {"certificate": papers.certificate, "key": papers.key, "intermediate": papers.intermediate}
    return {name: path.read_text() for name, path in pems.items()}


def _bucket(deployed: Deployed, cloud: Cloud, setting: str) -> str:
    name: str = deployed.environment()[setting]
    s3 = client("s3", cloud.url)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.close()
    return name


def _queue(deployed: Deployed, cloud: Cloud, name: str) -> str:
    """The queue as the template describes it, with the one for what failed."""
    told, sqs = deployed.queue(name), client("sqs", cloud.url)
    parked = told["RedrivePolicy"]["deadLetterTargetArn"].rpartition(":")[2]
    sqs.create_queue(QueueName=parked)
    attributes = {
        "VisibilityTimeout": str(told["VisibilityTimeout"]),
        "RedrivePolicy": json.dumps(told["RedrivePolicy"]),
    }
    sqs.create_queue(QueueName=told["QueueName"], Attributes=attributes)
    sqs.close()
    return f"{cloud.url}/{ACCOUNT}/{told['QueueName']}"
