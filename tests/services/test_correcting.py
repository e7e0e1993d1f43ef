"""What a wrong version priced is priced again by a good one: who gains, who loses, once, and then for good."""

import pytest
from stand_ins import DAY, MINUTE
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, Town, town, town_on

from chalicelib.errors import Refused
from chalicelib.events import ActivityTold, Customer, Reference
from chalicelib.ledger.documents import CapDocument, OrderDocument
from chalicelib.programs.program import Version
from chalicelib.services.correcting import Corrected, named, pair
from ops.laptop.engine import Engine

GOOD = DEFINITION
BAD = DEFINITION.replace("1 bean per 1 EUR", "3 beans per 1 EUR")
CAPPED = "1 bean per 1 EUR, at_most: 100 beans per month, rounding"


def publish(here: Town, definition: str) -> Version:
    """The definition, in force."""
    here.clock.instant = here.house.publishing.publish(definition, file="new.yaml").effective_at + MINUTE
    return here.program.latest


def versions(here: Town) -> tuple[Version, Version]:
    """The bad version, which the program began with, and the good one."""
    return here.program.versions[0], publish(here, GOOD)


def planned(here: Town, bad: Version, good: Version) -> list[Corrected]:
    service = here.house.corrections
    found = service.priced(here.program, bad)
    return [service.plan(here.program, documents, good) for documents in found.values()]


def corrected(here: Town, bad: Version, good: Version) -> list[Corrected]:
    service = here.house.corrections
    found = service.priced(here.program, bad)
    return [service.post(here.program, documents, good, actor="olga") for documents in found.values()]


def plain(told: list[Corrected]) -> list[tuple[str, int, dict[str, int]]]:
    return sorted((each.account, each.documents, dict(each.changed)) for each in told)


def test_a_plan_says_who_gains_and_who_loses_and_writes_nothing() -> None:
    here = town(BAD)
    link = here.member(ANNA)
    for price in (1_000, 2_000):
        here.buys(ANNA, price)
    here.buys(BORIS, 500)
    before = here.entries(here.account(ANNA)), here.own.audit.documents(PROGRAM)
    bad, good = versions(here)
    plan = planned(here, bad, good)
    anna, boris = here.account(ANNA), here.account(BORIS)
    assert plain(plan) == sorted([(anna, 2, {"beans": -60}), (boris, 1, {"beans": -10})])
    assert {each.account: each.cards for each in plan} == {anna: len(here.own.cards.cards_of(PROGRAM, anna)), boris: 0}
    assert here.card(link).account == anna
    assert (here.entries(anna), here.own.audit.documents(PROGRAM)) == before


def _corrects(here: Town) -> None:
    here.member(ANNA)
    orders = [here.buys(ANNA, price) for price in (1_000, 2_000)]
    here.buys(BORIS, 500)
    bad, good = versions(here)
    later = here.buys(ANNA, 700)
    plan = planned(here, bad, good)
    assert plain(corrected(here, bad, good)) == plain(plan)
    assert (here.stored_balance(ANNA), here.stored_balance(BORIS)) == (37, 5)
    entries = here.entries(here.account(ANNA))[-2:]
    assert [(entry.kind, entry.actor, entry.version, entry.name) for entry in entries] == [
        ("corrected", "olga", good.sha[:16], here.document(order).name) for order in orders
    ]
    assert {here.document(order).pricing.version for order in (*orders, later)} == {good.sha}  # type: ignore[union-attr]
    assert corrected(here, bad, good) == []
    here.deliver(here.shop.refunded(orders[1], amount=1_500))
    assert here.stored_balance(ANNA) == 22
    assert here.violations() == []


def test_the_differences_are_posted_once_and_later_refunds_follow_the_good_rules() -> None:
    _corrects(town(BAD))


def test_the_same_on_the_engine(engine: Engine) -> None:
    _corrects(town_on(engine, BAD))


