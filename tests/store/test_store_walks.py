"""Walks and looks are kept alike in memory and in DynamoDB, and cost what they are said to cost."""

import msgspec
import pytest
from store_factories import ACCOUNT, NOON, OTHER_ACCOUNT, PROGRAM, card, registration
from store_ports import OpenTables, Store

from chalicelib.cards.face import Message
from chalicelib.events import AccountId
from chalicelib.services.ports import ListedCard, Repushes, Walks
from chalicelib.services.ports.walks import Campaign, Unfetched, Walk
from chalicelib.store.cards import DynamoCards
from chalicelib.store.connection import Spent
from chalicelib.store.memory.walks import MemoryRepushes, MemoryWalks
from chalicelib.store.repushes import DynamoRepushes
from chalicelib.store.walks import DynamoWalks

HOUR = 3_600_000
WALK = Walk(
    PROGRAM,
    "message-1",
    "message",
    20,
    NOON,
    counted={"told": 7, "no consent": 2},
    campaign=Campaign(Message("message-1", {"en": "Pie.", "ru": "Пирог."}, NOON), level="Gold"),
)


@pytest.fixture(params=["memory", "dynamo"])
def walks(request: pytest.FixtureRequest) -> Walks:
    return MemoryWalks() if request.param == "memory" else DynamoWalks(request.getfixturevalue("tables"))


@pytest.fixture(params=["memory", "dynamo"])
def repushes(request: pytest.FixtureRequest) -> Repushes:
    return MemoryRepushes() if request.param == "memory" else DynamoRepushes(request.getfixturevalue("tables"))


def test_a_walk_is_read_as_it_was_written(walks: Walks) -> None:
    assert walks.walk(PROGRAM, WALK.id) is None
    assert walks.put_walk(WALK)
    assert walks.walk(PROGRAM, WALK.id) == WALK
    assert walks.walk("other", WALK.id) is None


def test_of_two_who_take_the_same_step_one_is_refused(walks: Walks) -> None:
    assert walks.put_walk(WALK)
    assert not walks.put_walk(WALK)
    step = msgspec.structs.replace(WALK, revision=2, cursor='["C#1", "CARD"]', done=40)
    assert walks.put_walk(step)
    assert not walks.put_walk(msgspec.structs.replace(step, cursor="another"))
    assert walks.walk(PROGRAM, WALK.id) == step


def test_all_walks_are_listed(walks: Walks) -> None:
    others = [
        msgspec.structs.replace(WALK, id="version/abc/1", job="publish", campaign=None),
        msgspec.structs.replace(WALK, program="other"),
    ]
    for walk in (WALK, *others):
        walks.put_walk(walk)
    assert sorted(walks.walks(), key=lambda walk: (walk.program, walk.id)) == [WALK, others[0], others[1]]


def test_looks_come_in_their_time_the_earliest_first(repushes: Repushes) -> None:
    for number in range(5):
        repushes.note(f"serial-{number}", NOON + (5 - number) * HOUR)
    repushes.note("serial-4", NOON + HOUR)
    looks = repushes.waiting(since=NOON, until=NOON + 3 * HOUR, limit=10)
    assert looks.cards == [Unfetched(f"serial-{4 - hour}", NOON + (hour + 1) * HOUR) for hour in range(3)]
    assert looks.until == NOON + 3 * HOUR


