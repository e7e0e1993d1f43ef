"""The doctor draws a pass of nobody for every program, with the papers that would sign it."""

import pytest
from stand_ins import DAY
from whole_house import PASS_TYPE, PROGRAM, Town, town

from chalicelib.bootstrap.house import House
from ops.doctor.cards import check_passes
from ops.doctor.rows import Row


@pytest.fixture
def today() -> Town:
    """A town on a day on which its papers are good."""
    here = town()
    starts, _ = here.own.tenants.named(PASS_TYPE).signer.papers.times["certificate"]
    here.clock.instant = starts + DAY
    return here


def rows(house: House) -> list[Row]:
    return list(check_passes(house))


def test_a_program_whose_cards_can_be_added_is_good(today: Town) -> None:
    papers, drawn = rows(today.house)
    assert (papers.state, papers.says) == ("good", f"{PASS_TYPE} can sign")
    assert (drawn.about, drawn.state) == (f"Apple pass of {PROGRAM}", "good")
    assert "within Apple's limits" in drawn.says


def test_papers_out_of_their_time_are_named_and_no_pass_is_drawn(today: Town) -> None:
    _, ends = today.own.tenants.named(PASS_TYPE).signer.papers.times["certificate"]
    today.clock.instant = ends
    (papers,) = rows(today.house)
    assert papers.state == "bad"
    assert "signs nothing: certificate expired" in papers.says


def test_papers_that_end_soon_are_told_with_their_days(today: Town) -> None:
    _, ends = today.own.tenants.named(PASS_TYPE).signer.papers.times["certificate"]
    today.clock.instant = ends - 20 * DAY
    papers, _ = rows(today.house)
    assert (papers.state, papers.says) == ("look", f"{PASS_TYPE}: its certificate ends in 20 days")


def test_without_apple_there_is_nothing_to_look_at(today: Town) -> None:
    assert rows(today.house.replaced(adapters=today.own.replaced(issuer=None))) == []
