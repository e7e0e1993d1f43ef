"""What the next changes would save, of a million events, and what they would take away."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops.cost.bill import MILLION, PURCHASE, REFRESH, SMALL, STRICT, bill, gb_seconds, megabytes, milliseconds
from ops.cost.prices import HOME, price_list
from ops.cost.record import Record

_LESS_BYTES = 5_000
_NEW_BYTES = 1_500
"""What pass.json and the manifest would be smaller by, deflated."""


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

    arm = 1 - prices["lambda_gb_second_arm"].of(1, region) / prices["lambda_gb_second"].of(1, region)
    front = million(STRICT.gateway, 1) - million(SMALL.gateway, 1)
    found = [
        Lever("HTTP API instead of REST API", front, 2 * front, "no WAF before it: that is the profile small"),
        Lever("WAF and X-Ray left out of strict", guards(PURCHASE), guards(REFRESH),
              "no limit for each address, no traces"),
        Lever("arm64 instead of x86_64", arm * spent("Lambda time", PURCHASE), arm * spent("Lambda time", REFRESH),
              "a second zip, which is not the one that was run here"),
        Lever("No look at whether a phone came, an hour after it was pushed", million("dynamodb_write", 1), 0.0,
              "a push that was lost on its way stays lost"),
        Lever("Half the memory again for the webhooks and the journal", _halved(record, PURCHASE, region), 0.0,
              "points and cards come later; measure it first"),
        Lever("5 kB less in every pass", 0.0, million("egress_gb", _LESS_BYTES),
              "each picture in one sharpness: phones would scale it, not always well"),
        Lever("What is new in each pass deflated", 0.0, million("egress_gb", _NEW_BYTES),
              "a sixth more than the signature's own time for each pass"),
        Lever("The newest entry not read again when the card follows it", million("dynamodb_read", 1), 0.0,
              "two entries at once are two pushes"),
    ]  # fmt: skip
    return sorted(found, key=lambda lever: lever.purchase + lever.refresh, reverse=True)


def _halved(record: Record, hops: Sequence[str], region: str) -> float:
    """What half the memory saves of a million, although less of a processor takes longer."""
    price = price_list().prices["lambda_gb_second"]
    saved = 0.0
    for name in hops:
        hop = record[name]
        memory = megabytes(hop.function) // 2
        then = memory / 1_024 * milliseconds(name, hop, memory) / 1_000
        saved += price.of((gb_seconds(name, hop) - then) * MILLION, region)
    return saved
