"""Raw webhook bodies in S3: deferred, paused, dropped, quarantined and refused ones, and wishes to see one's data.

The bucket encrypts them and drops them after 30 days. A key is
<program>/<connection>/<why>/<yyyy-mm-dd>/<digest>.json, the day of arrival in UTC. What waits for the end of a pause,
or was dropped while it did, has its instant, 15 digits, before the digest: keys come in the order in which deliveries
did.
"""

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from chalicelib import trace
from chalicelib.errors import Broken, TryAgain
from chalicelib.events import Instant
from chalicelib.services.ports import Delivery
from chalicelib.services.ports.deliveries import arrival
from chalicelib.store.aws import Client, error_code

WHYS = ("deferred", "quarantined", "refused", "data-request", "paused", "dropped")
_IN_ORDER = ("paused", "dropped")
_PAUSED = "/paused/"


class _Stored(msgspec.Struct, frozen=True):
    """The object's JSON; the exact bytes of the body are base64 in it."""

    program: str
    connection: str
    received_at: Instant
    headers: Mapping[str, str]
    body: bytes
    source: str = ""


class S3Inbox:
    """ports.Inbox."""

    def __init__(self, client: Client, *, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, delivery: Delivery, why: str) -> str:
        text = delivery_text(delivery)
        key = delivery_key(delivery, why, text)
        # Whatever the reason, nothing was kept and the same call is safe to repeat.
        known = trace.current()
        metadata = {} if known is None else {"trace": known.id}
        self._call("put_object", Key=key, Body=text, ContentType="application/json", Metadata=metadata)
        return key

    def read(self, key: str) -> Delivery | None:
        answer = self._call("get_object", Key=key)
        return None if answer is None else read_delivery(answer["Body"].read())

    def kept(self, why: str) -> Sequence[str]:
        """All keys, for operators: a walk through the whole bucket."""
        keys: list[str] = []
        more: dict[str, str] = {}
        while True:
            answer = self._call("list_objects_v2", **more) or {}
            keys += [found["Key"] for found in answer.get("Contents", ())]
            if not answer.get("IsTruncated"):
                return [key for key in keys if key.split("/")[2:3] == [why]]
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def waiting(self, program: str, *, behind: str, limit: int) -> Sequence[str]:
        """Each connection's part of the bucket is asked: they are few, and a bucket lists by name alone."""
        keys: list[str] = []
        for connection in self._connections(program):
            place = f"{connection.rstrip('/')}{_PAUSED}"
            after = {"StartAfter": f"{place}{arrival(behind)}"} if behind else {}
            answer = self._call("list_objects_v2", Prefix=place, MaxKeys=min(limit, _MOST_LISTED), **after) or {}
            keys += [found["Key"] for found in answer.get("Contents", ())]
        return sorted(keys, key=arrival)[:limit]

    def _connections(self, program: str) -> Sequence[str]:
        """The beginnings of the keys of a program: one for each connection of which anything is kept."""
        found: list[str] = []
        more: dict[str, str] = {}
        while True:
            place = f"{quote(program, safe='')}/"
            answer = self._call("list_objects_v2", Prefix=place, Delimiter="/", **more) or {}
            found += [each["Prefix"] for each in answer.get("CommonPrefixes", ())]
            if not answer.get("IsTruncated"):
                return found
            more = {"ContinuationToken": answer["NextContinuationToken"]}

    def move(self, key: str, why: str) -> bool:
        place, answer = moved(key, why), self._call("get_object", Key=key)
        if answer is None:
            return False
        told = {"ContentType": "application/json", "Metadata": answer.get("Metadata", {})}
        self._call("put_object", Key=place, Body=answer["Body"].read(), **told)
        self.remove(key)
        return True

    def remove(self, key: str) -> None:
        self._call("delete_object", Key=key)

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any] | None:
        """The answer; None when there is no such object."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # see aws.py

        try:
            return self._client.call(operation, Bucket=self._bucket, **arguments)
        except (ClientError, BotoCoreError) as err:
            if error_code(err) == "NoSuchKey":
                return None
            raise TryAgain("inbox_unavailable", cause=error_code(err)) from err


_MOST_LISTED = 1_000
"""What S3 lists at once. Source: docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""


def moved(key: str, why: str) -> str:
    """Where a delivery is kept for another reason, its instant in the key or not as before."""
    program, connection, before, *rest = key.split("/")
    if (before in _IN_ORDER) != (why in _IN_ORDER):
        raise Broken("unknown_inbox_reason", why=why)
    return "/".join((program, connection, why, *rest))


def delivery_key(delivery: Delivery, why: str, text: bytes) -> str:
    """Where a delivery is kept: the same delivery always in the same place."""
    if why not in WHYS:
        raise Broken("unknown_inbox_reason", why=why)
    day = datetime.datetime.fromtimestamp(delivery.received_at / 1000, tz=datetime.UTC).date().isoformat()
    program, connection = quote(delivery.program, safe=""), quote(delivery.connection, safe="")
    instant = f"{delivery.received_at:015d}-" if why in _IN_ORDER else ""
    return f"{program}/{connection}/{why}/{day}/{instant}{hashlib.sha256(text).hexdigest()}.json"


def delivery_text(delivery: Delivery) -> bytes:
    """A delivery as it is kept, byte-exact."""
    return msgspec.json.encode(
        _Stored(
            program=delivery.program,
            connection=delivery.connection,
            received_at=delivery.received_at,
            headers=delivery.headers,
            body=delivery.body,
            source=delivery.source,
        )
    )


def read_delivery(text: bytes) -> Delivery:
    """The inverse of `delivery_text`. Raises Broken when the text is no delivery."""
    try:
        stored = msgspec.json.decode(text, type=_Stored)
    except msgspec.MsgspecError as err:
        raise Broken("unreadable_delivery") from err
    return Delivery(stored.program, stored.connection, stored.received_at, stored.headers, stored.body, stored.source)
