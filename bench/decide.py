"""What an order is worth, decided by the demo program with one rule for orders and with up to 48 of them."""

import statistics
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from chalicelib.events import Amounts, OrderFacts
from chalicelib.ledger.documents import Pricing
from chalicelib.programs.definition import Definition
from chalicelib.programs.pricing import price
from chalicelib.programs.reading import read

TITLE = "Decide what an order is worth (microseconds of one core, taken in turns)"
_BEAN_STREET = Path(__file__).parent.parent / "programs" / "bean-street.yaml"
_FIRST = "    - {name: every euro, give: 1 bean per 1 EUR, rounding: {down: per order}}\n"
_RULES = (1, 3, 6, 12, 24, 48)
_NOON = 1_782_216_000_000
_ROUNDS, _CALLS = 40, 25


def measure(screen: Console) -> Table:
    """Medians; short slices alternate, so that a noisy moment hits all."""
    definitions = [with_rules(count) for count in _RULES]
    taken: list[list[float]] = [[] for _ in _RULES]
    for _ in track(range(_ROUNDS), "Deciding", console=screen, transient=True):
        for times, definition in zip(taken, definitions, strict=True):
            began = time.process_time()
            for _ in range(_CALLS):
                decide(definition)
            times.append((time.process_time() - began) / _CALLS * 1e6)
    table = Table("rules for orders", "microseconds", "for each rule")
    for count, times in zip(_RULES, taken, strict=True):
        whole = statistics.median(times)
        table.add_row(str(count), f"{whole:.0f}", f"{whole / count:.1f}")
    return table


def with_rules(count: int) -> Definition:
    """The demo program with so many rules for orders."""
    rules = "".join(_FIRST.replace("every euro", f"rule {number}") for number in range(count))
    return read(_BEAN_STREET.read_text().replace(_FIRST, rules), file="bench.yaml")


def decide(definition: Definition) -> None:
    """Price an order of 45.20 EUR."""
    facts = OrderFacts(_NOON, _NOON, "EUR", Amounts(goods=4_520, tax=722), is_paid=True)
    price(definition, Pricing("", "Silver", _NOON, 0), facts, Amounts())
