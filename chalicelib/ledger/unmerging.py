"""Two accounts that had become one are two again.

What came along, and what its own documents did since, goes back to the account that left. What was used since is drawn
from the account that stayed first. Points that it had paid of the other one's debt return to it. The totals of an
account stay those of its own documents, so that later news of them finds what it can take back; points that one of the
two used of the other's were given from one to the other.

    grown(share, later, ...)      what the account that left would hold now, had it stayed by itself
    unmerge(share, carrier, ...)  the movements back
"""

from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.bounds import bounded, prolong
from chalicelib.ledger.documents import Lot
from chalicelib.ledger.journal import NEVER, Cell, Leg, Maturing, PlaceKind, Purse, Rolled, Snapshot
from chalicelib.ledger.merging import Merged
from chalicelib.ledger.moves import applied, arriving
from chalicelib.ledger.posting import after, earn, take_back
from chalicelib.ledger.redemptions import earliest
from chalicelib.ledger.settle import settle
from chalicelib.ledger.timeline import Calendar, Timeline

_OF_DOCUMENTS: tuple[PlaceKind, ...] = ("issued", "redeemed", "taken_back")


class Later(msgspec.Struct, frozen=True):
    """What an entry since the merge did for a document of the account that left, without what time did.

    lots: where the document's points belong, by currency
    alive: by currency, until when all points live after it, where they live as long as their owner is active
    """

    at: Instant
    legs: tuple[Leg, ...]
    rolled: tuple[Rolled, ...]
    lots: Mapping[str, Lot]
    alive: Mapping[str, Instant] = msgspec.field(default_factory=dict)


def grown(share: Snapshot, later: Sequence[Later], timeline: Timeline, *, since: Instant, at: Instant) -> Snapshot:
    """The share, true at `since`, as it would be at `at`; the totals of documents as they are."""
    brought = share
    for each in later:
        share = settle(share, timeline, since=since, at=each.at).snap
        since = each.at
        for currency in {leg.currency: None for leg in each.legs}:
            legs = _again(share.purse(currency), currency, each, timeline.calendar)
            share = applied(share, legs)
        share = applied(share, (), _within(share, each.rolled))
    return _with_totals(settle(share, timeline, since=since, at=at).snap, brought, later)


def unmerge(
    share: Snapshot, carrier: Snapshot, paid_until: Mapping[str, Instant], at: Instant, calendar: Calendar
) -> Merged:
    """Move `share` out of `carrier`; both settled to `at`, and both within bounds afterwards.

    paid_until: by currency, the end of the points that paid the other account's debt and return
    """
    out_legs: list[Leg] = []
    in_legs: list[Leg] = []
    for currency, own in share.purses.items():
        theirs = carrier.purse(currency)
        back = _parts(own, theirs, currency)
        held = sum(leg.points for leg in back.arriving)
        totals = _totals(own, theirs, currency, held)
        in_legs += [*back.arriving, *totals]
        out_legs += [*back.leaving, *(msgspec.structs.replace(leg, points=-leg.points) for leg in totals)]
        if left := own.debt - min(own.debt, theirs.debt):
            ends = paid_until.get(currency, NEVER)
            out_legs += arriving(msgspec.structs.replace(theirs, debt=0), currency, ends, left, at)
        in_legs += bounded(applied(Snapshot(opened=at), in_legs), currency, calendar)
        out_legs += bounded(applied(carrier, out_legs), currency, calendar)
    rolled = tuple(
        Rolled(name, cell.ends, min(cell.points, _measured(carrier, name, cell.ends)))
        for name, cells in share.metrics.items()
        for cell in cells
    )
    rolled = tuple(move for move in rolled if move.points)
    return Merged(
        out_legs=tuple(out_legs),
        out_rolled=tuple(msgspec.structs.replace(move, points=-move.points) for move in rolled),
        in_legs=tuple(in_legs),
        in_rolled=rolled,
    )


# --- what it would be by itself -----------------------------------------------------------------------------------


