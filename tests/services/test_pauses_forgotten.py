"""A pause that somebody forgot is told by the night, every night, until it is over."""

import logging

import pytest
from pausing_room import pause, resume, work_off
from stand_ins import DAY, HOUR, MINUTE
from whole_house import ANNA, PROGRAM, Town, town


def night(here: Town) -> None:
    here.house.night(seconds=600)


def forgotten(here: Town) -> list[dict[str, str | int]]:
    return [dict(facts) for name, facts in here.alarm.raised if name == "pause_forgotten"]


@pytest.mark.parametrize(("stood", "letters"), [(12 * HOUR - MINUTE, 0), (12 * HOUR, 1)])
def test_a_pause_is_forgotten_when_it_has_stood_for_half_a_day(stood: int, letters: int) -> None:
    here = town()
    pause(here, "redeeming")
    here.clock.forward(stood)
    night(here)
    assert len(forgotten(here)) == letters


def test_the_oldest_pause_is_told_every_night_until_it_is_over() -> None:
    here = town()
    pause(here, "earning", "shop")
    here.clock.forward(HOUR)
    pause(here, "messages")
    for _ in range(2):
        here.clock.forward(DAY)
        night(here)
    about = {"program": PROGRAM, "what": "earning", "connection": "shop"}
    assert forgotten(here) == [about | {"hours": 25}, about | {"hours": 49}]
    resume(here, "earning", "shop")
    resume(here, "messages")
    work_off(here)
    here.clock.forward(DAY)
    night(here)
    assert len(forgotten(here)) == 2


def test_a_resumption_that_does_not_come_to_its_end_is_told_too() -> None:
    here = town()
    here.member(ANNA)
    pause(here)
    here.buys(ANNA, 4599)
    resume(here)
    here.clock.forward(DAY)
    night(here)
    assert [facts["hours"] for facts in forgotten(here)] == [24]


def test_a_pause_of_today_is_a_figure_and_wakes_nobody(caplog: pytest.LogCaptureFixture) -> None:
    here = town()
    pause(here, "joining")
    here.clock.forward(5 * HOUR)
    with caplog.at_level(logging.INFO, logger="chalicelib.bootstrap.work"):
        night(here)
    told = [record.facts["hours"] for record in caplog.records if record.msg == "pause_stands"]  # type: ignore[attr-defined]
    assert (told, forgotten(here)) == ([5], [])


def test_a_night_without_a_pause_says_nothing_of_one(caplog: pytest.LogCaptureFixture) -> None:
    here = town()
    with caplog.at_level(logging.INFO, logger="chalicelib.bootstrap.work"):
        night(here)
    assert [record.msg for record in caplog.records if record.msg == "pause_stands"] == []
