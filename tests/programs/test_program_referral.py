"""Bringing friends as a program says it."""

from typing import Any

import pytest
from program_factory import at, points, pricing, roubles

from chalicelib.events import Reference
from chalicelib.ledger.documents import Lot
from chalicelib.programs.activities import reward
from chalicelib.programs.definition import Definition
from chalicelib.programs.lint import lint
from chalicelib.programs.reading import DefinitionError
from chalicelib.programs.referral import JOINED, MOST_KEPT, REFERRED, Referral, deciding, recent, with_order
from chalicelib.programs.texts import terms

TERMS = {
    "referrer": "100 points",
    "friend": "50 points",
    "on_order": 2,
    "min_order": "20 RUB",
    "after": "14 days",
    "at_most": "5 friends per month",
}
DAY = 86_400_000


def shop(**keys: Any) -> Definition:
    block = {key: value for key, value in {**TERMS, **keys}.items() if value is not None}
    return roubles(referral=block)


def sentences(definition: Definition, language: str, title: str) -> tuple[str, ...]:
    return next(section.sentences for section in terms(definition, language) if section.title == title)


def test_both_sides_have_their_points_in_lots_that_wait_for_the_return_window() -> None:
    """Row 18, referral."""
    for activity, expected in ((REFERRED, 100), (JOINED, 50)):
        (worth,) = reward(shop(), pricing(), activity).worths
        assert (worth.points, worth.lot.at) == (expected, at("2026-03-15 00:00"))


def test_without_a_window_points_are_usable_as_their_kind_is() -> None:
    (worth,) = reward(shop(after=None), pricing(), JOINED).worths
    assert isinstance(worth.lot, Lot)
    assert worth.lot.at is None


def test_the_terms_say_every_condition_in_both_languages() -> None:
    assert sentences(shop(), "en", "Bringing friends") == (
        "What decides is this order of the friend after coming with the code: no. 2.",
        "Only orders of at least ₽20 count.".replace("₽20", "RUB\N{NO-BREAK SPACE}20"),
        "These points can be used 14 days after that order.",
        "Friends that bring you points in a calendar month, at most: 5.",
        "Orders that go back do not count, and points that they brought go back as well.",
        "A friend is a member without any order so far. Nobody can bring themselves.",
        "Where a payment card or a device is used by both, somebody of the shop looks first.",
        "Friends of friends bring nothing.",
    )
    assert "Решает заказ друга после того, как он пришёл с кодом: № 2." in sentences(shop(), "ru", "Друзья")
    assert sentences(shop(on_order=None), "ru", "Друзья")[0].startswith("Решает первый заказ друга")


def test_one_side_alone_may_be_rewarded() -> None:
    assert [rule.activity for rule in shop(friend=None).earn.activities] == [REFERRED]
    assert [rule.activity for rule in shop(referrer=None, at_most=None).earn.activities] == [JOINED]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"on_order": 0}, "which order of the friend, 1 to 10"),
        ({"on_order": 11}, "which order of the friend, 1 to 10"),
        ({"at_most": "5 per month"}, "such as 5 friends per month"),
        ({"referrer": None}, "who gets nothing"),
        ({"referrer": None, "friend": None, "at_most": None}, "what the referrer or the friend gets"),
        ({"after": "soon"}, "a length of time"),
        ({"levels": 3}, "this key is not known here"),
    ],
)
def test_what_cannot_be_is_pointed_out(keys: dict[str, Any], expected: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        shop(**keys)
    assert expected in str(caught.value)


def test_what_invites_fraud_is_found() -> None:
    assert lint(shop(), file="x.yaml") == []
    found = [finding.message for finding in lint(shop(after=None, at_most=None), file="x.yaml")]
    assert found == [
        "these points can be used before the friend's order can no longer go back",
        "nothing bounds how many friends one member is rewarded for",
    ]
    waiting = {"points": points(available={"after": "30 days"})}
    patient = roubles(currencies=waiting, referral={"friend": "50 points"})
    assert lint(patient, file="x.yaml") == []


def test_levels_that_count_friends_need_a_referral() -> None:
    tiers = {
        "measure": "effective referrals",
        "window": "lifetime",
        "levels": [{"name": "Guest", "from": 0}, {"name": "Host", "from": 2}],
    }
    (finding,) = lint(roubles(tiers=tiers), file="x.yaml")
    assert finding.message == "levels count friends, and the program has no referral"
    assert lint(roubles(tiers=tiers, referral=TERMS), file="x.yaml") == []


def test_the_second_kept_order_decides_whatever_is_told_first() -> None:
    first, second = Reference("order/a"), Reference("order/b")
    late = with_order({}, second, 2 * DAY, is_kept=True)
    both = with_order(late, first, DAY, is_kept=True)
    two = Referral(on_order=2)
    assert deciding(two, late) is None
    assert deciding(two, both) == 2 * DAY
    assert deciding(two, with_order(both, first, DAY, is_kept=False)) is None


def test_only_the_first_orders_are_remembered() -> None:
    kept: Any = {}
    for number in reversed(range(MOST_KEPT + 5)):
        kept = with_order(kept, Reference(f"order/{number:02d}"), number, is_kept=True)
    assert sorted(kept.values()) == list(range(MOST_KEPT))


def test_claims_count_for_seven_days() -> None:
    assert recent((DAY, 2 * DAY), 8 * DAY) == (2 * DAY,)
