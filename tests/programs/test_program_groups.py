"""Rules beside each other: they add up, or a group of them takes the largest, multiplies, or is exclusive."""

import json
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from program_factory import at, paid, pricing, roubles

from chalicelib.events import AccountId, Amounts, LineFacts, OrderFacts, Reference
from chalicelib.ledger.caps import counted
from chalicelib.ledger.documents import CapDocument, Cut, Target
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.lint_orders import share_back
from chalicelib.programs.pricing import explain, price
from chalicelib.programs.reading import DefinitionError

LEVELS = {
    "measure": "money spent",
    "window": "lifetime",
    "levels": [{"name": "Base", "from": 0}, {"name": "Top", "from": "1000 RUB", "multiply": 1.5}],
    "downgrade": "at once",
}


def shop(*rules: dict[str, object], groups: dict[str, object] | None = None, **blocks: object) -> Definition:
    named = [{"name": f"rule {number}", **rule} for number, rule in enumerate(rules)]
    earn: dict[str, object] = json.loads(json.dumps({"rules": named}))  # nothing twice: a file has no aliases
    return roubles(earn=earn if groups is None else {**earn, "groups": groups}, **blocks)


def by_rule(definition: Definition, order: OrderFacts, tier: str = "") -> list[int]:
    return [line.points for line in explain(definition, order, tier)]


# --- stacking ---------------------------------------------------------------------------------------------------------


def test_rules_add_up_and_one_counts_only_its_category() -> None:
    birthday = {"before": "3 days", "after": "3 days"}
    definition = shop(
        {"name": "always", "give": "0.5% as points"},
        {"name": "new", "give": "0.5% as points", "when": {"joined_within": "30 days"}},
        {"name": "birthday", "give": "2% as points", "when": {"birthday": birthday}},
        {"name": "chosen", "give": "2% as points", "of": {"categories": ["bakery"]}},
    )
    lines = (LineFacts("1", categories=("bakery",), goods=40_000), LineFacts("2", goods=60_000))
    order = msgspec.structs.replace(paid(100_000), lines=lines)
    held = msgspec.structs.replace(pricing(), held=("new", "birthday"))
    target = price(definition, held, order, Amounts())
    assert (target.worths[0].points, target.rules) == (38, ("always", "new", "birthday", "chosen"))
    assert price(definition, pricing(), order, Amounts()).worths[0].points == 5 + 8


def grouped(take: str, *gives: str) -> Definition:
    return shop(*({"give": give, "group": "g"} for give in gives), groups={"g": {"take": take}})


@pytest.mark.parametrize(
    ("take", "gives", "expected"),
    [
        ("add up", ("1% as points", "30 points", "2% as points"), [10, 30, 20]),
        ("largest", ("1% as points", "30 points", "2% as points"), [0, 30, 0]),
        ("largest", ("2% as points", "20 points"), [20, 0]),
        ("first", ("1 point per 5000 RUB", "1% as points", "30 points"), [0, 10, 0]),
        ("first", ("1% as points", "30 points"), [10, 0]),
        ("multiply", ("1% as points", "2 times", "3 times"), [10, 10, 40]),
        ("multiply", ("1% as points", "1.25 times"), [10, 2]),
    ],
)
def test_a_group_adds_up_or_takes_the_largest_or_the_first_or_multiplies(
    take: str, gives: tuple[str, ...], expected: list[int]
) -> None:
    assert expected == by_rule(grouped(take, *gives), paid(100_000))


def test_the_group_decides_again_for_what_a_refund_leaves() -> None:
    definition = grouped("largest", "1 point per 10 RUB", "60 points")
    left = [price(definition, pricing(), paid(100_000), Amounts(goods=back)) for back in (0, 50_000, 100_000)]
    assert [(one.worths[0].points, one.rules) for one in left] == [(100, ("rule 0",)), (60, ("rule 1",)), (0, ())]


def test_a_level_multiplies_the_product_once() -> None:
    rules = ({"give": "1% as points", "group": "g"}, {"give": "2 times", "group": "g"})
    definition = shop(*rules, groups={"g": {"take": "multiply"}}, tiers=LEVELS)
    assert by_rule(definition, paid(10_000), "Top") == [1, 2]  # 1 x 1.5 and, together, 3
    lines = explain(definition, paid(10_000), "Top")
    assert sum(line.before for line in lines) == 2


