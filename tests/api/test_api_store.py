"""What a store can do: find and enrol customers, quote, use, hold, adjust and transfer points."""

import json
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from api_store import ANNA, BORIS, PROGRAM, Store
from stand_ins import MINUTE
from whole_house import DEFINITION, town

import app as front
from chalicelib.errors import Refused
from chalicelib.passes.google.rotating import RotatingCodes, totp
from chalicelib.services.scanning import Scanning

NEW = {"consent": True, "email": "dora.kruze@example.com", "name": "Dora"}


@pytest.fixture
def anna(store: Store) -> str:
    """Anna has a hundred beans."""
    return store.member()


# --- members ------------------------------------------------------------------------------------------------------


def test_a_customer_is_found_by_what_the_shop_knows(store: Store, anna: str) -> None:
    for name, value in (("email", "Anna.Ozola@Example.com"), ("customer", f"shopify/{ANNA.id}")):
        (found,) = store.told("GET", f"/members?{name}={value}")["members"]
        assert (found["id"], found["status"], found["currencies"]["beans"]["points"]) == (anna, "member", 100)
    assert store.told("GET", "/members?email=nobody@example.com") == {"members": []}
    assert store.refused("GET", "/members")[:2] == (400, "nobody_named")


def test_a_member_is_found_by_the_code_that_was_scanned(store: Store, anna: str) -> None:
    code = store.here.own.cards.cards_of(PROGRAM, store.here.account(ANNA))[0].barcode

    for scanned in (code, f" {code}%0D"):
        (found,) = store.told("GET", f"/members?code={scanned.replace(' ', '%20')}")["members"]
        assert (found["id"], found["status"]) == (anna, "member")
    assert store.told("GET", "/members?code=nobodys-code") == {"members": []}


def test_a_code_of_another_program_is_nobodys(store: Store, anna: str) -> None:
    card = store.here.own.cards.cards_of(PROGRAM, store.here.account(ANNA))[0]
    twin = msgspec.structs.replace(card, program="another", serial="s", link="l", barcode="another-code", revision=1)
    assert store.here.own.cards.put_card(twin)

    assert store.told("GET", "/members?code=another-code") == {"members": []}


