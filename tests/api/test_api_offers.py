"""Stores exchange points for rewards, use vouchers and gift cards, and count benefits, through the real front door."""

import pytest
from api_store import ANNA, BORIS, Store
from offers_town import PAYING, PLENTY
from whole_house import town

import app as front


def store_of(definition: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    here = town(definition)
    monkeypatch.setattr(front, "house", lambda: here.house)
    return Store(front, here)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    return store_of(PLENTY, monkeypatch)


def test_the_catalogue_is_told_in_the_language_asked_for(store: Store) -> None:
    rewards = store.told("GET", "/rewards?language=ru")["rewards"]
    assert [each["reward"] for each in rewards][:3] == ["mug", "cake", "tasting"]
    assert rewards[0] == {
        "reward": "mug",
        "name": "Кружка",
        "what": "item",
        "currency": "beans",
        "price": 60,
        "at_least": 60,
        "worth": 600,
        "levels": [],
        "since": None,
        "until": None,
    }
    assert (rewards[4]["since"], rewards[5]["at_least"]) == ("2026-09-01", 51)


def test_a_reward_is_had_once_and_undone_once(store: Store) -> None:
    member = store.member()
    asked = {"member": member, "reward": "mug"}
    first = store.told("POST", "/rewards", asked, idempotency_key="sale-1")
    assert (first["reward"], first["points"], first["worth"], first["to_pay"], first["codes"]) == (
        "mug",
        60,
        600,
        0,
        [],
    )
    assert store.told("POST", "/rewards", asked, idempotency_key="sale-1") == first
    assert store.refused("POST", "/rewards", asked) == (
        409,
        "not_enough_points",
        {"asked": 60, "there": 40, "owed": 0},
    )
    undone = store.told("POST", f"/redemptions/{first['id']}/undo")
    assert (undone["returned"], store.points(member)) == (60, 100)
    assert store.told("POST", f"/redemptions/{first['id']}/undo") == undone
    assert store.told("GET", f"/redemptions/{first['id']}")["returned"] == 60


@pytest.mark.parametrize(
    ("reward", "answer"),
    [
        ("teapot", (404, "reward_unknown")),
        ("tasting", (409, "reward_not_for_level")),
        ("spring", (409, "reward_over")),
        ("cinema", (409, "no_codes_left")),
    ],
)
def test_a_reward_that_one_cannot_have_is_refused_with_plain_words(
    store: Store, reward: str, answer: tuple[int, str]
) -> None:
    member = store.member()
    assert store.refused("POST", "/rewards", {"member": member, "reward": reward})[:2] == answer
    assert store.points(member) == 100


def test_a_coupon_for_points_is_looked_at_used_and_given_back(store: Store) -> None:
    member = store.member()
    bought = store.told("POST", "/rewards", {"member": member, "reward": "five"}, idempotency_key="x")
    (code,) = bought["codes"]
    assert store.told("POST", "/rewards", {"member": member, "reward": "five"}, idempotency_key="x")["codes"] == [code]
    shown = store.told("POST", "/vouchers/look", {"code": code})
    assert (shown["voucher"], shown["state"], shown["left"], shown["member"]) == ("five-off", "open", 500, member)
    pays = {"code": code, "checkout": "c-1", "amount": 500, "goods": 2_000}
    assert store.refused("POST", "/vouchers/use", {**pays, "goods": 1_000})[1] == "voucher_order_too_small"
    assert store.told("POST", "/vouchers/use", {**pays, "minutes": 5})["free"] == 0
    assert store.told("POST", "/vouchers/release", {"code": code, "checkout": "c-1"})["free"] == 500
    assert store.told("POST", "/vouchers/use", pays)["left"] == 0
    assert store.told("POST", "/vouchers/use", pays)["left"] == 0
    assert store.refused("POST", f"/redemptions/{bought['id']}/undo")[1] == "voucher_used"
    back = store.told("POST", "/vouchers/give-back", {"code": code, "checkout": "c-1", "amount": 500})
    assert back["left"] == 500
    assert store.refused("POST", "/vouchers/look", {"code": "0000-0000-0000-0000"})[:2] == (404, "voucher_unknown")


def test_a_gift_card_is_sold_once_however_often_it_is_asked_for(store: Store) -> None:
    asked = {"voucher": "gift-card", "worth": 2_500}
    sold = store.told("POST", "/vouchers", asked, idempotency_key="sale-7")
    assert store.told("POST", "/vouchers", asked, idempotency_key="sale-7") == sold
    assert (sold["worth"], sold["once"], sold["member"], len(sold["code"])) == (2_500, False, None, 19)
    assert store.refused("POST", "/vouchers", {"voucher": "gift-card"})[1] == "not_this_worth"
    assert store.refused("POST", "/vouchers", {**asked, "member": "nobody"})[:2] == (404, "member_unknown")


def test_lounge_visits_are_counted_and_one_is_given_back(store: Store) -> None:
    member = store.member()
    asked = {"member": member, "perk": "lounge"}
    uses = [store.told("POST", "/perks", asked, idempotency_key=f"visit-{number}") for number in (1, 1, 2)]
    assert uses[0] == uses[1]
    assert store.refused("POST", "/perks", asked)[1] == "perk_used_up"
    assert store.refused("POST", "/perks", {**asked, "perk": "consultant"})[1] == "perk_not_yours"
    assert store.refused("POST", "/perks", {**asked, "perk": "helicopter"})[:2] == (404, "perk_unknown")
    assert store.told("POST", f"/perks/{uses[2]['id']}/undo")["undone"] is True
    told = store.told("GET", f"/members/{member}/perks?language=ru")["perks"]
    assert told == [{"perk": "lounge", "name": "визиты в лаундж", "used": 1, "most": 2}]
    assert store.refused("POST", "/perks/nothing/undo")[:2] == (404, "use_unknown")


def test_points_become_money_and_pay_for_a_past_order(monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(PAYING, monkeypatch)
    member = store.member(ANNA)
    order = store.here.buys(ANNA, 400)
    asked = {"member": member, "points": 40}
    assert store.refused("POST", "/money", asked)[1] == "rate_not_known"
    paid = store.told("POST", "/past-orders", {**asked, "order": f"shopify/{order.id}"})
    assert (paid["reward"], paid["worth"], paid["currency"]) == ("past-order", 200, "beans")
    assert store.refused("POST", "/past-orders", {**asked, "points": 41, "order": f"shopify/{order.id}"})[1:] == (
        "more_than_the_order",
        {"asked": 205, "left": 200},
    )


def test_nobody_who_has_not_joined_has_rewards(store: Store) -> None:
    store.here.buys(BORIS, 10_000)
    member = store.here.account(BORIS)
    assert store.refused("POST", "/rewards", {"member": member, "reward": "mug"})[1] == "not_a_member"


DISCOUNT = PLENTY.replace(
    "\ncard:\n",
    "\ndiscount: {levels: {Silver: 3%, Gold: 7%}, with_points: no, with_promotions: the larger one}\ncard:\n",
)
CAREFUL = PLENTY.replace(
    "pay: {min: 20 beans, at_most: 50% of goods}",
    "pay: {min: 20 beans, rate: 10 beans = 0.50 EUR, not_for: [alcohol], confirm: {pin: above 2 EUR}}",
)


def test_the_quote_tells_what_the_members_discount_takes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cumulative: by the level that was reached. Of a promotion and the discount, the larger one counts."""
    store = store_of(DISCOUNT, monkeypatch)
    member = store.member(ANNA, 30_000)

    def quoted(goods: int, taken: int = 0) -> tuple[int, int]:
        order = {"goods": goods, "discount": taken, "currency": "EUR"}
        told = store.told("POST", "/quotes", {"order": order, "member": member})
        return told["discount"], told["payable"]["points"]

    assert quoted(1_000) == (30, 100), "points pay half of 10 EUR without the discount"
    assert quoted(980, 20) == (10, 98)
    assert quoted(900, 100) == (0, 90)


def test_points_and_the_discount_are_not_taken_together(monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(DISCOUNT, monkeypatch)
    asked = {"member": store.member(ANNA, 30_000), "points": 20, "goods": 10_000}
    assert store.refused("POST", "/redemptions", {**asked, "discount": 300})[1] == "not_with_a_discount"
    assert store.told("POST", "/redemptions", asked)["used"] == 20


def test_what_a_till_says_of_a_purchase_decides_whether_points_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(CAREFUL, monkeypatch)
    asked = {"member": store.member(), "points": 50, "goods": 500}
    assert store.refused("POST", "/redemptions", asked)[1] == "categories_needed"
    assert store.refused("POST", "/redemptions", {**asked, "by_category": {"alcohol": 300}})[1] == "more_than_the_share"
    asked["by_category"] = {"alcohol": 100}
    assert store.refused("POST", "/redemptions", asked)[1:] == ("confirmation_needed", {"how": "pin", "above": 200})
    assert store.refused("POST", "/redemptions", {**asked, "points": 45})[1] == "not_in_steps"
    assert store.told("POST", "/redemptions", {**asked, "confirmed": ["pin"]})["used"] == 50


@pytest.mark.parametrize(
    ("address", "asked", "why"),
    [
        ("/perks", {"perk": "lounge"}, "another_use"),
        ("/vouchers", {"voucher": "five-off"}, "another_voucher"),
        ("/adjustments", {"points": 5, "reason": "a cold cup"}, "another_adjustment"),
    ],
)
def test_what_one_member_was_given_is_not_told_to_another_one(
    store: Store, address: str, asked: dict[str, object], why: str
) -> None:
    anna, boris = store.member(ANNA), store.member(BORIS)
    first = store.told("POST", address, {"member": anna, **asked}, idempotency_key="till-9")
    refused = store.refused("POST", address, {"member": boris, **asked}, idempotency_key="till-9")
    assert refused[:2] == (409, why)
    assert store.told("POST", address, {"member": anna, **asked}, idempotency_key="till-9") == first


def test_a_voucher_of_nobody_is_not_told_to_somebody(store: Store) -> None:
    asked = {"voucher": "five-off"}
    store.told("POST", "/vouchers", asked, idempotency_key="till-9")
    refused = store.refused("POST", "/vouchers", {**asked, "member": store.member()}, idempotency_key="till-9")
    assert refused[:2] == (409, "another_voucher")


def test_a_key_that_may_only_read_changes_nothing(store: Store) -> None:
    member = store.member()
    store.key = store.here.house.keys.create(store.here.program, "window", ("read",))
    for address in (
        *("/rewards", "/money", "/past-orders", "/perks", "/vouchers", "/vouchers/use", "/vouchers/release"),
        *("/vouchers/give-back", "/redemptions/nothing/undo", "/perks/nothing/undo", "/levels"),
        *("/levels/nothing/withdraw", "/household-redemptions/nothing/return"),
        *(f"/members/{member}/{what}" for what in ("profile", "activities", "referral-code", "referral")),
        *(f"/members/{member}/household{what}" for what in ("", "/leave", "/redemptions")),
    ):
        assert store.refused("POST", address, {})[:2] == (403, "key_lacks_scope"), address


def test_a_name_with_a_new_line_at_its_end_is_no_name(store: Store) -> None:
    code = store.told("POST", "/vouchers", {"voucher": "five-off"})["code"]
    pays = {"code": code, "checkout": "till-1\n", "amount": 100, "goods": 2_000}
    assert store.refused("POST", "/vouchers/use", pays)[:2] == (400, "body_not_understood")
    assert store.told("POST", "/vouchers/look", {"code": code})["left"] == 500