def test_the_level_of_the_day_is_not_decided_anew() -> None:
    """The second order was placed as Silver, thanks to the wrong points of the first: that stays its frozen context."""
    here = town(BAD)
    first, second = here.buys(ANNA, 10_000), here.buys(ANNA, 10_000)
    assert here.stored_balance(ANNA) == 300 + 375
    bad, good = versions(here)
    corrected(here, bad, good)
    assert [here.document(order).posted[0].points for order in (first, second)] == [100, 125]
    assert here.newest(here.account(ANNA)).snap.tier.level == "Bean"
    assert here.violations() == []


def test_a_correction_of_what_was_used_is_owed_or_let_go_as_the_good_version_says() -> None:
    for policy, balance, written_off in (("negative balance", -20, {}), ("write off", 0, {"beans": 20})):
        good = GOOD.replace("when_spent: negative balance", f"when_spent: {policy}")
        here = town(BAD)
        here.member(ANNA)
        order = here.buys(ANNA, 1_000)
        here.house.redemptions.redeem(here.program, Reference("redemption/1"), here.account(ANNA), 30, actor="till")
        bad, right = here.program.versions[0], publish(here, good)
        corrected(here, bad, right)
        assert (here.stored_balance(ANNA), here.document(order).written_off) == (balance, written_off)
        assert here.violations() == []


def test_a_correction_keeps_within_a_members_limit_and_counts_each_limit_once() -> None:
    here = town(GOOD)
    orders = [here.buys(ANNA, 6_000) for _ in range(3)]
    assert here.stored_balance(ANNA) == 180
    bad = here.program.versions[0]
    good = publish(here, DEFINITION.replace("1 bean per 1 EUR, rounding", CAPPED))
    corrected(here, bad, good)
    caps = [each for each in here.own.audit.documents(PROGRAM) if isinstance(each, CapDocument)]
    assert [(cap.wanted, cap.given, cap.revision) for cap in caps] == [(180, 100, 1)]
    assert here.stored_balance(ANNA) == 100
    here.deliver(here.shop.refunded(orders[0]))
    assert here.stored_balance(ANNA) == 100
    assert here.violations() == []


def test_points_for_activities_are_corrected_too() -> None:
    for wrong, right in (("give: 50 beans", "give: 20 beans"), ("give: 20 beans", "give: 50 beans")):
        here = town(GOOD.replace("give: 20 beans", wrong))
        here.buys(ANNA, 1_000)
        told = ActivityTold("m1", "review.created", "product-7", here.clock.now(), Customer(email=ANNA.email))
        here.house.hooks.reception.rewards.reward(here.program, told, actor="events", deadline=None)
        bad, good = here.program.versions[0], publish(here, GOOD.replace("give: 20 beans", right))
        corrected(here, bad, good)
        assert here.stored_balance(ANNA) == 10 + int(right.split()[1])
        assert here.violations() == []


def test_points_that_the_good_version_does_not_have_are_taken_back() -> None:
    stamps = """currencies:
  stamps:
    names:
      en: {one: stamp, other: stamps}
      ru: {one: штамп, few: штампа, many: штампов, other: штампа}
    available: at once
    expires: never"""
    wrong = GOOD.replace("currencies:", stamps).replace(
        "  rules:", "  rules:\n    - {name: a stamp, give: 1 stamp per 1 EUR, rounding: {down: per order}}"
    )
    here = town(wrong)
    order = here.buys(ANNA, 1_000)
    bad, good = versions(here)
    (told,) = corrected(here, bad, good)
    assert (dict(told.changed), [worth.currency for worth in here.document(order).posted]) == (
        {"stamps": -10},
        ["beans"],
    )
    assert here.violations() == []


def test_what_was_agreed_on_before_a_refund_stays_agreed() -> None:
    here = town(BAD.replace("when_spent: negative balance", "when_spent: net against refund"))
    here.member(ANNA)
    order = here.buys(ANNA, 10_000)
    here.house.redemptions.redeem(here.program, Reference("redemption/1"), here.account(ANNA), 250, actor="till")
    reference = here.document(order).reference
    amounts = here.document(order).facts.amounts  # type: ignore[union-attr]
    quote = here.house.quotes.quote_refund(here.program, reference, amounts)
    here.house.quotes.accept(here.program, quote.id, actor="till")
    here.deliver(here.shop.refunded(order))
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (0, {"beans": 250})
    bad = here.program.versions[0]
    good = publish(here, GOOD.replace("when_spent: negative balance", "when_spent: net against refund"))
    assert planned(here, bad, good)[0].changed == {}
    corrected(here, bad, good)
    assert (here.stored_balance(ANNA), here.document(order).written_off) == (0, {"beans": 250})
    here.follow()
    assert here.violations() == []


