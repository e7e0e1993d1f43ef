"""A month's bill: what a stage costs while nobody buys, and with some orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ops.cost.bill import PURCHASE, REFRESH, SMALL, Profile, bill, gb_seconds, log_bytes, share, total
from ops.cost.prices import HOME, assumptions, price_list
from ops.cost.record import PICTURES, Record
from ops.laptop.home import PROJECT
from ops.packaging.alarms import ring

_DAYS = 30
_TURNS = {"find": _DAYS * 24 * 12, "books": _DAYS * 24 * 6, "night": _DAYS}
_QUEUES = 3
_KEYS, _KEY_CALLS = 2, 7 * _DAYS * 24 * 12
"""The data key and the seals' key; each of seven tables asks for its key once in five minutes at most.

Source: docs.aws.amazon.com/amazondynamodb, "DynamoDB encryption at rest: usage notes".
"""


@dataclass(frozen=True, slots=True)
class Charge:
    """`dollars`: by the list; `left`: when the account's free allowances are not used by anything else"""

    what: str
    said: str
    dollars: float
    left: float


def month(record: Record, profile: Profile, *, orders: int = 0, region: str = HOME) -> list[Charge]:
    """Each line of a month with so many orders, every one of them fetched by a phone."""
    found = _standing(profile, region) + _clock(record, region)
    if orders:
        found.append(_orders(record, profile, orders, region))
    return found


def _standing(profile: Profile, region: str) -> list[Charge]:
    """What costs money because it is there."""
    metrics, secrets = alarm_metrics(profile), int(assumptions()["secrets"])
    polls = _QUEUES * assumptions()["pollers"] * _DAYS * 86_400 // assumptions()["poll_seconds"]
    found = [
        _charge("Alarms", "alarm_metric", metrics, f"{metrics} metrics that alarms watch", region),
        _charge("Secrets", "secret", secrets, f"{secrets} secrets", region),
        _charge("Queues", "sqs_request", polls, f"{polls:,} requests without an answer, {_QUEUES} queues", region),
    ]
    if profile is SMALL:
        return found
    rules = len(_yaml("strict/firewall.yaml")["Resources"]["Firewall"]["Properties"]["Rules"])
    return [
        *found,
        _charge("Dashboard", "dashboard", 1, "1 dashboard", region),
        _charge("Keys", "key", _KEYS, f"{_KEYS} keys", region),
        _charge("Use of keys", "key_call", _KEY_CALLS, f"{_KEY_CALLS:,} uses at most", region),
        _charge("WAF", "firewall", 1, "1 web ACL", region),
        _charge("WAF's rules", "firewall_rule", rules, f"{rules} rules", region),
    ]


def _clock(record: Record, region: str) -> list[Charge]:
    """What the clock does every five and ten minutes and every night, and the containers that it starts."""
    named = [(name, record[name], count) for name, count in _TURNS.items()]
    turns = [(hop, count) for _, hop, count in named]
    started, container = int(assumptions()["idle_containers"]), record["container"]
    asked = sum(count for _, count in turns)
    time = sum(count * gb_seconds(name, hop) for name, hop, count in named)
    reads = sum(count * hop.reads for hop, count in turns) + started * container.reads
    writes = sum(count * hop.writes for hop, count in turns)
    secrets = sum(count * hop.asked("secretsmanager") for hop, count in turns)
    secrets += started * container.asked("secretsmanager")
    kept = sum(count * hop.asked("s3") for hop, count in turns)
    logs = sum(count * log_bytes(hop) for hop, count in turns)
    return [
        _charge("Clock: Lambda requests", "lambda_request", asked, f"{asked:,} invocations", region),
        _charge("Clock: Lambda time", "lambda_gb_second", time, f"{time:,.0f} GB-seconds", region),
        _charge("Clock: DynamoDB reads", "dynamodb_read", reads, f"{reads:,.0f} units", region),
        _charge("Clock: DynamoDB writes", "dynamodb_write", writes, f"{writes:,.0f} units", region),
        _charge("Clock: reads of secrets", "secret_call", secrets, f"{secrets:,} reads", region),
        _charge("Clock: S3", "s3_put", kept, f"{kept:,} requests", region),
        _charge("Clock: logs", "log_gb", logs, f"{logs:,} bytes", region),
    ]


def _orders(record: Record, profile: Profile, orders: int, region: str) -> Charge:
    """A purchase and a refresh each; in a quiet shop every call meets a fresh container."""
    each = total(bill(record, (*PURCHASE, *REFRESH), profile, region=region)) / 1_000_000
    fresh = orders * 4 * assumptions()["fresh_percent_of_few"] / 100
    container = record["container"]
    prices = price_list().prices
    started = prices["secret_call"].of(fresh * container.asked("secretsmanager"), region)
    started += prices["dynamodb_read"].of(fresh * container.reads, region)
    drawn = orders * (assumptions()["fresh_percent_of_few"] / 100 - share(PICTURES))
    started += prices["dynamodb_read"].of(drawn * record[PICTURES].reads, region)
    dollars = orders * each + started
    return Charge(f"{orders:,} orders", "each bought, pushed and fetched", dollars, dollars)


def alarm_metrics(profile: Profile) -> int:
    """How many metrics the alarms of a profile watch: each is paid for, however many share an alarm."""
    return sum(_watched(alarm["Properties"]) for alarm in alarms(profile))


def alarms(profile: Profile) -> list[Mapping[str, Any]]:
    """The alarms of a profile, as the template has them."""
    named = _yaml("strict/functions.yaml")["Reserved"]
    functions = {name: {"Type": "AWS::Serverless::Function", "Properties": {"Timeout": 1}} for name in named}
    template: dict[str, Any] = {"Alarms": _yaml("alarms.yaml")["Alarms"], "Resources": functions}
    ring(template, profile=profile.name, front={})
    return [made for made in template["Resources"].values() if made["Type"] == "AWS::CloudWatch::Alarm"]


def _watched(alarm: Mapping[str, Any]) -> int:
    metrics: Sequence[Mapping[str, Any]] = alarm.get("Metrics", [])
    return sum("MetricStat" in metric for metric in metrics) or 1


def _yaml(name: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((PROJECT / "infra" / name).read_text())
    return told


def _charge(what: str, price: str, units: float, said: str, region: str) -> Charge:
    known = price_list()
    paid = max(0, units - known.free.get(price, 0))
    return Charge(what, said, known.prices[price].of(units, region), known.prices[price].of(paid, region))


def dollars(charges: Sequence[Charge]) -> float:
    return sum(charge.dollars for charge in charges)


def left(charges: Sequence[Charge]) -> float:
    return sum(charge.left for charge in charges)
