"""The dated price list."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HOME = "us-east-1"
REGIONS = (HOME, "eu-central-1")
_FILE = Path(__file__).parent / "prices.yaml"
_ASSUMPTIONS = Path(__file__).parent / "assumptions.yaml"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for `per` units. `dollars`: by region, None where no source was found."""

    name: str
    unit: str
    per: int
    dollars: Mapping[str, float | None]
    listed: str
    read: str
    dated: str

    def of(self, units: float, region: str) -> float:
        """What so many units cost. The price of us-east-1 stands in for an unknown one."""
        known = self.dollars[region]
        price = self.dollars[HOME] if known is None else known
        assert price is not None, "every price has a source in us-east-1"
        return units * price / self.per


@dataclass(frozen=True, slots=True)
class PriceList:
    """`free`: units that every account has free each month"""

    checked: str
    prices: Mapping[str, Price]
    free: Mapping[str, float]

    def unknown(self, region: str) -> list[str]:
        """Names of the prices for which another region's stand in."""
        return [name for name, price in self.prices.items() if price.dollars[region] is None]


@cache
def price_list() -> PriceList:
    told = yaml.safe_load(_FILE.read_text())
    prices = {name: _price(name, row) for name, row in told["prices"].items()}
    return PriceList(str(told["checked"]), prices, told["free"])


@cache
def assumptions() -> Mapping[str, Any]:
    """What a run cannot count: see the file."""
    told: Mapping[str, Any] = yaml.safe_load(_ASSUMPTIONS.read_text())
    return told


def _price(name: str, row: Mapping[str, Any]) -> Price:
    dollars = {region: row[region] for region in REGIONS}
    return Price(name, row["unit"], row["per"], dollars, row["list"], row["read"], str(row["dated"]))
