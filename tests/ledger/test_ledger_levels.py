"""Levels under every kind of rule: whoever looks, and however often, time leads to the same level."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_factories import CALENDAR, DAY, day

from chalicelib.ledger.chain import decode, encode
from chalicelib.ledger.check import next_snapshot
from chalicelib.ledger.journal import NEVER, Cell, Entry, Rolled, Snapshot, Tier
from chalicelib.ledger.level_document import LevelDocument, change, rebuilt_level
from chalicelib.ledger.levels import given as given_metric
from chalicelib.ledger.levels import reviewed
from chalicelib.ledger.settle import settle
from chalicelib.ledger.timeline import Level, Need, Reign, TierRules, Timeline, Way

METRICS = ("spent", "orders", "used tea", "used cake")
days = st.integers(1, 200)


def month_of(ends: int) -> int:
    return CALENDAR.end_of(ends, "month") if ends < NEVER else ends


@st.composite
def needs(draw: st.DrawFn) -> Need:
    least = draw(st.integers(1, 6))
    match draw(st.sampled_from(["sum", "kinds", "each", "alone", "previous"])):
        case "kinds":
            return Need(METRICS[2:], min(2, least), "kinds")
        case "each":
            return Need(("spent",), least, "each", draw(st.integers(1, 3)), counts_from=lambda ends: ends - 28 * DAY)
        case "alone":
            return Need((draw(st.sampled_from(METRICS)),), least, period_of=month_of)
        case "previous":
            starts = {"period_of": month_of, "counts_from": lambda ends: ends - 28 * DAY}
            return Need((draw(st.sampled_from(METRICS)),), least, **starts)
        case _:
            return Need((draw(st.sampled_from(METRICS)),), least)


one_way = st.lists(needs(), min_size=1, max_size=2).map(tuple)
ways: st.SearchStrategy[tuple[Way, ...]] = st.lists(one_way, max_size=2).map(tuple)


@st.composite
def rules(draw: st.DrawFn) -> TierRules:
    lasting = draw(st.sampled_from([None, 10, 30]))
    levels = [Level("Base")]
    for rank, name in enumerate(("Silver", "Gold", "Top"), start=1):
        levels.append(
            Level(
                name,
                threshold=3 * rank,
                ways=draw(ways),
                is_given_only=draw(st.sampled_from([False, False, True])),
                keeps=draw(ways),
                valid_until=None if lasting is None else lambda at, long=lasting: at + long * DAY,
            )
        )
    grace, steps = draw(st.sampled_from([0, 0, 7])), draw(st.sampled_from([None, 5, 28]))
    return TierRules(
        "spent",
        tuple(levels),
        grace_until=lambda at: at + grace * DAY,
        steps=None if steps is None else lambda at: at + steps * DAY,
        is_kept=draw(st.sampled_from([False, False, True])),
        is_lost_by_refund=draw(st.booleans()),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    metrics: dict[str, tuple[Cell, ...]] = {}
    for name in (*METRICS, given_metric("Gold")):
        cells = draw(st.dictionaries(days, st.integers(1, 9), max_size=4))
        if cells:
            metrics[name] = tuple(Cell(day(ends), points) for ends, points in sorted(cells.items()))
    level = draw(st.sampled_from(["", "Base", "Silver", "Gold", "Top", "Gone"]))
    tier = Tier(level, day(0), draw(st.sampled_from([None, day(3), day(40)])), ((day(0), level),)) if level else Tier()
    return Snapshot(opened=day(0), status="active", metrics=metrics, tier=tier)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    since = sorted(draw(st.lists(st.integers(-5, 150), min_size=1, max_size=3, unique=True)))
    return Timeline(tuple(Reign(day(when), f"v{when}", draw(rules())) for when in since), CALENDAR)


@settings(max_examples=400, deadline=None)
@given(snapshots(), timelines(), st.lists(st.integers(0, 260), min_size=2, max_size=4))
def test_looking_in_between_changes_no_level_under_any_rules(
    snap: Snapshot, timeline: Timeline, looks: list[int]
) -> None:
    looks.sort()
    at_once = settle(snap, timeline, since=day(0), at=day(looks[-1]))
    since, rolled = day(0), []
    step = snap
    for look in looks:
        settled = settle(step, timeline, since=since, at=day(look))
        step, since = settled.snap, day(look)
        rolled += settled.rolled
    assert (step, tuple(rolled)) == (at_once.snap, at_once.rolled)


@settings(max_examples=200, deadline=None)
@given(snapshots(), rules())
def test_a_second_review_at_the_same_instant_changes_nothing(snap: Snapshot, some: TierRules) -> None:
    once = reviewed(snap, some, day(1))
    assert reviewed(once, some, day(1)) == once


@settings(max_examples=200, deadline=None)
@given(snapshots(), timelines(), st.sampled_from(METRICS), st.integers(1, 9))
def test_a_level_reached_by_an_entry_is_stored_as_it_was_written(
    snap: Snapshot, timeline: Timeline, metric: str, points: int
) -> None:
    now = day(30)
    before = settle(snap, timeline, since=day(0), at=now).snap
    entry = an_entry(now, rolled=(Rolled(metric, day(201), points),), snap=before)
    after = next_snapshot(before, entry, timeline)
    line = encode(an_entry(now, rolled=entry.rolled, snap=after))
    assert decode(line, "h").snap == after


def an_entry(now: int, **changes: Any) -> Entry:
    told: dict[str, Any] = {
        "account": "a",
        "seq": 2,
        "at": now,
        "occurred_at": now,
        "kind": "noted",
        "document": "d",
        "name": "",
        "event": "",
        "actor": "x",
        "version": "v",
        "rules": (),
        "legs": (),
        "rolled": (),
        "prev": "p",
        "hash": "h",
        **changes,
    }
    return Entry(**told)


def test_a_level_that_was_given_is_one_movement_and_its_withdrawal_the_opposite() -> None:
    document: LevelDocument = a_gift()
    assert change(document, 0, day(1)) == (Rolled("given Gold", day(9), 1),)
    assert change(document, 1, day(1)) == ()
    assert change(a_gift(withdrawn_at=day(2)), 1, day(2)) == (Rolled("given Gold", day(9), -1),)
    assert change(a_gift(withdrawn_at=day(9)), 1, day(9)) == ()


def test_a_lost_document_of_a_given_level_is_read_from_its_entry() -> None:
    gift = a_gift()
    moves = (Rolled("spent", day(3), -4), *change(gift, 0, day(1)))
    assert rebuilt_level(gift.reference, moves, gift.account, gift.reason, gift.actor) == gift
    assert rebuilt_level(gift.reference, moves[:1], gift.account, gift.reason, gift.actor) is None


def a_gift(**changes: Any) -> LevelDocument:
    told: dict[str, Any] = {"level": "Gold", "until": day(9), "reason": "A guest", "actor": "till", "revision": 1}
    return LevelDocument(**{"reference": "level/1", "account": "a", **told, **changes})
