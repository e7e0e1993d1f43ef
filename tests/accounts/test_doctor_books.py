"""The doctor looks at the night and the connections of a house: each is spoiled once."""

from datetime import UTC, datetime

import msgspec
import pytest
from cloud_stand_in import CloudStandIn
from stand_ins import DAY
from whole_house import ANNA, PROGRAM, SECRET, Town, town

from chalicelib.connectors.rotation import rotated
from chalicelib.events import AccountId
from chalicelib.ledger.check import Violation
from chalicelib.services.ports import Bookmark, Connection
from ops.doctor.books import (
    check_connections,
    check_ledger,
    check_night,
    check_pauses,
    check_restores,
    check_violations,
)

HOUR = 3_600_000


@pytest.fixture
def here() -> Town:
    """A house whose member bought something yesterday, and whose night was clean."""
    made = town()
    made.member(ANNA)
    made.buys(ANNA, 4520)
    made.clock.instant += DAY
    made.house.auditing.night(made.program)
    return made


def states(here: Town) -> dict[str, str]:
    return {row.about: row.state for row in check_night(here.house, here.clock.now())}


def test_night_that_was_clean_is_good(here: Town) -> None:
    assert states(here) == {f"seal of {PROGRAM}": "good", f"last check of {PROGRAM}": "good"}


@pytest.mark.parametrize(("days", "seal", "check"), [(1, "good", "good"), (2, "bad", "bad"), (30, "bad", "bad")])
def test_nights_that_were_left_out_are_red(here: Town, days: int, seal: str, check: str) -> None:
    here.clock.instant += days * DAY
    assert states(here) == {f"seal of {PROGRAM}": seal, f"last check of {PROGRAM}": check}


def test_house_before_its_first_night_is_yellow() -> None:
    assert states(town()) == {f"seal of {PROGRAM}": "look", f"last check of {PROGRAM}": "look"}


@pytest.mark.parametrize(("sums", "state"), [((), "good"), ((0.0, 0.0), "good"), ((0.0, 2.0, 1.0), "bad")])
def test_violations_that_the_night_told_are_red(sums: tuple[float, ...], state: str) -> None:
    cloud = CloudStandIn(get_metric_statistics={"Datapoints": [{"Sum": each} for each in sums]})
    now = datetime(2026, 6, 23, 12, tzinfo=UTC)
    assert [row.state for row in check_violations(cloud, "dev", now)] == [state]
    assert cloud.asked[0][2]["Dimensions"] == [{"Name": "stage", "Value": "dev"}]


def test_violation_that_is_found_now_is_red() -> None:
    found = [Violation(AccountId("a"), 1, 3, "torn")]
    assert [row.state for row in check_ledger(found)] == ["bad"]
    assert [row.state for row in check_ledger([])] == ["good"]


def test_program_that_is_being_put_back_is_red() -> None:
    here = town()
    assert list(check_restores(here.house)) == []
    here.own.programs.begin_restore(PROGRAM, here.clock.now())
    (row,) = check_restores(here.house)
    assert (row.about, row.state) == (f"restore of {PROGRAM}", "bad")
    assert "pointpass restoring end" in row.todo
    assert row.todo.endswith("docs/runbooks/restore.md")


def test_program_in_which_nothing_is_paused_is_good() -> None:
    here = town()
    rows = list(check_pauses(here.house, here.clock.now()))
    assert [(row.about, row.state) for row in rows] == [(f"pauses of {PROGRAM}", "good")]


@pytest.mark.parametrize(("hours", "state"), [(0, "look"), (11, "look"), (12, "bad"), (400, "bad")])
def test_pause_is_yellow_and_turns_red_when_it_seems_forgotten(hours: int, state: str) -> None:
    here = town()
    here.house.pausing.pause(here.program, "earning", by="olga", connection="shop")
    here.clock.instant += hours * HOUR
    (row,) = check_pauses(here.house, here.clock.now())
    assert (row.about, row.state) == (f"earning of {PROGRAM} by shop", state)
    assert row.says == f"stands still for {hours} hours, since 2026-06-23 12:00:00 UTC, by olga"
    assert row.todo.startswith(f"pointpass resume earning --program {PROGRAM} --connection shop.")


def test_pause_that_is_being_caught_up_with_says_so() -> None:
    here = town()
    here.house.pausing.pause(here.program, "earning", by="olga")
    here.house.pausing.resume(here.program, "earning", by="olga")
    (row,) = check_pauses(here.house, here.clock.now())
    assert (row.state, row.says.partition(" for ")[0]) == ("look", "is being caught up with")
    assert row.todo.startswith("pointpass paused says how far it has come")


def connection(here: Town, name: str = "shop") -> Connection:
    known = here.own.programs.connection(PROGRAM, name)
    assert known is not None
    return known


def told(here: Town) -> list[tuple[str, str, str]]:
    return [(row.about, row.state, row.says) for row in check_connections(here.house, here.clock.now())]


def test_connection_says_how_many_secrets_are_valid() -> None:
    assert told(town()) == [(f"{PROGRAM} by shop", "good", "1 secret")]


def test_rotation_under_way_says_until_when() -> None:
    here = town()
    now = here.clock.now()
    here.own.programs.connect(rotated(connection(here), "shpss_new", SECRET, ends=now + HOUR, now=now))
    about, state, says = told(here)[0]
    assert (about, state, says.startswith("2 secrets, one until ")) == (f"{PROGRAM} by shop", "good", True)


def test_connection_without_a_valid_secret_is_red() -> None:
    here = town()
    now = here.clock.now()
    changed = rotated(connection(here), "shpss_new", SECRET, ends=now + HOUR, now=now)
    here.own.programs.connect(msgspec.structs.replace(changed, secrets=(SECRET,)))
    here.clock.instant += 2 * HOUR
    assert [state for _, state, _ in told(here)] == ["bad"]


@pytest.mark.parametrize(("hours", "state"), [(1, "good"), (2, "look")])
def test_books_that_were_not_opened_for_hours_are_yellow(hours: int, state: str) -> None:
    here = town()
    now = here.clock.now()
    here.own.programs.put_bookmark(PROGRAM, "shop", Bookmark(since=now - 90 * DAY, began=now, opened_at=now))
    here.clock.instant += hours * HOUR
    assert [each for _, each, _ in told(here)] == [state]
