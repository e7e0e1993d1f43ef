"""Mistakes that people make are found within a few seeds; a mistake that is not found is a blind spot."""

import pytest

from ops.simulator.planted import Mistake, planted, seeds_needed

SIZE = 500


@pytest.mark.parametrize("mistake", planted(), ids=lambda mistake: mistake.name)
def test_a_planted_mistake_is_found(mistake: Mistake) -> None:
    needed, violation = seeds_needed(mistake, size=SIZE)

    assert needed, "no seed found it"
    assert violation
