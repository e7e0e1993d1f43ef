"""Reads the ways in which points become money: `redeem: {pay: ..., money: ..., past_order: ...}`."""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import msgspec

from chalicelib.programs.durations import Duration
from chalicelib.programs.membership import NAME
from chalicelib.programs.paying import Confirm, Pay, PayOff, PayOut, Rate, Rates
from chalicelib.programs.shape import Block, Spot
from chalicelib.programs.values import Unclear, duration, money, percent, whole
from chalicelib.programs.vocabulary import Vocabulary

_OF_GOODS = re.compile(r"(\S+ ?%) of goods")
_CATEGORY = re.compile(r"[\w][\w .&/-]{0,59}")
_ABOVE = re.compile(r"above (.+)")
_HOW: Mapping[str, Literal["pin", "employee"]] = {"pin": "pin", "employee": "employee"}
_MOST_STEPS = 12
_MOST_CATEGORIES = 50
_MOST_LEVELS = 12


class Redeem(msgspec.Struct, frozen=True):
    """All of the block `redeem`."""

    pay: Pay | None = None
    pay_out: PayOut | None = None
    pay_off: PayOff | None = None


def read_redeem(spot: Spot, words: Vocabulary) -> Redeem:
    """At least one way."""
    block = Block(spot, ("pay", "money", "past_order"), "how points are used, such as {pay: {min: 20 points}}")
    if not block.fields:
        raise Unclear("how points are used, such as {pay: {min: 20 points}}")
    return Redeem(
        pay=block.optional("pay", lambda pay: _pay(pay, words), None),
        pay_out=block.optional("money", lambda money: _pay_out(money, words), None),
        pay_off=block.optional("past_order", lambda order: _pay_off(order, words), None),
    )


def _pay(spot: Spot, words: Vocabulary) -> Pay:
    keys = ("min", "at_most", "rate", "step", "min_order", "leave", "not_for", "confirm")
    block = Block(spot, keys)
    least = block.required("min", lambda least: least.read(words.points), None, "the fewest points at once")
    if least is None:
        return Pay("")
    currency = least.currency
    rate = block.optional("rate", lambda rate: _rate(rate, words, currency), None)
    step = block.optional("step", lambda step: _points(step, words, currency), 1)
    if isinstance(rate, Rate) and "step" in block.fields and step % rate.points:
        block.object_to("step", f"points count in steps of {rate.points}: use a multiple of it")
    most = block.optional("at_most", _shares, (Fraction(1), {}))
    return Pay(
        currency=currency,
        min_points=least.points,
        at_most=most[0],
        by_level=most[1],
        rate=rate,
        step=step,
        min_order=block.optional("min_order", lambda least: least.read(words.amount), 0),
        leave=block.optional("leave", lambda leave: leave.read(words.amount), 0),
        not_for=block.optional("not_for", _categories, ()),
        confirm=block.optional("confirm", lambda confirm: _confirm(confirm, words), ()),
    )


def _pay_out(spot: Spot, words: Vocabulary) -> PayOut:
    block = Block(spot, ("rate", "min"))
    least = block.required("min", lambda least: least.read(words.points), None, "the fewest points at once")
    currency = least.currency if least else None
    rate = block.required("rate", lambda rate: _rate(rate, words, currency), Rate(1, 1), "10 points = 1 EUR")
    return PayOut(currency or "", rate, least.points if least else 1)


def _pay_off(spot: Spot, words: Vocabulary) -> PayOff:
    block = Block(spot, ("rate", "min", "within", "min_order"))
    least = block.required("min", lambda least: least.read(words.points), None, "the fewest points at once")
    currency = least.currency if least else None
    year = Duration(1, "year")
    return PayOff(
        currency=currency or "",
        rate=block.required("rate", lambda rate: _rate(rate, words, currency), Rate(1, 1), "10 points = 1 EUR"),
        within=block.required("within", lambda within: within.read(_some_time), year, "how long, such as 90 days"),
        min_points=least.points if least else 1,
        min_order=block.optional("min_order", lambda order: order.read(words.amount), 0),
    )


