"""What happened to a member's points: one row for each thing that a person would tell apart.

What time did between two entries is folded into the later one; here it stands at its own instant. The rows' points add
up to what the member is worth, whatever gave them; their figures add up to the purse.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from chalicelib.cards.movements import NOTHING, Figures, Movement, What, in_time, of_entry
from chalicelib.events import Instant, Reference
from chalicelib.ledger.check import opening
from chalicelib.ledger.journal import Entry, Rolled, Snapshot, Tier
from chalicelib.ledger.levels import nearest
from chalicelib.ledger.settle import Settled, settle
from chalicelib.ledger.timeline import Level, TierRules
from chalicelib.programs.program import Program
from chalicelib.programs.tiers import level_held

_QUIET: frozenset[What] = frozenset({"claimed", "counted", "uncounted", "noted"})


class LevelChange(msgspec.Struct, frozen=True):
    """A level that began, and why: `reached` of the measure, of which the level `needs` wants `needed`.

    needs: the new level itself, or on the way down the one that was lost; "" when nothing names it any more
    metrics: what measures it; () for a level that somebody of the shop gave, or had given
    said: why the shop gave it, in its words
    """

    level: str
    needs: str
    reached: int
    needed: int
    metrics: tuple[str, ...] = ()
    said: str = ""


class HistoryRow(msgspec.Struct, frozen=True):
    """One row: when, what, how many points (signed), and the order's name where there is one ("#1001").

    points: 0 where nothing is gained or lost: points that became usable, or were set aside
    posted_at: when it entered the journal, or time did it; rows are in this order. `at` is the day of the purchase
    amount: the points that the row is about, never negative      of: what the order had given before, if it is known
    forgiven: of points taken back, those that had expired before      day: until or from when; None when there is none
    rules, version, tier: what priced an earning; or the reward that points were exchanged for.
    `tier` is empty where it is not known for certain
    figures: how the row moved what is usable, on the way, set aside and owed
    """

    at: Instant
    what: What
    points: int
    name: str = ""
    posted_at: Instant = 0
    amount: int = 0
    of: int | None = None
    forgiven: int = 0
    day: Instant | None = None
    rules: tuple[str, ...] = ()
    version: str = ""
    tier: str = ""
    level: LevelChange | None = None
    figures: Figures = NOTHING

    @property
    def is_news(self) -> bool:
        """Is it worth a line on the card? A statement shows the rest, too."""
        return self.what not in _QUIET


def history(entries: Sequence[Entry], program: Program, currency: str, *, now: Instant) -> list[HistoryRow]:
    """Rows of one currency, oldest first, up to now: what time has done since the newest entry is told, too.

    entries: a stretch of one journal, oldest first, without gaps. If it begins after the first entry, its own first
    one only says where the account stood.
    """
    if not entries:
        return []
    first, newest = entries[0], entries[-1]
    is_whole = first.seq == 1
    reader = _Reader(program, currency, whole_from=0 if is_whole else first.at)
    rows = list(reader.rows(None, first)) if is_whole else []
    for before, entry in pairwise(entries):
        rows += reader.rows(before, entry)
    settled = settle(newest.snap, program.timeline, since=newest.at, at=max(now, newest.at))
    return rows + reader.of_time(newest.snap, settled, newest.at)


class _Given(msgspec.Struct):
    """What one document has given so far, as far as these entries tell. `is_whole`: they tell everything."""

    tier: str
    is_whole: bool
    points: int = 0


class _Reader(msgspec.Struct):
    """Reads entries one after the other and remembers what the rows to come refer to.

    whole_from: documents of later days cannot have been posted before the entries that are read
    """

    program: Program
    currency: str
    whole_from: Instant
    given: dict[Reference, _Given] = msgspec.field(default_factory=dict)

    def rows(self, before: Entry | None, entry: Entry) -> Iterator[HistoryRow]:
        snap = before.snap if before else opening(entry.at)
        since = before.at if before else entry.at
        settled = settle(snap, self.program.timeline, since=since, at=entry.at)
        if entry.kind in ("merged", "unmerged"):
            self.whole_from = entry.at  # documents of the other journal may go on in this one
        rows = [*self.of_time(snap, settled, since), *self._own(entry, settled)]
        yield from rows or _quiet(entry, settled.rolled, self.currency)

    def of_time(self, snap: Snapshot, settled: Settled, since: Instant) -> list[HistoryRow]:
        """What time alone did to `snap`, from `since` on."""
        rows = []
        for each in in_time(settled.legs, self.currency, since):
            at = since if each.at is None else each.at
            rows.append(_row(each, at, at))
        for change, before in _levels(snap.tier, settled.snap.tier):
            at = max(since, change[0])
            then = settle(snap, self.program.timeline, since=since, at=at).snap
            rows += self._level(change, before, then, at)
        return sorted(rows, key=lambda row: row.posted_at)

    def _own(self, entry: Entry, settled: Settled) -> Iterator[HistoryRow]:
        for each in of_entry(entry, entry.legs[len(settled.legs) :], self.currency):
            match each.what:
                case "earned" | "reviewed" | "did":
                    yield self._earned(entry, each, settled.snap.tier)
                case "taken_back":
                    given = self.given.get(entry.document)
                    of = given.points if given and given.is_whole else None
                    if given:
                        given.points -= each.amount
                    yield _row(each, entry.at, entry.at, name=entry.name, of=of)
                case "redeemed" | "restored" if entry.rules:
                    row = _row(each, entry.at, entry.at, name=entry.name)
                    yield msgspec.structs.replace(row, rules=entry.rules, version=entry.version)
                case _:
                    yield _row(each, entry.at, entry.at, name=entry.name)
        said = entry.name if entry.kind == "adjusted" else ""
        for change, before in _levels(settled.snap.tier, entry.snap.tier):
            yield from self._level(change, before, entry.snap, entry.at, said=said)

    def _earned(self, entry: Entry, movement: Movement, tier: Tier) -> HistoryRow:
        given = self.given.get(entry.document)
        if given is None:
            given = _Given(self._level_of(entry, tier), is_whole=entry.occurred_at >= self.whole_from)
            self.given[entry.document] = given
        given.points += movement.points
        return msgspec.structs.replace(
            _row(movement, entry.occurred_at, entry.at, name=entry.name),
            rules=entry.rules,
            version=entry.version,
            tier=given.tier if given.is_whole else "",
        )

    def _level_of(self, entry: Entry, tier: Tier) -> str:
        """The level that priced what an entry gives; `tier` as it was before."""
        return level_held(self.program.in_force(entry.occurred_at).definition.tiers, tier, entry.occurred_at)

    def _level(
        self, change: tuple[Instant, str], before: str, snap: Snapshot, posted_at: Instant, *, said: str = ""
    ) -> Iterator[HistoryRow]:
        since, level = change
        rules = self.program.timeline.at(posted_at).tiers
        ranks = {each.name: rank for rank, each in enumerate(rules.levels)} if rules else {}
        needs = before if ranks.get(before, 0) > ranks.get(level, 0) else level
        if not before and not ranks.get(level):
            return  # what everybody begins with is no news
        told = LevelChange(level, needs if needs in ranks else "", 0, 0, said=said)
        if rules and needs in ranks:
            told = _why(rules, rules.levels[ranks[needs]], told, snap, max(since, posted_at))
        yield HistoryRow(since, "level", 0, posted_at=posted_at, level=told)


def _why(rules: TierRules, needs: Level, told: LevelChange, snap: Snapshot, at: Instant) -> LevelChange:
    """The change with what was measured; by hand where nothing that is measured explains it."""
    found = nearest(rules, needs, snap, at, is_running=False)
    is_up = told.level == told.needs
    if found is None or (is_up and found[1] < found[0].least):
        return told
    need, there = found
    return msgspec.structs.replace(told, reached=there, needed=need.least, metrics=need.metrics)


def _row(movement: Movement, at: Instant, posted_at: Instant, *, name: str = "", of: int | None = None) -> HistoryRow:
    return HistoryRow(
        at=at,
        what=movement.what,
        points=movement.points,
        name=name,
        posted_at=posted_at,
        amount=movement.amount,
        of=of,
        forgiven=movement.forgiven,
        day=movement.day,
        figures=movement.figures,
    )


def _quiet(entry: Entry, gone: Sequence[Rolled], currency: str) -> Iterator[HistoryRow]:
    """An entry that moved no points at all still has its row."""
    if entry.legs:
        return
    what: What = "noted"
    name = entry.name
    if entry.kind == "claimed":
        what = "claimed"
    elif entry.kind == "adjusted":  # a level by hand that changes nothing now: its reason is no order's name
        name = ""
    elif len(entry.rolled) > len(gone):
        what = "counted"
    elif entry.rolled:
        what = "uncounted"
    there = entry.snap.purse(currency)
    yield HistoryRow(entry.at, what, 0, name, entry.at, amount=there.spendable + there.pending + there.held)


def _levels(old: Tier, new: Tier) -> Iterator[tuple[tuple[Instant, str], str]]:
    """Each change of level that `old` has not seen, and the level before it."""
    before = old.level
    for change in new.changes:
        if change not in old.changes:
            yield change, before
            before = change[1]