def _again(purse: Purse, currency: str, each: Later, calendar: Calendar) -> list[Leg]:
    """The movement of a document, done to the share instead of the account that carried it."""
    own = [leg for leg in each.legs if leg.currency == currency]
    legs = _done_again(purse, currency, own, each, calendar)
    if (ends := each.alive.get(currency)) is not None:
        legs += prolong(after(purse, currency, legs), currency, ends)
    return legs


def _done_again(purse: Purse, currency: str, own: Sequence[Leg], each: Later, calendar: Calendar) -> list[Leg]:
    sums = {place: sum(leg.points for leg in own if leg.place == place) for place in ("issued", "taken_back")}
    legs = _used_again(purse, currency, own, each.at)
    if not sums["issued"] and not sums["taken_back"]:
        legs += _moved_again(after(purse, currency, legs), currency, own, each.at)
        return legs
    lot = each.lots.get(currency) or Lot(max((leg.ends or 0 for leg in own if leg.place == "cell"), default=NEVER))
    if sums["issued"] < 0:
        legs += earn(after(purse, currency, legs), currency, lot, -sums["issued"], each.at)
    if sums["taken_back"] > 0:
        now = after(purse, currency, legs)
        legs += take_back(now, currency, lot, sums["taken_back"], at=each.at, calendar=calendar)
    return legs


def _used_again(purse: Purse, currency: str, own: Sequence[Leg], at: Instant) -> list[Leg]:
    """Points that were set aside are used or go back; points that were used before come back."""
    used = sum(leg.points for leg in own if leg.place == "redeemed")
    if used < 0:
        back = min(-used, purse.redeemed)
        ends = max((leg.ends or 0 for leg in own if leg.place == "cell"), default=NEVER)
        return [Leg("redeemed", currency, -back), *arriving(purse, currency, ends, back, at)] if back else []
    named = {leg.document for leg in own if leg.place == "held" and leg.points < 0}
    open_holds = [hold for hold in purse.holds if hold.document in named]
    if used and not open_holds:
        drawn = earliest(purse.cells, min(used, purse.spendable))
        taken = [Leg("cell", currency, -part.points, ends=part.ends) for part in drawn]
        return [*taken, Leg("redeemed", currency, -sum(leg.points for leg in taken))] if taken else []
    legs: list[Leg] = []
    for hold in open_holds:
        for cell in hold.cells:
            now = min(used, cell.points)
            used -= now
            legs.append(Leg("held", currency, -cell.points, ends=cell.ends, at=hold.until, document=hold.document))
            if now:
                legs.append(Leg("redeemed", currency, now))
            if now < cell.points:
                legs += arriving(after(purse, currency, legs), currency, cell.ends, cell.points - now, at)
    return legs


def _moved_again(purse: Purse, currency: str, own: Sequence[Leg], at: Instant) -> list[Leg]:
    """Points on the way got another day, or became usable."""
    there = {(part.at, part.ends): part.points for part in purse.maturing}
    new = next((leg for leg in own if leg.place == "maturing" and leg.points > 0), None)
    legs: list[Leg] = []
    for leg in own:
        moved = min(-leg.points, there.get((leg.at or 0, leg.ends or 0), 0)) if leg.place == "maturing" else 0
        if moved > 0:
            legs.append(msgspec.structs.replace(leg, points=-moved))
            legs += (
                [msgspec.structs.replace(new, points=moved)]
                if new
                else arriving(after(purse, currency, legs), currency, leg.ends or 0, moved, at)
            )
    return legs


def _with_totals(share: Snapshot, brought: Snapshot, later: Sequence[Later]) -> Snapshot:
    """The share with the lifetime totals that its documents have really come to."""
    legs = [leg for each in later for leg in each.legs if leg.place in _OF_DOCUMENTS]
    told = applied(brought, legs)
    purses = dict(share.purses)
    for currency, purse in told.purses.items():
        own = share.purse(currency)
        purses[currency] = msgspec.structs.replace(own, **{place: getattr(purse, place) for place in _OF_DOCUMENTS})
    return msgspec.structs.replace(share, purses=purses)


