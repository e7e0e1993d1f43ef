"""How large a journal entry of a definition can become: the price of every event is paid by the kilobyte.

usual      a purchase of an eager member: what nearly every event costs
crowded    the same at its worst: holds that are open, large numbers
largest    what no entry ever exceeds
"""

import msgspec

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.bounds import MOST_CELLS, MOST_MATURING
from chalicelib.ledger.chain import encode
from chalicelib.ledger.holds import MOST_HELD_LOTS, MOST_HOLDS
from chalicelib.ledger.journal import (
    REMEMBERED_CHANGES,
    Cell,
    Entry,
    Hold,
    Leg,
    Maturing,
    Purse,
    Rolled,
    Snapshot,
    Tier,
)
from chalicelib.ledger.levels import given
from chalicelib.ledger.redemptions import LONGEST_REFERENCE
from chalicelib.programs.definition import (
    After,
    Currency,
    Definition,
    Expiry,
    Inactivity,
    Lasting,
    MembershipYear,
    Moment,
    Unlimited,
)
from chalicelib.programs.durations import Duration
from chalicelib.programs.member_counters import fullest
from chalicelib.programs.metrics import cells_of, metric_names
from chalicelib.programs.tiers import Tiers

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_MOMENT_DAYS = {
    Moment.END_OF_WEEK: 7,
    Moment.END_OF_MONTH: 30,
    Moment.END_OF_QUARTER: 91,
    Moment.END_OF_HALF_YEAR: 182,
    Moment.END_OF_YEAR: 365,
}
_FIRST = 1_767_222_000_000  # 2026-01-01 in Berlin: any whole minute is as long
_MONTH = 31 * 86_400_000
_USUAL, _LARGE = 1_234, 654_321
_NAME = "r" * LONGEST_REFERENCE
_TTL = 7
"""Bytes of a number of ten digits: one for each two of them, and two more."""


def usual_entry_bytes(definition: Definition) -> int:
    """Bytes of a purchase's entry when every cell of an eager member is full: what each event costs, nearly always.

    An entry that also tells what time did since the one before it is larger by those movements.
    """
    purses = {currency.key: _purse(currency, definition, points=_USUAL) for currency in definition.currencies}
    legs = tuple(leg for currency in definition.currencies for leg in _earned(currency, _USUAL))
    return _bytes(definition, _snapshot(definition, purses, points=_USUAL), legs, _USUAL)


def crowded_entry_bytes(definition: Definition) -> int:
    """The same with four open holds, each of one lot and with the longest name, and larger numbers."""
    purses = {currency.key: _purse(currency, definition, points=_LARGE) for currency in definition.currencies}
    main = definition.main.key
    purses[main] = msgspec.structs.replace(purses[main], holds=_holds((1,) * MOST_HOLDS), transferred=-_LARGE)
    legs = tuple(leg for currency in definition.currencies for leg in _earned(currency, _LARGE))
    return _bytes(definition, _with_given(definition, _snapshot(definition, purses, points=_LARGE)), legs, _LARGE)


