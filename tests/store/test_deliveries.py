"""ports.Inbox, ports.Queue and the secrets: in memory, and on the stand-ins of S3, SQS and Secrets Manager."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from moto.server import ThreadedMotoServer
from store_factories import NOON, PROGRAM, delivery
from store_ports import Clock

from chalicelib import trace
from chalicelib.errors import Broken, TryAgain
from chalicelib.services.ports import Inbox
from chalicelib.store.aws import Client
from chalicelib.store.inbox import S3Inbox
from chalicelib.store.memory.deliveries import MemoryInbox, MemoryQueue
from chalicelib.store.queue import SqsQueue
from chalicelib.store.secrets import Secrets

REGION = "eu-central-1"


@dataclass
class Cloud:
    """moto's server with one bucket and one queue."""

    url: str
    queue_url: str

    def client(self, service: str) -> Client:
        return Client(service, region=REGION, endpoint=self.url)


@pytest.fixture(scope="module")
def cloud(aws_keys: None) -> Iterator[Cloud]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    Client("s3", region=REGION, endpoint=url).call(
        "create_bucket", Bucket="inbox", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    queue = Client("sqs", region=REGION, endpoint=url).call("create_queue", QueueName="deferred")
    yield Cloud(url, queue["QueueUrl"])
    server.stop()


@pytest.fixture
def s3_inbox(cloud: Cloud) -> S3Inbox:
    client = cloud.client("s3")
    for found in client.call("list_objects_v2", Bucket="inbox").get("Contents", ()):
        client.call("delete_object", Bucket="inbox", Key=found["Key"])
    return S3Inbox(client, bucket="inbox")


@pytest.fixture
def memory_inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture(params=["memory_inbox", "s3_inbox"])
def inbox(request: pytest.FixtureRequest) -> Inbox:
    chosen: Inbox = request.getfixturevalue(request.param)
    return chosen


def test_a_delivery_comes_back_byte_for_byte(inbox: Inbox) -> None:
    key = inbox.keep(delivery(), "deferred")

    assert inbox.read(key) == delivery()


def test_a_key_says_whose_it_is_why_and_when(inbox: Inbox) -> None:
    key = inbox.keep(delivery(), "quarantined")

    assert key.startswith(f"{PROGRAM}/shop/quarantined/2026-06-23/")
    assert key.endswith(".json")


def test_keeping_the_same_delivery_twice_keeps_it_once(inbox: Inbox) -> None:
    assert inbox.keep(delivery(), "deferred") == inbox.keep(delivery(), "deferred")
    assert len(inbox.kept("deferred")) == 1


def test_kept_ones_are_listed_by_reason(inbox: Inbox) -> None:
    deferred = {inbox.keep(delivery(body=bytes([number])), "deferred") for number in range(3)}
    refused = inbox.keep(delivery(), "refused")

    assert set(inbox.kept("deferred")) == deferred
    assert inbox.kept("refused") == [refused]
    assert inbox.kept("quarantined") == []


def test_a_name_with_slashes_stays_in_its_place(inbox: Inbox) -> None:
    key = inbox.keep(delivery(connection="../deferred/x"), "refused")

    assert inbox.kept("refused") == [key]
    assert inbox.kept("deferred") == []


def test_what_is_removed_is_gone_and_nothing_else_is(inbox: Inbox) -> None:
    gone, stays = inbox.keep(delivery(), "refused"), inbox.keep(delivery(body=b"another"), "refused")
    for _ in range(2):
        inbox.remove(gone)
    assert inbox.read(gone) is None
    assert inbox.kept("refused") == [stays]


def test_what_is_not_there_reads_as_nothing(inbox: Inbox) -> None:
    assert inbox.read(f"{PROGRAM}/shop/deferred/2026-06-23/none.json") is None


def test_an_unknown_reason_is_our_own_fault(inbox: Inbox) -> None:
    with pytest.raises(Broken):
        inbox.keep(delivery(), "lost")


def test_more_than_a_page_of_kept_ones_is_listed_whole(cloud: Cloud) -> None:
    class SmallPages(Client):
        def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
            pages = {"MaxKeys": 2} if operation == "list_objects_v2" else {}
            return super().call(operation, **pages, **arguments)

    inbox = S3Inbox(SmallPages("s3", region=REGION, endpoint=cloud.url), bucket="inbox")
    keys = {inbox.keep(delivery(program="paged", body=bytes([number])), "refused") for number in range(5)}

    assert keys <= set(inbox.kept("refused"))


def test_an_inbox_that_cannot_be_reached_is_tried_again(cloud: Cloud) -> None:
    nowhere = S3Inbox(Client("s3", region=REGION, endpoint="http://127.0.0.1:9"), bucket="inbox")
    without_bucket = S3Inbox(cloud.client("s3"), bucket="no-such-bucket")

    for inbox in (nowhere, without_bucket):
        with pytest.raises(TryAgain):
            inbox.keep(delivery(), "deferred")


def test_a_message_arrives_as_json(cloud: Cloud) -> None:
    client = cloud.client("sqs")

    SqsQueue(client, url=cloud.queue_url).send({"key": "a/b.json", "tries": 2})

    answer = client.call("receive_message", QueueUrl=cloud.queue_url, MaxNumberOfMessages=10)
    assert [json.loads(message["Body"]) for message in answer["Messages"]] == [{"key": "a/b.json", "tries": 2}]


def test_message_and_kept_delivery_bear_the_id_of_what_is_followed(cloud: Cloud, s3_inbox: S3Inbox) -> None:
    with trace.following("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", NOON):
        SqsQueue(cloud.client("sqs"), url=cloud.queue_url).send({"serial": "s1"})
        key = s3_inbox.keep(delivery(), "quarantined")
    (received,) = cloud.client("sqs").call("receive_message", QueueUrl=cloud.queue_url, WaitTimeSeconds=1)["Messages"]
    cloud.client("sqs").call("delete_message", QueueUrl=cloud.queue_url, ReceiptHandle=received["ReceiptHandle"])
    told = {"serial": "s1", "trace": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", "trace_since": NOON}
    assert json.loads(received["Body"]) == told
    kept = cloud.client("s3").call("head_object", Bucket="inbox", Key=key)
    assert kept["Metadata"] == {"trace": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"}


def test_a_delayed_message_waits(cloud: Cloud) -> None:
    client = cloud.client("sqs")
    url = client.call("create_queue", QueueName="delayed")["QueueUrl"]

    SqsQueue(client, url=url).send({"card": "serial-1"}, delay_seconds=30)

    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    attributes = client.call("get_queue_attributes", QueueUrl=url, AttributeNames=names)["Attributes"]
    assert attributes == {names[0]: "0", names[1]: "1"}


def test_a_queue_that_cannot_be_reached_is_tried_again(cloud: Cloud) -> None:
    nowhere = SqsQueue(Client("sqs", region=REGION, endpoint="http://127.0.0.1:9"), url=cloud.queue_url)
    missing = SqsQueue(cloud.client("sqs"), url=f"{cloud.queue_url}-none")

    for queue in (nowhere, missing):
        with pytest.raises(TryAgain):
            queue.send({"key": "a"})


def test_a_queue_in_memory_hands_out_each_message_once_with_its_delay() -> None:
    queue = MemoryQueue()
    queue.send({"key": "a"})
    queue.send({"key": "b"}, delay_seconds=30)

    assert queue.take() == [({"key": "a"}, 0), ({"key": "b"}, 30)]
    assert queue.take() == []


def test_a_secret_is_kept_replaced_and_noticed_after_the_cache_time(cloud: Cloud) -> None:
    clock = Clock(NOON)
    here = Secrets(cloud.client("secretsmanager"), clock=clock, cache_seconds=60)
    elsewhere = Secrets(cloud.client("secretsmanager"), clock=clock, cache_seconds=60)

    elsewhere.keep("pointpass-test/shop", "first")
    assert here.fetch("pointpass-test/shop") == "first"
    elsewhere.keep("pointpass-test/shop", "second")
    assert elsewhere.fetch("pointpass-test/shop") == "second"

    clock.instant = NOON + 59_999
    assert here.fetch("pointpass-test/shop") == "first"
    clock.instant = NOON + 60_000
    assert here.fetch("pointpass-test/shop") == "second"


def test_a_missing_secret_is_our_own_fault_and_a_silent_service_is_tried_again(cloud: Cloud) -> None:
    clock = Clock(NOON)

    with pytest.raises(Broken):
        Secrets(cloud.client("secretsmanager"), clock=clock, cache_seconds=60).fetch("none")
    nowhere = Client("secretsmanager", region=REGION, endpoint="http://127.0.0.1:9")
    with pytest.raises(TryAgain):
        Secrets(nowhere, clock=clock, cache_seconds=60).fetch("any")


# --- what waits for the end of a pause


def held(inbox: Inbox, second: int, connection: str = "shop", body: bytes = b"{}") -> str:
    """A delivery that came so many seconds after noon."""
    came = msgspec.structs.replace(delivery(body=body), received_at=NOON + second * 1_000, connection=connection)
    return inbox.keep(came, "paused")


def test_what_waits_comes_in_the_order_of_its_arrival_whoever_told_it(inbox: Inbox) -> None:
    seconds = [(90_000, "market"), (3, "shop"), (2, "market"), (100_000, "shop"), (1, "till"), (4, "market")]
    keys = {second: held(inbox, second, connection) for second, connection in seconds}

    assert list(inbox.waiting(PROGRAM, behind="", limit=100)) == [keys[second] for second in sorted(keys)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_what_waits_is_gone_through_page_by_page_each_once_while_it_is_removed(inbox: Inbox, limit: int) -> None:
    keys = [held(inbox, number, ("shop", "market")[number % 2], bytes([number])) for number in range(7)]
    seen: list[str] = []
    behind = ""
    while page := inbox.waiting(PROGRAM, behind=behind, limit=limit):
        assert len(page) <= limit
        seen += page
        behind = page[-1]
        for key in page:
            inbox.remove(key)

    assert seen == keys
    assert inbox.kept("paused") == []


@pytest.mark.parametrize("name", ["paused", "dropped", "shop"])
def test_a_connection_may_be_called_as_what_is_done_with_deliveries(inbox: Inbox, name: str) -> None:
    keys = [held(inbox, number, name, bytes([number])) for number in range(5)]
    seen: list[str] = []
    while page := inbox.waiting(PROGRAM, behind=seen[-1] if seen else "", limit=2):
        seen += page

    assert seen == keys


def test_of_two_that_came_at_once_both_wait(inbox: Inbox) -> None:
    keys = {held(inbox, 1, body=b"1"), held(inbox, 1, body=b"2"), held(inbox, 1, "market", body=b"2")}

    assert set(inbox.waiting(PROGRAM, behind="", limit=10)) == keys


def test_only_what_waits_is_gone_through_and_only_of_the_program(inbox: Inbox) -> None:
    inbox.keep(delivery(), "deferred")
    inbox.keep(msgspec.structs.replace(delivery(), program="tea-lane"), "paused")

    assert list(inbox.waiting(PROGRAM, behind="", limit=10)) == []


def test_removing_what_is_not_there_is_harmless(inbox: Inbox) -> None:
    key = held(inbox, 1)
    inbox.remove(key)
    inbox.remove(key)

    assert list(inbox.waiting(PROGRAM, behind="", limit=10)) == []


# --- what was dropped


def test_what_is_moved_waits_no_longer_and_is_kept_for_the_other_reason(inbox: Inbox) -> None:
    key, other = held(inbox, 1), held(inbox, 2)
    told = inbox.read(key)

    assert inbox.move(key, "dropped")

    (dropped,) = inbox.kept("dropped")
    assert list(inbox.waiting(PROGRAM, behind="", limit=10)) == [other]
    assert (inbox.read(dropped), inbox.read(key)) == (told, None)


def test_what_is_moved_back_is_where_it_was(inbox: Inbox) -> None:
    keys = [held(inbox, number) for number in range(3)]
    inbox.move(keys[1], "dropped")

    assert inbox.move(inbox.kept("dropped")[0], "paused")

    assert list(inbox.waiting(PROGRAM, behind="", limit=10)) == keys
    assert inbox.kept("dropped") == []


def test_moving_what_is_gone_moves_nothing(inbox: Inbox) -> None:
    key = held(inbox, 1)
    inbox.remove(key)

    assert not inbox.move(key, "dropped")

    assert inbox.kept("dropped") == []


def test_what_does_not_wait_is_not_dropped(inbox: Inbox) -> None:
    key = inbox.keep(delivery(), "quarantined")

    with pytest.raises(Broken, match="unknown_inbox_reason"):
        inbox.move(key, "dropped")

    assert inbox.kept("quarantined") == [key]


def test_a_delivery_keeps_its_id_where_it_is_moved_to(cloud: Cloud, s3_inbox: S3Inbox) -> None:
    with trace.following("4f1c", NOON):
        key = held(s3_inbox, 1)
    s3_inbox.move(key, "dropped")

    (dropped,) = s3_inbox.kept("dropped")
    answer = Client("s3", region=REGION, endpoint=cloud.url).call("head_object", Bucket="inbox", Key=dropped)
    assert answer["Metadata"] == {"trace": "4f1c"}
