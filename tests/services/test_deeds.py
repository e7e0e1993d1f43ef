"""Deeds of members: rewarded once for what the program says, taken back when they are undone, whatever comes first."""

import itertools
from typing import Any

import msgspec
import pytest
from whole_house import ANNA, DEFINITION, Town, town

from chalicelib.cards.history import history
from chalicelib.cards.reasons import reason
from chalicelib.events import ActivityTold, Customer
from chalicelib.ledger.deeds import MOST_DEEDS
from chalicelib.ledger.documents import ActivityDocument
from chalicelib.programs.program import sha_of
from chalicelib.services.ports import Commit

DAY = 86_400_000
NOON = 1_782_216_000_000
RULES = """
    - {name: a check-in, on: visit.checked_in, give: 2 beans, once_per: day, at_most: 4 beans per week}
    - {name: the app, on: app.installed, give: 50 beans, once_per: member}
    - {name: a reload, on: card.reloaded, give: 10 beans, once_per: object, min_amount: 30 EUR}
"""
WITH_DEEDS = DEFINITION.replace("\ntiers:", RULES + "\ntiers:", 1)


def told(activity: str = "review.created", thing: str = "kenya", **more: Any) -> ActivityTold:
    said = {"occurred_at": NOON, "customer": Customer(email=ANNA.email), **more}
    return ActivityTold("m1", activity, thing, **said)


def tell(here: Town, *activities: ActivityTold) -> list[str]:
    rewards = here.house.hooks.reception.rewards
    return [rewards.reward(here.program, each, actor="events", deadline=None) for each in activities]


def balance(here: Town) -> int:
    return here.stored_balance(ANNA)


REVIEW = told()
DELETED = told(undone_at=NOON + DAY)
WRITTEN_AGAIN = told(occurred_at=NOON + 2 * DAY)


def test_a_review_that_is_deleted_takes_its_points_back() -> None:
    """Row 37, points for reviews."""
    here = town(WITH_DEEDS)
    assert tell(here, REVIEW, DELETED, DELETED, REVIEW) == ["posted", "taken_back", "duplicate", "duplicate"]
    assert balance(here) == 0
    here.follow()
    assert here.violations() == []


@pytest.mark.parametrize("order", list(itertools.permutations((REVIEW, DELETED, WRITTEN_AGAIN))))
def test_a_review_deleted_and_written_again_is_worth_its_points_in_whatever_order_it_is_told(
    order: tuple[ActivityTold, ...],
) -> None:
    here = town(WITH_DEEDS)
    tell(here, *order, *order)
    assert balance(here) == 20
    assert here.violations() == []


@pytest.mark.parametrize("order", list(itertools.permutations((REVIEW, DELETED))))
def test_a_deleted_review_is_worth_nothing_in_whatever_order_it_is_told(order: tuple[ActivityTold, ...]) -> None:
    here = town(WITH_DEEDS)
    tell(here, *order)
    assert here.own.ledger.newest("bean-street", here.account(ANNA)) is None or balance(here) == 0


def test_the_history_says_what_was_done_and_that_it_was_undone() -> None:
    here = town(WITH_DEEDS)
    tell(here, told("app.installed"), told("app.installed", undone_at=NOON + DAY))
    entries = here.entries(here.account(ANNA))
    rows = history(entries, here.program, "beans", now=here.clock.now())
    assert [reason(row, here.program, "beans", "en").sentence for row in rows] == [
        "Earned: 50 beans (50 beans for installing our app)",
        "Taken back: 50 beans (what they were given for was undone)",
    ]
    assert reason(rows[0], here.program, "beans", "ru").why == "50 зёрен за установку нашего приложения"


