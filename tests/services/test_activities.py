"""Activities: points once for each person and object, in the program's own lots."""

from stand_ins import DAY
from whole_house import ANNA, BORIS, PROGRAM, Town, town

from chalicelib.events import ActivityTold, Customer
from ops.laptop.shopify_books import Buyer

NOON = 1_782_216_000_000


def told(obj: str = "product-7", *, by: Buyer = ANNA, of: str = "review.created", delivery: str = "m1") -> ActivityTold:
    return ActivityTold(delivery, of, obj, NOON, Customer(email=by.email))


def reward(here: Town, activity: ActivityTold) -> str:
    rewards = here.house.hooks.reception.rewards
    return rewards.reward(here.program, activity, actor="events", deadline=None)


def test_a_review_gives_its_points_once_however_often_it_is_told() -> None:
    here = town()
    results = [reward(here, told(delivery=f"m{number}")) for number in range(3)]
    assert results == ["posted", "duplicate", "duplicate"]
    assert here.entries(here.account(ANNA))[-1].snap.purse("beans").balance == 20


def test_another_object_or_another_person_is_another_review() -> None:
    here = town()
    for activity in (told(), told("product-8"), told(by=BORIS)):
        reward(here, activity)
    balances = [here.entries(here.account(who))[-1].snap.purse("beans").balance for who in (ANNA, BORIS)]
    assert balances == [40, 20]


def test_points_of_a_review_count_for_the_level_and_expire_with_their_lot() -> None:
    here = town()
    reward(here, told())
    snap = here.entries(here.account(ANNA))[-1].snap
    (cell,) = snap.purse("beans").cells
    assert snap.metric("beans earned") == 20
    assert cell.ends > NOON + 365 * DAY


def test_an_activity_without_a_rule_or_a_person_gives_nothing() -> None:
    here = town()
    nobody = ActivityTold("m2", "review.created", "product-7", NOON)
    assert [reward(here, told(of="video.watched")), reward(here, nobody)] == ["not_rewarded", "nobody_to_credit"]
    assert here.own.audit.accounts(PROGRAM) == []


def test_the_books_are_clean_after_activities() -> None:
    here = town()
    reward(here, told())
    here.buys(ANNA, 1_000)
    here.follow()
    assert here.house.verification.verify(here.program).violations == ()
