"""What time does: points ripen and expire, months leave the window, tiers follow, each at its own instant."""

from collections.abc import Mapping

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_factories import (
    BEANS,
    Desk,
    cells,
    coming,
    day,
    holding,
    one_bean_per_euro,
    paid,
    purse,
    refund,
    tiers,
    timeline,
    told,
)

from chalicelib.ledger.journal import NEVER, Cell, Maturing, Purse, Snapshot, Tier
from chalicelib.ledger.settle import Settled, reviewed, settle
from chalicelib.ledger.timeline import TierRules, Timeline

LEVELS = (("Bean", 0), ("Silver", 100), ("Gold", 300))

days = st.integers(1, 120)
points = st.integers(1, 500)


@st.composite
def purses(draw: st.DrawFn) -> Purse:
    """Cells or a debt, never both; points on the way, some without a day; points on hold, some of which end before."""
    there = draw(st.dictionaries(days, points, max_size=4))
    on_the_way = draw(st.dictionaries(st.tuples(st.one_of(days, st.none()), days), points, max_size=4))
    aside = draw(st.lists(st.tuples(days, st.dictionaries(days, points, min_size=1, max_size=3)), max_size=4))
    owed = 0 if there else draw(st.sampled_from([0, 0, 40, 900]))
    return purse(
        *there.items(),
        maturing=tuple((at, ends, count) for (at, ends), count in on_the_way.items()),
        holds=tuple((until, tuple(lots.items())) for until, lots in aside),
        debt=owed,
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    since = sorted(draw(st.lists(st.integers(-50, 130), min_size=1, max_size=4, unique=True)))
    return timeline(*((when, draw(some_tiers)) for when in since))


def living_on(rules: TierRules, by_days: int) -> TierRules:
    """On the highest level points do not end: each time they would, they live on for so many days. 0: they end."""
    if not by_days:
        return rules
    highest = msgspec.structs.replace(rules.levels[-1], renewed=lambda _currency, ends: ends + day(by_days) - day(0))
    return msgspec.structs.replace(rules, levels=(*rules.levels[:-1], highest))


@st.composite
def tier_rules(draw: st.DrawFn) -> TierRules:
    names = draw(st.permutations(["Bean", "Silver", "Gold", "Roast"]))
    thresholds = sorted(draw(st.lists(st.integers(1, 900), min_size=1, max_size=3, unique=True)))
    levels = zip(names, [0, *thresholds], strict=False)
    rules = tiers(*levels, grace_days=draw(st.sampled_from([0, 0, 7, 40])))
    return living_on(rules, draw(st.sampled_from([0, 0, 9, 50])))


some_tiers = st.one_of(st.none(), tier_rules(), tier_rules())


@st.composite
def snapshots(draw: st.DrawFn, rules: Timeline) -> Snapshot:
    """A settled snapshot of day 0."""
    counted = draw(st.dictionaries(days, points, max_size=5))
    metrics = {"beans earned": tuple(Cell(day(end), count) for end, count in sorted(counted.items()))}
    snap = Snapshot(
        opened=day(-9),
        purses={BEANS: draw(purses()), "stamps": draw(purses())},
        metrics={name: held for name, held in metrics.items() if held},
    )
    return reviewed(snap, rules.at(day(0)).tiers, day(0))


@settings(max_examples=300, deadline=None)
@given(st.data(), timelines(), st.integers(0, 140), st.integers(0, 140))
def test_settling_in_two_steps_is_settling_once(data: st.DataObject, rules: Timeline, one: int, other: int) -> None:
    snap = data.draw(snapshots(rules))
    first, last = sorted((one, other))
    once = settle(snap, rules, since=day(0), at=day(last))
    half = settle(snap, rules, since=day(0), at=day(first))
    rest = settle(half.snap, rules, since=day(first), at=day(last))
    assert Settled(rest.snap, half.legs + rest.legs, half.rolled + rest.rolled) == once
    assert settle(rest.snap, rules, since=day(last), at=day(last)) == Settled(once.snap, (), ())


@settings(max_examples=150, deadline=None)
@given(st.data(), timelines(), st.integers(0, 140))
def test_settling_keeps_the_books(data: st.DataObject, rules: Timeline, last: int) -> None:
    snap = data.draw(snapshots(rules))
    settled = settle(snap, rules, since=day(0), at=day(last))
    for currency, own in settled.snap.purses.items():
        assert sum(leg.points for leg in settled.legs if leg.currency == currency) == 0
        assert own.balance + own.pending + own.held == own.issued - own.redeemed - own.expired - own.taken_back
        assert not (own.debt and own.cells)
        assert all(cell.ends > day(last) for cell in own.cells)
        assert all(part.at > day(last) for part in own.maturing)
        assert all(each.until > day(last) for each in own.holds)
    assert all(cell.ends > day(last) for held in settled.snap.metrics.values() for cell in held)


@settings(max_examples=150, deadline=None)
@given(st.data(), timelines(), st.integers(0, 100))
def test_settling_at_once_is_settling_day_by_day(data: st.DataObject, rules: Timeline, last: int) -> None:
    snap = step = data.draw(snapshots(rules))
    for number in range(last):
        step = settle(step, rules, since=day(number), at=day(number + 1)).snap
    assert settle(snap, rules, since=day(0), at=day(last)).snap == step


def after(snap: Snapshot, until: float, rules: Timeline | None = None) -> Settled:
    return settle(snap, rules or timeline(), since=day(0), at=day(until))


def test_points_that_ripen_pay_the_debt_first() -> None:
    own = after(holding(purse(maturing=((5, 90, 100),), debt=30)), 5).snap.purse(BEANS)
    assert (cells(own), own.debt) == ([(90, 70)], 0)


def test_two_lots_that_ripen_on_one_day_pay_one_debt_once() -> None:
    own = after(holding(purse(maturing=((5, 90, 100), (5, 95, 100)), debt=130)), 5).snap.purse(BEANS)
    assert (cells(own), own.debt) == ([(95, 70)], 0)


def test_holds_that_run_out_on_one_day_pay_one_debt_once() -> None:
    own = after(holding(purse(holds=((5, ((90, 100),)), (5, ((95, 100),))), debt=130)), 5).snap.purse(BEANS)
    assert (cells(own), own.debt, own.holds) == ([(95, 70)], 0, ())


def test_a_hold_ends_at_its_instant_and_not_before() -> None:
    snap = holding(purse(holds=((5, ((3, 60), (90, 40))),)))
    early = settle(snap, timeline(), since=day(0), at=day(5) - 1).snap.purse(BEANS)
    assert (early.held, early.balance, early.expired) == (100, 0, 0)
    late = after(snap, 5).snap.purse(BEANS)
    assert (late.held, cells(late), late.expired) == (0, [(90, 40)], 60)


def test_points_ripen_at_their_instant_and_not_before() -> None:
    snap = holding(purse(maturing=((5, 90, 100),)))
    early = settle(snap, timeline(), since=day(0), at=day(5) - 1).snap.purse(BEANS)
    assert (early.balance, coming(early)) == (0, [(5, 90, 100)])
    assert after(snap, 5).snap.purse(BEANS).balance == 100


def test_a_cell_can_be_used_until_its_end_and_not_then() -> None:
    snap = holding(purse((5, 100)))
    assert settle(snap, timeline(), since=day(0), at=day(5) - 1).snap.purse(BEANS).balance == 100
    assert after(snap, 5).snap.purse(BEANS).balance == 0
    assert after(snap, 5).snap.purse(BEANS).expired == 100


def test_points_without_a_day_stay_on_the_way() -> None:
    assert coming(after(holding(purse(maturing=((None, 90, 100),))), 9_999).snap.purse(BEANS)) == [(None, 90, 100)]


def test_points_that_ripen_after_their_end_expire_when_they_ripen() -> None:
    own = after(holding(purse(maturing=((10, 5, 100),))), 10).snap.purse(BEANS)
    assert (own.balance, own.pending, own.expired) == (0, 0, 100)


def test_movements_come_in_the_order_of_time() -> None:
    legs = after(holding(purse((3, 10), (8, 20), maturing=((5, 90, 100),))), 100).legs
    told_points = [(leg.place, leg.points) for leg in legs if leg.points > 0]
    assert told_points == [("expired", 10), ("cell", 100), ("expired", 20), ("expired", 100)]


def counted(*parts: tuple[float, int]) -> Mapping[str, tuple[Cell, ...]]:
    return {"beans earned": tuple(Cell(day(ends), count) for ends, count in parts)}


def member(level: str, *parts: tuple[float, int]) -> Snapshot:
    return holding(purse(), metrics=counted(*parts), tier=Tier(level, day(-5), None, ((day(-5), level),)))


def test_a_level_is_lost_when_its_points_leave_the_window() -> None:
    snap = after(member("Gold", (10, 200), (50, 150)), 20, timeline((-9, tiers(*LEVELS)))).snap
    assert (snap.tier.level, snap.tier.since, snap.metric("beans earned")) == ("Silver", day(10), 150)


def test_grace_keeps_a_level_and_ends_by_itself() -> None:
    rules = timeline((-9, tiers(*LEVELS, grace_days=30)))
    snap = member("Gold", (10, 200), (90, 150))
    assert after(snap, 39.9, rules).snap.tier == Tier("Gold", day(-5), day(40), ((day(-5), "Gold"),))
    assert after(snap, 40, rules).snap.tier == Tier("Silver", day(40), None, ((day(-5), "Gold"), (day(40), "Silver")))


def test_a_level_regained_within_its_grace_is_kept_without_a_change() -> None:
    desk = Desk(one_bean_per_euro(window=30), timeline((-9, tiers(*LEVELS, grace_days=30))))
    desk.tell(told(paid(30_000)))
    desk.now = day(45)
    assert desk.snap().tier.lapses == day(60)
    desk.tell(told(paid(30_000, on=45), reference="order/shop/2"))
    assert (desk.snap().tier.level, desk.snap().tier.lapses, len(desk.snap().tier.changes)) == ("Gold", None, 1)
    assert not desk.violations()


def test_a_new_version_reviews_the_level_on_its_first_day() -> None:
    rules = timeline((-9, tiers(*LEVELS)), (20, tiers(("Bean", 0), ("Silver", 400))))
    snap = member("Gold", (90, 350))
    assert after(snap, 19.9, rules).snap.tier.level == "Gold"
    assert after(snap, 20, rules).snap.tier.changes == ((day(-5), "Gold"), (day(20), "Bean"))


def test_what_happens_before_a_new_version_follows_the_old_one() -> None:
    rules = timeline((-9, tiers(*LEVELS)), (20, tiers(("Green", 0), ("Roasted", 300))))
    assert after(member("Gold", (10, 200), (90, 150)), 12, rules).snap.tier.level == "Silver"


def test_a_level_that_a_new_version_no_longer_names_is_replaced_without_grace() -> None:
    rules = timeline((-9, tiers(*LEVELS)), (20, tiers(("Green", 0), ("Roasted", 300), grace_days=30)))
    assert after(member("Gold", (90, 350)), 20, rules).snap.tier.level == "Roasted"
    assert after(member("Silver", (90, 150)), 20, rules).snap.tier.level == "Green"


def test_a_version_without_tiers_ends_them() -> None:
    assert after(member("Gold", (90, 350)), 20, timeline((-9, tiers(*LEVELS)), (20, None))).snap.tier == Tier()


def test_a_level_remembers_its_last_four_changes() -> None:
    desk = Desk(one_bean_per_euro(window=10), timeline((-9, tiers(*LEVELS))))
    for number in range(3):
        desk.now = day(20 * number)
        desk.tell(told(paid(30_000, on=20 * number), reference=f"order/shop/{number}"))
    names = [name for _, name in desk.snap().tier.changes]
    assert names == ["Bean", "Gold", "Bean", "Gold"]
    assert [desk.snap().tier.at(day(number)) for number in (12, 21, 35, 41)] == ["Bean", "Gold", "Bean", "Gold"]


def test_a_late_order_is_reviewed_by_the_rules_of_today() -> None:
    """A fact from the days of an old version must not bring that version's levels back."""
    rules = timeline((-99, tiers(("Old bean", 0), ("Old gold", 300))), (20, tiers(("Bean", 0), ("Gold", 1_000))))
    desk = Desk(one_bean_per_euro(window=300), rules, now=day(30))
    desk.tell(told(paid(30_000, on=30)))
    assert desk.snap().tier.level == "Bean"
    desk.tell(told(paid(10_000, on=5), reference="order/shop/2"))
    assert desk.snap().tier.level == "Bean"
    desk.tell(told(paid(90_000, on=6), reference="order/shop/3"))
    assert (desk.snap().tier.level, desk.snap().tier.since) == ("Gold", day(30))
    desk.tell(told(reference="order/shop/3", r1=refund(90_000, on=7)))
    assert desk.snap().tier.level == "Bean"
    assert not desk.violations()


def test_a_grace_that_is_over_when_a_refund_is_told_ends_under_the_rules_of_today() -> None:
    """The refund is from an old version's days, its grace would have ended in them, and it is told now."""
    old = tiers(("Old bean", 0), ("Old gold", 300), grace_days=2)
    rules = timeline((-99, old), (20, tiers(("Bean", 0), ("Gold", 300), grace_days=2)))
    desk = Desk(one_bean_per_euro(window=300), rules)
    desk.tell(told(paid(30_000)))
    desk.now = day(30)
    desk.tell(told(r1=refund(30_000, on=10)))
    desk.now = day(31)
    assert desk.snap().tier.level == "Bean"
    desk.sweep()
    assert not desk.violations()


def test_a_level_counts_from_the_day_of_the_order_that_reached_it() -> None:
    desk = Desk(one_bean_per_euro(window=300), timeline((-99, tiers(*LEVELS))), now=day(0))
    desk.tell(told(paid(100)))
    desk.now = day(30)
    desk.tell(told(paid(30_000, on=12), reference="order/shop/2"))
    assert desk.snap().tier.changes == ((day(0), "Bean"), (day(12), "Gold"))


def test_never_is_never_due() -> None:
    snap = holding(Purse((Cell(NEVER, 5),), (Maturing(NEVER, NEVER, 7),), issued=12))
    assert after(snap, 1_000_000) == Settled(snap, (), ())


def test_points_of_a_level_on_which_they_do_not_end_live_on_until_it_is_lost() -> None:
    rules = timeline((-999, living_on(tiers(("Bean", 0), ("Gold", 100)), 10)))
    gold = Tier("Gold", day(0), changes=((day(0), "Gold"),))
    snap = holding(purse((15, 7)), metrics={"beans earned": (Cell(day(40), 100),)}, tier=gold)
    there = [settle(snap, rules, since=day(0), at=day(until)).snap.purse(BEANS) for until in (14, 15, 39, 44, 45)]
    assert [cells(own) for own in there] == [[(15, 7)], [(25, 7)], [(45, 7)], [(45, 7)], []]
    assert [own.expired for own in there] == [0, 0, 0, 0, 7]
