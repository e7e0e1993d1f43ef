"""The sample of mutants and what may be concluded from it."""

import pytest

from ops.mutation import chosen, interval

NAMES = [f"chalicelib.ledger.moves.x_applied__mutmut_{number}" for number in range(1, 400)]


def test_a_sample_depends_on_its_seed_and_on_nothing_else() -> None:
    assert chosen(NAMES, 50, 4) == chosen(NAMES[::-1], 50, 4)
    assert set(chosen(NAMES, 50, 4)) < set(chosen(NAMES, 60, 4)) < set(NAMES)
    assert chosen(NAMES, 50, 4) != chosen(NAMES, 50, 5)
    assert sorted(chosen(NAMES, 1000, 4)) == sorted(NAMES)


@pytest.mark.parametrize(
    ("killed", "run", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(killed: int, run: int, low: float, high: float) -> None:
    """Source: R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
    assert [round(bound, 4) for bound in interval(killed, run)] == pytest.approx([low, high], abs=1e-4)
