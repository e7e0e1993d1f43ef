"""Those who work at the till, before the stores' API: what they may do, in whose name, and what they may not."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from api_store import ANNA, BORIS, PROGRAM, Store
from stand_ins import DAY, HOUR

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.people_documents import HouseholdDocument, ReferralCodeDocument
from chalicelib.services.ports import Commit
from chalicelib.services.ports.access import Role

PASSWORD = "a long password"


@dataclass
class Crew:
    """Everybody of a shop, each with a sign-in of their own; Vera's own card is Anna's."""

    store: Store
    anna: str
    boris: str

    def hire(self, name: str, role: Role, *, own: str = "") -> Store:
        here = self.store.here
        index = here.own.vault.index(here.program.slug, "email", own) if own else ""
        here.house.staff_room.add(here.program, name, role, PASSWORD, own=index)
        return self.sign_in(name)

    def sign_in(self, name: str) -> Store:
        told = self.store.told("POST", "/staff/sign-in", {"name": name, "password": PASSWORD}, authorization="")
        return Store(self.store.front, self.store.here, told["token"])


@pytest.fixture
def crew(store: Store) -> Crew:
    return Crew(store, store.member(ANNA), store.member(BORIS))


def adjustment(member: str, points: int = 20) -> dict[str, Any]:
    return {"member": member, "points": points, "reason": "Sorry for the wait"}


def test_a_sign_in_says_who_may_do_what_until_when(crew: Crew) -> None:
    crew.hire("vera", "manager")
    told = crew.store.told("POST", "/staff/sign-in", {"name": "Vera", "password": PASSWORD}, authorization="")
    assert {name: told[name] for name in ("name", "role", "may")} == {
        "name": "vera",
        "role": "manager",
        "may": ["read", "redeem", "manage"],
    }
    assert told["until"] == "2026-06-24T00:00:00Z"


@pytest.mark.parametrize(
    ("role", "redeems", "manages", "looks_after_staff"),
    [("cashier", 200, 403, 403), ("manager", 200, 200, 403), ("owner", 200, 200, 200)],
)
def test_each_role_does_what_it_is_for(
    crew: Crew, role: Role, redeems: int, manages: int, looks_after_staff: int
) -> None:
    vera = crew.hire("vera", role)
    assert vera.points(crew.boris) == 100
    assert vera.ask("POST", "/redemptions", {"member": crew.boris, "points": 20}).status == redeems
    assert vera.ask("POST", "/adjustments", adjustment(crew.boris)).status == manages
    assert vera.ask("GET", "/staff").status == looks_after_staff
    assert vera.ask("POST", "/staff/nobody/change", {}).status == (404 if looks_after_staff == 200 else 403)


def test_what_somebody_does_by_hand_carries_their_name_into_the_journal(crew: Crew) -> None:
    vera = crew.hire("vera", "manager")
    vera.told("POST", "/adjustments", adjustment(crew.boris))
    vera.told("POST", "/redemptions", {"member": crew.boris, "points": 20})
    entries = crew.store.here.entries(crew.store.here.account(BORIS))
    assert [(entry.kind, entry.actor) for entry in entries[-2:]] == [
        ("adjusted", "staff/vera"),
        ("redeemed", "staff/vera"),
    ]


def test_a_key_of_a_store_does_not_look_after_staff(crew: Crew) -> None:
    assert crew.store.refused("GET", "/staff") == (403, "key_lacks_scope", {"needs": "staff"})


def test_the_limit_of_the_day_is_each_ones_own(crew: Crew) -> None:
    vera, anton = crew.hire("vera", "manager"), crew.hire("anton", "manager")
    vera.told("POST", "/adjustments", adjustment(crew.boris, 500))
    assert vera.refused("POST", "/adjustments", adjustment(crew.boris, 1))[:2] == (409, "limit_of_the_day")
    anton.told("POST", "/adjustments", adjustment(crew.boris, 500))


# --- nothing to oneself


@pytest.fixture
def vera(crew: Crew) -> Store:
    """A manager whose own card is Anna's."""
    return crew.hire("vera", "manager", own=str(ANNA.email))