def test_a_members_card_changes_once() -> None:
    here = town(BAD)
    link = here.member(ANNA)
    for price in range(1_000, 1_400, 10):
        here.buys(ANNA, price)
    here.adds_to_wallet(link)
    bad, good = versions(here)
    here.clock.forward(DAY)
    here.follow()
    here.pusher.calls.clear()
    here.clock.forward(DAY)
    (told,) = corrected(here, bad, good)
    assert (told.documents, len(here.own.cards.cards_of(PROGRAM, told.account))) == (40, told.cards)
    here.follow()
    for message, _ in here.pushes.take():
        here.house.refresh.work_off(message)
    assert here.pusher.calls == [["token-phone-1"]]


def test_more_documents_than_one_transaction_holds_are_corrected_in_several() -> None:
    here = town(BAD)
    for _ in range(120):
        here.buys(ANNA, 1_000)
    bad, good = versions(here)
    (told,) = corrected(here, bad, good)
    posted = [each.posted[0].points for each in here.own.audit.documents(PROGRAM) if isinstance(each, OrderDocument)]
    assert told.documents == len(posted) == 120
    assert told.after["beans"] == here.stored_balance(ANNA) == sum(posted)
    assert {10, 12, 15} == set(posted)
    assert here.violations() == []


def test_points_of_merged_accounts_are_corrected_where_they_are_now() -> None:
    here = town(BAD)
    here.buys(ANNA, 1_000)
    here.buys(BORIS, 2_000)
    here.house.recorder.claims.merge(here.program, here.account(BORIS), here.account(ANNA))
    bad, good = versions(here)
    (told,) = corrected(here, bad, good)
    assert (told.account, told.documents, dict(told.changed)) == (here.account(ANNA), 2, {"beans": -60})
    here.follow()
    assert here.violations() == []


@pytest.mark.parametrize(
    ("measure", "before"),
    [("beans earned", "rolling: 3 months"), ("money spent", "rolling: 12 months"), ("beans earned", "lifetime")],
)
def test_what_counts_for_a_level_moves_to_the_good_versions_window_and_measure(measure: str, before: str) -> None:
    levels = [("from: 300", "from: 300 EUR"), ("from: 1000", "from: 1000 EUR")] if measure == "money spent" else []
    wrong = GOOD.replace("measure: beans earned", f"measure: {measure}")
    window = "window: lifetime" if before == "lifetime" else f"window: {{{before}, grain: month}}"
    wrong = wrong.replace("window: {rolling: 12 months, grain: month}", window)
    for beans, euros in levels:
        wrong = wrong.replace(beans, euros)
    here, right = town(wrong), town(GOOD)
    for one in (here, right):
        one.member(ANNA)
        for price in (20_000, 20_000):
            one.buys(ANNA, price)
    bad, good = versions(here)
    corrected(here, bad, good)
    snap = here.newest(here.account(ANNA)).snap
    assert (snap.metrics, snap.tier.level) == (right.newest(right.account(ANNA)).snap.metrics, "Silver")
    assert here.violations() == []


def test_a_version_cannot_correct_another_in_different_money() -> None:
    here = town(BAD)
    publish(here, GOOD.replace("money: EUR", "money: USD").replace("EUR", "USD"))
    bad, good = (version.sha for version in here.program.versions)
    with pytest.raises(Refused, match="other_money"):
        pair(here.program, bad, good)
    with pytest.raises(Refused, match="same_version"):
        pair(here.program, bad, bad)


def test_versions_are_named_by_their_first_digits() -> None:
    here = town(BAD)
    bad, good = versions(here)
    assert (named(here.program, bad.sha[:12]), named(here.program, good.sha)) == (bad, good)
    for name in ("", "12345", "zzzzzz", bad.sha + "0"):
        with pytest.raises(Refused, match="version_unknown"):
            named(here.program, name)
