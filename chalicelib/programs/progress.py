"""How far it is to a level: the shortest way, and of it what is missing most."""

from collections.abc import Sequence

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import Snapshot
from chalicelib.ledger.levels import nearest
from chalicelib.programs.definition import Definition
from chalicelib.programs.metrics import metric_names
from chalicelib.programs.tier_rules import tier_rules
from chalicelib.programs.tiers import Threshold, Tiers


class Distance(msgspec.Struct, frozen=True):
    """`reached` of a threshold on the way to `level`."""

    level: str
    threshold: Threshold
    reached: int


def next_level(definition: Definition, snap: Snapshot, at: Instant) -> Distance | None:
    """The way to the level above the held one; None at the top, without levels, and where only a hand gives more.

    snap: settled to `at`
    """
    tiers, rules = definition.tiers, tier_rules(definition)
    if tiers is None or rules is None:
        return None
    held = next((rank for rank, level in enumerate(tiers.levels) if level.name == snap.tier.level), 0)
    for rank in range(held + 1, len(tiers.levels)):
        found = nearest(rules, rules.levels[rank], snap, at)
        if found is not None:
            need, there = found
            threshold = threshold_of(tiers, need.metrics)
            return None if threshold is None else Distance(tiers.levels[rank].name, _like(threshold, need.least), there)
    return None


def threshold_of(tiers: Tiers, metrics: Sequence[str]) -> Threshold | None:
    """A threshold that is measured by these metrics; None when no level asks for them."""
    asked = (need for level in tiers.levels for way in tiers.ways(level) for need in way)
    return next((need for need in asked if metric_names(need.measure, need.window) == tuple(metrics)), None)


def _like(threshold: Threshold, least: int) -> Threshold:
    return Threshold(threshold.measure, least, threshold.window)
