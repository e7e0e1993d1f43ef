"""What a store tells and is told of a member beside points."""

import pytest
from api_store import ANNA, RULES, Store
from whole_house import DEFINITION, town

import app as front

CLUB = DEFINITION.replace(
    "    - {name: a review,",
    """\
    - {name: for students, give: 7 beans, when: {attribute: student is yes}}
    - {name: with pro, give: 13 beans, when: {plan: pro, birthday: the day}}
    - {name: tea, give: 17 beans, when: {chosen: tea, in: vip}}
    - {name: lucky, give: 50 beans, when: {surprise: {share: 99%, seed: spring}}}
    - {name: a review,""",
).replace(
    "card:\n",
    """\
members: {attributes: {student: yes or no, balance: money}}
segments: [vip]
choices: {favourites: {of: [tea, coffee], pick: 1, locked: 30 days}}
plans: {pro: {fee: 5 EUR, every: 1 month, trial: 14 days}}
benefits: [{name: free service, while: {attribute: balance at least 500 EUR}}]
"""
    + RULES,
)


@pytest.fixture
def club(monkeypatch: pytest.MonkeyPatch) -> Store:
    here = town(CLUB)
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)


def test_a_profile_is_empty_until_something_is_told_and_then_tells_it_back(club: Store) -> None:
    address = f"/members/{club.member()}/profile"
    empty = club.told("GET", address)
    assert (empty["revision"], empty["attributes"], empty["birthday"], empty["benefits"]) == (0, {}, None, [])
    told = club.told(
        "POST",
        address,
        {
            "revision": 0,
            "attributes": {"student": True, "balance": 50_000},
            "segments": {"vip": True},
            "birthday": "1990-02-28",
            "choices": {"favourites": ["tea"]},
            "trial": "pro",
        },
    )
    assert told == club.told("GET", address)
    assert (told["revision"], told["birthday"], told["segments"], told["benefits"]) == (
        1,
        "1990-02-28",
        ["vip"],
        ["free service"],
    )
    assert {name: value["value"] for name, value in told["attributes"].items()} == {"student": True, "balance": 50_000}
    assert (told["choices"]["favourites"]["picked"], told["plans"]["pro"]["is_trial"]) == (["tea"], True)


def test_a_quote_promises_what_the_member_would_get_and_no_surprise(club: Store) -> None:
    member = club.member()
    order = {"order": {"goods": 1_000, "currency": "EUR"}, "member": member}
    before = club.told("POST", "/quotes", order)["points"]["beans"]
    club.told("POST", f"/members/{member}/profile", {"revision": 0, "attributes": {"student": True}})
    assert club.told("POST", "/quotes", order)["points"]["beans"] - before == 7
    assert before == 10


def test_whoever_comes_second_is_refused_with_the_revision_that_counts(club: Store) -> None:
    address = f"/members/{club.member()}/profile"
    club.told("POST", address, {"revision": 0, "segments": {"vip": True}})
    refused = club.refused("POST", address, {"revision": 0, "segments": {"vip": False}})
    assert refused == (409, "member_changed", {"revision": 1})


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"attributes": {"height": 180}}, 409, "attribute_unknown"),
        ({"attributes": {"student": "yes"}}, 400, "attribute_not_understood"),
        ({"segments": {"friends": True}}, 409, "segment_unknown"),
        ({"choices": {"favourites": ["milk"]}}, 409, "option_unknown"),
        ({"choices": {"favourites": ["tea", "coffee"]}}, 409, "too_many_options"),
        ({"birthday": "2190-01-01"}, 400, "birthday_not_understood"),
        ({"birthday": "1990-02-30"}, 400, "body_not_understood"),
        ({"paid": "gold"}, 409, "plan_unknown"),
        ({"refunded": "pro"}, 409, "plan_not_paid"),
        ({"since": "2190-01-01T00:00:00Z", "segments": {"vip": True}}, 400, "not_true_yet"),
        ({"attributes": {f"name{number}": 1 for number in range(13)}}, 400, "body_not_understood"),
        ({"nickname": "Ann"}, 400, "body_not_understood"),
    ],
)
def test_what_cannot_be_kept_is_said_plainly(club: Store, change: dict[str, object], status: int, error: str) -> None:
    refused = club.refused("POST", f"/members/{club.member()}/profile", {"revision": 0, **change})
    assert refused[:2] == (status, error)


def test_a_profile_needs_somebody_who_has_joined(club: Store) -> None:
    club.here.buys(ANNA, 1_000)
    assert club.refused("GET", f"/members/{club.here.account(ANNA)}/profile")[:2] == (409, "not_a_member")
    assert club.refused("GET", "/members/nobody/profile")[:2] == (404, "member_unknown")


def test_a_plan_is_paid_so_far_ahead_that_the_period_that_runs_is_still_known(club: Store) -> None:
    address = f"/members/{club.member()}/profile"
    for revision in range(6):
        running = club.told("POST", address, {"revision": revision, "paid": "pro"})["plans"]["pro"]
    assert club.refused("POST", address, {"revision": 6, "paid": "pro"})[:2] == (409, "plan_paid_far_ahead")
    told = club.told("GET", address)
    assert (told["revision"], told["plans"]["pro"]) == (6, running)
