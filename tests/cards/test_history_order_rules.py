"""A row names what the rules of its order gave, and what bounded them, whatever kind of rules they are."""

from fractions import Fraction

import msgspec
from history_factory import BEAN_STREET, Book, program

from chalicelib.programs.definition import Fixed, OrderRule, Percent, PerItem, PerStep, Step, Steps, Times
from chalicelib.programs.groups import Group
from chalicelib.programs.limits import Limit

TENTH = Percent(Fraction(1, 10), "beans")
STEPS = Steps((Step(1_000, TENTH), Step(None, PerStep(2, 100, "beans"))), "beans")


def book_of(*rules: OrderRule, groups: tuple[Group, ...] = ()) -> Book:
    """One order to which all these rules gave."""
    book = Book(program(earn=msgspec.structs.replace(BEAN_STREET.earn, rules=rules, groups=groups)))
    book.earns(40, rules=tuple(rule.name for rule in rules))
    return book


def test_points_for_pieces_by_size_and_for_multiplied_rules_are_named() -> None:
    book = book_of(
        OrderRule("cups", PerItem(5, "beans")),
        OrderRule("by size", STEPS),
        OrderRule("weekend", Times(Fraction(3, 2), "beans")),
    )
    assert book.says() == [
        "Earned for order #1001: 40 beans (5 beans for each piece of goods; by the size of the order; × 1.5)"
    ]
    assert book.says("ru") == [
        "Начислено за заказ #1001: 40 зёрен (5 зёрен за каждую единицу товара; по сумме заказа; × 1,5)"
    ]


def test_what_bounded_a_rule_and_its_group_is_named() -> None:
    group = Group("promo", "largest", at_most=100, share=Fraction(1, 5), limit=Limit(3_000, "billing period"))
    book = book_of(OrderRule("back", TENTH, share=Fraction(15, 100), group="promo"), groups=(group,))
    assert book.says() == [
        "Earned for order #1001: 40 beans (10% of the amount, at most 15% of the order, "
        "at most 100 beans for an order, at most 20% of the order, at most 3,000 beans a billing period)"
    ]


def test_what_bounds_another_group_is_not_named() -> None:
    group = Group("promo", "largest", at_most=100)
    book = book_of(OrderRule("gift", Fixed(40, "beans")), groups=(group,))
    assert book.says() == ["Earned for order #1001: 40 beans (40 beans for the order)"]
