"""Partners as a program says them, and the arithmetic of their settlement."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_factory import paid, points, pricing, roubles

from chalicelib.events import Amounts
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.pricing import price
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.settling import HOST, Account, compensated, dealt, funded, settled, shared
from chalicelib.programs.texts import explain_text, terms

CLUB = {"name": "coffee club", "give": "5 points per 100 RUB", "when": {"from": "2026-10-01", "partners": ["bakery"]}}


def shop(**partners: Any) -> Definition:
    rules = [{"name": "shopping", "give": "5% as points"}, {"name": "croissants", "give": "3 points per 10 RUB"}]
    return roubles(earn={"rules": rules}, partners=partners)


def bakery(**keys: Any) -> dict[str, Any]:
    return {"name": "Corner Bakery", **keys}


def messages(definition: Definition) -> list[str]:
    return [finding.message for finding in lint(definition, file="x.yaml")]


def test_a_partner_pays_for_its_share_of_a_rule_at_its_own_price() -> None:
    """Rows 12 and 14, partner programs and co-brands: who pays for a rule."""
    definition = shop(bakery=bakery(pays={"croissants": "60%"}, price="0.80 RUB per point"))
    assert list(funded(definition, "croissants", 100, "points")) == [("bakery", Fraction(60), Fraction(60 * 80))]
    assert list(funded(definition, "shopping", 100, "points")) == []


def test_points_without_a_price_of_their_own_cost_what_they_are_worth() -> None:
    definition = shop(bakery=bakery(pays={"croissants": "100%"}))
    assert list(funded(definition, "croissants", 7, "points")) == [("bakery", Fraction(7), Fraction(700))]


def test_cashback_is_capped_at_fifteen_percent_and_at_twenty_with_partners() -> None:
    """Row 10, a cap of 15 % in all and of 20 % at partners."""
    club = {
        "name": "with partners",
        "give": "30% as points",
        "at_most": "20% of order",
        "when": {"partners": ["bakery"]},
    }
    rules = [
        {"name": "elsewhere", "give": "30% as points", "at_most": "15% of order", "group": "cashback"},
        {**club, "group": "cashback"},
    ]
    groups = {"cashback": {"take": "largest"}}
    definition = roubles(
        earn={"rules": rules, "groups": groups}, partners={"bakery": bakery(pays={"with partners": "25%"})}
    )
    for partner, expected in (("", 150), ("bakery", 200)):
        order = msgspec.structs.replace(paid(100_000), partner=partner)
        (worth,) = price(definition, pricing(), order, Amounts()).worths
        assert worth.points == expected


def test_a_coalitions_organisers_share_one_rule() -> None:
    """Row 13, coalition."""
    definition = shop(a=bakery(pays={"shopping": "25%"}), b=bakery(name="Cinema", pays={"shopping": "75%"}))
    assert [(key, share) for key, share, _ in funded(definition, "shopping", 100, "points")] == [("a", 25), ("b", 75)]


def test_a_partner_is_paid_for_points_that_are_used_with_it() -> None:
    """Row 16, ecosystem: rewards are accounted between the partners."""
    definition = shop(bakery=bakery(paid="0.70 RUB per point"), cinema=bakery(name="Cinema"))
    assert compensated(definition, "bakery", 10, "points") == 700
    assert compensated(definition, "cinema", 10, "points") == 1000
    assert compensated(definition, "nobody", 10, "points") == 0


def test_a_brands_own_section_brings_its_rules_into_the_program() -> None:
    """Row 17, brand clubs inside a host program; row 11, partners with offers of their own dates."""
    definition = shop(bakery=bakery(rules=[CLUB]))
    (partner,) = definition.partners
    assert [rule.name for rule in definition.earn.orders] == ["shopping", "croissants", "coffee club"]
    assert (partner.own, partner.pays) == (("coffee club",), {"coffee club": Fraction(1)})
    assert "Corner Bakery gives points by these rules: coffee club." in [
        line for section in terms(definition, "en") for line in section.sentences
    ]


def test_the_host_agrees_to_a_section_by_its_version_and_again_when_it_changes() -> None:
    """Row 15, mono-brand: the host approves what partners offer."""
    asked = shop(bakery=bakery(rules=[CLUB]))
    digest = asked.partners[0].digest
    (finding,) = [each for each in lint(asked, file="x.yaml") if "agreed" in each.message]
    assert finding.suggestion == f"Read it and agree with approved: {digest}."
    assert finding.weight == "error"
    assert messages(shop(bakery=bakery(rules=[CLUB], approved=digest))) == []
    reordered = dict(reversed(bakery(rules=[dict(reversed(CLUB.items()))], approved=digest).items()))
    assert messages(shop(bakery=reordered)) == []
    raised = {**CLUB, "give": "6 points per 100 RUB"}
    assert messages(shop(bakery=bakery(rules=[raised], approved=digest))) == [
        "the section has changed since the program agreed to it"
    ]


def test_terms_name_the_partners_and_owners_read_who_pays() -> None:
    definition = shop(bakery=bakery(pays={"croissants": "60%"}))
    assert "Партнёры" in [section.title for section in terms(definition, "ru")]
    assert "Corner Bakery оплачивает 60\N{NO-BREAK SPACE}% баллов по правилу «croissants»." in explain_text(
        definition, "ru"
    )
    assert not any("60%" in line for section in terms(definition, "en") for line in section.sentences)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"pays": {"croisants": "60%"}}, 'Did you mean "croissants"?'),
        ({"pays": {"croissants": "0%"}}, "a share above zero"),
        ({"pays": {"croissants": "101%"}}, "a share above zero"),
        ({"price": "0.04 EUR per point"}, "RUB, the money of this program"),
        ({"price": "0.04 RUB"}, "money for one point"),
        ({"price": ["0.04 RUB per point", "0.05 RUB per points"]}, "each kind of points once"),
        ({"codes": ["lena 10"]}, "capital letters"),
        ({"codes": [f"LENA{n}" for n in range(21)]}, "at most 20 codes"),
        ({"approved": "yes"}, "the 12 digits"),
        ({"rules": [{"name": "x"}]}, 'the key "give" is missing'),
        ({"fee": 3}, "this key is not known here"),
    ],
)
def test_what_a_partner_cannot_say_is_pointed_out(keys: dict[str, Any], expected: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        shop(bakery=bakery(**keys))
    assert expected in str(caught.value)


def test_what_cannot_be_settled_is_found() -> None:
    assert messages(shop(bakery=bakery())) == ["this partner pays for nothing, is paid for nothing and brings nobody"]
    both = shop(a=bakery(pays={"shopping": "60%"}), b=bakery(pays={"shopping": "50%"}))
    assert messages(both) == ['partners pay for 110% of the points of "shopping"']
    codes = shop(lena=bakery(codes=["LENA10"], per_friend="10 RUB"), olga=bakery(codes=["LENA10"]))
    assert messages(codes) == [
        "friends who come with these codes get nothing, so nobody counts them",
        "friends who come with these codes get nothing, so nobody counts them",
        "the code LENA10 is used twice",
    ]
    assert "no code brings anybody" in messages(shop(lena=bakery(per_friend="10 RUB")))
    dear = shop(bakery=bakery(pays={"shopping": "60%"}, paid="2 RUB per point"))
    assert messages(dear) == ["it is paid more for a point that is used than it pays for one that is given"]
    worthless = roubles(
        currencies={"points": {key: value for key, value in points().items() if key != "worth"}},
        partners={"bakery": bakery(pays={"shopping": "60%"})},
    )
    assert messages(worthless) == ["nothing says what this partner pays for one of the points"]


# --- arithmetic -------------------------------------------------------------------------------------------------------

WEIGHTS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 50), min_size=1)


def test_a_hundred_points_over_three_equal_rules_are_thirty_four_and_twice_thirty_three() -> None:
    assert shared(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}


@given(st.integers(-10_000, 10_000), WEIGHTS)
def test_what_is_shared_adds_up_and_is_never_a_point_off(total: int, weights: dict[str, int]) -> None:
    parts = shared(total, weights)
    assert sum(parts.values()) == (total if sum(weights.values()) else 0)
    for key, part in parts.items():
        assert abs(part - Fraction(total * weights[key], sum(weights.values()))) < 1


@given(st.lists(st.integers(0, 300), max_size=4), st.lists(st.integers(0, 200), max_size=4), WEIGHTS)
def test_an_order_that_goes_back_whole_leaves_no_rule_with_anything(
    earned: list[int], back: list[int], weights: dict[str, int]
) -> None:
    moves = [*earned]
    for points_back in back:
        moves.append(-min(points_back, sum(moves)))
    moves.append(-sum(moves))
    sums: dict[str, int] = {}
    for move, parts in zip(moves, dealt(moves, weights), strict=True):
        assert sum(part.points for part in parts) == move
        for part in parts:
            sums[part.rule] = sums.get(part.rule, 0) + part.points
            assert sums[part.rule] >= 0
    assert set(sums.values()) <= {0}


@given(st.lists(st.fractions(min_value=-1_000, max_value=1_000, max_denominator=60), max_size=8))
def test_a_settlement_nets_to_zero_exactly_and_nobody_is_a_coin_off(exact: list[Fraction]) -> None:
    """Rows 12 to 17, partners: the settlement sums to nothing."""
    accounts = [Account(str(number), "", owes=owes) for number, owes in enumerate(exact)]
    owes = settled(accounts)
    assert sum(owes.values()) == 0
    for account in accounts:
        assert abs(owes[account.key] - account.owes) < 1
    assert abs(owes[HOST] + sum(exact, Fraction(0))) < 1
