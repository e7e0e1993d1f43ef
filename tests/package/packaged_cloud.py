"""The packaged functions at work: each in a process of its own, between the template's environment and stand-ins."""

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployed import ACCOUNT, REGION, Deployed
from gatekeeper import Gatekeeper
from gateway import Reply, http_event, parts, reply
from runtime_api import LambdaFunction

from chalicelib.bootstrap.adapters import adapters
from chalicelib.bootstrap.house import House, assembled
from chalicelib.config import Settings
from chalicelib.services.ports import Connection
from chalicelib.store.dynamo import Dynamo
from ops.laptop import apns, authority
from ops.laptop.cloud import Cloud, client
from ops.laptop.engine import Engine
from ops.laptop.home import PROJECT
from ops.laptop.outbox import Outbox, start_post_office
from ops.laptop.queues import QueueReader
from ops.laptop.runner import free_port
from ops.laptop.stream import StreamReader

PROGRAM, SECRET = "bean-street", "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"
PASS_TYPE, TEAM = "pass.com.example.packaged", "PACKAGED01"
DOORS = ("Hooks", "Wallets", "Pages", "StoresApi")
_QUIET_SECONDS = "1"  # thirty in the cloud: the trailing push would keep a test waiting


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
    def container(self, name: str) -> Iterator[tuple[LambdaFunction, Gatekeeper]]:
        """A fresh container of a function, and the gatekeeper on its way to AWS."""
        told, properties = self.environment, self.deployed.resources[name]["Properties"]
        gate = Gatekeeper(
            self.deployed.role(name),
            dynamodb=told["POINTPASS_DYNAMODB_ENDPOINT_URL"],
            cloud=told["POINTPASS_AWS_ENDPOINT_URL"],
        )
        self.gates.setdefault(name, []).append(gate)
        function = LambdaFunction(
            properties["Handler"],
            task=self.task,
            runtime=self.runtime,
            environment={**told, **_as_on_lambda(gate.url)},
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
    papers: authority.Papers
    outbox: Outbox
    house: House
    cloud: Cloud
    journal_arn: str
    folder: Path

    def ask(self, method: str, address: str, body: bytes | None = None, **headers: str) -> Reply:
        """A request as an HTTP API hands it to the door of its route."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        door, _ = self.door(method, address)
        return reply(self.functions[door].invoke(http_event(method, address, headers=named, body=body)))

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
        push = apns.start(papers)
        stack.callback(push.stop)
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
            "POINTPASS_PUSH_QUIET_SECONDS": _QUIET_SECONDS,
            "POINTPASS_AWS_ENDPOINT_URL": cloud.url,
            "POINTPASS_DYNAMODB_ENDPOINT_URL": engine.url,
        }
        cloud.store_secrets(_secrets(environment, papers))
        settings = Settings.from_environment(environment)
        prefix = settings.table("journal").removesuffix("-journal")
        Dynamo(prefix, region=REGION, endpoint=engine.url).create_tables()
        house = assembled(settings, adapters(settings))
        house.publishing.publish((PROJECT / "programs" / f"{PROGRAM}.yaml").read_text(), file=f"{PROGRAM}.yaml")
        house.adapters.programs.connect(Connection(PROGRAM, "shop", "shopify", "earns", (SECRET,)))
        yard = Yard(deployed, environment, task, runtime, folder)
        functions, gates = {}, {}
        for name in (*DOORS, "OnJournal", "OnDeferred", "OnCards", "OnSweeps"):
            functions[name], gates[name] = stack.enter_context(yard.container(name))
        described = client("dynamodb", engine.url)
        journal = described.describe_table(TableName=settings.table("journal"))["Table"]["LatestStreamArn"]
        described.close()
        yield PackagedCloud(deployed, yard, functions, gates, push, papers, outbox, house, cloud, journal, folder)


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


def _secrets(environment: Mapping[str, str], papers: authority.Papers) -> Mapping[str, Mapping[str, str]]:
    pems = {"certificate": papers.certificate, "key": papers.key, "intermediate": papers.intermediate}
    return {
        environment["POINTPASS_VAULT_SECRET"]: {"master": base64.b64encode(bytes(range(32))).decode()},
        environment["POINTPASS_APPLE_SECRET"]: {name: path.read_text() for name, path in pems.items()},
    }


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
