"""What a till is told while something is paused: a plain no in two languages, and nothing that was done is denied."""

import json
from typing import Any

import pytest
from api_store import ANNA, PROGRAM, Store
from offers_town import PLENTY
from stand_ins import MINUTE
from whole_house import town

import app as front
from chalicelib.programs.pausing import What
from chalicelib.web.api.operations import OPERATIONS
from chalicelib.web.api.words import CASHIER, WORDS

NEW = {"consent": True, "email": "dora.kruze@example.com", "name": "Dora"}
ORDER = {"order": {"goods": 5_000, "currency": "EUR"}}
REVIEW = {"type": "review.created", "object": "review-1"}


def pause(store: Store, what: What) -> None:
    store.here.house.pausing.pause(store.here.program, what, by="olga")


def resume(store: Store, what: What) -> None:
    store.here.house.pausing.resume(store.here.program, what, by="olga")


def refused(store: Store, address: str, body: object) -> tuple[int, str, dict[str, str]]:
    reply = store.ask("POST", address, body)
    trouble: dict[str, Any] = json.loads(reply.body)
    return reply.status, trouble["error"], trouble["cashier"]


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/redemptions", {"member": "{member}", "points": 20}),
        ("/redemptions", {"member": "{member}", "points": 20, "hold_minutes": 10}),
        ("/transfers", {"member": "{member}", "to": "{member}", "points": 20}),
        ("/perks", {"member": "{member}", "perk": "free_delivery"}),
    ],
)
def test_nothing_is_used_while_redeeming_is_paused(store: Store, address: str, body: dict[str, Any]) -> None:
    member = store.member()
    sent = json.loads(json.dumps(body).replace("{member}", member))
    pause(store, "redeeming")
    assert refused(store, address, sent) == (409, "redeeming_paused", dict(CASHIER["redeeming_paused"]))
    assert store.points(member) == 100


def test_what_was_used_before_is_told_again_during_the_pause_and_can_be_undone(store: Store) -> None:
    member = store.member()
    asked = {"member": member, "points": 30}
    used = store.told("POST", "/redemptions", asked, idempotency_key="sale-1")
    pause(store, "redeeming")
    assert store.told("POST", "/redemptions", asked, idempotency_key="sale-1") == used
    assert store.points(member) == 70
    store.told("POST", f"/redemptions/{used['id']}/undo")
    assert store.points(member) == 100


def test_what_is_held_can_be_used_or_released_during_the_pause(store: Store) -> None:
    member = store.member()
    held = [store.told("POST", "/redemptions", {"member": member, "points": 20, "hold_minutes": 20}) for _ in range(2)]
    pause(store, "redeeming")
    store.told("POST", f"/redemptions/{held[0]['id']}/capture")
    store.told("POST", f"/redemptions/{held[1]['id']}/release")
    assert store.points(member) == 80


def test_a_till_goes_on_selling_and_looking_while_redeeming_is_paused(store: Store) -> None:
    member = store.member()
    pause(store, "redeeming")
    assert store.told("POST", "/quotes", ORDER)["points"] == {"beans": 50}
    assert store.told("GET", f"/members/{member}")["status"] == "member"


def test_nothing_is_quoted_or_rewarded_while_earning_is_paused_and_the_store_tells_it_again(store: Store) -> None:
    member = store.member()
    pause(store, "earning")
    assert refused(store, "/quotes", ORDER) == (409, "earning_paused", dict(CASHIER["earning_paused"]))
    assert refused(store, f"/members/{member}/activities", REVIEW)[:2] == (409, "earning_paused")
    store.told("POST", "/redemptions", {"member": member, "points": 20})
    resume(store, "earning")
    store.here.work_off_deferred()
    assert store.told("POST", f"/members/{member}/activities", REVIEW)["result"] == "posted"
    assert store.points(member) == 100


def test_a_pause_of_one_connection_is_nothing_to_a_till(store: Store) -> None:
    store.here.house.pausing.pause(store.here.program, "earning", connection="shop", by="olga")
    assert store.told("POST", "/quotes", ORDER)["points"] == {"beans": 50}


def test_nobody_new_is_enrolled_while_joining_is_paused_and_members_are_found(store: Store) -> None:
    member = store.member()
    pause(store, "joining")
    assert refused(store, "/members", NEW) == (409, "joining_paused", dict(CASHIER["joining_paused"]))
    known = {**NEW, "email": ANNA.email}
    assert store.told("POST", "/members", known)["id"] == member
    resume(store, "joining")
    assert store.told("POST", "/members", NEW)["status"] == "waiting"


def test_other_refusals_say_nothing_to_a_cashier(store: Store) -> None:
    member = store.member()
    reply = store.ask("POST", "/redemptions", {"member": member, "points": 2_000})
    assert set(json.loads(reply.body)) == {"error", "message", "facts"}


def test_every_pause_has_words_for_the_till_in_both_languages_and_is_described() -> None:
    described = {reason for operation in OPERATIONS for reason in operation.refusals if reason.endswith("_paused")}
    assert described == {reason for reason in WORDS if reason.endswith("_paused")}
    assert {tuple(CASHIER[reason]) for reason in described} == {("en", "ru")}


def test_a_pause_is_over_for_the_till_when_it_is_resumed(store: Store) -> None:
    member = store.member()
    pause(store, "redeeming")
    store.here.clock.forward(MINUTE)
    resume(store, "redeeming")
    store.told("POST", "/redemptions", {"member": member, "points": 20})
    assert (store.points(member), store.here.own.programs.pauses(PROGRAM)) == (80, [])


def test_no_reward_money_or_voucher_is_had_during_the_pause_but_what_was_reserved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = town(PLENTY)
    monkeypatch.setattr(front, "house", lambda: here.house)
    store = Store(front, here)
    member = store.member(price=60_000)
    codes = [
        store.told("POST", "/rewards", {"member": member, "reward": "five"}, idempotency_key=str(number))["codes"][0]
        for number in range(2)
    ]
    pays = [{"code": code, "checkout": "till-1", "amount": 500, "goods": 2_000} for code in codes]
    store.told("POST", "/vouchers/use", {**pays[0], "minutes": 5})
    pause(store, "redeeming")
    assert refused(store, "/rewards", {"member": member, "reward": "mug"})[:2] == (409, "redeeming_paused")
    assert refused(store, "/vouchers/use", pays[1])[:2] == (409, "redeeming_paused")
    assert refused(store, "/vouchers/use", {**pays[1], "minutes": 5})[:2] == (409, "redeeming_paused")
    assert store.told("POST", "/vouchers/use", pays[0])["left"] == 0
    assert store.told("POST", "/rewards", {"member": member, "reward": "five"}, idempotency_key="0")["codes"] == [
        codes[0]
    ]
