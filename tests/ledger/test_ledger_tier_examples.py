"""The worked examples of tiers, one test each, named after the rule."""

from ledger_factories import (
    DAY,
    MOSCOW,
    Desk,
    day,
    moscow,
    told,
)

from chalicelib.events import Amounts, OrderFacts, RefundFacts
from chalicelib.ledger.documents import Rolling, Target
from chalicelib.ledger.journal import Tier
from chalicelib.ledger.timeline import Level, Reign, TierRules, Timeline
from chalicelib.programs.durations import Duration
from chalicelib.programs.metrics import leaves_at
from chalicelib.programs.tiers import RollingWindow

SPEND = RollingWindow(Duration(365, "day"), "day")


def gold_with(grace_days: int) -> Timeline:
    rules = TierRules(
        "spent",
        (Level("Basic", 0), Level("Gold", 1_000_000)),
        lambda lost_at: MOSCOW.shifted(lost_at, Duration(grace_days, "day")) if grace_days else lost_at,
    )
    return Timeline((Reign(0, "v", rules),), MOSCOW)


def spent(facts: OrderFacts, back: Amounts) -> Target:
    amount = facts.amounts.less(back).goods
    return Target((), (Rolling("spent", amount, leaves_at(SPEND, facts.occurred_at, MOSCOW)),))


def shopper(grace_days: int, first: int = 600_000) -> Desk:
    desk = Desk(spent, gold_with(grace_days))
    for nr, (when, amount) in enumerate([("2025-11-20", first), ("2026-02-10", 500_000)]):
        desk.now = moscow(when) + 12 * 3_600_000
        facts = OrderFacts(desk.now, desk.now, "RUB", Amounts(goods=amount), is_paid=True)
        desk.tell(told(facts, reference=f"order/shop/{nr}"))
    return desk


def level_on(desk: Desk, when: int) -> str:
    desk.now = when
    return desk.snap().tier.level


def test_3_11_a_rolling_window_of_365_days_loses_the_level_on_its_day() -> None:
    desk = shopper(0)
    assert (desk.snap().metric("spent"), desk.snap().tier.level) == (1_100_000, "Gold")
    assert level_on(desk, moscow("2026-11-20") - 1) == "Gold"
    assert level_on(desk, moscow("2026-11-20")) == "Basic"
    assert desk.snap().metric("spent") == 500_000


def test_3_11_grace_keeps_the_level_for_thirty_days_more() -> None:
    desk = shopper(30)
    assert level_on(desk, moscow("2026-11-20")) == "Gold"
    assert desk.snap().tier.lapses == moscow("2026-12-20")
    assert level_on(desk, moscow("2026-12-20") - 1) == "Gold"
    assert level_on(desk, moscow("2026-12-20")) == "Basic"
    desk.sweep()
    assert not desk.violations()


def test_3_11_reaching_means_at_least() -> None:
    assert shopper(0, first=499_999).snap().tier.level == "Basic"
    assert shopper(0, first=500_000).snap().tier.level == "Gold"


def test_3_11_a_refund_of_the_order_that_reached_the_level_takes_it_back() -> None:
    desk = shopper(0)
    back = RefundFacts(desk.now + DAY, "succeeded", Amounts(goods=100_001))
    desk.now += 2 * DAY
    desk.tell(told(reference="order/shop/1", r1=back))
    assert desk.snap().tier.level == "Basic"
    assert not desk.violations()


def test_3_11_a_refund_of_what_has_left_the_window_takes_nothing_from_the_measure() -> None:
    desk = shopper(0)
    desk.now = moscow("2026-12-01")
    desk.tell(told(reference="order/shop/0", r1=RefundFacts(desk.now, "succeeded", Amounts(goods=600_000))))
    assert desk.snap().metric("spent") == 500_000
    assert not desk.violations()


def test_a_late_order_finds_no_tier_before_the_first_one() -> None:
    tier = Tier("Gold", since=day(10), changes=((day(10), "Gold"),))
    assert (tier.at(day(9)), tier.at(day(10))) == ("", "Gold")


def test_a_late_order_finds_the_tier_of_its_own_day() -> None:
    changes = tuple((day(nr), name) for nr, name in enumerate(["Silver", "Gold", "Silver", "Gold"]))
    tier = Tier("Gold", since=day(3), changes=changes)
    assert [tier.at(day(nr)) for nr in (-5, 0, 1, 2, 3, 9)] == ["Silver", "Silver", "Gold", "Silver", "Gold", "Gold"]
