"""The back-test of a real year: 25,943 invoices by the demo program, beside a naive sum of the same file in pandas.

The year (bench/data) is UCI's Online Retail, one row an invoice. What pandas does is far less: it reads, drops what
is no sale, nets cancellations per customer and month, and gives a point for each euro, with no day-by-day order,
no expiry, no levels and nobody who uses any points. It is the floor for anything written in Python.
"""

import gc
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.progress import track
from rich.table import Table

from chalicelib.programs.backtest.model import Model
from chalicelib.programs.backtest.replay import Replay
from chalicelib.programs.program import Program, Version, sha_of
from chalicelib.programs.rates import DayRate
from chalicelib.programs.reading import read
from ops.backtest.importing import Source, read_orders
from ops.backtest.spool import Spool

TITLE = "Back-test of a year of invoices (seconds of one core)"
YEAR = Path(__file__).parent / "data" / "online-retail-invoices.csv.gz"
_DEFINITION = Path(__file__).parent.parent / "programs" / "bean-street.yaml"
_RATE = Fraction(117, 100)
_ROUNDS = 3


def measure(screen: Console) -> Table:
    """Median of each, taken in turns, and the memory that the replay's own objects take at most."""
    ours, theirs, members = [], [], 0
    for _ in track(range(_ROUNDS), "Back-testing", console=screen, transient=True):
        theirs.append(_seconds(_naive))
        ours.append(_seconds(_replayed))
    tracemalloc.start()
    members = _replayed().members
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    table = Table("what", "seconds", "invoices a second", "ratio", "peak of Python objects, MB")
    table.add_row("pandas, a naive groupby", f"{median(theirs):.2f}", f"{25_943 / median(theirs):,.0f}", "1.0", "")
    row = (f"{median(ours):.2f}", f"{25_943 / median(ours):,.0f}", f"{median(ours) / median(theirs):.1f}")
    table.add_row(f"pointpass backtest, {members:,} members", *row, f"{peak / 2**20:.0f}")
    return table


def _seconds(work: Callable[[], object]) -> float:
    """Processor time of one run, so that a busy computer counts less."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def _replayed() -> Replay:
    text = _DEFINITION.read_text()
    definition = msgspec.structs.replace(read(text, file=_DEFINITION.name), takes={"GBP": (DayRate(date.min, _RATE),)})
    program = Program(definition.program, (Version(sha_of(text), definition, published_at=0, effective_at=0),))
    with Spool() as spool:
        read_orders(Source(YEAR, ZoneInfo(definition.time_zone), definition.money), spool)
        replay = Replay(program, Model(), spool.shelf())
        for event in spool.events():
            replay.take(event)
        replay.finish()
    return replay


def _naive() -> object:
    import pandas as pd  # noqa: PLC0415  # its import is not what is measured, and half a second

    invoices = pd.read_csv(YEAR, dtype={"InvoiceNo": str, "CustomerID": str}, na_values=["(blank)"])
    invoices["month"] = pd.to_datetime(invoices["InvoiceDate"], format="%m/%d/%Y %H:%M").dt.to_period("M")
    invoices["euros"] = invoices["Quantity"] * invoices["UnitPrice"] * float(_RATE)
    is_return = invoices["InvoiceNo"].str.startswith("C")
    is_sale = invoices["InvoiceNo"].str.isdigit() & (invoices["euros"] > 0)
    kept = invoices[(is_sale | is_return) & invoices["CustomerID"].notna()]
    points = kept["euros"].floordiv(1).groupby([kept["CustomerID"], kept["month"]]).sum().clip(lower=0)
    return points.groupby("month").sum()
