"""Backdated and late events, midnights, clock changes and leap days: a fact counts on its own day."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from stand_ins import DAY, MINUTE
from whole_house import ANNA, DEFINITION, Town, town

from chalicelib.cards.history import history
from chalicelib.events import Amounts, Customer, Instant, OrderFacts, OrderTold, Reference, RefundFacts
from chalicelib.ledger.documents import OrderDocument
from chalicelib.ledger.journal import Purse
from chalicelib.services.recording import Recorded

MOSCOW = DEFINITION.replace("time_zone: Europe/Berlin", "time_zone: Europe/Moscow")
LATE = MOSCOW.replace("at: end of month}", "at: end of month, late: {min_life: 7 days}}")
BY_DAY = "expires: {after: 12 months, at: end of day}"
DAILY = MOSCOW.replace("expires: {after: 12 months, at: end of month}", BY_DAY)
AWAITED = DEFINITION.replace("available: at once", "available: {after: 14 days, from: delivery, give_up: 60 days}")


def wall(text: str, zone: str = "Europe/Moscow") -> Instant:
    """Milliseconds since 1970 of a wall time: "2027-01-31 23:50"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


def tell(
    here: Town,
    name: str,
    euros: int | None = None,
    *,
    of: Instant,
    back: int = 0,
    changed_at: Instant = 0,
    delivered_at: Instant | None = None,
) -> Recorded:
    """An order of so many euros that was placed at `of`, or a refund of it, told now."""
    order = None
    if euros is not None:
        order = OrderFacts(
            changed_at=changed_at or of,
            occurred_at=of,
            currency="EUR",
            amounts=Amounts(goods=euros * 100),
            is_paid=True,
            delivered_at=delivered_at,
        )
    refunds = {"r1": RefundFacts(of, "succeeded", Amounts(goods=back * 100))} if back else {}
    told = OrderTold(
        Reference(f"order/shop/{name}"),
        "",
        name=name,
        order=order,
        refunds=refunds,
        customer=Customer(email=ANNA.email),
    )
    return here.house.recorder.record(here.program, told, actor="shop", deadline=None)


def purse(here: Town) -> Purse:
    return here.newest(here.account(ANNA)).snap.purse("beans")


def ends(here: Town) -> list[Instant]:
    return [cell.ends for cell in purse(here).cells]


def test_3_13_an_order_of_31_january_told_on_2_february_lives_and_counts_from_january() -> None:
    here = town(MOSCOW)
    here.clock.instant = wall("2027-02-02 12:00")
    told = tell(here, "late", 40, of=wall("2027-01-31 23:50"))
    assert told.entry is not None
    assert (told.entry.at, told.entry.occurred_at) == (wall("2027-02-02 12:00"), wall("2027-01-31 23:50"))
    assert ends(here) == [wall("2028-02-01 00:00")]
    (counted,) = told.entry.snap.metrics["beans earned"]
    assert counted.ends == wall("2028-02-01 00:00")


def test_3_13_half_past_one_in_moscow_is_february_though_it_is_january_by_utc() -> None:
    here = town(MOSCOW)
    here.clock.instant = wall("2027-02-02 12:00")
    tell(here, "feb", 40, of=wall("2027-02-01 01:30"))
    assert ends(here) == [wall("2028-03-01 00:00")]


def test_3_13_a_late_order_finds_the_level_of_its_own_day() -> None:
    here = town(MOSCOW)
    here.clock.instant = wall("2027-01-10 12:00")
    tell(here, "first", 300, of=wall("2027-01-10 12:00"))
    here.clock.instant = wall("2027-02-02 12:00")
    for name, day, points in [("before", "2027-01-10 11:59", 100), ("after", "2027-01-31 23:50", 125)]:
        recorded = tell(here, name, 100, of=wall(day))
        assert recorded.document.posted[0].points == points
    assert here.violations() == []


