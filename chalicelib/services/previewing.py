"""Who a new version would move, before it is published: every member settled under both, and nothing is written."""

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction

import msgspec

from chalicelib.events import Instant
from chalicelib.ledger.journal import Entry, Snapshot
from chalicelib.ledger.settle import settle
from chalicelib.programs.definition import Definition
from chalicelib.programs.program import Program, Version
from chalicelib.services.ports import Audit, Ledger


class Held(msgspec.Struct, frozen=True):
    """Points of one kind that members hold, and what all of them are worth; None where nothing says so.

    members: who hold any      was, would_be: minor units, before and after
    """

    points: int
    members: int
    was: Fraction | None
    would_be: Fraction | None


class Moves(msgspec.Struct, frozen=True):
    """What a version changes for members.

    levels: how many go from which level to which; "" where a version has none      held: by kind of points
    """

    members: int
    levels: Mapping[tuple[str, str], int]
    held: Mapping[str, Held]

    @property
    def moved(self) -> int:
        """Members whose level changes."""
        return sum(count for (here, there), count in self.levels.items() if here != there)


class _Count(msgspec.Struct):
    members: int = 0
    levels: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    points: Counter[str] = msgspec.field(default_factory=Counter)
    holders: Counter[str] = msgspec.field(default_factory=Counter)


class Preview(msgspec.Struct, frozen=True):
    """Reads the newest entry of every account."""

    ledger: Ledger
    audit: Audit

    def moves(self, program: Program, version: Version, watch: Callable[[int, int], None] = lambda *_: None) -> Moves:
        """What the version changes on the day from which it counts, if nothing else happens until then.

        watch: is told how many accounts were read, and of how many      Raises: TryAgain.
        """
        versions = sorted((*program.versions, version), key=lambda known: (known.effective_at, known.published_at))
        changed = Program(program.slug, tuple(versions))
        count = _Count()
        accounts = self.audit.accounts(program.slug)
        for number, account in enumerate(accounts, start=1):
            newest = self.ledger.newest(program.slug, account)
            if newest is not None and newest.snap.status == "active":
                _add(count, newest, program, changed, version.since)
            watch(number, len(accounts))
        before = program.in_force(version.since).definition
        held = {
            key: Held(points, count.holders[key], _worth(before, key, points), _worth(version.definition, key, points))
            for key, points in sorted(count.points.items())
        }
        return Moves(count.members, dict(count.levels), held)


def _add(count: _Count, newest: Entry, program: Program, changed: Program, at: Instant) -> None:
    here, there = (_settled(newest, one, at) for one in (program, changed))
    count.members += 1
    count.levels[here.tier.level, there.tier.level] += 1
    for key, purse in there.purses.items():
        points = purse.spendable + purse.pending + purse.held
        count.points[key] += points
        count.holders[key] += points > 0


def _settled(newest: Entry, program: Program, at: Instant) -> Snapshot:
    return settle(newest.snap, program.timeline, since=newest.at, at=max(newest.at, at)).snap


def _worth(definition: Definition, key: str, points: int) -> Fraction | None:
    known = next((currency for currency in definition.currencies if currency.key == key), None)
    return None if known is None or known.worth is None else known.worth * points