def test_of_more_looks_than_are_wanted_the_rest_comes_next_time_and_none_is_lost(repushes: Repushes) -> None:
    for number in range(30):
        repushes.note(f"serial-{number:02d}", NOON + number // 3)
    found: list[Unfetched] = []
    since = NOON
    for _ in range(40):
        looks = repushes.waiting(since=since, until=NOON + HOUR, limit=4)
        found += looks.cards
        since = looks.until
    assert [look.serial for look in found] == [f"serial-{number:02d}" for number in range(30)]


def test_looks_of_the_same_instant_are_never_split_so_that_every_round_goes_on(repushes: Repushes) -> None:
    for number in range(9):
        repushes.note(f"serial-{number}", NOON)
    looks = repushes.waiting(since=NOON, until=NOON + HOUR, limit=2)
    assert len(looks.cards) == 9
    assert looks.until == NOON + 1


def test_a_long_silence_is_looked_through_in_several_rounds(repushes: Repushes) -> None:
    repushes.note("serial-1", NOON + 70 * HOUR)
    found: list[Unfetched] = []
    since = NOON
    for _ in range(20):
        looks = repushes.waiting(since=since, until=NOON + 72 * HOUR, limit=5)
        found += looks.cards
        since = looks.until
    assert (found, since) == ([Unfetched("serial-1", NOON + 70 * HOUR)], NOON + 72 * HOUR)


def test_how_far_looks_were_handed_on_is_remembered(repushes: Repushes) -> None:
    assert repushes.looked_until() is None
    repushes.put_looked_until(NOON)
    repushes.put_looked_until(NOON + 5)
    assert repushes.looked_until() == NOON + 5


@pytest.mark.parametrize("limit", [1, 2, 7, 100])
def test_all_cards_of_a_program_are_listed_page_by_page(store: Store, limit: int) -> None:
    put = []
    for number in range(20):
        program = PROGRAM if number % 4 else "other"
        account = AccountId(f"account-{number // 2}")
        put.append(
            card(program=program, serial=f"s{number}", link=f"{number:064d}", barcode=f"b{number}", account=account)
        )
        assert store.cards.put_card(put[-1])
        store.cards.register(registration(serial=f"s{number}", device=f"d{number}"))
    found: list[ListedCard] = []
    cursor = ""
    for _ in range(400):
        page = store.cards.listed(PROGRAM, cursor=cursor, limit=limit)
        assert len(page.cards) <= limit
        found += page.cards
        cursor = page.cursor
        if not cursor:
            break
    wanted = sorted((each.account, each.serial) for each in put if each.program == PROGRAM)
    assert sorted((each.account, each.serial) for each in found) == wanted


def test_a_card_that_moved_to_another_account_is_listed_there(store: Store) -> None:
    store.cards.put_card(card())
    store.cards.attach(card(), OTHER_ACCOUNT)
    (listed,) = store.cards.listed(PROGRAM, cursor="", limit=10).cards
    assert (listed.account, listed.serial) == (OTHER_ACCOUNT, card().serial)
    assert ACCOUNT != OTHER_ACCOUNT


def test_when_a_phone_came_is_kept_with_what_it_fetched(store: Store) -> None:
    store.cards.put_card(card())
    store.cards.register(registration())
    store.cards.mark_fetched(registration(), NOON, NOON + 3)
    store.cards.mark_listed(registration(), NOON + 9)
    (kept,) = store.cards.registrations(card().serial)
    assert (kept.listed_at, kept.fetched_at, kept.arrived_at) == (NOON + 9, NOON, NOON + 3)


# --- what it costs


@pytest.fixture
def metered(open_tables: OpenTables) -> tuple[DynamoRepushes, DynamoWalks, DynamoCards, list[Spent]]:
    spent: list[Spent] = []
    tables = open_tables(meter=spent.append)
    return DynamoRepushes(tables), DynamoWalks(tables), DynamoCards(tables), spent


def units(spent: list[Spent]) -> tuple[float, float]:
    sums = sum(call.read_units for call in spent), sum(call.write_units for call in spent)
    spent.clear()
    return sums


def test_a_push_costs_one_write_more_and_a_look_when_nothing_waits_next_to_nothing(
    metered: tuple[DynamoRepushes, DynamoWalks, DynamoCards, list[Spent]],
) -> None:
    repushes, _, _, spent = metered
    repushes.note("Qx3vB1mS8kTz5nWc7yRf2a", NOON)
    assert units(spent) == (0, 1)
    repushes.waiting(since=NOON + HOUR, until=NOON + HOUR + 300_000, limit=6_000)
    reads, writes = units(spent)
    assert reads <= 8
    assert writes == 0


def test_a_step_of_a_walk_costs_one_write(
    metered: tuple[DynamoRepushes, DynamoWalks, DynamoCards, list[Spent]],
) -> None:
    _, walks, _, spent = metered
    walks.put_walk(WALK)
    spent.clear()
    walks.put_walk(msgspec.structs.replace(WALK, revision=2, done=40))
    assert units(spent) == (0, 1)
    walks.walk(PROGRAM, WALK.id)
    assert units(spent) == (1, 0)
