"""Rules that never give points for the same line do not add up in what a purchase can bring back."""

import json
from fractions import Fraction

import pytest
from program_factory import GALLERY, roubles

from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.lint_orders import share_back
from chalicelib.programs.reading import read


def shop(*rules: dict[str, object], **blocks: object) -> Definition:
    named = [{"name": f"rule {number}", **rule} for number, rule in enumerate(rules)]
    return roubles(earn=json.loads(json.dumps({"rules": named})), **blocks)


def ten(**keys: object) -> dict[str, object]:
    return {"give": "10% as points", **keys}


APART = [
    (ten(of={"categories": ["Fuel"]}), ten(of={"categories": ["bread"]})),
    (ten(of={"categories": ["Fuel"]}), ten(**{"except": {"categories": ["fuel", "wine"]}})),
    (ten(of={"brands": ["One"]}), ten(of={"brands": ["Other"]})),
    (ten(of={"brands": ["One"]}), ten(**{"except": {"brands": ["one"]}})),
    (ten(of={"skus": ["A-*"]}), ten(of={"skus": ["B-1", "AB"]})),
    (ten(of={"skus": ["a-*"]}), ten(**{"except": {"skus": ["A-*"]}})),
    (ten(of={"price": "promo"}), ten(of={"price": "regular"})),
    (ten(of={"price": "promo"}), ten(**{"except": {"price": "promo"}})),
    (ten(when={"stores": ["North"]}), ten(when={"stores": ["South"]})),
    (ten(when={"stores": ["North"]}), ten(when={"stores": {"except": ["north"]}})),
    (ten(when={"weekdays": ["monday"]}), ten(when={"weekdays": ["tuesday"]})),
    (ten(when={"until": "2026-05-31"}), ten(when={"from": "2026-06-01"})),
    (ten(when={"basket": {"below": "100 RUB"}}), ten(when={"basket": {"from": "100 RUB"}})),
]

BESIDE = [
    (ten(), ten()),
    (ten(of={"categories": ["fuel", "bread"]}), ten(of={"categories": ["bread"]})),
    (ten(of={"categories": ["fuel", "bread"]}), ten(**{"except": {"categories": ["fuel"]}})),
    (ten(of={"categories": ["fuel"]}), ten(of={"brands": ["One"]})),
    (ten(of={"skus": ["A-*"]}), ten(of={"skus": ["a-1"]})),
    (ten(of={"skus": ["A-*"]}), ten(of={"skus": ["a-1*"]})),
    (ten(when={"stores": ["North"]}), ten(when={"stores": {"except": ["South"]}})),
    (ten(when={"stores": {"except": ["North"]}}), ten(when={"stores": {"except": ["South"]}})),
    (ten(when={"until": "2026-06-01"}), ten(when={"from": "2026-06-01"})),
    (ten(when={"basket": {"below": "101 RUB"}}), ten(when={"basket": {"from": "100 RUB"}})),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_of_rules_that_cannot_both_count_for_a_line_the_larger_one_is_what_comes_back(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert share_back(shop(one, other), "points") == Fraction(1, 10)
    assert share_back(shop(other, one), "points") == Fraction(1, 10)


@pytest.mark.parametrize(("one", "other"), BESIDE)
def test_rules_that_can_both_count_for_a_line_add_up(one: dict[str, object], other: dict[str, object]) -> None:
    assert share_back(shop(one, other), "points") == Fraction(1, 5)
    assert share_back(shop(other, one), "points") == Fraction(1, 5)


def test_what_holds_for_everything_is_added_to_the_largest_of_what_is_apart() -> None:
    fuel, bread = ({"categories": [name]} for name in ("fuel", "bread"))
    definition = shop(
        {"give": "1% as points"}, {"give": "2% as points", "of": fuel}, {"give": "4% as points", "of": bread}
    )
    assert share_back(definition, "points") == Fraction(1, 20)


def test_so_many_choices_that_nobody_looks_at_all_of_them_are_taken_to_add_up() -> None:
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    rules = [ten(when={"weekdays": [day]}) for day in weekdays]
    for key in ("stores", "channels", "partners", "payment_methods"):
        rules += [ten(when={key: [str(number)]}) for number in range(5)]
    assert share_back(shop(*rules), "points") == Fraction(5, 2)
    assert share_back(shop(*rules[:20]), "points") == Fraction(2, 5)


def levels(*shares: int, **pay: object) -> Definition:
    rules = [ten(give=f"{share}% as points", when={"level": f"Level {share}"}) for share in shares]
    named = [{"name": f"Level {share}", "from": number * 1000} for number, share in enumerate(shares)]
    tiers = {"measure": "points earned", "window": "lifetime", "downgrade": "never", "levels": named}
    return shop(*rules, tiers=tiers, redeem={"pay": {"min": "1 point", **pay}})


def piled(definition: Definition) -> list[str]:
    return [note.message for note in lint(definition, file="x") if note.path == "redeem.pay"]


def test_rules_of_different_levels_do_not_add_up() -> None:
    assert piled(levels(3, 5, 7, at_most="7% of goods")) == []
    told = "members earn up to 7% of what they spend but can use only 6%: points pile up"
    assert piled(levels(3, 5, 7, at_most="6% of goods")) == [told]


def test_what_a_level_earns_is_compared_with_what_the_same_level_can_use() -> None:
    each = {"Level 3": "3% of goods", "Level 7": "7% of goods"}
    assert piled(levels(3, 7, at_most=each)) == []
    told = "members earn up to 3% of what they spend but can use only 2%: points pile up"
    assert piled(levels(3, 7, at_most={**each, "Level 3": "2% of goods"})) == [told]


def test_a_litre_of_fuel_brings_what_fuel_brings_and_not_what_groceries_do() -> None:
    definition = read((GALLERY / "tesco-clubcard.yaml").read_text(encoding="utf-8"), file="x")
    assert share_back(definition, "points") == 1


def test_a_night_is_spent_in_one_hotel() -> None:
    definition = read((GALLERY / "marriott-bonvoy.yaml").read_text(encoding="utf-8"), file="x")
    assert share_back(definition, "points") == 10
