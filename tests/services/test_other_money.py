"""Orders in other money, through the production services."""

import pytest
from limit_till import PLAIN, Till, berlin
from stand_ins import NOON
from whole_house import ANNA, DEFINITION, town

RATES = "\ntakes:\n  SEK: [{from: 2026-06-01, rate: 0.1 EUR}, {from: 2026-07-01, rate: 0.08 EUR}]\n"


def till(definition: str = PLAIN + RATES) -> Till:
    return Till(town(definition))


def wrong(shop: Till) -> list[str]:
    shop.here.follow()
    return shop.here.violations()


def test_an_order_counts_at_the_rate_of_its_day_and_its_refund_at_the_same() -> None:
    shop = till()
    shop.tell("1", 1_000, currency="SEK")
    assert (shop.beans(), shop.order("1").pricing.rate) == (100, "1/10")  # type: ignore[union-attr]
    shop.here.clock.instant = berlin("2026-07-05 12:00")
    shop.tell("1", back={"r1": 400})
    assert shop.beans() == 60
    shop.tell("1", back={"r2": 600})
    assert shop.beans() == 0
    assert wrong(shop) == []


def test_a_late_order_counts_at_the_rate_of_the_day_on_which_it_was_paid() -> None:
    shop = till()
    shop.here.clock.instant = berlin("2026-07-05 12:00")
    shop.tell("late", 1_000, currency="SEK", at=berlin("2026-06-30 23:59"))
    shop.tell("new", 1_000, currency="SEK", at=berlin("2026-07-01 00:00"))
    assert [shop.order(name).posted[0].points for name in ("late", "new")] == [100, 80]


def test_a_new_rate_changes_nothing_for_orders_that_are_known() -> None:
    shop = till()
    shop.tell("1", 1_000, currency="SEK")
    shop.here.house.publishing.publish((PLAIN + RATES).replace("0.1 EUR", "0.2 EUR"), file="bean-street.yaml")
    shop.tell("1", 2_000, currency="SEK")
    assert shop.beans() == 200
    assert wrong(shop) == []


@pytest.mark.parametrize(("currency", "at"), [("NOK", NOON), ("SEK", berlin("2026-05-31 23:59"))])
def test_money_without_a_rate_on_that_day_is_refused_and_kept(currency: str, at: int) -> None:
    shop = till()
    assert shop.tell("1", 1_000, currency=currency, at=at) == "refused"
    assert shop.order("1").reason == "another_currency"
    assert shop.tell("1", back={"r1": 10}) == "refused"


def test_levels_by_money_count_in_the_programs_money() -> None:
    by_money = DEFINITION.replace("measure: beans earned", "measure: money spent")
    for points in ("300", "1000"):
        by_money = by_money.replace(f"from: {points}", f"from: {points} EUR")
    shop = till(by_money + RATES)
    shop.tell("1", 3_000, currency="SEK")
    snap = shop.here.newest(shop.here.account(ANNA)).snap
    assert (snap.metric("money spent"), snap.tier.level) == (30_000, "Silver")
    shop.tell("1", back={"r1": 10})
    assert shop.here.newest(shop.here.account(ANNA)).snap.tier.level == "Bean"
    assert wrong(shop) == []


def test_woocommerce_payments_2848_another_money_is_not_counted_as_the_programs_own() -> None:
    """Automattic/woocommerce-payments#2848: a cart of 100 EUR shown in ZAR promised 1,700 points instead of 100."""
    shop = till(PLAIN + "\ntakes:\n  ZAR: [{from: 2026-01-01, rate: 0.05 EUR}]\n")
    shop.tell("euros", 100)
    shop.tell("rands", 2_000, currency="ZAR")
    assert [shop.order(name).posted[0].points for name in ("euros", "rands")] == [100, 100]


def test_a_refund_that_comes_before_its_order_waits_for_the_rate() -> None:
    shop = till()
    message = shop.message("1", 1_000, currency="SEK")
    shop.tell("1", back={"r1": 500})
    shop.here.house.hooks.reception.recorder.record(shop.here.program, message, actor="shop", deadline=None)
    assert shop.beans() == 50
    assert wrong(shop) == []