@pytest.mark.parametrize("wrapped", ["{}", "A{}B", "*{}*", " {} "])
def test_a_number_is_found_however_the_scanner_sends_it(wrapped: str) -> None:
    store = Store(front, town(DEFINITION.replace("\ncard:\n", "\ncard:\n  barcode: codabar\n")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front, "house", lambda: store.here.house)
        store.member()
        code = store.here.own.cards.cards_of(PROGRAM, store.here.account(ANNA))[0].barcode
        misread = code[:-1] + str((int(code[-1]) + 1) % 10)

        (found,) = store.told("GET", "/members?" + urlencode({"code": wrapped.format(code)}))["members"]
        refused = store.refused("GET", "/members?" + urlencode({"code": wrapped.format(misread)}))

    assert found["status"] == "member"
    assert refused[:2] == (409, "code_misread")


def test_a_code_that_changes_is_good_while_its_wallet_shows_it(store: Store, anna: str) -> None:
    cards, clock = store.here.own.cards, store.here.clock
    card = cards.cards_of(PROGRAM, store.here.account(ANNA))[0]
    codes = RotatingCodes(b"a secret of this test")
    shown = totp(codes.key(card.serial), clock.now() // 60_000)
    scanning = Scanning(cards, clock, codes.is_fresh)

    assert scanning.card(store.here.program, f"{card.barcode}.{shown}") == card
    clock.forward(3 * MINUTE)
    with pytest.raises(Refused) as stale:
        scanning.card(store.here.program, f"{card.barcode}.{shown}")
    assert stale.value.reason == "code_too_old"
    assert store.refused("GET", f"/members?code={card.barcode}.{shown}")[:2] == (409, "code_too_old")


def test_a_card_that_has_ended_is_said_at_the_till(store: Store) -> None:
    link = store.here.join("anna.ozola@example.com")
    code = store.here.card(link).barcode
    store.here.leaves(link)

    assert store.refused("GET", f"/members?code={code}")[:2] == (409, "card_has_ended")


def test_a_customer_who_joins_at_the_till_is_enrolled_once(store: Store) -> None:
    first = store.told("POST", "/members", NEW)
    assert first["status"] == "waiting"
    assert first["card"].startswith("https://cards.example/c/")
    assert [letter.to for letter in store.here.mail.letters] == [NEW["email"]]
    again = store.told("POST", "/members", NEW)
    assert again == {name: value for name, value in first.items() if name != "card"}
    assert len(store.here.mail.letters) == 1
    assert store.told("GET", f"/members/{first['id']}") == again


def test_the_stores_word_opens_nobodys_points(store: Store) -> None:
    """Whoever is enrolled with a stranger's address sees an empty card until its owner types the code."""
    store.here.buys(ANNA, 10_000)
    enrolled = store.told("POST", "/members", {"consent": True, "email": ANNA.email})
    assert enrolled["status"] == "waiting"
    assert "card" not in enrolled
    fresh = store.told("POST", "/members", NEW)
    link = fresh["card"].rpartition("/")[2]
    store.told(
        "POST", "/activities", {"type": "review.created", "object": "kenya", "customer": {"email": NEW["email"]}}
    )
    assert store.here.facts(link)["points"] == 0
    store.here.types_code(link, store.here.mail.letters[-1].code)
    assert store.here.facts(link)["points"] == 20
    assert store.told("GET", f"/members/{fresh['id']}")["status"] == "member"
    assert store.points(fresh["id"]) == 20
    store.here.follow()
    assert store.here.violations() == []


def test_what_a_member_has_and_what_happened(store: Store, anna: str) -> None:
    balance = store.told("GET", f"/members/{anna}/balance")
    assert balance["currencies"]["beans"]["next_expiry"] == "2027-06-30T22:00:00Z"
    assert balance["tier"] == "Bean"
    store.told("POST", "/redemptions", {"member": anna, "points": 30})
    told = store.told("GET", f"/members/{anna}/history?language=ru&limit=2")
    assert [line["points"] for line in told["history"]] == [-30, 100]
    assert "зерн" in told["history"][0]["says"] or "зёрен" in told["history"][0]["says"]
    assert store.refused("GET", f"/members/{anna}/history?limit=0")[0] == 400
    assert store.refused("GET", f"/members/{anna}/history?currency=stars")[1] == "unknown_currency"
    for unknown in ("nobody", "no%20body"):
        assert store.refused("GET", f"/members/{unknown}/balance")[:2] == (404, "member_unknown")


def test_the_id_of_a_merged_account_leads_to_the_one_that_carries_it(store: Store, anna: str) -> None:
    boris = store.member(BORIS)
    store.here.house.merges.merge(store.here.program, anna, boris, reason="one person", actor="operator")
    assert store.told("GET", f"/members/{anna}")["id"] == boris
    assert store.points(anna) == 200


# --- earning ------------------------------------------------------------------------------------------------------


def test_a_quote_says_what_an_order_would_earn_and_promises_nothing(store: Store, anna: str) -> None:
    quote = {"member": anna, "order": {"goods": 4_599, "currency": "EUR"}}
    assert store.told("POST", "/quotes", quote) == {
        "points": {"beans": 45},
        "rules": [{"rule": "every euro", "currency": "beans", "points": 45}],
        "tier": "Bean",
        "payable": {"currency": "beans", "points": 100, "pays": 500},
    }
    store.here.buys(ANNA, 30_000)
    assert store.told("POST", "/quotes", quote)["points"] == {"beans": 56}
    other = {"order": {"goods": 100, "currency": "USD"}}
    assert store.refused("POST", "/quotes", other)[:2] == (409, "another_currency")


def test_a_quote_says_what_a_refund_would_take_back(store: Store, anna: str) -> None:
    order = store.here.buys(ANNA, 5_000)
    refund = {"order": f"shopify/{order.id}", "goods": 5_000}
    store.told("POST", "/redemptions", {"member": anna, "points": 120})
    told = store.told("POST", "/quotes", {"refund": refund})["refund"]
    assert told["taken_back"] == [{"currency": "beans", "points": 50, "there": 30, "missing": 20}]
    assert (told["id"], told["rule"], told["withhold"]) == ("", "points_are_owed", 0)
    assert store.points(anna) == 30
    unknown = {"refund": {**refund, "order": "shopify/1"}}
    assert store.refused("POST", "/quotes", unknown)[:2] == (404, "order_unknown")
    assert store.refused("POST", "/quotes", {})[:2] == (400, "one_of_both")
    assert store.refused("POST", "/quotes/accept", {"id": "quote/order/shopify/1/x"})[:2] == (404, "quote_unknown")


def test_a_quote_that_was_accepted_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    netting = DEFINITION.replace("when_spent: negative balance", "when_spent: net against refund")
    here = town(netting)
    monkeypatch.setattr(front, "house", lambda: here.house)
    store = Store(front, here)
    anna = store.member()
    store.told("POST", "/redemptions", {"member": anna, "points": 60})
    order = here.buys(ANNA, 5_000)
    store.told("POST", "/redemptions", {"member": anna, "points": 90})
    told = store.told("POST", "/quotes", {"refund": {"order": f"shopify/{order.id}", "goods": 5_000}})["refund"]
    assert (told["rule"], told["withhold"], told["money"]) == ("money_is_withheld", 250, "EUR")
    assert store.told("POST", "/quotes/accept", {"id": told["id"]}) == {"id": told["id"]}
    here.deliver(here.shop.cancelled(order))
    assert store.points(anna) == 0
    here.follow()
    assert here.violations() == []


def test_an_activity_counts_once(store: Store, anna: str) -> None:
    told = {"type": "review.created", "object": "kenya", "customer": {"email": ANNA.email}}
    assert store.told("POST", "/activities", told) == {"result": "posted"}
    assert store.told("POST", "/activities", told) == {"result": "duplicate"}
    assert store.refused("POST", "/activities", {**told, "type": "dance.seen"})[:2] == (409, "not_rewarded")
    assert store.refused("POST", "/activities", {**told, "customer": {}})[:2] == (400, "nobody_named")


# --- using --------------------------------------------------------------------------------------------------------


def test_a_redemption_with_a_name_happens_once_however_often_it_is_sent(store: Store, anna: str) -> None:
    asked = {"member": anna, "points": 30}
    first = store.told("POST", "/redemptions", asked, Idempotency_Key="order-1001")
    store.here.clock.forward(400 * 24 * 60 * MINUTE)
    assert store.told("POST", "/redemptions", asked, Idempotency_Key="order-1001") == first
    assert (first["state"], first["used"]) == ("used", 30)
    changed = {**asked, "points": 31}
    assert store.refused("POST", "/redemptions", changed, Idempotency_Key="order-1001")[:2] == (
        409,
        "another_redemption",
    )
    assert store.told("GET", f"/redemptions/{first['id']}") == first


def test_without_a_name_each_redemption_is_a_new_one(store: Store, anna: str) -> None:
    ids = {store.told("POST", "/redemptions", {"member": anna, "points": 20})["id"] for _ in range(2)}
    assert len(ids) == 2
    assert store.points(anna) == 60


def test_points_are_held_and_captured_or_released(store: Store, anna: str) -> None:
    held = store.told("POST", "/redemptions", {"member": anna, "points": 60, "hold_minutes": 10})
    assert (held["state"], held["until"]) == ("held", "2026-06-23T12:10:00Z")
    assert store.points(anna) == 40
    captured = store.told("POST", f"/redemptions/{held['id']}/capture", {"points": 50})
    assert (captured["state"], captured["used"]) == ("used", 50)
    assert store.told("POST", f"/redemptions/{held['id']}/capture", {"points": 50}) == captured
    assert store.refused("POST", f"/redemptions/{held['id']}/release")[:2] == (409, "already_captured")
    assert store.points(anna) == 50
    other = store.told("POST", "/redemptions", {"member": anna, "points": 20, "hold_minutes": 1})
    assert store.told("POST", f"/redemptions/{other['id']}/release")["state"] == "released"
    assert store.refused("POST", f"/redemptions/{other['id']}/capture")[:2] == (409, "already_released")


def test_a_hold_whose_time_is_over_says_so(store: Store, anna: str) -> None:
    held = store.told("POST", "/redemptions", {"member": anna, "points": 60, "hold_minutes": 1})
    store.here.clock.forward(MINUTE)
    assert store.told("GET", f"/redemptions/{held['id']}")["state"] == "expired"
    assert store.refused("POST", f"/redemptions/{held['id']}/release")[:2] == (409, "expired")
    assert store.told("POST", f"/redemptions/{held['id']}/capture", {})["state"] == "used"


def test_what_the_rules_refuse_is_told_with_its_numbers_and_changes_nothing(store: Store, anna: str) -> None:
    before = store.here.newest(store.here.account(ANNA))
    status, error, facts = store.refused("POST", "/redemptions", {"member": anna, "points": 101})
    assert (status, error, facts["asked"], facts["there"]) == (409, "not_enough_points", 101, 100)
    told = json.loads(store.answers[-1].body)["message"]
    assert told == "There are not enough points: 101 were asked for, 100 are there."
    assert (
        store.refused("POST", "/redemptions", {"member": anna, "points": 5, "currency": "stars"})[1]
        == "unknown_currency"
    )
    store.here.buys(BORIS, 10_000)
    guest = store.told("GET", f"/members?email={BORIS.email}")["members"][0]
    assert store.refused("POST", "/redemptions", {"member": guest["id"], "points": 5})[:2] == (409, "not_a_member")
    for action in ("capture", "release"):
        assert store.refused("POST", f"/redemptions/nothing/{action}")[:2] == (404, "redemption_unknown")
    assert store.here.newest(store.here.account(ANNA)) == before


# --- by hand ------------------------------------------------------------------------------------------------------


def test_points_are_adjusted_once_under_a_name_within_the_limit(store: Store, anna: str) -> None:
    asked = {"member": anna, "points": -40, "reason": "Counted twice at the till"}
    for _ in range(2):
        done = store.told("POST", "/adjustments", asked, Idempotency_Key="fix-1")
    assert (done["points"], done["reason"], store.points(anna)) == (-40, "Counted twice at the till", 60)
    assert store.here.newest(store.here.account(ANNA)).actor == f"api/{store.key[:16]}"
    assert store.refused("POST", "/adjustments", {**asked, "points": 0})[:2] == (400, "not_a_number_of_points")
    assert store.refused("POST", "/adjustments", {**asked, "points": 461})[:2] == (409, "limit_of_the_day")


def test_points_go_from_one_member_to_another(store: Store, anna: str) -> None:
    boris = store.member(BORIS)
    done = store.told("POST", "/transfers", {"member": anna, "to": boris, "points": 40}, Idempotency_Key="gift")
    assert (done["member"], done["to"], store.points(anna), store.points(boris)) == (anna, boris, 60, 140)
    assert store.refused("POST", "/transfers", {"member": anna, "to": anna, "points": 9})[1] == "transfer_to_oneself"
    assert store.refused("POST", "/transfers", {"member": anna, "to": "nobody", "points": 9})[:2] == (
        404,
        "member_unknown",
    )


# --- what cannot be understood ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoiled", "field"),
    [
        ({"points": -5}, "$.points"),
        ({"points": 0}, "$.points"),
        ({"points": 1.5}, "$.points"),
        ({"points": "10"}, "$.points"),
        ({"points": 10**12}, "$.points"),
        ({"points": 10**40}, "$.points"),
        ({"hold_minutes": 31}, "$.hold_minutes"),
        ({"currency": "x" * 25}, "$.currency"),
        ({"currency": ""}, "$.currency"),
        ({"member": "../other"}, "$.member"),
        ({"price": 5}, "$"),
    ],
)
def test_a_body_that_cannot_be_meant_is_answered_with_its_place(
    store: Store, anna: str, spoiled: dict[str, Any], field: str
) -> None:
    told = store.refused("POST", "/redemptions", {"member": anna, "points": 10, **spoiled})
    assert (told[0], told[1], told[2]["field"]) == (400, "body_not_understood", field)
    assert store.points(anna) == 100


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"points": 1', b"\xff\xfe", b"[" * 9_000])
def test_what_is_no_body_is_not_understood(store: Store, anna: str, body: bytes) -> None:
    assert store.refused("POST", "/redemptions", body)[:2] == (400, "body_not_understood")


def test_other_kinds_and_sizes_of_bodies_are_refused(store: Store, anna: str) -> None:
    asked = {"member": anna, "points": 10}
    assert store.refused("POST", "/redemptions", asked, content_type="text/plain")[:2] == (415, "not_json")
    assert store.refused("POST", "/redemptions", b" " * 65_537)[:2] == (413, "body_too_large")
    for name in ("x" * 201, "a\nb"):
        told = store.refused("POST", "/redemptions", asked, Idempotency_Key=name)
        assert told[:2] == (400, "idempotency_key_not_understood")
