"""The same ports twice: in memory, and in DynamoDB on the engine. What holds for one must hold for the other.

With POINTPASS_TEST_DYNAMODB=<region> there is a third: DynamoDB itself, with whatever AWS credentials there are.
"""

import contextlib
import itertools
import os
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import pytest
from store_ports import Clock, OpenTables, RawItems, SecretBox, Store

from chalicelib.store.audit import DynamoAudit
from chalicelib.store.cards import DynamoCards
from chalicelib.store.connection import POSTING, Meter, Patience
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.ledger import DynamoLedger
from chalicelib.store.members import DynamoMembers
from chalicelib.store.memory.cards import MemoryCards
from chalicelib.store.memory.ledger import MemoryLedger
from chalicelib.store.memory.members import MemoryMembers
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms, MemoryViews
from chalicelib.store.pictures import DynamoPictures
from chalicelib.store.programs import DynamoPrograms
from chalicelib.store.tables import ROOMS
from chalicelib.store.vault import Vault
from chalicelib.store.views import DynamoViews
from ops.laptop.engine import Engine

REGION = "eu-central-1"
MASTER = bytes(range(32))

AWS = "POINTPASS_TEST_DYNAMODB"
STORES = ["memory", "dynamo", *(["aws"] if os.environ.get(AWS) else [])]

_numbers = itertools.count(1)


@pytest.fixture
def prefix() -> str:
    """Where a test's tables begin."""
    return f"pointpass-test{next(_numbers)}"


@pytest.fixture
def open_tables(engine: Engine, prefix: str) -> OpenTables:
    """Opens fresh tables; opens the same ones again with another patience or a meter."""

    def opened(*, patience: Patience = POSTING, meter: Meter | None = None) -> Dynamo:
        tables = Dynamo(prefix, region=REGION, endpoint=engine.url, patience=patience, meter=meter)
        tables.create_tables()
        return tables

    return opened


# Fifty threads on two cores answer slowly: patience is not what these tests are about.
UNHURRIED = Patience(connect_seconds=10, read_seconds=30, attempts=1)


@pytest.fixture
def tables(open_tables: OpenTables) -> Dynamo:
    return open_tables(patience=UNHURRIED)


@pytest.fixture
def dynamodb(engine: Engine) -> Any:
    """Amazon's own client: sees what is really stored."""
    import boto3

    client = boto3.client("dynamodb", region_name=REGION, endpoint_url=engine.url)
    yield client
    client.close()


@pytest.fixture
def raw_items(dynamodb: Any, prefix: str, tables: Dynamo) -> RawItems:
    """All rows of a room, as they are."""

    def rows(room: str) -> list[dict[str, Any]]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=f"{prefix}-{room}", ConsistentRead=True)
        return [row for page in pages for row in page["Items"]]

    return rows


@pytest.fixture
def dynamo_store(tables: Dynamo) -> Store:
    return _over(tables)


def _over(tables: Dynamo) -> Store:
    clock, box = Clock(), SecretBox()
    return Store(
        ledger=DynamoLedger(tables),
        audit=DynamoAudit(tables),
        members=DynamoMembers(tables, posting=tables, vault=Vault(MASTER)),
        cards=DynamoCards(tables),
        views=DynamoViews(tables),
        programs=DynamoPrograms(
            tables,
            secret=box.fetch,
            keep_secret=box.keep,
            secrets_prefix="pointpass-test",
            clock=clock,
            cache_seconds=30,
        ),
        clock=clock,
        pictures=DynamoPictures(tables),
    )


@pytest.fixture
def memory_store() -> Store:
    members = MemoryMembers()
    ledger = MemoryLedger(members)
    return Store(ledger, ledger, members, MemoryCards(), MemoryViews(), MemoryPrograms(), Clock(), MemoryPictures())


@pytest.fixture(scope="session")
def aws_tables(aws_keys: None) -> Iterator[tuple[Dynamo, Any, str]]:
    """Tables in Amazon's own DynamoDB, in the region that POINTPASS_TEST_DYNAMODB names; gone when the tests are over.

    Beside them, Amazon's own client and where the tables' names begin.
    """
    import boto3

    region = os.environ[AWS]
    names = f"pointpass-contract-{token_hex(4)}"
    resource = boto3.resource("dynamodb", region_name=region)
    client = resource.meta.client
    tables = Dynamo(names, region=region, patience=UNHURRIED)
    try:
        tables.create_tables()
        for room in ROOMS:
            client.get_waiter("table_exists").wait(TableName=f"{names}-{room}", WaiterConfig={"Delay": 2})
        yield tables, resource, names
    finally:
        for room in ROOMS:
            with contextlib.suppress(client.exceptions.ResourceNotFoundException):
                client.delete_table(TableName=f"{names}-{room}")
        client.close()


@pytest.fixture
def aws_store(aws_tables: tuple[Dynamo, Any, str]) -> Iterator[Store]:
    """The tables are made once, since that takes Amazon a while: each test leaves them empty."""
    tables, resource, names = aws_tables
    yield _over(tables)
    for room in ROOMS:
        table = resource.Table(f"{names}-{room}")
        pages = resource.meta.client.get_paginator("scan").paginate(
            TableName=table.name, ProjectionExpression="pk, sk", ConsistentRead=True
        )
        with table.batch_writer() as batch:
            for key in [row for page in pages for row in page["Items"]]:
                batch.delete_item(Key=key)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Store:
    chosen: Store = request.getfixturevalue(f"{request.param}_store")
    return chosen
