"""Nights after a restore to an earlier point, and nights that are too short."""

from collections.abc import Iterator, Sequence

import pytest
from night_room import bodies, night, rows, sealed, wrong
from stand_ins import DAY
from whole_house import ANNA, BORIS, LIVE, PROGRAM, Town, town

from chalicelib.errors import Refused
from chalicelib.events import AccountId
from chalicelib.ledger.stored import Stored
from chalicelib.store.memory.ledger import MemoryLedger


@pytest.fixture
def here() -> Town:
    return town(LIVE)


# --- a restore to an earlier point ---------------------------------------------------------------------------------


def put_back(here: Town) -> None:
    """Anna's last entry, its document and its view are gone, as if they had never been."""
    account = here.account(ANNA)
    newest = here.newest(account)
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    del rows(here, account)[newest.seq]
    del ledger.kept[PROGRAM, newest.document]
    here.own.views.rebuild(here.newest(account), PROGRAM)


def test_a_restore_that_somebody_accepts_is_sealed_and_told_for_ever(here: Town) -> None:
    sealed(here)
    put_back(here)
    here.clock.forward(DAY)
    assert night(here).sealed is None
    accepted = here.house.auditing.accept_restore(here.program, "restored after the fire").seal
    seals = here.own.seals
    before = seals.signed(PROGRAM, "2026-06-24")
    assert before is not None
    assert (accepted.day, accepted.previous) == ("2026-06-25", before.digest)
    assert (accepted.gone, accepted.accepted) == (1, "restored after the fire")
    assert "restore_accepted" in here.alarm.names
    assert wrong(here) == []
    here.clock.forward(DAY)
    after = night(here).sealed
    assert after is not None
    assert (after.seal.gone, after.seal.accepted) == (0, "")
    assert here.house.auditing.sealing.breaks(here.program) == [accepted]
    assert wrong(here) == []


def test_a_day_that_is_sealed_already_is_sealed_once_more(here: Town) -> None:
    sealed(here)
    put_back(here)
    again = here.house.auditing.accept_restore(here.program, "wrong import")
    assert (again.seal.day, again.seal.gone) == ("2026-06-24_02", 1)
    assert night(here).sealed is None
    assert wrong(here) == []
    here.buys(ANNA, 500)
    here.follow()
    here.clock.forward(DAY)
    next_day = night(here).sealed
    assert next_day is not None
    assert (next_day.seal.day, next_day.seal.previous) == ("2026-06-25", again.digest)
    assert wrong(here) == []


def test_only_a_whole_ledger_that_lost_sealed_entries_is_sealed_anew(here: Town) -> None:
    sealed(here)
    auditing = here.house.auditing
    with pytest.raises(Refused, match="nothing_is_gone"):
        auditing.accept_restore(here.program, "because")
    ledger = here.own.ledger
    assert isinstance(ledger, MemoryLedger)
    torn = ledger.kept.pop((PROGRAM, here.newest(here.account(ANNA)).document))
    with pytest.raises(Refused, match="ledger_is_torn"):
        auditing.accept_restore(here.program, "because")
    ledger.kept[PROGRAM, torn.document.reference] = torn
    bodies(here)[f"{PROGRAM}/2026-06-24.json"] = b"{}"
    with pytest.raises(Refused, match="seals_are_wrong"):
        auditing.accept_restore(here.program, "because")
    assert len(here.own.seals.days(PROGRAM)) == 2


def test_no_more_than_what_is_told_hides_what_was_sealed(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """So much is wrong that the lost entry is not among what is told."""
    sealed(here)
    monkeypatch.setattr("chalicelib.services.verifying.MOST_TOLD", 0)
    put_back(here)
    here.clock.forward(DAY)
    audited = night(here)
    assert (audited.found.violations, audited.found.more, audited.found.gone) == ((), 1, 1)
    assert audited.sealed is None


# --- time ----------------------------------------------------------------------------------------------------------


def slow_reading(here: Town, seconds: int) -> None:
    """Reading an account takes so long."""
    real = here.own.audit.journals

    def journals(program: str, *, after: AccountId | None = None) -> Iterator[tuple[AccountId, Sequence[Stored]]]:
        for found in real(program, after=after):
            here.clock.forward(seconds * 1_000)
            yield found

    here.own.audit.journals = journals  # type: ignore[method-assign]


def test_a_night_that_is_too_short_stops_and_says_how_far_it_came(here: Town) -> None:
    sealed(here)
    here.clock.forward(DAY)
    slow_reading(here, 60)
    here.house.night(seconds=120)
    assert here.alarm.raised[-1] == ("night_too_long", {"program": PROGRAM, "seconds": 120, "entries": 3})
    assert len(here.own.seals.days(PROGRAM)) == 2
    here.house.night(seconds=200)
    assert here.own.seals.days(PROGRAM)[-1] == "2026-06-25"


def test_a_program_that_was_too_large_has_the_time_that_the_others_leave(here: Town) -> None:
    other = LIVE.replace("program: bean-street", "program: tea-house")
    here.house.publishing.publish(other, file="tea-house.yaml")
    here.house.night(seconds=600)
    here.clock.forward(DAY)
    here.buys(ANNA, 4500)
    here.buys(BORIS, 4500)
    here.follow()
    slow_reading(here, 60)
    here.house.night(seconds=130)
    assert [here.own.seals.days(slug)[-1] for slug in (PROGRAM, "tea-house")] == ["2026-06-23", "2026-06-24"]
    here.clock.forward(DAY)
    here.house.night(seconds=130)
    assert [here.own.seals.days(slug)[-1] for slug in (PROGRAM, "tea-house")] == ["2026-06-25", "2026-06-25"]
