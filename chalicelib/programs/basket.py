"""What an order is made of as the base of a program counts it, before and after goods went back: exact fractions.

What no line accounts for is one more line of which nothing is known: it is of no category, no brand and no SKU.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from chalicelib.events import Amounts, LineBack, LineFacts, OrderFacts
from chalicelib.programs.base import earning_amount
from chalicelib.programs.definition import Base
from chalicelib.programs.goods import Goods

_UNKNOWN = LineFacts("")


class Item(msgspec.Struct, frozen=True):
    """A line with what is left of it: the amount that earns, in minor units, and pieces.

    free: pieces that are left of a line that cost nothing
    """

    line: LineFacts
    amount: Fraction
    pieces: int
    free: int = 0


class Basket(msgspec.Struct, frozen=True):
    """What earns of an order. `amount` is that of all items, and of delivery and gift cards where those earn."""

    amount: Fraction = Fraction(0)
    items: tuple[Item, ...] = ()

    @property
    def pieces(self) -> int:
        """Pieces of goods that are known to be there."""
        return sum(item.pieces for item in self.items if item.line is not _UNKNOWN)

    @property
    def pieces_and_free_ones(self) -> int:
        """The same, with what was given for nothing: a free night is a night."""
        return self.pieces + sum(item.free for item in self.items if item.line is not _UNKNOWN)

    def chosen(self, of: Goods | None, without: Goods | None) -> "Basket":
        """The items that `of` names and `without` does not; the whole basket where neither is given."""
        if of is None and without is None:
            return self
        kept, left_out = [], Fraction(0)
        for item in self.items:
            if (of is None or of.are_all(item.line)) and (without is None or not without.are_any(item.line)):
                kept.append(item)
            else:
                left_out += item.amount
        if of is None:  # delivery and gift cards are not what is left out
            return Basket(max(Fraction(0), self.amount - left_out), tuple(kept))
        return Basket(sum((item.amount for item in kept), Fraction(0)), tuple(kept))


class Gone(msgspec.Struct, frozen=True):
    """What went back of an order: all together, and of single lines as far as that is told.

    What no line is told for went back of all lines alike.
    """

    amounts: Amounts = msgspec.field(default_factory=Amounts)
    lines: Mapping[str, LineBack] = msgspec.field(default_factory=dict)


NOTHING_GONE = Gone()


def basket(base: Base, facts: OrderFacts, gone: Gone, rate: Fraction, *, by_line: bool) -> Basket:
    """What is left of an order that earns.

    rate: what one minor unit of the order is in minor units of the program
    by_line: whether anybody asks for the items; there are none where nobody does
    """
    amount = earning_amount(base, facts.amounts, gone.amounts) * rate
    if not by_line:
        return Basket(amount)
    return Basket(amount, _items(base, facts, gone, rate)).chosen(None, base.without)


def _items(base: Base, facts: OrderFacts, gone: Gone, rate: Fraction) -> tuple[Item, ...]:
    whole = facts.amounts
    if base.paid_with_points == "no points at all" and whole.points_paid > 0:
        return ()
    left = whole.less(gone.amounts)
    lines, goods = _bought(facts)
    kept = _kept(lines, goods, left.goods, gone.lines)
    earning = list(kept)
    if base.discounts == "ignored":
        # What is free altogether earns what was taken off it, as far as that did not go back.
        off = _told_or_shared(
            whole.discount if whole.goods else left.discount, [line.discount for line in lines], goods
        )
        share = [
            _ratio(amount, before) if whole.goods else Fraction(1) for amount, before in zip(kept, goods, strict=True)
        ]
        earning = [amount + part * by for amount, part, by in zip(kept, off, share, strict=True)]
    if base.paid_with_points != "included":
        total = sum(earning, Fraction(0))
        unpaid = max(Fraction(0), total - left.points_paid)
        earning = [amount * _ratio(unpaid, total) for amount in earning]
    if base.tax == "excluded":
        taxes = _told_or_shared(whole.tax, [line.tax for line in lines], goods)
        net = [max(Fraction(0), gross - tax) for gross, tax in zip(goods, taxes, strict=True)]
        earning = [
            amount * (less / gross) if gross else amount
            for amount, less, gross in zip(earning, net, goods, strict=True)
        ]
    is_all_back = whole.goods > 0 and not any(kept)
    return tuple(
        Item(
            line,
            amount * rate,
            _pieces(line, gone.lines) if rest > 0 else 0,
            free=0 if before or is_all_back else _pieces(line, gone.lines),
        )
        for line, amount, before, rest in zip(lines, earning, goods, kept, strict=True)
    )


def _ratio(part: Fraction, whole: Fraction) -> Fraction:
    return part / whole if whole else Fraction(0)


def _bought(facts: OrderFacts) -> tuple[list[LineFacts], list[Fraction]]:
    """The lines and their goods, which add up to the order's: scaled down to what was paid, or with the rest beside."""
    told = sum(line.goods for line in facts.lines)
    whole = facts.amounts.goods
    part = Fraction(whole, told) if told > whole else Fraction(1)
    lines, goods = list(facts.lines), [line.goods * part for line in facts.lines]
    if told < whole or not lines:
        lines.append(_UNKNOWN)
        goods.append(Fraction(whole - told))
    return lines, goods


def _kept(
    lines: Sequence[LineFacts], goods: Sequence[Fraction], left: int, back: Mapping[str, LineBack]
) -> list[Fraction]:
    """What is left of each line's goods; together `left`."""
    told = [
        min(amount, Fraction(back[line.id].goods)) if line.id in back else Fraction(0)
        for line, amount in zip(lines, goods, strict=True)
    ]
    rest = [amount - less for amount, less in zip(goods, told, strict=True)]
    gone = _shared(sum(goods, Fraction(0)) - left, told, rest)
    return [amount - less for amount, less in zip(goods, gone, strict=True)]


def _told_or_shared(total: int, told: Sequence[int], goods: Sequence[Fraction]) -> list[Fraction]:
    """A part of the whole order by line; what is not told falls on the lines of which nothing is, if there are any."""
    silent = [Fraction(0) if part else amount for part, amount in zip(told, goods, strict=True)]
    weights = next((each for each in (silent, goods) if any(each)), [Fraction(1)] * len(goods))
    return _shared(Fraction(total), [Fraction(part) for part in told], weights)


def _shared(total: Fraction, told: Sequence[Fraction], weights: Sequence[Fraction]) -> list[Fraction]:
    """`total` over lines: what was told of each, scaled down where that is too much; the rest by weight."""
    known, whole = sum(told, Fraction(0)), sum(weights, Fraction(0))
    if known > total:
        return [part * total / known for part in told]
    return [part + (total - known) * _ratio(weight, whole) for part, weight in zip(told, weights, strict=True)]


def _pieces(line: LineFacts, back: Mapping[str, LineBack]) -> int:
    """Pieces of a line that did not go back, as far as that is told."""
    gone = back[line.id].quantity if line.id in back else 0
    return max(0, line.quantity - gone)
