"""Reads what bounds a rule: `at_most: 3000 beans per month`, `budget: {of: 10000 beans, when_short: partial}`."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from chalicelib.programs.definition import Give
from chalicelib.programs.limits import Budget, Limit, Span
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, nearest, percent
from chalicelib.programs.vocabulary import Vocabulary

_SPANS: Mapping[str, Span] = {
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "billing period": "billing period",
    "lifetime": "lifetime",
}
_ORDER = "order"
_OF_ORDER = " of order"
_WHEN_SHORT: Mapping[str, Literal["partial", "all or nothing"]] = {
    "partial": "partial",
    "all or nothing": "all or nothing",
}


class _PerOrder(msgspec.Struct, frozen=True):
    most: int


class _Share(msgspec.Struct, frozen=True):
    most: Fraction


class Bounds(msgspec.Struct, frozen=True):
    """The most points of one order, the same as a share of it, and the limit that spans orders; None for none."""

    order: int | None = None
    share: Fraction | None = None
    limit: Limit | Budget | None = None


def read_limits(block: Block, give: Give, words: Vocabulary) -> tuple[int | None, Limit | Budget | None]:
    """The most points of one time, and the limit that spans times, of something that has no amount."""
    bounds = read_bounds(block, give, words)
    if bounds.share is not None:
        block.object_to("at_most", "an activity has no order, of which this could be a share")
    return bounds.order, bounds.limit


def read_bounds(block: Block, give: Give, words: Vocabulary) -> Bounds:
    """Everything that bounds a rule or a group of rules."""
    found = block.optional("at_most", lambda most: _at_most(most, give, words), ())
    order = next((bound.most for bound in found if isinstance(bound, _PerOrder)), None)
    share = next((bound.most for bound in found if isinstance(bound, _Share)), None)
    limit = next((bound for bound in found if isinstance(bound, Limit)), None)
    if len(found) > (order is not None) + (share is not None) + (limit is not None):
        block.object_to("at_most", "at most one limit per order, one share of it, and one for a longer time")
    budget = block.optional("budget", lambda budget: _budget(budget, give, words), None)
    if budget is not None and limit is not None:
        block.object_to("budget", "a rule has a budget or a limit for each member, not both; use two rules")
    return Bounds(order, share, budget or limit)


def _at_most(spot: Spot, give: Give, words: Vocabulary) -> tuple[_PerOrder | _Share | Limit, ...]:
    """ "3000 beans" for one order, "15% of order", "3000 beans per month", or a list of them."""
    if spot.is_text():
        return (_bound(spot, give, words),)
    example = f"points such as 3000 {give.currency} per month"
    return spot.items(lambda one: _bound(one, give, words), example)


def _bound(spot: Spot, give: Give, words: Vocabulary) -> _PerOrder | _Share | Limit:
    if spot.text().endswith(_OF_ORDER):
        share = percent(spot.text().removesuffix(_OF_ORDER))
        if not share:
            raise Unclear("a share above zero such as 15% of order")
        return _Share(share)
    amount, per, span = spot.text().rpartition(" per ")
    if not per:
        return _PerOrder(_points(span, give, words))
    if span != _ORDER and span not in _SPANS:
        raise Unclear(f"per {', '.join((_ORDER, *_SPANS))}", nearest(span, (_ORDER, *_SPANS)))
    most = _points(amount, give, words)
    return _PerOrder(most) if span == _ORDER else Limit(most, _SPANS[span])


def _budget(spot: Spot, give: Give, words: Vocabulary) -> Budget:
    block = Block(spot, ("of", "when_short"), "a budget such as {of: 10000 beans, when_short: partial}")
    return Budget(
        of=block.required("of", lambda of: _points(of.text(), give, words), 1, "how many points, such as 10000 beans"),
        when_short=block.required(
            "when_short", lambda short: short.choice(_WHEN_SHORT), "partial", "what the last get"
        ),
    )


def _points(text: str, give: Give, words: Vocabulary) -> int:
    most = words.points(text)
    if give.currency and most.currency != give.currency:
        raise Unclear("the points that this rule gives")
    return most.points
