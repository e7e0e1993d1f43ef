"""The same ports twice: in memory, and in DynamoDB on the engine. What holds for one must hold for the other."""

import itertools
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
from chalicelib.store.memory.programs import MemoryPrograms, MemoryViews
from chalicelib.store.programs import DynamoPrograms
from chalicelib.store.vault import Vault
from chalicelib.store.views import DynamoViews
from ops.laptop.engine import Engine

REGION = "eu-central-1"
MASTER = bytes(range(32))

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
    clock, secrets = Clock(), SecretBox()
    return Store(
        ledger=DynamoLedger(tables),
        audit=DynamoAudit(tables),
        members=DynamoMembers(tables, posting=tables, vault=Vault(MASTER)),
        cards=DynamoCards(tables),
        views=DynamoViews(tables),
        programs=DynamoPrograms(
            tables,
            secret=secrets.fetch,
            keep_secret=secrets.keep,
            secrets_prefix="pointpass-test",
            clock=clock,
            cache_seconds=30,
        ),
        clock=clock,
    )


@pytest.fixture
def memory_store() -> Store:
    members = MemoryMembers()
    ledger = MemoryLedger(members)
    return Store(ledger, ledger, members, MemoryCards(), MemoryViews(), MemoryPrograms(), Clock())


@pytest.fixture(params=["memory", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    chosen: Store = request.getfixturevalue(f"{request.param}_store")
    return chosen
