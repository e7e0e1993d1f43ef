"""Rules for orders that never give points for the same line of one order: what they ask for cannot hold together.

Only what can be told from the file is: rules that are not found to be apart may still be so.
"""

from collections.abc import Iterator, Sequence

from chalicelib.programs.definition import OrderRule
from chalicelib.programs.goods import Goods
from chalicelib.programs.member_when import MemberWhen
from chalicelib.programs.order_when import Named, OrderWhen


def counts_on(when: MemberWhen, level: str) -> bool:
    """Can the conditions hold for a member of the level?"""
    if when.levels and level not in when.levels:
        return False
    return not when.any_of or any(counts_on(each, level) for each in when.any_of)


def together(rules: Sequence[OrderRule]) -> Iterator[frozenset[int]]:
    """Largest choices of rules, no two of which are apart, by their places among `rules`.

    Source: Bron and Kerbosch, "Algorithm 457: finding all cliques of an undirected graph" (1973), with a pivot.
    """
    places = range(len(rules))
    beside = [{other for other in places if other != one and not are_apart(rules[one], rules[other])} for one in places]

    def grown(chosen: frozenset[int], left: set[int], seen: set[int]) -> Iterator[frozenset[int]]:
        if not left and not seen:
            yield chosen
            return
        pivot = max(left | seen, key=lambda place: (len(left & beside[place]), -place))
        for place in sorted(left - beside[pivot]):
            yield from grown(chosen | {place}, left & beside[place], seen & beside[place])
            left = left - {place}
            seen = seen | {place}

    yield from grown(frozenset(), set(places), set())


def are_apart(one: OrderRule, other: OrderRule) -> bool:
    """Can at most one of the two count for the same line?"""
    return (
        any(_members(one.when.member, other.when.member))
        or any(_orders(one.when.order, other.when.order))
        or _is_left_out(one.of, other.without)
        or _is_left_out(other.of, one.without)
        or (one.of is not None and other.of is not None and any(_goods(one.of, other.of)))
    )


def _members(one: MemberWhen, other: MemberWhen) -> Iterator[bool]:
    yield _differ(one.levels, other.levels)
    for first, second in ((one, other), (other, one)):
        yield bool(first.plans) and set(first.plans) <= set(second.without_plans)
        yield bool(first.in_lists) and set(first.in_lists) <= set(second.not_in)
    if one.group is not None and other.group is not None:
        yield one.group.group == other.group.group and one.group.is_in is not other.group.is_in


def _orders(one: OrderWhen, other: OrderWhen) -> Iterator[bool]:
    yield _are_named_apart(one.stores, other.stores)
    yield _are_named_apart(one.terminals, other.terminals)
    yield _are_named_apart(one.channels, other.channels)
    yield _are_named_apart(one.payment_methods, other.payment_methods)
    yield _are_named_apart(one.partners, other.partners)
    yield bool(one.weekdays and other.weekdays) and not set(one.weekdays) & set(other.weekdays)
    for first, second in ((one, other), (other, one)):
        yield first.until is not None and second.since is not None and first.until < second.since
        below, least = first.basket_below, second.basket_from
        yield below is not None and least is not None and below <= least


def _goods(one: Goods, other: Goods) -> Iterator[bool]:
    """A line is taken to be of one category: what stands in several of them may earn more."""
    yield _differ(_folded(one.categories), _folded(other.categories))
    yield _differ(_folded(one.brands), _folded(other.brands))
    yield bool(one.skus and other.skus) and not any(_meet(a, b) for a in one.skus for b in other.skus)
    yield "any" not in (one.price, other.price) and one.price != other.price


def _is_left_out(of: Goods | None, without: Goods | None) -> bool:
    """Is every line that `of` names one that `without` leaves out?"""
    if of is None or without is None:
        return False
    return (
        (bool(of.categories) and set(_folded(of.categories)) <= set(_folded(without.categories)))
        or (bool(of.brands) and set(_folded(of.brands)) <= set(_folded(without.brands)))
        or (bool(of.skus) and set(_folded(of.skus)) <= set(_folded(without.skus)))
        or (of.price != "any" and of.price == without.price)
    )


def _are_named_apart(one: Named | None, other: Named | None) -> bool:
    if one is None or other is None:
        return False
    first, second = set(_folded(one.words)), set(_folded(other.words))
    match one.are_left_out, other.are_left_out:
        case False, False:
            return not first & second
        case False, True:
            return first <= second
        case True, False:
            return second <= first
        case _:
            return False


def _differ(one: Sequence[str], other: Sequence[str]) -> bool:
    return bool(one and other) and not set(one) & set(other)


def _meet(one: str, other: str) -> bool:
    """Can one SKU be found by both?"""
    first, second = one.casefold(), other.casefold()
    begins, also = first.removesuffix("*"), second.removesuffix("*")
    match first.endswith("*"), second.endswith("*"):
        case True, True:
            return begins.startswith(also) or also.startswith(begins)
        case True, False:
            return second.startswith(begins)
        case False, True:
            return first.startswith(also)
        case _:
            return first == second


def _folded(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)
