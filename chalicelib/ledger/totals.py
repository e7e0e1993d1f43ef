"""How many points a program issued, took and owes, day by day: every figure is a sum of the journal's own legs.

    opening + issued - redeemed - expired - taken back + adjusted + transferred - ended = closing

closing is what all members hold (usable, on the way, set aside) less what they owe.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.ledger.journal import Entry, Purse


class Flow(msgspec.Struct, frozen=True):
    """What moved in one currency. Each is how many points went that way; all but the last two are rarely negative.

    redeemed: less what was given back      adjusted: by hand, signed
    transferred: between members; comes to nothing when both sides are there
    """

    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    taken_back: int = 0
    adjusted: int = 0
    transferred: int = 0

    def plus(self, other: "Flow") -> "Flow":
        """Both together."""
        return Flow(
            *(one + two for one, two in zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True))
        )

    @property
    def net(self) -> int:
        """By how much what members hold has grown."""
        return self.issued - self.redeemed - self.expired - self.taken_back + self.adjusted + self.transferred


_SIGNS = {"issued": -1, "redeemed": 1, "expired": 1, "taken_back": 1, "transferred": -1}
"""By which sign a leg of the journal counts in a flow of the same name."""


def flows(entry: Entry) -> Mapping[str, Flow]:
    """What an entry moved, by currency. Currencies of which nothing came into being or left are not there."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for leg in entry.legs:
        if entry.kind == "adjusted" and leg.place in ("issued", "taken_back"):
            found[leg.currency]["adjusted"] -= leg.points
        elif leg.place in _SIGNS:
            found[leg.currency][leg.place] += _SIGNS[leg.place] * leg.points
    told = {currency: Flow(**moved) for currency, moved in found.items()}
    return {currency: flow for currency, flow in told.items() if flow != Flow()}


def owned(purse: Purse) -> int:
    """What a member holds of a currency, usable or not, less the debt."""
    return purse.spendable + purse.pending + purse.held - purse.debt


class DayTotal(msgspec.Struct, frozen=True):
    """One day of one currency.

    day: local date of the program, "2026-06-23"
    ended: points of guests whose accounts have reached their end; no entry says so, since nothing is left of them
    is_exact: summed over the whole journal; else counted as entries came, which may miss or repeat some
    """

    day: str
    currency: str
    opening: int
    flow: Flow
    ended: int
    closing: int
    is_exact: bool

    @property
    def difference(self) -> int:
        """What the day does not account for; 0, or the total is wrong."""
        return self.opening + self.flow.net - self.ended - self.closing


def rolled(currency: str, opening: int, days: Iterable[tuple[str, Flow]], closing: int) -> list[DayTotal]:
    """The exact totals of consecutive days, each opening with the closing before it.

    closing: what members held at the end of the last day; what the flows do not explain has ended
    """
    totals = []
    for day, flow in days:
        totals.append(DayTotal(day, currency, opening, flow, 0, opening + flow.net, is_exact=True))
        opening = totals[-1].closing
    if totals:
        totals[-1] = msgspec.structs.replace(totals[-1], ended=totals[-1].closing - closing, closing=closing)
    return totals