def _rate(spot: Spot, words: Vocabulary, currency: str | None) -> Rate | Rates:
    """ "10 points = 1 RUB", or {by: average_balance, steps: [{from: 10000, rate: 10 points = 1 RUB}]}."""
    if spot.is_text():
        return _one_rate(spot.text(), words, currency)
    block = Block(spot, ("by", "steps"), 'a rate such as "10 points = 1 EUR"')
    attribute = block.required("by", lambda by: by.read(_name), "", "something known of members: average_balance")
    steps = block.required(
        "steps",
        lambda steps: steps.items(
            lambda step: _step(step, words, currency), "a list of steps, each with from and rate"
        ),
        ((0, Rate(1, 1), False),),
        "a list of steps, each with from and rate",
    )
    if len(steps) > _MOST_STEPS:
        raise Unclear(f"at most {_MOST_STEPS} steps")
    if any(high[0] <= low[0] for low, high in pairwise(steps)):
        raise Unclear("steps from low to high, each beginning above the one before")
    return Rates(attribute, tuple((start, rate) for start, rate, _ in steps), any(money for _, _, money in steps))


def _step(spot: Spot, words: Vocabulary, currency: str | None) -> tuple[int, Rate, bool]:
    """From which value on a rate counts, and whether that is money."""
    block = Block(spot, ("from", "rate"), "a step with from and rate")
    start, is_money = block.required("from", lambda start: _value(start, words), (0, False), "10000, or 10000 EUR")
    rate = block.required("rate", lambda rate: _one_rate(rate.text(), words, currency), Rate(1, 1), "10 points = 1 EUR")
    return start, rate, is_money


def _value(spot: Spot, words: Vocabulary) -> tuple[int, bool]:
    text = spot.text()
    if text.isdigit():
        return whole(text), False
    told, code = money(text)
    if not Fraction(told):
        words.take_money(code)
        return 0, True
    return words.amount(text), True


def _one_rate(text: str, words: Vocabulary, currency: str | None) -> Rate:
    points, sign, money = (part.strip() for part in text.partition("="))
    if not sign:
        raise Unclear(f'a rate such as "10 {words.example} = 1 {words.money or "EUR"}"')
    given = words.points(points)
    if currency is not None and given.currency != currency:
        raise Unclear(f"a rate of {currency}")
    return Rate(given.points, words.amount(money))


def _points(spot: Spot, words: Vocabulary, currency: str) -> int:
    points = spot.read(words.points)
    if points.currency != currency:
        raise Unclear(f"a number of {currency}")
    return points.points


def _shares(spot: Spot) -> tuple[Fraction, Mapping[str, Fraction]]:
    """ "50% of goods", or one for each level: {Bean: 10% of goods, Gold: 30% of goods}."""
    if spot.is_text():
        return spot.read(share_of_goods), {}
    block = Block(spot, None, '"50% of goods", or one for each level')
    if not 1 <= len(block.fields) <= _MOST_LEVELS:
        raise Unclear(f"1 to {_MOST_LEVELS} levels")
    shares = {
        level: block.optional(level, lambda most: most.read(share_of_goods), Fraction(1)) for level in block.fields
    }
    return min(shares.values()), shares


def share_of_goods(text: str) -> Fraction:
    """ "50% of goods" as an exact share, above none and at most all."""
    match = _OF_GOODS.fullmatch(text)
    share = percent(match[1]) if match else Fraction(0)
    if not 0 < share <= 1:
        raise Unclear('a share such as "50% of goods"')
    return share


def _categories(spot: Spot) -> tuple[str, ...]:
    found = spot.items(lambda name: name.read(_category), "a list of categories such as [alcohol, tobacco]")
    if len(found) > _MOST_CATEGORIES:
        raise Unclear(f"at most {_MOST_CATEGORIES} categories")
    return tuple(dict.fromkeys(found))


def _category(text: str) -> str:
    if _CATEGORY.fullmatch(text) is None:
        raise Unclear("a category such as alcohol")
    return text.lower()


def _confirm(spot: Spot, words: Vocabulary) -> tuple[Confirm, ...]:
    """ "pin", or {pin: always, employee: above 100 EUR}."""
    if spot.is_text():
        return (Confirm(spot.choice(_HOW)),)
    block = Block(spot, _HOW, '"pin", or {employee: above 100 EUR}')
    return tuple(
        Confirm(_HOW[how], block.optional(how, lambda when: when.read(lambda text: _from(text, words)), 0))
        for how in block.fields
    )


def _from(text: str, words: Vocabulary) -> int:
    if text == "always":
        return 0
    match = _ABOVE.fullmatch(text)
    if match is None:
        raise Unclear(f'"always", or "above 100 {words.money or "EUR"}"')
    return words.amount(match[1])


def _name(text: str) -> str:
    if NAME.fullmatch(text) is None:
        raise Unclear("a name of small letters, digits and _ such as average_balance")
    return text


def _some_time(text: str) -> Duration:
    length = duration(text)
    if not length.count:
        raise Unclear("a length of time above zero such as 90 days")
    return length
