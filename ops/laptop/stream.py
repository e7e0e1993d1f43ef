"""Lambda's event source for the journal's stream: reads every shard in order and calls the handler.

As in the cloud: at least once, in order per shard, from TRIM_HORIZON at first; the handler's `batchItemFailures`
says from where to repeat; a record that keeps failing is halved out and parked after some tries, so that one poisoned
record does not hold up the rest. The place reached is kept in a file after each batch: a restart goes on from there.
"""

import base64
import json
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.laptop.home import write_whole

Handler = Callable[[Mapping[str, Any], object], Mapping[str, Any] | None]
Record = dict[str, Any]

BATCH = 100
TRIES = 5
BUSY_SECONDS = 0.02
IDLE_SECONDS = 0.05
REST_SECONDS = 0.25
REST_AFTER = 600  # empty looks in a row: half a minute
SHARD_LIST_LOOKS = 200


@dataclass(slots=True)
class StreamReader:
    """Follows one stream on a thread of its own until `stop`.

    streams: a `dynamodbstreams` client     arn: of the stream     place: file of {shard: last sequence number}
    parked: folder for records that were given up
    """

    streams: Any
    arn: str
    handler: Handler
    place: Path
    parked: Path
    region: str
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _iterators: dict[str, str | None] = field(default_factory=dict)
    _reached: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        if self.place.exists():
            self._reached = json.loads(self.place.read_bytes())
        self._thread = threading.Thread(target=self._follow, name="journal-stream", daemon=True)
        self._thread.start()

    def halt(self) -> None:
        """Take no further batch."""
        self._stop.set()

    def stop(self) -> None:
        """Returns when the batch in hand is finished."""
        self.halt()
        if self._thread is not None:
            self._thread.join(10)

    def _follow(self) -> None:
        looks, empty = 0, 0
        while not self._stop.is_set():
            try:
                if looks % SHARD_LIST_LOOKS == 0:
                    self._find_shards()
                found = sum(self._read(shard) for shard in list(self._iterators))
            except (BotoCoreError, ClientError) as error:
                print(f"journal stream: {error}")
                self._iterators.clear()
                looks, found = 0, 0
                self._stop.wait(1)
                continue
            looks, empty = looks + 1, 0 if found else empty + 1
            self._stop.wait(BUSY_SECONDS if found else IDLE_SECONDS if empty < REST_AFTER else REST_SECONDS)

    def _find_shards(self) -> None:
        description = self.streams.describe_stream(StreamArn=self.arn)["StreamDescription"]
        for shard in description["Shards"]:
            name = shard["ShardId"]
            if name not in self._iterators:
                self._iterators[name] = self._iterator(name)

    def _iterator(self, shard: str) -> str:
        where = {"StreamArn": self.arn, "ShardId": shard}
        reached = self._reached.get(shard)
        if reached is not None:
            try:
                after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": reached}
                return str(self.streams.get_shard_iterator(**where, **after)["ShardIterator"])
            except ClientError as error:
                # A stream forgets after a day: then everything it still has is new to us.
                if error.response["Error"]["Code"] != "TrimmedDataAccessException":
                    raise
        return str(self.streams.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")["ShardIterator"])

    def _read(self, shard: str) -> int:
        """One look at a shard: how many records were there."""
        iterator = self._iterators[shard]
        if iterator is None:
            return 0  # closed and read to its end
        answer = self.streams.get_records(ShardIterator=iterator, Limit=BATCH)
        records = [_as_lambda_sees_it(record, self.arn, self.region) for record in answer["Records"]]
        if records:
            self._deliver(records)
            if self._stop.is_set():
                return 0
            self._reached[shard] = records[-1]["dynamodb"]["SequenceNumber"]
            write_whole(self.place, json.dumps(self._reached).encode())
        self._iterators[shard] = answer.get("NextShardIterator")
        return len(records)

    def _deliver(self, records: Sequence[Record]) -> None:
        """Call the handler until every record is done or parked, or until we are asked to stop."""
        size, tries = len(records), 0
        while records:
            batch = records[:size]
            failed_at = self._call(batch)
            records = records[failed_at:]
            if failed_at == len(batch):
                size, tries = max(len(records), 1), 0
                continue
            tries = tries + 1 if failed_at == 0 else 1
            size = max(1, size // 2)
            if size == 1 and tries >= TRIES:
                self._park(records[0])
                records, size, tries = records[1:], max(len(records) - 1, 1), 0
            elif self._stop.wait(min(2.0, 0.1 * 2**tries)):
                return

    def _call(self, batch: Sequence[Record]) -> int:
        """How many records of the batch are done: all, or up to the first that failed."""
        try:
            answer = self.handler({"Records": batch}, None) or {}
        except Exception:  # the outermost caller: whatever a handler raises means "repeat"
            traceback.print_exc()
            return 0
        failed = {item["itemIdentifier"] for item in answer.get("batchItemFailures", ())}
        places = [n for n, record in enumerate(batch) if record["dynamodb"]["SequenceNumber"] in failed]
        return places[0] if places else len(batch)

    def _park(self, record: Record) -> None:
        number = record["dynamodb"]["SequenceNumber"]
        self.parked.mkdir(parents=True, exist_ok=True)
        write_whole(self.parked / f"{number}.json", json.dumps(record).encode())
        print(f"journal stream: record {number} failed {TRIES} times and was parked in {self.parked}")


def _as_lambda_sees_it(record: Mapping[str, Any], arn: str, region: str) -> Record:
    """The same record as a Lambda function receives it.

    Source: docs.aws.amazon.com/lambda/latest/dg/with-ddb.html (binary as base64 text, times as seconds).
    """
    image = {key: _plain(value) for key, value in record["dynamodb"].items()}
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record.get("eventVersion", "1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": image,
        "eventSourceARN": arn,
        **({"userIdentity": _identity(record["userIdentity"])} if record.get("userIdentity") else {}),
    }


def _identity(said: Mapping[str, str]) -> dict[str, str]:
    return {"type": said.get("Type", ""), "principalId": said.get("PrincipalId", "")}


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(part) for key, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return value.timestamp()
        case _:
            return value
