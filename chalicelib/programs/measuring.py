"""What orders and activities add to the measures of levels: pure, so that a refund takes it out again by itself.

by_order(...), by_activity(...)     the contributions        by_referral(...)   that of a friend who came
visits(...)                         what the day of an order has to count: days, not orders, make visits
"""

from collections.abc import Iterator, Mapping

from chalicelib.ledger.documents import Pricing, Rolling, Want
from chalicelib.programs.basket import Basket
from chalicelib.programs.calendar import ZoneCalendar
from chalicelib.programs.definition import Definition
from chalicelib.programs.goods import Goods
from chalicelib.programs.metrics import leaves_at, metric_names
from chalicelib.programs.tiers import (
    CategoriesUsed,
    Measure,
    MoneySpent,
    Orders,
    PointsEarned,
    Referrals,
    Tiers,
    Units,
    Visits,
    Window,
)

_NO_POINTS = ""


def by_order(definition: Definition, pricing: Pricing, points: Mapping[str, int], left: Basket) -> tuple[Rolling, ...]:
    """What an order adds. `points`: by currency, before limits that span orders; `left`: what earns of it now."""
    tiers = definition.tiers
    if tiers is None:
        return ()
    found: list[Rolling] = []
    for measure, own in tiers.counted:
        adds = _of_order(measure, points, left)
        if adds is not None:
            names = metric_names(measure, own)
            added = list(zip(names, adds, strict=True))
            found += _rolling(definition, tiers, pricing, own, [each for each in added if each[1] or len(names) == 1])
    return tuple(found)


def by_activity(definition: Definition, pricing: Pricing, points: Mapping[str, int]) -> tuple[Rolling, ...]:
    """Points of activities count for levels that are measured in points, not for those measured in anything else."""
    tiers = definition.tiers
    if tiers is None:
        return ()
    found: list[Rolling] = []
    for measure, own in tiers.counted:
        if isinstance(measure, PointsEarned) and measure.currency in points:
            added = [(metric_names(measure, own)[0], points[measure.currency])]
            found += _rolling(definition, tiers, pricing, own, added)
    return tuple(found)


def by_referral(definition: Definition, pricing: Pricing, count: int) -> tuple[Rolling, ...]:
    """What `count` friends who came add; () where no level asks for friends."""
    tiers = definition.tiers
    if tiers is None:
        return ()
    found: list[Rolling] = []
    for measure, own in tiers.counted:
        if isinstance(measure, Referrals):
            found += _rolling(definition, tiers, pricing, own, [(metric_names(measure, own)[0], count)])
    return tuple(found)


def visits(definition: Definition, pricing: Pricing, left: Basket) -> tuple[Want, ...]:
    """An order counts as a visit once for each local day: a limit of one a day does it, and refunds follow."""
    tiers = definition.tiers
    if tiers is None or not any(isinstance(measure, Visits) for measure, _ in tiers.counted):
        return ()
    day = ZoneCalendar(definition.time_zone).day(pricing.occurred_at).isoformat()
    name = metric_names(Visits())[0]
    return (Want(name, _NO_POINTS, int(left.amount > 0), most=1, period=day, metric=name),)


def counts_goods(tiers: Tiers | None) -> bool:
    """Do levels ask for what was bought, beyond what it cost?"""
    return any(categories_counted(tiers))


def categories_counted(tiers: Tiers | None) -> Iterator[Goods]:
    """The goods that levels ask for."""
    for measure, _ in tiers.counted if tiers is not None else ():
        match measure:
            case Units(of):
                yield Goods(categories=(of,))
            case CategoriesUsed(names):
                yield Goods(categories=names)


def _of_order(measure: Measure, points: Mapping[str, int], left: Basket) -> tuple[int, ...] | None:
    """What an order adds to each metric of a measure; None where orders do not count."""
    match measure:
        case PointsEarned(currency):
            return (points.get(currency, 0),)
        case MoneySpent():
            return (int(left.amount),)
        case Orders() | Visits():
            return (int(left.amount > 0),)
        case Units(of):
            return (left.chosen(Goods(categories=(of,)), None).pieces_and_free_ones,)
        case CategoriesUsed(names):
            return tuple(int(_is_bought(left, name)) for name in names)
        case Referrals():
            return None


def _is_bought(left: Basket, category: str) -> bool:
    """Is something of the category left that earns? What is given for nothing does not open a category."""
    chosen = left.chosen(Goods(categories=(category,)), None)
    return chosen.pieces > 0 and chosen.amount > 0


def _rolling(
    definition: Definition, tiers: Tiers, pricing: Pricing, own: Window | None, added: list[tuple[str, int]]
) -> Iterator[Rolling]:
    calendar = ZoneCalendar(definition.time_zone)
    leaves = leaves_at(own or tiers.window, pricing.occurred_at, calendar, member_since=pricing.member_since)
    return (Rolling(name, points, leaves) for name, points in added)