def test_check_ins_count_once_a_day_and_twice_a_week() -> None:
    """NOON is a Tuesday. Rows 39 and 49: activity and its frequency."""
    here = town(WITH_DEEDS)
    days = (0, 0, 1, 2, 7)
    results = tell(
        here, *(told("visit.checked_in", f"door {n}", occurred_at=NOON + day * DAY) for n, day in enumerate(days))
    )
    assert results == ["posted", "duplicate", "posted", "limit_reached", "posted"]
    assert balance(here) == 6
    here.follow()
    assert here.violations() == []


def test_one_of_two_check_ins_of_a_day_may_be_undone_and_the_other_still_counts() -> None:
    here = town(WITH_DEEDS)
    first, second = (told("visit.checked_in", door) for door in ("front", "back"))
    undone = told("visit.checked_in", "front", undone_at=NOON + 1)
    assert tell(here, first, undone, second) == ["posted", "taken_back", "posted"]
    assert tell(here, told("visit.checked_in", "back", undone_at=NOON + 1)) == ["taken_back"]
    assert balance(here) == 0


def test_no_more_deeds_are_remembered_than_a_document_holds() -> None:
    here = town(WITH_DEEDS)
    tell(here, *(told("visit.checked_in", f"door {n}") for n in range(MOST_DEEDS + 5)))
    stored = here.own.ledger.document("bean-street", f"activity/visit.checked_in/{here.account(ANNA)}/2026-06-23")  # type: ignore[arg-type]
    assert isinstance(stored, ActivityDocument)
    assert len(stored.deeds) == MOST_DEEDS
    assert balance(here) == 2


def test_an_app_is_installed_once_on_however_many_phones() -> None:
    here = town(WITH_DEEDS)
    assert tell(here, told("app.installed", "phone 1"), told("app.installed", "phone 2")) == ["posted", "duplicate"]
    assert balance(here) == 50


def test_a_reload_gives_its_points_from_the_threshold_on() -> None:
    here = town(WITH_DEEDS)
    reloads = [
        told("card.reloaded", f"r{paid}", amount=paid, money=money)
        for paid, money in ((29_99, "EUR"), (30_00, "EUR"), (300_00, "USD"))
    ]
    assert tell(here, *reloads) == ["conditions_not_met", "posted", "conditions_not_met"]
    assert balance(here) == 10


def test_a_document_from_before_deeds_were_kept_stands_for_one_that_was_done() -> None:
    here = town(WITH_DEEDS)
    tell(here, REVIEW)
    ledger: Any = here.own.ledger
    key = f"activity/review.created/{here.account(ANNA)}/kenya"
    known = ledger.document("bean-street", key)
    assert known.deeds
    old = msgspec.structs.replace(known, deeds={}, revision=known.revision + 1)
    ledger.commit(Commit("bean-street", documents=(old,)))
    assert here.violations() == []
    assert tell(here, REVIEW, DELETED) == ["duplicate", "taken_back"]
    assert balance(here) == 0


def test_a_review_is_taken_back_although_the_program_rewards_reviews_no_more() -> None:
    here = town(WITH_DEEDS)
    tell(here, REVIEW)
    later = WITH_DEEDS.replace("    - {name: a check-in", "    - {name: a check-in again", 1)
    review = next(line for line in later.splitlines() if "review.created" in line)
    now = here.clock.now() + 1_000
    here.clock.instant = now
    text = later.replace(review + "\n", "", 1)
    here.own.programs.publish("bean-street", sha_of(text), text, published_at=now, effective_at=now)
    assert tell(here, told("review.created", "peru", occurred_at=now + 1)) == ["not_rewarded"]
    assert tell(here, told(occurred_at=now + 1, undone_at=now + 1)) == ["taken_back"]
    assert balance(here) == 0
    assert here.violations() == []


def test_the_first_points_of_somebody_with_a_card_are_a_members() -> None:
    here = town(WITH_DEEDS)
    account = here.card(here.join(ANNA.email or "")).account
    rewards = here.house.hooks.reception.rewards
    assert rewards.reward(here.program, told(), actor="till", deadline=None, account=account) == "posted"
    assert here.newest(account).snap.status == "active"
