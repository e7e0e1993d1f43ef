"""Keys: what they open, what they do not, and how they end."""

import json

import pytest
from api_store import PROGRAM, Store
from stand_ins import DAY

from chalicelib.errors import Refused

DRINKS = {"order": {"goods": 450, "currency": "EUR"}}


def test_a_key_says_what_it_is_for_and_is_kept_as_a_digest_only(store: Store) -> None:
    assert store.key.startswith("pp_test_")
    assert len(store.key) >= 40
    (kept,) = store.here.own.access.all_keys()
    assert store.key not in repr(kept)
    assert kept.id == store.key[:16]


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer nonsense", "Bearer pp_test_" + "x" * 44, "Basic cHA6cHA="])
def test_whoever_has_no_key_gets_one_answer(store: Store, shown: str) -> None:
    address = f"/v1/programs/{PROGRAM}/quotes"
    assert store.refused("POST", address, DRINKS, authorization=shown)[:2] == (401, "unknown_key")
    assert store.answers[-1].headers["www-authenticate"] == "Bearer"
    assert {json.loads(answer.body)["message"] for answer in store.answers} == {
        "This key is not known. Send it as: Authorization: Bearer pp_..."
    }


def test_a_key_with_another_ending_opens_nothing(store: Store) -> None:
    ending = "A" if store.key[-1] != "A" else "B"
    told = store.refused("POST", "/quotes", DRINKS, authorization=f"Bearer {store.key[:-1]}{ending}")
    assert told[:2] == (401, "unknown_key")


def test_another_program_is_as_unknown_as_none(store: Store) -> None:
    for slug in ("other-shop", "nothing"):
        assert store.refused("GET", f"/v1/programs/{slug}/members?email=a@b.example")[:2] == (404, "program_unknown")


def test_a_key_does_what_its_scopes_say(store: Store) -> None:
    member = store.member()
    reader = Store(store.front, store.here, store.here.house.keys.create(store.here.program, "screen", ["read"]))
    assert reader.points(member) == 100
    asked = {"member": member, "points": 20}
    assert reader.refused("POST", "/redemptions", asked) == (403, "key_lacks_scope", {"needs": "redeem"})
    assert reader.refused("POST", "/adjustments", {**asked, "reason": "x"})[1:] == (
        "key_lacks_scope",
        {"needs": "manage"},
    )
    with pytest.raises(Refused, match="no_scopes"):
        store.here.house.keys.create(store.here.program, "nobody", [])


def test_a_rotated_key_works_for_one_more_day(store: Store) -> None:
    keys = store.here.house.keys
    fresh = Store(store.front, store.here, keys.rotate(store.key[:16], store.here.program))
    for each in (store, fresh):
        each.told("POST", "/quotes", DRINKS)
    store.here.clock.forward(DAY)
    assert store.refused("POST", "/quotes", DRINKS)[0] == 401
    fresh.told("POST", "/quotes", DRINKS)


@pytest.mark.parametrize("ended", ["revoked", "rotated a day ago"])
def test_a_key_that_has_ended_makes_no_other(store: Store, ended: str) -> None:
    keys, program = store.here.house.keys, store.here.program
    if ended == "revoked":
        keys.revoke(store.key[:16])
    else:
        keys.rotate(store.key[:16], program)
        store.here.clock.forward(DAY)
    before = keys.of(program)
    with pytest.raises(Refused, match="key_ended"):
        keys.rotate(store.key[:16], program)
    assert keys.of(program) == before


def test_a_key_may_be_rotated_once_more_while_it_works(store: Store) -> None:
    keys, program = store.here.house.keys, store.here.program
    ends = []
    for _ in range(2):
        keys.rotate(store.key[:16], program)
        ends.extend(key.ends_at for key in keys.of(program) if key.id == store.key[:16])
        store.here.clock.forward(DAY - 1)
    assert ends == [ends[0]] * 2


def test_a_revoked_key_opens_nothing_from_now_on(store: Store) -> None:
    store.here.house.keys.revoke(store.key[:16])
    store.here.house.keys.revoke(store.key[:16])
    assert store.refused("POST", "/quotes", DRINKS)[0] == 401
    with pytest.raises(Refused, match="key_unknown"):
        store.here.house.keys.revoke("pp_test_nothing!")
