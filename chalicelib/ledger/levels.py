"""Which level an account deserves, and which one it holds: the pure decision behind every review.

    reviewed(...)   the snapshot with the level that its metrics, and what it held before, lead to
    value(...)      how much of a need is there      nearest(...)   what is missing on the shortest way to a level
    starts(...)     when cells that do not count yet begin to
    given(...)      the metric of a level that somebody of the shop gave

A level that was given by hand is a cell of a metric of its own, which leaves on the day until which it was given: it
follows merges and corrections and ends by itself, as every other measure does.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER, REMEMBERED_CHANGES, Cell, Snapshot, Tier
from chalicelib.ledger.timeline import Level, Need, TierRules, Way


def given(level: str) -> str:
    """The metric that holds something while a level is given by hand: "given Gold"."""
    return f"given {level}"


def reviewed(
    snap: Snapshot,
    rules: TierRules | None,
    since: Instant,
    *,
    at: Instant | None = None,
    before: Snapshot | None = None,
) -> Snapshot:
    """The snapshot with the tier its metrics deserve under `rules`: up at once, down as the rules say.

    since: when what changed the metrics came true; a new tier counts from there, but not before the last change
    at: the instant at which the snapshot is true, where it is not `since`
    before: the snapshot before an entry changed it; None where only time did
    """
    if rules is None:
        return snap if snap.tier == Tier() else msgspec.structs.replace(snap, tier=Tier())
    now = since if at is None else at
    tier, held = snap.tier, _rank(rules, snap.tier.level)
    deserved = _deserved(rules, snap, now)
    if deserved > held:
        return msgspec.structs.replace(snap, tier=_changed(rules, tier, deserved, since))
    if deserved == held or _is_kept(rules, held, snap, now):
        return _standing(snap, rules, held, since)
    if rules.is_lost_by_refund and before is not None and _deserved(rules, before, now) >= held:
        return msgspec.structs.replace(snap, tier=_changed(rules, tier, deserved, since))
    return msgspec.structs.replace(snap, tier=_losing(rules, snap, (deserved, held), since, now))


def value(need: Need, snap: Snapshot, at: Instant, period: Instant | None = None) -> int:
    """How much of a need is there at `at`, to which the snapshot is settled. `period`: of that one alone."""
    cells = [_counting(need, snap.metrics.get(metric, ()), at, period) for metric in need.metrics]
    match need.counts:
        case "sum":
            return sum(cell.points for part in cells for cell in part)
        case "kinds":
            return sum(any(cell.points > 0 for cell in part) for part in cells)
        case "each":
            return sum(cell.points >= need.each for part in cells for cell in part)


def nearest(
    rules: TierRules, level: Level, snap: Snapshot, at: Instant, *, is_running: bool = True
) -> tuple[Need, int] | None:
    """What stands between an account and a level on the way of which most is done: the need of which least is there,
    and how much that is. None for a level that can only be given.

    is_running: where periods stand alone, ask the one that can still grow; else the best of those that count
    """
    found: list[tuple[Fraction, Need, int]] = []
    for way in rules.ways(level):
        for period in [None] if is_running else _periods(way, snap):
            parts = [(need, _there(need, snap, at, period, is_running=is_running)) for need in way]
            need, there = min(parts, key=lambda part: _share(*part))
            found.append((_share(need, there), need, there))
    if not found:
        return None
    _, need, there = max(found, key=lambda each: each[0])
    return need, there


def _there(need: Need, snap: Snapshot, at: Instant, period: Instant | None, *, is_running: bool) -> int:
    if not is_running:
        return value(need, snap, at, period)
    running = need.running(at, snap.opened) if need.running is not None else None
    return value(msgspec.structs.replace(need, counts_from=None), snap, at, running)


def starts(rules: TierRules, snap: Snapshot) -> Iterator[Instant]:
    """The instants from which cells count that do not at once."""
    for level in rules.levels:
        for way in (*rules.ways(level), *level.keeps):
            for need in way:
                if need.counts_from is not None:
                    for metric in need.metrics:
                        yield from (need.counts_from(cell.ends) for cell in snap.metrics.get(metric, ()))


def _share(need: Need, there: int) -> Fraction:
    return Fraction(min(there, need.least), need.least) if need.least > 0 else Fraction(1)


def _counting(need: Need, cells: Iterable[Cell], at: Instant, period: Instant | None) -> list[Cell]:
    """The cells of a metric that count at `at`; of one period only, where the need has periods that stand alone."""
    counts_from, period_of = need.counts_from, need.period_of
    found = [cell for cell in cells if counts_from is None or counts_from(cell.ends) <= at]
    if period_of is None or period is None:
        return found
    return [cell for cell in found if period_of(cell.ends) == period]


def _periods(way: Way, snap: Snapshot) -> list[Instant | None]:
    """The periods in which a way can be gone; [None] where there are none that stand alone."""
    if all(need.period_of is None for need in way):
        return [None]
    periods: set[Instant] = set()
    for need in way:
        if need.period_of is not None:
            periods |= {need.period_of(cell.ends) for metric in need.metrics for cell in snap.metrics.get(metric, ())}
    return [*sorted(periods)] if periods else [None]


def _is_gone(way: Way, snap: Snapshot, at: Instant) -> bool:
    return any(all(value(need, snap, at, period) >= need.least for need in way) for period in _periods(way, snap))


def _is_reached(level: Level, there: int, snap: Snapshot, at: Instant) -> bool:
    """Is a level reached? `there`: the sum of the rules' metric, which is all that a plain level asks for."""
    if given(level.name) in snap.metrics and snap.metric(given(level.name)) > 0:
        return True
    if not level.ways:
        return not level.is_given_only and there >= level.threshold
    return any(_is_gone(way, snap, at) for way in level.ways)


