"""When an account must be looked at next: never later than anything happens to it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.events import Instant, Reference
from chalicelib.ledger.due import next_change, next_due
from chalicelib.ledger.journal import NEVER, Cell, Hold, Maturing, Purse, Snapshot, Tier
from chalicelib.ledger.settle import settle
from chalicelib.ledger.timeline import Level, Reign, TierRules, Timeline
from chalicelib.programs.calendar import ZoneCalendar

UTC = ZoneCalendar("UTC")
TIERS = TierRules("points earned", (Level("Bean", 0), Level("Silver", 300)), lambda lost: lost + 50)
PLAIN = Timeline((Reign(0, "v1", None),), UTC)
LEVELS = Timeline((Reign(0, "v1", TIERS), Reign(700, "v2", None)), UTC)
HOLD = Hold(400, Reference("hold/1"), (Cell(900, 5),))


def snap(**purse: object) -> Snapshot:
    return Snapshot(opened=0, status="active", purses={"beans": Purse(**purse)})


def warned(before: Instant) -> Timeline:
    return Timeline((Reign(0, "v1", None, lambda _currency, ends: ends - before),), UTC)


@pytest.mark.parametrize(
    ("waiting", "due"),
    [
        (snap(cells=(Cell(900, 5), Cell(950, 1))), 900),
        (snap(maturing=(Maturing(300, 900, 5), Maturing(310, 900, 5))), 300),
        (snap(holds=(HOLD,), cells=(Cell(900, 5),)), 400),
        (Snapshot(0, "active", metrics={"points earned": (Cell(250, 5),)}), 250),
        (Snapshot(0, "active", tier=Tier("Silver", lapses=600)), 600),
        (snap(cells=(Cell(NEVER, 5),), maturing=(Maturing(NEVER, NEVER, 5),)), None),
        (snap(), None),
    ],
)
def test_the_first_of_all_that_waits_is_due(waiting: Snapshot, due: Instant | None) -> None:
    assert next_change(waiting, PLAIN, 100) == due
    assert next_due(waiting, PLAIN, 100) == due


def test_version_to_come_is_due_when_it_comes_and_not_again() -> None:
    assert next_due(snap(cells=(Cell(900, 5),)), LEVELS, 699) == 700
    assert next_due(snap(cells=(Cell(900, 5),)), LEVELS, 700) == 900


def test_what_is_over_already_is_due_at_once() -> None:
    late = snap(cells=(Cell(50, 5),))
    assert next_change(late, PLAIN, 100) == 50
    assert next_due(late, PLAIN, 100) == 100


@pytest.mark.parametrize("status", ["unclaimed", "merged", "closed"])
def test_account_that_nobody_looks_at_is_never_due(status: str) -> None:
    waiting = msgspec.structs.replace(snap(cells=(Cell(900, 5),)), status=status)
    assert next_due(waiting, PLAIN, 100) is None
    assert next_change(waiting, PLAIN, 100) == 900


def test_warning_is_due_once_and_changes_nothing() -> None:
    waiting = snap(cells=(Cell(900, 5), Cell(950, 5)))
    assert next_due(waiting, warned(200), 100) == 700
    assert next_due(waiting, warned(200), 700) == 900
    assert next_change(waiting, warned(200), 100) == 900
    assert settle(waiting, warned(200), since=100, at=899).snap == waiting


def test_points_behind_the_first_are_warned_of_when_their_turn_comes() -> None:
    assert next_due(snap(cells=(Cell(950, 5),)), warned(10), 900) == 940


def test_each_currency_warns_as_its_own_definition_says() -> None:
    early = {"beans": 300, "stars": 100}
    timeline = Timeline((Reign(0, "v1", None, lambda currency, ends: ends - early[currency]),), UTC)
    both = Snapshot(0, "active", purses={name: Purse(cells=(Cell(900, 5),)) for name in early})
    assert next_due(both, timeline, 100) == 600
    assert next_due(both, timeline, 600) == 800


INSTANTS = st.integers(101, 999)
CELLS = st.dictionaries(INSTANTS, st.integers(1, 9), max_size=4)


@given(CELLS, CELLS, CELLS, st.sampled_from([PLAIN, LEVELS]), INSTANTS)
def test_nothing_happens_to_an_account_before_it_is_due(
    cells: dict[int, int], coming: dict[int, int], rolling: dict[int, int], timeline: Timeline, at: Instant
) -> None:
    opened = Snapshot(
        opened=0,
        status="active",
        purses={
            "beans": Purse(
                cells=tuple(Cell(ends, points) for ends, points in sorted(cells.items())),
                maturing=tuple(Maturing(day, 1_500, points) for day, points in sorted(coming.items())),
            )
        },
        metrics={"points earned": tuple(Cell(ends, points * 60) for ends, points in sorted(rolling.items()))}
        if rolling
        else {},
    )
    waiting = settle(opened, timeline, since=100, at=100).snap
    due = next_due(waiting, timeline, 100)
    settled = settle(waiting, timeline, since=100, at=at)
    if due is None or at < due:
        assert settled.snap == waiting
    else:
        assert settled.legs or settled.rolled or due == 700 or settled.snap != waiting
