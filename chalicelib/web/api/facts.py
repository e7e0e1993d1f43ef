"""An order that is asked about: as the facts it would be told with, and what a rule would give for it."""

from collections.abc import Mapping

from msgspec import UNSET

from chalicelib.events import Amounts, Instant, LineFacts, OrderFacts
from chalicelib.programs.giving import Earned
from chalicelib.web.api import shapes


def facts_of(order: shapes.Order, now: Instant) -> OrderFacts:
    """The order as if it were paid now. Its lines are named by their place."""
    return OrderFacts(
        changed_at=now,
        occurred_at=now,
        currency=order.currency,
        amounts=Amounts(
            goods=order.goods,
            tax=order.tax,
            discount=order.discount,
            shipping=order.shipping,
            gift_cards=order.gift_cards,
            points_paid=order.points_paid,
        ),
        is_paid=True,
        lines=tuple(_line(str(place), line) for place, line in enumerate(order.lines)),
        store=order.store,
        terminal=order.terminal,
        channel=order.channel,
        payment_method=order.payment_method,
        partner=order.partner,
    )


def earning(earned: Earned, lines: Mapping[str, int]) -> shapes.Earning:
    """What one rule would give. `lines`: what each line brings of it; those that bring nothing are not named."""
    brought = {place: points for place, points in lines.items() if points}
    return shapes.Earning(earned.rule, earned.currency, earned.points, brought or UNSET)


def _line(name: str, line: shapes.Line) -> LineFacts:
    return LineFacts(
        id=name,
        sku=line.sku,
        categories=line.categories,
        brand=line.brand,
        quantity=line.quantity,
        goods=line.goods,
        tax=line.tax,
        discount=line.discount,
        is_promo=line.promo,
    )
