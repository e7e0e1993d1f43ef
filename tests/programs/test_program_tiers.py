"""Tiers over a window: 6,000 spent on 20 November 2025, 5,000 on 10 February 2026, threshold 10,000."""

import msgspec
import pytest
from program_factory import MOSCOW, at, bean_street, paid, pricing, roubles

from chalicelib.events import Amounts, Instant
from chalicelib.ledger.documents import Rolling
from chalicelib.ledger.journal import NEVER, Rolled, Snapshot
from chalicelib.ledger.moves import applied
from chalicelib.ledger.settle import reviewed, settle
from chalicelib.programs.definition import Definition
from chalicelib.programs.pricing import price
from chalicelib.programs.program import Program, Version

NOVEMBER, FEBRUARY = at("2025-11-20 18:00"), at("2026-02-10 11:00")
LEVELS = [{"name": "Base", "from": "0"}, {"name": "Gold", "from": "10000 RUB"}]


def spending(window: object, downgrade: object = "at once") -> Definition:
    tiers = {"measure": "money spent", "window": window, "levels": LEVELS, "downgrade": downgrade}
    return roubles(tiers=tiers)


def added(definition: Definition, roubles_spent: int, when: Instant, back: int = 0) -> Rolling:
    context = pricing("Base", occurred_at=when)
    (rolling,) = price(definition, context, paid(roubles_spent * 100), Amounts(goods=back * 100)).rolling
    return rolling


def program(definition: Definition) -> Program:
    return Program("corner", (Version("v1", definition, 0, 0),))


def account(definition: Definition) -> Snapshot:
    """The account after both purchases, as it stood on 10 February."""
    timeline, snap = program(definition).timeline, Snapshot(opened=NOVEMBER)
    for spent, when in ((6_000, NOVEMBER), (5_000, FEBRUARY)):
        snap = settle(snap, timeline, since=snap.opened, at=when).snap
        rolling = added(definition, spent, when)
        rolled = Rolled(rolling.metric, rolling.leaves, rolling.points)
        snap = reviewed(applied(snap, (), (rolled,)), timeline.at(when).tiers, when)
    return snap


def level(definition: Definition, when: str) -> str:
    settled = settle(account(definition), program(definition).timeline, since=FEBRUARY, at=at(when))
    return settled.snap.tier.level


BY_DAY = {"rolling": "365 days", "grain": "day"}


def test_a_rolling_year_by_the_day_holds_both_purchases_and_reaches_gold() -> None:
    snap = account(spending(BY_DAY))
    assert (snap.metric("money spent"), snap.tier.level) == (1_100_000, "Gold")


def test_a_purchase_leaves_a_rolling_year_at_the_start_of_the_365th_day_after_it() -> None:
    expected = Rolling("money spent", 600_000, leaves=at("2026-11-20 00:00"))
    assert expected == added(spending(BY_DAY), 6_000, NOVEMBER)


@pytest.mark.parametrize(("when", "expected"), [("2026-11-19 23:59", "Gold"), ("2026-11-20 00:00", "Base")])
def test_gold_is_lost_on_the_day_the_first_purchase_leaves_the_window(when: str, expected: str) -> None:
    assert expected == level(spending(BY_DAY), when)


@pytest.mark.parametrize(("when", "expected"), [("2026-12-19 23:59", "Gold"), ("2026-12-20 00:00", "Base")])
def test_a_grace_of_30_days_keeps_gold_until_it_is_over(when: str, expected: str) -> None:
    assert expected == level(spending(BY_DAY, {"grace": "30 days"}), when)


def test_what_counts_for_ever_never_leaves() -> None:
    assert added(spending("lifetime"), 6_000, NOVEMBER).leaves == NEVER
    assert level(spending("lifetime"), "2090-01-01 00:00") == "Gold"


@pytest.mark.parametrize("day", ["2025-11-01 00:00", "2025-11-20 18:00", "2025-11-30 23:59"])
def test_by_the_month_every_day_of_november_counts_to_the_end_of_next_november(day: str) -> None:
    window = {"rolling": "12 months", "grain": "month"}
    assert at("2026-12-01 00:00") == added(spending(window), 6_000, at(day)).leaves


def test_by_the_week_a_purchase_counts_to_the_end_of_its_week() -> None:
    window = {"rolling": "4 weeks", "grain": "week"}  # Thursday 20 November + 4 weeks is Thursday 18 December
    assert at("2025-12-22 00:00") == added(spending(window), 6_000, NOVEMBER).leaves


@pytest.mark.parametrize(("kopecks", "expected"), [(999_999, "Base"), (1_000_000, "Gold")])
def test_a_level_is_reached_at_exactly_its_threshold(kopecks: int, expected: str) -> None:
    rolled = Rolled("money spent", NEVER, kopecks)
    snap = applied(Snapshot(opened=0), (), (rolled,))
    assert expected == reviewed(snap, program(spending("lifetime")).timeline.at(NOVEMBER).tiers, NOVEMBER).tier.level


def test_a_refund_takes_its_money_out_of_the_same_cell_of_the_window() -> None:
    whole, part = (added(spending(BY_DAY), 6_000, NOVEMBER, back) for back in (0, 2_000))
    assert (whole.leaves, 400_000) == (part.leaves, part.points)


def test_multiplied_points_count_for_bean_street_levels() -> None:
    when = at("2026-05-12 09:00", "Europe/Berlin")
    target = price(bean_street(), pricing("Gold", occurred_at=when), paid(20_000, currency="EUR"), Amounts())
    leaves = at("2027-06-01 00:00", "Europe/Berlin")
    assert (Rolling("beans earned", 300, leaves),) == target.rolling


def test_a_program_without_tiers_measures_nothing() -> None:
    assert price(roubles(), pricing(), paid(100_000), Amounts()).rolling == ()


def test_the_level_before_the_order_multiplies_it() -> None:
    levels = [{"name": "Base", "from": 0}, {"name": "Gold", "from": 10, "multiply": 2}]
    definition = roubles(tiers={"measure": "points earned", "window": "lifetime", "levels": levels})
    target = price(definition, pricing("Base"), paid(100_000), Amounts())
    assert (target.worths[0].points, target.rolling[0].points) == (50, 50)


def test_each_version_reviews_tiers_by_its_own_rules() -> None:
    strict = spending("lifetime")
    assert strict.tiers is not None
    raised = tuple(msgspec.structs.replace(held, threshold=held.threshold * 2) for held in strict.tiers.levels)
    later = msgspec.structs.replace(strict, tiers=msgspec.structs.replace(strict.tiers, levels=raised))
    versions = (Version("v1", strict, 0, 0), Version("v2", later, FEBRUARY, at("2026-03-01 00:00")))
    timeline = Program("corner", versions).timeline
    snap = account(strict)
    found = [settle(snap, timeline, since=FEBRUARY, at=at(day)).snap.tier.level for day in ("2026-02-28", "2026-03-01")]
    assert found == ["Gold", "Base"]


def test_the_calendar_of_a_program_is_that_of_its_latest_version() -> None:
    timeline = program(spending(BY_DAY)).timeline
    assert at("2026-03-01 00:00", MOSCOW) == timeline.calendar.end_of(at("2026-02-10 12:00", MOSCOW), "month")