def test_happy_hours_double_the_points_only_while_they_hold() -> None:
    when = {"hours": "17:00-19:00"}
    rules = ({"give": "1% as points", "group": "g"}, {"give": "2 times", "group": "g", "when": when})
    definition = shop(*rules, groups={"g": {"take": "multiply"}})
    evening = msgspec.structs.replace(paid(100_000), occurred_at=at("2026-03-01 18:00"))
    assert (by_rule(definition, evening), by_rule(definition, paid(100_000))) == ([10, 10], [10, 0])


def test_what_multiplies_gives_nothing_where_the_rule_before_it_gives_nothing() -> None:
    rules = ({"give": "1% as points", "min_order": "2000 RUB", "group": "g"}, {"give": "2 times", "group": "g"})
    assert by_rule(shop(*rules, groups={"g": {"take": "multiply"}}), paid(100_000)) == [0, 0]


# --- bounds of one order ----------------------------------------------------------------------------------------------


def test_cashback_is_at_most_a_share_of_the_order() -> None:
    definition = shop({"give": "20% as points", "at_most": "15% of order"})
    assert by_rule(definition, paid(100_000)) == [150]
    assert by_rule(definition, paid(99)) == [0]


def test_a_share_of_the_order_bounds_points_of_a_level_too_and_goes_with_another_bound() -> None:
    definition = shop({"give": "10% as points", "at_most": ["12% of order", "100 points"]}, tiers=LEVELS)
    orders = [(50_000, "Base"), (50_000, "Top"), (200_000, "Top")]
    assert [by_rule(definition, paid(goods), tier) for goods, tier in orders] == [[50], [60], [100]]


def test_a_share_of_the_order_bounds_a_rule_of_some_goods_by_the_whole_order() -> None:
    definition = shop({"give": "100 points", "of": {"categories": ["a"]}, "at_most": "5% of order"})
    lines = (LineFacts("1", categories=("a",), goods=10_000), LineFacts("2", goods=90_000))
    assert by_rule(definition, msgspec.structs.replace(paid(100_000), lines=lines)) == [50]


def test_cashback_is_at_most_15_percent_in_all_and_20_percent_at_partners() -> None:
    def bank(most: str) -> dict[str, object]:
        return {"take": "add up", "at_most": most}

    everywhere, at_partners = {"partners": {"except": ["cinema"]}}, {"partners": ["cinema"]}
    definition = shop(
        {"give": "1% as points", "group": "all", "when": everywhere},
        {"give": "18% as points", "group": "all", "when": everywhere},
        {"give": "25% as points", "group": "partners", "when": at_partners},
        groups={"all": bank("15% of order"), "partners": bank("20% of order")},
    )
    cinema = msgspec.structs.replace(paid(100_000), partner="cinema")
    assert (by_rule(definition, paid(100_000)), by_rule(definition, cinema)) == ([10, 140, 0], [0, 0, 200])


def test_the_first_rules_of_a_group_come_first_where_it_is_bounded() -> None:
    rules = ({"give": "80 points", "group": "g"}, {"give": "40 points", "group": "g"}, {"give": "5 points"})
    definition = shop(*rules, groups={"g": {"take": "add up", "at_most": "100 points"}})
    assert by_rule(definition, paid(100_000)) == [80, 20, 5]


@given(
    take=some.sampled_from(["add up", "largest", "first"]),
    shares=some.lists(some.integers(1, 40), min_size=1, max_size=4),
    most=some.integers(1, 100),
    goods=some.integers(0, 500_000),
    back=some.integers(0, 500_000),
)
def test_a_group_never_gives_more_than_its_bound_and_a_refund_never_gives_more(
    *, take: str, shares: list[int], most: int, goods: int, back: int
) -> None:
    rules = ({"give": f"{share}% as points", "group": "g"} for share in shares)
    definition = shop(*rules, groups={"g": {"take": take, "at_most": [f"{most} points", "20% of order"]}})
    whole, left = (
        price(definition, pricing(), paid(goods), Amounts(goods=gone)).worths[0].points for gone in (0, back)
    )
    assert 0 <= left <= whole <= min(most, Fraction(goods, 500))


# --- bounds of several orders: chosen categories and partners of a bank -----------------------------------------------

CHOSEN = {"categories": ["cafe", "books"]}