@pytest.mark.parametrize("steps", [("edit", "refund"), ("refund", "edit"), ("refund", "edit", "refund", "edit")])
def test_3_13_a_late_order_lives_a_week_at_least_and_later_news_does_not_move_its_end(steps: tuple[str, ...]) -> None:
    here = town(LATE)
    of = wall("2027-01-31 23:50")
    here.clock.instant = wall("2028-02-10 12:00")
    tell(here, "late", 40, of=of)
    assert (purse(here).balance, ends(here)) == (40, [wall("2028-02-18 00:00")])
    for step in steps:
        here.clock.forward(DAY)
        if step == "edit":
            tell(here, "late", 50, of=of, changed_at=of + MINUTE)
        else:
            tell(here, "late", of=of, back=10)
    assert (purse(here).balance, ends(here)) == (40, [wall("2028-02-18 00:00")])
    here.follow()
    assert here.violations() == []


def test_without_a_least_life_an_order_told_after_its_end_is_born_expired() -> None:
    here = town(MOSCOW)
    here.clock.instant = wall("2028-02-10 12:00")
    tell(here, "late", 40, of=wall("2027-01-31 23:50"))
    assert (purse(here).balance, purse(here).expired) == (0, 40)


def test_points_are_earned_when_the_order_was_placed_and_taken_when_the_refund_was_made() -> None:
    here = town(MOSCOW)
    placed, refunded = wall("2027-01-05 10:00"), wall("2027-01-20 10:00")
    here.clock.instant = wall("2027-02-02 12:00")
    earned = tell(here, "1", 40, of=placed).entry
    taken = tell(here, "1", of=refunded, back=40).entry
    assert earned is not None
    assert taken is not None
    assert [(entry.kind, entry.occurred_at) for entry in (earned, taken)] == [
        ("earned", placed),
        ("taken_back", refunded),
    ]


def test_an_order_with_its_refund_told_late_counts_from_the_order() -> None:
    here = town(MOSCOW)
    here.clock.instant = wall("2027-02-02 12:00")
    tell(here, "1", of=wall("2027-01-20 10:00"), back=10)
    entry = tell(here, "1", 40, of=wall("2027-01-05 10:00")).entry
    assert entry is not None
    assert (entry.kind, entry.occurred_at, purse(here).balance) == ("earned", wall("2027-01-05 10:00"), 30)


@pytest.mark.parametrize(
    ("zone", "placed", "end"),
    [
        ("Europe/Moscow", "2027-01-31 23:50", "2028-02-01 00:00"),
        ("Europe/Moscow", "2027-02-01 01:30", "2028-02-02 00:00"),
        ("Europe/Berlin", "2027-03-28 23:30", "2028-03-29 00:00"),  # that Sunday has 23 hours
        ("Europe/Berlin", "2027-10-31 00:30", "2028-11-01 00:00"),  # that Sunday has 25
        ("Europe/Berlin", "2028-02-29 12:00", "2029-03-01 00:00"),  # 28 February 2029 is the last day
        ("Europe/Berlin", "2027-02-28 12:00", "2028-02-29 00:00"),
    ],
)
def test_3_14_a_day_is_the_programs_own_whatever_the_clocks_do(zone: str, placed: str, end: str) -> None:
    here = town(DAILY.replace("Europe/Moscow", zone))
    here.clock.instant = wall(placed, zone)
    tell(here, "1", 40, of=here.clock.now())
    assert ends(here) == [wall(end, zone)]
    here.clock.instant = wall(end, zone) - 1
    tell(here, "2", 0, of=here.clock.now())
    assert purse(here).balance == 40
    here.clock.instant = wall(end, zone)
    tell(here, "3", 1, of=here.clock.now())
    assert (purse(here).balance, purse(here).expired) == (1, 40)
    assert here.violations() == []


@pytest.mark.parametrize(
    ("placed", "lost"),
    [("2027-01-31 23:50", "2028-02-01 00:00"), ("2027-02-01 01:30", "2028-03-01 00:00")],
)
def test_3_14_a_level_is_lost_at_the_programs_midnight(placed: str, lost: str) -> None:
    here = town(MOSCOW)
    here.clock.instant = wall(placed)
    tell(here, "1", 300, of=here.clock.now())
    for instant, level in ((wall(lost) - 1, "Silver"), (wall(lost), "Bean")):
        here.clock.instant = instant
        told = tell(here, f"at {instant}", 1, of=instant)
        assert told.entry is not None
        assert told.entry.snap.tier.level == level