def largest_entry_bytes(definition: Definition) -> int:
    """No entry of an account is larger, whatever happened at once: an upper bound, for points of up to six digits.

    That is an account which nobody looked at while everything on it ripened, ran out and ended, and whose lots all move
    to other ends in the same posting. It happens once and is paid for once; the account that is left is small.
    """
    purses, legs = {}, list[Leg]()
    for currency in definition.currencies:
        ends = _all_ends(currency, definition)
        lots = min(MOST_HELD_LOTS, MOST_HOLDS * ends)
        shares = tuple(lots // MOST_HOLDS + (place < lots % MOST_HOLDS) for place in range(MOST_HOLDS))
        maturing = MOST_MATURING if isinstance(currency.available, After) else 0
        full = _full(ends, maturing, _LARGE)
        purses[currency.key] = msgspec.structs.replace(full, holds=_holds(shares), debt=_LARGE, transferred=-_LARGE)
        legs += _turned_over(currency.key, ends, maturing, lots)
    snap = _with_given(definition, _snapshot(definition, purses, points=_LARGE))
    return _bytes(definition, snap, tuple(legs), _LARGE, is_turned_over=True)


def item_bytes(program: str, entry: Entry) -> int:
    """Size of an entry's item as DynamoDB counts it: the names and values of its attributes in UTF-8.

    Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats". The time to live is a number of ten digits.
    """
    line = encode(entry)
    values = (f"P#{program}#A#{entry.account}", f"E#{entry.seq:012d}", line, "h" * 43)
    return sum(len(value.encode()) for value in values) + len("pkskline" + "hash" + "ends_at") + _TTL


def _bytes(
    definition: Definition,
    snap: Snapshot,
    legs: tuple[Leg, ...],
    points: int,
    *,
    is_turned_over: bool = False,
) -> int:
    entry = Entry(
        account=AccountId("a" * 22),
        seq=12_345,
        at=_FIRST + 1,
        occurred_at=_FIRST + 1,
        kind="transferred",
        document=Reference("order/shopify/" + "1" * 18),
        name="#123456",
        event="d" * 36,
        actor="shopify/shop",
        version="f" * 16,
        rules=tuple(rule.name for rule in definition.earn.orders),
        legs=legs,
        rolled=(
            *_tier_rolled(definition, points, is_turned_over=is_turned_over),
            *_member_rolled(definition, is_turned_over=is_turned_over),
        ),
        snap=snap,
        prev="h" * 43,
        hash="",
    )
    return item_bytes(definition.program, entry)


def _snapshot(definition: Definition, purses: dict[str, Purse], *, points: int) -> Snapshot:
    tiers = definition.tiers
    measured = {name: _cells(count, points) for name, count in _metric_windows(tiers).items()}
    longest = max((level.name for level in tiers.levels), key=len) if tiers else ""
    changes = tuple((_FIRST + number * _MONTH, longest) for number in range(REMEMBERED_CHANGES))
    return Snapshot(
        opened=_FIRST,
        status="active",
        purses=purses,
        metrics={**measured, **_member_counts(definition)},
        tier=Tier(longest, changes[-1][0], _FIRST, changes) if tiers else Tier(),
    )


def _with_given(definition: Definition, snap: Snapshot) -> Snapshot:
    """The same of a member to whom somebody of the shop has given a level."""
    tiers = definition.tiers
    if tiers is None:
        return snap
    return msgspec.structs.replace(snap, metrics={**snap.metrics, given(snap.tier.level): _cells(1, 1)})


def _tier_rolled(definition: Definition, points: int, *, is_turned_over: bool) -> tuple[Rolled, ...]:
    """What an order adds to the measures of levels; turned over, everything leaves as well."""
    windows = _metric_windows(definition.tiers)
    return tuple(
        Rolled(name, _FIRST, -points)
        for name, count in windows.items()
        for _ in range(2 * count + 1 if is_turned_over else 1)
    )


def _member_counts(definition: Definition) -> dict[str, tuple[Cell, ...]]:
    """What conditions on the member count, at its fullest."""
    return {each.metric: _cells(each.cells, each.points) for each in fullest(definition)}


def _member_rolled(definition: Definition, *, is_turned_over: bool) -> tuple[Rolled, ...]:
    """What an order adds to them; turned over, everything leaves as well."""
    rolled: list[Rolled] = []
    for each in fullest(definition):
        rolled += [Rolled(each.metric, _FIRST, -each.points)] * (2 * each.cells + 1 if is_turned_over else 1)
    return tuple(rolled)


def _earned(currency: Currency, points: int) -> tuple[Leg, ...]:
    return (
        Leg("issued", currency.key, -points),
        Leg("cell", currency.key, points, ends=_FIRST),
    )


def _turned_over(currency: str, ends: int, maturing: int, lots: int) -> list[Leg]:
    """What time can do to a full purse, and then the posting of its own: everything moves, and all is drawn."""
    cell = Leg("cell", currency, -_LARGE, ends=_FIRST + 1)
    total = Leg("taken_back", currency, -_LARGE)
    held = Leg("held", currency, -_LARGE, ends=_FIRST + 1, at=_FIRST + 1, document=Reference(_NAME))
    ripe = Leg("maturing", currency, -_LARGE, ends=_FIRST + 1, at=_FIRST + 1)
    by_time = [ripe, cell, total] * maturing + [held, cell] * lots + [total] * MOST_HOLDS
    by_time += [cell, total] * (ends + maturing + lots)
    moved = [cell, cell] * ends + [held, held] * lots + [ripe, ripe] * maturing
    return by_time + moved + [cell, held] * ends + [total] * 6


def _purse(currency: Currency, definition: Definition, *, points: int) -> Purse:
    ends = _expiry_cells(currency, is_given=definition.transfers.allowed)
    return _full(ends, _maturing(currency), points)


def _full(ends: int, maturing: int, points: int) -> Purse:
    return Purse(
        cells=_cells(ends, points),
        maturing=_coming(maturing, points),
        issued=points,
        redeemed=points,
        expired=points,
        taken_back=points,
    )


def _coming(count: int, points: int) -> tuple[Maturing, ...]:
    return tuple(Maturing(_FIRST + number * _MONTH, _FIRST, points) for number in range(count))


def _holds(lots: tuple[int, ...]) -> tuple[Hold, ...]:
    return tuple(Hold(_FIRST + 1, Reference(_NAME), _cells(count, _LARGE)) for count in lots)


def _cells(count: int, points: int) -> tuple[Cell, ...]:
    return tuple(Cell(_FIRST + number * _MONTH, points) for number in range(count))


def _all_ends(currency: Currency, definition: Definition) -> int:
    """Points that come back with a grace, or from other members, bring ends of their own."""
    grace = definition.refunds.restore_grace_days
    return min(MOST_CELLS, _expiry_cells(currency, is_given=definition.transfers.allowed) + (grace and grace + 2))


def _expiry_cells(currency: Currency, *, is_given: bool) -> int:
    """is_given: points come from other members too, with ends of their own."""
    match currency.expires:
        case Lasting(life, moment):
            return min(MOST_CELLS, days(life) // _MOMENT_DAYS.get(moment, 1) + 1)
        case Unlimited():
            return 1
        case Inactivity():
            return MOST_CELLS if is_given else 1
        case MembershipYear():
            return MOST_CELLS if is_given else 2


def _maturing(currency: Currency) -> int:
    """Lots on the way at once, of somebody who buys each day: those that ripen and end together are one."""
    match currency.available:
        case After(wait, moment, _, give_up):
            grain = _MOMENT_DAYS.get(moment, 1)
            ripening, waited = _periods(days(wait), grain), days(wait) + grain
            lots = min(waited, ripening + _ends_within(currency.expires, waited) - 1)
            given_up = days(give_up) + 1 if give_up is not None else 0
            return min(MOST_MATURING, max(lots, given_up))
        case _:
            return 0


def _ends_within(expires: Expiry, span: int) -> int:
    """Different ends of what is earned in so many days."""
    match expires:
        case Lasting(_, moment):
            return _periods(span - 1, _MOMENT_DAYS.get(moment, 1))
        case MembershipYear():
            return 2
        case Unlimited() | Inactivity():
            return 1


def _periods(length: int, grain: int) -> int:
    """How many weeks, months or longer are touched by so many days and the day on which they begin."""
    return -(-length // grain) + 1


def _metric_windows(tiers: Tiers | None) -> dict[str, int]:
    """How many cells each metric of the levels has at most."""
    found: dict[str, int] = {}
    if tiers is None:
        return found
    for measure, own in tiers.counted:
        found |= dict.fromkeys(metric_names(measure, own), cells_of(own or tiers.window))
    return found


def days(time: Duration) -> int:
    """About how many days."""
    return time.count * _DAYS[time.unit]
