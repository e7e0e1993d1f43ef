"""How large a journal entry of a definition can become: the price of every event is paid by the kilobyte."""

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.chain import encode
from chalicelib.ledger.journal import Cell, Entry, Leg, Maturing, Purse, Rolled, Snapshot, Tier
from chalicelib.ledger.posting import MOST_CELLS, MOST_MATURING
from chalicelib.programs.definition import (
    After,
    Currency,
    Definition,
    Duration,
    Inactivity,
    Lasting,
    MembershipYear,
    Moment,
    RollingWindow,
    Tiers,
    Unlimited,
)
from chalicelib.programs.metrics import metric_name

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_MOMENT_DAYS = {
    Moment.END_OF_WEEK: 7,
    Moment.END_OF_MONTH: 30,
    Moment.END_OF_QUARTER: 91,
    Moment.END_OF_HALF_YEAR: 182,
    Moment.END_OF_YEAR: 365,
}
_FIRST = 1_767_222_000_000  # 2026-01-01 in Berlin: any whole minute is as long
_MINUTE = 60_000
_POINTS = 12_345


def largest_entry_bytes(definition: Definition) -> int:
    """Bytes of the largest entry of an eager member: every cell is full of five-digit points."""
    purses = {currency.key: _purse(currency) for currency in definition.currencies}
    tiers = definition.tiers
    name = metric_name(tiers.measure) if tiers else ""
    longest = max((level.name for level in tiers.levels), key=len) if tiers else ""
    snap = Snapshot(
        opened=_FIRST,
        status="active",
        purses=purses,
        metrics={name: _cells(_metric_cells(tiers))} if tiers else {},
        tier=Tier(longest, _FIRST, _FIRST, ((_FIRST, longest),) * 4) if tiers else Tier(),
    )
    entry = Entry(
        account=AccountId("a" * 22),
        seq=12_345,
        at=_FIRST + 1,
        occurred_at=_FIRST + 1,
        kind="taken_back",
        document=Reference("order/shopify/" + "1" * 18),
        name="#123456",
        event="d" * 36,
        actor="shopify/shop",
        version="f" * 16,
        rules=tuple(rule.name for rule in definition.earn.orders),
        legs=tuple(leg for currency in definition.currencies for leg in _legs(currency)),
        rolled=(Rolled(name, _FIRST, _POINTS),) if tiers else (),
        snap=snap,
        prev="h" * 43,
        hash="",
    )
    return len(encode(entry))


def _legs(currency: Currency) -> tuple[Leg, ...]:
    return (
        Leg("issued", currency.key, -_POINTS),
        Leg("cell", currency.key, _POINTS, ends=_FIRST),
    )


def _purse(currency: Currency) -> Purse:
    count = _maturing(currency)
    waiting = tuple(Maturing(_FIRST + day * _MINUTE, _FIRST, _POINTS) for day in range(count))
    return Purse(_cells(_expiry_cells(currency)), waiting, 0, _POINTS, _POINTS, _POINTS, _POINTS)


def _cells(count: int) -> tuple[Cell, ...]:
    return tuple(Cell(_FIRST + number * _MINUTE, _POINTS) for number in range(count))


def _expiry_cells(currency: Currency) -> int:
    match currency.expires:
        case Lasting(life, moment):
            return min(MOST_CELLS, days(life) // _MOMENT_DAYS.get(moment, 1) + 1)
        case Unlimited() | Inactivity():
            return 1
        case MembershipYear():
            return 2


def _maturing(currency: Currency) -> int:
    match currency.available:
        case After(wait):
            return min(MOST_MATURING, days(wait) + 1)
        case _:
            return 0


def _metric_cells(tiers: Tiers) -> int:
    match tiers.window:
        case RollingWindow(length, grain):
            return days(length) // _DAYS[grain] + 1
        case _:
            return 1


def days(time: Duration) -> int:
    """About how many days."""
    return time.count * _DAYS[time.unit]
