"""The journal's stream on a laptop calls the handler as Lambda does."""

import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.laptop import stream
from ops.laptop.cloud import REGION, client
from ops.laptop.engine import Engine
from ops.laptop.stream import StreamReader

pytestmark = pytest.mark.npm
TABLE = "pointpass-laptop-journal"


class Journal:
    """A table with a stream, and a reader of it whose handler is the test's."""

    def __init__(self, database: Engine, folder: Path) -> None:
        self.folder = folder
        self.dynamodb = client("dynamodb", database.url)
        self.streams = client("dynamodbstreams", database.url)
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        table = self.dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.arn = table["TableDescription"]["LatestStreamArn"]
        self.seen: list[str] = []
        self.changed = threading.Condition()

    def write(self, *names: str, **more: Any) -> None:
        for name in names:
            self.dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "A"}, "sk": {"S": name}, **more})

    def reader(self, handler: stream.Handler) -> StreamReader:
        return StreamReader(self.streams, self.arn, handler, self.folder / "place.json", self.folder / "parked", REGION)

    def note(self, event: Any, _context: object) -> None:
        with self.changed:
            self.seen += names(event)
            self.changed.notify_all()

    def wait_for(self, count: int) -> list[str]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.seen) >= count, 20), self.seen
            return list(self.seen)


def names(event: Any) -> list[str]:
    return [record["dynamodb"]["NewImage"]["sk"]["S"] for record in event["Records"]]


@pytest.fixture
def journal(database: Engine, tmp_path: Path) -> Journal:
    return Journal(database, tmp_path)


def test_entries_written_before_the_first_start_are_delivered_in_order(journal: Journal) -> None:
    journal.write("1", "2", "3")
    reader = journal.reader(journal.note)
    reader.start()
    journal.write("4")
    assert journal.wait_for(4) == ["1", "2", "3", "4"]
    reader.stop()


def test_restart_goes_on_where_it_stopped(journal: Journal) -> None:
    journal.write("1", "2")
    reader = journal.reader(journal.note)
    reader.start()
    journal.wait_for(2)
    reader.stop()
    journal.write("3")
    reader = journal.reader(journal.note)
    reader.start()
    assert journal.wait_for(3) == ["1", "2", "3"]
    reader.stop()


def test_stream_that_forgot_our_place_is_read_from_its_oldest_record(journal: Journal) -> None:
    class Forgetful:
        """The engine's stream, a day later."""

        def get_shard_iterator(self, **asked: Any) -> Any:
            if asked["ShardIteratorType"] == "AFTER_SEQUENCE_NUMBER":
                raise ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetShardIterator")
            return journal.streams.get_shard_iterator(**asked)

        def __getattr__(self, name: str) -> Any:
            return getattr(journal.streams, name)

    journal.write("1", "2")
    reader = journal.reader(journal.note)
    reader.start()
    journal.wait_for(2)
    reader.stop()
    reader = journal.reader(journal.note)
    reader.streams = Forgetful()
    reader.start()
    assert journal.wait_for(4) == ["1", "2", "1", "2"]
    reader.stop()


def test_record_has_the_shape_that_lambda_gives(journal: Journal) -> None:
    events: list[Any] = []

    def keep(event: Any, context: object) -> None:
        events.append(event)
        journal.note(event, context)

    journal.write("1", sealed={"B": b"\x00\xff"}, seq={"N": "7"})
    reader = journal.reader(keep)
    reader.start()
    journal.wait_for(1)
    reader.stop()
    record = events[0]["Records"][0]
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventSourceARN"] == journal.arn
    assert record["dynamodb"]["NewImage"] == {
        "pk": {"S": "A"}, "sk": {"S": "1"}, "sealed": {"B": "AP8="}, "seq": {"N": "7"},
    }  # fmt: skip
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], int | float)
    assert record["dynamodb"]["SequenceNumber"].isdigit()


def test_batch_is_repeated_from_the_record_that_failed(journal: Journal) -> None:
    failures = ["2"]

    def fail_once(event: Any, context: object) -> Any:
        for record in event["Records"]:
            if failures and record["dynamodb"]["NewImage"]["sk"]["S"] == failures[0]:
                failures.pop()
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
            journal.note({"Records": [record]}, context)
        return {"batchItemFailures": []}

    journal.write("1", "2", "3")
    reader = journal.reader(fail_once)
    reader.start()
    assert journal.wait_for(3) == ["1", "2", "3"]
    reader.stop()


def test_poisoned_record_is_parked_and_does_not_hold_up_the_rest(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stream, "TRIES", 2)

    def choke(event: Any, context: object) -> None:
        if "2" in names(event):
            raise ValueError("poison")
        journal.note(event, context)

    journal.write("1", "2", "3")
    reader = journal.reader(choke)
    reader.start()
    assert sorted(journal.wait_for(2)) == ["1", "3"]
    reader.stop()
    assert len(list((journal.folder / "parked").iterdir())) == 1
    assert "was parked" in capsys.readouterr().out
