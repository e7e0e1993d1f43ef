"""Keys of the stores' API: the same in memory and on the engine."""

import msgspec
import pytest
from store_ports import OpenTables

from chalicelib.services.ports.access import Access, ApiKey
from chalicelib.store.access import DynamoAccess
from chalicelib.store.connection import Spent
from chalicelib.store.memory.access import MemoryAccess

KEY = ApiKey("pp_test_Ab3_-xyz", "bean-street", "till", ("read", "redeem"), "ab" * 32, created_at=1_782_216_000_000)


@pytest.fixture(params=["memory", "dynamo"])
def access(request: pytest.FixtureRequest) -> Access:
    if request.param == "memory":
        return MemoryAccess()
    open_tables: OpenTables = request.getfixturevalue("open_tables")
    return DynamoAccess(open_tables())


def test_a_key_is_found_by_its_beginning(access: Access) -> None:
    assert access.key(KEY.id) is None
    assert access.put_key(KEY, was=None)
    assert access.key(KEY.id) == KEY
    assert list(access.all_keys()) == [KEY]


def test_a_key_is_not_written_over_by_one_that_begins_alike(access: Access) -> None:
    access.put_key(KEY, was=None)
    assert not access.put_key(msgspec.structs.replace(KEY, program="other"), was=None)
    assert access.key(KEY.id) == KEY


def test_a_change_needs_the_key_as_it_was(access: Access) -> None:
    access.put_key(KEY, was=None)
    ended = msgspec.structs.replace(KEY, ends_at=1_782_300_000_000)
    assert access.put_key(ended, was=KEY)
    assert not access.put_key(msgspec.structs.replace(KEY, name="another"), was=KEY)
    assert access.key(KEY.id) == ended


def test_a_use_is_noted_by_its_day_and_never_goes_back(access: Access) -> None:
    assert access.last_uses() == {}
    for day in ("2026-06-23", "2026-06-24", "2026-06-23"):
        access.note_use(KEY.id, day)
    access.note_use("pp_test_another!", "2026-06-01")
    assert access.last_uses() == {KEY.id: "2026-06-24", "pp_test_another!": "2026-06-01"}


def test_a_key_is_not_its_use(access: Access) -> None:
    access.put_key(KEY, was=None)
    access.note_use(KEY.id, "2026-06-23")
    assert list(access.all_keys()) == [KEY]


def test_a_day_costs_one_write_however_many_containers_ask(open_tables: OpenTables) -> None:
    spent: list[Spent] = []
    tables = open_tables(meter=spent.append)
    for _ in range(2):
        container = DynamoAccess(tables)
        for _ in range(3):
            container.note_use(KEY.id, "2026-06-23")
    assert [(each.operation, each.read_units, each.write_units) for each in spent] == [
        ("GetItem", 0.5, 0), ("PutItem", 0, 1), ("GetItem", 0.5, 0),
    ]  # fmt: skip
