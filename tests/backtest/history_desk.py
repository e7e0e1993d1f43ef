"""Histories for tests: a sale or a return in one line, files of orders, and a replay of them."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from chalicelib.events import Amounts
from chalicelib.programs.backtest.history import Event, Return, Sale
from chalicelib.programs.backtest.model import Model
from chalicelib.programs.backtest.replay import Replay
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.reading import read
from ops.backtest.importing import Source, read_orders
from ops.backtest.layouts import Layout
from ops.backtest.spool import Spool
from ops.backtest.table import Reading

PROJECT = Path(__file__).resolve().parents[2]
YEAR = PROJECT / "bench" / "data" / "online-retail-invoices.csv.gz"
BEAN_STREET = (PROJECT / "programs" / "bean-street.yaml").read_text()
NEVER_USED = Model(Fraction(0))
ALWAYS_USED = Model(Fraction(1))

_numbers = itertools.count(1)


def at(day: str) -> int:
    """ "2026-03-31" (noon, UTC) or "2026-03-31 14:05" as an instant."""
    when = datetime.fromisoformat(day if " " in day else f"{day} 12:00").replace(tzinfo=UTC)
    return int(when.timestamp() * 1_000)


def sale(day: str, euros: int, customer: str | None = "anna", **changed: object) -> Sale:
    """An order of goods for so many whole euros."""
    told = {"order": f"o{next(_numbers)}", "currency": "EUR", "amounts": Amounts(goods=100 * euros), **changed}
    return Sale(at=at(day), customer=customer, **told)  # type: ignore[arg-type]


def back(day: str, euros: int, customer: str | None = "anna", **changed: object) -> Return:
    """So many whole euros went back."""
    told = {"currency": "EUR", "amount": 100 * euros, **changed}
    return Return(at=at(day), customer=customer, **told)  # type: ignore[arg-type]


def program(text: str = BEAN_STREET) -> Program:
    """A definition in force since ever."""
    definition = read(text, file="program.yaml")
    return Program(definition.program, (Version(sha_of(text), definition, published_at=0, effective_at=0),))


def replayed(events: Sequence[Event], text: str = BEAN_STREET, model: Model = NEVER_USED) -> Replay:
    """A finished replay."""
    with Spool() as spool:
        replay = Replay(program(text), model, spool.shelf())
        for event in events:
            replay.take(event)
        replay.finish()
    return replay


def imported(path: Path, *, skip: bool = False, currency: str = "EUR") -> tuple[list[Event], Layout, Reading]:
    """What a file tells, in the order of time."""
    with Spool() as spool:
        source = Source(path, ZoneInfo("Europe/Berlin"), currency, skip_broken=skip)
        layout, reading = read_orders(source, spool)
        return list(spool.events()), layout, reading


def file_of(folder: Path) -> Callable[..., Path]:
    """Writes lines to a file in `folder`."""

    def write(*lines: str, name: str = "orders.csv") -> Path:
        path = folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
