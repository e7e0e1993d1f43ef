"""What time does to an account: points mature and expire, months leave the window, tiers follow.

`settle` is applied before every decision and whenever a balance is shown, so that a late sweep never shows or spends
wrong points. Everything happens at its own instant, in the order of time, under the version in force then; therefore
settling to t1 and then to t2 is the same as settling to t2.
"""

from functools import partial

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.due import next_change
from chalicelib.ledger.journal import Leg, Rolled, Snapshot
from chalicelib.ledger.levels import reviewed
from chalicelib.ledger.moves import applied, expired, inflow, released, renewed
from chalicelib.ledger.timeline import TierRules, Timeline


class Settled(msgspec.Struct, frozen=True):
    """The snapshot at an instant, and the movements that led there."""

    snap: Snapshot
    legs: tuple[Leg, ...]
    rolled: tuple[Rolled, ...]


def settle(snap: Snapshot, timeline: Timeline, *, since: Instant, at: Instant) -> Settled:
    """The snapshot, true at `since` (its entry's `at`), as it is at `at`."""
    legs: list[Leg] = []
    rolled: list[Rolled] = []
    while (due := next_change(snap, timeline, since)) is not None and due <= at:
        rules = timeline.at(max(since, due)).tiers
        for step in (_mature, _time_out, partial(_expire, rules)):
            moved = step(snap, due)
            snap = applied(snap, moved)
            legs += moved
        left = _leave_window(snap, due)
        rolled += left
        since = max(since, due)  # a late fact's grace may have ended in the days of an older version
        snap = reviewed(applied(snap, (), left), timeline.at(since).tiers, due, at=since)
    return Settled(snap, tuple(legs), tuple(rolled))


def _mature(snap: Snapshot, instant: Instant) -> list[Leg]:
    legs: list[Leg] = []
    for currency, before in snap.purses.items():
        purse = before
        for part in before.maturing:
            if part.at <= instant:
                leg = Leg("maturing", currency, -part.points, ends=part.ends, at=part.at)
                inside = inflow(purse, currency, part.ends, part.points)
                arrived = [leg, *([Leg("expired", currency, part.points)] if part.never_usable else inside)]
                purse = applied(msgspec.structs.replace(snap, purses={currency: purse}), arrived).purse(currency)
                legs += arrived
    return legs


def _time_out(snap: Snapshot, instant: Instant) -> list[Leg]:
    """Nobody came back for them: held points return to their own lots. One that has ended meanwhile expires next."""
    legs: list[Leg] = []
    for currency, before in snap.purses.items():
        purse = before
        for hold in before.holds:
            if hold.until <= instant:
                freed = released(purse, currency, hold)
                purse = applied(msgspec.structs.replace(snap, purses={currency: purse}), freed).purse(currency)
                legs += freed
    return legs


def _expire(rules: TierRules | None, snap: Snapshot, instant: Instant) -> list[Leg]:
    """What has ended goes; on a level whose holders' points do not end, it lives on."""
    legs: list[Leg] = []
    for currency, purse in snap.purses.items():
        until = rules.renewed(snap.tier.level, currency, instant) if rules is not None else None
        legs += expired(purse, currency, instant) if until is None else renewed(purse, currency, instant, until)
    return legs


def _leave_window(snap: Snapshot, instant: Instant) -> list[Rolled]:
    return [
        Rolled(metric, cell.ends, -cell.points)
        for metric, cells in sorted(snap.metrics.items())  # as a stored entry has them, whoever wrote it
        for cell in cells
        if cell.ends <= instant
    ]
