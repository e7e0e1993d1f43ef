"""The monthly settlement with partners: from the journal, to the point and to the cent."""

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from whole_house import ANNA, BORIS, DEFINITION, Town, town

from chalicelib.events import Reference
from chalicelib.programs.settling import HOST
from chalicelib.services.referral_claims import Seen
from chalicelib.services.settling import Statement
from ops.command import main
from ops.laptop.shopify_books import Buyer, Item

DAY = 86_400_000
RULES = "    - {name: croissants, give: 1 bean per 2 EUR}\n"
PARTNERS = """
referral: {friend: 50 beans, min_order: 1 EUR}
partners:
  bakery:
    name: Corner Bakery
    pays: {croissants: 100%, a review: 50%}
    price: 0.04 EUR per bean
    paid: 0.03 EUR per bean
  cinema:
    name: Cinema
    pays: {every euro: 33%}
  lena:
    name: Lena cooks
    codes: [LENA10]
    per_friend: 2.50 EUR
"""
WITH_PARTNERS = DEFINITION.replace("\ntiers:", "\n" + RULES + PARTNERS + "\ntiers:", 1)


def settle(here: Town, month: int = 6) -> Statement:
    return here.house.settling.settle(here.program, 2026, month)


def uses(here: Town, buyer: Buyer, points: int, partner: str, name: str = "r1") -> None:
    reference = Reference(f"redemption/{name}")
    here.house.redemptions.redeem(here.program, reference, here.account(buyer), points, actor="till", partner=partner)


def test_each_partner_owes_for_its_rules_and_is_owed_for_points_used_with_it() -> None:
    """Rows 10 to 17, partners: 100 EUR earn 100 beans by the euro and 50 for croissants.

    The bakery pays 50 x 0.04 and is paid 20 x 0.03; the cinema pays 33 x 0.05.
    """
    here = town(WITH_PARTNERS)
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    uses(here, ANNA, 20, "bakery")
    told = settle(here)
    bakery, cinema, lena = told.accounts
    assert (bakery.given, bakery.used) == ({"beans": Fraction(50)}, {"beans": 20})
    assert cinema.given == {"beans": Fraction(33)}
    assert (told.owes["bakery"], told.owes["cinema"], told.owes["lena"]) == (200 - 60, 165, 0)
    assert told.owes[HOST] == -305
    assert told.journal["beans"] == (150, 20)
    assert lena.friends == 0


def test_a_refund_flows_back_in_the_month_in_which_it_happens() -> None:
    here = town(WITH_PARTNERS)
    here.member(ANNA)
    order = here.buys(ANNA, 10_000)
    june = settle(here)
    here.clock.instant += 20 * DAY  # 13 July
    assert here.deliver(here.shop.refunded(order)).status == 200
    assert settle(here) == june
    july = settle(here, 7)
    assert {key: -owes for key, owes in july.owes.items()} == dict(june.owes)
    assert july.journal["beans"] == (-150, 0)


def test_a_partial_refund_takes_from_each_rule_what_it_still_holds() -> None:
    here = town(WITH_PARTNERS)
    here.member(ANNA)
    order = here.shop.order(ANNA, [Item("Beans", 5_000), Item("Cups", 5_000)])
    here.deliver(here.shop.paid(order))
    here.deliver(here.shop.refunded(order, {order.lines[0].id: 1}))
    told = settle(here)
    assert told.accounts[0].given == {"beans": Fraction(25)}
    assert told.journal["beans"] == (75, 0)


def test_a_limit_of_a_group_is_borne_by_its_own_rules() -> None:
    """100 EUR: 100 beans by the euro, and 50 + 50 of a group that has 40 a month together, 20 of each rule."""
    rules = """
    - {name: croissants, give: 1 bean per 2 EUR, group: bakery}
    - {name: bread, give: 1 bean per 2 EUR, group: bakery}
  groups: {bakery: {take: add up, at_most: 40 beans per month}}
"""
    here = town(WITH_PARTNERS.replace(RULES, rules.lstrip("\n"), 1))
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    told = settle(here)
    assert told.journal["beans"] == (140, 0)
    assert told.accounts[0].given == {"beans": Fraction(20)}
    assert told.accounts[1].given == {"beans": Fraction(33)}


def test_points_that_come_back_are_no_longer_owed_for() -> None:
    here = town(WITH_PARTNERS)
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    uses(here, ANNA, 20, "bakery")
    here.house.redemptions.give_back(here.program, Reference("redemption/r1"), 20, actor="till")
    assert settle(here).accounts[0].used == {"beans": 0}


