"""Levels given by hand: by invitation, or as the status of another program, until a day and with a reason."""

from typing import Any

import pytest
from stand_ins import DAY
from whole_house import ANNA, Town, town

from chalicelib.errors import Malformed, Refused
from chalicelib.events import Reference
from chalicelib.ledger.documents import Document
from chalicelib.ledger.journal import NEVER
from chalicelib.ledger.level_document import LevelDocument
from chalicelib.services.journaling import standing


@pytest.fixture
def here() -> Town:
    """Anna has a hundred beans, which is the lowest level."""
    made = town()
    made.member(ANNA)
    made.buys(ANNA, 10_000)
    return made


def give(here: Town, level: str = "Gold", *, days: int | None = 30, number: int = 1, **more: Any) -> LevelDocument:
    until = None if days is None else here.clock.now() + days * DAY
    told = {"until": until, "reason": "Welcome from the bakery next door", "actor": "till/mia", **more}
    return here.house.levels.give(here.program, Reference(f"level/{number}"), here.account(ANNA), level, **told)


def level_of(here: Town) -> str:
    stand = standing(here.own.ledger, here.program, here.account(ANNA), here.clock.now())
    return stand.snap.tier.level


def document(here: Town, number: int = 1) -> Document | None:
    return here.house.adapters.ledger.document(here.program.slug, Reference(f"level/{number}"))


def test_a_level_is_held_until_its_day_and_multiplies_like_a_reached_one(here: Town) -> None:
    give(here)
    entry = here.newest(here.account(ANNA))
    assert (entry.kind, entry.actor, entry.name) == ("adjusted", "till/mia", "Welcome from the bakery next door")
    assert level_of(here) == "Gold"
    here.clock.forward(DAY)
    here.buys(ANNA, 10_000)
    assert here.newest(here.account(ANNA)).snap.purse("beans").issued == 250
    here.clock.forward(29 * DAY)
    assert level_of(here) == "Bean"
    here.follow()
    assert here.violations() == []


def test_a_level_can_be_given_for_good(here: Town) -> None:
    assert give(here, days=None).until == NEVER
    here.clock.forward(5_000 * DAY)
    assert level_of(here) == "Gold"


def test_the_same_reference_gives_once(here: Town) -> None:
    first = give(here, until=here.clock.now() + DAY)
    before = here.newest(here.account(ANNA))
    assert give(here, until=first.until) == first
    assert here.newest(here.account(ANNA)) == before
    with pytest.raises(Refused, match="another_level"):
        give(here, "Silver", until=first.until)


def test_a_level_that_is_taken_back_is_gone_and_what_is_reached_stays(here: Town) -> None:
    here.clock.forward(DAY)
    here.buys(ANNA, 20_000)
    assert level_of(here) == "Silver"
    give(here)
    withdrawn = here.house.levels.withdraw(here.program, Reference("level/1"), actor="till/tom")
    assert (withdrawn.withdrawn_by, level_of(here)) == ("till/tom", "Silver")
    assert here.house.levels.withdraw(here.program, Reference("level/1"), actor="till/mia") == withdrawn
    here.follow()
    assert here.violations() == []


def test_two_gifts_of_one_level_stand_for_themselves(here: Town) -> None:
    give(here, days=30)
    give(here, days=60, number=2)
    here.house.levels.withdraw(here.program, Reference("level/2"), actor="till/tom")
    here.clock.forward(29 * DAY)
    assert level_of(here) == "Gold"
    here.clock.forward(DAY)
    assert level_of(here) == "Bean"
    here.follow()
    assert here.violations() == []


def test_a_gift_whose_day_has_come_is_not_taken_back_any_more(here: Town) -> None:
    give(here, days=1)
    here.clock.forward(2 * DAY)
    here.buys(ANNA, 100)
    before = here.newest(here.account(ANNA))
    assert not here.house.levels.withdraw(here.program, Reference("level/1"), actor="till/tom").withdrawn_at
    assert here.newest(here.account(ANNA)) == before
    here.follow()
    assert here.violations() == []


@pytest.mark.parametrize(
    ("level", "more", "error", "name"),
    [
        ("Platinum", {}, Refused, "unknown_level"),
        ("Gold", {"until": 1}, Malformed, "day_is_over"),
        ("Gold", {"reason": " "}, Malformed, "reason_missing"),
        ("Gold", {"reason": "x" * 141}, Malformed, "reason_too_long"),
    ],
)
def test_what_is_not_given(here: Town, level: str, more: dict[str, Any], error: type[Exception], name: str) -> None:
    before = here.newest(here.account(ANNA))
    with pytest.raises(error, match=name):
        give(here, level, **more)
    assert (here.newest(here.account(ANNA)), document(here)) == (before, None)


def test_nothing_can_be_taken_back_that_was_not_given(here: Town) -> None:
    with pytest.raises(Refused, match="unknown_level_given"):
        here.house.levels.withdraw(here.program, Reference("level/9"), actor="till/tom")
