"""The journal's stream: what is written is followed in order, what was changed is an alarm."""

from collections.abc import Callable
from typing import Any

import pytest
from whole_house import ANNA, PROGRAM, Town, inserted, stream_event, town

from chalicelib.errors import Broken, TryAgain

DONE: dict[str, Any] = {"batchItemFailures": []}


def entries_of(here: Town) -> list[Any]:
    return list(here.entries(here.account(ANNA)))


@pytest.fixture
def here() -> Town:
    made = town()
    for _ in range(3):
        made.buys(ANNA, 1000)
    return made


@pytest.mark.parametrize("how", ["MODIFY", "REMOVE"])
def test_changed_or_removed_entry_is_a_tamper_alarm(here: Town, how: str) -> None:
    record = inserted(entries_of(here)[0], eventName=how)
    assert here.house.journal.handle(stream_event(record)) == DONE
    ((name, facts),) = here.alarm.raised
    assert name == "journal_tampered"
    assert facts == {"key": f"P#{PROGRAM}#A#{here.account(ANNA)}", "entry": "E#000000000001", "how": how}


def test_removal_at_the_items_own_end_is_no_alarm(here: Town) -> None:
    by = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    record = inserted(entries_of(here)[0], eventName="REMOVE", userIdentity=by)
    assert here.house.journal.handle(stream_event(record)) == DONE
    assert here.alarm.raised == []


@pytest.mark.parametrize(
    ("how", "by"),
    [
        ("REMOVE", {"type": "AssumedRole", "principalId": "AROA:somebody"}),
        ("REMOVE", None),
        ("REMOVE", {}),
        ("MODIFY", {"type": "Service", "principalId": "dynamodb.amazonaws.com"}),
    ],
)
def test_anybody_elses_change_is_an_alarm(here: Town, how: str, by: Any) -> None:
    here.house.journal.handle(stream_event(inserted(entries_of(here)[0], eventName=how, userIdentity=by)))
    assert here.alarm.names == ["journal_tampered"]


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_first_entry_that_cannot_be_followed_is_named_and_the_rest_waits(fails_at: int) -> None:
    calls = 0

    def through(name: str, call: Callable[[], Any]) -> Any:
        nonlocal calls
        calls += name == "put"
        if name == "put" and calls == fails_at:
            raise TryAgain("throttled")
        return call()

    here = town(around={"views": through})
    for _ in range(3):
        here.buys(ANNA, 1000)
    records = [inserted(entry, 500 + entry.seq) for entry in entries_of(here)]
    answer = here.house.journal.handle(stream_event(*records))
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"{500 + fails_at:021d}"}]}
    assert here.own.views.seq(PROGRAM, here.account(ANNA)) == fails_at - 1
    assert here.house.journal.handle(stream_event(*records[fails_at - 1 :])) == DONE
    assert here.own.views.seq(PROGRAM, here.account(ANNA)) == 3


def test_entry_that_breaks_us_is_named_and_wakes_somebody() -> None:
    def through(name: str, call: Callable[[], Any]) -> Any:
        if name == "put":
            raise Broken("view_broke")
        return call()

    here = town(around={"views": through})
    here.buys(ANNA, 1000)
    record = inserted(entries_of(here)[0], 501)
    assert here.house.journal.handle(stream_event(record)) == {"batchItemFailures": [{"itemIdentifier": f"{501:021d}"}]}
    assert here.alarm.names == ["entry_not_followed"]


def test_entries_out_of_order_leave_the_view_at_the_newest(here: Town) -> None:
    records = [inserted(entry, entry.seq) for entry in entries_of(here)]
    here.house.journal.handle(stream_event(*reversed(records)))
    assert here.own.views.seq(PROGRAM, here.account(ANNA)) == 3


@pytest.mark.parametrize("spoiled", [{"line": {"S": "garbage"}}, {"line": {"S": ""}}, {"pk": {"S": "?"}}, {"hash": {}}])
def test_entry_that_cannot_be_read_is_an_alarm_and_holds_nobody_up(here: Town, spoiled: dict[str, Any]) -> None:
    first, second, third = [inserted(entry, entry.seq) for entry in entries_of(here)]
    second["dynamodb"]["NewImage"] |= spoiled
    assert here.house.journal.handle(stream_event(first, second, third)) == DONE
    assert here.alarm.names == ["unreadable_entry"]
    assert here.own.views.seq(PROGRAM, here.account(ANNA)) == 3