def test_a_creator_is_paid_for_friends_who_come_with_a_code_and_stay() -> None:
    """Row 79, creators and bloggers as partners."""
    here = town(WITH_PARTNERS)
    here.member(BORIS)
    boris = here.account(BORIS)
    claimed = here.house.referral_claims.claim(here.program, boris, "lena10", Seen())
    assert (claimed.partner, claimed.referrer) == ("lena", None)
    here.clock.instant += 1_000
    order = here.buys(BORIS, 200)
    assert here.newest(boris).snap.purse("beans").balance == 2 + 1 + 50
    told = settle(here)
    assert (told.accounts[2].friends, told.owes["lena"]) == (1, -250)
    here.deliver(here.shop.refunded(order))
    told = settle(here)
    assert (told.accounts[2].friends, told.owes["lena"]) == (0, 0)
    here.follow()
    assert here.violations() == []


def test_what_the_shop_gives_by_hand_is_the_programs_own() -> None:
    here = town(WITH_PARTNERS)
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    before = settle(here)
    here.house.adjustments.adjust(
        here.program, Reference("adjustment/x"), here.account(ANNA), 7, currency="beans", reason="Sorry", actor="eva"
    )
    after = settle(here)
    assert after.owes == before.owes
    assert after.journal["beans"] == (157, 0)


def test_points_of_a_merged_account_are_settled_once() -> None:
    here = town(WITH_PARTNERS)
    for buyer in (ANNA, BORIS):
        here.member(buyer)
    orders = [here.buys(buyer, 10_000) for buyer in (ANNA, BORIS)]
    before = settle(here)
    here.house.merges.merge(here.program, here.account(BORIS), here.account(ANNA), reason="one", actor="eva")
    assert settle(here) == before
    here.clock.instant += 1_000
    here.deliver(here.shop.refunded(orders[1]))
    assert settle(here).journal["beans"] == (150, 0)


def test_a_month_without_anything_owes_nothing() -> None:
    here = town(WITH_PARTNERS)
    told = settle(here, 1)
    assert set(told.owes.values()) == {0}
    assert told.journal == {}


STEPS = st.lists(
    st.tuples(st.sampled_from(["buy", "refund", "use", "review"]), st.integers(1, 12_345), st.integers(0, 40)),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_every_history_settles_to_zero_and_ties_to_the_journal(steps: list[tuple[str, int, int]]) -> None:
    """Row 12 to 17: the settlement nets to zero exactly, month by month, and the months to the journal."""
    here = town(WITH_PARTNERS)
    here.member(ANNA)
    orders: list[Any] = [here.buys(ANNA, 3_333)]
    reference = date(2026, 6, 1)
    for number, (what, amount, days) in enumerate(steps):
        here.clock.instant += days * DAY + 1_000
        match what:
            case "buy":
                orders.append(here.buys(ANNA, amount))
            case "refund" if orders:
                here.deliver(here.shop.refunded(orders.pop(), amount=min(amount, 3_000)))
            case "use":
                snap = here.newest(here.account(ANNA)).snap.purse("beans")
                if (points := min(amount, snap.spendable)) > 0 and days < 20:
                    uses(here, ANNA, points, "bakery", f"r{number}")
            case _:
                pass
    given_in_all = 0
    for later in range(18):
        year, month = divmod(reference.month - 1 + later, 12)
        told = here.house.settling.settle(here.program, reference.year + year, month + 1)
        assert sum(told.owes.values()) == 0
        given_in_all += sum(flow.given for flow in told.journal.values())
    purse = here.newest(here.account(ANNA)).snap.purse("beans")
    assert given_in_all == purse.issued - purse.taken_back


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    here = town(WITH_PARTNERS)
    here.member(ANNA)
    here.buys(ANNA, 10_000)
    uses(here, ANNA, 20, "bakery")
    monkeypatch.setattr("ops.partnering.house_of", lambda stage: (here if stage == "laptop" else town()).house)
    monkeypatch.setattr("ops.partnering._screen", Console(width=200, force_terminal=False))

    def typed(*words: str) -> Result:
        return CliRunner().invoke(main, ["settle", *words], catch_exceptions=False)

    return typed


def test_the_month_is_printed_for_people_and_for_programs(run: Callable[..., Result]) -> None:
    told = run("--month", "2026-06").output
    for words in ("Corner Bakery", "50 beans", "1.40 EUR", "1.65 EUR", "-3.05 EUR", "150 beans given, 20 used"):
        assert words in told
    read = json.loads(run("--month", "2026-06", "--json").output)
    assert read["partners"]["bakery"] == {
        "name": "Corner Bakery",
        "pays_for": {"beans": "50"},
        "used": {"beans": 20},
        "friends": 0,
        "owes": 140,
    }
    assert (read["program"], read["journal"]) == ({"owes": -305}, {"beans": {"given": 150, "used": 20}})


def test_a_program_without_partners_says_so(run: Callable[..., Result]) -> None:
    result = run("--month", "2026-06", "--stage", "other", "--stage-name", "other")
    assert "The program has no partners." in result.output
    assert "Invalid value" in run("--month", "June").output