# --- goods that never arrive --------------------------------------------------------------------------------------


def test_3_3_points_that_nobody_delivered_for_are_gone_after_sixty_days_and_not_shown_as_coming_then() -> None:
    here = town(AWAITED)
    link = here.member(ANNA)
    order = here.buys(ANNA, 4_000)
    assert (here.facts(link)["points"], here.facts(link)["pending"]) == (0, 40)
    here.clock.forward(61 * DAY)
    assert (here.facts(link)["points"], here.facts(link)["pending"]) == (0, 0)
    here.deliver(here.shop.refunded(order))
    assert purse(here).balance == 0
    here.follow()
    assert here.violations() == []


def test_the_delivery_is_told_after_sixty_days_and_the_points_come() -> None:
    here = town(AWAITED)
    link = here.member(ANNA)
    order = here.buys(ANNA, 4_000)
    here.clock.forward(61 * DAY)
    here.deliver(here.shop.fulfilled(order, is_delivered=True))
    assert (here.facts(link)["points"], here.facts(link)["pending"]) == (0, 40)
    rows = history(here.entries(here.account(ANNA)), here.program, "beans", now=here.clock.now())
    assert [(row.what, row.points) for row in rows] == [
        ("earned", 40),
        ("given_up", -40),
        ("revived", 40),
        ("rescheduled", 0),
    ]
    here.clock.forward(15 * DAY)
    assert (here.facts(link)["points"], here.facts(link)["pending"]) == (40, 0)
    here.follow()
    assert here.violations() == []


# --- rules that change while an order is under way ----------------------------------------------------------------


def test_an_order_keeps_the_rules_of_its_first_full_facts_and_a_parked_refund_has_none_yet() -> None:
    """The refund came first, the rules changed, then the order was told: those in force when it was placed count."""
    here = town(MOSCOW)
    placed = here.clock.now()
    tell(here, "1", of=placed + MINUTE, back=10)
    published = here.house.publishing.publish(MOSCOW.replace("1 bean per 1 EUR", "2 beans per 1 EUR"), file="new.yaml")
    here.clock.instant = published.effective_at + DAY
    parked = here.own.ledger.document("bean-street", Reference("order/shop/1"))
    assert isinstance(parked, OrderDocument)
    assert parked.pricing is None
    tell(here, "1", 40, of=placed)
    assert purse(here).balance == 30
    tell(here, "2", 40, of=published.effective_at)
    assert purse(here).balance == 110


def test_a_refund_policy_is_frozen_with_the_order_too() -> None:
    here = town(MOSCOW.replace("when_spent: negative balance", "when_spent: write off"))
    placed = here.clock.now()
    tell(here, "1", 100, of=placed)
    here.house.redemptions.redeem(here.program, Reference("redemption/1"), here.account(ANNA), 100, actor="till")
    published = here.house.publishing.publish(MOSCOW, file="new.yaml")
    here.clock.instant = published.effective_at + DAY
    tell(here, "1", of=here.clock.now(), back=100)
    assert (purse(here).balance, purse(here).debt) == (0, 0)
    tell(here, "2", 50, of=here.clock.now())
    here.house.redemptions.redeem(here.program, Reference("redemption/2"), here.account(ANNA), 50, actor="till")
    tell(here, "2", of=here.clock.now(), back=50)
    assert purse(here).balance == -50
    assert here.violations() == []


def test_3_8_points_that_come_back_after_their_end_are_seen_coming_and_going() -> None:
    here = town(MOSCOW.replace("restore_grace: 14 days", "restore_grace: 0 days"))
    tell(here, "1", 100, of=here.clock.now())
    here.house.redemptions.redeem(here.program, Reference("redemption/1"), here.account(ANNA), 100, actor="till")
    here.clock.forward(400 * DAY)
    here.house.redemptions.give_back(here.program, Reference("redemption/1"), 100, actor="till")
    rows = history(here.entries(here.account(ANNA)), here.program, "beans", now=here.clock.now())
    assert [(row.what, row.points) for row in rows[-2:]] == [("restored", 100), ("too_late", -100)]
    assert purse(here).balance == 0
