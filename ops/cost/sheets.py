"""The tables of a bill: on a screen with rich, on the page as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table

from ops.cost.bill import (
    BUSY,
    INVOKED,
    LOGS,
    MILLION,
    PROFILES,
    PURCHASE,
    REFRESH,
    SMALL,
    STRICT,
    Line,
    bill,
    by_service,
    megabytes,
    milliseconds,
    total,
)
from ops.cost.levers import levers
from ops.cost.month import Charge, dollars, left, month
from ops.cost.prices import HOME, REGIONS, price_list
from ops.cost.record import Record

ORDERS = 500
_GUARDS = ("WAF", "X-Ray")
_MEMORIES = (512, 1_024, 1_769)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`figures`: how many of the last columns are numbers; the last `sums` rows are totals"""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: int
    sums: int = 0


def rich_table(sheet: Sheet) -> Table:
    table = Table(title=sheet.title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    for place, heading in enumerate(sheet.headings):
        right = place >= len(sheet.headings) - sheet.figures
        table.add_column(heading, justify="right" if right else "left")
    for place, row in enumerate(sheet.rows):
        table.add_row(*row, style="bold" if place >= len(sheet.rows) - sheet.sums else "")
    return table


def markdown(sheet: Sheet) -> str:
    words = len(sheet.headings) - sheet.figures
    told = [sheet.headings, ["---"] * words + ["---:"] * sheet.figures]
    for place, row in enumerate(sheet.rows):
        is_sum = place >= len(sheet.rows) - sheet.sums
        told.append([f"**{cell}**" if is_sum and cell else cell for cell in row])
    return "\n".join(f"| {' | '.join(row)} |" for row in told)


def money(amount: float) -> str:
    return f"{amount:,.2f}"


def goals(record: Record) -> Sheet:
    """What was asked for, and what it is."""
    found = [
        ("A million purchases, REST API", 10.5, unguarded(record, PURCHASE)),
        ("A million purchases, HTTP API", 8.0, total(bill(record, PURCHASE, SMALL))),
        ("Their logs", 0.5, by_service(bill(record, PURCHASE, SMALL))[LOGS]),
        ("A million card refreshes, REST API", 12.0, unguarded(record, REFRESH)),
        ("A million card refreshes, HTTP API", 7.0, total(bill(record, REFRESH, SMALL))),
        ("A month without orders, small, by the list", 5.0, dollars(month(record, SMALL))),
        ("The same, with what every account has free", 5.0, left(month(record, SMALL))),
    ]
    rows = [(what, money(goal), money(is_now), "yes" if is_now <= goal else "no") for what, goal, is_now in found]
    return Sheet("Goals, dollars", ("", "at most", "now", "reached"), rows, figures=3)


def unguarded(record: Record, hops: Sequence[str]) -> float:
    """A million events through the REST API alone, without what strict puts before it and beside it."""
    return sum(line.dollars for line in bill(record, hops, STRICT) if line.service not in _GUARDS)


def lines(record: Record, hops: Sequence[str], title: str) -> Sheet:
    """A line for each service and hop, with both front doors side by side."""
    both = {profile.name: _keyed(bill(record, hops, profile)) for profile in PROFILES}
    keys = dict.fromkeys(key for keyed in both.values() for key in keyed)
    rows = []
    for key in sorted(keys, key=lambda key: hops.index(key[1])):
        service, hop = key
        known = [keyed.get(key) for keyed in both.values()]
        said = next(line.said for line in known if line is not None)
        rows.append([hop, service, said, *(money(line.dollars) if line else "" for line in known)])
    rows.append(["", "together", "", *(money(total(list(keyed.values()))) for keyed in both.values())])
    return Sheet(title, ("hop", "service", "of one event", *(p.name for p in PROFILES)), rows, figures=2, sums=1)


def regions(record: Record) -> Sheet:
    """The totals in each region."""
    rows = [
        [what, profile.name, *(money(total(bill(record, hops, profile, region=region))) for region in REGIONS)]
        for what, hops in (("purchase", PURCHASE), ("purchase that waits", BUSY), ("refresh", REFRESH))
        for profile in PROFILES
    ]
    return Sheet("A million of each, dollars", ("", "profile", *REGIONS), rows, figures=2)


def durations(record: Record) -> Sheet:
    """How much rests on the assumed durations."""
    rows = [
        [what, profile.name, *(money(total(bill(record, hops, profile, slower=slower))) for slower in (0.5, 1, 2))]
        for what, hops in (("purchase", PURCHASE), ("refresh", REFRESH))
        for profile in PROFILES
    ]
    headings = ("", "profile", "half as long", "as assumed", "twice as long")
    return Sheet("By Lambda's durations, dollars", headings, rows, figures=3)


def memories(record: Record) -> Sheet:
    """How long an invocation takes and what a million of them cost, with more of a processor and with less."""
    price = price_list().prices["lambda_gb_second"]
    rows = []
    for name in INVOKED:
        hop, cells = record[name], []
        for memory in _MEMORIES:
            took = milliseconds(name, hop, memory)
            paid = price.of(memory / 1_024 * took / 1_000 * MILLION, HOME)
            cells.append(f"{took:.0f} ms, {money(paid)}")
        rows.append([name, f"{megabytes(hop.function):,} MB", *cells])
    headings = ("", "taken", *(f"{memory:,} MB" for memory in _MEMORIES))
    return Sheet("By a function's memory, dollars of a million invocations", headings, rows, figures=len(_MEMORIES))


def months(record: Record) -> Sheet:
    """A month without orders and one with some, in both profiles."""
    small, strict = month(record, SMALL, orders=ORDERS), month(record, STRICT, orders=ORDERS)
    mine = {charge.what: charge for charge in small}
    rows = [_charged(charge, mine.get(charge.what)) for charge in strict]
    for title, orders in (("without orders", 0), (f"with {ORDERS} orders", ORDERS)):
        pair = [month(record, profile, orders=orders) for profile in (SMALL, STRICT)]
        rows.append([title, "by the list", *(money(dollars(charges)) for charges in pair)])
        rows.append([title, "less what is free for ever", *(money(left(charges)) for charges in pair)])
    return Sheet("A month, dollars", ("", "counted", "small", "strict"), rows, figures=2, sums=4)


def savings(record: Record) -> Sheet:
    """What would save how much."""
    rows = [[lever.what, lever.against, money(lever.purchase), money(lever.refresh)] for lever in levers(record)]
    headings = ("", "what speaks against it", "purchases", "refreshes")
    return Sheet("What the next lever would save of a million, dollars", headings, rows, figures=2)


def listed() -> Sheet:
    """Every price with its day and its sources."""
    rows = []
    for price in price_list().prices.values():
        known = ["unknown" if price.dollars[region] is None else f"{price.dollars[region]:.10g}" for region in REGIONS]
        rows.append([price.unit, *known, price.dated, price.read, price.listed])
    headings = ("unit", *REGIONS, "dated", "read at", "the list itself")
    return Sheet("Prices, dollars", headings, rows, figures=0)


def _keyed(found: Sequence[Line]) -> dict[tuple[str, str], Line]:
    """By service and hop; the two front doors are one line."""
    return {("API Gateway" if line.service.startswith("API") else line.service, line.hop): line for line in found}


def _charged(charge: Charge, small: Charge | None) -> list[str]:
    said = charge.said if small is None or small.said == charge.said else f"{small.said}; strict: {charge.said}"
    return [charge.what, said, money(small.dollars) if small else "", money(charge.dollars)]