def _within(share: Snapshot, rolled: Sequence[Rolled]) -> list[Rolled]:
    """Changes of rolling metrics, no further down than there is."""
    return [
        msgspec.structs.replace(move, points=points)
        for move in rolled
        if (points := max(move.points, -_measured(share, move.metric, move.leaves)))
    ]


def _measured(snap: Snapshot, metric: str, leaves: Instant) -> int:
    return sum(cell.points for cell in snap.metrics.get(metric, ()) if cell.ends == leaves)


# --- the way back -------------------------------------------------------------------------------------------------


class _Parts(msgspec.Struct, frozen=True):
    """Usable points, points on the way, open holds and debt: out of the one account and into the other."""

    leaving: tuple[Leg, ...]
    arriving: tuple[Leg, ...]


def _parts(own: Purse, theirs: Purse, currency: str) -> _Parts:
    leaving: list[Leg] = []
    back: list[Leg] = []
    for cell, drawn in _drawn(_usable(own.cells), _usable(theirs.cells)):
        back.append(Leg("cell", currency, cell.points, ends=cell.ends))
        leaving += [Leg("cell", currency, -part.points, ends=part.ends) for part in drawn]
    for coming, taken in _drawn(own.maturing, theirs.maturing):
        back.append(Leg("maturing", currency, coming.points, ends=coming.ends, at=coming.at))
        leaving += [Leg("maturing", currency, -part.points, ends=part.ends, at=part.at) for part in taken]
    named = {hold.document for hold in own.holds}
    held = [
        Leg("held", currency, cell.points, ends=cell.ends, at=hold.until, document=hold.document)
        for hold in theirs.holds
        if hold.document in named
        for cell in hold.cells
    ]
    back += held
    leaving += [msgspec.structs.replace(leg, points=-leg.points) for leg in held]
    if own.debt:
        back.append(Leg("debt", currency, -own.debt))
    if owed := min(own.debt, theirs.debt):
        leaving.append(Leg("debt", currency, owed))
    return _Parts(tuple(leaving), tuple(back))


def _usable(cells: Sequence[Cell]) -> list[Maturing]:
    return [Maturing(0, cell.ends, cell.points) for cell in cells]


def _drawn(own: Sequence[Maturing], theirs: Sequence[Maturing]) -> list[tuple[Maturing, list[Maturing]]]:
    """Which parts of theirs each of the account's own is taken from: the same one first, then the earliest.

    Where there is less than the account should have, its own earliest are the ones that were used.
    """
    left = {msgspec.structs.replace(part, points=0): part.points for part in theirs}
    missing = max(0, sum(part.points for part in own) - sum(left.values()))
    wanted = []
    for part in own:
        missing -= (gone := min(missing, part.points))
        wanted.append(msgspec.structs.replace(part, points=part.points - gone))
    same = [_take(left, [msgspec.structs.replace(part, points=0)], part.points) for part in wanted]
    found = []
    for part, first in zip(wanted, same, strict=True):
        rest = part.points - sum(each.points for each in first)
        found.append((part, [*first, *_take(left, sorted(left), rest)]))
    return [(part, parts) for part, parts in found if part.points]


def _take(left: dict[Maturing, int], places: Sequence[Maturing], points: int) -> list[Maturing]:
    parts = []
    for place in places:
        if taken := min(points, left.get(place, 0)):
            left[place] -= taken
            points -= taken
            parts.append(msgspec.structs.replace(place, points=taken))
    return parts


def _totals(own: Purse, theirs: Purse, currency: str, held: int) -> list[Leg]:
    """Legs of the lifetime totals that go along, so that they tell what the account holds: `held`."""
    expired = min(own.expired, theirs.expired)
    given = held - own.issued + own.redeemed + own.taken_back + expired
    legs = [
        Leg("issued", currency, -own.issued),
        Leg("redeemed", currency, own.redeemed),
        Leg("expired", currency, expired),
        Leg("taken_back", currency, own.taken_back),
        Leg("transferred", currency, -given),
    ]
    return [leg for leg in legs if leg.points]