def bank() -> Definition:
    span = "per billing period"
    return shop(
        {"give": "1% as points", "group": "shopping", "except": CHOSEN, "when": {"partners": {"except": ["tickets"]}}},
        {"give": "5% as points", "group": "shopping", "of": CHOSEN, "when": {"partners": {"except": ["tickets"]}}},
        {"give": "15% as points", "group": "partners", "when": {"partners": ["tickets"]}},
        groups={
            "shopping": {"take": "add up", "at_most": f"3000 points {span}"},
            "partners": {"take": "add up", "at_most": f"30000 points {span}"},
        },
    )


def test_a_group_has_one_limit_for_all_its_rules() -> None:
    lines = (LineFacts("1", categories=("cafe",), goods=5_000_000), LineFacts("2", goods=10_000_000))
    order = msgspec.structs.replace(paid(15_000_000), lines=lines)
    target = price(bank(), pricing(member_since=at("2025-01-16 12:00")), order, Amounts())
    told = [(want.rule, want.points, want.most, want.period) for want in target.wants]
    assert told == [("shopping", 3_500, 3_000, "from-2026-02-16"), ("partners", 0, 30_000, "from-2026-02-16")]
    assert counted(target, (), AccountId("a"), dict.fromkeys(caps(target))).target.worths[0].points == 3_000


def test_partners_have_a_limit_of_their_own() -> None:
    order = msgspec.structs.replace(paid(30_000_000), partner="tickets")
    target = price(bank(), pricing(), order, Amounts())
    assert counted(target, (), AccountId("a"), dict.fromkeys(caps(target))).target.worths[0].points == 30_000


def test_a_refund_inside_an_exhausted_limit_of_a_group_takes_nothing_back() -> None:
    lines = (LineFacts("1", categories=("cafe",), goods=7_000_000),)
    order = msgspec.structs.replace(paid(7_000_000), lines=lines)
    points, cuts, known = [], tuple[Cut, ...](), dict[Reference, CapDocument | None]()
    for back in (0, 1_000_000, 2_000_000):
        target = price(bank(), pricing(), order, Amounts(goods=back))
        now = counted(target, cuts, AccountId("a"), {**dict.fromkeys(caps(target)), **known})
        cuts, known = now.cuts, {**known, **{cap.reference: cap for cap in now.caps}}
        points.append(now.target.worths[0].points)
    assert points == [3_000, 3_000, 2_500]


def caps(target: Target) -> list[Reference]:
    return [Reference(f"cap/{want.rule}/{want.currency}/a/{want.period}") for want in target.wants]


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "groups", "path", "message"),
    [
        ([{"group": "h"}], {"g": {"take": "largest"}}, "earn.rules[0].group", 'found "h"'),
        ([{"group": "g"}], None, "earn.rules[0].group", 'found "g"'),
        ([{}], {"g": {"take": "largest"}}, "earn.groups.g", "a group that rules for orders name"),
        ([{"group": "g"}], {"g": {}}, "earn.groups.g.take", "is missing"),
        ([{"group": "g"}], {"g": {"take": "max"}}, "earn.groups.g.take", "one of: add up, largest, multiply, first"),
        ([{"group": "g", "give": "2 times"}], {"g": {"take": "multiply"}}, "earn.groups.g.take", "gives points"),
        ([{"group": "g"}, {"group": "g"}], {"g": {"take": "multiply"}}, "earn.groups.g.take", '"2 times"'),
        (
            [{"group": "g"}, {"group": "g", "give": "2 times"}],
            {"g": {"take": "largest"}},
            "earn.groups.g.take",
            "take: multiply",
        ),
        ([{"give": "2 times"}], None, "earn.rules[0].group", "is missing"),
        ([{"group": "g", "give": "1 times"}], {"g": {"take": "multiply"}}, "earn.rules[0].give", "above one"),
        (
            [{"group": "g"}, {"group": "g", "give": "2 times", "at_most": "5 points"}],
            {"g": {"take": "multiply"}},
            "earn.rules[1].at_most",
            "leaves this to that rule",
        ),
        (
            [{"group": "g", "at_most": "5 points per day"}],
            {"g": {"take": "largest", "at_most": "5 points per day"}},
            "earn.groups.g.at_most",
            "have such limits already",
        ),
        ([{"at_most": "0% of order"}], None, "earn.rules[0].at_most", "a share above zero"),
        ([{"at_most": ["5% of order", "6% of order"]}], None, "earn.rules[0].at_most", "at most one limit per order"),
        ([{"steps": []}], None, "earn.rules[0].steps", "a list of steps"),
        ([{"steps": [{"give": "1 point"}]}], None, "earn.rules[0].give", "in each of them"),
        (
            [{"give": None, "steps": [{"below": "5 RUB", "give": "1 point"}]}],
            None,
            "earn.rules[0].steps",
            "a last step without below",
        ),
        (
            [{"give": None, "steps": [{"below": "5 RUB", "give": "1 point"}] * 2 + [{"give": "1 point"}]}],
            None,
            "earn.rules[0].steps",
            "from small orders to large ones",
        ),
        ([{"give": None, "steps": [{"give": "1 point per item"}]}], None, "earn.rules[0].steps[0]", "a share of it"),
    ],
)
def test_rules_and_groups_that_do_not_fit_together_are_told(
    rules: list[dict[str, object]], groups: dict[str, object] | None, path: str, message: str
) -> None:
    told = [{"give": "1% as points", **rule} for rule in rules]
    with pytest.raises(DefinitionError) as refused:
        shop(*({key: value for key, value in rule.items() if value is not None} for rule in told), groups=groups)
    found = [finding.message for finding in refused.value.findings if finding.path == path]
    assert any(message in each for each in found), refused.value.findings


