"""Stores give levels by hand through the real front door: an invitation, or the status of another program."""

import pytest
from api_store import ANNA, BORIS, Store
from whole_house import town

import app as front


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    here = town()
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)


def test_a_level_is_given_once_and_taken_back_once(store: Store) -> None:
    member = store.member()
    asked = {"member": member, "level": "Gold", "until": "2027-03-31", "reason": "A guest of the house"}
    given = store.told("POST", "/levels", asked, idempotency_key="guest-1")
    assert given == {**asked, "id": given["id"], "is_withdrawn": False}
    assert store.told("POST", "/levels", asked, idempotency_key="guest-1") == given
    assert store.told("GET", f"/members/{member}")["tier"] == "Gold"
    address = f"/levels/{given['id']}/withdraw"
    assert store.told("POST", address)["is_withdrawn"] is True
    assert store.told("POST", address)["is_withdrawn"] is True
    assert store.told("GET", f"/members/{member}")["tier"] == "Bean"


def test_a_level_without_a_day_is_given_for_good(store: Store) -> None:
    given = store.told("POST", "/levels", {"member": store.member(), "level": "Silver", "reason": "For ever"})
    assert given["until"] is None


@pytest.mark.parametrize(
    ("spoiled", "answer"),
    [
        ({"level": "Platinum"}, (409, "unknown_level")),
        ({"member": "nobody"}, (404, "member_unknown")),
        ({"until": "2020-01-01"}, (400, "day_is_over")),
        ({"reason": " "}, (400, "reason_missing")),
    ],
)
def test_what_is_not_given_is_told_why(store: Store, spoiled: dict[str, str], answer: tuple[int, str]) -> None:
    asked = {"member": store.member(), "level": "Gold", "reason": "A guest of the house", **spoiled}
    assert store.refused("POST", "/levels", asked)[:2] == answer


def test_nothing_is_taken_back_that_was_not_given(store: Store) -> None:
    assert store.refused("POST", "/levels/unheard-of/withdraw")[:2] == (404, "unknown_level_given")


@pytest.mark.parametrize("until", ["9999-12-31", "2200-01-01"])
def test_a_level_without_an_end_is_asked_for_without_a_day(store: Store, until: str) -> None:
    member = store.member()
    asked = {"member": member, "level": "Gold", "until": until, "reason": "A guest of the house"}
    assert store.refused("POST", "/levels", asked)[:2] == (400, "day_too_far")
    assert store.told("GET", f"/members/{member}")["tier"] == "Bean"


def test_an_idempotency_key_gives_one_member_a_level(store: Store) -> None:
    anna, boris = store.member(ANNA), store.member(BORIS)
    asked = {"level": "Gold", "reason": "A guest of the house"}
    store.told("POST", "/levels", {"member": anna, **asked}, idempotency_key="guest-1")
    refused = store.refused("POST", "/levels", {"member": boris, **asked}, idempotency_key="guest-1")
    assert refused[:2] == (409, "another_level")
    assert store.told("GET", f"/members/{boris}")["tier"] == "Bean"
