"""What the next changes would save, of a million events, and what they would take away."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops.cost.bill import MILLION, PURCHASE, REFRESH, SMALL, STRICT, bill
from ops.cost.prices import HOME, assumptions, price_list
from ops.cost.record import Record

_LESS_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Lever:
    """Dollars saved of a million purchases, and of a million refreshes. `against`: what speaks against it"""

    what: str
    purchase: float
    refresh: float
    against: str


def levers(record: Record, *, region: str = HOME) -> list[Lever]:
    """The largest first."""
    prices = price_list().prices

    def million(price: str, units: float) -> float:
        return prices[price].of(units * MILLION, region)

    def spent(service: str, hops: Sequence[str]) -> float:
        return sum(line.dollars for line in bill(record, hops, STRICT, region=region) if line.service == service)

    def guards(hops: Sequence[str]) -> float:
        return spent("WAF", hops) + spent("X-Ray", hops)

    def kept(hops: Sequence[str]) -> float:
        return million("log_gb", len(hops) * int(assumptions()["platform_log_bytes"]))

    arm = 1 - prices["lambda_gb_second_arm"].of(1, region) / prices["lambda_gb_second"].of(1, region)
    front = million(STRICT.gateway, 1) - million(SMALL.gateway, 1)
    found = [
        Lever("HTTP API instead of REST API", front, 2 * front, "no WAF before it: that is the profile small"),
        Lever("WAF and X-Ray left out of strict", guards(PURCHASE), guards(REFRESH),
              "no limit for each address, no traces"),
        Lever("The day's totals added up at night", million("dynamodb_write", 1), 0.0, "totals of today come tomorrow"),
        Lever("arm64 instead of x86_64", arm * spent("Lambda time", PURCHASE), arm * spent("Lambda time", REFRESH),
              "other wheels in the zip; not tried"),
        Lever("Half the memory for the journal, if it then takes half as long again",
              spent("Lambda time", ("journal",)) / 4, 0.0, "cards follow later; measure it first"),
        Lever("Lambda's START, END and REPORT lines not kept", kept(PURCHASE), kept(REFRESH),
              "memory used is seen no more; times stay in the metrics"),
        Lever("10 kB less in every pass", 0.0, million("egress_gb", _LESS_BYTES), "smaller pictures"),
        Lever("One read less where a card or its phones are read twice", million("dynamodb_read", 1),
              million("dynamodb_read", 1), "nothing"),
    ]  # fmt: skip
    return sorted(found, key=lambda lever: lever.purchase + lever.refresh, reverse=True)
