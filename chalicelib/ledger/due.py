"""When an account must be looked at next, although nobody tells us anything about it.

next_change(...)   the first instant at which time does something to an account
next_due(...)      that, or the instant at which its owner is told that points end soon
"""

from collections.abc import Iterator

from chalicelib.events import Instant
from chalicelib.ledger.journal import NEVER, Snapshot
from chalicelib.ledger.levels import starts
from chalicelib.ledger.timeline import Timeline


def next_change(snap: Snapshot, timeline: Timeline, since: Instant) -> Instant | None:
    """The first instant at which `settle` has something to do, for a snapshot that is true at `since`.

    It may lie before `since`: late facts bring days that are over already. None when nothing waits for its day.
    """
    first = min(_changes(snap, timeline, since), default=NEVER)
    return first if first < NEVER else None


def next_due(snap: Snapshot, timeline: Timeline, since: Instant) -> Instant | None:
    """When an account is to be swept: at its next change, or when its owner is told of points that end soon.

    Never before `since`: what was due by then is due at once. None when nothing waits, and for an account that nobody
    looks at: points of an unclaimed one are settled with its next event, a merged one holds none.
    """
    if snap.status != "active":
        return None
    first = min((*_changes(snap, timeline, since), *_warnings(snap, timeline, since)), default=NEVER)
    return max(first, since) if first < NEVER else None


def _changes(snap: Snapshot, timeline: Timeline, since: Instant) -> Iterator[Instant]:
    yield from (reign.since for reign in timeline.reigns if reign.since > since)
    for purse in snap.purses.values():
        yield from (part.at for part in purse.maturing[:1])
        yield from (hold.until for hold in purse.holds[:1])
        yield from (cell.ends for cell in purse.cells[:1])
    for cells in snap.metrics.values():
        yield from (cell.ends for cell in cells[:1])
    if snap.tier.lapses is not None:
        yield snap.tier.lapses
    rules = timeline.at(since).tiers
    if rules is not None:
        yield from (start for start in starts(rules, snap) if start > since)


def _warnings(snap: Snapshot, timeline: Timeline, since: Instant) -> Iterator[Instant]:
    """Only the points that end next are spoken of; those after them come up when these are gone."""
    reign = timeline.at(since)
    for currency, purse in snap.purses.items():
        for cell in purse.cells[:1]:
            told_at = reign.warned_from(currency, cell.ends)
            lives_on = reign.tiers is not None and reign.tiers.renewed(snap.tier.level, currency, cell.ends) is not None
            if told_at is not None and told_at > since and not lives_on:
                yield told_at
