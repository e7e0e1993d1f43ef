"""When a paid plan is worth its fee to the member who pays it."""

from fractions import Fraction

from chalicelib.money import exponent
from chalicelib.programs.definition import Definition, OrderRule, Percent, PerStep
from chalicelib.programs.membership import Plan


def pays_off_above(definition: Definition, plan: Plan) -> int | None:
    """The orders of one period, in minor units, above which the plan's points are worth more than its fee.

    Counted from the plain shares of rules that the plan opens, less those that it closes. None: they bring no points
    that are worth money, so nothing can be said.
    """
    extra = Fraction(0)
    for rule in definition.earn.orders:
        if plan.name in rule.when.member.plans:
            extra += _back(definition, rule)
        if plan.name in rule.when.member.without_plans:
            extra -= _back(definition, rule)
    return -(-plan.fee // extra) if extra > 0 else None


def _back(definition: Definition, rule: OrderRule) -> Fraction:
    """The share of the money that a rule gives back in points, at what they are worth."""
    match rule.give:
        case Percent(share, currency):
            points = share / Fraction(10 ** exponent(definition.money))
        case PerStep(count, step, currency):
            points = Fraction(count, step)
        case _:
            return Fraction(0)
    return points * (definition.currency(currency).worth or Fraction(0))
