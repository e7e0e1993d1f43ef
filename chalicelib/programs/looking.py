"""What of an order a program looks at: only that is kept of it, so a program that does not ask stores nothing more.

Of the sender's words for places and goods only those are kept that some version of the program names.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from chalicelib.events import LineBack, LineFacts, OrderFacts, OrderTold, RefundFacts
from chalicelib.programs.definition import Definition, OrderRule, PerItem
from chalicelib.programs.goods import Goods, is_named, is_sku
from chalicelib.programs.measuring import categories_counted, counts_goods
from chalicelib.programs.order_when import Named
from chalicelib.programs.program import Program

MOST_LINES = 200
"""Of one order; those beyond are goods of which nothing is known."""

ANOTHER = "*"
"""Stands for a word that no rule names: something was said, so that what was said before counts no longer."""

_LONGEST_ID = 64
_PLACES = ("store", "terminal", "channel", "payment_method", "partner")


def counts_lines(definition: Definition) -> bool:
    """Does any rule look at single lines?"""
    asked = definition.earn.base.without is not None or counts_goods(definition.tiers)
    return asked or any(map(_counts_lines, definition.earn.orders))


def kept(program: Program, told: OrderTold) -> OrderTold:
    """What is kept of a message: what some version of the program looks at."""
    order, refunds = told.order, told.refunds
    if order is None and not refunds:
        return told
    looks = [version.definition for version in program.versions]
    by_line = any(map(counts_lines, looks))
    return msgspec.structs.replace(
        told,
        order=_kept_order(looks, order, by_line=by_line) if order is not None else None,
        refunds={key: _kept_refund(refund, by_line=by_line) for key, refund in refunds.items()},
    )


def _kept_order(looks: Iterable[Definition], facts: OrderFacts, *, by_line: bool) -> OrderFacts:
    named: dict[str, list[Named]] = {}
    for definition in looks:
        for place, one in _places(definition):
            named.setdefault(place, []).append(one)
    places = {place: _kept_word(word, asked) for place, asked in named.items() if (word := getattr(facts, place))}
    goods = [choice for definition in looks for choice in choices(definition)]
    asked = Goods(
        categories=tuple(word for choice in goods for word in choice.categories),
        brands=tuple(word for choice in goods for word in choice.brands),
        skus=tuple(word for choice in goods for word in choice.skus),
    )
    lines = tuple(_kept_line(line, asked) for line in facts.lines[:MOST_LINES]) if by_line else ()
    bare = dict.fromkeys(_PLACES, "")
    return msgspec.structs.replace(facts, lines=lines, **{**bare, **places})


def _kept_word(word: str, asked: Iterable[Named]) -> str:
    return word if any(is_named(word, one.words) for one in asked) else ANOTHER


def _kept_line(line: LineFacts, asked: Goods) -> LineFacts:
    """A line with the words that are asked for."""
    named = {category for category in line.categories if is_named(category, asked.categories)}
    return msgspec.structs.replace(
        line,
        id=line.id[:_LONGEST_ID],
        sku=line.sku if is_sku(line.sku, asked.skus) else "",
        brand=line.brand if is_named(line.brand, asked.brands) else "",
        categories=tuple(sorted(named)),
    )


def _kept_refund(refund: RefundFacts, *, by_line: bool) -> RefundFacts:
    lines: Mapping[str, LineBack] = {}
    if by_line:
        lines = {line[:_LONGEST_ID]: back for line, back in list(refund.lines.items())[:MOST_LINES]}
    return msgspec.structs.replace(refund, lines=lines)


def choices(definition: Definition) -> Iterator[Goods]:
    """Every choice of goods that a definition makes."""
    if definition.earn.base.without is not None:
        yield definition.earn.base.without
    yield from categories_counted(definition.tiers)
    for rule in definition.earn.orders:
        when = rule.when.order
        found = (rule.of, rule.without, when.contains, when.units.of if when.units is not None else None)
        yield from (goods for goods in found if goods is not None)


def _counts_lines(rule: OrderRule) -> bool:
    when = rule.when.order
    goods = (rule.of, rule.without, when.contains, when.units)
    return rule.rounded == "per item" or isinstance(rule.give, PerItem) or any(each is not None for each in goods)


def _places(definition: Definition) -> Iterator[tuple[str, Named]]:
    for rule in definition.earn.orders:
        when = rule.when.order
        found = {
            "store": when.stores,
            "terminal": when.terminals,
            "channel": when.channels,
            "payment_method": when.payment_methods,
            "partner": when.partners,
        }
        yield from ((place, named) for place, named in found.items() if named is not None)