def test_nobody_gives_anything_to_themselves_by_any_way(crew: Crew, vera: Store) -> None:
    before = vera.points(crew.anna)
    for address, body in (
        ("/adjustments", adjustment(crew.anna)),
        ("/levels", {"member": crew.anna, "level": "Gold", "reason": "x"}),
        ("/transfers", {"member": crew.boris, "to": crew.anna, "points": 10}),
        ("/vouchers", {"voucher": "x", "member": crew.anna}),
        ("/activities", {"type": "review.created", "object": "1", "customer": {"email": str(ANNA.email)}}),
        ("/activities", {"type": "review.created", "object": "1", "customer": {"customer": f"shopify/{ANNA.id}"}}),
        (f"/members/{crew.anna}/activities", {"type": "review.created", "object": "1"}),
    ):
        assert vera.refused("POST", address, body)[:2] == (409, "own_account"), address
    assert vera.points(crew.anna) == before
    vera.told("POST", "/adjustments", adjustment(crew.boris))


def test_an_account_that_was_joined_to_ones_own_is_ones_own(crew: Crew, vera: Store) -> None:
    here = crew.store.here
    here.house.merges.merge(here.program, here.account(BORIS), here.account(ANNA), reason="one", actor="x")
    assert vera.refused("POST", "/adjustments", adjustment(crew.boris))[:2] == (409, "own_account")


def test_nobody_joins_another_to_their_own_household_and_no_friend_comes_with_their_own_code(
    crew: Crew, vera: Store
) -> None:
    ledger = crew.store.here.own.ledger
    household = HouseholdDocument(Reference("household/home"), (AccountId(crew.anna),), 1)
    own, other = (
        ReferralCodeDocument(Reference(f"referral-code/{code}"), AccountId(account), 1)
        for code, account in (("ANNA-1", crew.anna), ("BORIS-1", crew.boris))
    )
    ledger.commit(Commit(PROGRAM, (household, own, other)))
    for address, body, answer in (
        ("household", {"household": "home"}, "own_account"),
        ("household", {"household": "elsewhere"}, "households_not_allowed"),
        ("referral", {"code": " anna-1"}, "own_account"),
        ("referral", {"code": "BORIS-1"}, "referral_not_offered"),
    ):
        assert vera.refused("POST", f"/members/{crew.boris}/{address}", body)[:2] == (409, answer)


def test_ones_own_points_may_be_used_like_anybodys(crew: Crew, vera: Store) -> None:
    vera.told("POST", "/redemptions", {"member": crew.anna, "points": 20})


# --- coming and going


def test_wrong_and_unknown_are_answered_alike_and_then_have_to_wait(crew: Crew) -> None:
    crew.hire("vera", "cashier")
    answers = []
    for name in ("vera", "nobody"):
        sent = {"name": name, "password": "another password"}
        answers.append([crew.store.ask("POST", "/staff/sign-in", sent, authorization="") for _ in range(6)])
    known, unknown = answers
    assert [(each.status, each.body) for each in known] == [(each.status, each.body) for each in unknown]
    assert [each.status for each in known] == [401] * 5 + [429]
    assert known[-1].headers["retry-after"] == "60"


def test_who_guesses_elsewhere_makes_nobody_wait(crew: Crew) -> None:
    crew.hire("vera", "cashier")
    wrong, right = ({"name": "vera", "password": each} for each in ("another password", PASSWORD))
    elsewhere = replace(crew.store, sender="192.0.2.1")
    guesses = [crew.store.ask("POST", "/staff/sign-in", wrong, authorization="").status for _ in range(6)]
    assert guesses == [401] * 5 + [429]
    device = elsewhere.told("POST", "/staff/sign-in", right, authorization="")["device"]
    assert crew.store.ask("POST", "/staff/sign-in", right, authorization="").status == 429
    told = crew.store.told("POST", "/staff/sign-in", right | {"device": device}, authorization="")
    assert told["device"] == device


