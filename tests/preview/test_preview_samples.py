"""Invented members fit their program, and are the same every time."""

import pytest
from preview_gallery import PROGRAMS, definition

from chalicelib.ledger.journal import Snapshot
from chalicelib.programs.definition import Definition
from chalicelib.programs.progress import next_level
from ops.preview.samples import AT, STATES, State, account, sample

pytestmark = pytest.mark.parametrize("program", PROGRAMS)


def shown(definition: Definition, state: State) -> tuple[int, str, int]:
    face = sample(definition, state, "en", base_url="https://cards.example")
    return face.points, face.tier, sum(part.points for part in face.arriving)


@pytest.mark.parametrize("state", STATES)
def test_a_member_holds_only_what_the_program_has(program: str, state: State) -> None:
    known = definition(program)
    snap = account(known, state)
    assert set(snap.purses) <= {currency.key for currency in known.currencies}
    levels = {level.name for level in known.tiers.levels} if known.tiers else {""}
    assert snap.tier.level in levels


@pytest.mark.parametrize("state", STATES)
def test_points_of_a_member_have_not_ended(program: str, state: State) -> None:
    snap = account(definition(program), state)
    ends = [cell.ends for purse in snap.purses.values() for cell in purse.cells]
    assert [end for end in ends if end <= AT] == []


def test_who_has_just_joined_has_nothing_yet(program: str) -> None:
    known = definition(program)
    first = known.tiers.levels[0].name if known.tiers else ""
    assert shown(known, "new") == (0, first, 0)


def test_whoever_has_it_all_stands_on_the_last_level(program: str) -> None:
    known = definition(program)
    snap = account(known, "full")
    assert next_level(known, snap, AT) is None
    assert snap.tier.level == (known.tiers.levels[-1].name if known.tiers else "")


def test_a_typical_member_is_on_the_way_to_a_level_that_can_be_reached(program: str) -> None:
    known = definition(program)
    snap = account(known, "typical")
    way = next_level(known, snap, AT)
    can_rise = known.tiers is not None and any(known.tiers.ways(level) for level in known.tiers.levels)
    assert (way is not None) == can_rise
    assert way is None or 0 < way.reached < way.threshold.least


def test_who_has_left_holds_a_void_card(program: str) -> None:
    face = sample(definition(program), "ended", "en", base_url="https://cards.example")
    assert face.is_void


def test_members_are_the_same_every_time(program: str) -> None:
    made: list[Snapshot] = [account(definition(program), "typical") for _ in range(2)]
    assert made[0] == made[1]
