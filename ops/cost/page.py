"""docs/cost.md: its words are in page.md, its figures come from the record and the price list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ops.cost import sheets
from ops.cost.bill import (
    INVOKED,
    LOGS,
    MILLION,
    PURCHASE,
    REFRESH,
    SMALL,
    STRICT,
    bill,
    by_service,
    egress,
    log_bytes,
    total,
)
from ops.cost.chart import chart
from ops.cost.month import alarm_metrics, alarms, dollars, left, month
from ops.cost.prices import HOME, REGIONS, assumptions, price_list
from ops.cost.record import PICTURES, Record
from ops.laptop.home import PROJECT

PAGE, PICTURE = PROJECT / "docs" / "cost.md", PROJECT / "docs" / "images" / "cost.svg"
_WORDS, _PEERS = Path(__file__).parent / "page.md", Path(__file__).parent / "peers.yaml"
_ORDERS = (500, 2_500, 10_000, 100_000)
_FREE = {
    "lambda_request": "invocations",
    "lambda_gb_second": "GB-seconds",
    "sqs_request": "requests of queues",
    "alarm_metric": "metrics under alarm",
    "dashboard": "dashboards",
    "log_gb": "bytes of logs",
    "key_call": "uses of keys",
    "egress_gb": "bytes out to the internet",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A vendor's published plan. `steps`: orders, the month's price    `more`: of each further `block`; None: unsaid"""

    plan: str
    steps: Sequence[Sequence[int]]
    more: int | None
    block: int | None
    source: str
    dated: object
    quality: str

    def month(self, orders: int) -> int | None:
        """None where the plan does not say what so many cost."""
        for most, price in self.steps:
            if orders <= most:
                return price
        if self.more is None or self.block is None:
            return None
        most, price = self.steps[-1]
        return price - (most - orders) // self.block * self.more


def page(record: Record) -> str:
    """The whole page."""
    return _WORDS.read_text().format(**_figures(record))


def write(record: Record) -> None:
    """The page and its picture."""
    PAGE.write_text(page(record))
    PICTURE.write_text(chart(record))


def _figures(record: Record) -> Mapping[str, str]:
    """What stands in the words' braces."""
    known, borrowed = assumptions(), price_list().unknown(REGIONS[1])
    logs = sum(log_bytes(record[hop]) for hop in PURCHASE)
    reads, writes = (sum(getattr(record[hop], kind) for hop in PURCHASE) for kind in ("reads", "writes"))
    return {
        "goals": sheets.markdown(sheets.goals(record)),
        "purchase": sheets.markdown(sheets.lines(record, PURCHASE, "")),
        "refresh": sheets.markdown(sheets.lines(record, REFRESH, "")),
        "regions": sheets.markdown(sheets.regions(record)),
        "durations": sheets.markdown(sheets.durations(record)),
        "months": sheets.markdown(sheets.months(record)),
        "savings": sheets.markdown(sheets.savings(record)),
        "prices": sheets.markdown(sheets.listed()),
        "peers": sheets.markdown(_compared(record)),
        "peer_sources": "\n".join(_sources()),
        "purchase_small": sheets.money(total(bill(record, PURCHASE, SMALL))),
        "purchase_strict": sheets.money(total(bill(record, PURCHASE, STRICT))),
        "refresh_small": sheets.money(total(bill(record, REFRESH, SMALL))),
        "refresh_strict": sheets.money(total(bill(record, REFRESH, STRICT))),
        "idle": sheets.money(dollars(month(record, SMALL))),
        "idle_left": sheets.money(left(month(record, SMALL))),
        "orders": sheets.money(dollars(month(record, SMALL, orders=sheets.ORDERS)) - dollars(month(record, SMALL))),
        "units": f"{reads:g} read and {writes:g} write units",
        "logs": f"{logs:,}",
        "log_dollars": sheets.money(by_service(bill(record, PURCHASE, SMALL))[LOGS]),
        "pass_kilobytes": f"{egress(record['pass']) / 1_000:.1f}",
        "poster_kilobytes": f"{known['poster_bytes'] / 1_000:.0f}",
        "poster_dollars": f"{price_list().prices['egress_gb'].of(known['poster_bytes'] * MILLION, HOME):.0f}",
        "unheld": str(known["unheld_percent"]),
        "picture_reads": f"{record[PICTURES].reads:g}",
        "alarm_metrics": str(alarm_metrics(SMALL)),
        "alarms": str(len(alarms(SMALL))),
        "memories": sheets.markdown(sheets.memories(record)),
        "processor": _said_of(INVOKED, known["processor_milliseconds"]),
        "platform": str(known["platform_log_bytes"]),
        "borrowed": ", ".join(f"`{name}`" for name in borrowed),
        "free": ", ".join(f"{units:,} {_FREE[name]}" for name, units in price_list().free.items()),
        "checked": price_list().checked,
        "thousand": sheets.money((total(bill(record, PURCHASE, SMALL)) + total(bill(record, REFRESH, SMALL))) / 1_000),
    }


def _said_of(hops: Sequence[str], milliseconds: Mapping[str, float]) -> str:
    return ", ".join(f"{hop} {milliseconds[hop]:g}" for hop in hops)


@cache
def peers() -> Mapping[str, Any]:
    told: Mapping[str, Any] = yaml.safe_load(_PEERS.read_text())
    return told


def _compared(record: Record) -> sheets.Sheet:
    plans = [Plan(**plan) for plan in peers()["peers"]]
    rows = [[plan.plan, *(_told(plan.month(orders)) for orders in _ORDERS)] for plan in plans]
    each = (total(bill(record, PURCHASE, SMALL)) + total(bill(record, REFRESH, SMALL))) / MILLION
    ours = [dollars(month(record, SMALL)) + orders * each for orders in _ORDERS]
    rows.append(["Pointpass, small: AWS alone, nobody's work", *(sheets.money(amount) for amount in ours)])
    return sheets.Sheet("", ("orders a month", *(f"{orders:,}" for orders in _ORDERS)), rows, figures=4, sums=1)


def _told(amount: int | None) -> str:
    return "not said" if amount is None else f"{amount:,.0f}"


def _sources() -> list[str]:
    plans = [Plan(**plan) for plan in peers()["peers"]]
    found = [f"* {plan.plan}: <{plan.source}>, read {plan.dated}; {plan.quality}." for plan in plans]
    return found + [f"* {other['says']} ({other['source']})." for other in peers()["others"]]
