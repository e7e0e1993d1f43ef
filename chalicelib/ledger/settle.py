"""What time does to an account: points mature and expire, months leave the window, tiers follow.

`settle` is applied before every decision and whenever a balance is shown, so that a late sweep never shows or spends
wrong points. Everything happens at its own instant, in the order of time, under the version in force then; therefore
settling to t1 and then to t2 is the same as settling to t2.
"""

from dataclasses import dataclass, replace

from chalicelib.events import Instant
from chalicelib.ledger.due import next_change
from chalicelib.ledger.journal import REMEMBERED_CHANGES, Leg, Rolled, Snapshot, Tier
from chalicelib.ledger.moves import applied, expired, inflow, released
from chalicelib.ledger.timeline import TierRules, Timeline


@dataclass(frozen=True, slots=True)
class Settled:
    """The snapshot at an instant, and the movements that led there."""

    snap: Snapshot
    legs: tuple[Leg, ...]
    rolled: tuple[Rolled, ...]


def settle(snap: Snapshot, timeline: Timeline, *, since: Instant, at: Instant) -> Settled:
    """The snapshot, true at `since` (its entry's `at`), as it is at `at`."""
    legs: list[Leg] = []
    rolled: list[Rolled] = []
    while (due := next_change(snap, timeline, since)) is not None and due <= at:
        for step in (_mature, _time_out, _expire):
            moved = step(snap, due)
            snap = applied(snap, moved)
            legs += moved
        left = _leave_window(snap, due)
        rolled += left
        since = max(since, due)  # a late fact's grace may have ended in the days of an older version
        snap = reviewed(applied(snap, (), left), timeline.at(since).tiers, due)
    return Settled(snap, tuple(legs), tuple(rolled))


def reviewed(snap: Snapshot, rules: TierRules | None, since: Instant) -> Snapshot:
    """The snapshot with the tier its metric deserves under `rules`: up at once, down when the grace has passed.

    since: when what changed the metric came true; a new tier counts from there, but not before the last change
    """
    if rules is None:
        return snap if snap.tier == Tier() else replace(snap, tier=Tier())
    tier = snap.tier
    deserved = _deserved(rules, snap.metric(rules.metric))
    held = _rank(rules, tier.level)
    if deserved > held:
        return replace(snap, tier=_changed(tier, rules.levels[deserved].name, since))
    if deserved == held:
        return snap if tier.lapses is None else replace(snap, tier=replace(tier, lapses=None))
    lapses = tier.lapses if tier.lapses is not None else rules.grace_until(since)
    if lapses > since:
        return replace(snap, tier=replace(tier, lapses=lapses))
    return replace(snap, tier=_changed(tier, rules.levels[deserved].name, since))


def _mature(snap: Snapshot, instant: Instant) -> list[Leg]:
    legs: list[Leg] = []
    for currency, before in snap.purses.items():
        purse = before
        for part in before.maturing:
            if part.at <= instant:
                leg = Leg("maturing", currency, -part.points, ends=part.ends, at=part.at)
                inside = inflow(purse, currency, part.ends, part.points)
                arrived = [leg, *([Leg("expired", currency, part.points)] if part.never_usable else inside)]
                purse = applied(replace(snap, purses={currency: purse}), arrived).purse(currency)
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
                purse = applied(replace(snap, purses={currency: purse}), freed).purse(currency)
                legs += freed
    return legs


def _expire(snap: Snapshot, instant: Instant) -> list[Leg]:
    return [leg for currency, purse in snap.purses.items() for leg in expired(purse, currency, instant)]


def _leave_window(snap: Snapshot, instant: Instant) -> list[Rolled]:
    return [
        Rolled(metric, cell.ends, -cell.points)
        for metric, cells in snap.metrics.items()
        for cell in cells
        if cell.ends <= instant
    ]


def _deserved(rules: TierRules, reached: int) -> int:
    return max(rank for rank, level in enumerate(rules.levels) if rank == 0 or level.threshold <= reached)


def _rank(rules: TierRules, name: str) -> int:
    """The held level's place; a level that a newer version no longer names ranks below all."""
    return next((rank for rank, level in enumerate(rules.levels) if level.name == name), -1)


def _changed(tier: Tier, level: str, instant: Instant) -> Tier:
    since = max(instant, tier.since)
    return Tier(level=level, since=since, changes=(*tier.changes, (since, level))[-REMEMBERED_CHANGES:])
