"""What a store does with members who use their points together, and with partners of the program."""

import pytest
from api_store import ANNA, BORIS, RULES, Store
from whole_house import DEFINITION, town

import app as front

BLOCKS = """
households: {members: 4}
partners: {bakery: {name: Corner Bakery, paid: 0.03 EUR per bean}}
"""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    here = town(DEFINITION.replace("card:\n", BLOCKS + RULES))
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)


@pytest.fixture
def home(store: Store) -> tuple[str, str]:
    anna, boris = store.member(ANNA), store.member(BORIS, 30_000)
    for member in (anna, boris):
        told = store.told("POST", f"/members/{member}/household", {"household": "home-7"})
    assert told == {"household": "home-7", "members": [anna, boris]}
    return anna, boris


def test_a_household_uses_points_once_and_has_them_back(store: Store, home: tuple[str, str]) -> None:
    anna, boris = home
    address, once = f"/members/{anna}/household/redemptions", {"Idempotency_Key": "till-7"}
    told = [store.told("POST", address, {"points": 250, "partner": "bakery"}, **once) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]["members"] == {anna: 100, boris: 150}
    assert (store.points(anna), store.points(boris)) == (0, 150)
    back = f"/household-redemptions/{told[0]['id']}/return"
    assert store.told("POST", back, {"points": 50})["returned"] == 50
    assert store.told("POST", back)["returned"] == 250
    assert (store.points(anna), store.points(boris)) == (100, 300)
    assert store.refused("POST", back, {"points": 251})[1] == "more_than_was_redeemed"
    assert store.refused("POST", "/household-redemptions/nothing/return")[:2] == (404, "redemption_unknown")
    store.here.follow()
    assert store.here.violations() == []


def test_who_leaves_uses_their_own_points_alone(store: Store, home: tuple[str, str]) -> None:
    anna, boris = home
    assert store.told("GET", f"/members/{anna}/household")["members"] == [anna, boris]
    assert store.told("POST", f"/members/{boris}/household/leave")["members"] == [anna]
    assert store.refused("GET", f"/members/{boris}/household")[1] == "in_no_household"
    use = f"/members/{anna}/household/redemptions"
    assert store.refused("POST", use, {"points": 101})[1] == "not_enough_points"
    assert store.refused("POST", use, {"points": 1, "partner": "cinema"})[1] == "partner_unknown"
    assert store.refused("POST", f"/members/{boris}/household", {"household": "a b"})[0] == 400


def test_points_are_used_with_a_partner_of_the_program(store: Store, home: tuple[str, str]) -> None:
    anna, _ = home
    store.told("POST", "/redemptions", {"member": anna, "points": 30, "partner": "bakery"})
    settled = store.here.house.settling.settle(store.here.program, 2026, 6)
    assert settled.owes["bakery"] == -90
    refused = store.refused("POST", "/redemptions", {"member": anna, "points": 30, "partner": "cinema"})
    assert refused[1:] == ("partner_unknown", {"partner": "cinema"})


def test_a_member_joins_and_leaves_by_the_name_of_an_account_that_is_another_one_now(store: Store) -> None:
    anna, boris = store.member(ANNA), store.member(BORIS, 30_000)
    store.here.house.merges.merge(store.here.program, anna, boris, reason="one person", actor="operator")
    assert store.told("POST", f"/members/{anna}/household", {"household": "home-7"})["members"] == [boris]
    assert store.told("GET", f"/members/{anna}/household")["members"] == [boris]
    assert store.told("POST", f"/members/{anna}/household/redemptions", {"points": 10})["members"] == {boris: 10}
    assert store.told("POST", f"/members/{anna}/household/leave")["members"] == []


def test_a_household_whose_name_ends_with_a_new_line_is_no_name(store: Store) -> None:
    member = store.member()
    refused = store.refused("POST", f"/members/{member}/household", {"household": "home\n"})
    assert refused[:2] == (400, "body_not_understood")
    assert store.refused("GET", f"/members/{member}/household")[1] == "in_no_household"
