"""A file of orders, read into a spool: every row is a sale, a return, or counted with the reason why it is neither."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from ops.backtest.layouts import LAYOUTS, Layout, Place, layout_of
from ops.backtest.spool import Spool
from ops.backtest.table import BrokenLine, Reading, Row, Table, opened


@dataclass(frozen=True, slots=True)
class Source:
    """Where orders come from and how they are read.

    zone: of times that name none      currency: of amounts that name none, unless the kind of file has its own
    money: what amounts are taken for, whatever the file says; "" for what it says
    """

    path: Path
    zone: ZoneInfo
    currency: str
    money: str = ""
    skip_broken: bool = False


def read_orders(source: Source, spool: Spool, *, tick: Callable[[], None] = lambda: None) -> tuple[Layout, Reading]:
    """Read a whole file. Raises BrokenLine at the first line that cannot be understood, unless those are skipped."""
    reading = Reading()
    with opened(source.path) as raw:
        table = Table(str(source.path), raw)
        layout = _known(table)
        place = Place(source.zone, source.money or layout.currency or source.currency, is_forced=bool(source.money))
        last = ""
        for row in table.rows(reading, skip=source.skip_broken):
            tick()
            name = row.text(layout.order) if layout.order else ""
            if layout.has_lines and last and name in ("", last):
                continue
            last = name
            try:
                _take(row, layout, reading, place, spool)
            except BrokenLine as err:
                if not source.skip_broken:
                    raise
                reading.broken.append(str(err))
    return layout, reading


def _known(table: Table) -> Layout:
    layout = layout_of(table.columns)
    if layout is None:
        known = "; ".join(", ".join(sorted(each.needs)) for each in LAYOUTS)
        raise BrokenLine(table.name, 1, "", "", f"no known kind of file has these columns. Known are: {known}")
    return layout


def _take(row: Row, layout: Layout, reading: Reading, place: Place, spool: Spool) -> None:
    events = layout.events(row, reading, place)
    if layout.order and events:
        before = spool.named(row.text(layout.order), row.line, events[0].customer)
        if before is not None:
            raise row.broken(layout.order, f"an order that no other line tells of (line {before:,} does)")
    for event in events:
        spool.put(event)
