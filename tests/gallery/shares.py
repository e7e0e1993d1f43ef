"""Which share of what was spent a program of the gallery gives back, computed from its definition alone."""

from fractions import Fraction

from scenes import definition_of

from chalicelib.programs.definition import PerStep


def of_reward(name: str, reward: str) -> Fraction:
    """By what a reward is worth, or the voucher that it is, when all points go into it; without levels."""
    found = definition_of(name).offers.reward(reward)
    assert found is not None
    worth = found.worth if found.worth is not None else _worth_of_voucher(name, found.voucher)
    return _points(name) * Fraction(worth, found.price)


def of_voucher(name: str, voucher: str) -> Fraction:
    """By a voucher that points become by themselves."""
    (found,) = [each for each in definition_of(name).offers.vouchers if each.key == voucher]
    assert found.automatic is not None
    return _points(name) * Fraction(found.least, found.automatic.every)


def of_worth(name: str, *rules: str) -> Fraction:
    """By what the points are worth when they pay; of these rules together, or the first one."""
    worth = definition_of(name).main.worth
    assert worth is not None
    return _points(name, *rules) * worth


def at_level(name: str, share: Fraction, level: str) -> Fraction:
    """The same for members of a level."""
    tiers = definition_of(name).tiers
    assert tiers is not None
    (found,) = [each for each in tiers.levels if each.name == level]
    return share * found.multiply


def _points(name: str, *rules: str) -> Fraction:
    """What the rules give for the smallest coin of what was spent."""
    orders = definition_of(name).earn.orders
    total = Fraction(0)
    for rule in orders:
        if rule.name in (rules or (orders[0].name,)):
            assert isinstance(rule.give, PerStep)
            total += Fraction(rule.give.points, rule.give.step)
    return total


def _worth_of_voucher(name: str, voucher: str) -> int:
    (found,) = [each for each in definition_of(name).offers.vouchers if each.key == voucher]
    return found.least
