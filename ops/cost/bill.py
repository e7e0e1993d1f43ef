"""The counted hops, priced: dollars for a million events, a line for each service and hop."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ops.cost.prices import HOME, assumptions, price_list
from ops.cost.record import PICTURES, Hop, Record
from ops.laptop.home import PROJECT
from ops.packaging.logs import QUIET

MILLION = 1_000_000
PURCHASE = ("webhook", "journal")
REFRESH = ("list", "pass", PICTURES)
INVOKED = (*PURCHASE, "list", "pass")
BUSY = ("webhook", "journal, waiting", "waiting push")
LOGS = "CloudWatch logs"


@dataclass(frozen=True, slots=True)
class Profile:
    """One of the two ways to run. `gateway`: the price of its front door's requests"""

    name: str
    gateway: str
    front: str
    is_guarded: bool


STRICT = Profile("strict", "rest_api_request", "REST API", is_guarded=True)
SMALL = Profile("small", "http_api_request", "HTTP API", is_guarded=False)
PROFILES = (STRICT, SMALL)


@dataclass(frozen=True, slots=True)
class Line:
    """`units`: of one event; `dollars`: of a million"""

    service: str
    hop: str
    units: float
    said: str
    dollars: float


def bill(record: Record, hops: Sequence[str], profile: Profile, *, region: str = HOME, slower: float = 1) -> list[Line]:
    """Every line of a million events that go through these hops. `slower`: times the assumed durations"""
    return [line for hop in hops for line in _lines(hop, record[hop], profile, region, slower)]


def total(lines: Sequence[Line]) -> float:
    return sum(line.dollars for line in lines)


def gb_seconds(name: str, hop: Hop, slower: float = 1) -> float:
    """What one invocation is billed for. `name`: the hop's, in the record"""
    return megabytes(hop.function) / 1_024 * milliseconds(name, hop) * slower / 1_000


def milliseconds(name: str, hop: Hop, memory: int | None = None) -> float:
    """How long an invocation takes: the processor's share by its memory, and what it waits for. None: production's"""
    known = assumptions()
    memory = megabytes(hop.function) if memory is None else memory
    whole: int = known["megabytes_of_a_processor"]
    own: float = known["processor_milliseconds"][name]
    return own * max(1, whole / memory) + _waited(hop)


def _waited(hop: Hop) -> float:
    """Milliseconds that an invocation waits for others. What Lambda itself asks of a queue keeps nobody waiting."""
    waits: Mapping[str, int] = assumptions()["waited_milliseconds"]
    calls = sum(count * waits.get(call, waits.get(call.partition(".")[0], 0)) for call, count in hop.calls.items())
    return calls + waits["push"] * hop.pushes


@cache
def megabytes(function: str) -> int:
    """The memory of a function in production."""
    told = json.loads((PROJECT / ".chalice" / "config.json").read_text())
    memory: int = told["stages"]["prod"]["lambda_functions"][function]["lambda_memory_size"]
    return memory


def log_bytes(hop: Hop) -> int:
    """The house's own lines, and Lambda's where it keeps them."""
    return hop.line_bytes + (0 if hop.function in QUIET else int(assumptions()["platform_log_bytes"]))


def egress(hop: Hop) -> int:
    """Bytes that leave AWS: answers with the gateway's own headers, and pushes."""
    known = assumptions()
    return hop.went + hop.requests * int(known["gateway_header_bytes"]) + hop.pushes * int(known["push_bytes"])


def share(name: str) -> float:
    """How many of the events have this hop: all, but for the pictures that most containers hold."""
    return int(assumptions()["unheld_percent"]) / 100 if name == PICTURES else 1.0


def _lines(name: str, hop: Hop, profile: Profile, region: str, slower: float) -> list[Line]:
    found: list[Line] = []
    part = share(name)

    def add(service: str, price: str, units: float, said: str) -> None:
        if units:
            dollars = price_list().prices[price].of(units * part * MILLION, region)
            found.append(Line(service, name, units * part, said, dollars))

    add(f"API Gateway, {profile.front}", profile.gateway, metered(hop, profile), _count(hop.requests, "request"))
    if profile.is_guarded:
        add("WAF", "firewall_request", hop.requests, _count(hop.requests, "request"))
        traced = assumptions()["traced_percent"] / 100
        add("X-Ray", "trace", traced * hop.requests, f"{traced:g} traces")
    add("Lambda requests", "lambda_request", int(name != PICTURES), "1 invocation")
    spent, took = gb_seconds(name, hop, slower), milliseconds(name, hop) * slower
    told = f"{took:.0f}" if name != PICTURES else f"{took * part:.1f}"
    add("Lambda time", "lambda_gb_second", spent, f"{megabytes(hop.function)} MB, {told} ms")
    add("DynamoDB reads", "dynamodb_read", hop.reads, f"{hop.reads * part:g} units")
    add("DynamoDB writes", "dynamodb_write", hop.writes, f"{hop.writes:g} units")
    add("SQS", "sqs_request", hop.asked("sqs"), _count(hop.asked("sqs"), "request"))
    add("S3", "s3_put", hop.asked("s3"), _count(hop.asked("s3"), "request"))
    add(LOGS, "log_gb", log_bytes(hop), f"{log_bytes(hop):,} bytes")
    add("Out to the internet", "egress_gb", egress(hop), f"{egress(hop):,} bytes")
    return found


def metered(hop: Hop, profile: Profile) -> int:
    """Requests as the gateway meters them: an HTTP API counts each 512 KB of one. Source: its price list."""
    if profile is SMALL:
        return hop.requests * -(-max(hop.came, hop.went, 1) // (512 * 1_024))
    return hop.requests


def by_service(lines: Sequence[Line]) -> Mapping[str, float]:
    """Dollars by service, in the order in which they first stand."""
    found: dict[str, float] = {}
    for line in lines:
        found[line.service] = found.get(line.service, 0) + line.dollars
    return found


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