def _deserved(rules: TierRules, snap: Snapshot, at: Instant) -> int:
    ranks, there = range(len(rules.levels) - 1, 0, -1), snap.metric(rules.metric)
    return next((rank for rank in ranks if _is_reached(rules.levels[rank], there, snap, at)), 0)


def _is_kept(rules: TierRules, rank: int, snap: Snapshot, at: Instant) -> bool:
    """Are the terms of holding a level met, where they are others than those of reaching it?"""
    return rank > 0 and any(_is_gone(way, snap, at) for way in rules.levels[rank].keeps)


def _rank(rules: TierRules, name: str) -> int:
    """The held level's place; a level that a newer version no longer names ranks below all."""
    return next((rank for rank, level in enumerate(rules.levels) if level.name == name), -1)


def _standing(snap: Snapshot, rules: TierRules, held: int, since: Instant) -> Snapshot:
    """The level stays: whatever was running out is forgotten, and a level of limited time begins its next one."""
    tier = snap.tier
    valid_until = rules.levels[held].valid_until
    if valid_until is None:
        return (
            snap
            if tier.lapses is None
            else msgspec.structs.replace(snap, tier=msgspec.structs.replace(tier, lapses=None))
        )
    if tier.lapses is not None and tier.lapses > since:
        return snap
    return msgspec.structs.replace(snap, tier=msgspec.structs.replace(tier, lapses=_before_never(valid_until(since))))


def _losing(rules: TierRules, snap: Snapshot, ranks: tuple[int, int], since: Instant, at: Instant) -> Tier:
    """The tier of somebody who deserves the first rank and holds the second: kept for a while, or lost."""
    tier = snap.tier
    if rules.is_kept:
        return msgspec.structs.replace(tier, lapses=None)
    lapses = tier.lapses if tier.lapses is not None else rules.grace_until(since)
    if lapses > since:
        return msgspec.structs.replace(tier, lapses=lapses)
    deserved, held = ranks
    kept = max((rank for rank in range(deserved, held) if _is_kept(rules, rank, snap, at)), default=deserved)
    if rules.steps is None or kept == held - 1:
        return _changed(rules, tier, kept, since)
    return msgspec.structs.replace(_changed(rules, tier, held - 1, since), lapses=_before_never(rules.steps(since)))


def _changed(rules: TierRules, tier: Tier, rank: int, instant: Instant) -> Tier:
    since, level = max(instant, tier.since), rules.levels[rank]
    lapses = None if level.valid_until is None else _before_never(level.valid_until(since))
    changes = (*tier.changes, (since, level.name))[-REMEMBERED_CHANGES:]
    return Tier(level=level.name, since=since, lapses=lapses, changes=changes)


def _before_never(instant: Instant) -> Instant | None:
    return instant if instant < NEVER else None
