"""What an operator asks about members' opinions and their friends."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result
from whole_house import ANNA, BORIS, DEFINITION, Town, town

from chalicelib.events import ActivityTold, Customer
from chalicelib.services.referral_claims import Seen

Run = Callable[..., Result]
NOON = 1_782_216_000_000
DAY = 86_400_000
MORE = """
nps: {replace_within: 90 days}
referral: {referrer: 100 beans, friend: 50 beans, after: 14 days, at_most: 5 friends per month}
"""
OPINION = "    - {name: an opinion, on: nps.answered, give: 10 beans, once_per: object}\n"


@pytest.fixture
def here() -> Town:
    return town(DEFINITION.replace("\ntiers:", "\n" + OPINION + MORE + "\ntiers:", 1))


def answers(here: Town, score: int, survey: str = "spring", *, at: int = NOON, who: str = str(ANNA.email)) -> str:
    told = ActivityTold("m1", "nps.answered", survey, at, Customer(email=who), score=score)
    return here.house.hooks.reception.rewards.reward(here.program, told, actor="events", deadline=None)


def test_the_score_is_printed_and_nobody_has_none(here: Town, run: Run) -> None:
    """Row 71, feedback on what to change: NPS."""
    assert "Nobody has answered yet" in run("nps").output
    assert json.loads(run("nps", "--json").output)["score"] is None
    for number, score in enumerate((10, 9, 9, 8, 3)):
        assert answers(here, score, who=f"member{number}@example.com") == "posted"
    told = run("nps").output
    assert "+40 of 5 answers" in told
    assert "3 promoters, 1 passives, 1 critics" in told
    assert json.loads(run("nps", "--json").output) == {"score": "+40", "promoters": 3, "passives": 1, "critics": 1}
    assert json.loads(run("nps", "--to", "2026-06-22", "--json").output)["score"] is None
    assert json.loads(run("nps", "--from", "2026-06-23", "--to", "2026-06-23", "--json").output)["score"] == "+40"


def test_answering_earns_once_for_each_survey_and_a_new_answer_takes_the_place_of_the_old_one(
    here: Town, run: Run
) -> None:
    assert [answers(here, 2), answers(here, 2), answers(here, 10, at=NOON + DAY)] == [
        "posted",
        "duplicate",
        "duplicate",
    ]
    assert json.loads(run("nps", "--json").output) == {"score": "+100", "promoters": 1, "passives": 0, "critics": 0}
    assert answers(here, 0, "autumn", at=NOON + 120 * DAY) == "posted"
    assert json.loads(run("nps", "--json").output)["score"] == "0"
    assert here.stored_balance(ANNA) == 20
    here.follow()
    assert here.violations() == []


def test_a_program_that_asks_nothing_says_so(run: Run, here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.recommending.house_of", lambda stage: town().house)
    assert "No answers are kept." in run("nps").output


def test_held_referrals_are_listed_released_and_refused(here: Town, run: Run) -> None:
    """Row 18, referral: fraud holds."""
    here.member(ANNA)
    here.buys(ANNA, 100)
    seen = Seen({"card": "visa-1"})
    code = here.house.referral_claims.code(here.program, here.account(ANNA), seen)
    assert "Nothing waits." in run("referral", "list").output
    here.member(BORIS)
    boris = here.account(BORIS)
    here.house.referral_claims.claim(here.program, boris, code, seen)
    here.clock.instant += 1_000
    here.buys(BORIS, 5_000)
    told = run("referral", "list").output
    assert boris in told
    assert "paid with the card of the referrer" in told
    assert f"{boris} counts." in run("referral", "release", boris).output
    assert here.newest(boris).snap.purse("beans").pending == 50
    assert f"{boris} does not count." in run("referral", "refuse", boris).output
    assert here.newest(boris).snap.purse("beans").pending == 0
    assert "Nobody brought this member." in run("referral", "release", here.account(ANNA)).output


def test_members_join_and_leave_a_household(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    here = town(DEFINITION.replace("\ncard:", "\nhouseholds: {members: 2}\ncard:", 1))
    monkeypatch.setattr("ops.household.house_of", lambda stage: here.house)
    accounts = []
    for buyer in (ANNA, BORIS):
        here.member(buyer)
        here.buys(buyer, 10_000)
        accounts.append(here.account(buyer))
    told = run("household", "join", str(ANNA.email), str(BORIS.email), "--household", "home").output
    assert told.strip() == f"home: {accounts[0]}, {accounts[1]}"
    assert run("household", "show", str(BORIS.email)).output == told
    assert run("household", "leave", str(ANNA.email)).output.strip() == f"home: {accounts[1]}"
    assert "in no household" in run("household", "show", str(ANNA.email)).output
    assert "in no household" in run("household", "leave", str(ANNA.email)).output
    assert "in another household" in run("household", "join", str(BORIS.email)).output
