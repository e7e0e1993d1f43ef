"""Figures and instants as people read them at a terminal."""

from collections.abc import Collection
from datetime import UTC, datetime

from rich.table import Table

from chalicelib.events import Amounts, Instant, OrderFacts
from chalicelib.programs.definition import Definition
from chalicelib.programs.pricing import explain, multiplier
from chalicelib.programs.wording import points


def moment(instant: Instant) -> str:
    """An instant in UTC, to the second."""
    return f"{stamp(instant)} UTC"


def stamp(instant: Instant) -> str:
    """The same in a table, whose heading says UTC once for all rows."""
    return datetime.fromtimestamp(instant / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def sample_order(
    definition: Definition,
    goods: int,
    currency: str,
    *,
    at: Instant,
    tier: str,
    language: str,
    held: Collection[str] = (),
) -> Table:
    """What an order of `goods` minor units would earn, rule by rule.

    at: when it is placed      held: names of rules whose conditions on the buyer hold
    """
    facts = OrderFacts(changed_at=at, occurred_at=at, currency=currency, amounts=Amounts(goods=goods), is_paid=True)
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rule")
    table.add_column("plain", justify="right")
    table.add_column(f"x {float(multiplier(definition, tier)):g}", justify="right")
    for line in explain(definition, facts, tier, held=held):
        names = definition.currency(line.currency).names
        table.add_row(line.rule, str(line.before), points(names, line.points, language))
    return table
