"""What a store does when members bring friends."""

import pytest
from api_store import ANNA, BORIS, RULES, Store
from whole_house import DEFINITION, town

import app as front

TERMS = "referral: {referrer: 100 beans, friend: 50 beans, after: 14 days, at_most: 5 friends per month}\n"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    here = town(DEFINITION.replace("card:\n", TERMS + RULES))
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)


def joined(store: Store, who: object = BORIS) -> str:
    store.here.member(who)  # type: ignore[arg-type]
    return store.here.account(who)  # type: ignore[arg-type]


def test_a_friend_comes_with_a_code_and_both_are_rewarded(store: Store) -> None:
    anna = store.member(ANNA)
    code = store.told("POST", f"/members/{anna}/referral-code")["code"]
    assert store.told("POST", f"/members/{anna}/referral-code", {"card": "visa-1"}) == {"member": anna, "code": code}
    store.here.member(BORIS)
    boris = store.here.account(BORIS)
    store.told("POST", "/activities", {"type": "review.created", "object": "kenya", "customer": {"email": BORIS.email}})
    body = {"code": code.lower(), "source": "203.0.113.9", "device": "phone-7"}
    claimed = store.told("POST", f"/members/{boris}/referral", body)
    assert claimed == {
        "member": boris,
        "code": code,
        "state": "open",
        "reasons": [],
        "flags": [],
        "orders": 0,
        "effective": False,
    }
    store.here.clock.instant += 1_000
    store.here.buys(BORIS, 5_000)
    known = store.told("GET", f"/members/{boris}/referral")
    assert (known["orders"], known["effective"]) == (1, True)
    assert store.told("GET", f"/members/{anna}/balance")["currencies"]["beans"]["pending"] == 100


def test_the_same_card_is_held_and_the_same_address_told(store: Store) -> None:
    anna = store.member(ANNA)
    marks = {"card": "visa-1", "address": "Elm Street 1"}
    code = store.told("POST", f"/members/{anna}/referral-code", marks)["code"]
    store.here.member(BORIS)
    boris = store.here.account(BORIS)
    store.told("POST", "/activities", {"type": "review.created", "object": "kenya", "customer": {"email": BORIS.email}})
    claimed = store.told("POST", f"/members/{boris}/referral", {"code": code, **marks})
    assert (claimed["state"], claimed["reasons"], claimed["flags"]) == ("held", ["same_card"], ["same_address"])


def test_what_cannot_be_is_refused(store: Store) -> None:
    anna = store.member(ANNA)
    code = store.told("POST", f"/members/{anna}/referral-code")["code"]
    assert store.refused("POST", f"/members/{anna}/referral", {"code": code})[1] == "referral_to_oneself"
    assert store.refused("POST", f"/members/{anna}/referral", {"code": "NONE2345"})[1] == "code_unknown"
    assert store.refused("POST", f"/members/{anna}/referral", {"code": code, "extra": 1})[0] == 400
    assert store.refused("GET", f"/members/{anna}/referral")[:2] == (404, "referral_unknown")
    assert store.refused("POST", "/members/nobody/referral-code")[:2] == (404, "member_unknown")