# --- what is worth mending --------------------------------------------------------------------------------------------


def notes(definition: Definition) -> list[tuple[str, str]]:
    return [(finding.path, finding.message) for finding in lint(definition, file="corner.yaml")]


def test_a_group_that_changes_nothing_is_told() -> None:
    lone = shop({"give": "1% as points", "group": "g"}, groups={"g": {"take": "largest"}})
    assert notes(lone) == [("earn.groups.g", "this group changes nothing")]
    assert notes(grouped("add up", "1% as points", "5 points")) == [("earn.groups.g", "this group changes nothing")]
    assert notes(grouped("largest", "1% as points", "5 points")) == []


def test_a_group_and_a_rule_have_names_of_their_own() -> None:
    definition = shop(
        {"give": "1% as points", "name": "g", "group": "g"}, groups={"g": {"take": "first", "at_most": "5 points"}}
    )
    assert notes(definition) == [("earn.groups.g", 'the name "g" is a rule\'s, too')]


def test_limits_of_rules_and_groups_are_counted_together() -> None:
    limited = [{"give": "1% as points", "at_most": "100 points per day"} for _ in range(8)]
    group = {"g": {"take": "add up", "at_most": "100 points per day"}}
    definition = shop(*limited, {"give": "1% as points", "group": "g"}, groups=group)
    assert [path for path, _ in notes(definition)] == ["earn.groups"]
    assert notes(shop(*limited)) == []


def test_a_larger_order_should_not_bring_fewer_points() -> None:
    down = shop({"steps": [{"below": "100 RUB", "give": "10% as points"}, {"give": "5% as points"}]})
    up = shop({"steps": [{"below": "100 RUB", "give": "5% as points"}, {"give": "10% as points"}]})
    assert notes(down) == [
        ("earn.rules[0].steps[1]", "an order of RUB\N{NO-BREAK SPACE}100 brings fewer points than a smaller one")
    ]
    assert notes(up) == []


def test_a_rule_that_leaves_out_all_that_it_counts_is_told() -> None:
    definition = shop({"give": "1% as points", "of": {"brands": ["a"]}, "except": {"brands": ["a"]}})
    assert notes(definition) == [("earn.rules[0].except", "the rule leaves out all the goods that it counts")]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (grouped("largest", "10% as points", "30% as points"), Fraction(3, 10)),
        (grouped("multiply", "10% as points", "2 times"), Fraction(1, 5)),
        (shop({"give": "10% as points"}, {"give": "1 point per 20 RUB"}), Fraction(3, 20)),
        (shop({"give": "50% as points", "at_most": "15% of order"}), Fraction(3, 20)),
        (shop({"steps": [{"below": "9 RUB", "give": "1% as points"}, {"give": "2% as points"}]}), Fraction(1, 50)),
    ],
)
def test_how_much_of_a_purchase_can_come_back(definition: Definition, expected: Fraction) -> None:
    assert expected == share_back(definition, "points")
