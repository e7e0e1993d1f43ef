"""The due index: alike in memory and in DynamoDB, spread over shards, and gone with what it was about."""

from typing import Any

import pytest
from store_factories import ACCOUNT, NOON, OTHER_ACCOUNT, PROGRAM, entry
from store_ports import RawItems, Store

from chalicelib.events import AccountId
from chalicelib.services.ports import Due
from chalicelib.store.dues import SHARDS, due_key

DAY = 86_400_000
MIDNIGHT = NOON + DAY // 2


def seen(store: Store, number: int, due: int | None, *, program: str = PROGRAM) -> AccountId:
    """An account whose view shows its first entry."""
    account = AccountId(f"{number:022d}")
    assert store.views.put(entry(1, account=account), program, due=due)
    return account


def test_accounts_are_due_from_their_instant_on(store: Store) -> None:
    account = seen(store, 1, NOON)
    assert store.views.due(since=NOON, until=NOON - 1, limit=9) == []
    assert store.views.due(since=NOON, until=NOON, limit=9) == [Due(PROGRAM, account, NOON)]


def test_account_without_a_due_instant_is_not_in_the_index(store: Store) -> None:
    seen(store, 1, None)
    assert store.views.due(since=NOON, until=NOON + 40 * DAY, limit=9) == []


def test_all_that_is_due_is_found_day_by_day_and_the_oldest_first(store: Store) -> None:
    days = {seen(store, number, NOON + number * DAY // 7): NOON + number * DAY // 7 for number in range(40)}
    found = store.views.due(since=NOON - 3 * DAY, until=NOON + 9 * DAY, limit=99)
    assert [due.at for due in found] == sorted(days.values())
    assert {due.account: due.at for due in found} == days
    assert store.views.due(since=NOON - 3 * DAY, until=NOON + 9 * DAY, limit=12) == found[:12]


def test_a_look_begins_with_the_whole_first_day(store: Store) -> None:
    yesterday, morning = seen(store, 1, NOON - DAY), seen(store, 2, MIDNIGHT - DAY)
    found = store.views.due(since=NOON, until=NOON, limit=9)
    assert [due.account for due in found] == [morning]
    assert yesterday not in {due.account for due in found}


def test_two_programs_may_have_the_same_account(store: Store) -> None:
    account = seen(store, 1, NOON)
    seen(store, 1, NOON + 1, program="other-street")
    found = store.views.due(since=NOON, until=NOON + 1, limit=9)
    assert found == [Due(PROGRAM, account, NOON), Due("other-street", account, NOON + 1)]


def test_the_next_entry_brings_the_next_due_instant(store: Store) -> None:
    account = seen(store, 1, NOON)
    assert store.views.put(entry(2, account=account), PROGRAM, due=NOON + DAY)
    assert store.views.due(since=NOON - DAY, until=NOON + 9 * DAY, limit=9) == [Due(PROGRAM, account, NOON + DAY)]
    assert store.views.put(entry(3, account=account), PROGRAM, due=None)
    assert store.views.due(since=NOON - DAY, until=NOON + 9 * DAY, limit=9) == []


def test_an_older_entry_brings_nothing(store: Store) -> None:
    store.views.put(entry(5), PROGRAM, due=NOON)
    assert not store.views.put(entry(4), PROGRAM, due=NOON - DAY)
    assert store.views.due(since=NOON - DAY, until=NOON, limit=9) == [Due(PROGRAM, ACCOUNT, NOON)]


def test_due_instant_moves_only_while_the_view_shows_the_same_entry(store: Store) -> None:
    account = seen(store, 1, NOON)
    assert not store.views.move_due(PROGRAM, account, seq=2, due=NOON + DAY)
    assert not store.views.move_due(PROGRAM, OTHER_ACCOUNT, seq=1, due=NOON + DAY)
    assert store.views.due(since=NOON - DAY, until=NOON + 9 * DAY, limit=9) == [Due(PROGRAM, account, NOON)]
    assert store.views.move_due(PROGRAM, account, seq=1, due=NOON + DAY)
    assert store.views.due(since=NOON - DAY, until=NOON + 9 * DAY, limit=9) == [Due(PROGRAM, account, NOON + DAY)]
    assert store.views.move_due(PROGRAM, account, seq=1, due=None)
    assert store.views.due(since=NOON - DAY, until=NOON + 9 * DAY, limit=9) == []
    assert store.views.seq(PROGRAM, account) == 1


def test_rebuilt_view_is_due_as_it_is_told(store: Store) -> None:
    account = seen(store, 1, NOON)
    store.views.rebuild(entry(1, account=account), PROGRAM, due=NOON + DAY)
    assert store.views.due(since=NOON - DAY, until=NOON + 9 * DAY, limit=9) == [Due(PROGRAM, account, NOON + DAY)]


@pytest.mark.parametrize("limit", [1, 7, 20, 100])
def test_every_account_of_a_program_is_on_exactly_one_page(store: Store, limit: int) -> None:
    known: dict[AccountId, int | None] = {seen(store, number, NOON + number): NOON + number for number in range(12)}
    known[seen(store, 50, None)] = None
    seen(store, 60, NOON, program="other-street")
    store.views.put_swept_until(NOON)
    pages, cursor = [], ""
    for _ in range(40):
        page = store.views.dues(PROGRAM, cursor=cursor, limit=limit)
        assert len(page.accounts) <= limit
        pages += list(page.accounts)
        cursor = page.cursor
        if not cursor:
            break
    assert len(pages) == len(known)
    assert dict(pages) == known


def test_how_far_was_swept_is_remembered(store: Store) -> None:
    assert store.views.swept_until() is None
    for instant in (NOON, NOON - 1):
        store.views.put_swept_until(instant)
        assert store.views.swept_until() == instant


def test_a_day_is_spread_over_all_shards_and_an_account_keeps_its_own() -> None:
    keys = {due_key(PROGRAM, AccountId(f"{number:022d}"), NOON) for number in range(200)}
    assert keys == {f"20260623#{shard}" for shard in range(SHARDS)}
    assert due_key(PROGRAM, ACCOUNT, MIDNIGHT - 1)[:8] == "20260623"
    assert due_key(PROGRAM, ACCOUNT, MIDNIGHT)[:8] == "20260624"
    assert due_key(PROGRAM, ACCOUNT, MIDNIGHT)[8:] == due_key(PROGRAM, ACCOUNT, NOON)[8:]


def test_index_holds_keys_alone_and_only_of_accounts_that_wait(
    dynamodb: Any, prefix: str, dynamo_store: Store, raw_items: RawItems
) -> None:
    seen(dynamo_store, 1, NOON)
    seen(dynamo_store, 2, None)
    (index,) = dynamodb.describe_table(TableName=f"{prefix}-views")["Table"]["GlobalSecondaryIndexes"]
    assert (index["IndexName"], index["Projection"]) == ("due", {"ProjectionType": "KEYS_ONLY"})
    assert [row["due_at"] for row in raw_items("views") if "due" in row] == [{"N": str(NOON)}]
