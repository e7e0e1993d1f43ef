"""Rules that count goods: which lines earn, how much, and what a refund of a line takes back."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from program_factory import at, paid, pricing, roubles

from chalicelib.events import Amounts, LineBack, LineFacts, OrderFacts
from chalicelib.money import spread
from chalicelib.programs.basket import Gone, basket
from chalicelib.programs.definition import Base, Definition
from chalicelib.programs.pricing import explain, explain_lines, price


def line(name: str, goods: int, **keys: object) -> LineFacts:
    """One line of `goods` roubles."""
    return LineFacts(name, goods=goods * 100, **keys)  # type: ignore[arg-type]


def bought(*lines: LineFacts, **parts: int) -> OrderFacts:
    """A paid order of these lines, and nothing else unless `parts` say so."""
    order = paid(parts.pop("goods", sum(each.goods for each in lines)), **parts)
    return msgspec.structs.replace(order, lines=lines)


def rules(*told: dict[str, object], **keys: object) -> Definition:
    """A shop in Moscow with these rules; a rule without a name is named by its place."""
    named = [{"name": f"rule {number}", **rule} for number, rule in enumerate(told)]
    return roubles(earn={"rules": named, **keys})


def worth(definition: Definition, order: OrderFacts, gone: Gone | None = None) -> int:
    gone = gone or Gone()
    (only,) = price(definition, pricing(), order, gone.amounts, gone.lines).worths
    return only.points


def went_back(**lines: int) -> Gone:
    """A refund that says its lines, in roubles: one piece each."""
    return Gone(
        Amounts(goods=100 * sum(lines.values())),
        {name: LineBack(1, 100 * goods) for name, goods in lines.items()},
    )


COFFEE = line("1", 400, categories=("Coffee", "Hot drinks"), brand="Kenya Estate", sku="KE-250", quantity=2)
TOBACCO = line("2", 300, categories=("Tobacco",), sku="T-1")
CUP = line("3", 300, brand="Clay", sku="CUP-1", is_promo=True)


# --- which goods count ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ({"categories": ["coffee"]}, 40),
        ({"categories": ["COFFEE", "tobacco"]}, 70),
        ({"brands": ["clay"]}, 30),
        ({"skus": ["KE-*"]}, 40),
        ({"skus": ["ke-250", "T-1"]}, 70),
        ({"skus": ["KE-"]}, 0),
        ({"price": "promo"}, 30),
        ({"price": "regular"}, 70),
        ({"categories": ["coffee"], "brands": ["clay"]}, 0),
        ({"categories": ["coffee"], "brands": ["kenya estate"]}, 40),
    ],
)
def test_a_rule_of_some_goods_counts_only_their_lines(of: dict[str, object], expected: int) -> None:
    assert expected == worth(rules({"give": "10% as points", "of": of}), bought(COFFEE, TOBACCO, CUP))


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ({"categories": ["tobacco"]}, 70),
        ({"categories": ["tobacco"], "brands": ["clay"]}, 40),
        ({"price": "promo"}, 70),
    ],
)
def test_excluded_goods_do_not_earn(left_out: dict[str, object], expected: int) -> None:
    assert expected == worth(rules({"give": "10% as points", "except": left_out}), bought(COFFEE, TOBACCO, CUP))


def test_goods_that_the_base_excludes_earn_under_no_rule_and_count_for_no_level() -> None:
    tobacco = {"except": {"categories": ["tobacco"]}}
    tiers = {
        "measure": "money spent",
        "window": "lifetime",
        "levels": [{"name": "Base", "from": 0}],
        "downgrade": "at once",
    }
    definition = roubles(earn={"base": tobacco, "rules": [{"name": "all", "give": "10% as points"}]}, tiers=tiers)
    target = price(definition, pricing(), bought(COFFEE, TOBACCO, CUP), Amounts())
    assert (target.worths[0].points, target.rolling[0].points) == (70, 70_000)


def test_promo_goods_earn_at_another_rate() -> None:
    definition = rules(
        {"give": "5% as points", "of": {"price": "regular"}}, {"give": "1% as points", "of": {"price": "promo"}}
    )
    assert worth(definition, bought(COFFEE, TOBACCO, CUP)) == 35 + 3


def test_goods_that_no_line_tells_are_of_no_category_and_are_left_out_nowhere() -> None:
    order = bought(COFFEE, goods=100_000)
    of, left_out = {"categories": ["coffee"]}, {"categories": ["tobacco"]}
    assert worth(rules({"give": "10% as points", "of": of}), order) == 40
    assert worth(rules({"give": "10% as points", "except": left_out}), order) == 100
    assert worth(rules({"give": "10% as points", "of": of}), paid(100_000)) == 0


def test_lines_above_what_was_paid_count_in_proportion() -> None:
    order = bought(COFFEE, CUP, goods=35_000)  # half of 700 was paid
    assert worth(rules({"give": "10% as points", "of": {"categories": ["coffee"]}}), order) == 20


def test_delivery_and_gift_cards_are_of_no_goods_but_stay_where_goods_are_excluded() -> None:
    base = {"shipping": "included", "gift_cards": "included"}
    order = bought(COFFEE, TOBACCO, shipping=10_000, gift_cards=20_000)
    coffee = rules({"give": "10% as points", "of": {"categories": ["coffee"]}}, base=base)
    rest = rules({"give": "10% as points", "except": {"categories": ["tobacco"]}}, base=base)
    assert (worth(coffee, order), worth(rest, order)) == (40, 40 + 10 + 20)


def test_a_lines_own_tax_and_discount_count_where_the_base_says_so() -> None:
    food = line("1", 110, categories=("food",), tax=1_000, discount=1_100)
    wine = line("2", 120, categories=("wine",), tax=2_000)
    order = bought(food, wine, tax=3_000, discount=1_100)
    net = rules({"give": "10% as points", "of": {"categories": ["food"]}}, base={"tax": "excluded"})
    before = rules({"give": "10% as points", "of": {"categories": ["food"]}}, base={"discounts": "ignored"})
    assert (worth(net, order), worth(before, order)) == (10, 12)


# --- how goods earn ---------------------------------------------------------------------------------------------------


def test_points_for_each_piece() -> None:
    each = rules({"give": "5 points per item", "of": {"categories": ["coffee"]}})
    assert worth(each, bought(COFFEE, CUP)) == 10
    assert worth(each, bought(COFFEE, CUP), went_back(**{"1": 200})) == 5
    assert worth(each, paid(100_000)) == 0


def test_fractions_are_dropped_piece_by_piece_or_once_for_the_order() -> None:
    items = [LineFacts(str(number), goods=goods) for number, goods in enumerate((499, 499, 99))]
    order = bought(*items)
    assert worth(rules({"give": "1 point per 1 RUB", "rounding": {"down": "per item"}}), order) == 8
    assert worth(rules({"give": "1 point per 1 RUB", "rounding": {"down": "per order"}}), order) == 10
    two = bought(LineFacts("1", goods=998, quantity=2), items[2])
    assert worth(rules({"give": "1 point per 1 RUB", "rounding": {"down": "per item"}}), two) == 8


def test_a_limit_for_one_order_bounds_what_its_pieces_earn() -> None:
    definition = rules({"give": "10% as points", "rounding": {"half up": "per item"}, "at_most": "50 points"})
    assert (worth(definition, bought(COFFEE)), worth(definition, bought(COFFEE, CUP))) == (40, 50)


@pytest.mark.parametrize(("kopecks", "expected"), [(55_499, 27), (55_500, 55), (2_000, 1), (1_999, 0)])
def test_the_size_of_the_order_decides_the_rate(kopecks: int, expected: int) -> None:
    steps = [{"below": "555 RUB", "give": "1 point per 20 RUB"}, {"give": "1 point per 10 RUB"}]
    assert expected == worth(rules({"steps": steps}), paid(kopecks))


def test_a_refund_takes_the_order_down_a_step() -> None:
    steps = [{"below": "555 RUB", "give": "1 point per 20 RUB"}, {"give": "1 point per 10 RUB"}]
    assert worth(rules({"steps": steps}), paid(60_000), Gone(Amounts(goods=10_000))) == 25


# --- what goes back ---------------------------------------------------------------------------------------------------


def test_a_refunded_line_takes_back_what_its_own_rule_gave() -> None:
    definition = rules(
        {"give": "10% as points", "of": {"categories": ["coffee"]}},
        {"give": "1% as points", "except": {"categories": ["coffee"]}},
    )
    order = bought(COFFEE, CUP)
    assert worth(definition, order) == 40 + 3
    assert worth(definition, order, went_back(**{"3": 300})) == 40
    assert worth(definition, order, went_back(**{"1": 400})) == 3


def test_a_refund_that_names_no_line_went_back_of_all_lines_alike() -> None:
    definition = rules({"give": "10% as points", "of": {"categories": ["coffee"]}})
    assert worth(definition, bought(COFFEE, TOBACCO, CUP), Gone(Amounts(goods=50_000))) == 20


def test_money_beyond_the_lines_of_a_refund_went_back_of_what_is_left_of_all() -> None:
    definition = rules({"give": "10% as points", "of": {"categories": ["coffee"]}})
    gone = Gone(Amounts(goods=60_000), {"2": LineBack(1, 30_000)})  # 300 more of the 700 that are left
    assert worth(definition, bought(COFFEE, TOBACCO, CUP), gone) == int(Fraction(40 * 400, 700))


def test_points_that_paid_are_shared_by_the_lines_and_go_back_with_them() -> None:
    a, b = line("a", 2_000, categories=("A",)), line("b", 1_000, categories=("B",))
    definition = rules(
        {"give": "5% as points", "of": {"categories": ["A"]}}, {"give": "5% as points", "of": {"categories": ["B"]}}
    )
    order = bought(a, b, points_paid=90_000)
    given_by_line = [each.points for each in explain(definition, order, "")]
    assert given_by_line == [70, 35]
    gone = Gone(Amounts(goods=100_000, points_paid=30_000), {"b": LineBack(1, 100_000)})
    assert worth(definition, order) - worth(definition, order, gone) == 35


@given(
    goods=some.lists(some.integers(0, 10_000), max_size=5),
    unknown=some.integers(-5_000, 5_000),
    back=some.lists(some.integers(0, 6_000), min_size=5, max_size=5),
    gone=some.integers(0, 30_000),
    points_paid=some.integers(0, 20_000),
    base=some.sampled_from(
        [Base(), Base(discounts="ignored"), Base(paid_with_points="included"), Base(tax="excluded")]
    ),
)
def test_lines_always_add_up_to_what_the_order_earns(
    *, goods: list[int], unknown: int, back: list[int], gone: int, points_paid: int, base: Base
) -> None:
    whole = max(0, sum(goods) + unknown)
    lines = tuple(LineFacts(str(number), goods=each) for number, each in enumerate(goods))
    order = msgspec.structs.replace(paid(whole, points_paid=points_paid, tax=whole // 6, discount=500), lines=lines)
    told = Gone(Amounts(goods=gone), {str(number): LineBack(1, each) for number, each in enumerate(back)})
    found = basket(base, order, told, Fraction(1), by_line=True)
    assert found.amount == sum((item.amount for item in found.items), Fraction(0))
    assert all(item.amount >= 0 for item in found.items)


@given(parts=some.permutations([("1", 200), ("2", 300), ("3", 300), ("1", 200)]))
def test_everything_that_goes_back_line_by_line_leaves_nothing_in_any_order(parts: list[tuple[str, int]]) -> None:
    definition = rules(
        {"give": "7% as points", "of": {"categories": ["coffee"]}, "rounding": {"half up": "per item"}},
        {"give": "3% as points", "except": {"categories": ["tobacco"]}},
        {"give": "5 points per item"},
    )
    order = bought(COFFEE, TOBACCO, CUP)
    back: dict[str, LineBack] = {}
    before = worth(definition, order)
    for name, goods in parts:
        known = back.get(name, LineBack())
        back[name] = LineBack(known.quantity + 1, known.goods + 100 * goods)
        now = worth(definition, order, Gone(Amounts(goods=sum(each.goods for each in back.values())), back))
        assert 0 <= now <= before
        before = now
    assert before == 0


def test_an_order_in_other_money_counts_its_lines_at_its_rate() -> None:
    takes = {"EUR": [{"from": "2026-01-01", "rate": "100 RUB"}]}
    definition = roubles(
        takes=takes, earn={"rules": [{"name": "a", "give": "5% as points", "of": {"categories": ["coffee"]}}]}
    )
    order = msgspec.structs.replace(bought(line("1", 10, categories=("coffee",)), line("2", 90)), currency="EUR")
    context = msgspec.structs.replace(pricing(occurred_at=at("2026-03-01 12:00")), money="EUR", rate="100")
    (only,) = price(definition, context, order, Amounts()).worths
    assert only.points == 50


# --- points by line ---------------------------------------------------------------------------------------------------


def by_line(definition: Definition, order: OrderFacts) -> list[dict[str, int]]:
    earned = explain(definition, order, "")
    return [dict(lines) for lines in explain_lines(definition, pricing(), order, earned)]


def test_points_are_shared_by_lines_with_the_largest_remainders_first() -> None:
    order = bought(*(line(name, 100) for name in "abc"))
    assert by_line(rules({"give": "100 points"}), order) == [{"a": 34, "b": 33, "c": 33}]


def test_each_rule_shares_its_points_by_the_lines_that_it_counts() -> None:
    definition = rules({"give": "10% as points", "of": {"categories": ["coffee"]}}, {"give": "1% as points"})
    assert by_line(definition, bought(COFFEE, CUP)) == [{"1": 40}, {"1": 4, "3": 3}]
    assert by_line(definition, paid(10_000)) == [{}, {}]


@given(
    total=some.integers(0, 10_000),
    weights=some.lists(some.fractions(min_value=0, max_value=100), min_size=1, max_size=8),
)
def test_parts_of_points_always_add_up_and_are_never_more_than_one_off(total: int, weights: list[Fraction]) -> None:
    parts = spread(total, weights)
    whole = sum(weights, Fraction(0))
    assert sum(parts) == (total if whole else 0)
    assert all(not whole or abs(part - total * weight / whole) < 1 for part, weight in zip(parts, weights, strict=True))
