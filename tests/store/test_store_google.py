"""ports.google: what Google knows of cards, and the shared pace. What holds in memory must hold in DynamoDB."""

import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from store_factories import NOON, PROGRAM
from store_ports import OpenTables, RawItems

from chalicelib.errors import TryAgain
from chalicelib.services.ports.google import GoogleCards, GoogleState, Notice, Pace, Told
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.google_cards import DynamoGoogleCards
from chalicelib.store.memory.google_cards import MemoryGoogleCards, MemoryPace
from chalicelib.store.pace import DynamoPace

STATE = GoogleState(
    serial="serial-1",
    program=PROGRAM,
    revision=1,
    face="5e" * 16,
    points=-12,
    tier="Золото",
    notices=(Notice("update", NOON), Notice("update", NOON + 1)),
    busy_until=NOON + 60_000,
    is_saved=True,
    told_at=NOON + 5,
    level_class="gold",
    refused_class="platinum",
    message="message-1",
    messages=3,
    unsure_message="message-2",
)


@pytest.fixture(params=["memory", "dynamo"])
def google(request: pytest.FixtureRequest) -> GoogleCards:
    if request.param == "memory":
        return MemoryGoogleCards()
    return DynamoGoogleCards(request.getfixturevalue("tables"))


@pytest.fixture(params=["memory", "dynamo"])
def pace(request: pytest.FixtureRequest) -> Callable[[int], Pace]:
    if request.param == "memory":
        return lambda per_second: MemoryPace(per_second=per_second)
    tables = request.getfixturevalue("tables")
    return lambda per_second: DynamoPace(tables, "google", per_second=per_second)


def test_a_state_is_read_as_it_was_written(google: GoogleCards) -> None:
    assert google.state("serial-1") is None
    assert google.put_state(STATE)
    assert google.state("serial-1") == STATE


def test_a_state_from_before_there_were_classes_for_levels_and_messages_is_read() -> None:
    stored = b'{"serial":"serial-1","program":"bean-street","revision":4,"face":"5e","points":7,"tier":"Gold"}'

    known = msgspec.json.decode(stored, type=GoogleState)

    assert known == GoogleState("serial-1", "bean-street", 4, face="5e", points=7, tier="Gold")
    assert (known.level_class, known.message, known.messages) == ("", "", 0)


def test_a_state_is_new_once(google: GoogleCards) -> None:
    google.put_state(STATE)

    assert not google.put_state(msgspec.structs.replace(STATE, points=7))
    assert google.state("serial-1") == STATE


@pytest.mark.parametrize(("revision", "expected"), [(1, False), (2, True), (3, False)])
def test_a_state_is_written_only_over_the_revision_before_it(
    google: GoogleCards, revision: int, expected: bool
) -> None:
    google.put_state(STATE)
    changed = msgspec.structs.replace(STATE, revision=revision, points=7)

    assert google.put_state(changed) is expected
    assert google.state("serial-1") == (changed if expected else STATE)


def test_what_google_told_is_written_with_its_nonce_once(google: GoogleCards) -> None:
    google.put_state(STATE)
    second, third = msgspec.structs.replace(STATE, revision=2, is_gone=True), msgspec.structs.replace(STATE, revision=3)

    assert google.put_told(second, nonce="nonce-1", ends_at=NOON + 1) is Told.WRITTEN
    assert google.put_told(third, nonce="nonce-1", ends_at=NOON + 1) is Told.REPEATED
    assert google.state("serial-1") == second
    assert google.put_told(third, nonce="nonce-2", ends_at=NOON + 1) is Told.WRITTEN


def test_a_nonce_is_not_used_up_when_the_state_moved(google: GoogleCards) -> None:
    google.put_state(STATE)

    assert google.put_told(msgspec.structs.replace(STATE, revision=9), nonce="nonce-1", ends_at=NOON) is Told.MOVED
    assert google.state("serial-1") == STATE
    assert google.put_told(msgspec.structs.replace(STATE, revision=2), nonce="nonce-1", ends_at=NOON) is Told.WRITTEN


def test_a_repeated_nonce_is_a_repeat_even_when_the_state_moved(google: GoogleCards) -> None:
    google.put_state(STATE)
    google.put_told(msgspec.structs.replace(STATE, revision=2), nonce="nonce-1", ends_at=NOON)

    assert google.put_told(msgspec.structs.replace(STATE, revision=2), nonce="nonce-1", ends_at=NOON) is Told.REPEATED


def test_the_class_of_a_program_is_remembered(google: GoogleCards) -> None:
    assert google.class_face(PROGRAM) == ""
    google.put_class_face(PROGRAM, "a1")
    google.put_class_face(PROGRAM, "b2")
    assert google.class_face(PROGRAM) == "b2"
    assert google.class_face("tea-house") == ""


def test_a_nonce_is_stored_as_a_digest_and_ends(raw_items: RawItems, tables: Dynamo) -> None:
    google = DynamoGoogleCards(tables)
    google.put_state(STATE)
    google.put_told(msgspec.structs.replace(STATE, revision=2), nonce="nonce-1", ends_at=NOON + 1)

    (row,) = [row for row in raw_items("cards") if row["sk"]["S"] == "NONCE"]
    assert row["ends_at"] == {"N": str(NOON // 1000 + 1)}
    assert "nonce-1" not in row["pk"]["S"]


def test_turns_are_a_fixed_time_apart(pace: Callable[[int], Pace]) -> None:
    steady = pace(20)

    assert [steady.turn(NOON, within=1_000) for _ in range(4)] == [0, 50, 100, 150]
    assert steady.turn(NOON + 120, within=1_000) == 80
    assert steady.turn(NOON + 900, within=1_000) == 0


def test_a_rate_that_does_not_divide_a_second_is_rounded_to_the_slower_side(pace: Callable[[int], Pace]) -> None:
    steady = pace(3)

    assert [steady.turn(NOON, within=2_000) for _ in range(4)] == [0, 334, 668, 1_002]


def test_a_turn_that_is_too_far_away_is_not_taken(pace: Callable[[int], Pace]) -> None:
    steady = pace(2)
    steady.turn(NOON, within=0)

    assert steady.turn(NOON, within=499) is None
    assert steady.turn(NOON, within=500) == 500


def test_two_neighbours_have_a_pace_each(tables: Dynamo) -> None:
    DynamoPace(tables, "google", per_second=1).turn(NOON, within=0)

    assert DynamoPace(tables, "another", per_second=1).turn(NOON, within=0) == 0


def test_workers_that_ask_at_once_never_share_a_turn(tables: Dynamo) -> None:
    turns: list[Any] = []

    def work() -> None:
        steady = DynamoPace(tables, "google", per_second=20)
        for _ in range(5):
            turns.append(steady.turn(NOON, within=60_000))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(turns) == [50 * number for number in range(20)]


def test_no_second_holds_more_than_twenty_turns_however_many_workers_rush(open_tables: OpenTables) -> None:
    """Six containers with connections of their own, over the engine; a worker that finds no turn comes again."""
    open_tables()
    taken: list[int] = []

    def work(tables: Dynamo, began: int) -> None:
        mine, now = DynamoPace(tables, "google", per_second=20), NOON + began
        while len(taken) < 90:
            try:
                pause = mine.turn(now, within=2_000)
            except TryAgain:
                continue
            if pause is None:
                now += 500
                continue
            taken.append(now + pause)
            now += pause

    threads = [threading.Thread(target=work, args=(open_tables(), 40 * number)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    turns = sorted(taken)
    assert len(turns) >= 90
    assert all(later - earlier >= 1_000 for earlier, later in zip(turns, turns[20:], strict=False))
