"""The tables themselves: keys, ends, the journal's stream, whole numbers."""

from typing import Any

import pytest
from store_factories import ACCOUNT, NOON, PROGRAM, entry, identity, order, proof, purchase
from store_ports import OpenTables, RawItems, Store

from chalicelib.ledger.chain import encode
from chalicelib.services.ports import Commit
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.tables import ROOMS, DocumentRow
from ops.laptop.engine import Engine

LATER = NOON + 1  # in the middle of a second


def test_every_table_is_paid_by_use_and_has_one_key_and_an_end(dynamodb: Any, prefix: str, tables: Dynamo) -> None:
    for room in ROOMS:
        table = dynamodb.describe_table(TableName=f"{prefix}-{room}")["Table"]
        lifetime = dynamodb.describe_time_to_live(TableName=f"{prefix}-{room}")["TimeToLiveDescription"]

        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [
            ("pk", "HASH"),
            ("sk", "RANGE"),
        ]
        assert lifetime == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ends_at"}


def test_only_the_journal_streams_and_it_shows_what_was_changed(dynamodb: Any, prefix: str, tables: Dynamo) -> None:
    streams = {
        room: dynamodb.describe_table(TableName=f"{prefix}-{room}")["Table"].get("StreamSpecification")
        for room in ROOMS
    }

    assert streams.pop("journal") == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert set(streams.values()) == {None}


def test_the_stream_tells_each_new_entry_once_and_shows_tampering_with_both_images(
    dynamodb: Any, engine: Engine, prefix: str, dynamo_store: Store
) -> None:
    import boto3

    dynamo_store.ledger.commit(purchase(1))
    dynamo_store.ledger.commit(purchase(1))  # a duplicate
    key = {"pk": {"S": f"P#{PROGRAM}#A#{ACCOUNT}"}, "sk": {"S": "E#000000000001"}}
    dynamodb.put_item(TableName=f"{prefix}-journal", Item=key | {"line": {"S": "richer"}, "hash": {"S": "x"}})

    streams = boto3.client("dynamodbstreams", region_name="eu-central-1", endpoint_url=engine.url)
    arn = dynamodb.describe_table(TableName=f"{prefix}-journal")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=place["ShardIterator"])["Records"]
    streams.close()

    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY"]
    assert records[0]["dynamodb"]["NewImage"]["line"] == {"S": encode(entry(1))}
    assert records[1]["dynamodb"]["OldImage"]["line"] == {"S": encode(entry(1))}
    assert records[1]["dynamodb"]["NewImage"]["line"] == {"S": "richer"}


def test_making_the_tables_again_leaves_them_alone(open_tables: OpenTables, dynamo_store: Store) -> None:
    dynamo_store.ledger.commit(purchase(1))

    open_tables()

    assert dynamo_store.ledger.newest(PROGRAM, ACCOUNT) == entry(1)


def test_an_entry_is_stored_as_the_text_that_its_hash_is_of(raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.ledger.commit(Commit(PROGRAM, entries=(entry(12),)))

    assert raw_items("journal") == [
        {
            "pk": {"S": f"P#{PROGRAM}#A#{ACCOUNT}"},
            "sk": {"S": "E#000000000012"},
            "line": {"S": encode(entry(12))},
            "hash": {"S": entry(12).hash},
        }
    ]


def test_what_belongs_to_an_unclaimed_account_ends_in_whole_seconds(raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.ledger.commit(purchase(1, identities=(identity(ends_at=LATER),), ends_at=LATER))

    for room in ("journal", "documents", "members"):
        assert [row["ends_at"] for row in raw_items(room)] == [{"N": str(NOON // 1000 + 1)}]
    assert dynamo_store.members.identity(PROGRAM, identity().index) == identity(ends_at=LATER)


def test_what_belongs_to_a_member_does_not_end(raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.ledger.commit(purchase(1, identities=(identity(),)))

    assert not [row for room in ROOMS for row in raw_items(room) if "ends_at" in row]


def test_the_documents_of_a_claimed_account_no_longer_end(raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.ledger.commit(purchase(1, ends_at=LATER))
    dynamo_store.ledger.commit(purchase(2, ends_at=LATER))

    dynamo_store.ledger.keep_documents(PROGRAM, [order(1).reference])

    ends = {row["pk"]["S"]: row.get("ends_at") for row in raw_items("documents")}
    assert ends == {
        f"P#{PROGRAM}#D#{order(1).reference}": None,
        f"P#{PROGRAM}#D#{order(2).reference}": {"N": str(NOON // 1000 + 1)},
    }


def test_proofs_and_counters_end(raw_items: RawItems, dynamo_store: Store) -> None:
    dynamo_store.members.put_proof(PROGRAM, proof(), was=None)
    dynamo_store.members.count(PROGRAM, "mail", ends_at=LATER)
    dynamo_store.members.count(PROGRAM, "mail", ends_at=LATER + 60_000)  # the first end stays

    ends = {row["sk"]["S"]: row["ends_at"]["N"] for row in raw_items("members")}
    assert ends == {"PROOF": str(proof().ends_at // 1000 + 1), "COUNT": str(NOON // 1000 + 1)}


@pytest.mark.parametrize("value", [1.0, True, "1"])
def test_a_number_that_is_not_whole_is_never_stored(value: Any) -> None:
    with pytest.raises(TypeError):
        DocumentRow(pk="p", sk="s", body="{}", revision=value).serialize()