def test_the_longest_password_may_be_typed_with_four_signs_for_each_letter(crew: Crew) -> None:
    here = crew.store.here
    here.house.staff_room.add(here.program, "vera", "cashier", "\u1f82" * 128)
    sent = {"name": "vera", "password": "\u03b1\u0313\u0300\u0345" * 128}
    assert crew.store.told("POST", "/staff/sign-in", sent, authorization="")["name"] == "vera"


def test_a_sign_in_ends_after_half_a_day(crew: Crew) -> None:
    vera = crew.hire("vera", "cashier")
    crew.store.here.clock.forward(12 * HOUR)
    assert vera.refused("GET", f"/members/{crew.boris}")[:2] == (401, "sign_in_again")
    assert crew.sign_in("vera").points(crew.boris) == 100


def test_a_sign_in_opens_no_other_program(crew: Crew) -> None:
    vera = crew.hire("vera", "owner")
    assert vera.refused("GET", "/v1/programs/other-shop/staff")[:2] == (404, "program_unknown")
    assert vera.refused(
        "POST", "/v1/programs/other-shop/staff/sign-in", {"name": "vera", "password": PASSWORD}, authorization=""
    )[:2] == (404, "program_unknown")


def test_an_owner_sees_who_works_there_and_ends_what_they_have_signed_in(crew: Crew) -> None:
    olga, vera = crew.hire("olga", "owner"), crew.hire("vera", "cashier")
    assert [(each["name"], each["role"], each["signed_in_on"]) for each in olga.told("GET", "/staff")["staff"]] == [
        ("olga", "owner", "2026-06-23"),
        ("vera", "cashier", "2026-06-23"),
    ]
    told = olga.told("POST", "/staff/vera/change", {"role": "manager", "is_disabled": True})
    assert (told["role"], told["is_disabled"]) == ("manager", True)
    assert vera.refused("GET", f"/members/{crew.boris}")[:2] == (401, "sign_in_again")
    sent = {"name": "vera", "password": PASSWORD}
    assert crew.store.refused("POST", "/staff/sign-in", sent, authorization="")[:2] == (401, "wrong_sign_in")


def test_an_owner_changes_nothing_about_themselves(crew: Crew) -> None:
    olga = crew.hire("olga", "owner")
    assert olga.refused("POST", "/staff/olga/change", {"is_disabled": True})[:2] == (409, "staff_not_oneself")


def test_no_answer_and_no_row_of_the_description_holds_a_password(crew: Crew) -> None:
    olga = crew.hire("olga", "owner")
    olga.told("GET", "/staff")
    assert all(PASSWORD.encode() not in answer.body and b"argon2" not in answer.body for answer in olga.answers)
    assert PASSWORD not in repr(crew.store.here.own.staff.all_staff(crew.store.here.program.slug))


# --- keys, a day later


def test_a_key_tells_when_it_was_used_last(store: Store) -> None:
    keys, program = store.here.house.keys, store.here.program
    (use,) = keys.uses(program)
    assert (use.age_days, use.used_on, keys.idle_days(use)) == (0, "", 0)
    store.here.clock.forward(3 * DAY)
    store.refused("GET", "/members/nobody")
    (use,) = keys.uses(program)
    assert (use.age_days, use.used_on, keys.idle_days(use)) == (3, "2026-06-26", 0)
    store.here.clock.forward(90 * DAY)
    (use,) = keys.uses(program)
    assert (use.age_days, keys.idle_days(use)) == (93, 90)


def test_a_key_that_was_refused_was_not_used(store: Store) -> None:
    store.here.house.keys.revoke(store.key[:16])
    store.refused("GET", "/members/nobody")
    assert store.here.own.access.last_uses() == {}
