"""What partners owe the program and are owed, from what entries gave and took: pure, and exact to the smallest coin.

    dealt(...)       the points of one document's entries, by the rules that gave them
    settled(...)     what each partner owes, and the program against all of them: it sums to nothing

Points that go back are taken from the rules in the proportion in which they still hold them, so an order that goes
back whole leaves no rule with anything. Every division gives whole points and coins by largest remainder.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

import msgspec

from chalicelib.programs.definition import Definition

HOST = ""
"""Stands for the program itself, where no partner is meant; also for points that no rule gave."""
_Key = TypeVar("_Key", bound=str)


class Dealt(NamedTuple):
    """Points that a rule gave (or, below zero, that went back) with one entry. `rule`: HOST where none did."""

    rule: str
    points: int


class Account(msgspec.Struct, frozen=True):
    """What happened with one partner in a month. Money in minor units, exact.

    given: points it pays for, by currency, its shares of them      used: points used with it
    friends: who came with its codes      owes: what it owes, less what it is owed
    """

    key: str
    name: str
    given: Mapping[str, Fraction] = msgspec.field(default_factory=dict)
    used: Mapping[str, int] = msgspec.field(default_factory=dict)
    friends: int = 0
    owes: Fraction = Fraction(0)


def shared(total: int, weights: Mapping[_Key, int]) -> dict[_Key, int]:
    """A whole number in proportion to weights: the largest remainders are rounded up, of equal ones the first."""
    whole = sum(weights.values())
    if not whole:
        return {}
    sign = -1 if total < 0 else 1
    exact = {key: Fraction(abs(total) * weight, whole) for key, weight in weights.items()}
    parts = {key: int(part) for key, part in exact.items()}
    left = abs(total) - sum(parts.values())
    for key in sorted(exact, key=lambda key: parts[key] - exact[key])[:left]:
        parts[key] += 1
    return {key: sign * part for key, part in parts.items()}


def dealt(moves: Sequence[int], weights: Mapping[str, int]) -> Iterator[Sequence[Dealt]]:
    """The points of each entry of one document, by rule. `moves`: points given, or below zero taken, oldest first.

    weights: what each rule gave for the whole
    """
    held: dict[str, int] = defaultdict(int)
    for points in moves:
        if points >= 0:
            parts = shared(points, weights)
        else:
            there = {rule: count for rule, count in held.items() if count > 0}
            parts = shared(max(points, -sum(there.values())), there)
        rest = points - sum(parts.values())
        if rest:
            parts[HOST] = parts.get(HOST, 0) + rest
        for rule, part in parts.items():
            held[rule] += part
        yield [Dealt(rule, part) for rule, part in parts.items()]


def funded(definition: Definition, rule: str, points: int, currency: str) -> Iterator[tuple[str, Fraction, Fraction]]:
    """Who pays for the points of a rule: the partner, its share of the points, and the money."""
    for partner in definition.partners:
        share = partner.pays.get(rule)
        if share is not None:
            price = partner.price.get(currency) or definition.currency(currency).worth or Fraction(0)
            yield partner.key, share * points, share * points * price


def compensated(definition: Definition, partner: str, points: int, currency: str) -> Fraction:
    """What a partner is paid for points that were used with it."""
    for known in definition.partners:
        if known.key == partner:
            return points * (known.paid.get(currency) or definition.currency(currency).worth or Fraction(0))
    return Fraction(0)


def settled(accounts: Iterable[Account]) -> Mapping[str, int]:
    """What each partner owes in whole minor units, below zero what it is owed; HOST is the program. All sum to zero."""
    exact = {account.key: account.owes for account in accounts}
    exact[HOST] = -sum(exact.values(), Fraction(0))
    whole = {key: owes.__floor__() for key, owes in exact.items()}
    left = -sum(whole.values())
    for key in sorted(exact, key=lambda key: whole[key] - exact[key])[:left]:
        whole[key] += 1
    return whole
