"""Every kind of document is put right after a random torn restore: gifts, adjustments, limits, holds and merges."""

from collections.abc import Sequence

import pytest
from torn_acts import LIMITED, Act, balances, busy_day, married_and_parted
from torn_restore import repair, tear, tear_on
from whole_house import Town, town_on

from ops.laptop.engine import Engine


def holds_after_repair(here: Town, acts: Sequence[Act], right: list[int], *, of_both: bool = False) -> None:
    """of_both: Anna and Boris have it together. What one of them used while they are one, the other one used: and a
    parting that was lost comes after what was used since.
    """
    repair(here)
    assert here.violations() == []
    assert here.house.repairing.plan(here.program) == []
    for act in acts:
        act(here)
    found = balances(here)
    if of_both:
        found, right = [found[0] + found[1], found[2]], [right[0] + right[1], right[2]]
    assert found == right
    here.followed.clear()
    here.follow()
    assert here.violations() == []
    assert here.house.repairing.plan(here.program) == []


# --- random tears -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_every_kind_is_put_right_and_telling_it_again_changes_nothing_else(seed: int) -> None:
    told, acts = busy_day()
    right = balances(told.here)
    tear(told, last=1 + seed % 16, seed=seed)
    holds_after_repair(told.here, acts, right)


@pytest.mark.parametrize("seed", range(30))
def test_merges_and_what_was_undone_of_them_are_put_right(seed: int) -> None:
    told, acts = married_and_parted(is_parted=seed % 3 > 0)
    right = balances(told.here)
    tear(told, last=1 + seed % 9, seed=seed)
    holds_after_repair(told.here, acts, right, of_both=True)


@pytest.mark.parametrize("seed", [3, 8])
def test_every_kind_is_put_right_in_the_engines_tables(engine: Engine, seed: int) -> None:
    told, acts = busy_day()
    right = balances(told.here)
    there = town_on(engine, LIMITED)
    there.clock.instant = told.here.clock.instant
    tear_on(there, told, last=10, seed=seed)
    holds_after_repair(there, acts, right)
