"""One clock per call, a journal that never runs backwards, and balances settled to now without a write."""

import pytest
from stand_ins import DAY, HOUR, SECOND
from whole_house import ANNA, DEFINITION, Town, town

from chalicelib.store.memory.ledger import MemoryLedger

PENDING = DEFINITION.replace("available: at once", "available: {after: 14 days}")


@pytest.mark.parametrize("back", [1, 9 * SECOND, 10 * SECOND])
def test_entry_is_never_older_than_the_one_before_it(back: int) -> None:
    here = town()
    here.buys(ANNA, 1000)
    first = here.newest(here.account(ANNA)).at
    here.clock.forward(-back)
    here.buys(ANNA, 1000)
    second = here.newest(here.account(ANNA))
    assert (second.seq, second.at) == (2, first)
    assert here.violations() == []


def test_entry_from_the_far_future_defers_the_delivery_and_raises_an_alarm() -> None:
    here = town()
    here.buys(ANNA, 1000)
    here.clock.forward(-10 * SECOND - 1)
    here.buys(ANNA, 1000)
    assert here.newest(here.account(ANNA)).seq == 1
    assert "clock_skew" in here.alarm.names
    here.clock.forward(20 * SECOND)
    assert here.work_off_deferred() == {"batchItemFailures": []}
    assert here.stored_balance(ANNA) == 20


def test_deferred_delivery_that_still_meets_the_future_comes_again() -> None:
    here = town()
    here.buys(ANNA, 1000)
    here.clock.forward(-HOUR)
    here.buys(ANNA, 1000)
    assert here.work_off_deferred() == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def _writes(here: Town) -> tuple[int, int]:
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    return sum(len(rows) for rows in ledger.journal.values()), sum(
        row.document.revision for row in ledger.kept.values()
    )


def test_expired_points_are_never_shown_and_showing_writes_nothing() -> None:
    here = town()
    link = here.member(ANNA)
    here.buys(ANNA, 4500)
    before = _writes(here)
    ends = here.newest(here.account(ANNA)).snap.purse("beans").cells[0].ends
    here.clock.instant = ends - 1
    assert here.facts(link)["points"] == 45
    here.clock.instant = ends
    assert here.facts(link)["points"] == 0
    assert here.facts(link)["next_expiry"] is None
    assert here.stored_balance(ANNA) == 45
    assert _writes(here) == before


def test_points_on_the_way_are_shown_as_such_until_their_day() -> None:
    here = town(PENDING)
    link = here.member(ANNA)
    here.buys(ANNA, 4500)
    (part,) = here.newest(here.account(ANNA)).snap.purse("beans").maturing
    here.clock.instant = part.at - 1
    assert (here.facts(link)["points"], here.facts(link)["pending"]) == (0, 45)
    here.clock.instant = part.at
    assert (here.facts(link)["points"], here.facts(link)["pending"]) == (45, 0)


def test_tier_that_has_lapsed_is_not_shown_however_late_the_sweep_is() -> None:
    here = town()
    link = here.member(ANNA)
    here.buys(ANNA, 30_000)
    assert here.facts(link)["tier"] == "Silver"
    here.clock.forward(400 * DAY)
    assert here.facts(link)["tier"] == "Bean"


def test_what_time_did_is_written_with_the_next_entry() -> None:
    here = town()
    here.member(ANNA)
    here.buys(ANNA, 4500)
    here.clock.forward(400 * DAY)
    here.buys(ANNA, 1000)
    entry = here.newest(here.account(ANNA))
    purse = entry.snap.purse("beans")
    assert (entry.seq, purse.balance, purse.expired) == (2, 10, 45)
    assert here.violations() == []
