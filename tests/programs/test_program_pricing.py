"""What an order is worth: base, rate, rounding, limits, refunds."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from program_factory import at, bean_street, paid, pricing, roubles, rule

from chalicelib.events import Amounts, OrderFacts
from chalicelib.programs.conversion import Exchange, exchange
from chalicelib.programs.definition import Definition
from chalicelib.programs.giving import Earned
from chalicelib.programs.pricing import explain, multiplier, price


def worth(definition: Definition, order: OrderFacts, returned: Amounts | None = None, tier: str = "") -> int:
    (only,) = price(definition, pricing(tier), order, returned or Amounts()).worths
    return only.points


# --- bean street --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cents", "tier", "expected"),
    [
        (1_299, "Bean", 12),
        (1_299, "Silver", 15),
        (1_299, "Gold", 18),
        (199, "Silver", 1),
        (99, "Gold", 0),
        (0, "Bean", 0),
        (100_000, "", 1000),
    ],
)
def test_bean_street_gives_a_bean_for_a_full_euro_times_the_level_rounded_down(
    cents: int, tier: str, expected: int
) -> None:
    assert expected == worth(bean_street(), paid(cents, currency="EUR"), tier=tier)


def test_bean_street_counts_goods_without_shipping_and_gift_cards() -> None:
    order = paid(1_000, currency="EUR", shipping=490, gift_cards=5_000, tax=160, discount=300)
    assert worth(bean_street(), order) == 10


def test_bean_street_takes_euros_only() -> None:
    noon = at("2026-03-01 12:00")
    assert exchange(bean_street(), "EUR", noon) == Exchange()
    assert exchange(bean_street(), "USD", noon) is None
    assert worth(bean_street(), paid(1_000, currency="USD")) == 0


@pytest.mark.parametrize("change", [{"is_paid": False}, {"is_cancelled": True}])
def test_an_order_that_is_not_paid_or_is_cancelled_is_worth_nothing_in_the_same_lot(change: dict[str, bool]) -> None:
    good = paid(1_000, currency="EUR")
    before = price(bean_street(), pricing("Gold"), good, Amounts())
    after = price(bean_street(), pricing("Gold"), msgspec.structs.replace(good, **change), Amounts())
    assert (before.worths[0].points, after.worths[0].points) == (15, 0)
    assert before.worths[0].lot == after.worths[0].lot
    assert [part.points for part in after.rolling] == [0]
    assert (before.rules, after.rules) == (("every euro",), ())


def test_the_lot_comes_from_the_frozen_context_not_from_later_facts() -> None:
    order = paid(1_000, currency="EUR")
    edited = msgspec.structs.replace(order, occurred_at=order.occurred_at + 90 * 86_400_000)
    assert price(bean_street(), pricing(), order, Amounts()) == price(bean_street(), pricing(), edited, Amounts())


def test_each_rule_is_explained_before_and_after_the_level() -> None:
    lines = explain(bean_street(), paid(1_299, currency="EUR"), "Silver")
    assert [Earned("every euro", "beans", base=1_299, before=12, points=15)] == lines


def test_an_unknown_level_multiplies_by_one() -> None:
    assert (1, Fraction(5, 4)) == (multiplier(bean_street(), "Platinum"), multiplier(bean_street(), "Silver"))


# --- the earning base: goods 3,000 with 20% tax inside, delivery 300, 900 points used, 5% -----------------------------


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ({}, 105),
        ({"paid_with_points": "included"}, 150),
        ({"paid_with_points": "included", "shipping": "included"}, 165),
        ({"tax": "excluded"}, 87),
        ({"paid_with_points": "no points at all"}, 0),
        ({"shipping": "included"}, 120),
    ],
)
def test_the_base_decides_what_earns(base: dict[str, str], expected: int) -> None:
    order = paid(300_000, tax=50_000, shipping=30_000, shipping_tax=5_000, points_paid=90_000)
    assert expected == worth(roubles(earn={"base": base, **rule("5% as points")}), order)


def test_the_part_paid_with_points_earns_nothing_so_an_order_cannot_pay_for_itself() -> None:
    definition = roubles(earn=rule("1 point per 1 RUB"))
    assert (worth(definition, paid(10_000)), worth(definition, paid(10_000, points_paid=10_000))) == (100, 0)


def test_gift_cards_earn_only_where_the_program_says_so() -> None:
    order = paid(100_000, gift_cards=50_000)
    counted = roubles(earn={"base": {"gift_cards": "included"}, **rule("5% as points")})
    assert (worth(roubles(), order), worth(counted, order)) == (50, 75)


def test_discounts_can_be_ignored() -> None:
    order = paid(90_000, discount=10_000)
    ignoring = roubles(earn={"base": {"discounts": "ignored"}, **rule("5% as points")})
    assert (worth(roubles(), order), worth(ignoring, order)) == (45, 50)


def test_shipping_counts_without_its_own_tax() -> None:
    order = paid(0, shipping=12_000, shipping_tax=2_000)
    assert (
        worth(roubles(earn={"base": {"tax": "excluded", "shipping": "included"}, **rule("5% as points")}), order) == 5
    )


def test_points_used_once_earn_nothing_even_after_they_were_returned() -> None:
    strict = roubles(earn={"base": {"paid_with_points": "no points at all"}, **rule("5% as points")})
    assert worth(strict, paid(300_000, points_paid=90_000), Amounts(goods=90_000, points_paid=90_000)) == 0


def test_a_single_point_used_is_enough_where_such_orders_earn_none() -> None:
    strict = roubles(earn={"base": {"paid_with_points": "no points at all"}, **rule("5% as points")})
    assert [worth(strict, paid(300_000, points_paid=used)) for used in (0, 1)] == [150, 0]
    fixed = roubles(earn={"base": {"paid_with_points": "no points at all"}, **rule("20 points")})
    assert [worth(fixed, paid(300_000, points_paid=used)) for used in (0, 1)] == [20, 0]


def test_a_free_order_has_no_share_of_anything() -> None:
    """Goods that a discount made free, and a refund of more than there was."""
    ignoring = roubles(earn={"base": {"discounts": "ignored", "tax": "excluded"}, **rule("5% as points")})
    assert worth(ignoring, paid(0, discount=10_000)) == 5
    assert worth(ignoring, paid(0, discount=10_000), Amounts(discount=10_000)) == 0
    assert worth(roubles(earn={"base": {"tax": "excluded"}, **rule("5% as points")}), paid(10_000, tax=20_000)) == 0


# --- rounding -----------------------------------------------------------------------------------------------------


def test_only_full_hundreds_count_where_the_rule_says_so() -> None:
    order = paid(199_900)
    full = roubles(earn=rule("3% as points", count_full="100 RUB"))
    assert (worth(full, order), worth(roubles(earn=rule("3% as points")), order)) == (57, 59)


@pytest.mark.parametrize(("step", "kopecks", "expected"), [("20 RUB", 55_499, 27), ("10 RUB", 55_500, 55)])
def test_only_full_steps_earn(step: str, kopecks: int, expected: int) -> None:
    assert expected == worth(roubles(earn=rule(f"1 point per {step}")), paid(kopecks))


@pytest.mark.parametrize(("kopecks", "expected"), [(19_600_000, 196), (2_000_000, 20)])
def test_a_step_of_a_thousand_is_not_another_tiers_step(kopecks: int, expected: int) -> None:
    assert expected == worth(roubles(earn=rule("1 point per 1000 RUB")), paid(kopecks))


def test_several_points_come_with_each_full_step() -> None:
    definition = roubles(earn=rule("3 points per 50 RUB"))
    assert [worth(definition, paid(kopecks)) for kopecks in (4_999, 9_999, 10_000)] == [0, 3, 6]


def test_an_order_is_rounded_once_not_item_by_item() -> None:
    items = 499 + 499 + 99
    assert worth(bean_street(), paid(items, currency="EUR")) == 10


@pytest.mark.parametrize(
    ("way", "kopecks", "expected"),
    [
        ("down", 175_000, 87),
        ("half up", 175_000, 88),
        ("half even", 175_000, 88),
        ("half even", 173_000, 86),
        ("half up", 173_000, 87),
        ("down", 175_900, 87),
    ],
)
def test_a_fraction_of_a_point_is_rounded_as_the_rule_says(way: str, kopecks: int, expected: int) -> None:
    assert expected == worth(roubles(earn=rule("5% as points", rounding={way: "per order"})), paid(kopecks))


def test_percentages_are_exact_where_binary_floats_are_not() -> None:
    definition = roubles(earn={"rules": [*rule("10% as points")["rules"]]})  # 0.1 of 3 roubles thirty times
    assert worth(definition, paid(9_000)) == 9


def test_the_level_multiplies_before_the_one_rounding() -> None:
    levels = [{"name": "Base", "from": 0}, {"name": "Top", "from": 10, "multiply": 1.5}]
    tiers = {"measure": "points earned", "window": "lifetime", "levels": levels}
    assert worth(roubles(tiers=tiers), paid(3_000), tier="Top") == 2  # 1.5 points times 1.5, not 1 times 1.5


# --- refunds ------------------------------------------------------------------------------------------------------


def test_partial_refunds_never_leave_phantom_points() -> None:
    returned = [Amounts(), Amounts(goods=3_333), Amounts(goods=6_666), Amounts(goods=10_000)]
    assert [worth(roubles(), paid(10_000), back) for back in returned] == [5, 3, 1, 0]


@pytest.mark.parametrize(("policy", "left"), [("recheck", 0), ("proportional", 180)])
def test_a_refund_below_the_least_order_follows_the_policy(policy: str, left: int) -> None:
    earn = rule("10% as points", min_order="2000 RUB", when_refunded_below=policy)
    order = paid(240_000)
    assert (240, left) == (worth(roubles(earn=earn), order), worth(roubles(earn=earn), order, Amounts(goods=60_000)))


@pytest.mark.parametrize(("kopecks", "expected"), [(199_999, 0), (200_000, 200)])
def test_the_least_order_is_reached_at_exactly_its_amount(kopecks: int, expected: int) -> None:
    assert expected == worth(roubles(earn=rule("10% as points", min_order="2000 RUB")), paid(kopecks))


def test_a_refund_above_the_limit_takes_nothing_back() -> None:
    earn = rule("5% as points", at_most="3000 points")
    order = paid(7_000_000)
    left = [worth(roubles(earn=earn), order, Amounts(goods=back)) for back in (0, 1_000_000, 1_000_100, 7_000_000)]
    assert left == [3000, 3000, 2999, 0]


def test_a_limit_holds_for_the_highest_level_too() -> None:
    levels = [{"name": "Base", "from": 0}, {"name": "Top", "from": 10, "multiply": 2}]
    tiers = {"measure": "points earned", "window": "lifetime", "levels": levels}
    definition = roubles(earn=rule("5% as points", at_most="3000 points"), tiers=tiers)
    assert worth(definition, paid(7_000_000), tier="Top") == 3000


def test_a_refund_of_one_line_takes_back_what_its_cash_earned() -> None:
    order = paid(300_000, points_paid=90_000)  # lines of 2,000 and 1,000; 600 and 300 of them paid with points
    second_line = Amounts(goods=100_000, points_paid=30_000)
    assert (worth(roubles(), order), worth(roubles(), order, second_line)) == (105, 70)


@pytest.mark.parametrize("now", [rule("1 point per 1 RUB"), rule("2 points per 1 RUB"), rule("5% as points")])
def test_a_refund_takes_back_what_was_earned_whatever_the_rule_is_today(now: dict[str, object]) -> None:
    then = roubles(earn=rule("1 point per 1 RUB"))
    order = paid(5_000)
    taken_back = worth(then, order) - worth(then, order, Amounts(goods=5_000))
    assert taken_back == 50
    assert worth(roubles(earn=now), order, Amounts(goods=5_000)) == 0


def test_fixed_points_stay_until_all_of_the_order_went_back() -> None:
    definition = roubles(earn=rule("20 points"))
    assert [worth(definition, paid(10_000), Amounts(goods=back)) for back in (0, 9_999, 10_000)] == [20, 20, 0]


def test_rules_of_one_order_add_up_and_are_named() -> None:
    rules = [
        {"name": "shopping", "give": "5% as points"},
        {"name": "big order", "give": "50 points", "min_order": "500 RUB"},
    ]
    target = price(roubles(earn={"rules": rules}), pricing(), paid(60_000), Amounts())
    assert (target.worths[0].points, target.rules) == (80, ("shopping", "big order"))


# --- properties ---------------------------------------------------------------------------------------------------

_PART = some.integers(0, 500_000)
_BASES = some.fixed_dictionaries(
    {},
    optional={
        "tax": some.sampled_from(["included", "excluded"]),
        "shipping": some.sampled_from(["included", "excluded"]),
        "discounts": some.sampled_from(["deducted", "ignored"]),
        "gift_cards": some.sampled_from(["included", "excluded"]),
        "paid_with_points": some.sampled_from(["included", "excluded", "no points at all"]),
    },
)
_RULES = some.sampled_from(
    [
        rule("5% as points"),
        rule("1 point per 20 RUB"),
        rule("3 points per 7 RUB", rounding={"half up": "per order"}),
        rule("7% as points", min_order="100 RUB", rounding={"half even": "per order"}),
        rule("7% as points", min_order="100 RUB", when_refunded_below="proportional"),
        rule("5% as points", count_full="100 RUB", at_most="90 points"),
        rule("20 points"),
    ]
)


@some.composite
def _amounts(draw: some.DrawFn) -> Amounts:
    """Amounts that fit together: tax inside goods, points paid for goods only."""
    goods, shipping = draw(_PART), draw(_PART)
    return Amounts(
        goods=goods,
        tax=draw(some.integers(0, goods)),
        discount=draw(_PART),
        shipping=shipping,
        shipping_tax=draw(some.integers(0, shipping)),
        gift_cards=draw(_PART),
        points_paid=draw(some.integers(0, goods)),
    )


_DEFINITIONS = some.builds(lambda base, rules: roubles(earn={"base": base, **rules}), _BASES, _RULES)


@given(_DEFINITIONS, _amounts(), _amounts(), _amounts())
def test_more_money_back_never_means_more_points(
    definition: Definition, whole: Amounts, back: Amounts, more: Amounts
) -> None:
    order = msgspec.structs.replace(paid(), amounts=whole)
    left = [worth(definition, order, returned) for returned in (Amounts(), back, back.plus(more))]
    assert left == sorted(left, reverse=True)
    assert left[-1] >= 0


@given(_DEFINITIONS, _amounts())
def test_a_whole_refund_leaves_nothing(definition: Definition, whole: Amounts) -> None:
    assert worth(definition, msgspec.structs.replace(paid(), amounts=whole), whole) == 0


@given(_DEFINITIONS, some.lists(_amounts(), min_size=2, max_size=4), some.randoms())
def test_the_order_of_refunds_does_not_matter(definition: Definition, backs: list[Amounts], chance: object) -> None:
    mixed = list(backs)
    chance.shuffle(mixed)
    sums = []
    for row in (backs, mixed):
        total = Amounts()
        for back in row:
            total = total.plus(back)
        sums.append(price(definition, pricing(), paid(900_000, shipping=90_000, tax=100_000), total))
    assert sums[0] == sums[1]
