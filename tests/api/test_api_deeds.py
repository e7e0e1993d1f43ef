"""What a store tells of its members' activities."""

import pytest
from api_store import ANNA, RULES, Store
from whole_house import DEFINITION, town

import app as front

DEEDS = """
    - {name: a check-in, on: visit.checked_in, give: 2 beans, once_per: day}
    - {name: a reload, on: card.reloaded, give: 10 beans, once_per: object, min_amount: 30 EUR}
"""
REVIEW = {"type": "review.created", "object": "kenya"}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    here = town(
        DEFINITION.replace("card:\n", "nps: {replace_within: 90 days}\n" + RULES).replace(
            "\ntiers:", DEEDS + "\ntiers:", 1
        )
    )
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)


@pytest.fixture
def anna(store: Store) -> str:
    return store.member()


def test_a_members_review_is_rewarded_once_and_taken_back_when_it_is_undone(store: Store, anna: str) -> None:
    address = f"/members/{anna}/activities"
    told = [store.told("POST", address, body) for body in (REVIEW, REVIEW, {**REVIEW, "undone": True})]
    assert [each["result"] for each in told] == ["posted", "duplicate", "taken_back"]
    assert store.points(anna) == 100
    assert store.told("POST", address, {**REVIEW, "object": "peru", "undone": True}) == {"result": "noted"}


def test_a_deed_counts_on_the_day_on_which_it_was_done(store: Store, anna: str) -> None:
    address = f"/members/{anna}/activities"
    days = ("2026-06-21T12:00:00Z", "2026-06-21T20:00:00Z", "2026-06-20T12:00:00Z")
    told = [store.told("POST", address, {"type": "visit.checked_in", "object": day, "at": day}) for day in days]
    assert [each["result"] for each in told] == ["posted", "duplicate", "posted"]


def test_a_reload_is_rewarded_from_its_threshold_on(store: Store, anna: str) -> None:
    address, reload = f"/members/{anna}/activities", {"type": "card.reloaded", "object": "r1", "currency": "EUR"}
    assert store.refused("POST", address, {**reload, "amount": 2999})[1] == "conditions_not_met"
    assert store.told("POST", address, {**reload, "object": "r2", "amount": 3000}) == {"result": "posted"}


def test_what_cannot_be_is_refused(store: Store, anna: str) -> None:
    address = f"/members/{anna}/activities"
    assert store.refused("POST", address, {**REVIEW, "at": "2030-01-01T00:00:00Z"})[:2] == (400, "moment_not_possible")
    assert store.refused("POST", address, {**REVIEW, "amount": 5})[:2] == (400, "amount_and_currency")
    assert store.refused("POST", address, {**REVIEW, "type": "video.watched"})[1] == "not_rewarded"
    assert store.refused("POST", "/members/nobody/activities", REVIEW)[:2] == (404, "member_unknown")
    assert store.refused("POST", address, {**REVIEW, "score": 11})[0] == 400


def test_a_customer_who_is_named_may_undo_too(store: Store, anna: str) -> None:
    body = {**REVIEW, "customer": {"email": ANNA.email}}
    assert store.told("POST", "/activities", body) == {"result": "posted"}
    assert store.told("POST", "/activities", {**body, "undone": True}) == {"result": "taken_back"}


def test_an_opinion_is_kept_although_nothing_is_given_for_it(store: Store, anna: str) -> None:
    """Row 71, feedback: NPS."""
    address, answer = f"/members/{anna}/activities", {"type": "nps.answered", "object": "spring", "score": 9}
    assert store.told("POST", address, answer) == {"result": "noted"}
    assert store.here.house.recommending.score(store.here.program).promoters == 1
    assert store.refused("POST", address, {**answer, "score": None})[1] == "not_rewarded"
