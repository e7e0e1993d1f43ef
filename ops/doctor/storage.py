"""Tables, queues and secrets: are they there, and as the template makes them?"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from botocore.exceptions import ClientError

from chalicelib.config import Settings
from chalicelib.errors import Broken
from chalicelib.store.aws import error_code
from chalicelib.store.tables import ROOMS
from ops.doctor.cloud import Cloud
from ops.doctor.rows import Row

_MANY = 1_000
"""So many waiting messages are minutes of work: somebody should know."""
_STREAM_OF = "journal"
_REDEPLOY = "Deploy the stage's template again: it makes what is missing"


def check_settings(settings: Settings) -> Iterator[Row]:
    """What is told is there; does it make sense together?"""
    if settings.stage != "laptop" and not settings.base_url.startswith("https://"):
        yield Row("settings", "bad", f"cards point at {settings.base_url}", "Phones need an https address of your own")
        return
    wallets = [name for name, has in (("Apple", settings.apple_secret), ("Google", settings.google_issuer_id)) if has]
    says = f"{settings.base_url}, wallets: {' and '.join(wallets) or 'none, the card is a page'}"
    yield Row("settings", "good", says)


def check_tables(cloud: Cloud, settings: Settings) -> Iterator[Row]:
    """Every table: there, recoverable to the second, with its time to live, and the journal with its stream."""
    for room in ROOMS:
        name = settings.table(room)
        try:
            table = cloud.call("dynamodb", "describe_table", TableName=name)["Table"]
        except ClientError as err:
            if error_code(err) != "ResourceNotFoundException":
                raise
            yield Row(f"table {room}", "bad", f"{name} is not there", _REDEPLOY)
            continue
        missing = [] if settings.stage == "laptop" else _missing(cloud, name, room, table)
        if missing:
            yield Row(f"table {room}", "bad", f"{name} lacks {', '.join(missing)}", _REDEPLOY)
        else:
            yield Row(f"table {room}", "good", f"{name}, {table.get('TableStatus', 'ACTIVE').lower()}")


def _missing(cloud: Cloud, name: str, room: str, table: Mapping[str, object]) -> list[str]:
    lacks = []
    backups = cloud.call("dynamodb", "describe_continuous_backups", TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    if recovery != "ENABLED":
        lacks.append("point-in-time recovery")
    ends = cloud.call("dynamodb", "describe_time_to_live", TableName=name)["TimeToLiveDescription"]
    if (ends.get("TimeToLiveStatus"), ends.get("AttributeName")) != ("ENABLED", "ends_at"):
        lacks.append("its time to live")
    stream = table.get("StreamSpecification")
    if room == _STREAM_OF and not (isinstance(stream, Mapping) and stream.get("StreamEnabled")):
        lacks.append("its stream, which the cards follow")
    return lacks


def check_queues(cloud: Cloud, settings: Settings) -> Iterator[Row]:
    """How much waits, and what was given up."""
    waiting = {
        "deferred": settings.deferred_queue_url,
        "cards": settings.cards_queue_url,
        "sweeps": settings.sweeps_queue_url,
    }
    for name, url in waiting.items():
        count = _depth(cloud, url)
        if count >= _MANY:
            yield Row(f"queue {name}", "look", f"{count} messages", "Is the function that works it off failing?")
        else:
            yield Row(f"queue {name}", "good", f"{count} messages")
    parked = [*waiting] if settings.stage == "laptop" else [*waiting, "journal", "clock"]
    for name in parked:
        full = f"pointpass-{settings.stage}-{name}-parked"
        count = _depth(cloud, cloud.call("sqs", "get_queue_url", QueueName=full)["QueueUrl"])
        if count:
            yield Row(
                f"parked {name}",
                "bad",
                f"{count} messages were given up",
                f"Find out why, then redrive {full}. docs/runbooks/parked.md",
            )
        else:
            yield Row(f"parked {name}", "good", "nothing was given up")


def _depth(cloud: Cloud, url: str) -> int:
    asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = cloud.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=asked).get("Attributes", {})
    return sum(int(told.get(name, 0)) for name in asked)


def check_secrets(settings: Settings, fetch: Callable[[str], str]) -> Iterator[Row]:
    """Every secret that the settings name: readable, with what it should hold. Values are not shown."""
    for about, name, holds in _named(settings):
        try:
            text = fetch(name)
        except Broken as err:
            if err.reason != "secret_missing":
                raise
            yield Row(about, "bad", f"{name} is not there", _HELPS[about])
            continue
        lacks = _lacks(text, holds)
        if lacks:
            yield Row(about, "bad", f"{name} lacks {', '.join(lacks)}", _HELPS[about])
        else:
            yield Row(about, "good", name)


_HELPS = {
    "secret vault": "Put it back from where you keep it safe: without it every profile is unreadable",
    "secret apple": "pointpass apple install pass.cer",
    "secret google": "pointpass google setup",
    "secret smtp": 'Store the mail server\'s password as {"password": ...} under that name',
}


def _named(settings: Settings) -> Iterator[tuple[str, str, Sequence[str]]]:
    yield "secret vault", settings.vault_secret, ("master",)
    if settings.apple_secret:
        yield "secret apple", settings.apple_secret, ("certificate", "key", "intermediate")
    if settings.google_issuer_id:
        yield "secret google", settings.google_secret, ("client_email", "private_key")
    if settings.smtp_secret:
        yield "secret smtp", settings.smtp_secret, ("password",)


def _lacks(text: str, holds: Sequence[str]) -> list[str]:
    try:
        told = json.loads(text)
    except ValueError:
        return ["all: it is no JSON"]
    return [each for each in holds if not isinstance(told, dict) or not told.get(each)]
